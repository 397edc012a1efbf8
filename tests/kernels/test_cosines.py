"""Random Fourier features against numpy's cosine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array, Vector
from synththeory.kernels.cosines import fourier_features


def features(rows: Array, frequencies: Array, phases: Vector) -> Array:
    out = np.empty((rows.shape[0], phases.shape[0]))
    fourier_features(rows, frequencies, phases, out)
    return out


def one_cosine(angles: Vector) -> Vector:
    """cos through a single feature of one coordinate."""
    return features(angles[:, None].copy(), np.ones((1, 1)), np.zeros(1))[:, 0] / np.sqrt(2.0)


@pytest.mark.parametrize("reach", [1e-8, 4.0, 1e3, 1e6])
def test_the_cosine_is_numpys_to_rounding(reach: float) -> None:
    angles = np.linspace(-reach, reach, 200_003)
    np.testing.assert_allclose(one_cosine(angles), np.cos(angles), rtol=0.0, atol=5e-16)


def test_multiples_of_a_quarter_turn_keep_their_sign() -> None:
    quarters = 0.5 * np.pi * np.arange(-400.0, 401.0)
    np.testing.assert_allclose(one_cosine(quarters), np.cos(quarters), rtol=0.0, atol=5e-16)


@given(seed=st.integers(0, 2**32), dimension=st.integers(1, 9), size=st.integers(1, 40))
def test_features_are_scaled_cosines_of_the_projections(seed: int, dimension: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    rows, frequencies = rng.standard_normal((13, dimension)), 2.0 * rng.standard_normal((dimension, size))
    phases = rng.uniform(0.0, 2.0 * np.pi, size)
    expected = np.sqrt(2.0 / size) * np.cos(rows @ frequencies + phases)
    np.testing.assert_allclose(features(rows, frequencies, phases), expected, rtol=0.0, atol=3e-14)


def test_a_row_stands_alone() -> None:
    rng = np.random.default_rng(1)
    rows, frequencies, phases = rng.standard_normal((30, 3)), rng.standard_normal((3, 21)), rng.random(21)
    whole = features(rows, frequencies, phases)
    np.testing.assert_array_equal(features(rows[7:8].copy(), frequencies, phases), whole[7:8])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_has_features_that_are_not(value: float) -> None:
    got = features(np.array([[0.5], [value]]), np.ones((1, 5)), np.zeros(5))
    assert np.isfinite(got[0]).all()
    assert np.isnan(got[1]).all()
