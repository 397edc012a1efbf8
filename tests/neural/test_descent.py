"""What is computed: gradients by finite differences, steps by a twin, and bits that do not know the padding."""

import hashlib
import itertools
import os
import subprocess
import sys
from functools import cache

import jax
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from synththeory.learners import SGDMLP
from synththeory.neural.descent import BLOCK, adamw, gradient, room
from synththeory.neural.device import keep_programs
from synththeory.neural.nets import block_loss
from tests.reference import nets

WIDTHS = (3, 4, 3, 1)
PROGRAM = """
from tests.neural.test_descent import digested
print(digested())
"""


@cache
def digested() -> str:
    """Of a full-batch fit, of a mini-batch one with neighbours, noise and a climb, and of a study cut in every way."""
    from tests.learners.neural.studies import crossed
    from tests.neural.test_minibatch import descent_of

    keep_programs()  # four processes compile them once
    leaves = jax.device_get(jax.tree.leaves((fitted(300), descent_of(SGDMLP(
        steps=40, partner="all", label="soft", noise=0.1, sharpness="weighted", beta=0.9
    )))))  # fmt: skip
    return hashlib.blake2b(crossed() + b"".join(leaf.tobytes() for leaf in leaves)).hexdigest()


def layers(seed: int = 0) -> nets.Layers:
    drawn = np.random.default_rng(seed)
    return [
        (drawn.uniform(-1.0, 1.0, (below, above)), drawn.uniform(-0.5, 0.5, above))
        for below, above in itertools.pairwise(WIDTHS)
    ]


def rows(count: int, blocks: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, labels and weights in blocks; nothing beyond ``count``."""
    drawn = np.random.default_rng(1)
    features, labels, weights = np.zeros((blocks * BLOCK, 3)), np.zeros(blocks * BLOCK), np.zeros(blocks * BLOCK)
    features[:count] = drawn.normal(size=(count, 3))
    labels[:count] = drawn.uniform(size=count)
    weights[:count] = drawn.uniform(0.5, 2.0, count)
    return features.reshape(blocks, BLOCK, 3), labels.reshape(blocks, BLOCK), weights.reshape(blocks, BLOCK)


def fitted(count: int, blocks: int | None = None) -> tuple:
    features, labels, weights = (part.astype(np.float32) for part in rows(count, blocks or room(count)))
    start = jax.tree.map(lambda part: np.asarray(part, np.float32), tuple(layers()))
    return adamw(start, features, labels, weights / weights.sum(), -(-count // BLOCK), 5, rate=2e-3, decay=1e-3)


def test_the_gradient_is_that_of_finite_differences_and_of_the_twin() -> None:
    features, labels, weights = rows(300, 3)
    point = layers()
    with jax.enable_x64(True):
        found = gradient(*jax.tree.map(jax.numpy.asarray, (tuple(point), features, labels, weights)), 3)
        flat, back = ravel_pytree(tuple(point))

        def loss(values: np.ndarray) -> float:
            own = back(jax.numpy.asarray(values))
            return sum(float(block_loss(own, *block)) for block in zip(features, labels, weights, strict=True))

        steps = 1e-6 * np.eye(flat.size)
        differences = [(loss(np.asarray(flat) + step) - loss(np.asarray(flat) - step)) / 2e-6 for step in steps]
        np.testing.assert_allclose(ravel_pytree(found)[0], differences, rtol=1e-6, atol=1e-6)
    twin = nets.gradient(point, features.reshape(-1, 3), labels.ravel(), weights.ravel())
    for (w, b), (their_w, their_b) in zip(found, twin, strict=True):
        np.testing.assert_allclose(w, their_w, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(b, their_b, rtol=1e-10, atol=1e-12)


def test_five_epochs_are_the_twins() -> None:
    features, labels, weights = rows(300, 3)
    twin = nets.adamw(layers(), features.reshape(-1, 3), labels.ravel(), weights.ravel(), 5, 2e-3, 1e-3)
    for (w, b), (their_w, their_b) in zip(fitted(300), twin, strict=True):
        np.testing.assert_allclose(w, their_w, atol=1e-6)
        np.testing.assert_allclose(b, their_b, atol=1e-6)


def test_padding_changes_no_bit() -> None:
    for one, other in zip(jax.tree.leaves(fitted(300, 8)), jax.tree.leaves(fitted(300, 16)), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("pool", [1, 4])
def test_the_thread_pool_changes_no_bit(pool: int) -> None:
    """In a process of its own: XLA reads the size of its pool once."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "PJRT_NPROC": str(pool)}, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [digested()]


def test_programs_have_room_for_powers_of_two() -> None:
    assert [room(rows) for rows in (1, 8 * BLOCK, 8 * BLOCK + 1, 2300, 5000)] == [8, 8, 16, 32, 64]
