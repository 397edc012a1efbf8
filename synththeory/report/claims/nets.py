"""Neural nets under imbalance: margins, soft labels, smoothing, flat minima, with a metric that no threshold moves.

The papers' image benchmarks are not at hand: a claim is a direction, or a bound that pilots on other seeds set
beforehand; the two directions that are not reproduced have their reason.
"""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, Point, Ratio

_SOFT = "soft labels calibrate, they do not rank better: the least loss goes with the most errors"
_SMOOTHED = "the ideal rule of smoothed labels is argmax (1 − e_c)η_c(x): a smoothed class is predicted less often"


def _fitted(metric: str, **learner: object) -> Point:
    return Point("as fitted", 0.0, metric, {f"learner.{key}": value for key, value in learner.items()})


def _margins() -> Experiment:
    def mixed(metric: str, label: str, beta: float | None = None) -> Point:
        return _fitted(metric, partner="random", label=label, beta=beta)

    def step(metric: str, beta: float | None = None) -> Difference:
        return Difference(mixed(metric, "mamix", beta), mixed(metric, "soft", beta))

    mixup = {"learner.partner": "random", "learner.label": "soft", "learner.beta": None}
    free = Point("re-priored", None, "balanced_error", mixup)
    return Experiment("margins", "uneven_margins", "CLZC", (
        Claim("MAMix − Mixup: recall", "P", step("recall"), "> 0"),
        Claim("with deferred weights: recall", "P", step("recall", 0.9999), "> 0"),
        Claim("MAMix − Mixup: recall, by at least", "ours", step("recall"), "> 0.05"),
        Claim("with deferred weights: recall, by at least", "ours", step("recall", 0.9999), "> 0.07"),
        Claim("it is a threshold: AUROC of MAMix − Mixup", "ours", step("auroc"), 0.0, 5e-3),
        Claim("Mixup re-priored − MAMix with deferred weights: balanced error", "ours",
              Difference(free, mixed("balanced_error", "mamix", 0.9999)), "< 0"),
    ), simulation=280.0, theory=10.0, extra="neural")  # fmt: skip


def _soft() -> Experiment:
    def step(metric: str) -> Difference:
        return Difference(
            _fitted(metric, sampler="balanced", partner="all", label="soft"),
            _fitted(metric, sampler="balanced", partner="same"),
        )

    return Experiment("soft", "soft_smote", "CLZC", (
        Claim("soft SMOTE − SMOTE: log loss", "P", step("balanced_loss"), "< 0"),
        Claim("soft SMOTE − SMOTE: log loss, by at least", "ours", step("balanced_loss"), "< -0.3"),
        Claim("soft SMOTE − SMOTE: balanced error", "P", step("balanced_error"), "< 0", why=_SOFT),
        Claim("soft SMOTE − SMOTE: AUROC", "ours", step("auroc"), "< 0"),
    ), simulation=140.0, theory=10.0, extra="neural")  # fmt: skip


def _smoothing() -> Experiment:
    def step(metric: str, majority: float, minority: float) -> Difference:
        return Difference(_fitted(metric, smoothing=[majority, minority]), _fitted(metric, smoothing=[0.0, 0.0]))

    return Experiment("smoothing", "class_smoothing", "SGLBW", (
        Claim("smoothing the minority .3 − none: balanced error", "P", step("balanced_error", 0.0, 0.3), "< 0",
              why=_SMOOTHED),
        Claim("smoothing the majority .3 − none: balanced error", "D", step("balanced_error", 0.3, 0.0), "< 0"),
        Claim("smoothing the majority .3 − none: AUROC", "ours", step("auroc", 0.3, 0.0), "< 0"),
    ), simulation=100.0, theory=10.0, extra="neural")  # fmt: skip


def _flat() -> Experiment:
    def step(metric: str, one: str, other: str, radius: float) -> Difference:
        return Difference(_fitted(metric, sharpness=one, rho=radius), _fitted(metric, sharpness=other, rho=radius))

    return Experiment("flat", "sharpness", "SGLBW", (
        Claim("SAM-A (radius a class) − SAM, ρ = .2: balanced error", "P",
              step("balanced_error", "radius", "plain", 0.2), "< 0"),
        Claim("SAM-A (weighted ascent) − SAM, ρ = .2: balanced error", "P",
              step("balanced_error", "weighted", "plain", 0.2), "< 0"),
        Claim("SAM-A (weighted ascent) − none, ρ = 1: AUROC", "P", step("auroc", "weighted", "none", 1.0), "> 0"),
    ), simulation=280.0, theory=10.0, extra="neural")  # fmt: skip


def _of(cell: int, metric: str = "balanced_error", arm: str = "as fitted") -> Point:
    return Point(arm, None if arm == "re-priored" else 0.0, metric, cell)


def _step(first: int, second: int, metric: str = "balanced_error", arm: str = "as fitted") -> Difference:
    return Difference(_of(first, metric, arm), _of(second, metric, arm))


def _mixing() -> tuple[Experiment, ...]:
    return (
        Experiment("sandwich", "sandwiched_minority", "CLZC", (
            Claim("minority on both sides: error of soft random partners − SMOTE's", "P", _step(2, 1), "< 0"),
            Claim("the same with hard labels", "ours", _step(3, 1), "< 0"),
        ), simulation=60.0, theory=10.0, extra="neural"),
        Experiment("shares", "mixing_shares", "CLZC", (
            Claim("Mixup: recall with a share a row − with one a batch", "ours", _step(1, 0, "recall"), 0.0, 0.015),
            Claim("MAMix: the same", "ours", _step(3, 2, "recall"), 0.0, 0.015),
        ), simulation=80.0, theory=10.0, extra="neural"),
        Experiment("exponents", "mixing_exponent", "CLZC", (
            Claim("100 to 1, recall: ω = 1 − Mixup", "D", _step(11, 8, "recall"), "> 0"),
            Claim("10 to 1, recall: ω = 1 − Mixup", "D", _step(3, 0, "recall"), "> 0"),
            Claim("it is a threshold: 100 to 1, AUROC of ω = 1 − Mixup", "ours", _step(11, 8, "auroc"), 0.0, 5e-3),
            Claim("100 to 1, balanced error: Mixup re-priored − ω = 1", "ours",
                  Difference(_of(8, arm="re-priored"), _of(11)), "< 0"),
        ), simulation=180.0, theory=10.0, extra="neural"),
        Experiment("LDAM", "cosine_margins", "CLZC", (
            Claim("LDAM with deferred weights − plain: recall", "P", _step(5, 0, "recall"), "> 0"),
            Claim("the same − a cosine head with deferred weights: recall", "P", _step(5, 3, "recall"), "> 0"),
            Claim("its margins worsen the ranking: AUROC of the same", "ours", _step(5, 3, "auroc"), "< 0"),
            Claim("plain, re-priored − LDAM with deferred weights: balanced error", "ours",
                  Difference(_of(0, arm="re-priored"), _of(5)), "< 0"),
        ), simulation=180.0, theory=10.0, extra="neural"),
        Experiment("ten classes", "class_margins", "CLZC", (
            Claim("margin ratio of Mixup over the plain net's", "ours",
                  Ratio(_of(2, "margin_ratio"), _of(0, "margin_ratio")), "> 2"),
            Claim("margin ratio of Mixup with deferred weights", "ours", _of(3, "margin_ratio"), "> 1"),
        ), simulation=100.0, theory=10.0, extra="neural"),
        Experiment("digit margins", "digit_margins", "CLZC", (
            Claim("margin ratio: Mixup − plain", "ours", _step(2, 0, "margin_ratio"), "> 0"),
            Claim("margin ratio: Mixup with deferred weights − Mixup", "ours", _step(3, 2, "margin_ratio"), "> 0"),
        ), simulation=100.0, theory=10.0, extra="neural"),
    )  # fmt: skip


def _tuning() -> tuple[Experiment, ...]:
    return (
        Experiment("jitter", "jitter_and_imbalance", "SGLBW", (
            Claim("even classes: error with noise 2 − without", "ours", _step(4, 0), "< 0"),
            Claim("99 to 1: error with noise 2 − without", "ours", _step(14, 10), "> 0"),
            Claim("10 to 1: error with noise 1 − without", "ours", _step(8, 5), "> 0"),
            Claim("it is a threshold: the same, both re-priored", "ours", _step(8, 5, arm="re-priored"), "< 0"),
            Claim("10 to 1: AUROC with noise 1 − without", "ours", _step(8, 5, "auroc"), "> 0"),
        ), simulation=80.0, theory=10.0, extra="neural"),
        Experiment("batches", "batch_size", "SGLBW", (
            Claim("equal epochs, one rate: error at 512 rows a batch − at 8", "P", _step(2, 0), "> 0"),
            Claim("512 rows, one rate: error at equal epochs − at equal steps", "ours", _step(2, 5), "> 0.03"),
            Claim("it is a threshold: the first difference, both re-priored", "ours",
                  _step(2, 0, arm="re-priored"), "< 0"),
        ), simulation=100.0, theory=10.0, extra="neural"),
    )  # fmt: skip


def experiments() -> tuple[Experiment, ...]:
    """All that need nets trained in batches."""
    return _margins(), _soft(), *_mixing(), _smoothing(), _flat(), *_tuning()
