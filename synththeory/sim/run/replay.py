"""Recompute one replication alone and compare it with what is stored, bit for bit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from synththeory.errors import StoreError
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.run.compute import compute
from synththeory.sim.run.cores import serial_blas
from synththeory.sim.store.base import WINDOW, Store
from synththeory.sim.store.blocks import Results


@dataclass(frozen=True)
class Replay:
    """Outcome of a replay.

    Attributes
    ----------
    numbers : int
        Stored numbers compared.
    different : tuple of str
        Where they differ, in words; empty when all are equal to the bit.
    """

    numbers: int
    different: tuple[str, ...]


def replay(design: Design, store: Store, cell: int, replication: int) -> Replay:
    """Recompute one replication of every arm of a cell.

    Parameters
    ----------
    design : Design
        What was run.
    store : Store
        Its results.
    cell : int
        Place of the cell in the design's grid, from 0.
    replication : int
        Its number, from 0.

    Raises
    ------
    StoreError
        If there is no such cell, or no arm of it has the replication.
    """
    cells = design.cells
    if not 0 <= cell < len(cells):
        raise StoreError(f"{store.place}: got cell {cell}, expected 0 to {len(cells) - 1}")
    stored = [(arm, held) for arm in cells[cell].arms for held in _held(store, cells[cell], arm, replication)]
    if not stored:
        raise StoreError(f"{store.place}: replication {replication} of cell {cell} is not there")
    with serial_blas():
        again = compute(cells[cell], tuple(arm for arm, _ in stored), range(replication, replication + 1))
    different = tuple(
        line for (arm, old), new in zip(stored, again, strict=True) for line in _differences(arm, old, new)
    )
    return Replay(sum(held.values.size + held.status.size for _, held in stored), different)


def _held(store: Store, cell: Cell, arm: Arm, replication: int) -> Iterator[Results]:
    for results in itertools.islice(store.windows(cell, arm, replication + 1), replication // WINDOW, None):
        found = results.between(replication, replication + 1)
        if len(found.replications):
            yield found


def _differences(arm: Arm, old: Results, new: Results) -> Iterator[str]:
    for point, (_, size) in enumerate(arm.points):
        if old.status[0, point] != new.status[0, point]:
            yield f"{arm.label}, synthetic size {size}: status {old.status[0, point]} → {new.status[0, point]}"
        for metric, before, after in zip(arm.metrics, old.values[:, 0, point], new.values[:, 0, point], strict=True):
            if before.tobytes() != after.tobytes():
                yield f"{arm.label}, synthetic size {size}: {metric} {float(before)!r} → {float(after)!r}"
