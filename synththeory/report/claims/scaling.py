"""Scaling laws of oversampling (NXLZ) and SMOTE against the bootstrap (XK)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, LawSlope, Point, Ratio

_CRAFT = (
    "the published duplicates are half majority rows, one data set; averaged over data sets they help less than SMOTE, "
    "proper duplicates as much"
)
_CRAFT_OPEN = "the published penalty and number of data sets are not known to us"


def _s1() -> Experiment:
    arms = ("KL 0", "KL 0.0002")
    claims = tuple(Claim(f"{arm}: slope on the rows that count", "P", LawSlope(arm), -1.0, 0.1) for arm in arms)
    return Experiment("S1", "scaling_parametric", "NXLZ", claims, simulation=6.0, theory=1.0)


def _s3() -> Experiment:
    def step(metric: str) -> Difference:
        return Difference(Point("oracle", 0.8, metric), Point("oracle", 0.0, metric))

    return Experiment("S3", "spurious_correlation", "NXLZ", (
        Claim("worst group's risk falls as groups are filled", "P", step("worst_group_risk"), "< 0"),
        Claim("the large groups' risk rises", "P", step("majority_group_risk"), "> 0"),
    ), simulation=2.0, theory=4.0)  # fmt: skip


def _s4() -> Experiment:
    def error(arm: str, size: int | None) -> Point:
        return Point(arm, None, "balanced_error", {"learner.C": 100.0}, size)

    order = Difference(error("duplicates, half majority", 100), error("smote", 100))
    return Experiment("S4", "craft", "NXLZ", (
        Claim("SMOTE − raw, 100 rows added", "P", Difference(error("smote", 100), error("smote", 0)), "< 0"),
        Claim("duplicates (half majority) − SMOTE, 100 rows added", "P", order, "< 0", why=_CRAFT,
              unexplained=_CRAFT_OPEN),
    ), simulation=10.0, theory=1.0)  # fmt: skip


def _s5() -> Experiment:
    claims = []
    for dimension in (5, 10, 20, 50):
        cell = {"population.dimension": dimension, "sample.minority": 200}
        ratio = Ratio(Point("smote", cell=cell), Point("bootstrap", cell=cell))
        claims.append(Claim(f"d = {dimension}, n₁ = 200: excess of SMOTE over the bootstrap's", "P", ratio, "> 1"))
    return Experiment("S5", "smote_or_bootstrap", "XK", tuple(claims), simulation=20.0, theory=13.0)


def _s6() -> Experiment:
    forest = {"learner.kind": "external", "learner.clip": np.finfo(float).eps}
    free = {"learner.kind": "external", "learner.clip": 1e-3}

    def loss(arm: str, majority: int, which: Mapping[str, object], metric: str = "balanced_loss") -> Point:
        adds = arm not in ("raw", "re-priored")
        return Point(arm, 1.0 if adds else None, metric, {**which, "sample.majority": majority})

    claims = [
        Claim(f"forest, {majority} to 100: {arm}", "F", loss(arm, majority, forest), number, 5e-4, 1)
        for majority, raw, smote in ((400, 0.777, 0.676), (700, 1.096, 0.823), (1000, 1.478, 0.995))
        for arm, number in (("raw", raw), ("smote", smote))
    ]
    gap = Difference(loss("smote", 1000, free), loss("re-priored", 1000, free))
    claims.append(Claim("forest clipped at .001, 1000 to 100: SMOTE − re-priored", "ours", gap, "> 0"))
    model = Difference(loss("mixture of 5600 rows", 1000, free), loss("re-priored", 1000, free))
    claims.append(Claim("the same: rows of a model that saw 5600 rows − re-priored", "ours", model, "> 0"))
    net = Difference(loss("transformer of 200 rows", 1000, free), loss("smote", 1000, free))
    claims.append(Claim("the same: a row transformer of the same 200 rows − SMOTE", "ours", net, "< 0"))
    return Experiment("S6", "craft_jasa", "NXLZ", tuple(claims), simulation=1380.0, theory=10.0, extra="neural")


def experiments() -> tuple[Experiment, ...]:
    """Every experiment of both papers that is a study."""
    return (_s1(), _s3(), _s4(), _s5(), _s6())
