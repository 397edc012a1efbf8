"""ADASYN, jitter as wide as seeds are apart, and generators on standardised rows."""

import numpy as np
import pytest

from synththeory.errors import DesignError
from synththeory.generators import Adasyn, Bootstrap, LocalJitter, Smote, Standardised
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams

MAJORITY, MINORITY = Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0)


def streams(count: int = 2) -> Streams:
    return Streams.named(0, "neighbours", 0, count)


def blocks(seeds: np.ndarray, others: np.ndarray, count: int = 2) -> tuple[Block, Block]:
    return tuple(
        GivenBlock(np.repeat(rows[None], count, axis=0), stratum)
        for rows, stratum in ((seeds, MINORITY), (others, MAJORITY))
    )


def on_a_line(*places: float) -> np.ndarray:
    return np.array(places)[:, None]


def test_adasyn_starts_from_seeds_with_majority_rows_around_them() -> None:
    """Seeds 0, 1, 2 see each other; 10 sees one majority row among its two nearest, 11 two."""
    seeds, others = blocks(on_a_line(0.0, 1.0, 2.0, 10.0, 11.2), on_a_line(11.5, 11.6))
    imitator = Adasyn(neighbors=2).imitator(streams(), seeds, others)
    np.testing.assert_allclose(imitator.edges[0], [0.0, 0.0, 0.0, 1.0 / 3.0, 1.0], atol=1e-15)
    rows = imitator.rows(400)
    assert rows.shape == (2, 400, 1)
    assert rows.min() >= 1.0  # segments from 10 and 11.2 to their two nearest seeds, at 2 and 1 at the farthest
    starts = np.searchsorted(imitator.edges[0], streams().uniforms("x", 1)[0, 0], side="right")
    assert starts in (3, 4)


def test_adasyn_is_smote_where_no_seed_has_a_majority_row_near_it() -> None:
    drawn = np.random.default_rng(0).normal(size=(12, 2))
    seeds, others = blocks(drawn, drawn[:6] + 100.0)
    ours = Adasyn(neighbors=3).imitator(streams(), seeds, others)
    np.testing.assert_allclose(ours.edges[0], np.arange(1, 13) / 12.0)
    uniforms = streams().within("generator/adasyn").uniforms("segments", 30, 3)
    near = Smote(neighbors=3).imitator(streams(), seeds, others).near
    for row, (seed, which, weight) in zip(ours.rows(30)[0], uniforms[0], strict=True):
        start = drawn[int(seed * 12)]
        np.testing.assert_allclose(row, start + weight * (drawn[near[0, int(seed * 12), int(which * 3)]] - start))


def test_jitter_is_a_share_of_the_median_distance_over_the_root_of_the_dimension() -> None:
    drawn = np.random.default_rng(1).normal(size=(9, 4))
    seeds, others = blocks(drawn, drawn)
    distances = np.sort(np.linalg.norm(drawn[:, None] - drawn[None], axis=2), axis=1)[:, 3]
    width = 0.08 * np.median(distances) / 2.0
    named = streams().within("generator/local-jitter")
    still = LocalJitter(scale=0.0).imitator(streams(), seeds, others).rows(20)
    moved = LocalJitter(scale=0.08).imitator(streams(), seeds, others).rows(20)
    np.testing.assert_allclose(moved - still, width * named.normals("noise", 20, 4), atol=1e-12)
    again = blocks(3.0 * drawn, drawn)[0]
    np.testing.assert_allclose(LocalJitter().imitator(streams(), again, None).rows(20), 3.0 * moved, rtol=1e-12)


def test_a_standardised_generator_does_not_know_the_units() -> None:
    drawn = np.random.default_rng(2)
    seeds, others = drawn.normal(size=(10, 3)) + 1.0, drawn.normal(size=(40, 3))
    units, origin = np.array([1e3, 1.0, 1e-3]), np.array([5.0, 0.0, -2.0])
    generator = Standardised(inner=Smote(neighbors=3))
    assert generator.label == "smote"
    rows = generator.draw(streams(), *blocks(seeds, others), 25).rows
    other = generator.draw(streams(), *blocks(units * seeds + origin, units * others + origin), 25).rows
    np.testing.assert_allclose(other, units * rows + origin, rtol=1e-9)
    plain = Smote(neighbors=3).draw(streams(), *blocks(units * seeds + origin, units * others + origin), 25).rows
    assert not np.allclose(plain, other)


def test_a_standardised_generator_maps_its_rows_back() -> None:
    """Duplicates are seeds again."""
    seeds, others = blocks(on_a_line(1.0, 2.0, 4.0), on_a_line(-3.0, 5.0, 9.0))
    rows = Standardised(inner=Bootstrap()).draw(streams(), seeds, others, 30).rows
    assert np.abs(rows - np.array([1.0, 2.0, 4.0])).min(axis=-1).max() < 1e-12


@pytest.mark.parametrize("generator", [Adasyn(neighbors=5), LocalJitter(neighbors=5)], ids=lambda g: g.kind)
def test_too_few_seeds_are_refused_in_words(generator: Adasyn | LocalJitter) -> None:
    with pytest.raises(DesignError, match=r"fewer than the minority rows.*use neighbors ≤ 4"):
        generator.check(5, 2)
    with pytest.raises(DesignError, match="use neighbors ≤ 4"):
        Standardised(inner=generator).check(5, 2)
