"""Full-batch AdamW, one fit a call: the bits of a fit do not know who else is fitted.

XLA sums a long axis in an order that depends on the number of rows, on padding and on the size of its thread pool. So
no operation here contracts more than `BLOCK` rows: longer sums are loops that add block after block, and the number of
blocks is an argument of the compiled program. One program then serves every synthetic size up to a power of two, and
adds the same numbers in the same order whatever it was padded to. [D, measured in tests/neural]
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import optax

from synththeory.neural.nets import Layers, block_loss
from synththeory.neural.ordered import BLOCK

_LEAST = 8
"""Blocks of the smallest program."""


def room(rows: int) -> int:
    """Blocks of the program for so many rows: a power of two, so that few programs are compiled."""
    blocks = max(-(-rows // BLOCK), _LEAST)
    return 1 << (blocks - 1).bit_length()


def gradient(layers: Layers, rows: jax.Array, labels: jax.Array, weights: jax.Array, blocks: jax.Array) -> Layers:
    """Gradient of the summed loss over the first blocks, added in their order.

    Parameters
    ----------
    layers : Layers
        Of the net.
    rows, labels, weights : Array
        (blocks, BLOCK, d), (blocks, BLOCK) and (blocks, BLOCK).
    blocks : Array
        How many of them, an integer.
    """

    def add(place: jax.Array, total: Layers) -> Layers:
        own = jax.grad(block_loss)(layers, rows[place], labels[place], weights[place])
        added: Layers = jax.tree.map(jnp.add, total, own)
        return added

    start: Layers = jax.tree.map(jnp.zeros_like, layers)
    found: Layers = jax.lax.fori_loop(0, blocks, add, start)
    return found


@partial(jax.jit, static_argnames=("rate", "decay"))
def adamw(
    start: Layers,
    rows: jax.Array,
    labels: jax.Array,
    weights: jax.Array,
    blocks: jax.Array,
    epochs: jax.Array,
    *,
    rate: float,
    decay: float,
) -> Layers:
    """Layers after full-batch AdamW (β = .9, .999, ε = 1e-8; decay decoupled and on biases too, as PyTorch's).

    Parameters
    ----------
    start : Layers
        Initial layers.
    rows, labels, weights, blocks
        As of `gradient`; the weights of all rows sum to one.
    epochs : Array
        Steps, an integer that is no part of the program.
    rate, decay : float
        Learning rate η and λ: θ ← (1 − ηλ)θ − η m̂/(√v̂ + ε).
    """
    optimiser = optax.adamw(rate, weight_decay=decay)

    def step(_: jax.Array, state: tuple[Layers, optax.OptState]) -> tuple[Layers, optax.OptState]:
        layers, moments = state
        slope = gradient(layers, rows, labels, weights, blocks)
        change, moments = optimiser.update(slope, moments, layers)
        moved: Layers = jax.tree.map(jnp.add, layers, change)
        return moved, moments

    ended: tuple[Layers, optax.OptState] = jax.lax.fori_loop(0, epochs, step, (start, optimiser.init(start)))
    return ended[0]
