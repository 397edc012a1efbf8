"""The pilot's independent sets of seeds and what a generator makes of them.

The rows do not depend on θ: they are drawn once and kept, so that a step of a Newton iteration is a pass over them.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.caches import Cache
from synththeory.components import digest
from synththeory.errors import NoTheoryError
from synththeory.generators.base import Generator
from synththeory.generators.moments import Imitation
from synththeory.generators.pilot_scores import PilotRows, Scores, paired, seconds
from synththeory.generators.pilot_store import kept_on_disk
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
    others : PilotRows or None
        Rows of the other class, (sets, n0, d + 1), where the generator looks at them.
    imitations : Cache
        What was measured at θ*, for all arms.
    """

    seeds: PilotRows
    synthetic: PilotRows
    others: PilotRows | None = None
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
        beside = 0 if self.others is None else self.others.values.nbytes
        return int(self.seeds.values.nbytes + self.synthetic.values.nbytes + beside + 2 * 8 * sets * size * size)


kept: Cache[Pilot] = Cache(_KEPT_BYTES, lambda drawn: drawn.bytes)
"""The process's pilots: arms that differ in what is done about the generator's bias share them."""


def pilot(generator: Generator, population: Population, stratum: int, count: int, majority: int | None = None) -> Pilot:
    """The pilot's sets from its own named streams; the same for any name of the generator's arm.

    Parameters
    ----------
    generator, population, stratum
        What is measured, and what it imitates.
    count : int
        Seeds a set, n1.
    majority : int, optional
        Rows of the other class a set, n0, for a generator that looks at them.

    Raises
    ------
    NoTheoryError
        When the generator is costly and no pilot is asked for, or looks at the other class and is told of none.
    """
    if not generator.piloted:
        raise NoTheoryError(f"no closed form of {generator.label} is known and a pilot is costly: give it pilot = true")
    if generator.needs_others and majority is None:
        raise NoTheoryError(f"{generator.kind} looks at the other class, of which a pilot draws no rows")
    beside = () if majority is None else (majority,)
    point = digest("pilot", population, generator.model_copy(update={"name": None}), stratum, count, *beside)
    name = (point, *source_digests(generator, population))
    return kept.get(name, partial(_drawn, generator, population, stratum, count, majority, point))


def _drawn(
    generator: Generator, population: Population, stratum: int, count: int, majority: int | None, point: str
) -> Pilot:
    size = int(np.clip(2 * count, 100, 1000))
    sets = generator.pilot_sets or max(200, _ROWS // size)

    classes = [("seeds", stratum, count)]
    if majority is not None:
        classes.append(("others", 1 - stratum, majority))

    def given(first: int, end: int) -> tuple[Streams, list[GivenBlock]]:
        streams = Streams.named(_SEED, point, first, end - first)
        return streams, [_block(streams, population, *each) for each in classes]

    def made(streams: Streams, blocks: list[GivenBlock]) -> Array:
        seeds, *others = blocks
        return generator.draw(streams, seeds, others[0] if others else None, size).rows

    if generator.pilot_sets is not None:
        rows = kept_on_disk(generator, point, sets, lambda places: made(*given(places.start, places.stop)))
        return _pilot(map(_extended, (rows, *(block.rows for block in given(0, sets)[1]))))

    every = [np.empty((sets, rows, population.dimension + 1)) for rows in (size, *(each[2] for each in classes))]

    def drawn(first: int, end: int) -> None:
        streams, blocks = given(first, end)
        own = made(streams, blocks), *(block.rows for block in blocks)
        for values, rows in zip(every, own, strict=True):
            _extend(values[first:end], rows)

    cuts = (0, sets) if "pilot" in type(generator).model_fields else (0, sets // 2, sets)  # costly ones use every core
    with ThreadPoolExecutor(len(cuts) - 1) as halves:  # a set's rows do not depend on those beside it
        list(halves.map(drawn, cuts[:-1], cuts[1:]))
    return _pilot(every)


def _block(streams: Streams, population: Population, name: str, stratum: int, count: int) -> GivenBlock:
    law = population.laws[stratum]
    return GivenBlock(law.draw(streams, f"pilot/{name}", count), population.strata[stratum], law)


def _pilot(every: Iterable[Array]) -> Pilot:
    """Of synthetic rows, seeds and, for a generator that looks at them, rows of the other class."""
    synthetic, seeds, *others = map(PilotRows, every)
    return Pilot(seeds, synthetic, others[0] if others else None)


def _extended(rows: Array) -> Array:
    """Rows of sets, (sets, n, d), as z = (x, 1)."""
    values = np.empty((*rows.shape[:2], rows.shape[2] + 1))
    _extend(values, rows)
    return values


def _extend(values: Array, rows: Array) -> None:
    values[..., :-1] = rows
    values[..., -1] = 1.0
