"""Maps of majority rows onto the minority's law, trained to a small maximum mean discrepancy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import sqrt

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers
from synththeory.neural.device import keep_programs
from synththeory.neural.keys import key_of, uniform_layers
from synththeory.neural.ordered import BLOCK, added, blocked, each, lower_median, pair_sum, squares
from synththeory.neural.precision import single
from synththeory.streams import Streams

_NORM, _DECAY, _MOMENTUM, _EPSILON = 0.5, 1e-4, 0.1, 1e-5
Layers = list[jax.Array]
Parameters = tuple[Layers, Layers]
"""Weights and biases; scales, then shifts, of the normalisations."""
Seen = list[tuple[jax.Array, jax.Array]]
"""Means and variances of the normalisations."""


@dataclass(frozen=True)
class Recipe:
    """Settings of the training.

    Attributes
    ----------
    steps : int
        Of AdamW, its rate falling to 0 along a cosine.
    rate : float
        The first.
    triplet : float
        λ.
    batch : int
        Majority rows, and most minority rows, a step; 0 for all, as published.
    noise : float
        Standard deviation of what is added to input rows, in standard deviations of the columns.
    """

    steps: int
    rate: float
    triplet: float
    batch: int
    noise: float


@dataclass(frozen=True, eq=False)
class Anchors:
    """What the triplet term pulls to and pushes from.

    Attributes
    ----------
    danger, safe : arrays of bool
        Of minority rows (n1,) and of majority rows (n0,).
    margin : float
        m.
    """

    danger: NDArray[np.bool_]
    safe: NDArray[np.bool_]
    margin: float

    @property
    def pulls(self) -> bool:
        """Whether there is anything to pull to and to push from."""
        return bool(self.danger.any() and self.safe.any())


def residual_shapes(dimension: int) -> tuple[tuple[int, int], ...]:
    """(in, out) of the layers of g in x + g(x): widths 2d and 4d."""
    return (dimension, 2 * dimension), (2 * dimension, 4 * dimension), (4 * dimension, dimension)


def published_shapes(dimension: int) -> tuple[tuple[int, int], ...]:
    """(in, out) of the layers of the published net at its library's widths: 2d, max(1, ⌊d/2⌋), 2d."""
    wide, latent = 2 * dimension, max(1, dimension // 2)
    return (dimension, wide), (wide, latent), (latent, wide), (wide, dimension)


@single
def residual(
    recipe: Recipe, streams: Streams, majority: Array, minority: Array, anchors: Anchors, bandwidth: float
) -> tuple[Array, ...]:
    """Layers of g, trained on mini-batches by the unbiased MMD² of a mixture of Gaussian kernels.

    Parameters
    ----------
    recipe, streams
        How, and one replication's names.
    majority, minority : Array
        Standardised rows, (n0, d) and (n1, d).
    anchors : Anchors
        Of the triplet term.
    bandwidth : float
        h: the kernels have h/2, h and 2h.
    """
    keep_programs()
    start = uniform_layers(streams, "weights", residual_shapes(majority.shape[1]))
    start[-2], start[-1] = jnp.zeros_like(start[-2]), jnp.zeros_like(start[-1])  # the map starts as the identity
    found = _fit_residual(
        recipe, start, jnp.asarray(majority, jnp.float32), jnp.asarray(minority, jnp.float32),
        jnp.asarray(anchors.danger), jnp.asarray(anchors.safe), jnp.float32(anchors.margin),
        jnp.float32(recipe.triplet if anchors.pulls else 0.0), jnp.float32(bandwidth), key_of(streams, "training"),
    )  # fmt: skip
    return tuple(np.asarray(layer, dtype=np.float64) for layer in found)


def residual_rows(layers: tuple[Array, ...], rows: Array) -> Array:
    """x + g(x) of rows (m, d), in blocks of one shape: a row's bits do not depend on how many there are."""
    from scipy.special import erf

    whole = np.zeros((-(-max(len(rows), 1) // BLOCK) * BLOCK, rows.shape[1]))
    whole[: len(rows)] = rows
    blocks = []
    for block in whole.reshape(-1, BLOCK, rows.shape[1]):
        seen = block
        for place in (0, 1):
            linear = seen @ layers[2 * place] + layers[2 * place + 1]
            seen = 0.5 * linear * (1.0 + erf(linear / sqrt(2.0)))
        blocks.append(block + seen @ layers[4] + layers[5])
    return np.concatenate(blocks)[: len(rows)]


@single
def published(
    recipe: Recipe, streams: Streams, majority: Array, minority: Array, anchors: Anchors, chosen: Integers
) -> Array:
    """The published net's images of all majority rows, (n0, d): full batches, batch normalisation, biased MMD².

    Parameters
    ----------
    recipe, streams, majority, minority, anchors
        As of `residual`.
    chosen : Integers
        The majority rows that are trained on, fixed throughout.
    """
    keep_programs()
    start = uniform_layers(streams, "weights", published_shapes(majority.shape[1]))
    widths = [out for _, out in published_shapes(majority.shape[1])][:-1]
    norms = [jnp.ones(width, jnp.float32) for width in widths] + [jnp.zeros(width, jnp.float32) for width in widths]
    made = _fit_published(
        recipe, (start, norms), jnp.asarray(majority, jnp.float32), jnp.asarray(minority, jnp.float32),
        jnp.asarray(chosen, jnp.int32), jnp.asarray(anchors.danger), jnp.asarray(anchors.safe),
        jnp.float32(anchors.margin), jnp.float32(recipe.triplet if anchors.pulls else 0.0),
    )  # fmt: skip
    return np.asarray(made, dtype=np.float64)


def _triplet(made: jax.Array, count: int, minority: jax.Array, majority: jax.Array, danger: jax.Array, safe: jax.Array,
             margin: jax.Array) -> jax.Array:  # fmt: skip
    """Mean of relu(distance to danger − distance to safe majority + margin) over the first rows of blocks.

    Which row is nearest has no gradient; the distance to it has.
    """
    places = jnp.arange(made.shape[0] * BLOCK).reshape(-1, BLOCK)

    def distance(rows: jax.Array, others: jax.Array, among: jax.Array) -> jax.Array:
        nearest = jnp.where(among, squares(jax.lax.stop_gradient(rows), others), jnp.inf).argmin(axis=1)
        return jnp.sqrt(jnp.square(rows - others[nearest]).sum(axis=1) + 1e-12)

    def pulled(rows: jax.Array, own: jax.Array) -> jax.Array:
        excess = distance(rows, minority, danger) - distance(rows, majority, safe) + margin
        return jnp.where(own < count, jax.nn.relu(excess), 0.0).sum()

    return added(each(pulled, made, places)) / count


def _adamw(recipe: Recipe) -> optax.GradientTransformation:
    rate = optax.cosine_decay_schedule(recipe.rate, recipe.steps)
    return optax.chain(optax.clip_by_global_norm(_NORM), optax.adamw(rate, weight_decay=_DECAY))


def _mapped(layers: Layers, rows: jax.Array) -> jax.Array:
    seen = rows
    for place in (0, 1):
        seen = jax.nn.gelu(seen @ layers[2 * place] + layers[2 * place + 1], approximate=False)
    return rows + seen @ layers[4] + layers[5]


@partial(jax.jit, static_argnames=("recipe",))
def _fit_residual(
    recipe: Recipe, start: Layers, majority: jax.Array, minority: jax.Array, danger: jax.Array, safe: jax.Array,
    margin: jax.Array, strength: jax.Array, bandwidth: jax.Array, key: jax.Array,
) -> Layers:  # fmt: skip
    size, fewer = min(recipe.batch, majority.shape[0]), min(recipe.batch, minority.shape[0])
    optimiser = _adamw(recipe)

    def kernel(gaps: jax.Array) -> jax.Array:
        wide = jnp.exp(-gaps / (8.0 * bandwidth**2))
        return (wide + wide**4 + wide**16) / 3.0  # of bandwidths 2h, h and h/2

    def loss(layers: Layers, rows: jax.Array, own: jax.Array) -> jax.Array:
        made = each(partial(_mapped, layers), rows)
        within = pair_sum(kernel, made, made, (size, size), alike=True) / (size * (size - 1))
        between = pair_sum(kernel, made, own, (size, fewer)) / (size * fewer)
        pulled = _triplet(made, size, minority, majority, danger, safe, margin)
        # the minority's own term has no gradient
        return within - 2.0 * between + jnp.where(strength > 0.0, strength * pulled, 0.0)

    def step(number: jax.Array, state):  # type: ignore[no-untyped-def]
        layers, moments = state
        keys = jax.random.split(jax.random.fold_in(key, number), 3)
        rows = majority[jax.random.permutation(keys[0], majority.shape[0])[:size]]
        rows = rows + recipe.noise * jax.random.normal(keys[1], rows.shape, jnp.float32)
        own = minority[jax.random.permutation(keys[2], minority.shape[0])[:fewer]]
        slope = jax.grad(loss)(layers, blocked(rows), blocked(own))
        change, moments = optimiser.update(slope, moments, layers)
        return optax.apply_updates(layers, change), moments

    ended: tuple[Layers, optax.OptState] = jax.lax.fori_loop(0, recipe.steps, step, (start, optimiser.init(start)))
    return ended[0]


def _through(parameters: Parameters, rows: jax.Array, count: int, seen: Seen | None = None) -> tuple[jax.Array, Seen]:
    """The published net on blocks, and what its three normalisations used: of the first rows, or given ones."""
    layers, norms = parameters
    counted = blocked(jnp.ones((count, 1), jnp.float32))
    used: Seen = []

    def linear(values: jax.Array, place: int) -> jax.Array:
        made: jax.Array = each(lambda own: own @ layers[2 * place] + layers[2 * place + 1], values)
        return made

    def measured(values: jax.Array) -> tuple[jax.Array, jax.Array]:
        mean = added(each(lambda own, one: (one * own).sum(axis=0), values, counted)) / count
        squared = each(lambda own, one: (one * jnp.square(own - mean)).sum(axis=0), values, counted)
        return mean, added(squared) / count

    def normed(values: jax.Array, place: int) -> jax.Array:
        mean, variance = measured(values) if seen is None else seen[place]
        used.append((mean, variance))
        scale, shift = norms[place] / jnp.sqrt(variance + _EPSILON), norms[place + 3]
        made: jax.Array = each(lambda own: scale * (own - mean) + shift, values)
        return made

    encoded = jax.nn.gelu(normed(linear(rows, 0), 0), approximate=False)
    latent = normed(linear(encoded, 1), 1)
    decoded = jax.nn.gelu(normed(linear(latent, 2), 2) + encoded, approximate=False)
    return linear(decoded, 3), used


@partial(jax.jit, static_argnames=("recipe",))
def _fit_published(
    recipe: Recipe, start: Parameters, majority: jax.Array, minority: jax.Array, chosen: jax.Array,
    danger: jax.Array, safe: jax.Array, margin: jax.Array, strength: jax.Array,
) -> jax.Array:  # fmt: skip
    optimiser, size, fewer = _adamw(recipe), chosen.shape[0], minority.shape[0]
    rows, own = blocked(majority[chosen]), blocked(minority)

    def loss(parameters: Parameters) -> tuple[jax.Array, Seen]:
        made, used = _through(parameters, rows, size)
        flat = jax.lax.stop_gradient(made).reshape(-1, made.shape[2])[:size]
        squared = lower_median(squares(flat, minority), size * fewer)  # h is the lower median distance, no gradient

        def kernel(gaps: jax.Array) -> jax.Array:
            return jnp.exp(-gaps / (2.0 * squared))

        within = pair_sum(kernel, made, made, (size, size)) / size**2
        between = pair_sum(kernel, made, own, (size, fewer)) / (size * fewer)
        pulled = _triplet(made, size, minority, majority, danger, safe, margin)
        return within - 2.0 * between + jnp.where(strength > 0.0, strength * pulled, 0.0), used

    def step(_: jax.Array, state):  # type: ignore[no-untyped-def]
        parameters, moments, running = state
        slope, used = jax.grad(loss, has_aux=True)(parameters)
        change, moments = optimiser.update(slope, moments, parameters)
        unbiased = size / (size - 1)
        running = [
            ((1.0 - _MOMENTUM) * m + _MOMENTUM * mean, (1.0 - _MOMENTUM) * v + _MOMENTUM * unbiased * variance)
            for (m, v), (mean, variance) in zip(running, used, strict=True)
        ]
        return optax.apply_updates(parameters, change), moments, running

    running = [(jnp.zeros_like(start[1][place]), jnp.ones_like(start[1][place])) for place in range(3)]
    parameters, _, running = jax.lax.fori_loop(0, recipe.steps, step, (start, optimiser.init(start), running))
    made, _ = _through(parameters, blocked(majority), majority.shape[0], running)
    return made.reshape(-1, made.shape[2])[: majority.shape[0]]
