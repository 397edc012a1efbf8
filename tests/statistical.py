"""Statistical comparisons, all charged to one false-alarm budget of the whole suite.

One comparison allows 4.5 standard errors: a right package fails it with probability 6.8e-6. A family of k numbers
compared at once gets the wider bound at which the family fails with that same probability (Bonferroni); so does a file
whose comparisons say how many they are (``cases``). The suite's false-alarm probability is at most the sum over calls,
which conftest.py adds up and holds against the budget: at a family a file, it has room for 140 files.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from synththeory.arrays import Array

STANDARD_ERRORS = 4.5
BUDGET = 1e-3
FEWEST = 400

ledger: list[float] = []


@contextmanager
def must_reject() -> Iterator[None]:
    """The comparison inside is with a planted wrong formula: it must reject, and raises no false alarm."""
    before = len(ledger)
    with pytest.raises(AssertionError, match="rejected"):
        yield
    del ledger[before:]


def allowed(comparisons: int, single: float = STANDARD_ERRORS) -> float:
    """Standard errors allowed to each number of a family, so that it fails as seldom as one number at ``single``."""
    return -float(ndtri(ndtr(-single) / comparisons))


def assert_agrees(
    estimate: ArrayLike,
    truth: ArrayLike,
    error: ArrayLike,
    null: str,
    slack: ArrayLike = 0.0,
    single: float = STANDARD_ERRORS,
    cases: int = 1,
) -> None:
    """Refuse the stated null hypothesis when an estimate is too many standard errors from the truth.

    Parameters
    ----------
    estimate, truth, error : arrays that broadcast together
        What was simulated, what the null says, the standard error of their difference.
    null : str
        The hypothesis, in words.
    slack : array
        Distance the null itself allows: half the last printed digit of a number taken from a paper.
    single : float
        Standard errors allowed to a single number.
    cases : int
        How many comparisons make one family with this one: all of a file.
    """
    ledger.append(2.0 * float(ndtr(-single)) / cases)
    bound = allowed(np.broadcast(estimate, truth).size * cases, single)
    estimate, truth, error, slack = np.broadcast_arrays(estimate, truth, error, slack)
    rounding = 1e-12 * (1.0 + np.abs(truth))  # entries with no spread are equal up to rounding
    excess = np.abs(estimate - truth) - (slack + rounding + bound * error)
    worst = np.unravel_index(int(excess.argmax()), excess.shape)
    assert not np.isnan(excess).any(), f"{null}: not a number"
    assert excess[worst] <= 0.0, (
        f"rejected: {null}; at {tuple(map(int, worst))} got {estimate[worst]:.8g}, expected {truth[worst]:.8g}, "
        f"standard error {error[worst]:.2g}, {bound:.2f} allowed"
    )


def standard_error(draws: Array) -> Array:
    """Standard error of the mean along the first axis."""
    return np.asarray(draws.std(axis=0, ddof=1) / np.sqrt(draws.shape[0]))


def assert_mean(draws: Array, truth: ArrayLike, null: str, slack: ArrayLike = 0.0, cases: int = 1) -> None:
    """The mean of independent draws, (R, …) with R ≥ 400, agrees with the truth."""
    assert draws.shape[0] >= FEWEST, f"{null}: {draws.shape[0]} replications are too few for a normal bound"
    assert_agrees(draws.mean(axis=0), truth, standard_error(draws), null, slack, cases=cases)


def assert_within(value: ArrayLike, error: ArrayLike, margin: float, claim: str) -> None:
    """An equivalence statement: |value| is below the margin even at the far end of its 4.5-standard-error interval."""
    reach = np.abs(value) + allowed(np.size(value)) * np.asarray(error)
    assert reach.max() <= margin, f"not shown: {claim} within {margin:g}; interval reaches {reach.max():.4g}"
