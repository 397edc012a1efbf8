"""Learners of K classes: other packages' fits, the two-class learners at K = 2, and bits over blocks."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from synththeory.arrays import Array
from synththeory.errors import SynththeoryError
from synththeory.learners import ClassLeastSquares, Learner, LeastSquares, Logistic, Multinomial
from synththeory.sample import GivenSample, Sample


def sample(seed: int, count: int, size: int, dimension: int, classes: int) -> Sample:
    """Rows of every class in turn, in overlapping clouds."""
    rng = np.random.default_rng(seed)
    places = np.arange(size) % classes
    rows = rng.standard_normal((count, size, dimension))
    rows[:, np.arange(size), places % dimension] += 0.7 * (1 + places // dimension)
    return GivenSample(rows, np.tile(np.eye(classes)[places], (count, 1, 1)), 0.2 + rng.random((count, size)))


def grid(count: int, *sizes: int) -> np.ndarray:
    return np.tile(np.array(sizes, dtype=np.int64), (count, 1))


def joined(real: Sample, synthetic: Sample, used: int) -> tuple[Array, Array, Array]:
    """Rows, classes and weights of the first replication."""
    rows = np.concatenate([real.rows[0], synthetic.rows[0, :used]])
    labels = np.concatenate([real.labels[0], synthetic.labels[0, :used]])
    return rows, labels, np.concatenate([real.weights[0], synthetic.weights[0, :used]])


@pytest.mark.parametrize("classes", [3, 10])
@pytest.mark.parametrize("settings", [{"C": 0.5}, {"ridge": 0.01}])
def test_multinomial_is_scikit_learn_s(classes: int, settings: dict[str, float]) -> None:
    real, synthetic = sample(1, 1, 300, 6, classes), sample(2, 1, 80, 6, classes)
    fit = Multinomial(**settings).path(real, synthetic, grid(1, 0, 80))
    assert not fit.status.any()
    for place, used in enumerate((0, 80)):
        rows, labels, weights = joined(real, synthetic, used)
        strength = settings.get("C") or 1.0 / (settings["ridge"] * weights.sum())
        peer = LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-14, max_iter=1000)
        peer.fit(rows, labels.argmax(axis=1), sample_weight=weights)
        np.testing.assert_allclose(fit.coefficients[0, place, :, :6], peer.coef_, rtol=0.0, atol=1e-8)
        chances = np.exp(fit.scores(rows)[0, place])
        chances /= chances.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(chances, peer.predict_proba(rows), rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("intercept", [True, False])
def test_least_squares_of_indicators_is_scikit_learn_s(intercept: bool) -> None:
    real, synthetic = sample(3, 1, 60, 3, 4), sample(4, 1, 20, 3, 4)
    fit = ClassLeastSquares(ridge=0.7, intercept=intercept).path(real, synthetic, grid(1, 0, 11, 20))
    for place, used in enumerate((0, 11, 20)):
        rows, labels, weights = joined(real, synthetic, used)
        peer = Ridge(alpha=0.7, fit_intercept=intercept, solver="cholesky").fit(rows, labels, sample_weight=weights)
        np.testing.assert_allclose(fit.scores(rows)[0, place], peer.predict(rows), rtol=0.0, atol=1e-10)


def test_two_classes_are_the_two_class_learners() -> None:
    """f_1 − f_0 is the log-odds, at half the ridge; the second score of least squares is that of labels 0 and 1."""
    real, synthetic, sizes = sample(5, 3, 50, 2, 2), sample(6, 3, 30, 2, 2), grid(3, 0, 9, 30)
    two = [
        GivenSample(each.rows, np.ascontiguousarray(each.labels[..., 1]), each.weights) for each in (real, synthetic)
    ]
    rows = real.rows[:, :7]
    logits = Multinomial(ridge=0.02).path(real, synthetic, sizes).scores(rows)
    expected = Logistic(ridge=0.01).path(*two, sizes).scores(rows)
    np.testing.assert_allclose(logits[..., 1] - logits[..., 0], expected, rtol=1e-9, atol=1e-10)
    scores = ClassLeastSquares(ridge=0.3).path(real, synthetic, sizes).scores(rows)
    expected = LeastSquares(ridge=0.3, intercept=True).path(*two, sizes).scores(rows)
    np.testing.assert_allclose(scores[..., 1], expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("learner", [Multinomial(ridge=1e-3), ClassLeastSquares()], ids=lambda each: str(each.kind))
def test_fits_do_not_depend_on_the_block(learner: Learner) -> None:
    real, synthetic, sizes = sample(7, 5, 90, 4, 3), sample(8, 5, 40, 4, 3), grid(5, 0, 17, 40)
    rows = real.rows[0, :6]
    together = learner.path(real, synthetic, sizes)
    for start, stop in ((0, 2), (2, 5)):
        parts = [
            GivenSample(each.rows[start:stop], each.labels[start:stop], each.weights[start:stop])
            for each in (real, synthetic)
        ]
        alone = learner.path(*parts, sizes[start:stop])
        np.testing.assert_array_equal(alone.scores(rows), together.at(slice(start, stop)).scores(rows))


def test_multinomial_refuses_negative_weights() -> None:
    real = sample(9, 1, 20, 2, 3)
    real.weights[0, 0] = -1.0
    with pytest.raises(SynththeoryError, match="weights ≥ 0"):
        Multinomial().path(real, sample(10, 1, 0, 2, 3), grid(1, 0))
