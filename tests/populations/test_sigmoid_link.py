"""The sigmoid-link population: joint counts, calibration of drawn rows, and local symmetry for any setting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import expit

from synththeory.losses import LogisticLoss
from synththeory.populations import SigmoidLink, exact_risk
from synththeory.streams import Streams
from tests.reference import logistic as reference
from tests.statistical import assert_mean

FAMILY = 6  # comparisons of this file

F4 = SigmoidLink(dimension=20)
OTHER = SigmoidLink(dimension=4, negative=2.0, positive=0.7, slope=1.3, spread=0.5, mixture_mean=-1.5)
BOTH = pytest.mark.parametrize("population", [F4, OTHER], ids=["F4", "other"])


@BOTH
def test_class_counts_are_binomial_with_the_stated_shares(population: SigmoidLink) -> None:
    """Null: counts of Y = 1 among 500 rows have the binomial's first, second and third moments."""
    share, total = population.shares[1], 500
    counts = population.counts(Streams.named(1, "counts", 0, 4000), total)
    assert counts.shape == (4000, 2)
    assert counts.dtype == np.int64
    np.testing.assert_array_equal(counts.sum(axis=1), total)
    centred = (counts[:, 1] - total * share) / np.sqrt(total * share * (1.0 - share))
    skewness = (1.0 - 2.0 * share) / np.sqrt(total * share * (1.0 - share))
    moments = np.stack([centred, centred**2, centred**3], axis=1)
    assert_mean(moments, [0.0, 1.0, skewness], "counts are binomial", cases=FAMILY)


def test_counts_nest_and_do_not_depend_on_grouping() -> None:
    whole = F4.counts(Streams.named(2, "counts", 0, 6), 300)
    apart = [F4.counts(Streams.named(2, "counts", first, 1), 300) for first in range(6)]
    np.testing.assert_array_equal(np.concatenate(apart), whole)
    assert (F4.counts(Streams.named(2, "counts", 0, 6), 200) <= whole).all()


@BOTH
def test_drawn_rows_are_calibrated(population: SigmoidLink) -> None:
    """Null: rows pooled in their shares have E[(Y − σ(c vᵀX)) · φ(X)] = 0 for several φ, and T its two values."""
    total = 200_000
    counts = [round(share * total) for share in population.shares]
    blocks = population.sample(Streams.named(3, "calibration", 0, 1), counts)
    rows = np.concatenate([block.rows[0] for block in blocks])
    labels = np.repeat([0.0, 1.0], counts)
    assert set(np.unique(rows[:, 0])) == {-population.negative, population.positive}
    below = rows[:, 0] < 0.0
    gap = labels - expit(population.slope * rows[:, 0])
    tests = np.column_stack([np.ones(total), below, rows[:, 1], rows[:, 1] ** 2, rows[:, 1] * rows[:, 2], rows[:, -1]])
    drawn = np.column_stack([gap[:, None] * tests, below, below * gap])
    expected = [0.0] * 6 + [population.share_negative, 0.0]
    assert_mean(drawn, expected, "P(Y = 1 | x) is the stated link", cases=FAMILY)


@BOTH
def test_the_other_coordinates_are_the_stated_mixture_in_both_classes(population: SigmoidLink) -> None:
    """Null: second moments of W given Y are σ_w²I + mmᵀ on the first three of them; first and mixed moments vanish."""
    size = population.dimension - 1
    shift = np.zeros(size)
    shift[:3] = population.mixture_mean
    second, upper = population.spread**2 * np.eye(size) + np.outer(shift, shift), np.triu_indices(size)
    drawn = []
    for block in population.sample(Streams.named(4, "others", 0, 1), (60_000, 60_000)):
        rows = block.rows[0, :, 1:]
        products = (rows[:, :, None] * rows[:, None, :])[:, *upper]
        drawn += [rows, products, block.rows[0, :, :1] * rows]
    expected = np.concatenate([np.zeros(size), second[upper], np.zeros(size)] * 2)
    assert_mean(np.concatenate(drawn, axis=1), expected, "law of W given Y", cases=FAMILY)


@settings(max_examples=15)
@given(
    negative=st.floats(0.5, 6.0), positive=st.floats(0.5, 6.0), slope=st.floats(0.2, 1.5), spread=st.floats(0.3, 2.0),
    mixture_mean=st.floats(-2.5, 2.5), dimension=st.integers(2, 6),
)  # fmt: skip
def test_it_is_locally_symmetric_with_optimum_c_v(
    negative: float, positive: float, slope: float, spread: float, mixture_mean: float, dimension: int
) -> None:
    population = SigmoidLink(
        dimension=dimension, negative=negative, positive=positive, slope=slope, spread=spread,
        mixture_mean=mixture_mean,
    )  # fmt: skip
    exact = exact_risk(population, LogisticLoss())
    np.testing.assert_allclose(exact.optimum, slope * np.eye(dimension)[0], atol=1e-9)
    zero, one = exact.moments
    np.testing.assert_allclose(zero.gradient - one.gradient, 0.0, atol=1e-9)
    assert sum(population.shares) == pytest.approx(1.0, abs=1e-15)
    assert all(sum(law.weights) == pytest.approx(1.0, abs=1e-14) for law in population.laws)


def test_an_intercept_ends_the_local_symmetry() -> None:
    zero, one = exact_risk(OTHER, LogisticLoss(True)).moments
    assert (zero.gradient - one.gradient)[-1] > 0.1


def test_laws_are_the_independent_references() -> None:
    other = reference.SigmoidLink()
    assert F4.share_negative == pytest.approx(other.alpha, rel=1e-14)
    for label, law in enumerate(F4.laws):
        theirs = other.class_law(label)
        np.testing.assert_allclose(law.mean, theirs.weights @ theirs.means, atol=1e-14)
        for weight, part in law.components:
            (place,) = np.flatnonzero((np.abs(theirs.means - part.mean) < 1e-12).all(axis=1))
            assert weight == pytest.approx(theirs.weights[place], rel=1e-13)
            np.testing.assert_allclose(part.covariance, np.diag(theirs.scales**2), atol=1e-14)


@pytest.mark.parametrize(
    "setting",
    [{"dimension": 1}, {"negative": 0.0}, {"positive": -1.0}, {"slope": 0.0}, {"spread": -0.1}, {"alpha": 0.5}],
)
def test_impossible_settings_are_refused(setting: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SigmoidLink.model_validate({"dimension": 5, **setting})
