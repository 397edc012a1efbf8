"""LEO-CVAE and MOMS: the cases by hand, the public codes' quirks where they are asked for, and named streams."""

from math import log

import numpy as np
import pytest

from synththeory import SynththeoryError
from synththeory.arrays import Array
from synththeory.errors import NoTheoryError
from synththeory.generators import Generator, LeoCvae, Moms, moments_of
from synththeory.generators.learned.leo_cvae import (
    class_weights,
    loss,
    neighbourhood_entropy,
    published_gap,
    seed_probabilities,
)
from synththeory.generators.learned.leo_cvae import parameters as cvae_parameters
from synththeory.generators.learned.moms import chunked, danger, margin_of, mmd, safe_majority, triplet
from synththeory.generators.learned.moms import parameters as moms_parameters
from synththeory.losses import SquaredLoss
from synththeory.populations import GaussianShift
from synththeory.sample import GivenBlock, Stratum
from synththeory.streams import Streams

LINE = np.array([0.0, 1.0, 2.1, 3.3, 4.6, 6.0, 20.0, 21.0, 22.1, 23.3, 24.6, 40.0])[:, None]
LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0])
POPULATION, COUNTS = GaussianShift(mean=(2.5, 0.0)), (60, 20)
QUICK: list[Generator] = [
    LeoCvae(epochs=40, patience=2, hidden=8, latent=3),
    LeoCvae(epochs=40, patience=2, hidden=8, latent=3, faithful=True),
    Moms(steps=150, batch=32),
]
EVERY = pytest.mark.parametrize("generator", QUICK, ids=["leo-cvae", "leo-cvae as published", "moms"])


def drawn(generator: Generator, first: int, count: int, size: int, scale: float = 1.0) -> Array:
    streams = Streams.named(5, "learned", first, count)
    blocks = [GivenBlock(scale * each.rows, each.stratum) for each in POPULATION.sample(streams, COUNTS)]
    return np.asarray(generator.draw(streams, blocks[1], blocks[0], size).rows)


def test_entropy_by_hand_is_blind_to_a_lonely_row() -> None:
    mixed = -(2 / 3) * np.log2(2 / 3) - (1 / 3) * np.log2(1 / 3)
    exact = np.zeros(12)
    exact[3:6] = mixed
    np.testing.assert_allclose(neighbourhood_entropy(LINE, LABELS, 3), exact, atol=1e-12)  # row 12 is alone: 0
    assert mixed == pytest.approx(0.918296, abs=5e-7)
    corrected = neighbourhood_entropy(LINE, LABELS, 3, prior_corrected=True)
    shares = np.array([2 / 5, 1 / 7]) / (2 / 5 + 1 / 7)
    assert corrected[3] == pytest.approx(-(shares * np.log2(shares)).sum())
    chances = seed_probabilities([0.0, 1.0], 2.5)
    np.testing.assert_allclose(chances, np.array([1.0, 2**2.5]) / (1.0 + 2**2.5))


def test_the_loss_by_hand_and_its_floor() -> None:
    rows, made, entropy, weights = [[1, 2], [0, -1]], [[0.5, 2.5], [0, 1]], [0, 1], [0.6, 3]
    found = loss(rows, made, [[0, 1], [0.5, 0]], [[0, 0], [log(2.0), 0]], entropy, weights)
    assert found.reconstruction == pytest.approx((0.6 * 0.5 + 3.0 * 2.0**2.5 * 4.0) / 2.0)
    assert (found.reconstruction, found.divergence, found.total) == pytest.approx(
        (34.091125, 0.389213, 35.647979), abs=1e-6
    )
    flat = loss(rows, made, np.zeros((2, 2)), np.zeros((2, 2)), entropy, weights)
    assert flat.total == pytest.approx(34.491127, abs=2e-6)  # β κ, whatever the divergence below κ


def test_counts_and_weights() -> None:
    assert (cvae_parameters(64, 3), cvae_parameters(7, 2), cvae_parameters(8, 2)) == (14400, 6951, 7080)
    np.testing.assert_allclose(class_weights([0] * 90 + [1] * 10), [100 / 180, 5.0])
    assert (moms_parameters(8, [16, 32, 64, 128], 256), moms_parameters(8, [16], 4)) == (89512, 500)


def test_discrepancies_by_hand() -> None:
    x, y = np.array([[0, 0], [1, 0], [0, 2]]), np.array([[1, 1], [2, 2]])
    found = [mmd(x, y, "gaussian", 1.0), mmd(x, y, "gaussian", "median"), mmd(x, y, "laplacian"),
             mmd(x, y, "inverse-multiquadric"), mmd(x, y, "rational-quadratic")]  # fmt: skip
    np.testing.assert_allclose(found, [0.674365, 0.527890, 0.743228, 0.452378, 0.540476], atol=1e-6)
    assert mmd(x, x) == pytest.approx(0.0, abs=1e-15)


def test_danger_safety_and_the_triplet_by_hand() -> None:
    minority, majority = (
        np.array([[0.0], [0.3], [5.0], [20.0]]),
        np.array([[0.5], [0.8], [1.5], [20.1], [20.2], [20.3]]),
    )
    assert danger(minority, majority, 3).tolist() == [True, True, False, False]  # the last two have three of three
    far = safe_majority(minority, np.array([[0.5], [1.0], [7.0], [12.0]]), 0.75)
    assert far.tolist() == [False, False, False, True]
    assert not safe_majority([[0.0]], [[1.0], [-1.0]]).any()
    assert margin_of(np.array([[0.0], [2.0], [4.0]])) == pytest.approx(1.0 + 0.3 * 8.0 / 3.0)
    assert margin_of(np.array([[0.0]])) == 1.0
    assert triplet([[0.0], [3.0]], [[1.0]], [[4.0]], 1.5) == pytest.approx((0.0 + 2.5) / 2.0)


def test_published_counts_miss_the_gap() -> None:
    assert published_gap(253, 16) + 16 == 205
    assert (chunked(237, 16), chunked(32, 16)) == (240, 32)


def test_bad_input_is_named_with_a_remedy() -> None:
    with pytest.raises(SynththeoryError, match="neighbors must be fewer than the 12 rows, got 12"):
        neighbourhood_entropy(LINE, LABELS, 12)
    with pytest.raises(SynththeoryError, match="NaN or infinite entries; impute them"):
        neighbourhood_entropy([[np.nan], [1.0]], [0, 1], 1)
    with pytest.raises(SynththeoryError, match="bandwidth must be above 0, got 0; equal rows have none"):
        mmd([[1.0]], [[1.0]], "gaussian", "median")
    with pytest.raises(SynththeoryError, match="unknown kernel 'cauchy'; valid: gaussian"):
        mmd([[1.0]], [[2.0]], "cauchy")  # type: ignore[arg-type]
    with pytest.raises(NoTheoryError, match="give it pilot = true"):
        moments_of(LeoCvae().given(50), POPULATION, SquaredLoss(), 1, 20)


@EVERY
def test_rows_are_named_by_replication_and_a_longer_draw_begins_with_a_shorter_one(generator: Generator) -> None:
    import jax

    whole = drawn(generator, 0, 3, 200)
    assert whole.shape == (3, 200, 2)
    assert np.isfinite(whole).all()
    for size in (0, 1, 130):
        np.testing.assert_array_equal(whole[:, :size], drawn(generator, 0, 3, size))
    np.testing.assert_array_equal(whole, np.concatenate([drawn(generator, first, 1, 200) for first in range(3)]))
    with jax.enable_x64(True):  # a user's switch to double precision
        np.testing.assert_array_equal(whole[1:2], drawn(generator, 1, 1, 200))


def test_the_best_epoch_is_used_and_as_published_the_last() -> None:
    from synththeory.neural.cvae import Recipe, trained

    rng = np.random.default_rng(1)
    rows, codes = rng.standard_normal((80, 2)), np.repeat([0, 1], COUNTS)
    held = np.arange(80) % 5 == 0
    nets = [
        trained(
            Recipe(hidden=8, latent=3, epochs=40, patience=2, restored=restored), Streams.named(1, "best", 0, 1),
            rows, codes, np.ones(80), np.flatnonzero(~held), np.flatnonzero(held),
        )
        for restored in (True, False)
    ]  # fmt: skip
    np.testing.assert_array_equal(nets[0].losses, nets[1].losses)
    seen = nets[0].losses[np.isfinite(nets[0].losses)]
    assert seen.size < 40  # stopped early, so the last epoch is no better than the best
    assert nets[0].loss == np.float32(seen.min()) < nets[1].loss == seen[-1]
    assert not np.array_equal(nets[0].layers[0], nets[1].layers[0])


def test_units_matter_only_as_published() -> None:
    corrected, published = QUICK[0], QUICK[1]
    np.testing.assert_allclose(
        drawn(corrected, 0, 1, 50, scale=8.0), 8.0 * drawn(corrected, 0, 1, 50), rtol=1e-3, atol=1e-3
    )
    assert not np.allclose(drawn(published, 0, 1, 50, scale=8.0), 8.0 * drawn(published, 0, 1, 50), rtol=0.1)


def test_seeds_are_all_rows_but_the_lonely_and_as_published_four_fifths() -> None:
    streams = Streams.named(5, "learned", 0, 1)
    blocks = POPULATION.sample(streams, COUNTS)
    own = blocks[1].rows.copy()
    own[0, 0] = [-0.01, 0.01]  # in the middle of the majority
    seeds = GivenBlock(own, Stratum("minority", 1, 1.0))
    found = [
        generator.model_copy(update={"neighbors": 5}).fit(streams, seeds, blocks[0]).parts[0][0].means.shape[0]  # type: ignore[attr-defined]
        for generator in QUICK[:2]
    ]
    assert found[1] == 16
    assert 16 < found[0] < 20


def test_a_map_carries_majority_rows_onto_the_minority() -> None:
    made, published = drawn(QUICK[2], 0, 1, 100)[0], drawn(Moms(faithful=True, triplet=0.0), 0, 1, 130)[0]
    majority, minority = (block.rows[0] for block in POPULATION.sample(Streams.named(5, "learned", 0, 1), COUNTS))
    far = mmd(majority, minority, "gaussian", 1.0)
    assert mmd(made, minority, "gaussian", 1.0) < 0.35 * far
    assert mmd(published[:60], minority, "gaussian", 1.0) < 0.2 * far
    np.testing.assert_array_equal(published[60:120], published[:60])  # images of the same majority rows again
    assert len(np.unique(made, axis=0)) == 100
