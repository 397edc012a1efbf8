"""From samples to fits: padding, the order of the rows, and one compiled fit after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers
from synththeory.neural.descent import adamw, room
from synththeory.neural.device import keep_programs
from synththeory.neural.memory import fitted
from synththeory.neural.nets import as_layers
from synththeory.neural.ordered import BLOCK
from synththeory.sample import Sample

Single = NDArray[np.float32]
Nets = tuple[tuple[Array, Array], ...]


@dataclass(frozen=True)
class Recipe:
    """Settings of full-batch AdamW.

    Attributes
    ----------
    epochs : int
        Steps.
    rate, decay : float
        η and λ.
    """

    epochs: int
    rate: float
    decay: float


@dataclass(frozen=True, eq=False)
class Padded:
    """The rows of one replication, real ones first, in blocks; what is beyond them has weight zero.

    Attributes
    ----------
    rows, labels, weights : array of float32
        (blocks, BLOCK, d), (blocks, BLOCK), (blocks, BLOCK); the weights sum to one.
    """

    rows: Single
    labels: Single
    weights: Single

    @classmethod
    def of(cls, real: Sample, synthetic: Sample, replication: int, size: int) -> Padded:
        """All real rows and the first synthetic ones."""
        count, dimension = real.shape[1], real.shape[2]
        used, blocks = count + size, room(count + size)
        rows = np.zeros((blocks * BLOCK, dimension), dtype=np.float32)
        labels, weights = np.zeros(len(rows), dtype=np.float32), np.zeros(len(rows))
        for out, own, further in (
            (rows, real.rows, synthetic.rows),
            (labels, real.labels, synthetic.labels),
            (weights, real.weights, synthetic.weights),
        ):
            out[:count], out[count:used] = own[replication], further[replication, :size]
        shares = (weights / weights.sum()).astype(np.float32)
        return cls(*(values.reshape(blocks, BLOCK, *values.shape[1:]) for values in (rows, labels, shares)))


def trained(recipe: Recipe, start: Nets, real: Sample, synthetic: Sample, sizes: Integers) -> Nets:
    """Layers of a net at every size of every replication.

    Parameters
    ----------
    recipe : Recipe
        How they are fitted.
    start : tuple of (Array, Array)
        Initial weights (B, in, out) and biases (B, out).
    real, synthetic : Sample
        Standardised rows, (B, n, d) and (B, m, d).
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
    for replication, own in enumerate(sizes):
        initial = as_layers([(weights[replication], biases[replication]) for weights, biases in start])
        for place, size in enumerate(own):
            used = real.shape[1] + int(size)
            rows = Padded.of(real, synthetic, replication, int(size))
            given = (initial, rows.rows, rows.labels, rows.weights, -(-used // BLOCK), recipe.epochs)
            make = partial(adamw, *given, rate=recipe.rate, decay=recipe.decay)
            layers = fitted(make, recipe.epochs, "adamw", given, recipe.rate, recipe.decay)
            for (weights, biases), (w, b) in zip(found, layers, strict=True):
                weights[replication, place], biases[replication, place] = w, b
    return found
