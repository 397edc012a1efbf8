"""The decoder: it does not look ahead, gradients add up over blocks, and bits know neither padding nor the pool."""

import hashlib
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from synththeory.arrays import Array, Integers
from synththeory.neural import transformer
from synththeory.neural.transformer import Decoder, Vocabulary, drawn, fitted, initial, log_probabilities, slope
from synththeory.streams import Streams

VOCABULARY = Vocabulary.of_columns((3, 2, 4))
LEVELS = np.random.default_rng(0).integers(0, (3, 2, 4), (150, 3))
TOKENS = LEVELS + np.array([0, 3, 5])
ORDER, FREE = np.tile(np.arange(3), (150, 1)), np.full(150, -1)
PROGRAM = "from tests.neural.test_transformer import digest; print(digest())"


def net(permuted: bool = True, tokens: Integers = TOKENS) -> Decoder:
    missing = np.zeros(tokens.shape, dtype=bool)
    missing[::3, 2] = True
    return fitted(
        Streams.named(3, "transformer", 0, 1), VOCABULARY, tokens, missing, width=8, steps=20, rate=0.01, batch=64,
        permuted=permuted,
    )  # fmt: skip


def answers(own: Decoder) -> list[np.ndarray]:
    logs = log_probabilities(own, VOCABULARY, TOKENS, ORDER)
    made = drawn(own, VOCABULARY, ORDER, np.random.default_rng(1).random((150, 3)), FREE)
    return [*(np.asarray(leaf) for leaf in own), logs, made]


def digest() -> str:
    return hashlib.blake2b(b"".join(part.tobytes() for part in answers(net()))).hexdigest()


def started() -> Decoder:
    """Random scores too: a net starts with equal ones."""
    own = initial(Streams.named(4, "start", 0, 1), "weights", VOCABULARY, 8)
    return own._replace(out=jnp.asarray(np.random.default_rng(2).normal(size=own.out.shape), jnp.float32))


def scores(tokens: Integers) -> Array:
    return log_probabilities(started(), VOCABULARY, tokens, ORDER[: len(tokens)])


def test_probabilities_of_all_rows_sum_to_one_in_any_order() -> None:
    every = np.stack(np.meshgrid(range(3), range(2), range(4), indexing="ij"), axis=-1).reshape(-1, 3)
    every = every + np.array([0, 3, 5])
    for order in ([0, 1, 2], [2, 0, 1]):
        for temperature in (1.0, 0.5):
            logs = log_probabilities(started(), VOCABULARY, every[:, order], np.tile(order, (24, 1)), temperature)
            assert np.exp(logs.sum(axis=1)).sum() == pytest.approx(1.0, abs=1e-6)


def test_no_place_looks_ahead() -> None:
    first = scores(TOKENS[:20])
    changed = TOKENS[:20].copy()
    changed[:, 2] = 5 + (changed[:, 2] - 4) % 4
    np.testing.assert_array_equal(scores(changed)[:, :2], first[:, :2])
    assert not np.allclose(scores(changed)[:, 2], first[:, 2])


def test_gradients_of_blocks_add_up_to_that_of_the_batch() -> None:
    own, allowed = started(), jnp.asarray(VOCABULARY.allowed)
    tokens, counted = jnp.asarray(TOKENS), jnp.asarray(LEVELS[:, ::-1] > 0)
    whole = jax.jit(jax.grad(transformer._losses))(own, tokens, jnp.asarray(ORDER), counted, allowed)
    for found, exact in zip(jax.jit(slope)(own, tokens, jnp.asarray(ORDER), counted, allowed), whole, strict=True):
        np.testing.assert_allclose(150.0 * found, exact, rtol=2e-4, atol=2e-4)


def test_cells_that_are_missing_are_not_learnt_from() -> None:
    changed = TOKENS.copy()
    changed[::3, 2] = 5
    for one, other in zip(net(), net(tokens=changed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_first_token_may_be_given() -> None:
    chances = np.random.default_rng(1).random((150, 3))
    made = drawn(started(), VOCABULARY, ORDER, chances, np.full(150, 2))
    assert (made[:, 0] == 2).all()
    free = drawn(started(), VOCABULARY, ORDER, chances, FREE)
    assert len(np.unique(free[:, 0])) == 3


def test_a_hot_net_draws_all_levels_alike_and_a_cold_one_the_likeliest() -> None:
    chances = (np.arange(150)[:, None] + 0.5) / 150.0 * np.ones(3)
    hot, cold = (drawn(started(), VOCABULARY, ORDER, chances, FREE, temperature) for temperature in (1e4, 1e-4))
    np.testing.assert_array_equal(np.bincount(hot[:, 0], minlength=3), [50, 50, 50])
    assert len(np.unique(cold, axis=0)) == 1


def test_padding_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    before = answers(net())
    monkeypatch.setattr(transformer, "_LEAST", 256)
    for one, other in zip(before, answers(net()), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_users_switch_to_double_precision_changes_no_bit() -> None:
    single = answers(net())
    with jax.enable_x64(True):
        for one, other in zip(single, answers(net()), strict=True):
            np.testing.assert_array_equal(one, other)


def test_how_many_rows_are_asked_for_changes_no_bit() -> None:
    np.testing.assert_array_equal(scores(TOKENS)[:30], scores(TOKENS[:30]))


def test_the_thread_pool_changes_no_bit() -> None:
    """In a process of its own: XLA reads the size of its pool once."""
    pool = 2 * (os.cpu_count() or 1)
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "PJRT_NPROC": str(pool)}, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == [digest()]
