"""Mini-batch descent: one program for every way of sampling, pairing, labelling, weighing and perturbing.

SMOTE, soft SMOTE, Mixup, Remix, MAMix, deferred weights and smoothing are rows of one table of switches, which are
arguments of the compiled program. Draws are threefry numbers of (fit's key, step). As in `descent`, nothing sums over
more than `BLOCK` rows at once.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp

from synththeory.neural.nets import Layers, cosines, outputs
from synththeory.neural.ordered import BLOCK

BASE, SOFT, REMIX, MAMIX = range(4)
"""Rules of the label: the base row's; shares of the mixture; Remix's; MAMix's."""
_KAPPA, _TAU = 3.0, 0.5
SHARPNESS = 30.0
"""What cosines are multiplied by before the softmax [C]."""


class Rows(NamedTuple):
    """Training rows, padded; only the first ``used`` are there.

    Attributes
    ----------
    rows : Array
        (n, d).
    classes : Array
        (n,), integers.
    weights : Array
        (n,), of mean one.
    order : Array
        Places of the rows, class by class, (n,).
    starts, counts : Array
        First place of each class in ``order``, and its rows, (K,).
    near : Array
        Places of every row's possible partners, (n, k).
    used : Array
        An integer.
    """

    rows: jax.Array
    classes: jax.Array
    weights: jax.Array
    order: jax.Array
    starts: jax.Array
    counts: jax.Array
    near: jax.Array
    used: jax.Array


class Switches(NamedTuple):
    """What a step does with the rows.

    Attributes
    ----------
    balanced : Array
        Whether the base row's class is uniform, in place of the row.
    mixed : Array
        Whether there is a partner.
    neighbours : Array
        Whether it is one of ``near``, in place of another row of the batch.
    rule : Array
        Of the label: `BASE`, `SOFT`, `REMIX` or `MAMIX`.
    omega : Array
        MAMix's exponent.
    alone : Array
        Whether every row has a share of its own, in place of one a batch.
    noise : Array
        Standard deviation of noise on the rows.
    early, late : Array
        Class weights before and after the switch, (K,).
    smoothing : Array
        e_c of each class: its target is (1 − e_c) one-hot + e_c/K, (K,).
    ascent : Array
        Class weights of each loss that is climbed first, (J, K).
    radii : Array
        How far along each loss's gradient, (J,); all 0 for no climb.
    margins : Array or None
        What is taken from the cosine of a row's own class, (K,); None for a linear head.
    """

    balanced: jax.Array
    mixed: jax.Array
    neighbours: jax.Array
    rule: jax.Array
    omega: jax.Array
    alone: jax.Array
    noise: jax.Array
    early: jax.Array
    late: jax.Array
    smoothing: jax.Array
    ascent: jax.Array
    radii: jax.Array
    margins: jax.Array | None = None


class Schedule(NamedTuple):
    """Steps of momentum descent: the rate rises over ``warm`` steps, × .1 from ``first`` on, × .01 from ``second``.

    Attributes
    ----------
    steps, warm, switch, first, second : Array
        Integers; the late class weights begin at ``switch``.
    rate, momentum, decay : Array
        η, and the coupled weight decay λ: v ← momentum · v + ∇ + λθ, θ ← θ − ηv.
    """

    steps: jax.Array
    warm: jax.Array
    switch: jax.Array
    first: jax.Array
    second: jax.Array
    rate: jax.Array
    momentum: jax.Array
    decay: jax.Array


class Batch(NamedTuple):
    """Rows of one step.

    Attributes
    ----------
    rows : Array
        (b, d).
    targets : Array
        Weighted soft labels, (b, K): the loss is −Σ targets · log softmax.
    classes : Array
        Of the base rows, (b,).
    """

    rows: jax.Array
    targets: jax.Array
    classes: jax.Array


def base_share(rule: jax.Array, share: jax.Array, own: jax.Array, other: jax.Array, omega: jax.Array) -> jax.Array:
    """Label share L of the base class in a mixture (1 − s) x_a + s x_b of classes of so many rows [C].

    Parameters
    ----------
    rule, omega
        See `Switches`.
    share : Array
        s, (b,).
    own, other : Array
        n_a and n_b, (b,).
    """
    kept = 1.0 - share
    remix = jnp.where((own >= _KAPPA * other) & (kept < _TAU), 0.0, kept)
    remix = jnp.where((_KAPPA * own <= other) & (share < _TAU), 1.0, remix)
    middle = own**-omega / (own**-omega + other**-omega)
    mamix = jnp.where(share <= middle, 1.0 - 0.5 * share / middle, 0.5 * kept / (1.0 - middle))
    return jnp.select([rule == SOFT, rule == REMIX, rule == MAMIX], [kept, remix, mamix], jnp.ones_like(share))


def drawn(key: jax.Array, data: Rows, switches: Switches, weights: jax.Array, size: int) -> Batch:
    """One batch, with replacement.

    Parameters
    ----------
    key : Array
        Of the step.
    data, switches
        What from and how.
    weights : Array
        Class weights, (K,).
    size : int
        b.
    """
    numbers, noise = jax.random.split(key)
    uniform = jax.random.uniform(numbers, (size, 4), jnp.float32)
    classes = data.counts.shape[0]
    chosen = jnp.minimum((uniform[:, 0] * classes).astype(jnp.int32), classes - 1)
    within = jnp.minimum((uniform[:, 1] * data.counts[chosen]).astype(jnp.int32), data.counts[chosen] - 1)
    plain = jnp.minimum((uniform[:, 1] * data.used).astype(jnp.int32), data.used - 1)
    base = jnp.where(switches.balanced, data.order[data.starts[chosen] + within], plain)
    width = data.near.shape[1]
    which = jnp.minimum((uniform[:, 2] * width).astype(jnp.int32), width - 1)
    other = jnp.where(switches.neighbours, data.near[base, which], jnp.roll(base, 1))
    share = jnp.where(switches.alone, uniform[:, 3], uniform[0, 3]) * switches.mixed
    rows = data.rows[base] + share[:, None] * (data.rows[other] - data.rows[base])
    rows = rows + switches.noise * jax.random.normal(noise, rows.shape, jnp.float32)
    own, others = data.classes[base], data.classes[other]
    counts = data.counts.astype(jnp.float32)
    kept = base_share(switches.rule, share, counts[own], counts[others], switches.omega)
    smooth = switches.smoothing[:, None]
    labels = (1.0 - smooth) * jnp.eye(classes, dtype=jnp.float32) + smooth / classes
    weighted = weights[:, None] * labels
    targets = kept[:, None] * weighted[own] + (1.0 - kept)[:, None] * weighted[others]
    return Batch(rows, data.weights[base][:, None] * targets, own)


def batch_loss(layers: Layers, batch: Batch, scale: jax.Array, margins: jax.Array | None = None) -> jax.Array:
    """−Σ scale · targets · log softmax over the rows of a batch; with margins, of 30(cosine − own margin)."""
    if margins is None:
        logits = outputs(layers, batch.rows)
    else:
        own = jax.nn.one_hot(batch.classes, margins.shape[0], dtype=jnp.float32)
        logits = SHARPNESS * (cosines(layers, batch.rows) - own * margins)
    return -jnp.sum(scale[:, None] * batch.targets * jax.nn.log_softmax(logits))


def slope(layers: Layers, batch: Batch, scale: jax.Array, margins: jax.Array | None = None) -> Layers:
    """Gradient of `batch_loss`, added up over blocks of at most `BLOCK` rows in their order."""
    total: Layers = jax.tree.map(jnp.zeros_like, layers)
    for start in range(0, scale.shape[0], BLOCK):
        part = Batch(*(values[start : start + BLOCK] for values in batch))
        found = jax.grad(batch_loss)(layers, part, scale[start : start + BLOCK], margins)
        total = jax.tree.map(jnp.add, total, found)
    return total


def shares(batch: Batch, margins: jax.Array | None) -> jax.Array:
    """What each row's loss counts, (b,): 1/b, or one over the batch's weights where there are margins [C]."""
    size = batch.classes.shape[0]
    if margins is None:
        return jnp.full((size,), 1.0 / size, jnp.float32)
    total = sum(jnp.sum(batch.targets[start : start + BLOCK]) for start in range(0, size, BLOCK))
    return jnp.full((size,), 1.0, jnp.float32) / jnp.maximum(total, 1e-12)


def climbed(layers: Layers, batch: Batch, switches: Switches) -> Layers:
    """θ + Σ_j r_j g_j/‖g_j‖, g_j the gradient of the mean loss with the j-th class weights (SAM, SAM-A)."""
    moved = layers
    for ascent, radius in zip(switches.ascent, switches.radii, strict=True):
        weights = ascent[batch.classes]
        found = slope(layers, batch, weights / jnp.maximum(jnp.sum(weights), 1e-12), switches.margins)
        length = jnp.sqrt(sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(found)))
        factor = radius / jnp.maximum(length, 1e-12)
        moved = jax.tree.map(partial(_along, factor), moved, found)
    return moved


def _along(factor: jax.Array, leaf: jax.Array, direction: jax.Array) -> jax.Array:
    return leaf + factor * direction


@partial(jax.jit, static_argnames=("size",))
def descended(
    start: Layers, key: jax.Array, data: Rows, switches: Switches, schedule: Schedule, *, size: int
) -> Layers:
    """Layers after the schedule's steps.

    Parameters
    ----------
    start : Layers
        Initial layers.
    key : Array
        Two uint32 that name the draws.
    data, switches, schedule
        See there.
    size : int
        Rows a batch.
    """
    named = jax.random.wrap_key_data(key, impl="threefry2x32")

    def step(place: jax.Array, state: tuple[Layers, Layers]) -> tuple[Layers, Layers]:
        layers, speed = state
        weights = jnp.where(place >= schedule.switch, switches.late, switches.early)
        batch = drawn(jax.random.fold_in(named, place), data, switches, weights, size)
        climbs = jnp.any(switches.radii > 0.0)
        at = jax.lax.cond(climbs, lambda here: climbed(here, batch, switches), lambda here: here, layers)
        found = slope(at, batch, shares(batch, switches.margins), switches.margins)
        begun = (place + 1).astype(jnp.float32) / jnp.maximum(schedule.warm, 1).astype(jnp.float32)
        rate = schedule.rate * jnp.minimum(1.0, begun)
        rate = rate * jnp.where(place >= schedule.second, 0.01, jnp.where(place >= schedule.first, 0.1, 1.0))
        pull = jax.tree.map(partial(_along, schedule.decay), found, layers)
        speed = jax.tree.map(partial(_along, schedule.momentum), pull, speed)
        return jax.tree.map(partial(_along, -rate), layers, speed), speed

    still: Layers = jax.tree.map(jnp.zeros_like, start)
    ended: tuple[Layers, Layers] = jax.lax.fori_loop(0, schedule.steps, step, (start, still))
    return ended[0]
