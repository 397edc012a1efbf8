"""Logistic regression against statsmodels and scikit-learn, to 1e-8 in coefficients."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from statsmodels.genmod.families import Binomial

from synththeory.arrays import Array, Vector
from synththeory.kernels.newton import logistic_path
from synththeory.learners import Logistic
from synththeory.losses import LogisticLoss
from synththeory.sample import GivenSample, Sample
from synththeory.status import Status

SEED = st.integers(0, 2**32)
SIZES = np.array([[0, 0, 13, 40]], dtype=np.int64)


def sample(seed: int, size: int, dimension: int, kind: str = "soft") -> Sample:
    """Rows with hard labels, integer frequencies or soft labels and any weights, from an overlapping model."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((1, size, dimension))
    chance = expit(0.4 * rows[..., 0] - 0.7)
    labels = (rng.random((1, size)) < chance).astype(np.float64)
    if kind == "soft":
        return GivenSample(rows, rng.beta(1.0, 2.0, (1, size)), 0.1 + rng.exponential(size=(1, size)))
    return GivenSample(
        rows, labels, 1.0 * rng.integers(1, 4, (1, size)) if kind == "frequencies" else np.ones((1, size))
    )


def stacked(real: Sample, synthetic: Sample, size: int) -> tuple[Array, Vector, Vector]:
    """Rows, labels and weights of the training set at one size."""
    rows = np.concatenate([real.rows[0], synthetic.rows[0, :size]])
    labels = np.concatenate([real.labels[0], synthetic.labels[0, :size]])
    return rows, labels, np.concatenate([real.weights[0], synthetic.weights[0, :size]])


def sklearn_fit(rows: Array, labels: Vector, weights: Vector, intercept: bool, strength: float) -> Vector:
    """scikit-learn's minimiser: a soft label is a row of each class."""
    model = LogisticRegression(C=strength, fit_intercept=intercept, solver="newton-cholesky", tol=1e-13, max_iter=500)
    with warnings.catch_warnings():  # its line search may stall at the last digit
        warnings.simplefilter("ignore")
        model.fit(
            np.concatenate([rows, rows]),
            np.repeat([0, 1], len(rows)),
            sample_weight=np.concatenate([weights * (1.0 - labels), weights * labels]),
        )
    return np.append(model.coef_[0], model.intercept_) if intercept else np.asarray(model.coef_[0])


def assert_same(got: Vector, expected: Vector) -> None:
    """1e-8 relative to the largest coefficient, or absolute below one."""
    np.testing.assert_allclose(got, expected, rtol=0.0, atol=1e-8 * max(1.0, float(np.abs(expected).max())))


@given(
    seed=SEED, dimension=st.integers(1, 6), intercept=st.booleans(),
    kind=st.sampled_from(["hard", "frequencies", "soft"]),
)  # fmt: skip
def test_the_path_is_statsmodels_weighted_glm(seed: int, dimension: int, intercept: bool, kind: str) -> None:
    real, synthetic = sample(seed, 70, dimension, kind), sample(seed + 1, 40, dimension, kind)
    fit = Logistic(intercept=intercept).path(real, synthetic, SIZES)
    assume(not (fit.status == Status.SEPARATED).any())
    assert not fit.status.any()
    for place, size in enumerate(SIZES[0]):
        rows, labels, weights = stacked(real, synthetic, size)
        given_as = {"freq_weights": weights} if kind == "frequencies" else {"var_weights": weights}
        model = sm.GLM(labels, LogisticLoss(intercept).design(rows), family=Binomial(), **given_as)
        assert_same(fit.coefficients[0, place], model.fit(tol=1e-15, maxiter=200).params)


@given(
    seed=SEED, dimension=st.integers(1, 6), intercept=st.booleans(),
    strength=st.sampled_from([1e-3, 1.0, 1e3, 1e6]), kind=st.sampled_from(["hard", "frequencies", "soft"]),
)  # fmt: skip
def test_the_path_is_scikit_learns(seed: int, dimension: int, intercept: bool, strength: float, kind: str) -> None:
    real, synthetic = sample(seed, 70, dimension, kind), sample(seed + 1, 40, dimension, kind)
    fit = Logistic(intercept=intercept, C=strength).path(real, synthetic, SIZES)
    assert np.isin(fit.status, [Status.OK, Status.SEPARATED]).all()
    for place, size in enumerate(SIZES[0]):
        expected = sklearn_fit(*stacked(real, synthetic, size), intercept, strength)
        assert_same(fit.coefficients[0, place], expected)


def alone(learner: Logistic, rows: Array, labels: Vector) -> tuple[Vector, Status]:
    """One fit without synthetic rows."""
    nothing = GivenSample(np.empty((1, 0, rows.shape[1])), np.empty((1, 0)), np.empty((1, 0)))
    real = GivenSample(np.ascontiguousarray(rows)[None], labels[None], np.ones((1, len(rows))))
    fit = learner.path(real, nothing, np.zeros((1, 1), dtype=np.int64))
    return np.asarray(fit.coefficients[0, 0]), Status(int(fit.status[0, 0]))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("strength", [1.0, 1e3, 1e6])
def test_separated_and_nearly_separated_fits_are_scikit_learns(seed: int, intercept: bool, strength: float) -> None:
    rows = np.random.default_rng(seed).standard_normal((60, 3))
    score = 3.0 * rows[:, 0] + rows[:, 1] + 0.2 * intercept
    labels, ones = (score > 0.0).astype(np.float64), np.ones(60)
    learner = Logistic(intercept=intercept, C=strength)
    coefficients, status = alone(learner, rows, labels)
    assert status == Status.SEPARATED or strength < 1e6  # a strong penalty need not separate what can be
    assert_same(coefficients, sklearn_fit(rows, labels, ones, intercept, strength))
    near = labels.copy()
    near[np.abs(score).argsort()[1]] = 1.0 - near[np.abs(score).argsort()[1]]  # one row close to the border
    coefficients, status = alone(learner, rows, near)
    assert status in (Status.OK, Status.SEPARATED)
    assert_same(coefficients, sklearn_fit(rows, near, ones, intercept, strength))


def test_a_nearly_separated_fit_without_penalty_is_statsmodels() -> None:
    rows = np.random.default_rng(3).standard_normal((80, 2))
    score = 2.0 * rows[:, 0] + rows[:, 1]
    labels = (score > 0.0).astype(np.float64)
    flipped = np.abs(score).argsort()[[2, 5]]
    labels[flipped] = 1.0 - labels[flipped]
    coefficients, status = alone(Logistic(), rows, labels)
    assert status == Status.OK
    assert np.abs(coefficients).max() > 10.0
    expected = sm.GLM(labels, LogisticLoss(True).design(rows), family=Binomial()).fit(tol=1e-15, maxiter=200).params
    assert_same(coefficients, expected)


@pytest.mark.parametrize("intercept", [False, True])
def test_separation_without_a_penalty_is_reported_and_has_no_value(intercept: bool) -> None:
    rows = np.random.default_rng(4).standard_normal((50, 3))
    coefficients, status = alone(Logistic(intercept=intercept), rows, (rows[:, 1] > 0.0).astype(np.float64))
    assert status == Status.SEPARATED
    assert np.isnan(coefficients).all()


@pytest.mark.parametrize("intercept", [False, True])
def test_quasi_separation_is_never_a_silent_success(intercept: bool) -> None:
    """Two rows tied on the border: no minimiser without a penalty, scikit-learn's with one."""
    rows, labels = np.array([[-2.0], [-1.0], [0.0], [0.0], [1.0], [2.0]]), np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    coefficients, status = alone(Logistic(intercept=intercept), rows, labels)
    assert status in (Status.NOT_CONVERGED, Status.NORM_BOUND, Status.SINGULAR)
    assert np.isnan(coefficients).all()
    coefficients, status = alone(Logistic(intercept=intercept, C=1e4), rows, labels)
    assert status == Status.OK
    assert_same(coefficients, sklearn_fit(rows, labels, np.ones(6), intercept, 1e4))


@given(seed=SEED, strength=st.floats(1e-4, 1.0))
def test_ridge_is_on_the_mean_loss_and_follows_the_total_weight(seed: int, strength: float) -> None:
    real, synthetic = sample(seed, 70, 3), sample(seed + 1, 40, 3)
    fit = Logistic(ridge=strength).path(real, synthetic, SIZES)
    for place, size in enumerate(SIZES[0]):
        total = real.weights.sum() + synthetic.weights[0, :size].sum()
        same = Logistic(C=1.0 / (strength * total)).path(real, synthetic, np.array([[size]]))
        assert_same(fit.coefficients[0, place], same.coefficients[0, 0])


@pytest.mark.parametrize(
    ("learner", "level"),
    [(Logistic(C=4.0), 0.25), (Logistic(ridge=0.5), 50.0), (Logistic(intercept=False, C=2.0), 0.5)],
)
def test_penalty_is_the_hessian_on_the_summed_loss_without_the_intercept(learner: Logistic, level: float) -> None:
    expected = [level, level, 0.0][: 2 + learner.intercept]
    np.testing.assert_array_equal(learner.penalty(2, 100.0), expected)
    np.testing.assert_array_equal(learner.penalty(2, 100), expected)


@given(seed=SEED, intercept=st.booleans())
def test_exchanging_the_labels_turns_the_coefficients_round(seed: int, intercept: bool) -> None:
    real, synthetic = sample(seed, 50, 3), sample(seed + 1, 40, 3)
    turned = [GivenSample(part.rows, 1.0 - part.labels, part.weights) for part in (real, synthetic)]
    learner = Logistic(intercept=intercept, C=10.0)
    plain, other = learner.path(real, synthetic, SIZES), learner.path(turned[0], turned[1], SIZES)
    np.testing.assert_allclose(other.coefficients, -plain.coefficients, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize(
    "settings",
    [{"C": 0.0}, {"C": -1.0}, {"C": float("inf")}, {"ridge": -0.1}, {"intercept": 1}, {"bound": 0.0}, {"lasso": 1.0}],
)
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Logistic.model_validate(settings)


def test_two_penalties_are_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="either C"):
        Logistic(C=1.0, ridge=0.1)


def test_the_penalty_of_a_whole_number_of_rows_is_that_of_the_same_float() -> None:
    learner = Logistic(C=4.0)
    np.testing.assert_array_equal(learner.penalty(2, 113), [0.25, 0.25, 0.0])
    np.testing.assert_array_equal(Logistic(ridge=0.5).penalty(2, 10), [5.0, 5.0, 0.0])


def test_rows_that_are_shared_and_may_not_be_written_compile_nothing_anew() -> None:
    own, none = sample(1, 30, 2), GivenSample(np.empty((1, 0, 2)), np.empty((1, 0)), np.empty((1, 0)))
    sizes = np.zeros((1, 1), dtype=np.int64)
    fit = Logistic(ridge=0.1).path(own, none, sizes)
    signatures = len(logistic_path.signatures)  # type: ignore[attr-defined]
    shared = GivenSample(*(np.broadcast_to(each, each.shape) for each in (own.rows, own.labels, own.weights)))
    np.testing.assert_array_equal(Logistic(ridge=0.1).path(shared, none, sizes).coefficients, fit.coefficients)
    assert len(logistic_path.signatures) == signatures  # type: ignore[attr-defined]
