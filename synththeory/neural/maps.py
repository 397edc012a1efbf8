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
from synththeory.streams import Streams

_NORM, _DECAY, _MOMENTUM, _EPSILON, _BLOCK = 0.5, 1e-4, 0.1, 1e-5, 128
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

    whole = np.zeros((-(-max(len(rows), 1) // _BLOCK) * _BLOCK, rows.shape[1]))
    whole[: len(rows)] = rows
    blocks = []
    for block in whole.reshape(-1, _BLOCK, rows.shape[1]):
        seen = block
        for place in (0, 1):
            linear = seen @ layers[2 * place] + layers[2 * place + 1]
            seen = 0.5 * linear * (1.0 + erf(linear / sqrt(2.0)))
        blocks.append(block + seen @ layers[4] + layers[5])
    return np.concatenate(blocks)[: len(rows)]


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


def _squares(a: jax.Array, b: jax.Array) -> jax.Array:
    gaps = jnp.square(a).sum(axis=1)[:, None] + jnp.square(b).sum(axis=1)[None] - 2.0 * a @ b.T
    return jnp.maximum(gaps, 0.0)


def _triplet(made: jax.Array, minority: jax.Array, majority: jax.Array, danger: jax.Array, safe: jax.Array,
             margin: jax.Array) -> jax.Array:  # fmt: skip
    """Mean of relu(distance to danger − distance to safe majority + margin)."""
    near = jnp.sqrt(jnp.where(danger, _squares(made, minority), jnp.inf).min(axis=1) + 1e-12)
    far = jnp.sqrt(jnp.where(safe, _squares(made, majority), jnp.inf).min(axis=1) + 1e-12)
    return jax.nn.relu(near - far + margin).mean()


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

    def kernel(a: jax.Array, b: jax.Array) -> jax.Array:
        squares = _squares(a, b)
        widths = (0.5 * bandwidth, bandwidth, 2.0 * bandwidth)
        return jnp.stack([jnp.exp(-squares / (2.0 * width**2)) for width in widths]).mean(axis=0)

    def loss(layers: Layers, rows: jax.Array, own: jax.Array) -> jax.Array:
        made = _mapped(layers, rows)
        between = kernel(made, made)
        within = (between.sum() - jnp.trace(between)) / (size * (size - 1))
        mmd = within - 2.0 * kernel(made, own).mean()  # the minority's own term has no gradient
        pulled = _triplet(made, minority, majority, danger, safe, margin)
        return mmd + jnp.where(strength > 0.0, strength * pulled, 0.0)

    def step(number: jax.Array, state):  # type: ignore[no-untyped-def]
        layers, moments = state
        keys = jax.random.split(jax.random.fold_in(key, number), 3)
        rows = majority[jax.random.permutation(keys[0], majority.shape[0])[:size]]
        rows = rows + recipe.noise * jax.random.normal(keys[1], rows.shape, jnp.float32)
        own = minority[jax.random.permutation(keys[2], minority.shape[0])[:fewer]]
        slope = jax.grad(loss)(layers, rows, own)
        change, moments = optimiser.update(slope, moments, layers)
        return optax.apply_updates(layers, change), moments

    ended: tuple[Layers, optax.OptState] = jax.lax.fori_loop(0, recipe.steps, step, (start, optimiser.init(start)))
    return ended[0]


def _through(parameters: Parameters, rows: jax.Array, seen: Seen | None = None) -> tuple[jax.Array, Seen]:
    """The published net, and the means and variances that its three normalisations used; given ones where seen."""
    layers, norms = parameters
    used: Seen = []

    def normed(values: jax.Array, place: int) -> jax.Array:
        mean, variance = (values.mean(axis=0), values.var(axis=0)) if seen is None else seen[place]
        used.append((mean, variance))
        return norms[place] * (values - mean) / jnp.sqrt(variance + _EPSILON) + norms[place + 3]

    encoded = jax.nn.gelu(normed(rows @ layers[0] + layers[1], 0), approximate=False)
    latent = normed(encoded @ layers[2] + layers[3], 1)
    decoded = jax.nn.gelu(normed(latent @ layers[4] + layers[5], 2) + encoded, approximate=False)
    return decoded @ layers[6] + layers[7], used


@partial(jax.jit, static_argnames=("recipe",))
def _fit_published(
    recipe: Recipe, start: Parameters, majority: jax.Array, minority: jax.Array, chosen: jax.Array,
    danger: jax.Array, safe: jax.Array, margin: jax.Array, strength: jax.Array,
) -> jax.Array:  # fmt: skip
    optimiser, rows, middle = _adamw(recipe), majority[chosen], (chosen.shape[0] * minority.shape[0] - 1) // 2

    def loss(parameters: Parameters) -> tuple[jax.Array, Seen]:
        made, used = _through(parameters, rows)
        cross = _squares(made, minority)
        squared = jax.lax.stop_gradient(jnp.sort(cross.ravel())[middle])  # h is the lower median distance

        def kernel(squares: jax.Array) -> jax.Array:
            return jnp.exp(-squares / (2.0 * squared))

        mmd = kernel(_squares(made, made)).mean() - 2.0 * kernel(cross).mean()
        pulled = _triplet(made, minority, majority, danger, safe, margin)
        return mmd + jnp.where(strength > 0.0, strength * pulled, 0.0), used

    def step(_: jax.Array, state):  # type: ignore[no-untyped-def]
        parameters, moments, running = state
        slope, used = jax.grad(loss, has_aux=True)(parameters)
        change, moments = optimiser.update(slope, moments, parameters)
        unbiased = rows.shape[0] / (rows.shape[0] - 1)
        running = [
            ((1.0 - _MOMENTUM) * m + _MOMENTUM * mean, (1.0 - _MOMENTUM) * v + _MOMENTUM * unbiased * variance)
            for (m, v), (mean, variance) in zip(running, used, strict=True)
        ]
        return optax.apply_updates(parameters, change), moments, running

    running = [(jnp.zeros_like(start[1][place]), jnp.ones_like(start[1][place])) for place in range(3)]
    parameters, _, running = jax.lax.fori_loop(0, recipe.steps, step, (start, optimiser.init(start), running))
    return _through(parameters, majority, running)[0]
