"""Running a design: the missing replications of every cell, in blocks over threads, in tiles within a block.

The parallelism of the package is here and nowhere else. A block is a range of replications of one cell with the arms
it still lacks; a worker thread computes it tile by tile, and a thread of its own writes one file an arm. No number
depends on tiles, blocks or threads: streams are named by replication, and kernels treat replications one by one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from synththeory.errors import DesignError
from synththeory.populations import JointPopulation, risk_on
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm, Data
from synththeory.sim.run.cores import available_threads, serial_blas
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.folder import Store
from synththeory.streams import Streams

TILE_BYTES = 12 << 20
"""Bytes of rows drawn at a time by one thread: fewer and Python weighs, more and they leave the cache."""
BLOCK_VALUES = 40_000_000
"""Numbers drawn for one block: about a quarter of a second."""
BLOCKS_A_THREAD = 2
"""Every thread has at least so many blocks, and all as many, the largest first: so the threads end together."""

Progress = Callable[[int, int], None]
"""Called with the replications done and to be done, over all cells, whenever a block is kept."""


class Interrupted(KeyboardInterrupt):
    """A run stopped by Ctrl-C; the message says what is kept and how to go on."""


@dataclass(frozen=True)
class Task:
    """A block to compute: a range of replications of a cell, and the arms that lack them."""

    cell: Cell
    arms: tuple[Arm, ...]
    replications: range

    @property
    def values(self) -> int:
        """Numbers drawn for one replication."""
        synthetic = max(size or 0 for arm in self.arms for _, size in arm.points)
        return (sum(self.cell.counts) + synthetic) * self.cell.columns

    @property
    def work(self) -> int:
        """Numbers drawn for all."""
        return len(self.replications) * self.values

    def blocks(self, most: int) -> Iterator[Task]:
        """Pieces of at most so many replications, the last one shorter."""
        return (Task(self.cell, self.arms, piece) for piece in _cut(self.replications, most))


def run(store: Store, threads: int | None = None, block: int | None = None, progress: Progress | None = None) -> None:
    """Compute and keep everything of a store's design that is not on disk.

    Parameters
    ----------
    store : Store
        An open study.
    threads : int, optional
        Worker threads; by default every core this process may use.
    block : int, optional
        Replications a block; by default so many that a block takes a fraction of a second.
    progress : callable, optional
        Told of every finished block.

    Raises
    ------
    DesignError
        If threads or block is less than 1.
    Interrupted
        On Ctrl-C, after the running blocks are finished and kept.
    StoreError
        If a block cannot be written; finished blocks are kept.
    """
    if (threads is not None and threads < 1) or (block is not None and block < 1):
        raise DesignError(f"got {threads} threads and blocks of {block}, expected at least 1 of each")
    threads = threads or available_threads()
    missing = tuple((cell, tuple(store.missing(cell, arm) for arm in cell.arms)) for cell in store.design.cells)
    stretches = tuple(task for cell, gaps in missing for task in _stretches(cell, gaps))
    total = sum(len(stretch.replications) for stretch in stretches)
    work = sum(stretch.work for stretch in stretches)
    most = -(-work // (threads * max(BLOCKS_A_THREAD, -(-work // (threads * BLOCK_VALUES)))))
    pieces = (piece for stretch in stretches for piece in stretch.blocks(block or max(1, most // stretch.values)))
    tasks = sorted(pieces, key=lambda task: task.work, reverse=True)
    try:
        with serial_blas(), ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(threads) as workers:
            _finish(workers, [workers.submit(_keep, store, task, writer) for task in tasks], total, progress)
    except KeyboardInterrupt:
        store.write_failures()
        raise Interrupted(f"stopped: {_kept(store)}; to go on: {store.command}") from None
    store.write_failures()


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
        When something the population draws from is not there.
    """
    cell.population.prepare()
    tiles = [_tile(cell, arms, piece) for piece in _evenly(replications, _tile_size(cell))]
    return tuple(Results.joined(parts) for parts in zip(*tiles, strict=True))


def _finish(
    workers: ThreadPoolExecutor, blocks: list[Future[Future[int]]], total: int, progress: Progress | None
) -> None:
    done = 0
    try:
        for finished in as_completed(blocks):
            done += finished.result().result()
            if progress is not None:
                progress(done, total)
    except BaseException:
        workers.shutdown(wait=True, cancel_futures=True)
        raise


def _kept(store: Store) -> str:
    every = len(store.design.cells) * store.design.monte_carlo.replications
    left = sum(len(gap) for cell in store.design.cells for gap in store.missing(cell, cell.arms[0]))
    return f"{every - left} of {every} replications are kept"


def _keep(store: Store, task: Task, writer: ThreadPoolExecutor) -> Future[int]:
    """Compute a block and leave the waiting for the disk to the writer."""
    return writer.submit(_write, store, task, compute(task.cell, task.arms, task.replications))


def _write(store: Store, task: Task, results: tuple[Results, ...]) -> int:
    for arm, own in zip(task.arms, results, strict=True):
        store.write(task.cell, arm, own)
    return len(task.replications)


def _tile(cell: Cell, arms: tuple[Arm, ...], replications: range) -> tuple[Results, ...]:
    """One tile of all arms; after an exception, again arm by arm and replication by replication.

    Drawing again gives the same rows, so the arms and replications that are not at fault lose nothing.
    """
    try:
        with np.errstate(all="ignore"):  # a failed fit is reported by its status, not by a warning
            data = _data(cell, replications)
            return tuple(Results.of(replications.start, arm.run(data)) for arm in arms)
    except Exception as error:
        if len(arms) > 1:
            return tuple(_tile(cell, (arm,), replications)[0] for arm in arms)
        if len(replications) > 1:
            return (Results.joined([_tile(cell, arms, single)[0] for single in _cut(replications, 1)]),)
        (arm,) = arms
        message = f"{type(error).__name__}: {error}"
        return (Results.failed(replications.start, len(arm.metrics), len(arm.points), message),)


def _data(cell: Cell, replications: range) -> Data:
    streams = Streams.named(cell.seed, cell.point, replications.start, len(replications))
    blocks = cell.population.sample(streams, _counts(cell, streams))
    return Data(streams, blocks, risk_on(cell.risk, blocks), cell.learner.loss)


def _counts(cell: Cell, streams: Streams) -> tuple[int, ...]:
    if cell.total is None or not isinstance(cell.population, JointPopulation):
        return cell.counts
    (counts,) = cell.population.counts(streams, cell.total)  # random counts: one replication a tile
    return tuple(counts.tolist())


def _stretches(cell: Cell, missing: tuple[tuple[range, ...], ...]) -> Iterator[Task]:
    """The longest ranges over which the same arms are missing."""
    edges = sorted({edge for gaps in missing for gap in gaps for edge in (gap.start, gap.stop)})
    for first, stop in itertools.pairwise(edges):
        lacking = tuple(arm for arm, gaps in zip(cell.arms, missing, strict=True) if any(first in gap for gap in gaps))
        if lacking:
            yield Task(cell, lacking, range(first, stop))


def _cut(replications: range, size: int) -> Iterator[range]:
    return (replications[start : start + size] for start in range(0, len(replications), size))


def _evenly(replications: range, most: int) -> Iterator[range]:
    """Pieces of nearly one size: a last tile of a few replications costs as much Python as a whole one."""
    pieces = -(-len(replications) // most)
    return _cut(replications, -(-len(replications) // pieces))


def _tile_size(cell: Cell) -> int:
    if cell.total is not None:
        return 1
    synthetic = max(size or 0 for arm in cell.arms for _, size in arm.points) if cell.learner.needs_rows else 0
    rows = sum(cell.counts) + synthetic
    return max(1, TILE_BYTES // (8 * rows * cell.columns))
