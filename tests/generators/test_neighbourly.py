"""ADASYN, jitter as wide as seeds are apart, and generators on standardised rows."""

import numpy as np
import pytest

from synththeory.errors import DesignError
from synththeory.generators import Adasyn, Bootstrap, LocalJitter, PublishedAdasyn, Smote, Standardised
from synththeory.generators.neighbourly import SeedBySeed
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


def test_as_published_a_size_is_chosen_with_the_rows_of_the_first_seeds() -> None:
    """The order and the quotas are imbalanced-learn's, which the public code cuts off at each candidate."""
    from imblearn.over_sampling import ADASYN

    drawn = np.random.default_rng(3)
    seeds, others = drawn.normal(size=(20, 3)), drawn.normal(size=(80, 3)) + 0.5
    generator, given = PublishedAdasyn(neighbors=3), blocks(seeds, others)
    trial = generator.trial(streams(), *given)
    assert isinstance(trial, SeedBySeed)
    order, asked = trial.order[0], 132 + 4  # ⌈1.1 · 2 · 60⌉ + k + 1
    sampler = ADASYN(sampling_strategy={1: 20 + asked}, n_neighbors=3, random_state=0)
    made = sampler.fit_resample(np.concatenate([others, seeds]), np.repeat([0, 1], (80, 20)))[0][100:]
    assert len(order) == len(made)
    for rows in (made, trial.rows(len(order))[0]):
        for row, seed in zip(rows, order, strict=True):
            ends = seeds[trial.inner.near[0, seed]] - seeds[seed]
            along = ((row - seeds[seed]) @ ends.T) / np.square(ends).sum(axis=1)
            assert np.abs(seeds[seed] + along[:, None] * ends - row).max(axis=1).min() < 1e-12
    np.testing.assert_array_equal(trial.rows(200)[:, :30], trial.rows(30))
    assert len(set(order[:30])) < 8
    fresh = generator.imitator(streams(), *given).rows(30)
    np.testing.assert_array_equal(fresh, Adasyn(neighbors=3).imitator(streams(), *given).rows(30))
    np.testing.assert_array_equal(
        trial.rows(200)[:, len(order) :], generator.imitator(streams(), *given).rows(200)[:, len(order) :]
    )


def test_a_standardised_generator_is_tried_as_the_one_inside() -> None:
    drawn = np.random.default_rng(4)
    seeds, others = 10.0 * drawn.normal(size=(20, 2)), 10.0 * drawn.normal(size=(60, 2))
    given = blocks(seeds, others)
    plain, outer = PublishedAdasyn(neighbors=3), Standardised(inner=PublishedAdasyn(neighbors=3))
    pooled = np.concatenate([seeds, others])
    moved = blocks(*((rows - pooled.mean(axis=0)) / pooled.std(axis=0) for rows in (seeds, others)))
    within = plain.trial(streams().within("generator/standardised"), *moved).rows(40)
    found = outer.trial(streams(), *given).rows(40)
    np.testing.assert_allclose(found, within * pooled.std(axis=0) + pooled.mean(axis=0), rtol=1e-12, atol=1e-12)
    smote = Standardised(inner=Smote(neighbors=3))
    np.testing.assert_array_equal(smote.trial(streams(), *given).rows(9), smote.imitator(streams(), *given).rows(9))


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
