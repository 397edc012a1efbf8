"""Generators and classifiers of other papers, beside what costs nothing."""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, Point


def _anatomy() -> Experiment:
    def at(generator: str, metric: str) -> Point:
        return Point(generator, None, metric, cell=0)

    return Experiment("anatomy", "generator_anatomy", "ours", (
        Claim("two normal classes: GK-SMOTE's bias less SMOTE's", "ours",
              Difference(at("gk-smote", "bias"), at("smote", "bias")), "> 0"),
        Claim("SMOTE's spread less the seeds'", "D",
              Difference(at("smote", "spread"), at("bootstrap", "spread")), "< 0"),
        Claim("V_m of the moved majority less the bootstrap's", "D",
              Difference(at("moved-majority", "fluctuation"), at("bootstrap", "fluctuation")), "< 0"),
    ), simulation=21.0, theory=8.0)  # fmt: skip


def _noise() -> Experiment:
    def at(arm: str, multiplier: float | None) -> Point:
        return Point(arm, multiplier, "auprc", {"learner.kind": "external", "population.rate": 0.3})

    filtered = at("gk-smote", 1.0)
    return Experiment("noise", "noise_resilience", "GK", (
        Claim("30 % wrong labels, a forest's AUPRC: GK-SMOTE − SMOTE", "P",
              Difference(filtered, at("smote", 1.0)), "> 0"),
        Claim("the same: GK-SMOTE − class weights (not drawn)", "ours",
              Difference(filtered, at("reweighted", None)), "< 0"),
    ), simulation=88.0, theory=1.0)  # fmt: skip


def _severe() -> Experiment:
    def at(learner: str, metric: str) -> Point:
        return Point("raw", None, metric, {"learner.kind": learner, "sample.ratio": 200.0})

    def step(metric: str, other: str) -> Difference:
        return Difference(at("kotaro", metric), at(other, metric))

    return Experiment("severe", "severe_imbalance", "NSI", (
        Claim("ratio 200, G-mean: KOTARO − forest", "P", step("g_mean", "external"), "> 0"),
        Claim("ratio 200, AUPRC: KOTARO − forest", "ours", step("auprc", "external"), "< 0"),
        Claim("ratio 200, AUPRC: KOTARO − logistic", "ours", step("auprc", "logistic"), "> 0"),
    ), simulation=650.0, theory=8.0)  # fmt: skip


def _curved() -> Experiment:
    cell = {"population.kind": "mixed-marginals", "learner.kind": "external", "sample.minority": 100}

    def step(arm: str, other: str, metric: str) -> Difference:
        free = other == "reweighted"
        return Difference(Point(arm, 1.0, metric, cell), Point(other, None if free else 1.0, metric, cell))

    return Experiment("curved", "curved_minority", "CK", (
        Claim("mixed marginals, n₁ = 100, a forest's balanced loss: MOMS − SMOTE", "P",
              step("moms", "smote", "balanced_loss"), "< 0"),
        Claim("the same, AUPRC: MOMS − class weights (not drawn)", "ours", step("moms", "reweighted", "auprc"), "< 0"),
        Claim("the same, AUPRC: LEO-CVAE − SMOTE", "ours", step("leo-cvae", "smote", "auprc"), "< 0"),
    ), simulation=580.0, theory=10.0, extra="neural")  # fmt: skip


def _learned() -> Experiment:
    cell = {"population.dimension": 20, "sample.minority": 200}

    def step(arm: str, other: str) -> Difference:
        free = other in ("reweighted", "lda")
        return Difference(Point(arm, 1.0, cell=cell), Point(other, None if free else 1.0, cell=cell))

    return Experiment("learned", "learned_generators", "ours", (
        Claim("d = 20, n₁ = 200, excess risk at γ = 1: fresh rows − LDA", "D", step("oracle", "lda"), "< 0"),
        Claim("the same: GK-SMOTE − SMOTE", "ours", step("gk-smote", "smote"), "> 0"),
        Claim("the same: LEO-CVAE − class weights", "ours", step("leo-cvae", "reweighted"), "> 0"),
        Claim("the same: MOMS − class weights", "ours", step("moms", "reweighted"), "> 0"),
    ), simulation=980.0, theory=10.0, extra="neural")  # fmt: skip


def experiments() -> tuple[Experiment, ...]:
    """What generators are, wrong labels, severe imbalance, curved minorities, size curves of learned generators."""
    return _anatomy(), _noise(), _severe(), _curved(), _learned()
