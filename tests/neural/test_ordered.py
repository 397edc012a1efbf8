"""Sums in blocks: equal to plain ones, and generators that learn have the same bits with any pool of threads."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from synththeory.generators import LeoCvae, Moms
from synththeory.neural.maps import Anchors, Recipe, published
from synththeory.neural.ordered import BLOCK, added, blocked, each, lower_median, pair_sum, squares
from synththeory.populations import GaussianShift
from synththeory.streams import Streams

PROGRAM = "from tests.neural.test_ordered import learnt; print(learnt())"
RNG = np.random.default_rng(0)
ROWS, OTHERS = (jnp.asarray(RNG.normal(size=(count, 3)), jnp.float32) for count in (300, 150))


def learnt() -> str:
    """Digest of rows of both nets and of the published map: 300 majority rows and 150 minority rows are many blocks."""
    streams = Streams.named(3, "pool", 0, 1)
    majority, minority = GaussianShift(mean=(1.5, 0.0)).sample(streams, (300, 150))
    made = [
        generator.draw(streams, minority, majority, 200).rows
        for generator in (LeoCvae(epochs=3, hidden=8, latent=3), Moms(steps=20))
    ]
    anchors = Anchors(np.arange(150) < 20, np.arange(300) < 70, 1.3)
    recipe = Recipe(steps=10, rate=0.01, triplet=0.01, batch=0, noise=0.0)
    made.append(published(recipe, streams, majority.rows[0], minority.rows[0], anchors, np.arange(200)))
    return hashlib.blake2b(b"".join(rows.tobytes() for rows in made)).hexdigest()


def test_blocks_add_what_a_plain_sum_adds() -> None:
    blocks = blocked(ROWS)
    assert blocks.shape == (3, BLOCK, 3)
    np.testing.assert_allclose(added(each(lambda own: own.sum(axis=0), blocks)), ROWS.sum(axis=0), rtol=1e-5)
    gaps = squares(ROWS, ROWS)
    np.testing.assert_allclose(gaps, np.square(np.asarray(ROWS)[:, None] - np.asarray(ROWS)).sum(axis=2), atol=1e-4)


@pytest.mark.parametrize("alike", [True, False])
def test_pairs_and_their_gradient_are_those_of_the_whole_matrix(alike: bool) -> None:
    def blockwise(rows: jax.Array) -> jax.Array:
        other = rows if alike else OTHERS
        counts = (300, 300) if alike else (300, 150)
        return pair_sum(lambda gaps: jnp.exp(-gaps), blocked(rows), blocked(other), counts, alike)

    def whole(rows: jax.Array) -> jax.Array:
        other = rows if alike else OTHERS
        gaps = jnp.square(rows[:, None] - other[None]).sum(axis=2)
        return jnp.exp(-gaps).sum() - (300.0 if alike else 0.0)

    np.testing.assert_allclose(blockwise(ROWS), whole(ROWS), rtol=1e-5)
    np.testing.assert_allclose(jax.grad(blockwise)(ROWS), jax.grad(whole)(ROWS), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("count", [1, 2, 7, 1000])
def test_the_lower_median_is_exact(count: int) -> None:
    values = RNG.exponential(size=count).astype(np.float32)
    given = jnp.asarray(np.concatenate([values, [np.inf] * 3]), jnp.float32)
    assert float(lower_median(given, count)) == np.sort(values)[(count - 1) // 2]


def test_the_thread_pool_changes_no_bit(tmp_path: Path) -> None:
    """In a process of its own, which compiles for itself: XLA reads the size of its pool once."""
    pool = 2 * (os.cpu_count() or 1)
    own = {"PJRT_NPROC": str(pool), "OMP_NUM_THREADS": str(pool), "JAX_COMPILATION_CACHE_DIR": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **own}, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [learnt()]
