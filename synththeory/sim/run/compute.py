"""Computing replications of a cell: a pure function of cell, arms and replications.

No number depends on tiles or on what else is computed: streams are named by replication, and kernels treat
replications one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from synththeory.errors import ComponentError, MissingExtraError
from synththeory.populations import JointPopulation, risk_on
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm, Data
from synththeory.sim.run.plan import cut
from synththeory.sim.store.blocks import Results
from synththeory.streams import Streams

TILE_BYTES = 12 << 20
"""Bytes of rows drawn at a time by one thread: fewer and Python weighs, more and they leave the cache."""


def compute(cell: Cell, arms: tuple[Arm, ...], replications: range) -> tuple[Results, ...]:
    """Results of some arms for a range of replications, tile by tile.

    Parameters
    ----------
    cell : Cell
        Where the data come from.
    arms : tuple of Arm
        Which of its arms.
    replications : range
        Contiguous.

    Returns
    -------
    tuple of Results
        One an arm.

    Raises
    ------
    SynththeoryError
        When something the population draws from, or the learner computes with, is not there.
    ComponentError
        When a component returns the wrong number of rows or fits. Whatever else goes wrong in a replication is recorded
        as its failure.
    """
    cell.population.prepare()
    cell.learner.prepare()
    tiles = [_tile(cell, arms, piece) for piece in _tiles(cell, replications)]
    return tuple(Results.joined(parts) for parts in zip(*tiles, strict=True))


def drawn(cell: Cell, replications: range) -> Data:
    """The real rows of some replications of a cell, and what their fits are scored by."""
    streams = Streams.named(cell.seed, cell.point, replications.start, len(replications))
    streams = replace(streams, summed=cell.learner.draws_sums)
    counts = _counts(cell, streams)
    blocks = cell.population.sample(streams, counts)
    shapes = [block.shape[:2] for block in blocks]
    expected = [(streams.count, count) for count in counts]
    if shapes != expected:
        raise ComponentError(
            f"the population '{cell.population.kind}' drew blocks of shape {shapes}, expected {expected}: "
            "replications, rows"
        )
    return Data(streams, blocks, risk_on(cell.risk, blocks), cell.learner.loss)


def _tile(cell: Cell, arms: tuple[Arm, ...], replications: range) -> tuple[Results, ...]:
    """One tile of all arms; after an exception, again arm by arm and replication by replication.

    Drawing again gives the same rows, so the arms and replications that are not at fault lose nothing.
    """
    try:
        with np.errstate(all="ignore"):  # a failed fit is reported by its status, not by a warning
            data = drawn(cell, replications)
            return tuple(Results.of(replications.start, arm.run(data)) for arm in arms)
    except (ComponentError, MissingExtraError):
        raise
    except Exception as error:
        if len(arms) > 1:
            return tuple(_tile(cell, (arm,), replications)[0] for arm in arms)
        if len(replications) > 1:
            return (Results.joined([_tile(cell, arms, single)[0] for single in cut(replications, 1)]),)
        (arm,) = arms
        message = f"{type(error).__name__}: {error}"
        return (Results.failed(replications.start, len(arm.metrics), len(arm.points), message),)


def _counts(cell: Cell, streams: Streams) -> tuple[int, ...]:
    if cell.total is None or not isinstance(cell.population, JointPopulation):
        return cell.counts
    (counts,) = cell.population.counts(streams, cell.total)  # random counts: one replication a tile
    return tuple(counts.tolist())


def _tiles(cell: Cell, replications: range) -> Iterator[range]:
    """Pieces of nearly one size: a last tile of a few replications costs as much Python as a whole one."""
    pieces = -(-len(replications) // _tile_size(cell))
    return cut(replications, -(-len(replications) // pieces), cell.learner.batch or 1)


def _tile_size(cell: Cell) -> int:
    if cell.total is not None:
        return 1
    synthetic = max(size or 0 for arm in cell.arms for _, size in arm.points) if cell.learner.needs_rows else 0
    return max(1, TILE_BYTES // (8 * cell.rows(synthetic) * cell.columns))
