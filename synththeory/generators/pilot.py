"""Generator moments measured once by an independent simulation, for generators without known moments."""

from __future__ import annotations

from functools import cache

import numpy as np

from synththeory.components import digest
from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.losses import Loss
from synththeory.populations import Population, truth
from synththeory.sample import Block
from synththeory.streams import Streams

_ROWS = 250_000  # synthetic rows in all: V_m is known to about 1 % of its trace in 20 dimensions
_SEED = 20_260_121  # root of the pilot's own streams, which no study shares


@cache
def pilot_moments(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int
) -> GeneratorMoments:
    """Moments of the synthetic score at θ*, from independent sets of ``count`` seeds.

    With m̂ the mean score of the m synthetic rows of a set and s̄ that of its seeds, over sets: gradient = mean m̂
    (any second-order shift included), V_m = n1[Cov m̂ − Σ_syn/m], C = n1 Cov(s̄, m̂), Σ_syn the mean covariance within
    sets. [D]

    Parameters
    ----------
    generator : Generator
        Whose rows are measured.
    population, loss, stratum
        What they imitate, and the score.
    count : int
        Seeds a set, n1.

    Returns
    -------
    GeneratorMoments
        Marked ``source="pilot"``.
    """
    exact = truth(population, loss)
    theta, label, law = exact.optimum, population.strata[stratum].label, population.laws[stratum]
    size = int(np.clip(2 * count, 100, 1000))
    sets = max(200, _ROWS // size)
    tile = max(1, 100_000 // size)
    point = digest("pilot", population, generator.model_copy(update={"name": None}), stratum, count)
    own, synthetic = [], []
    within = np.zeros((theta.shape[0], theta.shape[0]))
    hessian = np.zeros_like(within)
    for first in range(0, sets, tile):
        streams = Streams.named(_SEED, point, first, min(tile, sets - first))
        seeds = Block(law.draw(streams, "pilot/seeds", count), population.strata[stratum], law)
        drawn = generator.draw(streams, seeds, None, size).rows
        scores = loss.row_scores(drawn, label, theta)
        means = scores.mean(axis=1)
        own.append(loss.row_scores(seeds.rows, label, theta).mean(axis=1))
        synthetic.append(means)
        centred = (scores - means[:, None]).reshape(-1, theta.shape[0])
        within += centred.T @ centred
        design = loss.design(drawn).reshape(-1, theta.shape[0])
        hessian += (loss.curvature(design @ theta, label)[:, None] * design).T @ design
    within /= sets * (size - 1)
    both = np.concatenate([np.concatenate(own), np.concatenate(synthetic)], axis=1)
    joint = np.cov(both, rowvar=False) * count
    half = theta.shape[0]
    return GeneratorMoments(
        both[:, half:].mean(axis=0), hessian / (sets * size), within, np.zeros(half),
        joint[half:, half:] - within * (count / size), joint[:half, half:], "pilot",
    )  # fmt: skip
