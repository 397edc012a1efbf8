"""E‖Z‖ of a normal vector: closed forms, quadrature and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln
from scipy.stats import chi, foldnorm, ncx2

from synththeory.theory.norms import expected_norm
from tests.statistical import assert_mean


def chi_mean(degrees: int) -> float:
    return float(np.sqrt(2.0) * np.exp(gammaln(0.5 * (degrees + 1)) - gammaln(0.5 * degrees)))


@pytest.mark.parametrize("dimension", [1, 2, 3, 20, 500])
@pytest.mark.parametrize("scale", [1e-12, 0.3, 1.0, 1e9])
def test_centred_isotropic_is_chi(dimension: int, scale: float) -> None:
    got = expected_norm(np.zeros(dimension), scale**2 * np.eye(dimension))
    assert got == pytest.approx(scale * chi_mean(dimension), rel=1e-10)
    if dimension < 100:
        assert got == pytest.approx(scale * float(chi.mean(dimension)), rel=1e-8)


@given(mean=st.floats(-30.0, 30.0), scale=st.floats(1e-3, 100.0))
def test_one_dimension_is_the_folded_normal(mean: float, scale: float) -> None:
    expected = float(foldnorm.mean(abs(mean) / scale, scale=scale))
    assert expected_norm(np.array([mean]), np.array([[scale**2]])) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shift", [0.1, 1.0, 5.0])
def test_shifted_isotropic_is_noncentral_chi(shift: float) -> None:
    upper = (shift + 12.0) ** 2
    expected = quad(lambda q: np.sqrt(q) * ncx2.pdf(q, 4, shift**2), 0.0, upper, epsabs=1e-11, limit=200)[0]
    mean = shift * np.array([0.6, 0.0, -0.8, 0.0])
    assert expected_norm(mean, np.eye(4)) == pytest.approx(expected, rel=1e-8)


def test_without_spread_it_is_the_length_of_the_mean() -> None:
    assert expected_norm(np.array([3.0, -4.0]), np.zeros((2, 2))) == pytest.approx(5.0, rel=1e-10)
    assert expected_norm(np.zeros(2), np.zeros((2, 2))) == 0.0


@given(seed=st.integers(0, 2**32), dimension=st.integers(1, 6), rank=st.integers(1, 6), factor=st.floats(1e-6, 1e6))
def test_invariance_scale_and_bounds(seed: int, dimension: int, rank: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    root, mean = rng.standard_normal((dimension, rank)), rng.standard_normal(dimension)
    covariance = root @ root.T
    value = expected_norm(mean, covariance)
    turn = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]
    assert expected_norm(turn @ mean, turn @ covariance @ turn.T) == pytest.approx(value, rel=1e-9)
    assert expected_norm(factor * mean, factor**2 * covariance) == pytest.approx(factor * value, rel=1e-9)
    upper = np.sqrt(mean @ mean + np.trace(covariance))
    assert np.linalg.norm(mean) * (1.0 - 1e-9) <= value <= upper * (1.0 + 1e-9)


def test_agrees_with_simulation() -> None:
    """Null: the mean length of drawn normal vectors is the integral."""
    rng = np.random.default_rng(1)
    for dimension in (2, 7):
        root, mean = rng.standard_normal((dimension, dimension)), 0.7 * rng.standard_normal(dimension)
        lengths = np.linalg.norm(mean + rng.standard_normal((200_000, dimension)) @ root.T, axis=1)
        assert_mean(lengths, expected_norm(mean, root @ root.T), "E‖Z‖", cases=2)
