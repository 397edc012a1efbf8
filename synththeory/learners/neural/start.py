"""Where a net begins: initial layers, and rows as it sees them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from synththeory.arrays import Array
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams

Nets: TypeAlias = tuple[tuple[Array, Array], ...]
"""Weights (B, in, out) and biases (B, out) of each layer."""

COLUMNS = 10_000
"""What a fitted net is worth, in numbers a training row: so few replications are computed together."""


def initial(streams: Streams, widths: Sequence[int]) -> Nets:
    """Initial layers, U(−1, 1)/√(units below) on weights and biases alike.

    Parameters
    ----------
    streams : Streams
        Names of the draws.
    widths : sequence of int
        Columns, units of each hidden layer, outputs.
    """
    layers = []
    for place, (below, above) in enumerate(itertools.pairwise(widths)):
        drawn = (2.0 * streams.uniforms(f"layer/{place}", below + 1, above) - 1.0) / np.sqrt(below)
        layers.append((drawn[:, :below], drawn[:, below]))
    return tuple(layers)


def standardised(real: Sample, synthetic: Sample, asked: bool = True) -> tuple[Array, Array, Sample, Sample]:
    """Means and standard deviations (B, d) of the real rows, and both samples so standardised.

    Parameters
    ----------
    real, synthetic : Sample
        (B, n, d) and (B, m, d).
    asked : bool
        Otherwise the means are 0 and the deviations 1.
    """
    rows = real.rows
    centre = rows.mean(axis=1) if asked else np.zeros((rows.shape[0], rows.shape[2]))
    spread = rows.std(axis=1) if asked else np.ones(centre.shape)
    scale = np.where(spread > 0.0, spread, 1.0)
    own, further = (
        GivenSample((sample.rows - centre[:, None]) / scale[:, None], sample.labels, sample.weights)
        for sample in (real, synthetic)
    )
    return centre, scale, own, further
