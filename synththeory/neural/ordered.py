"""Sums over many rows whose bits know no thread pool: blocks of rows, added one after the other.

XLA may add a long axis in parts, and in how many depends on its pool of threads. Here no operation adds more than
`BLOCK` rows; blocks are added in their order, in the gradient too, where a `jax.lax.map` adds what the blocks give.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

BLOCK = 128
"""Rows that one operation adds."""
_BITS = 31


def blocked(rows: jax.Array) -> jax.Array:
    """Rows (n, …) as blocks (⌈n/BLOCK⌉, BLOCK, …), zeros after the last one."""
    blocks = -(-rows.shape[0] // BLOCK)
    padded = jnp.zeros((blocks * BLOCK, *rows.shape[1:]), rows.dtype).at[: rows.shape[0]].set(rows)
    return padded.reshape(blocks, BLOCK, *rows.shape[1:])


def each(change: Callable[..., Any], *blocks: jax.Array) -> Any:
    """What ``change`` makes of every block, one after the other."""
    return jax.lax.map(lambda own: change(*own), blocks)


def added(parts: jax.Array) -> jax.Array:
    """Parts (k, …) added in their order."""
    total, _ = jax.lax.scan(lambda total, part: (total + part, None), jnp.zeros(parts.shape[1:], parts.dtype), parts)
    return total


def squares(a: jax.Array, b: jax.Array) -> jax.Array:
    """Squared distances (n, m) of rows (n, d) and (m, d), n at most BLOCK or without gradient."""
    gaps = jnp.square(a).sum(axis=1)[:, None] + jnp.square(b).sum(axis=1)[None] - 2.0 * a @ b.T
    return jnp.maximum(gaps, 0.0)


def pair_sum(
    kernel: Callable[[jax.Array], jax.Array], a: jax.Array, b: jax.Array, counts: tuple[int, int], alike: bool = False
) -> jax.Array:
    """Sum of a kernel of squared distances over pairs of rows.

    Parameters
    ----------
    kernel : callable
        From squared distances, (BLOCK, BLOCK), to its values.
    a, b : Array
        Blocks of rows, (k, BLOCK, d) and (l, BLOCK, d).
    counts : (int, int)
        How many rows there are, before the blocks' padding.
    alike : bool
        Whether a and b are the same rows, and pairs of a row with itself are left out.
    """
    places = [jnp.arange(each.shape[0] * BLOCK).reshape(-1, BLOCK) for each in (a, b)]

    def across(one: jax.Array, its: jax.Array) -> jax.Array:
        def within(other: jax.Array, theirs: jax.Array) -> jax.Array:
            counted = (its < counts[0])[:, None] & (theirs < counts[1])[None]
            if alike:
                counted &= its[:, None] != theirs[None]
            return jnp.where(counted, kernel(squares(one, other)), 0.0).sum(axis=1).sum()

        return added(each(within, b, places[1]))

    return added(each(across, a, places[0]))


def lower_median(values: jax.Array, count: int) -> jax.Array:
    """The lower median of the ``count`` finite values ≥ 0 among float32 ``values``; infinite ones are not counted.

    Numbers ≥ 0 are ordered as their bits are: 31 counts halve the interval down to one number.
    """
    bits, rank = jax.lax.bitcast_convert_type(values, jnp.int32), (count - 1) // 2

    def halved(_: jax.Array, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        low, high = ends
        middle = low + (high - low) // 2
        enough = (bits <= middle).sum() > rank
        return jnp.where(enough, low, middle + 1), jnp.where(enough, middle, high)

    low, _ = jax.lax.fori_loop(0, _BITS, halved, (jnp.int32(0), jnp.int32(0x7F800000)))
    return jax.lax.bitcast_convert_type(low, jnp.float32)
