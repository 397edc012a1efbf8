"""MZ F1: an aligned, biased generator leaves a floor at balance and none at four times as many rows."""

import numpy as np
import statsmodels.api as sm
from scipy.stats import norm

from synththeory.sim.results.rows import Row
from tests.paper.studies import assert_lands, at, column, study
from tests.statistical import STANDARD_ERRORS, assert_agrees, assert_within

FAMILY = 6  # comparisons of this file

FLOOR = 0.016169


def rows(minority: int) -> tuple[Row, ...]:
    return study("alignment_biased").select(metric="excess_risk", cell={"sample.minority": minority})


def curve(multiplier: float, smallest: int, metric: str = "excess_risk") -> tuple[np.ndarray, list[Row]]:
    """Minority sizes from the smallest on, and the rows there."""
    chosen = [
        row
        for row in study("alignment_biased").select(metric=metric)
        if row.multiplier == multiplier and int(str(row.cell["sample.minority"])) >= smallest
    ]
    return np.array([float(str(row.cell["sample.minority"])) for row in chosen]), chosen


def slope(multiplier: float, metric: str) -> tuple[float, float]:
    """Log–log slope against n1 and its standard error, by weighted least squares with the known MCSEs."""
    sizes, chosen = curve(multiplier, 25, metric)
    relative = column(chosen, "mcse") / column(chosen, "estimate")
    fit = sm.WLS(np.log(column(chosen, "estimate")), sm.add_constant(np.log(sizes)), weights=relative**-2)
    found = fit.fit(cov_type="fixed scale")
    return float(found.params[1]), float(found.bse[1])


def test_the_papers_numbers() -> None:
    """Null: as `assert_lands` states it."""
    assert_lands(study("alignment_biased"), "F1")


def test_balanced_excess_tends_to_the_bias_and_the_cancelling_size_to_zero() -> None:
    """Null: the intercept in excess ≈ limit + slope/n1 is 0.016169 at γ = 1 and 0 at γ = 4."""
    for multiplier, limit in ((1.0, FLOOR), (4.0, 0.0)):
        sizes, chosen = curve(multiplier, 100)
        fit = sm.WLS(column(chosen, "estimate"), sm.add_constant(1.0 / sizes), weights=column(chosen, "mcse") ** -2)
        found = fit.fit(cov_type="fixed scale")
        assert_agrees(found.params[0], limit, found.bse[0], f"limit at γ = {multiplier:g}", cases=FAMILY)
    last = at(rows(3200), 1.0)
    assert_within(last.estimate / FLOOR - 1.0, last.mcse / FLOOR, 0.015, "excess at n1 = 3200 over its floor")


def test_the_cancelling_size_falls_with_exponent_minus_one_and_the_error_with_half_of_it() -> None:
    """The interval of the slope contains the theorem's exponent and excludes its neighbours; balancing has slope 0."""
    for multiplier, metric, exponent in (
        (4.0, "excess_risk", -1.0), (4.0, "parameter_error", -0.5), (1.0, "excess_risk", 0.0),
    ):  # fmt: skip
        value, error = slope(multiplier, metric)
        if exponent:
            assert_agrees(value, exponent, error, f"exponent of {metric} at γ = {multiplier:g}", cases=FAMILY)
        assert_within(value - exponent, error, 0.15, f"exponent of {metric} at γ = {multiplier:g}")


def test_theory_is_the_mean_of_every_point() -> None:
    """Null: the simulated means are the predicted ones, from n1 = 100 on."""
    for metric in ("excess_risk", "parameter_error"):
        both = [row for multiplier in (1.0, 4.0) for row in curve(multiplier, 100, metric)[1]]
        assert_agrees(
            column(both, "estimate"), column(both, "theory"), column(both, "mcse"), f"F1's {metric}", cases=FAMILY
        )


def test_the_two_sizes_are_told_apart_at_every_sample_size() -> None:
    for minority in (25, 100, 800, 3200):
        balanced, cancelling = (at(rows(minority), multiplier) for multiplier in (1.0, 4.0))
        z = (balanced.estimate - cancelling.estimate) / np.hypot(balanced.mcse, cancelling.mcse)
        assert norm.sf(z) < norm.sf(STANDARD_ERRORS)
