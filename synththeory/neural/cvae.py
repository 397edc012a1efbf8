"""A conditional variational autoencoder with weighed rows, trained by Adam with early stopping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers, Vector
from synththeory.neural.device import keep_programs
from synththeory.neural.keys import key_of, uniform_layers
from synththeory.neural.ordered import BLOCK
from synththeory.neural.precision import single
from synththeory.streams import Streams

CLASSES = 2
_SLOPE, _DROPPED, _LEAST_GAIN, _NORM = 0.2, 0.1, 1e-4, 1.0
Layers = list[jax.Array]


@dataclass(frozen=True)
class Recipe:
    """Settings of the net and its training.

    Attributes
    ----------
    hidden, latent : int
        h and z.
    beta, floor : float
        β and κ: reconstruction + β max(KL, κ).
    rate, decay : float
        Of Adam; the decay is added to the gradient.
    batch, epochs, patience : int
        Rows a step; most epochs; epochs without a gain of 1e-4 of the validation loss.
    restored : bool
        Whether the best epoch's layers are returned; otherwise the last's.
    """

    hidden: int = 64
    latent: int = 16
    beta: float = 4.0
    floor: float = 0.1
    rate: float = 1e-3
    decay: float = 1e-5
    batch: int = 32
    epochs: int = 500
    patience: int = 25
    restored: bool = True


def shapes(dimension: int, recipe: Recipe) -> tuple[tuple[int, int], ...]:
    """(in, out) of the encoder's two layers, its two heads, and the decoder's three layers."""
    hidden, half, latent = recipe.hidden, recipe.hidden // 2, recipe.latent
    encoder = ((dimension + CLASSES, hidden), (hidden, half), (half, latent), (half, latent))
    return (*encoder, (latent + CLASSES, half), (half, hidden), (hidden, dimension))


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained net.

    Attributes
    ----------
    layers : tuple of Array
        Weights and biases in the order of `shapes`.
    losses : Vector
        Validation loss of every epoch, NaN after the last.
    loss : float
        Validation loss of the layers that are returned, when they were seen.
    """

    layers: tuple[Array, ...]
    losses: Vector
    loss: float

    def encoded(self, rows: Array, code: int) -> tuple[Array, Array]:
        """Means and log-variances (n, z) of the latent given rows (n, d) of one class."""
        seen = np.concatenate([rows, np.eye(CLASSES)[np.full(len(rows), code)]], axis=1)
        for place in (0, 1):
            seen = _leaky(seen @ self.layers[2 * place] + self.layers[2 * place + 1])
        return seen @ self.layers[4] + self.layers[5], seen @ self.layers[6] + self.layers[7]

    def decoded(self, latent: Array, code: int) -> Array:
        """Rows (m, d) of one class, in blocks of one shape: a row's bits do not depend on how many there are."""
        whole = np.zeros((-(-max(len(latent), 1) // BLOCK) * BLOCK, latent.shape[1] + CLASSES))
        whole[: len(latent), : latent.shape[1]] = latent
        whole[:, latent.shape[1] + code] = 1.0
        blocks = []
        for seen in whole.reshape(-1, BLOCK, whole.shape[1]):
            for place in (4, 5):
                seen = _leaky(seen @ self.layers[2 * place] + self.layers[2 * place + 1])
            blocks.append(seen @ self.layers[12] + self.layers[13])
        return np.concatenate(blocks)[: len(latent)]


@single
def trained(
    recipe: Recipe, streams: Streams, rows: Array, codes: Integers, weights: Vector, training: Integers,
    validation: Integers,
) -> Trained:  # fmt: skip
    """Train one net.

    Parameters
    ----------
    recipe : Recipe
        Of the net and its training.
    streams : Streams
        One replication.
    rows, codes, weights : arrays
        (n, d); classes 0 and 1, (n,); what each row's squared error is multiplied by, (n,).
    training, validation : Integers
        Row numbers of either.
    """
    keep_programs()
    start = uniform_layers(streams, "weights", shapes(rows.shape[1], recipe))
    held, mask = _padded(validation)
    best, last, seen, losses = _fit(
        replace(recipe, restored=True), start, jnp.asarray(rows, jnp.float32),
        jnp.asarray(np.eye(CLASSES)[codes], jnp.float32),
        jnp.asarray(weights, jnp.float32), jnp.asarray(training, jnp.int32), jnp.asarray(held, jnp.int32),
        jnp.asarray(mask, jnp.float32), key_of(streams, "training"),
    )  # fmt: skip
    values: Vector = np.asarray(losses, dtype=np.float64)
    kept = best if recipe.restored else last
    loss = float(seen) if recipe.restored else float(values[np.isfinite(values)][-1])
    return Trained(tuple(np.asarray(layer, dtype=np.float64) for layer in kept), values, loss)


def _leaky(values: Array) -> Array:
    return np.where(values > 0.0, values, _SLOPE * values)


def _padded(places: Integers) -> tuple[Integers, NDArray[np.float64]]:
    size = -(-len(places) // BLOCK) * BLOCK
    held, mask = np.zeros(size, dtype=np.int64), np.zeros(size)
    held[: len(places)], mask[: len(places)] = places, 1.0
    return held.reshape(-1, BLOCK), mask.reshape(-1, BLOCK)


def _dropped(values: jax.Array, key: jax.Array | None) -> jax.Array:
    if key is None:
        return values
    kept = jax.random.bernoulli(key, 1.0 - _DROPPED, values.shape)
    return jnp.where(kept, values / (1.0 - _DROPPED), 0.0)


def _parts(
    layers: Layers, rows: jax.Array, codes: jax.Array, weights: jax.Array, key: jax.Array, dropout: bool
) -> tuple[jax.Array, jax.Array]:
    """Weighed squared error and KL divergence of every row, (n,)."""
    keys = jax.random.split(key, 5)
    noise = jax.random.normal(keys[4], (rows.shape[0], layers[4].shape[1]), jnp.float32)
    seen = jnp.concatenate([rows, codes], axis=1)
    for place in (0, 1):
        seen = jax.nn.leaky_relu(seen @ layers[2 * place] + layers[2 * place + 1], _SLOPE)
        seen = _dropped(seen, keys[place] if dropout else None)
    mean, spread = seen @ layers[4] + layers[5], seen @ layers[6] + layers[7]
    seen = jnp.concatenate([mean + jnp.exp(0.5 * spread) * noise, codes], axis=1)
    for place in (4, 5):
        seen = jax.nn.leaky_relu(seen @ layers[2 * place] + layers[2 * place + 1], _SLOPE)
        seen = _dropped(seen, keys[place - 2] if dropout else None)
    gaps = jnp.square(seen @ layers[12] + layers[13] - rows).sum(axis=1)
    divergence = -0.5 * (1.0 + spread - jnp.square(mean) - jnp.exp(spread)).sum(axis=1)
    return weights * gaps, divergence


@partial(jax.jit, static_argnames=("recipe",))
def _fit(
    recipe: Recipe, start: Layers, rows: jax.Array, codes: jax.Array, weights: jax.Array, training: jax.Array,
    held: jax.Array, mask: jax.Array, key: jax.Array,
) -> tuple[Layers, Layers, jax.Array, jax.Array]:  # fmt: skip
    """Best and last layers, the best validation loss, and the loss of every epoch."""
    optimiser = optax.chain(
        optax.clip_by_global_norm(_NORM), optax.add_decayed_weights(recipe.decay), optax.adam(recipe.rate)
    )
    count, steps = training.shape[0], -(-training.shape[0] // recipe.batch)
    counted = (jnp.arange(steps * recipe.batch) < count).astype(jnp.float32).reshape(steps, recipe.batch)

    def loss(layers: Layers, places: jax.Array, used: jax.Array, own: jax.Array) -> jax.Array:
        gaps, divergence = _parts(layers, rows[places], codes[places], weights[places], own, True)
        total = used.sum()
        return (used * gaps).sum() / total + recipe.beta * jnp.maximum((used * divergence).sum() / total, recipe.floor)

    def step(carried, given):  # type: ignore[no-untyped-def]
        layers, moments = carried
        places, used, own = given
        slope = jax.grad(loss)(layers, places, used, own)
        change, moments = optimiser.update(slope, moments, layers)
        return (optax.apply_updates(layers, change), moments), None

    def judged(layers: Layers, own: jax.Array) -> jax.Array:
        def add(total, given):  # type: ignore[no-untyped-def]
            places, used, number = given
            blockwise = jax.random.fold_in(own, number)
            gaps, divergence = _parts(layers, rows[places], codes[places], weights[places], blockwise, False)
            return total + jnp.stack([(used * gaps).sum(), (used * divergence).sum(), used.sum()]), None

        sums, _ = jax.lax.scan(add, jnp.zeros(3, jnp.float32), (held, mask, jnp.arange(held.shape[0])))
        return sums[0] / sums[2] + recipe.beta * jnp.maximum(sums[1] / sums[2], recipe.floor)

    def epoch(state):  # type: ignore[no-untyped-def]
        number, layers, moments, best, lowest, stale, losses = state
        order, drops, draws = jax.random.split(jax.random.fold_in(key, number), 3)
        places = jnp.resize(training[jax.random.permutation(order, count)], (steps, recipe.batch))
        (layers, moments), _ = jax.lax.scan(step, (layers, moments), (places, counted, jax.random.split(drops, steps)))
        found = judged(layers, draws)
        better = found < lowest - _LEAST_GAIN
        best = jax.tree.map(lambda new, old: jnp.where(better, new, old), layers, best)
        lowest, stale = jnp.where(better, found, lowest), jnp.where(better, 0, stale + 1)
        return number + 1, layers, moments, best, lowest, stale, losses.at[number].set(found)

    def goes_on(state):  # type: ignore[no-untyped-def]
        return (state[0] < recipe.epochs) & (state[5] < recipe.patience)

    blank = jnp.full(recipe.epochs, jnp.nan, jnp.float32)
    state = (0, start, optimiser.init(start), start, jnp.float32(jnp.inf), 0, blank)
    ended = jax.lax.while_loop(goes_on, epoch, state)
    return ended[3], ended[1], ended[4], ended[6]
