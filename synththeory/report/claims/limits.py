"""What augmentation can and cannot do: margins (Lyu, Zhou & Zhong), AUROC, many classes, the gain over free fixes."""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, Point


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
    ), seconds=60.0)  # fmt: skip


def _a1() -> Experiment:
    def auroc(size: int) -> Point:
        return Point("two thirds of the covariance", None, "auroc", size=size)

    return Experiment("A1", "auroc_size", "ours", (
        Claim("AUROC with the scatter balanced less that with the counts balanced", "D",
              Difference(auroc(27_000), auroc(18_000)), "> 0"),
        Claim("AUROC with the scatter balanced less that at 120,000 rows", "D",
              Difference(auroc(27_000), auroc(120_000)), "> 0"),
    ), seconds=20.0)  # fmt: skip


def _g3() -> Experiment:
    def gain(cell: int) -> Difference:
        return Difference(Point("smote", 1.0, "balanced_loss", cell), Point("reweighted", None, "balanced_loss", cell))

    return Experiment("G3", "penalty_artefact", "ours", (
        Claim("new-thyroid1, one C: SMOTE at balance − reweighted", "ours", gain(0), "< 0"),
        Claim("new-thyroid1, that penalty per unit weight: SMOTE − reweighted", "ours", gain(1), 0.0, 5e-3),
    ), seconds=60.0, extra="data")  # fmt: skip


def experiments() -> tuple[Experiment, ...]:
    """The project's own chapter."""
    return (
        _h1(),
        _a1(),
        Experiment("G1", "generator_gain", "ours", seconds=120.0),
        Experiment("G2", "phase_diagram", "ours", seconds=120.0),
        _g3(),
        Experiment("R1", "several_sets", "ours", seconds=120.0),
        Experiment("K", "many_classes", "ours", seconds=60.0),
    )
