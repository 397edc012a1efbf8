"""The perturbed oracle is off by exactly what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.errors import DesignError
from synththeory.generators import Oracle, PerturbedOracle
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import GaussianShift, LocationLaw, MeanShift, MixtureLaw

FACTOR = np.array([[1.5, 0.0, 0.0], [0.4, 0.8, 0.0], [-0.3, 0.2, 0.6]])
TRUE = LocationLaw(np.array([1.0, -2.0, 0.5]), FACTOR)


def kullback(one: LocationLaw, other: LocationLaw) -> float:
    """KL(one ‖ other) of two normal laws, from their densities' formula."""
    inverse, gap = np.linalg.inv(other.covariance), one.mean - other.mean
    volumes = np.linalg.slogdet(other.covariance)[1] - np.linalg.slogdet(one.covariance)[1]
    return float(0.5 * (np.trace(inverse @ one.covariance) + gap @ inverse @ gap - one.dimension + volumes))


@given(
    shift=st.floats(0.0, 3.0),
    scale=st.floats(0.3, 3.0),
    direction=st.tuples(*[st.floats(-2.0, 2.0)] * 3).filter(lambda u: max(map(abs, u)) > 1e-3),
)
def test_divergence_is_that_of_its_law(shift: float, scale: float, direction: tuple[float, ...]) -> None:
    generator = PerturbedOracle(shift=shift, scale=scale, direction=direction)
    np.testing.assert_allclose(generator.divergence(TRUE), kullback(generator.law(TRUE), TRUE), rtol=1e-9, atol=1e-9)


def test_moves_the_mean_by_its_mahalanobis_length_and_scales_the_covariance() -> None:
    law = PerturbedOracle(shift=0.7, scale=1.3).law(TRUE)
    gap = law.mean - TRUE.mean
    np.testing.assert_allclose(gap @ np.linalg.solve(TRUE.covariance, gap), 0.49)
    np.testing.assert_allclose(gap[1:], 0.0)
    np.testing.assert_allclose(law.covariance, 1.69 * TRUE.covariance)


def test_a_mixture_is_moved_and_scaled_as_a_whole() -> None:
    true = MixtureLaw((0.3, 0.7), (TRUE, LocationLaw(np.array([-1.0, 0.0, 2.0]))))
    generator = PerturbedOracle(shift=0.5, scale=0.8, direction=(0.0, 1.0, -1.0))
    law = generator.law(true)
    gap = law.mean - true.mean
    np.testing.assert_allclose(gap @ np.linalg.solve(true.covariance, gap), 0.25)
    np.testing.assert_allclose(law.covariance, 0.64 * true.covariance)
    with pytest.raises(DesignError, match="Gaussian laws only"):
        generator.divergence(true)


@pytest.mark.parametrize("loss", [SquaredLoss(), LogisticLoss(True)])
def test_without_an_error_it_is_the_oracle(loss: SquaredLoss | LogisticLoss) -> None:
    population = GaussianShift(mean=(1.0, 0.5))
    own, ideal = (g.mismatch(population, loss, 1, 20) for g in (PerturbedOracle(), Oracle()))
    for name in ("gradient", "hessian", "covariance"):
        np.testing.assert_allclose(getattr(own, name), getattr(ideal, name), atol=1e-14)
    assert PerturbedOracle().divergence(TRUE) == 0.0


def test_noise_that_is_not_gaussian_has_no_divergence() -> None:
    with pytest.raises(DesignError, match="Gaussian laws only"):
        PerturbedOracle(scale=2.0).divergence(MeanShift(dimension=2, noise="cube").laws[0])


@pytest.mark.parametrize("direction", [(1.0, 0.0), (0.0, 0.0, 0.0)])
def test_a_direction_that_does_not_fit_is_refused(direction: tuple[float, ...]) -> None:
    with pytest.raises(DesignError, match="3 coordinates, not all of them 0"):
        PerturbedOracle(shift=1.0, direction=direction).check(10, 3)
