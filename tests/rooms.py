"""A short loop through the package's rooms: what a study does, without the engine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.generators import Generator
from synththeory.learners import Learner, LeastSquares
from synththeory.populations import Population, exact_risk
from synththeory.sample import Block, Sample
from synththeory.streams import Streams


@dataclass(frozen=True)
class Replications:
    """One block of replications: real rows, synthetic rows and the fit at every size."""

    majority: Block
    minority: Block
    synthetic: Sample
    coefficients: Array


@dataclass(frozen=True)
class Curves:
    """Excess risk and ‖θ̂ − θ*‖, both (R, S)."""

    excess: Array
    error: Array


def replicate(
    population: Population,
    generator: Generator,
    learner: Learner,
    counts: tuple[int, int],
    sizes: Sequence[int],
    replications: int,
    seed: int,
    block: int = 25,
) -> Iterator[Replications]:
    """Yield blocks of replications at increasing synthetic sizes; every fit must succeed."""
    for first in range(0, replications, block):
        streams = Streams.named(seed, "tests", first, min(block, replications - first))
        majority, minority = population.sample(streams, counts)
        synthetic = generator.draw(streams, minority, majority, sizes[-1])
        grid = np.tile(np.asarray(sizes, dtype=np.int64), (streams.count, 1))
        fit = learner.path(Sample.of(majority, minority), synthetic, grid)
        assert not fit.status.any()
        yield Replications(majority, minority, synthetic, fit.coefficients)


def simulate(
    population: Population,
    generator: Generator,
    counts: tuple[int, int],
    sizes: Sequence[int],
    replications: int,
    seed: int,
    learner: Learner | None = None,
    block: int = 25,
) -> Curves:
    """Curves of one arm."""
    learner = learner or LeastSquares()
    exact = exact_risk(population, learner.loss)
    excess, error = [], []
    for part in replicate(population, generator, learner, counts, sizes, replications, seed, block):
        excess.append(exact.excess_risk(part.coefficients))
        error.append(np.linalg.norm(part.coefficients - exact.optimum, axis=2))
    return Curves(np.concatenate(excess), np.concatenate(error))
