"""A study on disk: one file a block and arm, verified before it is trusted, never half-written.

Layout of a folder::

    design.toml   the design, every default spelt out
    lock.json     the design again with digests, versions, processor and seed
    blocks/<cell digest>/<arm digest>/<first>-<last>.npy
    failures.jsonl   every replication in which an arm failed, derived from the blocks
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synththeory.errors import StoreError
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.store.blocks import DamagedBlock, Results, decoded, encoded
from synththeory.sim.store.lock import Lock, environment, read_lock
from synththeory.sim.store.whole_files import read_whole, remove_partial, write_whole
from synththeory.status import Status

WINDOW = 4096
"""Replications read and summed at a time: fixed, so that no rounding depends on how the blocks were cut."""

_log = logging.getLogger("synththeory")


@dataclass(frozen=True, eq=False)
class Store:
    """The results of one study.

    Attributes
    ----------
    folder : Path
        Where they are.
    design : Design
        What they belong to.
    """

    folder: Path
    design: Design

    @classmethod
    def create(cls, folder: Path, design: Design) -> Store:
        """Open a folder to run a design in, new or with results of the same design.

        Raises
        ------
        StoreError
            If the folder cannot be written, or holds another design.
        """
        if (folder / "lock.json").exists():
            lock = read_lock(folder)
            extended = lock.extended(design, folder)
            if len(extended.environments) > len(lock.environments):
                _log.warning("%s: %s", folder, _new_environment(lock.environments[-1]))
        elif (folder / "blocks").exists():
            raise StoreError(f"{folder} holds blocks but no lock.json; restore it, or choose another folder with --out")
        else:
            extended = Lock(design, (environment(),))
        extended.write(folder)
        remove_partial(folder)
        return cls(folder, design)

    @classmethod
    def temporary(cls, design: Design) -> Store:
        """A store that lasts as long as the object."""
        folder = Path(tempfile.mkdtemp(prefix="synththeory-"))
        store = cls.create(folder, design)
        weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
        return store

    @classmethod
    def existing(cls, folder: Path) -> Store:
        """Open a folder to read it.

        Raises
        ------
        StoreError
            If it is not a study folder.
        """
        return cls(folder, read_lock(folder).design)

    @property
    def command(self) -> str:
        """The command that computes what is missing here."""
        return f"python -m synththeory.sim run {self.folder / 'design.toml'} --out {self.folder}"

    def write(self, cell: Cell, arm: Arm, results: Results) -> None:
        """Keep a block of one arm.

        Raises
        ------
        StoreError
            If the file cannot be written.
        """
        first, last = int(results.replications[0]), int(results.replications[-1])
        path = self._arm_folder(cell, arm) / f"{first:09d}-{last:09d}.npy"
        write_whole(path, encoded(results, _identity(cell, arm)))

    def missing(self, cell: Cell, arm: Arm) -> tuple[range, ...]:
        """The replications of the design that are not on disk; damaged blocks are set aside and named."""
        held = []
        for path in self._paths(cell, arm):
            try:
                held.append(_span(self._load(path, cell, arm)))
            except DamagedBlock as reason:
                path.replace(path.with_suffix(".damaged"))
                _log.warning("%s is damaged (%s): set aside, computed anew", path, reason)
        return _gaps(held, self.design.monte_carlo.replications)

    def windows(self, cell: Cell, arm: Arm) -> Iterator[Results]:
        """The results on disk among the design's replications, window by window of ``WINDOW`` replications.

        Every arm of a cell yields the same windows; a window holds what is there, which may be nothing.

        Raises
        ------
        StoreError
            If a block is damaged.
        """
        total = self.design.monte_carlo.replications
        blocks = self._blocks(cell, arm)
        block = next(blocks, None)
        for first in range(0, total, WINDOW):
            stop = min(first + WINDOW, total)
            parts, reached = [_nothing(arm)], first
            while block is not None and block.replications[0] < stop:
                parts.append(block.between(reached, stop))
                reached = max(reached, min(_span(block).stop, stop))
                if _span(block).stop > stop:
                    break
                block = next(blocks, None)
            yield Results.joined(parts)

    def write_failures(self) -> None:
        """Write the ledger of failed fits, one JSON object for every arm and replication, from the blocks."""
        lines = []
        for place, cell in enumerate(self.design.cells):
            for arm in cell.arms:
                for results in self.windows(cell, arm):
                    for row in np.flatnonzero((results.status != Status.OK).any(axis=1)):
                        lines.append(json.dumps(_failure(place, cell, arm, results, int(row)), ensure_ascii=False))
        write_whole(self.folder / "failures.jsonl", "".join(f"{line}\n" for line in lines).encode())

    def _arm_folder(self, cell: Cell, arm: Arm) -> Path:
        return self.folder / "blocks" / cell.digest / arm.digest

    def _paths(self, cell: Cell, arm: Arm) -> list[Path]:
        return sorted(self._arm_folder(cell, arm).glob("*.npy"))

    def _blocks(self, cell: Cell, arm: Arm) -> Iterator[Results]:
        for path in self._paths(cell, arm):
            try:
                yield self._load(path, cell, arm)
            except DamagedBlock as reason:
                raise StoreError(f"{path} is damaged ({reason}); to compute it anew: {self.command}") from None

    def _load(self, path: Path, cell: Cell, arm: Arm) -> Results:
        results = decoded(read_whole(path), _identity(cell, arm))
        points = len(arm.points)
        if results.values.shape != (len(arm.metrics), len(results.replications), points) or not points:
            raise DamagedBlock("its shape is not the design's")
        return results


def _identity(cell: Cell, arm: Arm) -> str:
    return f"{cell.digest}/{arm.digest}"


def _span(results: Results) -> range:
    return range(int(results.replications[0]), int(results.replications[-1]) + 1)


def _nothing(arm: Arm) -> Results:
    points = len(arm.points)
    return Results(
        np.empty(0, dtype=np.int64),
        np.empty((len(arm.metrics), 0, points)),
        np.empty((0, points), dtype=np.uint8),
        np.empty(0, dtype=np.str_),
    )


def _gaps(held: list[range], total: int) -> tuple[range, ...]:
    """The complement of the union of ranges within 0, …, total − 1."""
    gaps, reached = [], 0
    for span in sorted(held, key=lambda span: span.start):
        if span.start > reached:
            gaps.append(range(reached, min(span.start, total)))
        reached = max(reached, span.stop)
    gaps.append(range(reached, total))
    return tuple(gap for gap in gaps if gap)


def _failure(place: int, cell: Cell, arm: Arm, results: Results, row: int) -> dict[str, object]:
    codes = results.status[row]
    failed = np.flatnonzero(codes != Status.OK)
    return {
        "cell": place,
        "swept": dict(cell.swept),
        "arm": arm.label,
        "replication": int(results.replications[row]),
        "synthetic_sizes": [arm.points[point][1] for point in failed],
        "reason": "; ".join(dict.fromkeys(Status(int(codes[point])).reason for point in failed)),
        "message": str(results.messages[row]),
    }


def _new_environment(before: dict[str, str]) -> str:
    changes = [
        f"{name} {before.get(name, '(unknown)')} → {value}"
        for name, value in environment().items()
        if before.get(name) != value
    ]
    return f"its results were computed with other software or hardware, last bits may differ: {', '.join(changes)}"
