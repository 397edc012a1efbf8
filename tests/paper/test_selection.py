"""MZ F2 and F6: what TG-VTSS reaches, which regime it sees, and an independent implementation of both."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from synththeory import load_design, simulate
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from tests.paper.studies import PAPER_REPLICATIONS, REPLICATIONS, assert_lands, f6
from tests.reference import tg_vtss as reference
from tests.statistical import STANDARD_ERRORS, assert_agrees, must_reject, standard_error

FAMILY = 3  # comparisons of this file

TUNED, BALANCED = "tg-vtss:consistent-gaussian", "consistent-gaussian"


@cache
def f2() -> Summary:
    """The shipped study with fewer points and more replications; no fit may fail."""
    settings = {"monte_carlo.replications": REPLICATIONS, "sweep": {"sample.minority": [10, 100, 300]}}
    summary = simulate(load_design("alignment_realistic", settings))
    assert not any(failures.failed for failures in summary.failures)
    return summary


def excess(arm: str, minority: int) -> Row:
    (row,) = f2().select(arm=arm, metric="excess_risk", cell={"sample.minority": minority})
    return row


def chosen(metric: str) -> Row:
    (row,) = f6().select(arm="tg-vtss:smote", metric=metric)
    return row


def assert_share(share: float, count: int, where: str) -> None:
    """Null: a verdict is as frequent as in 83 of the paper's 100 runs."""
    error = np.sqrt(0.83 * 0.17 * (1.0 / count + 1.0 / PAPER_REPLICATIONS))
    assert_agrees(share, 0.83, error, f"share of realistic verdicts {where}", cases=FAMILY)


def test_f2_lands_on_the_papers_numbers() -> None:
    """Null: as `assert_lands` states it, for both arms at n1 = 100 and 300."""
    assert_lands(f2(), "F2")


def test_f2_tuning_beats_balancing_and_has_a_wide_upper_tail_at_ten_rows() -> None:
    for minority in (100, 300):
        tuned, balanced = excess(TUNED, minority), excess(BALANCED, minority)
        assert tuned.estimate < 0.2 * balanced.estimate
        (share,) = f2().select(arm=TUNED, metric="share_biased", cell={"sample.minority": minority})
        assert share.estimate > 0.98
    first = f2().design.cells[0]
    tails = {arm: f2().quantiles(first, arm, levels=[0.5, 0.975]) for arm in (TUNED, BALANCED)}
    ratios = {arm: float(high[0] / median[0]) for arm, (median, high) in tails.items()}
    assert ratios[TUNED] > 2.0 * ratios[BALANCED]


def test_f6_lands_on_the_papers_loss() -> None:
    """Null: as `assert_lands` states it. The paper's ± .005 is one run's deviation: ours is .0048, its se .0005."""
    row = chosen("balanced_loss")
    assert_lands(f6(), "F6", "TG-VTSS")
    assert row.mcse * np.sqrt(row.replications) == pytest.approx(0.005, abs=0.001)


def test_f6_sees_a_realistic_generator_as_often_as_the_paper() -> None:
    row = chosen("share_realistic")
    assert_share(row.estimate, row.replications, "in F6")
    assert chosen("share_symmetric").estimate == 0.0


def test_a_wrong_gqs_would_not_pass() -> None:
    """Planted: without the ½ of (n_b²/2n0) GQS is twice as large, and the share of realistic verdicts far too small."""
    (cell,) = f6().design.cells
    doubled = 2.0 * f6().values(cell, "tg-vtss:smote", "gqs")
    with must_reject():
        assert_share(float((doubled <= 10.0).mean()), len(doubled), "with a doubled GQS")


def test_f6_tuning_is_above_both_free_fixes() -> None:
    tuned = chosen("balanced_loss")
    for arm in ("reweighted", "re-priored"):
        (fix,) = f6().select(arm=arm, metric="balanced_loss")
        assert tuned.estimate - fix.estimate > STANDARD_ERRORS * np.hypot(tuned.mcse, fix.mcse)


def assert_same(mine: Sequence[Row], theirs: np.ndarray, where: str) -> None:
    """Null: both implementations have the same means; a t bound in place of the normal one for few replications."""
    error = np.hypot([row.mcse for row in mine], standard_error(theirs))
    assert_agrees([row.estimate for row in mine], theirs.mean(axis=0), 1.3 * error, where, cases=FAMILY)


def test_the_independent_implementation_agrees_on_f2() -> None:
    tuned, balanced, choices = reference.study_f2(10, 60, seed=3)
    shares = [[choice.regime == name for choice in choices] for name in ("symmetric", "realistic", "biased")]
    rows = [excess(TUNED, 10), excess(BALANCED, 10)]
    for metric in ("share_symmetric", "share_realistic", "share_biased", "chosen_multiplier", "gqs"):
        rows += f2().select(arm=TUNED, metric=metric, cell={"sample.minority": 10})
    columns = [tuned, balanced, *shares, [choice.multiplier for choice in choices], [choice.gqs for choice in choices]]
    assert_same(rows, np.column_stack(columns), "F2 at ten minority rows, of the independent implementation")


def test_the_independent_implementation_agrees_on_f6() -> None:
    risk, choices = reference.study_f6(30, seed=5)
    columns = [risk, [choice.multiplier for choice in choices], [choice.gqs for choice in choices]]
    rows = [chosen(metric) for metric in ("balanced_loss", "chosen_multiplier", "gqs")]
    assert_same(rows, np.column_stack(columns), "F6 with TG-VTSS, of the independent implementation")
