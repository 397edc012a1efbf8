"""Neural nets under imbalance: margins, soft labels, smoothing, flat minima, with a metric that no threshold moves."""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, Point

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
        Claim("Mixup re-priored − MAMix with deferred weights: balanced error", "ours",
              Difference(free, mixed("balanced_error", "mamix", 0.9999)), "< 0"),
    ), seconds=150.0, extra="neural")  # fmt: skip


def _soft() -> Experiment:
    def step(metric: str) -> Difference:
        return Difference(
            _fitted(metric, sampler="balanced", partner="all", label="soft"),
            _fitted(metric, sampler="balanced", partner="same"),
        )

    return Experiment("soft", "soft_smote", "CLZC", (
        Claim("soft SMOTE − SMOTE: log loss", "P", step("balanced_loss"), "< 0"),
        Claim("soft SMOTE − SMOTE: balanced error", "P", step("balanced_error"), "< 0", why=_SOFT),
        Claim("soft SMOTE − SMOTE: AUROC", "ours", step("auroc"), "< 0"),
    ), seconds=80.0, extra="neural")  # fmt: skip


def _smoothing() -> Experiment:
    def step(metric: str, majority: float, minority: float) -> Difference:
        return Difference(_fitted(metric, smoothing=[majority, minority]), _fitted(metric, smoothing=[0.0, 0.0]))

    return Experiment("smoothing", "class_smoothing", "SGLBW", (
        Claim("smoothing the minority .3 − none: balanced error", "P", step("balanced_error", 0.0, 0.3), "< 0",
              why=_SMOOTHED),
        Claim("smoothing the majority .3 − none: balanced error", "D", step("balanced_error", 0.3, 0.0), "< 0"),
        Claim("smoothing the majority .3 − none: AUROC", "ours", step("auroc", 0.3, 0.0), "< 0"),
    ), seconds=60.0, extra="neural")  # fmt: skip


def _flat() -> Experiment:
    def step(metric: str, one: str, other: str, radius: float) -> Difference:
        return Difference(_fitted(metric, sharpness=one, rho=radius), _fitted(metric, sharpness=other, rho=radius))

    return Experiment("flat", "sharpness", "SGLBW", (
        Claim("SAM-A (radius a class) − SAM, ρ = .2: balanced error", "P",
              step("balanced_error", "radius", "plain", 0.2), "< 0"),
        Claim("SAM-A (weighted ascent) − none, ρ = 1: AUROC", "P", step("auroc", "weighted", "none", 1.0), "> 0"),
    ), seconds=150.0, extra="neural")  # fmt: skip


def experiments() -> tuple[Experiment, ...]:
    """All that need nets trained in batches."""
    return _margins(), _soft(), _smoothing(), _flat()
