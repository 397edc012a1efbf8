"""Mixtures of location laws: moments, shares of components, and draws that nest."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.populations import LocationLaw, MixtureLaw
from synththeory.populations.laws.location import Noise
from synththeory.populations.laws.mixtures import mixture
from synththeory.streams import Streams
from tests.statistical import assert_mean

FAMILY = 5  # comparisons of this file

FACTOR = np.array([[1.2, 0.0, 0.0], [0.4, 0.5, 0.0], [-0.3, 0.9, 0.0]])
MEANS = np.array([[0.0, 0.0, 0.0], [4.0, -1.0, 0.5], [-9.0, 2.0, 1.0]])
WEIGHTS = (0.2, 0.5, 0.3)


def law(noise: Noise = "gaussian", plain: bool = False) -> MixtureLaw:
    factors = (None, None, None) if plain else (FACTOR, None, 0.3 * np.eye(3))
    pairs = zip(MEANS, factors, strict=True)
    return MixtureLaw(WEIGHTS, tuple(LocationLaw(mean, factor, noise) for mean, factor in pairs))


def rows(source: MixtureLaw, size: int, count: int = 1, first: int = 0) -> Array:
    return source.draw(Streams.named(1, "mixture", first, count), "rows", size)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("noise", ["gaussian", "cube"])
def test_rows_have_the_laws_moments(noise: Noise, plain: bool) -> None:
    """Null: mean, covariance and third central moments of drawn rows are the mixture's."""
    source, upper = law(noise, plain), np.triu_indices(3)
    centred = rows(source, 150_000)[0] - source.mean
    third = np.zeros(3)
    for weight, part in source.components:
        gap, spread = part.mean - source.mean, np.diag(part.covariance)
        third += weight * (gap**3 + 3.0 * gap * spread)
    drawn = np.hstack([centred, (centred[:, :, None] * centred[:, None, :])[:, *upper], centred**3])
    exact = np.concatenate([np.zeros(3), source.covariance[upper], third])
    assert_mean(drawn, exact, f"moments of a mixture with {noise} noise", cases=FAMILY)


def test_components_have_their_shares_and_their_own_law() -> None:
    """Null: rows of components that are told apart at sight have the stated shares and means."""
    parts = tuple(LocationLaw(mean, 1e-3 * np.eye(1)) for mean in (np.array([0.0]), np.array([5.0]), np.array([9.0])))
    drawn = rows(MixtureLaw(WEIGHTS, parts), 60_000)[0, :, 0]
    near = np.abs(drawn[:, None] - [0.0, 5.0, 9.0]) < 0.1
    assert near.sum(axis=1).tolist() == [1] * 60_000
    assert_mean(1.0 * near, WEIGHTS, "shares of components", cases=FAMILY)


def test_moments_are_the_sums_over_components() -> None:
    source = law()
    np.testing.assert_allclose(source.mean, WEIGHTS @ MEANS)
    second = sum(weight * (part.covariance + np.outer(part.mean, part.mean)) for weight, part in source.components)
    np.testing.assert_allclose(source.covariance, second - np.outer(source.mean, source.mean), atol=1e-12)
    assert source.dimension == 3


@pytest.mark.parametrize("plain", [False, True])
def test_draws_nest_and_do_not_depend_on_grouping_bitwise(plain: bool) -> None:
    source = law(plain=plain)
    whole = rows(source, 41, 3)
    for size in (0, 1, 8, 40):
        np.testing.assert_array_equal(rows(source, size, 3), whole[:, :size])
    apart = [rows(source, 41, 1, first) for first in range(3)]
    np.testing.assert_array_equal(np.concatenate(apart), whole)


def test_centred_rows_are_the_same_rows_moved() -> None:
    source = law()
    np.testing.assert_allclose(rows(source.centred(), 50) + source.mean, rows(source, 50), atol=1e-13)
    np.testing.assert_allclose(source.centred().mean, 0.0, atol=1e-15)
    np.testing.assert_allclose(source.centred().covariance, source.covariance, atol=1e-12)


def test_weights_that_round_below_one_still_choose_a_component() -> None:
    tenth = tuple(LocationLaw(np.array([float(place)])) for place in range(10))
    assert np.isfinite(rows(MixtureLaw((0.1,) * 10, tenth), 5000)).all()


def test_one_component_is_the_component_itself() -> None:
    alone = LocationLaw(MEANS[1], FACTOR)
    assert mixture([1.0], [alone]) is alone
    assert isinstance(mixture([0.5, 0.5], [alone, alone]), MixtureLaw)
