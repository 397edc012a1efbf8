"""Bias-corrected synthesis (LMZZ): orderings and rates, and a pilot's indicative numbers; the settings are ours [R]."""

from __future__ import annotations

from synththeory.report.claims.claim import Claim
from synththeory.report.claims.experiment import Experiment
from synththeory.report.readings import Difference, Point, Slope

PILOT = 40
"""Replications behind the pilot's numbers."""


def _b1() -> Experiment:
    def at(arm: str, cell: int) -> Point:
        return Point(arm, cell=cell)

    def less(first: str, second: str, cell: int) -> Difference:
        return Difference(at(first, cell), at(second, cell))

    shift, wide = 0, 2
    numbers = (("reweighted", shift, 0.0142), ("naive:smote", shift, 0.0212), ("corrected:smote", shift, 0.0141),
               ("naive:gauss×.6", shift, 0.0395), ("corrected:gauss×.6", shift, 0.0109), ("naive:offset", shift, 0.204),
               ("corrected:offset", shift, 0.0110), ("reweighted", wide, 0.0245), ("naive:smote", wide, 0.0418),
               ("corrected:smote", wide, 0.0329))  # fmt: skip
    names = {shift: "one shape", wide: "spread × 1.8"}
    claims = [
        Claim(f"{names[cell]}, {arm} (a pilot's)", "R", at(arm, cell), value, 5e-4 if value > 0.1 else 5e-5, PILOT)
        for arm, cell, value in numbers
    ]
    claims += [
        Claim(f"one shape, {generator}: corrected − naive", "P",
              less(f"corrected:{generator}", f"naive:{generator}", shift), "< 0")
        for generator in ("smote", "gauss×.6", "offset")
    ]  # fmt: skip
    fails = less("corrected:smote", "reweighted", wide)
    claims.append(Claim("unequal spread: corrected SMOTE − reweighted", "R", fails, "> 0"))
    free = less("corrected:gauss×.6", "re-priored", shift)
    claims.append(Claim("one shape: best corrected − re-priored (free)", "ours", free, 0.0, 5e-4))
    return Experiment("B1", "bias_correction", "LMZZ", tuple(claims), simulation=185.0, theory=15.0)


def _b3() -> Experiment:
    arms = ("gauss×.6", "offset")
    corrected = [Claim(f"{arm}, corrected: excess risk like 1/n₁", "P",
                       Slope(f"corrected:{arm}", smallest=100), -1.0, 0.05) for arm in arms]  # fmt: skip
    errors = [
        Claim(f"{arm}: the estimated bias errs like 1/√n₁", "P",
              Slope(f"corrected:{arm}", None, "bias_error", smallest=100), -0.5, 0.03)
        for arm in arms
    ]  # fmt: skip
    naive = [Claim(f"{arm}, naive: a floor", "P",
                   Slope(f"naive:{arm}", smallest=100), "> -0.3") for arm in arms]  # fmt: skip
    return Experiment("B3", "bias_correction_rates", "LMZZ", (*corrected, *errors, *naive), simulation=18.0, theory=4.0)


def _b5() -> Experiment:
    def at(arm: str, spread: float) -> Point:
        return Point(arm, cell={"population.spread": spread})

    return Experiment("B5", "multitask", "LMZZ", (
        Claim("equal tasks: scarce task alone", "D", at("scarce only", 0.0), 0.2580),
        Claim("equal tasks: all tasks aligned", "D", at("aligned", 0.0), 0.0355),
        Claim("equal tasks: corrected SMOTE − scarce only", "P",
              Difference(at("corrected:smote", 0.0), at("scarce only", 0.0)), "< 0"),
    ), simulation=8.0, theory=1.0)  # fmt: skip


def _b6() -> Experiment:
    def covered(arm: str) -> Point:
        return Point(arm, None, "covered", {"sample.total": 4000})

    arms = ("raw", "corrected:smote", "corrected:gauss×.6")
    claims = tuple(Claim(f"AIPW, {arm}: 95 % intervals cover", "P", covered(f"aipw:{arm}"), 0.95, 0.02) for arm in arms)
    return Experiment("B6", "propensity_ate", "LMZZ", claims, simulation=60.0, theory=2.0)


def experiments() -> tuple[Experiment, ...]:
    """Every experiment of the paper that is a study."""
    return (
        _b1(),
        Experiment("B2", "bias_correction_linear", "LMZZ", simulation=43.0, theory=10.0),
        Experiment("B2 gain", "bias_correction_gain", "LMZZ", simulation=550.0, theory=9.0),
        _b3(),
        Experiment("B4", "bias_correction_small", "LMZZ", simulation=370.0, theory=38.0),
        _b5(),
        _b6(),
        Experiment("B7", "digits", "LMZZ", simulation=60.0, theory=10.0, extra="data"),
    )
