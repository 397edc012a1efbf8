"""Rows from transformers: how diverse they are, how far from the law, and the floor that this leaves."""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, LawSlope, Point, Ratio

_FLAGS = "interpolated rows have no flags: the net learns fewer cells of them, and numbers between the seeds' alone"
_FLAGS_OPEN = "how much of the fall that makes was not measured"
_FEW, _MANY = 0, 3
"""Cells of the fewest and of the most rows."""


def _diversity() -> Experiment:
    def at(arm: str, metric: str, learner: str = "logistic") -> Point:
        added = arm not in ("re-priored", "reweighted", "raw")
        return Point(arm, 1.0 if added else None, metric, {"learner.kind": learner})

    def step(arm: str, metric: str, learner: str = "logistic") -> Difference:
        return Difference(at("all three", metric, learner), at(arm, metric, learner))

    return Experiment("L1", "diversity", "NGA", (
        Claim("entropy of the rows: with permutation − without", "P", step("no permutation", "row_entropy"), "> 0"),
        Claim("the same: with prompts − without", "P", step("no prompt", "row_entropy"), "> 0"),
        Claim("the same: with interpolated rows − without", "P", step("no interpolation", "row_entropy"), "> 0",
              why=_FLAGS, unexplained=_FLAGS_OPEN),
        Claim("rows that are a seed: all three − SMOTE", "P", step("smote", "copies"), "< 0"),
        Claim("forest's AUROC: all three − no row (not drawn)", "ours",
              step("re-priored", "auroc", "external"), "> 0"),
        Claim("forest's balanced loss: all three − re-priored (not drawn)", "ours",
              step("re-priored", "balanced_loss", "external"), "> 0"),
        Claim("logistic balanced loss: all three − re-priored (not drawn)", "ours",
              step("re-priored", "balanced_loss"), "> 0"),
    ), simulation=280.0, theory=10.0, extra="neural")  # fmt: skip


def _divergence() -> Experiment:
    def at(width: int, cell: int) -> Point:
        return Point(f"width {width}", None, "kl", cell)

    return Experiment("S7", "transformer_kl", "NXLZ", (
        Claim("a capacity term: KL of width 4 − of width 32, 6400 rows", "P",
              Difference(at(4, _MANY), at(32, _MANY)), "> 0"),
        Claim("a data term: width 32, KL at 100 rows − at 6400", "P",
              Difference(at(32, _FEW), at(32, _MANY)), "> 0"),
        Claim("it grows with the width: KL of width 32 − of width 16, 100 rows", "P",
              Difference(at(32, _FEW), at(16, _FEW)), "> 0"),
    ), simulation=420.0, theory=10.0, extra="neural")  # fmt: skip


def _reading() -> Experiment:
    def gap(width: int, cell: int) -> Point:
        return Point(f"width {width}", None, "kl", cell)

    return Experiment("in context", "in_context_gap", "NXLZ", (
        Claim("gap to Bayes' predictive, 63 rows: width 8 − width 32", "P",
              Difference(gap(8, _MANY), gap(32, _MANY)), "> 0"),
        Claim("the same: width 4 − width 8", "P", Difference(gap(4, _MANY), gap(8, _MANY)), "> 0"),
        Claim("width 8: gap after 63 rows − after 1", "ours", Difference(gap(8, _MANY), gap(8, _FEW)), "> 0"),
    ), simulation=40.0, theory=10.0, extra="neural")  # fmt: skip


def _scaling() -> tuple[Experiment, ...]:
    def floor(metric: str, arm: str) -> Point:
        return Point(arm, None, metric)

    def first_order(arm: str) -> Claim:
        reading = Ratio(floor("mismatch", arm), floor("floor", arm))
        return Claim(f"{arm}: floor to first order over the exact one", "D", reading, 1.0, 0.1)

    def above(arm: str) -> Claim:
        return Claim(
            f"{arm}: Pinsker's bound − floor", "D", Difference(floor("pinsker", arm), floor("floor", arm)), "> 0"
        )

    arms = ("width 8", "width 32", "true structure")
    slope = Claim("rows of the true law: slope on the rows that count", "P", LawSlope("oracle"), -1.0, 0.1)
    return (
        Experiment("S8", "transformer_scaling", "NXLZ", (slope,), simulation=300.0, theory=10.0, extra="neural"),
        Experiment("S8 floor", "transformer_floor", "NXLZ", (*map(first_order, arms), *map(above, arms)),
                   simulation=60.0, theory=10.0, extra="neural"),
    )  # fmt: skip


def experiments() -> tuple[Experiment, ...]:
    """Every study of transformers."""
    return (_diversity(), _divergence(), _reading(), *_scaling())
