"""Gaussian expectations of functions of a linear score against adaptive quadrature and drawn rows."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit, ndtr

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.populations import LocationLaw, MixtureLaw
from synththeory.populations.laws.projection import error_rate, gaussian_components, nodes, project
from synththeory.sample import Stratum
from tests.normal_integrals import expectation
from tests.statistical import assert_mean

FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "slope": lambda u: expit(u) - 1.0,
    "curvature": lambda u: expit(u) * expit(-u),
    "squared slope": lambda u: expit(u) ** 2,
    "softplus": lambda u: np.logaddexp(0.0, u),
}
EVERY_FUNCTION = pytest.mark.parametrize("name", FUNCTIONS)
PAIRS = [(mean, deviation) for mean in (-12.0, -0.7, 0.0, 3.0) for deviation in (1e-6, 0.2, 1.0, 2.0, 6.0, 20.0, 50.0)]
FACTOR = np.array([[1.2, 0.0, 0.0], [0.4, 0.5, 0.0], [-0.3, 0.9, 0.0]])


@EVERY_FUNCTION
def test_the_three_moments_are_adaptive_quadrature(name: str) -> None:
    """In one dimension with θ = 1 and z = m + sZ: E h, E hz and E hz² from E h, E hZ and E hZ²."""
    function = FUNCTIONS[name]
    for mean, deviation in PAIRS:
        k0, k1, k2 = (expectation(lambda u: float(function(u)), mean, deviation, power) for power in range(3))
        got = project(np.array([mean]), np.array([[deviation**2]]), np.ones(1), function)
        expected = [k0, mean * k0 + deviation * k1, mean**2 * k0 + 2.0 * mean * deviation * k1 + deviation**2 * k2]
        scale = 1.0 + abs(mean) + deviation
        sizes = np.array([1.0, scale, scale**2]) * (scale if name == "softplus" else 1.0)
        difference = np.array([got.zeroth, got.first[0], got.second[0, 0]]) - expected
        assert np.all(np.abs(difference) <= 1e-12 * sizes), (mean, deviation, difference)


@EVERY_FUNCTION
def test_vectors_and_matrices_are_two_dimensional_quadrature(name: str) -> None:
    """A Gauss–Legendre product on a disc of ten standard deviations, in the plane of a full covariance."""
    mean, root, theta = np.array([0.4, -0.8]), np.array([[1.1, 0.0], [0.6, 0.5]]), np.array([0.9, -0.5])
    points, weights = np.polynomial.legendre.leggauss(160)
    z = 9.0 * np.stack(np.meshgrid(points, points, indexing="ij"), axis=-1).reshape(-1, 2)
    density = 81.0 * np.outer(weights, weights).ravel() * np.exp(-0.5 * (z**2).sum(axis=1)) / (2.0 * np.pi)
    rows = mean + z @ root.T
    values = density * FUNCTIONS[name](rows @ theta)
    got = project(mean, root @ root.T, theta, FUNCTIONS[name])
    assert got.zeroth == pytest.approx(values.sum(), abs=1e-12)
    np.testing.assert_allclose(got.first, values @ rows, atol=1e-12)
    np.testing.assert_allclose(got.second, (rows.T * values) @ rows, atol=1e-11)


@pytest.mark.parametrize("theta", [np.zeros(3), np.array([0.0, 0.0, 2.0]), np.array([0.3, -0.2, 0.5])])
def test_a_degenerate_covariance_is_no_special_case(theta: Vector) -> None:
    """Null directions, and no spread at all: the score is then a constant."""
    mean = np.array([0.5, -1.0, 0.2])
    for covariance in (FACTOR @ FACTOR.T, np.zeros((3, 3)), np.diag([1.0, 1.0, 0.0])):
        got = project(mean, covariance, theta, expit)
        deviation = float(np.sqrt(max(theta @ covariance @ theta, 0.0)))
        assert got.zeroth == pytest.approx(expectation(expit, float(mean @ theta), deviation), abs=1e-13)
        assert np.isfinite(got.first).all()
        if deviation == 0.0:
            np.testing.assert_allclose(got.first, got.zeroth * mean, atol=1e-14)
            np.testing.assert_allclose(got.second, got.zeroth * (covariance + np.outer(mean, mean)), atol=1e-14)


def test_weights_are_a_distribution_at_every_width() -> None:
    for deviation in (0.0, 1e-12, 0.3, 2.0, 50.0, 1e4):
        points, weights = nodes(deviation)
        assert weights.sum() == pytest.approx(1.0, abs=1e-14)
        assert weights @ points**2 == pytest.approx(1.0, abs=1e-12)
        assert np.diff(points).max() <= min(0.25, 0.5 / max(deviation, 1.0)) * (1.0 + 1e-9)


def strata() -> tuple[tuple[Stratum, ...], tuple[LocationLaw | MixtureLaw, ...]]:
    parts = (LocationLaw(np.array([1.0, 0.5, 0.0]), FACTOR), LocationLaw(np.array([-0.5, 0.0, 2.0])))
    laws = (LocationLaw(np.zeros(3), np.diag([1.0, 2.0, 0.5])), MixtureLaw((0.3, 0.7), parts))
    return (Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0)), laws


@pytest.mark.parametrize("intercept", [False, True])
def test_error_rate_is_that_of_drawn_rows(intercept: bool) -> None:
    """Null: the balanced share of drawn rows on the wrong side is the stated error."""
    named, laws = strata()
    thetas = np.random.default_rng(2).standard_normal((2, 3, 3 + intercept))
    exact = error_rate(named, laws, intercept, thetas, 0.2)
    assert exact.shape == (2, 3)
    rng, wrong = np.random.default_rng(3), []
    for stratum, law in zip(named, laws, strict=True):
        place = rng.choice(len(law.components), 200_000, p=[weight for weight, _ in law.components])
        parts = [part for _, part in law.components]
        noise = rng.standard_normal((200_000, 3))
        rows = np.stack([part.mean + noise @ part.spread.T for part in parts])[place, np.arange(200_000)]
        design = np.column_stack([rows, np.ones(len(rows))]) if intercept else rows
        above = design @ thetas.reshape(6, -1).T > 0.2
        wrong.append(above if stratum.response == 0.0 else ~above)
    assert_mean(0.5 * (wrong[0] + 1.0 * wrong[1]), exact.ravel(), "balanced error of drawn rows", cases=2)


def test_error_rate_without_spread_and_without_a_fit() -> None:
    named = (Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0))
    laws = (LocationLaw(np.array([-1.0]), np.zeros((1, 1))), LocationLaw(np.array([1.0]), np.eye(1)))
    got = error_rate(named, laws, False, np.array([[1.0], [-1.0], [0.0], [np.nan]]), 0.0)
    np.testing.assert_allclose(got[:3], [0.5 * ndtr(-1.0), 0.5 * (1.0 + ndtr(1.0)), 0.5], rtol=1e-14)
    assert np.isnan(got[3])


def test_other_noise_is_refused_with_the_way_out() -> None:
    law: LocationLaw = LocationLaw(np.zeros(2), None, "cube")
    with pytest.raises(DesignError, match=r"cube noise: use noise = \"gaussian\""):
        gaussian_components(law, False)


def test_components_keep_weights_and_add_the_intercept() -> None:
    _, laws = strata()
    weights, parts = zip(*gaussian_components(laws[1], True), strict=True)
    assert weights == (0.3, 0.7)
    covariance: Matrix = parts[0].covariance
    np.testing.assert_allclose(covariance[:3, :3], FACTOR @ FACTOR.T)
    assert not covariance[3].any()
    assert parts[0].mean[3] == 1.0
