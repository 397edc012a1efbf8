"""What augmentation can and cannot do: margins (Lyu, Zhou & Zhong), AUROC, many classes, the gain over free fixes."""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Combination, Difference, Point, Ratio


def _h1() -> Experiment:
    def at(arm: str, multiplier: float | None, metric: str) -> Point:
        return Point(arm, multiplier, metric)

    def change(arm: str, metric: str) -> Difference:
        return Difference(at(arm, 1.0, metric), at(arm, 0.0, metric))

    return Experiment("H1", "hard_margin", "LZZ", (
        Claim("raw: recall of the minority", "D", at("raw", None, "recall"), 1 - 0.2514, 5e-5),
        Claim("raw: specificity", "D", at("raw", None, "specificity"), 1 - 0.0313, 5e-5),
        Claim("SMOTE to balance changes recall by", "P", change("smote", "recall"), 0.0),
        Claim("bootstrap to balance changes recall by", "P", change("bootstrap", "recall"), 0.0),
        Claim("fresh rows to balance change recall by", "D", change("oracle", "recall"), "> 0"),
    ), simulation=6.0, theory=1.0)  # fmt: skip


def _a1() -> Experiment:
    def auroc(size: int) -> Point:
        return Point("two thirds of the covariance", None, "auroc", size=size)

    return Experiment("A1", "auroc_size", "ours", (
        Claim("AUROC with the scatter balanced less that with the counts balanced", "D",
              Difference(auroc(27_000), auroc(18_000)), "> 0"),
        Claim("AUROC with the scatter balanced less that at 120,000 rows", "D",
              Difference(auroc(27_000), auroc(120_000)), "> 0"),
    ), simulation=1.0, theory=1.0)  # fmt: skip


def _g3() -> Experiment:
    def gain(cell: int) -> Difference:
        return Difference(Point("smote", 1.0, "balanced_loss", cell), Point("reweighted", None, "balanced_loss", cell))

    return Experiment("G3", "penalty_artefact", "ours", (
        Claim("new-thyroid1, one C: SMOTE at balance − reweighted", "ours", gain(0), "< 0"),
        Claim("new-thyroid1, that penalty per unit weight: SMOTE − reweighted", "ours", gain(1), 0.0, 5e-3),
    ), simulation=100.0, theory=10.0, extra="data")  # fmt: skip


def _g1() -> Experiment:
    def over(arm: str, other: str, distance: float) -> Ratio:
        cell = {"population.mean": [distance, *[0.0] * 9], "sample.ratio": 100.0}
        return Ratio(Point(arm, 1.0, cell=cell), Point(other, cell=cell))

    return Experiment("G1", "generator_gain", "ours", (
        Claim("equal shapes, distance 3, ratio 100: the majority moved over reweighting", "D",
              over("moved-majority", "reweighted", 3.0), "< 1"),
        Claim("the same over LDA, which knows as much: no gain", "D", over("moved-majority", "lda", 3.0), 1.0, 0.15),
    ), simulation=23.0, theory=6.0)  # fmt: skip


def _g2() -> Experiment:
    def over(arm: str, other: str, cell: int) -> Ratio:
        return Ratio(Point(arm, 1.0, cell=cell), Point(other, cell=cell))

    wide, equal = 20, 11
    return Experiment("G2", "phase_diagram", "ours", (
        Claim("minority 1.5 times as wide, n₁ = 400: the majority scaled over reweighting", "D",
              over("scaled-majority", "reweighted", wide), "< 1"),
        Claim("the same over re-prioring", "D", over("scaled-majority", "re-priored", wide), "< 1"),
        Claim("the same over LDA", "D", over("scaled-majority", "lda", wide), "< 1"),
        Claim("equal spreads, n₁ = 400: over LDA, no gain", "D", over("scaled-majority", "lda", equal), 1.0, 0.15),
    ), simulation=26.0, theory=9.0)  # fmt: skip


def _shapes() -> Experiment:
    def step(arm: str, other: str, cell: int) -> Difference:
        return Difference(Point(arm, 1.0, cell=cell), Point(other, cell=cell))

    alike, mirrored = 2, 8
    return Experiment("shapes", "other_shapes", "ours", (
        Claim("classes skewed alike, n₁ = 400: the majority moved − LDA", "ours",
              step("moved-majority", "lda", alike), "< 0"),
        Claim("the same − reweighting", "ours", step("moved-majority", "reweighted", alike), "< 0"),
        Claim("skewed the other way: the majority moved − reweighting", "ours",
              step("moved-majority", "reweighted", mirrored), "> 0"),
    ), simulation=13.0, theory=30.0)  # fmt: skip


def _r1() -> Experiment:
    tree = "sklearn.tree.DecisionTreeClassifier"

    def at(generator: str, sets: int) -> Point:
        return Point(generator, 1.0, "brier", {"learner.class": tree, "augmentation.sets": sets})

    def beyond(generator: str, sets: int) -> Combination:
        """The average of m fits less what one and two foretell: MSE_m − MSE_1 + 2(1 − 1/m)(MSE_1 − MSE_2)."""
        slope = 2.0 * (1.0 - 1.0 / sets)
        terms = ((1.0, at(generator, sets)), (slope - 1.0, at(generator, 1)), (-slope, at(generator, 2)))
        return Combination(terms)

    return Experiment("R1", "several_sets", "RH", (
        *(Claim(f"a tree, {generator}: 16 sets less what two fits foretell", "P", beyond(generator, 16), 0.0)
          for generator in ("bootstrap", "smote", "gaussian-fit")),
        Claim("a tree, Gaussian fit: 16 sets less one", "P",
              Difference(at("gaussian-fit", 16), at("gaussian-fit", 1)), "< 0"),
    ), simulation=71.0, theory=5.0)  # fmt: skip


def experiments() -> tuple[Experiment, ...]:
    """The project's own chapter, and what it rests on."""
    many = Experiment("K", "many_classes", "ours", simulation=123.0, theory=6.0)
    return _h1(), _a1(), _g1(), _g2(), _shapes(), _g3(), _r1(), many
