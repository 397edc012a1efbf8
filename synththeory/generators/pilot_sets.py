"""The pilot's independent sets of seeds and what a generator makes of them.

The rows do not depend on θ: they are drawn once and kept, so that a step of a Newton iteration is a pass over them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.caches import Cache
from synththeory.components import digest
from synththeory.generators.base import Generator, Imitation
from synththeory.generators.pilot_scores import PilotRows, Scores, paired, seconds
from synththeory.lazy import lazy
from synththeory.losses import Loss
from synththeory.populations import Population
from synththeory.sample import GivenBlock
from synththeory.sources import source_digests
from synththeory.streams import Streams

_ROWS = 120_000  # synthetic rows in all: V_m is known to about 2 % of its trace in 20 dimensions
_SEED = 20_260_121  # root of the pilot's own streams, which no study shares
_KEPT_BYTES = 256_000_000  # a dozen pilots in ten dimensions, four in fifty


@dataclass(frozen=True, eq=False)
class Pilot:
    """Independent sets of seeds and what the generator makes of them, as rows z = (x, 1).

    Attributes
    ----------
    seeds : PilotRows
        (sets, n1, d + 1).
    synthetic : PilotRows
        (sets, m, d + 1).
    imitations : Cache
        What was measured at θ*, for all arms.
    """

    seeds: PilotRows
    synthetic: PilotRows
    imitations: Cache[Imitation] = field(default_factory=partial(Cache, 8), repr=False)

    def scores(self, loss: Loss, label: float, theta: Vector) -> tuple[Scores, Scores]:
        """Of the synthetic rows and of the seeds with a label at θ, (q,)."""
        return paired(self.seeds, self.synthetic, lambda: self._seconds, loss, label, theta)

    @lazy
    def _seconds(self) -> tuple[Array, Array]:
        return seconds(self.seeds, self.synthetic)

    @property
    def bytes(self) -> int:
        """What it takes to keep it and its sets' second moments."""
        sets, _, size = self.seeds.values.shape
        return int(self.seeds.values.nbytes + self.synthetic.values.nbytes + 2 * 8 * sets * size * size)


kept: Cache[Pilot] = Cache(_KEPT_BYTES, lambda drawn: drawn.bytes)
"""The process's pilots: arms that differ in what is done about the generator's bias share them."""


def pilot(generator: Generator, population: Population, stratum: int, count: int) -> Pilot:
    """The pilot's sets from its own named streams; the same for any name of the generator's arm.

    Parameters
    ----------
    generator, population, stratum
        What is measured, and what it imitates.
    count : int
        Seeds a set, n1.

    Raises
    ------
    NotImplementedError
        When the generator is costly and no pilot is asked for, or looks at the other class.
    """
    if not generator.piloted:
        raise NotImplementedError(
            f"no closed form of {generator.label} is known and a pilot is costly: give it pilot = true"
        )
    if generator.needs_others:
        raise NotImplementedError(f"{generator.kind} looks at the other class, of which a pilot draws no rows")
    point = digest("pilot", population, generator.model_copy(update={"name": None}), stratum, count)
    name = (point, *source_digests(generator, population))
    return kept.get(name, partial(_drawn, generator, population, stratum, count, point))


def _drawn(generator: Generator, population: Population, stratum: int, count: int, point: str) -> Pilot:
    law = population.laws[stratum]
    size = int(np.clip(2 * count, 100, 1000))
    streams = Streams.named(_SEED, point, 0, max(200, _ROWS // size))
    seeds = GivenBlock(law.draw(streams, "pilot/seeds", count), population.strata[stratum], law)
    return Pilot(_extended(seeds.rows), _extended(generator.draw(streams, seeds, None, size).rows))


def _extended(rows: Array) -> PilotRows:
    return PilotRows(np.concatenate([rows, np.ones((*rows.shape[:2], 1))], axis=2))
