"""Standard errors over rows and fits against plain loops and known variances, and the bar for several methods."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from synththeory.advise.by_row import LEVEL, ByRow, between_fits
from synththeory.advise.comparison import HeldOut, compared, corrected
from synththeory.advise.methods import AS_IS, RE_PRIORED
from synththeory.advise.splits import Keys
from synththeory.arrays import Array
from tests.statistical import assert_agrees, must_reject

RNG = np.random.default_rng(3)
Y = np.repeat([0, 1], [60, 15])
PARTS = (np.arange(60), np.arange(60, 75))
"""Rows of each class."""


def by_row(losses: Array, groups: Array | None = None) -> ByRow:
    """Two cuts into five folds; losses (2, M, 75) by cut, method and row."""
    folds = [(cut, np.arange(start, 75, 5)) for cut in range(2) for start in range(5)]
    rows = tuple(rows for _, rows in folds)
    return ByRow(
        rows, tuple(losses[cut][:, own] for cut, own in folds), tuple(Y[own] for own in rows),
        np.array([cut for cut, _ in folds]), groups,
    )  # fmt: skip


def left(one: Array, other: Array) -> float:
    """What centring leaves of a covariance between groups that have these shares of the classes' rows."""
    return float(sum(p * q * (1.0 - p - q) for p, q in zip(one, other, strict=True)) + sum(one * other) ** 2)


def explained(gap: Array, rows: Array, groups: Array) -> Array:
    """Of every pair of classes: product of what groups move the means by, left by centring, without centring."""
    shares, moves = [], []
    for label in (0, 1):
        own = [row for row in rows if Y[row] == label]
        parts = [[row for row in own if groups[row] == name] for name in np.unique(groups[rows])]
        shares.append(np.array([len(part) / len(own) for part in parts]))
        moves.append(np.array([sum(gap[row] - gap[own].mean() for row in part) / len(own) for part in parts]))
    pairs = [[(moves[a] @ moves[b], left(shares[a], shares[b]), shares[a] @ shares[b]) for b in (0, 1)] for a in (0, 1)]
    return np.array(pairs)


def plainly(gaps: Array, groups: Array | None = None) -> float:
    """Squared standard error of the balanced mean of gaps (2, 75), row by row and fold by fold."""
    mean, places = gaps.mean(axis=0), range(5)
    spread = sum(np.var([np.mean([gap[p[p % 5 == s]].mean() for p in PARTS]) for s in places], ddof=1) for gap in gaps)
    if groups is None:
        total = sum(0.25 * mean[part].var(ddof=1) / part.size for part in PARTS)
        folds = [gap[part[part % 5 == start]] for gap in gaps for start in places for part in PARTS]
        taken = sum(0.25 * part.var(ddof=1) / part.size / 10 for part in folds)
    else:
        found = explained(mean, np.arange(75), groups)
        scale = [np.sqrt(found[c, c, 2] / found[c, c, 1]) for c in (0, 1)]
        total = sum(0.25 * scale[a] * scale[b] * found[a, b, 0] for a in (0, 1) for b in (0, 1))
        each = [explained(gap, np.arange(start, 75, 5), groups) for gap in gaps for start in places]
        sums = np.sum(each, axis=0)
        taken = float((0.25 * sums[..., 0] * sums[..., 2] / sums[..., 1]).sum()) / 10
    return float(total + max(spread / 2 - taken, 0.0) / 10)


@pytest.mark.parametrize("groups", [None, np.arange(75) % 25])
@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_the_variance_is_that_of_a_plain_loop(groups: Array | None, shift: float) -> None:
    losses = RNG.exponential(size=(2, 2, 75))
    losses[:, 0] += shift * RNG.normal(size=(2, 5))[:, np.arange(75) % 5]  # a fit that is good or bad for all its rows
    found = by_row(losses, groups)
    assert found.variance(0, 1) == pytest.approx(plainly(losses[:, 0] - losses[:, 1], groups))
    assert found.variance(0) == pytest.approx(plainly(losses[:, 0], groups))
    assert found.variance(1, 1) == 0.0
    np.testing.assert_array_equal(found.means, losses.mean(axis=0))


def test_groups_of_one_row_are_rows() -> None:
    losses = RNG.exponential(size=(2, 2, 75))
    losses[:, 0] += RNG.normal(size=(2, 5))[:, np.arange(75) % 5]
    assert by_row(losses, np.arange(75)).variance(0, 1) == pytest.approx(by_row(losses).variance(0, 1), rel=1e-12)


@pytest.mark.parametrize("groups", [np.repeat(np.arange(60), 4), np.arange(240) % 40])
def test_what_groups_explain_is_taken_off_the_spread_over_folds(groups: Array) -> None:
    """Null: the mean estimate is the variance of the fits; planted: rows explain what they would if independent."""
    y = np.repeat([0, 1], 120)  # groups of one class (30 of each), or of both (40)
    rng, folds, found, plain = np.random.default_rng(9), [np.flatnonzero(groups % 5 == s) for s in range(5)], [], []
    labels, own = [y[rows] for rows in folds], [groups[rows] for rows in folds]
    for _ in range(400):
        gaps = 0.5 * rng.normal(size=5)[groups % 5] + rng.normal(size=60)[groups] + 0.5 * rng.normal(size=240)
        parts, once = [gaps[rows] for rows in folds], np.zeros(5, dtype=np.int64)
        found.append(between_fits(parts, labels, once, own))
        plain.append(between_fits(parts, labels, once))
    null = "the variance from fit to fit is 1/4"
    assert_agrees(np.mean(found), 0.25, np.std(found) / 20.0, null, cases=3)
    with must_reject():
        assert_agrees(np.mean(plain), 0.25, np.std(plain) / 20.0, null, cases=3)


def test_few_groups_of_one_class_have_the_variance_that_they_have() -> None:
    """Five patients with the disease, four visits each: of their mean the variance is s²/5, not s²/20 nor less."""
    y, groups = np.repeat([0, 1], [80, 20]), np.repeat(np.arange(25), 4)
    gaps = RNG.normal(size=25)[groups]
    found = ByRow((np.arange(100),), (gaps[None],), (y,), np.zeros(1, dtype=np.int64), groups)
    means = gaps.reshape(25, 4).mean(axis=1)
    assert found.variance(0) == pytest.approx(0.25 * (means[:20].var(ddof=1) / 20 + means[20:].var(ddof=1) / 5))


def test_several_methods_raise_the_bar_by_as_much_as_they_differ() -> None:
    base, noise = RNG.exponential(size=75), RNG.normal(size=(3, 75))
    alike = np.stack([base, base + noise[0], base + 2.0 * noise[0], base])
    found = by_row(np.stack([alike, alike]))
    assert found.bar([1], 0) == 2.0
    assert found.bar([1, 2, 3], 0) == pytest.approx(2.0, abs=0.04)  # one direction, and a method that changes nothing
    for part in PARTS:
        noise[:, part] -= noise[:, part].mean(axis=1, keepdims=True)
    weights = np.repeat([1.0 / 60, 1.0 / 15], [60, 15])  # nearly those of the influences
    apart = np.linalg.qr((noise[:2] * weights).T)[0].T / weights
    differ = np.stack([base, base + apart[0], base + apart[1]])
    bar = by_row(np.stack([differ, differ])).bar([1, 2], 0)
    assert bar == pytest.approx(norm.ppf(np.sqrt(1.0 - LEVEL)), abs=0.04)  # of two that are independent


def test_what_rows_explain_is_taken_off_the_spread_over_folds() -> None:
    """Null: the mean estimate is the variance of the fits; planted: the spread over folds, nothing taken off."""
    rng, labels, found, plain = np.random.default_rng(8), [Y[start::5] for start in range(5)], [], []
    for _ in range(400):
        fits = [0.5 * rng.normal() + rng.normal(size=15) for _ in range(5)]
        means = [0.5 * (own[y == 0].mean() + own[y == 1].mean()) for own, y in zip(fits, labels, strict=True)]
        found.append(between_fits(fits, labels, np.zeros(5, dtype=np.int64)))
        plain.append(np.var(means, ddof=1))
    null = "the variance from fit to fit is 1/4"
    assert_agrees(np.mean(found), 0.25, np.std(found) / 20.0, null, cases=3)
    with must_reject():
        assert_agrees(np.mean(plain), 0.25, np.std(plain) / 20.0, null, cases=3)


def test_rows_in_time_are_judged_by_folds() -> None:
    log_odds = RNG.normal(size=(2, 75))
    held = tuple(
        HeldOut(np.arange(s, 75, 3), Y[s::3], log_odds[:, s::3], np.repeat([0, 1], [40, 10])) for s in range(3)
    )
    free = compared((AS_IS, RE_PRIORED), held, 3, 1)
    timed = replace(free, keys=Keys(times=np.arange(75)))
    assert timed.mean(AS_IS) == corrected(timed.scores[:, 0, 0], timed.ratio)
    assert free.mean(AS_IS).value == timed.mean(AS_IS).value
    assert free.mean(AS_IS).standard_error != timed.mean(AS_IS).standard_error
