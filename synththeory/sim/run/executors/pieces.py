"""A task as it travels to another process, which reads the design from the folder that both see and writes there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from synththeory.components import digest
from synththeory.errors import DesignError, StoreError, SynththeoryError
from synththeory.sim.run.compute import compute
from synththeory.sim.run.cores import serial_blas
from synththeory.sim.run.plan import Task
from synththeory.sim.store.base import Store
from synththeory.sim.store.blocks import QUARANTINED, Results
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import environment, other_software

_log = logging.getLogger("synththeory")


@dataclass(frozen=True)
class Piece:
    """A task as it travels: places in the design that the folder's lock holds."""

    cell: int
    arms: tuple[int, ...]
    first: int
    stop: int


@dataclass(frozen=True)
class Sender:
    """What the process that deals out the blocks is, for a worker to compare itself with."""

    folder: str
    design: str
    environment: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, store: FileStore) -> Sender:
        """This process, with a study folder as it has read it."""
        return cls(str(store.folder.resolve()), digest(store.lock.design.table), tuple(environment().items()))


def piece(store: FileStore, task: Task) -> Piece:
    """A task as it travels."""
    places = {cell.label: place for place, cell in enumerate(store.lock.design.cells)}
    arms = tuple(task.cell.arms.index(arm) for arm in task.arms)
    return Piece(places[task.cell.label], arms, task.replications.start, task.replications.stop)


def computed(sender: Sender, piece: Piece) -> Piece:
    """Compute a block and write it: what a worker is sent.

    Raises
    ------
    SynththeoryError
        If the worker does not see the folder or runs other software, or the block cannot be kept.
    """
    store = _shaken(sender)
    cell = store.lock.design.cells[piece.cell]
    arms = tuple(cell.arms[place] for place in piece.arms)
    with serial_blas():
        for arm, results in zip(arms, compute(cell, arms, range(piece.first, piece.stop)), strict=True):
            store.write(cell, arm, results)
    return piece


@cache
def _shaken(sender: Sender) -> FileStore:
    """The folder, once a worker has found that it is the sender's and that it runs the same software."""
    foreign = ", ".join(other_software(dict(sender.environment), environment()))
    if foreign:
        raise SynththeoryError(f"a worker runs other software: {foreign}")
    folder = Path(sender.folder)
    if not (folder / "lock.json").is_file():
        raise StoreError(f"a worker does not see {folder}: the study folder must be on a disk that all workers share")
    store = FileStore.existing(folder)
    if digest(store.lock.design.table) != sender.design:
        raise StoreError(
            f"a worker sees another design in {folder}: the folder must be shared by all workers, "
            "and its design stay as it is while they run"
        )
    store.lock.joined(folder)
    return store


def search(task: Task, survived: Callable[[Task], bool], store: FileStore) -> None:
    """Compute the halves of a task that kills, until what kills is one replication of one arm: keep that as failed.

    Parameters
    ----------
    task : Task
        What a worker has died at.
    survived : callable
        Computes a piece of it, alone; whether its worker lived.
    store : FileStore
        Where the results go.
    """
    for half in _halves(task) or (task,):
        if survived(half):
            continue
        if _halves(half):
            search(half, survived, store)
        else:
            _quarantine(half, store)


def sendable(store: Store) -> FileStore:
    """A store that other processes see.

    Raises
    ------
    DesignError
        If it is in memory.
    """
    if not isinstance(store, FileStore):
        raise DesignError("other processes write results into a shared folder: keep the study on disk")
    return store


def _halves(task: Task) -> tuple[Task, ...]:
    """A task in two: its replications, or its arms where it has one replication; nothing where it has one of each."""
    numbers, arms = task.replications, task.arms
    if len(numbers) > 1:
        middle = numbers.start + len(numbers) // 2
        return task.between(numbers.start, middle), task.between(middle, numbers.stop)
    if len(arms) > 1:
        middle = len(arms) // 2
        return Task(task.cell, arms[:middle], numbers), Task(task.cell, arms[middle:], numbers)
    return ()


def _quarantine(task: Task, store: FileStore) -> None:
    (arm,), number, place = task.arms, task.replications.start, piece(store, task).cell
    store.write(task.cell, arm, Results.failed(number, len(arm.metrics), len(arm.points), QUARANTINED))
    _log.warning(
        "%s, cell %d, replication %d killed its worker twice: kept as failed; to see it die: "
        "python -m synththeory.sim replay %s --cell %d --replication %d",
        arm.label, place, number, store.place, place, number,
    )  # fmt: skip
