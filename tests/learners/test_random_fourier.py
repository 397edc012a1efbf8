"""Random Fourier features against scikit-learn's, and against the kernel they approximate."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.kernel_approximation import RBFSampler

from synththeory import DesignError
from synththeory.arrays import Array
from synththeory.fits import LinearFit
from synththeory.learners import FourierFeatures, LeastSquares, Logistic, RandomFourier
from synththeory.populations import Ring
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams
from tests.reference import random_fourier as reference
from tests.statistical import assert_mean

COUNTS = (300, 30)
SIZES = np.tile(np.array([0, 40, 120], dtype=np.int64), (3, 1))
LEARNER = RandomFourier(features=40, inner=Logistic(C=2.0))


def data(first: int = 0, count: int = 3) -> tuple[Streams, Sample, Sample]:
    """Named streams, real rows and 120 synthetic rows: fresh ones."""
    streams = Streams.named(7, "random-fourier", first, count)
    majority, minority = Ring().sample(streams, COUNTS)
    fresh = Ring().laws[1].draw(streams, "fresh", 120)
    return streams, Sample.of(majority, minority), GivenSample(fresh, np.ones((count, 120)), np.ones((count, 120)))


def sklearn_map(features: FourierFeatures, rows: Array, replication: int) -> Any:
    """scikit-learn's sampler on the same rows, with our normals and phases in the place of its own."""
    sampler = RBFSampler(gamma="scale", n_components=features.phases.shape[1], random_state=0).fit(rows)
    ratio = np.sqrt(2.0 / (rows.shape[1] * rows.var()))
    unit = features.frequencies[replication] / ratio
    sampler.random_weights_ = np.sqrt(2.0 * sampler._gamma) * unit
    sampler.random_offset_ = features.phases[replication]
    return sampler


def test_features_and_scale_are_scikit_learns() -> None:
    streams, real, synthetic = data()
    features = LEARNER.drawn(real.rows, streams)
    for r in range(3):
        sampler = sklearn_map(features, real.rows[r], r)
        for rows in (real.rows, synthetic.rows):
            np.testing.assert_allclose(features.of(rows)[r], sampler.transform(rows[r]), rtol=0.0, atol=1e-13)


def test_the_path_is_scikit_learns_logistic_regression_on_the_same_features() -> None:
    streams, real, synthetic = data()
    fit = LEARNER.path(real, synthetic, SIZES, streams)
    assert not fit.status.any()
    assert isinstance(fit.features, FourierFeatures)
    fresh = Ring().laws[0].draw(streams, "elsewhere", 50)
    for r in range(3):
        sampler = sklearn_map(fit.features, real.rows[r], r)
        for s, size in enumerate(SIZES[r]):
            rows = np.concatenate([real.rows[r], synthetic.rows[r, :size]])
            labels = np.concatenate([real.labels[r], synthetic.labels[r, :size]])
            model = reference.fit(sampler.transform(rows), labels, tight=True)
            expected = np.append(model.coef_[0], model.intercept_)
            np.testing.assert_allclose(fit.coefficients[r, s], expected, rtol=0.0, atol=1e-7)
            scores = model.decision_function(sampler.transform(fresh[r]))
            np.testing.assert_allclose(fit.at(slice(r, r + 1)).scores(fresh[r])[0, s], scores, rtol=0.0, atol=1e-7)


@pytest.mark.parametrize("intercept", [False, True])
def test_least_squares_on_the_features(intercept: bool) -> None:
    streams, real, synthetic = data()
    learner = RandomFourier(features=20, bandwidth=0.1, inner=LeastSquares(intercept=intercept))
    fit = learner.path(real, synthetic, SIZES, streams)
    features = learner.drawn(real.rows, streams)
    z = features.of(np.concatenate([real.rows, synthetic.rows], axis=1))[1]
    z = np.column_stack([z, np.ones(len(z))]) if intercept else z
    expected = np.linalg.lstsq(z, np.concatenate([real.labels[1], synthetic.labels[1]]))[0]
    np.testing.assert_allclose(fit.coefficients[1, -1], expected, rtol=0.0, atol=1e-7)
    np.testing.assert_allclose(fit.scores(real.rows)[1, -1], z[: sum(COUNTS)] @ expected, rtol=0.0, atol=1e-9)


def test_inner_products_of_features_have_the_kernel_as_their_mean() -> None:
    """Null: E φ(x)ᵀφ(x') = exp(−γ‖x − x'‖²), over independent maps."""
    streams = Streams.named(8, "kernel", 0, 600)
    rows = np.random.default_rng(1).standard_normal((6, 3))
    features = RandomFourier(features=30, bandwidth=0.3).drawn(np.zeros((600, 1, 3)), streams)
    products = (z := features.of(rows)) @ z.swapaxes(1, 2)
    distances = np.square(rows[:, None] - rows).sum(axis=2)
    assert_mean(products, np.exp(-0.3 * distances), "the features' kernel is Gaussian")
    wrong = np.exp(-0.15 * distances)  # planted: γ in place of 2γ as the variance of the frequencies
    assert np.abs((products.mean(axis=0) - wrong) / (products.std(axis=0) / np.sqrt(600))).max() > 10.0


def test_maps_do_not_depend_on_grouping_and_nest_in_the_number_of_features() -> None:
    streams, real, synthetic = data()
    whole = LEARNER.path(real, synthetic, SIZES, streams)
    for r in range(3):
        alone, mine, other = data(r, 1)
        fit = LEARNER.path(mine, other, SIZES[:1], alone)
        np.testing.assert_array_equal(fit.coefficients, whole.coefficients[r : r + 1])
    few, many = (RandomFourier(features=size).drawn(real.rows, streams) for size in (10, 25))
    np.testing.assert_array_equal(many.frequencies[..., :10], few.frequencies)
    np.testing.assert_array_equal(many.phases[:, :10], few.phases)


def test_the_map_depends_on_the_real_rows_alone_and_every_replication_has_its_own() -> None:
    streams, real, synthetic = data()
    weighted = GivenSample(real.rows, real.labels, 3.0 * real.weights)
    maps = [LEARNER.path(sample, synthetic, SIZES, streams).features for sample in (real, weighted)]
    assert all(isinstance(features, FourierFeatures) for features in maps)
    np.testing.assert_array_equal(maps[0].frequencies, maps[1].frequencies)  # type: ignore[union-attr]
    frequencies = maps[0].frequencies  # type: ignore[union-attr]
    assert len(np.unique(frequencies)) == frequencies.size


def test_a_row_that_is_not_finite_spoils_its_replication_alone() -> None:
    streams, real, synthetic = data()
    real.rows[1, 3, 0] = np.nan
    with np.errstate(invalid="ignore"):
        fit = LEARNER.path(real, synthetic, SIZES, streams)
    assert np.isnan(fit.coefficients[1]).all()
    assert np.isfinite(fit.coefficients[[0, 2]]).all()


def test_a_fit_without_features_scores_rows_themselves() -> None:
    rows = np.random.default_rng(2).standard_normal((9, 2))
    theta = np.array([[[1.0, -2.0, 0.5], [0.0, 1.0, -1.0]]])
    status = np.zeros((1, 2), dtype=np.uint8)
    extended = np.column_stack([rows, np.ones(9)])
    np.testing.assert_allclose(LinearFit(theta, status).scores(rows)[0], theta[0] @ extended.T, atol=1e-15)
    np.testing.assert_allclose(LinearFit(theta[..., :2], status).scores(rows)[0], theta[0, :, :2] @ rows.T, atol=1e-15)


def test_its_penalty_and_loss_are_the_inner_learners() -> None:
    assert LEARNER.loss == Logistic(C=2.0).loss
    np.testing.assert_array_equal(LEARNER.penalty(5, 10.0), Logistic(C=2.0).penalty(40, 10.0))


def test_without_streams_there_are_no_frequencies() -> None:
    _, real, synthetic = data()
    with pytest.raises(DesignError, match="its path needs streams"):
        LEARNER.path(real, synthetic, SIZES)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"features": 0}, "greater than or equal to 1"),
        ({"bandwidth": 0.0}, "greater than 0"),
        ({"inner": {"kind": "random-fourier"}}, "linear in the features"),
        ({"inner": {"kind": "logistik"}}, "did you mean 'logistic'"),
        ({"C": 2.0}, "unknown key 'C'"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RandomFourier.model_validate(settings)
