"""MZ F4 and F6, logistic: the papers' numbers, an independent implementation, and theory.

Two published numbers are not reproduced, by the package or by the independent implementation:

* F4's oracle at γ = 2, ".0004": simulation and theory agree on .00058 (the paper's risk and θ* come from 20,000 test
  rows a class, so its small excess risks carry a bias of that size);
* F6's free fixes, ".356" from a pilot: that is the lowest risk any linear score can have (.3563); they reach .360.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from tests.paper.studies import assert_lands, at, column, f6, study
from tests.reference import logistic as reference
from tests.statistical import STANDARD_ERRORS, assert_agrees, assert_within, standard_error

FAMILY = 2  # comparisons of this file


def f4() -> Summary:
    """F4 on fewer multipliers."""
    return study("local_symmetry_logistic", (0.0, 0.2, 0.5, 1.0, 2.0), 160)


def rows(made: Callable[[], Summary], arm: str, metric: str) -> Sequence[Row]:
    return made().select(arm=arm, metric=metric)


def test_f4_lands_on_the_papers_numbers_but_for_the_oracle() -> None:
    """Null: as `assert_lands` states it; without synthetic rows all arms are one fit."""
    starts = [at(rows(f4, arm, "excess_risk"), 0.0) for arm in ("smote", "gaussian-fit", "oracle")]
    assert len({row.estimate for row in starts}) == 1
    assert_lands(f4(), "F4")


def test_f4s_oracle_is_where_theory_puts_it_and_not_where_the_paper_does() -> None:
    """At γ = 2 within a quarter of theory's .000581 and above the paper's .0004, the last half digit included."""
    end = at(rows(f4, "oracle", "excess_risk"), 2.0)
    assert end.theory == pytest.approx(0.000581, abs=5e-7)
    assert_within(end.estimate / end.theory - 1.0, end.mcse / end.theory, 0.25, "oracle at γ = 2")
    assert end.estimate - 0.00045 > STANDARD_ERRORS * end.mcse


def test_f4s_curves_rise_for_fitted_generators_and_fall_for_the_oracle() -> None:
    for metric in ("excess_risk", "parameter_error"):
        for arm in ("smote", "gaussian-fit", "oracle"):
            curve = rows(f4, arm, metric)
            change = (curve[-1].estimate - curve[0].estimate) / np.hypot(curve[-1].mcse, curve[0].mcse)
            assert change < -STANDARD_ERRORS if arm == "oracle" else change > STANDARD_ERRORS


def test_f4s_fitted_generators_are_within_a_quarter_of_their_pilots() -> None:
    for arm in ("smote", "gaussian-fit"):
        curve = rows(f4, arm, "excess_risk")[1:]
        ratio, error = (column(curve, name) / column(curve, "theory") for name in ("estimate", "mcse"))
        assert np.abs(ratio - 1.0).max() < 0.25
        assert error.max() < 0.05


def test_f6_lands_on_the_papers_numbers() -> None:
    """Null: as `assert_lands` states it, for balanced log loss without synthetic rows and at balance."""
    curve = rows(f6, "smote", "balanced_loss")
    assert_lands(f6(), "F6", "no synthetic row", "at balance")
    assert {row.risk_method for row in curve} == {"exact"}


def test_f6s_lowest_point_is_near_balance_and_both_free_fixes_are_below_it() -> None:
    curve = rows(f6, "smote", "balanced_loss")
    best = min(curve, key=lambda row: row.estimate)
    assert best.multiplier is not None
    assert 0.85 < best.multiplier < 1.3
    for arm in ("reweighted", "re-priored"):
        (fix,) = rows(f6, arm, "balanced_loss")
        assert fix.multiplier is None
        assert best.estimate - fix.estimate > STANDARD_ERRORS * np.hypot(best.mcse, fix.mcse)
        assert fix.estimate == pytest.approx(0.360, abs=0.0015)
        assert fix.theory is not None
        assert_within(fix.estimate - fix.theory, fix.mcse, 0.002, f"{arm} beside theory")


def test_the_independent_implementation_agrees_on_f6() -> None:
    """Null: both have the same mean balanced log loss, at three sizes and for both free fixes."""
    other = reference.f6_at_three_sizes()
    curve = rows(f6, "smote", "balanced_loss")
    mine = [at(curve, gamma) for gamma in (0.0, 1.0, 2.0)]
    mine += [rows(f6, arm, "balanced_loss")[0] for arm in ("reweighted", "re-priored")]
    theirs = np.column_stack([other[arm].risk for arm in ("smote", "reweighted", "re-priored")])
    error = np.hypot(column(mine, "mcse"), standard_error(theirs))
    # 40 replications: a t bound in place of the normal one
    assert_agrees(
        column(mine, "estimate"), theirs.mean(axis=0), 1.3 * error, "F6 of the independent implementation", cases=FAMILY
    )


def test_the_independent_implementation_agrees_on_f4() -> None:
    """Null: both have the same mean excess risk, at both ends."""
    other = reference.f4_at_both_ends()
    arms = ("smote", "gaussian-fit", "oracle")
    mine = [at(rows(f4, arm, "excess_risk"), gamma) for arm in arms for gamma in (0.0, 2.0)]
    mine += list(rows(f4, "reweighted", "excess_risk"))
    theirs = np.column_stack([other[arm].excess_risk for arm in (*arms, "reweighted")])
    error = np.hypot(column(mine, "mcse"), standard_error(theirs))
    assert_agrees(
        column(mine, "estimate"), theirs.mean(axis=0), 1.3 * error, "F4 of the independent implementation", cases=FAMILY
    )
