"""The plan of a run: which replications of which cells are computed together.

The blocks of a plan depend on the design and the block size alone, so that any number of machines can share them.
Where nobody asked for a size, an executor may cut the blocks further: no stored number depends on it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from synththeory.errors import DesignError
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm

BLOCK_VALUES = 40_000_000
"""Numbers drawn for one block: about a quarter of a second."""
BLOCKS_A_WORKER = 2
"""Every worker has at least so many blocks, and all as many, the largest first: so the workers end together."""

Missing = Callable[[Cell, Arm, int], tuple[range, ...]]
"""The replications among 0, …, R − 1 that an arm of a cell lacks, as ranges in order."""


@dataclass(frozen=True)
class Task:
    """Something to compute: a range of replications of a cell, and the arms that lack them."""

    cell: Cell
    arms: tuple[Arm, ...]
    replications: range

    @property
    def values(self) -> int:
        """Numbers drawn for one replication, and what generators that learn nets cost beside."""
        synthetic = max(size or 0 for arm in self.arms for _, size in arm.points)
        learning = sum(arm.use.generator.effort for arm in self.arms if arm.use is not None)
        return self.cell.rows(synthetic) * self.cell.columns + learning

    @property
    def work(self) -> int:
        """Numbers drawn for all."""
        return len(self.replications) * self.values

    def between(self, first: int, stop: int) -> Task:
        """Only the replications first, …, stop − 1 of it, which may be none."""
        return Task(self.cell, self.arms, range(max(self.replications.start, first), min(self.replications.stop, stop)))

    def pieces(self, size: int, aligned: int) -> Iterator[Task]:
        """It in pieces of about ``size`` replications that meet at multiples of ``aligned``."""
        for piece in cut(self.replications, size, aligned):
            yield Task(self.cell, self.arms, piece)


@dataclass(frozen=True)
class Numbered:
    """What is to be computed of a planned block, and the block's number, from 0."""

    block: int
    task: Task


@dataclass(frozen=True)
class Plan:
    """How a design is cut.

    Attributes
    ----------
    design : Design
        What is to be computed.
    block : int or None
        Replications in a block, at least 1; by default so many that a block takes a fraction of a second. A learner
        that takes its replications in batches of a fixed number has blocks of whole batches.

    Raises
    ------
    DesignError
        If the block has no replication.
    """

    design: Design
    block: int | None = None

    def __post_init__(self) -> None:
        if self.block is not None and self.block < 1:
            raise DesignError(f"got blocks of {self.block} replications, expected at least 1")

    @property
    def blocks(self) -> tuple[Task, ...]:
        """Every block of the design, all arms of a cell together, cell by cell."""
        replications = range(self.design.monte_carlo.replications)
        whole = (Task(cell, cell.arms, replications) for cell in self.design.cells)
        return tuple(block for task in whole for block in self._planned(task))

    def size(self, cell: Cell) -> int:
        """Replications of a planned block of a cell: whole batches of its learner."""
        batch = cell.learner.batch or 1
        return -(-(self.block or max(1, BLOCK_VALUES // Task(cell, cell.arms, range(1)).values)) // batch) * batch

    def lacking(self, missing: Missing, replications: int) -> tuple[Task, ...]:
        """The longest stretches of the replications 0, …, R − 1 over which the same arms lack.

        Parameters
        ----------
        missing : callable
            What an arm lacks, such as a store's ``missing``.
        replications : int
            R.
        """
        return tuple(
            stretch
            for cell in self.design.cells
            for stretch in _stretches(cell, [missing(cell, arm, replications) for arm in cell.arms])
        )

    def numbered(self, stretches: Sequence[Task]) -> tuple[Numbered, ...]:
        """Stretches cut at the planned blocks, every piece with the number of its block in the order of `blocks`."""
        replications, first, before = self.design.monte_carlo.replications, {}, 0
        for cell in self.design.cells:
            first[id(cell)] = before
            before += -(-replications // self.size(cell))
        return tuple(
            Numbered(first[id(piece.cell)] + piece.replications.start // self.size(piece.cell), piece)
            for stretch in stretches
            for piece in self._planned(stretch)
        )

    def dealt(self, stretches: Sequence[Task], workers: int) -> tuple[Task, ...]:
        """Stretches cut for so many workers, the largest pieces first."""
        if self.block is not None:
            pieces = (piece for stretch in stretches for piece in self._planned(stretch))
        else:
            work = sum(stretch.work for stretch in stretches)
            rounds = max(BLOCKS_A_WORKER, -(-work // (workers * BLOCK_VALUES)))
            most = -(-work // (workers * rounds))
            pieces = (
                piece
                for stretch in stretches
                for piece in stretch.pieces(max(1, most // stretch.values), stretch.cell.learner.batch or 1)
            )
        return tuple(sorted(pieces, key=lambda piece: piece.work, reverse=True))

    def _planned(self, task: Task) -> Iterator[Task]:
        """The planned blocks that a task touches."""
        size = self.size(task.cell)
        return task.pieces(size, size)


def cut(replications: range, size: int, aligned: int = 1) -> Iterator[range]:
    """Pieces of about ``size`` ≥ 1 replications; where two meet is a multiple of ``aligned``."""
    size = max(size, aligned)
    first = replications.start
    while first < replications.stop:
        stop = min((first + size) // aligned * aligned, replications.stop)
        yield range(first, stop)
        first = stop


def _stretches(cell: Cell, missing: Sequence[tuple[range, ...]]) -> Iterator[Task]:
    """The longest ranges over which the same arms are missing."""
    edges = sorted({edge for gaps in missing for gap in gaps for edge in (gap.start, gap.stop)})
    for first, stop in itertools.pairwise(edges):
        lacking = tuple(arm for arm, gaps in zip(cell.arms, missing, strict=True) if any(first in gap for gap in gaps))
        if lacking:
            yield Task(cell, lacking, range(first, stop))
