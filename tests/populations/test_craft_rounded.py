"""The Craft law of the later version: its threshold, its values, its moments."""

import numpy as np
import pytest
from scipy.stats import norm

from synththeory.populations.craft_rounded import CraftRounded, RoundedLaw, lattice, rounded_median
from synththeory.streams import Streams
from tests.statistical import assert_mean


def test_all_values_are_there_and_the_median_halves_them() -> None:
    values = lattice()
    assert values.chances.sum() == pytest.approx(1.0, abs=1e-8)
    score = 1.5 + 0.07 * values.one - 0.06 * values.two + 0.08 * values.three
    score += 0.04 * np.rint(values.one * values.two / 10)
    assert values.chances @ norm.cdf(rounded_median() - score) == pytest.approx(0.5, abs=1e-8)
    np.testing.assert_allclose(0.01 * values.hundredths, score, atol=1e-12)
    assert rounded_median() == pytest.approx(1.55833, abs=5e-6)


def test_rows_are_what_they_are_said_to_be() -> None:
    rows = np.concatenate([RoundedLaw(side).draw(Streams.named(2, "craft", 0, 2), "rows", 60) for side in (-1, 1)])
    tenths = 10.0 * rows
    np.testing.assert_allclose(tenths, np.rint(tenths), atol=1e-9)
    assert set(np.unique(rows[..., 5])) == {-1.0, 1.0}
    np.testing.assert_allclose(tenths[..., 8], np.rint(np.rint(tenths[..., 0]) * np.rint(tenths[..., 1]) / 10))
    np.testing.assert_allclose(tenths[..., 7], np.rint(np.rint(tenths[..., 1]) * np.rint(tenths[..., 2]) / 10))
    assert CraftRounded().dimension == 9


def test_the_first_rows_of_a_longer_draw_are_a_shorter_one() -> None:
    law, streams = RoundedLaw(1), Streams.named(0, "craft", 0, 3)
    np.testing.assert_array_equal(law.draw(streams, "rows", 500)[:, :20], law.draw(streams, "rows", 20))


def test_moments_are_those_of_the_rows() -> None:
    """Means and second moments of both sides, 400 samples of 60 rows."""
    streams = Streams.named(1, "craft moments", 0, 400)
    found, exact = [], []
    upper = np.triu_indices(9)
    for side in (-1, 1):
        law = RoundedLaw(side)
        rows = law.draw(streams, "rows", 60)
        second = np.einsum("bni,bnj->bij", rows, rows)[:, *upper] / 60
        told = (law.covariance + np.outer(law.mean, law.mean))[upper]
        found.append(np.concatenate([rows.mean(axis=1), second], axis=1))
        exact.append(np.concatenate([law.mean, told]))
    values, truth = np.concatenate(found, axis=1), np.concatenate(exact)
    moving = values.std(axis=0) > 1e-9  # the coin's square is one
    np.testing.assert_allclose(values[:, ~moving], np.broadcast_to(truth[~moving], values[:, ~moving].shape), atol=1e-9)
    assert_mean(values[:, moving], truth[moving], "means and second moments of a class are sums over all values")
