"""Laws of rows: exact moments against finite sums, samples against exact moments."""

import numpy as np
import pytest

from synththeory.arrays import Matrix
from synththeory.populations import LocationLaw
from synththeory.populations.laws.location import Noise, noise_quartic, standard_noise
from synththeory.streams import Streams
from tests.quadrature import DIMENSION, law_nodes, nodes
from tests.statistical import assert_mean

NOISES: tuple[Noise, ...] = ("gaussian", "cube", "rademacher", "sphere")
EVERY_NOISE = pytest.mark.parametrize("noise", NOISES)
FACTOR = np.array([[1.0, 0.4, 0.0], [-0.3, 0.8, 0.2], [0.5, 0.0, 1.5]])
THETA = np.array([0.7, -0.2, 0.4])
MEAN = np.array([0.3, -1.0, 2.0])


@EVERY_NOISE
def test_noise_quartic_is_the_finite_sum(noise: Noise) -> None:
    points, weights = nodes(noise)
    assert weights.sum() == pytest.approx(1.0, abs=1e-14)
    np.testing.assert_allclose((points.T * weights) @ points, np.eye(DIMENSION), atol=1e-14)
    exact = (points.T * (weights * (points @ THETA) ** 2)) @ points
    np.testing.assert_allclose(noise_quartic(noise, THETA), exact, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("dimension", [1, 2, 20])
def test_sphere_and_rademacher_agree_where_they_are_the_same_law(dimension: int) -> None:
    direction = np.zeros(dimension)
    direction[0] = 1.0
    sphere = np.trace(noise_quartic("sphere", direction))
    assert sphere == pytest.approx(dimension, rel=1e-14)  # ‖ξ‖² = d exactly, hence E[(ξᵀu)²‖ξ‖²] = d
    assert np.trace(noise_quartic("rademacher", direction)) == pytest.approx(dimension, rel=1e-14)


@EVERY_NOISE
@pytest.mark.parametrize("factor", [None, FACTOR])
def test_moments_of_a_law_are_the_finite_sums(noise: Noise, factor: Matrix | None) -> None:
    law = LocationLaw(MEAN, factor, noise)
    rows, weights = law_nodes(law)
    centred = rows - MEAN
    np.testing.assert_allclose(weights @ rows, law.mean, rtol=1e-13)
    np.testing.assert_allclose((centred.T * weights) @ centred, law.covariance, rtol=1e-12, atol=1e-14)
    quartic = (centred.T * (weights * (centred @ THETA) ** 2)) @ centred
    np.testing.assert_allclose(law.quartic(THETA), quartic, rtol=1e-12, atol=1e-14)
    longer = (centred.T * (weights * (centred**2).sum(axis=1))) @ centred
    np.testing.assert_allclose(law.longer, longer, rtol=1e-12, atol=1e-14)
    assert law.components == ((1.0, law),)


@EVERY_NOISE
def test_rows_have_the_stated_moments(noise: Noise) -> None:
    """Null: first, second and directed fourth moments of drawn rows are the law's."""
    upper = np.triu_indices(DIMENSION)
    drawn, exact = [], []
    for law in (LocationLaw(MEAN, None, noise), LocationLaw(MEAN, FACTOR, noise)):
        centred = law.draw(Streams.named(1, noise, 0, 4), "rows", 50_000).reshape(-1, DIMENSION) - MEAN
        second = (centred[:, :, None] * centred[:, None, :])[:, *upper]
        drawn += [centred, second, (centred @ THETA)[:, None] ** 2 * second]
        exact += [np.zeros(DIMENSION), law.covariance[upper], law.quartic(THETA)[upper]]
    assert_mean(np.concatenate(drawn, axis=1), np.concatenate(exact), f"moments of {noise} rows", cases=len(NOISES))


@EVERY_NOISE
def test_centred_rows_are_the_same_rows_moved(noise: Noise) -> None:
    streams, law = Streams.named(2, "centred", 0, 2), LocationLaw(MEAN, FACTOR, noise)
    moved = law.centred().draw(streams, "rows", 40) + MEAN
    np.testing.assert_allclose(law.draw(streams, "rows", 40), moved, rtol=1e-13, atol=1e-14)


@EVERY_NOISE
def test_support(noise: Noise) -> None:
    rows = standard_noise(noise, Streams.named(3, "support", 0, 3), "rows", 500, 4)
    if noise == "cube":
        assert np.abs(rows).max() <= np.sqrt(3.0)
        assert np.abs(rows).max() > 1.7
    elif noise == "rademacher":
        assert set(rows.ravel()) == {-1.0, 1.0}
    elif noise == "sphere":
        np.testing.assert_allclose(np.linalg.norm(rows, axis=2), 2.0, rtol=1e-14)
    else:
        assert np.abs(rows).max() > 3.0


@EVERY_NOISE
@pytest.mark.parametrize("factor", [None, FACTOR])
def test_a_longer_draw_begins_with_a_shorter_one_bitwise(noise: Noise, factor: Matrix | None) -> None:
    law, streams = LocationLaw(MEAN, factor, noise), Streams.named(4, "nested", 0, 3)
    whole = law.draw(streams, "rows", 37)
    for size in (0, 1, 8, 13):
        np.testing.assert_array_equal(whole[:, :size], law.draw(streams, "rows", size))
