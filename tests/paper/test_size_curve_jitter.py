"""MZ F7: jitter on random Fourier features, the paper's numbers, the pilots', and an independent implementation.

Both sides of a comparison carry the error of a test sample, 10,000 rows a class in the paper: it is part of the
combined standard error, because no number of replications removes it.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from synththeory import load_design, simulate
from synththeory.report.claims import published
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from tests.paper.studies import COMBINED, PAPER_REPLICATIONS, PAPERS, at, column
from tests.reference import random_fourier as reference
from tests.statistical import assert_agrees, standard_error

REPLICATIONS, TEST_ROWS, PAPER_ROWS = 40, 40_000, 10_000
GAMMAS = [0.0, 0.5, 2.0]
SMALL = 1.25
"""A t bound in place of the normal one: 40 replications."""


@cache
def study() -> Summary:
    """The shipped study on fewer multipliers, candidates and folds, and a larger test sample."""
    settings = {
        "monte_carlo.replications": REPLICATIONS,
        "augmentation.multipliers": GAMMAS,
        "selection.biased": [0.25, 0.5, 0.75, 1.0],
        "selection.folds": 3,
        "selection.gqs_folds": 2,
        "risk.test_rows": TEST_ROWS,
    }
    summary = simulate(load_design("size_curve_jitter", settings))
    assert not any(failures.failed for failures in summary.failures)
    return summary


def rows(metric: str) -> list[Row]:
    """The curve, the free fixes and TG-VTSS."""
    summary = study()
    curve = [at(summary.select(arm="jitter", metric=metric), gamma) for gamma in GAMMAS]
    others = ("reweighted", "re-priored", "tg-vtss:jitter")
    return curve + [row for arm in others for row in summary.select(arm=arm, metric=metric)]


def combined(theirs: Sequence[float], their_rows: int) -> np.ndarray:
    """Standard error of the difference of two means, with the test sample of each side."""
    test = column(rows("test_sample_error"), "estimate")[: len(theirs)]
    mine = column(rows("balanced_loss"), "mcse")[: len(theirs)]
    return np.asarray(np.sqrt(SMALL**2 * mine**2 + np.square(theirs) + test**2 * (1.0 + TEST_ROWS / their_rows)))


def test_f7_lands_on_the_papers_numbers() -> None:
    """Null: the study's means are what the paper's code estimates from 100 replications and 10,000 test rows a class.

    The curve at γ = 0, ½ and 2, the two pilots of the free fixes, and TG-VTSS; known to half a digit.
    """
    numbers = [claim.published for claim in published("F7")]
    mine = column(rows("balanced_loss"), "mcse")
    error = combined(mine * np.sqrt(REPLICATIONS / PAPER_REPLICATIONS), PAPER_ROWS)
    estimates = column(rows("balanced_loss"), "estimate")
    assert_agrees(estimates, np.array(numbers), error, "the paper's numbers for F7", 5e-4, COMBINED, PAPERS)


def test_the_generator_is_biased_in_every_run_and_both_free_fixes_beat_every_size() -> None:
    summary = study()
    (share,) = summary.select(arm="tg-vtss:jitter", metric="share_biased")
    assert share.estimate == 1.0
    loss = {row.arm: row for row in rows("balanced_loss")[3:]}
    best = min(rows("balanced_loss")[:3], key=lambda row: row.estimate)
    assert best.multiplier == 0.5
    for fix in ("reweighted", "re-priored"):
        assert loss[fix].estimate < 0.65 * best.estimate
    assert abs(loss["tg-vtss:jitter"].estimate - best.estimate) < 0.004


def test_the_independent_implementation_agrees() -> None:
    """Null: both have the same mean balanced loss, on the curve and for both free fixes."""
    theirs = reference.study_f7(24, seed=5, gammas=np.array(GAMMAS), test_rows=TEST_ROWS)
    error = combined((SMALL * standard_error(theirs)).tolist(), TEST_ROWS)
    mine = column(rows("balanced_loss"), "estimate")[:5]
    assert_agrees(mine, theirs.mean(axis=0), error, "F7 of the independent implementation")
