"""From samples to mini-batch fits: padding, class tables, neighbours, and one compiled fit after the other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers
from synththeory.errors import SynththeoryError
from synththeory.kernels.neighbours import nearest_neighbours
from synththeory.neural.descent import room
from synththeory.neural.device import keep_programs
from synththeory.neural.memory import fitted
from synththeory.neural.minibatch import BASE, MAMIX, REMIX, SHARPNESS, SOFT, Rows, Schedule, Switches, descended
from synththeory.neural.nets import as_layers
from synththeory.neural.ordered import BLOCK
from synththeory.neural.training import Nets
from synththeory.sample import Sample

if TYPE_CHECKING:
    from synththeory.learners.neural.sgd_mlp import SGDMLP

_RULES = {"base": BASE, "soft": SOFT, "remix": REMIX, "mamix": MAMIX}


def trained(
    learner: SGDMLP, start: Nets, keys: NDArray[np.uint32], real: Sample, synthetic: Sample, sizes: Integers
) -> Nets:
    """Layers of a net at every size of every replication.

    Parameters
    ----------
    learner : SGDMLP
        Its settings.
    start : tuple of (Array, Array)
        Initial weights (B, in, out) and biases (B, out).
    keys : array of uint32
        (B, 2), the names of the draws.
    real, synthetic : Sample
        Rows as the net sees them, (B, n, d) and (B, m, d).
    sizes : Integers
        (B, S), as of a learner's path.

    Returns
    -------
    tuple of (Array, Array)
        Weights (B, S, in, out) and biases (B, S, out).
    """
    keep_programs()
    shape = sizes.shape
    found = tuple((np.empty((*shape, *w.shape[1:])), np.empty((*shape, *b.shape[1:]))) for w, b in start)
    for replication, place in np.ndindex(shape):
        size = int(sizes[replication, place])
        rows, labels, weights = (
            np.concatenate([own[replication], further[replication, :size]])
            for own, further in (
                (real.rows, synthetic.rows), (real.labels, synthetic.labels), (real.weights, synthetic.weights)
            )
        )  # fmt: skip
        data = tabled(learner, rows, classes_of(labels), weights, start[-1][1].shape[1])
        given = (
            as_layers([(w[replication], b[replication]) for w, b in start]), jnp.asarray(keys[replication]), data,
            switches(learner, np.asarray(data.counts)), schedule(learner),
        )  # fmt: skip
        make = partial(descended, *given, size=learner.batch_size)
        layers = fitted(make, learner.steps, "descended", given, learner.batch_size)
        for (w, b), (own_w, own_b) in zip(found, layers, strict=True):
            w[replication, place], b[replication, place] = own_w, own_b
    if learner.head == "cosine":
        w, b = found[-1]
        w *= SHARPNESS / np.sqrt(np.maximum(np.square(w).sum(axis=2, keepdims=True), 1e-12))
        b[:] = 0.0
    return found


def classes_of(labels: Array) -> Integers:
    """The class of every row, (n,), of labels 0 and 1 (n,) or indicators (n, K).

    Raises
    ------
    SynththeoryError
        For labels between classes.
    """
    each = np.stack([1.0 - labels, labels], axis=1) if labels.ndim == 1 else labels
    if not np.isin(each, (0.0, 1.0)).all():
        raise SynththeoryError("sgd-mlp takes rows of one class each: its own mixing makes labels between classes")
    return np.asarray(each.argmax(axis=1))


def tabled(learner: SGDMLP, rows: Array, classes: Integers, weights: Array, total: int) -> Rows:
    """Rows and tables of one fit, padded to the program's room.

    Raises
    ------
    SynththeoryError
        Where a class has no row, or too few for its neighbours.
    """
    count, padded = len(rows), room(len(rows)) * BLOCK
    counts = np.bincount(classes, minlength=total)
    needed = learner.neighbors + 1 if learner.partner == "same" else 1
    if counts.min() < needed:
        raise SynththeoryError(f"sgd-mlp needs {needed} rows or more of every class, got {counts.min()}")

    def filled(values: NDArray[np.generic], kind: type[np.generic]) -> jax.Array:
        out = np.zeros((padded, *values.shape[1:]), dtype=kind)
        out[:count] = values
        return jnp.asarray(out)

    return Rows(
        filled(rows, np.float32), filled(classes, np.int32), filled(weights / weights.mean(), np.float32),
        filled(np.argsort(classes, kind="stable"), np.int32),
        jnp.asarray(np.cumsum(counts) - counts, jnp.int32), jnp.asarray(counts, jnp.int32),
        filled(_near(learner, rows, classes), np.int32), jnp.asarray(count, jnp.int32),
    )  # fmt: skip


def switches(learner: SGDMLP, counts: Integers) -> Switches:
    """The settings as the program's arguments."""
    total, largest = len(counts), counts.max() / counts
    effective = (1.0 - learner.beta) / (1.0 - learner.beta**counts) if learner.beta else np.ones(total)
    late = effective * total / effective.sum()
    climbs = {
        "none": (np.ones((1, total)), np.zeros(1)),
        "plain": (np.ones((1, total)), np.array([learner.rho])),
        "weighted": (largest[None], np.array([learner.rho])),
        "radius": (np.eye(total), learner.rho * np.sqrt(largest)),
    }
    ascent, radii = climbs[learner.sharpness]
    early = np.ones(total) if learner.defer > 0.0 else late
    margins = learner.margin * (counts / counts.min()) ** -0.25
    numbers = [learner.noise, early, late, np.array(learner.smoothing or (0.0,) * total), ascent, radii]
    switched = Switches(
        jnp.asarray(learner.sampler == "balanced"), jnp.asarray(float(learner.partner != "none"), jnp.float32),
        jnp.asarray(learner.partner in ("same", "all")), jnp.asarray(_RULES[learner.label], jnp.int32),
        jnp.asarray(learner.omega, jnp.float32), jnp.asarray(learner.shares == "row"),
        *(jnp.asarray(number, jnp.float32) for number in numbers),
    )  # fmt: skip
    return switched._replace(margins=jnp.asarray(margins, jnp.float32)) if learner.head == "cosine" else switched


def schedule(learner: SGDMLP) -> Schedule:
    """The steps at which something changes."""
    steps = learner.steps
    places = (steps, round(0.025 * steps), round(learner.defer * steps), round(0.8 * steps), round(0.9 * steps))
    numbers = (learner.rate, learner.momentum, learner.decay)
    return Schedule(*(jnp.asarray(place, jnp.int32) for place in places), *(
        jnp.asarray(number, jnp.float32) for number in numbers
    ))  # fmt: skip


def _near(learner: SGDMLP, rows: Array, classes: Integers) -> Integers:
    """Places of the possible partners of every row, (n, k); its own where nobody asks for neighbours."""
    near = np.tile(np.arange(len(rows))[:, None], (1, learner.neighbors))
    if learner.partner == "all":
        return _nearest(rows, learner.neighbors)
    if learner.partner == "same":
        for each in np.unique(classes):
            own = np.flatnonzero(classes == each)
            near[own] = own[_nearest(rows[own], learner.neighbors)]
    return near


def _nearest(rows: Array, count: int) -> Integers:
    near = np.empty((1, len(rows), count), dtype=np.int64)
    nearest_neighbours(np.ascontiguousarray(rows[None], dtype=np.float64), near)
    return np.asarray(near[0])
