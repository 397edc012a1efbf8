"""Generator moments measured once by an independent simulation, for generators without known moments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.components import digest
from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.losses import Loss
from synththeory.populations import Population, truth
from synththeory.sample import Block
from synththeory.streams import Streams

_ROWS = 120_000  # synthetic rows in all: V_m is known to about 2 % of its trace in 20 dimensions
_SEED = 20_260_121  # root of the pilot's own streams, which no study shares


@dataclass(frozen=True, eq=False)
class Pilot:
    """Independent sets of seeds and what the generator makes of them.

    Attributes
    ----------
    seeds : Array
        (sets, n1, d).
    synthetic : Array
        (sets, m, d).
    """

    seeds: Array
    synthetic: Array


@lru_cache(maxsize=4)  # a pilot holds tens of megabytes
def pilot(generator: Generator, population: Population, stratum: int, count: int) -> Pilot:
    """Draw the pilot's sets from its own named streams.

    Parameters
    ----------
    generator, population, stratum
        What is measured, and what it imitates.
    count : int
        Seeds a set, n1.
    """
    law = population.laws[stratum]
    size = int(np.clip(2 * count, 100, 1000))
    sets = max(200, _ROWS // size)
    point = digest("pilot", population, generator.model_copy(update={"name": None}), stratum, count)
    streams = Streams.named(_SEED, point, 0, sets)
    seeds = Block(law.draw(streams, "pilot/seeds", count), population.strata[stratum], law)
    return Pilot(seeds.rows, generator.draw(streams, seeds, None, size).rows)


def pilot_moments(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
) -> GeneratorMoments:
    """Moments of the synthetic score at θ, from independent sets of ``count`` seeds.

    With m̂ the mean score of the m synthetic rows of a set and s̄ that of its seeds, over sets:
    V_m = n1[Cov m̂ − Σ_syn/m], C = n1 Cov(s̄, m̂), Σ_syn the mean covariance within sets; gradient = mean m̂ less its
    regression on s̄, whose mean is known to be the stratum's own gradient (any second-order shift is included). [D]

    Parameters
    ----------
    generator : Generator
        Whose rows are measured.
    population, loss, stratum
        What they imitate, and the score.
    count : int
        Seeds a set, n1.
    theta : Vector, optional
        Where, (p,); θ* when not given.

    Returns
    -------
    GeneratorMoments
        Marked ``source="pilot"``.
    """
    theta = truth(population, loss).optimum if theta is None else theta
    label, size = population.strata[stratum].label, theta.shape[0]
    drawn = pilot(generator, population, stratum, count)
    sets, rows = drawn.synthetic.shape[:2]
    scores = loss.row_scores(drawn.synthetic, label, theta)
    own, means = loss.row_scores(drawn.seeds, label, theta).mean(axis=1), scores.mean(axis=1)
    scores -= means[:, None]
    spread = scores.reshape(-1, size)
    within = spread.T @ spread / (sets * (rows - 1))
    design = loss.design(drawn.synthetic).reshape(-1, size)
    hessian = (loss.curvature(design @ theta, label)[:, None] * design).T @ design / (sets * rows)
    joint = np.cov(np.concatenate([own, means], axis=1), rowvar=False) * count
    slope = np.linalg.lstsq(joint[:size, :size], joint[:size, size:], rcond=1e-12)[0]
    known = truth(population, loss).at(population.strata[stratum], population.laws[stratum], theta).gradient
    return GeneratorMoments(
        means.mean(axis=0) - (own.mean(axis=0) - known) @ slope, hessian, within, np.zeros(size),
        joint[size:, size:] - within * (count / rows), joint[:size, size:], "pilot",
    )  # fmt: skip
