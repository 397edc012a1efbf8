"""What holds for every learner: the rows are a set with weights, and a synthetic size is a prefix."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synththeory.arrays import Array, Integers
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.sample import GivenSample, Sample

LEARNERS: tuple[Learner, ...] = (
    LeastSquares(),
    LeastSquares(ridge=0.7, intercept=True),
    Logistic(C=3.0),
    Logistic(ridge=0.01, intercept=False),
)
EVERY_LEARNER = pytest.mark.parametrize("learner", LEARNERS, ids=repr)
SEED = st.integers(0, 2**32)
assert_close = partial(np.testing.assert_allclose, rtol=1e-7, atol=1e-9)


def sample(seed: int, size: int, dimension: int = 3) -> Sample:
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((1, size, dimension))
    return GivenSample(rows, rng.random((1, size)), 0.2 + rng.random((1, size)))


def rearranged(source: Sample, places: Integers) -> Sample:
    return GivenSample(
        *(np.ascontiguousarray(part[:, places]) for part in (source.rows, source.labels, source.weights))
    )


def fitted(learner: Learner, real: Sample, synthetic: Sample, *sizes: int) -> Array:
    fit = learner.path(real, synthetic, np.array([sizes], dtype=np.int64))
    assert not fit.status.any()
    return np.asarray(fit.coefficients[0])


def joined(parts: Sequence[Sample], axis: int) -> Sample:
    """Samples side by side: rows along axis 1, replications along axis 0."""
    names = ("rows", "labels", "weights")
    return GivenSample(*(np.concatenate([getattr(part, name) for part in parts], axis=axis) for name in names))


@EVERY_LEARNER
@given(seed=SEED)
def test_no_synthetic_row_is_plain_risk_minimisation(learner: Learner, seed: int) -> None:
    real = sample(seed, 40)
    np.testing.assert_array_equal(
        fitted(learner, real, sample(seed + 1, 15), 0), fitted(learner, real, sample(seed + 2, 0), 0)
    )


@EVERY_LEARNER
@given(seed=SEED)
def test_synthetic_rows_count_like_real_ones(learner: Learner, seed: int) -> None:
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    both = fitted(learner, joined((real, synthetic), 1), synthetic, 0)
    assert_close(fitted(learner, real, synthetic, 15), both)


@EVERY_LEARNER
@given(seed=SEED)
def test_rows_may_be_permuted(learner: Learner, seed: int) -> None:
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    rng = np.random.default_rng(seed)
    turned = [rearranged(part, rng.permutation(part.labels.shape[1])) for part in (real, synthetic)]
    assert_close(fitted(learner, turned[0], turned[1], 0, 15), fitted(learner, real, synthetic, 0, 15))


@EVERY_LEARNER
@given(seed=SEED)
def test_a_row_given_twice_is_a_row_of_twice_the_weight(learner: Learner, seed: int) -> None:
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    twice = rearranged(real, np.append(np.arange(40), 7))
    doubled = GivenSample(real.rows, real.labels, real.weights.copy())
    doubled.weights[0, 7] *= 2.0
    assert_close(fitted(learner, twice, synthetic, 0, 15), fitted(learner, doubled, synthetic, 0, 15))


@EVERY_LEARNER
@given(seed=SEED)
def test_rows_of_weight_zero_do_not_count(learner: Learner, seed: int) -> None:
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    silent = GivenSample(synthetic.rows, synthetic.labels, np.zeros((1, 15)))
    got = fitted(learner, real, silent, 0, 15)
    assert_close(got[1], got[0])


@EVERY_LEARNER
@given(seed=SEED)
def test_a_fit_does_not_depend_on_the_other_sizes(learner: Learner, seed: int) -> None:
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    along = fitted(learner, real, synthetic, 0, 3, 3, 11, 15)
    assert_close(along[1], along[2])
    assert_close(along[-1:], fitted(learner, real, synthetic, 15))


@EVERY_LEARNER
def test_replications_do_not_touch_each_other(learner: Learner) -> None:
    parts = [(sample(seed, 40), sample(seed + 10, 15)) for seed in range(3)]
    real, synthetic = (joined([part[place] for part in parts], 0) for place in (0, 1))
    together = learner.path(real, synthetic, np.tile(np.array([0, 15]), (3, 1)))
    alone = np.stack([fitted(learner, *part, 0, 15) for part in parts])
    np.testing.assert_array_equal(together.coefficients, alone)


@settings(max_examples=60)
@given(seed=SEED, intercept=st.booleans())
def test_unpenalised_fits_are_affinely_equivariant(seed: int, intercept: bool) -> None:
    """With x ↦ Ax the slopes become A⁻ᵀθ; with an intercept also x ↦ Ax + c, the intercept losing cᵀA⁻ᵀθ."""
    rng = np.random.default_rng(seed)
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    matrix = np.linalg.qr(rng.standard_normal((3, 3)))[0] * rng.uniform(0.5, 2.0, 3)
    move = rng.standard_normal(3) if intercept else np.zeros(3)
    moved = [GivenSample(part.rows @ matrix.T + move, part.labels, part.weights) for part in (real, synthetic)]
    learners: tuple[Learner, ...] = (LeastSquares(intercept=intercept), Logistic(intercept=intercept))
    for learner in learners:
        plain, turned = fitted(learner, real, synthetic, 0, 15), fitted(learner, moved[0], moved[1], 0, 15)
        slopes = plain[:, :3] @ np.linalg.inv(matrix)
        np.testing.assert_allclose(turned[:, :3], slopes, rtol=1e-6, atol=1e-8)
        if intercept:
            np.testing.assert_allclose(turned[:, 3], plain[:, 3] - slopes @ move, rtol=1e-6, atol=1e-8)


@given(seed=SEED, scale=st.floats(0.1, 10.0), shift=st.floats(-5.0, 5.0))
def test_least_squares_is_equivariant_in_the_response(seed: int, scale: float, shift: float) -> None:
    real, synthetic = sample(seed, 40), sample(seed + 1, 15)
    moved = [GivenSample(part.rows, scale * part.labels + shift, part.weights) for part in (real, synthetic)]
    learner = LeastSquares(intercept=True)
    expected = scale * fitted(learner, real, synthetic, 15) + shift * np.array([0.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(fitted(learner, moved[0], moved[1], 15), expected, rtol=1e-8, atol=1e-10)
