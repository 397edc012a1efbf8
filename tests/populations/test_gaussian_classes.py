"""K Gaussian classes: where they lie, and what is known of their risk."""

import numpy as np
import pytest
from scipy.special import logsumexp

from synththeory.errors import DesignError, SynththeoryError
from synththeory.fits import ClassFit
from synththeory.losses import ClassSquaredLoss, MultinomialLoss, SquaredLoss
from synththeory.populations import GaussianClasses, exact_risk, sampled_risk
from synththeory.populations.risks.class_sampled import class_error
from synththeory.streams import Streams
from tests.statistical import assert_agrees, must_reject

THREE = GaussianClasses(classes=3, dimension=2, radius=1.3, covariance=((1.0, 0.4), (0.4, 0.8)))


def test_means_are_a_simplex_where_there_is_room_and_lie_on_a_sphere_everywhere() -> None:
    simplex = {count: (2.0 * count / (count - 1)) ** 0.5 for count in (2, 3, 10)}
    cases = [
        (2, 1, simplex[2]),
        (3, 2, simplex[3]),
        (10, 9, simplex[10]),
        (10, 12, simplex[10]),
        (10, 5, 2**0.5),
        (4, 2, 2**0.5),
    ]
    for classes, dimension, smallest in cases:
        means = GaussianClasses(classes=classes, dimension=dimension, radius=1.7).means
        np.testing.assert_allclose(np.linalg.norm(means, axis=1), 1.7)
        apart = np.linalg.norm(means[:, None] - means[None], axis=2)[np.triu_indices(classes, 1)]
        assert apart.min() == pytest.approx(1.7 * smallest)
        if dimension >= classes - 1:
            assert apart.max() == pytest.approx(apart.min())


def test_a_dimension_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least classes/2 = 4\.5"):
        GaussianClasses(classes=9, dimension=4, radius=1.0)


@pytest.mark.parametrize("intercept", [True, False])
def test_the_squared_risk_is_least_at_its_optimum_and_its_gradients_are_slopes(intercept: bool) -> None:
    exact = exact_risk(THREE, ClassSquaredLoss(intercept))
    theta = exact.optimum + 0.1 * np.random.default_rng(1).standard_normal(exact.optimum.size)
    for place, (stratum, law) in enumerate(zip(THREE.strata, THREE.laws, strict=True)):
        slopes = [
            (exact.risks(theta + step)[place] - exact.risks(theta - step)[place]) / 2e-5
            for step in 1e-5 * np.eye(theta.size)
        ]
        np.testing.assert_allclose(exact.at(stratum, law, theta).gradient, slopes, atol=1e-8)
    np.testing.assert_allclose(sum(each.gradient for each in exact.moments), 0.0, atol=1e-12)
    assert exact.risk(theta) == pytest.approx(exact.risks(theta).mean(), rel=1e-12)
    assert exact.excess_risk(theta) == pytest.approx(float(exact.risk(theta)) - exact.minimum, rel=1e-9)


def test_moments_of_the_score_are_those_of_rows() -> None:
    """The covariance of 200,000 scores; a wrong sign in the products of two classes is found."""
    loss = ClassSquaredLoss(True)
    exact, stratum, law = exact_risk(THREE, loss), THREE.strata[1], THREE.laws[1]
    theta = np.random.default_rng(2).standard_normal(9)
    rows = loss.design(law.draw(Streams.named(3, "tests", 0, 1), "rows", 200_000)[0])
    scores = loss.slope(rows @ theta.reshape(3, 3).T, np.array(stratum.coding))[:, :, None] * rows[:, None, :]
    flat = scores.reshape(len(rows), 9) - exact.at(stratum, law, theta).gradient
    products = (flat[:, :, None] * flat[:, None, :]).reshape(len(rows), 81)
    error = products.std(axis=0) / np.sqrt(len(rows))
    known = exact.at(stratum, law, theta).covariance
    assert_agrees(products.mean(axis=0), known.ravel(), error, "the covariance of the scores of K classes is exact")
    turned = known.reshape(3, 3, 3, 3).copy()
    turned[0, :, 1] *= -1.0
    with must_reject():
        assert_agrees(products.mean(axis=0), turned.ravel(), error, "planted: the wrong sign between two classes")


def test_a_test_sample_gives_loss_and_errors_class_by_class() -> None:
    risk = sampled_risk(THREE, MultinomialLoss(True), 1500, 7)
    theta = np.random.default_rng(4).standard_normal((2, 1, 3, 3))
    theta[1] = np.nan
    names = ("balanced_loss", "balanced_error", class_error(THREE.strata[2]))
    values = risk.measures(names, ClassFit(theta, np.zeros((2, 1), dtype=np.uint8)))
    assert np.isnan(values[:, 1]).all()
    scores = [np.column_stack([rows, np.ones(1500)]) @ theta[0, 0].T for rows in risk.rows]
    losses = [(logsumexp(each, axis=1) - each[:, place]).mean() for place, each in enumerate(scores)]
    wrong = [(each.argmax(axis=1) != place).mean() for place, each in enumerate(scores)]
    np.testing.assert_allclose(values[:, 0, 0], [np.mean(losses), np.mean(wrong), wrong[2]], rtol=1e-12)


def test_methods_of_two_classes_are_refused_and_so_is_an_error_in_closed_form() -> None:
    with pytest.raises(DesignError, match="one of 3 classes"):
        _ = exact_risk(THREE, SquaredLoss(True)).optimum
    exact = exact_risk(THREE, ClassSquaredLoss(True))
    with pytest.raises(DesignError, match="test-sample"):
        exact.error(exact.optimum)
    with pytest.raises(SynththeoryError, match="coefficients"):
        exact.measures(("excess_risk",), object())  # type: ignore[arg-type]
