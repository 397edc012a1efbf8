"""Results on disk: one file a block and arm, verified before it is trusted, never half-written.

Layout of a folder::

    design.toml   the design, every default spelt out
    lock.json     the design again with digests, versions, processor and seed
    blocks/<cell digest>/<arm key>/<first>-<last>.npy
    failures.jsonl   every replication in which an arm failed, derived from the blocks
    plan.json, environments/, shards/, attempts/   of a study that several processes share
    .gate    empty; whoever changes lock.json holds it
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from synththeory.errors import StoreError
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.store.base import arm_key, gaps, span, windows_of
from synththeory.sim.store.blocks import DamagedBlock, Results, decoded, encoded
from synththeory.sim.store.lock import Lock, environment, read_lock
from synththeory.sim.store.whole_files import alone, read_whole, remove_partial, write_whole
from synththeory.status import Status

_log = logging.getLogger("synththeory")


@dataclass(frozen=True, eq=False)
class Inspected:
    """A block file as it is found.

    Attributes
    ----------
    path : Path
        Where it is.
    results : Results or None
        What it holds; None where it cannot be trusted.
    damage : str
        Why not; empty where it can.
    """

    path: Path
    results: Results | None
    damage: str = ""


@dataclass(frozen=True, eq=False)
class FileStore:
    """The results of one study in a folder.

    Attributes
    ----------
    folder : Path
        Where they are.
    lock : Lock
        What they belong to: the design last run there, and on what it was computed.
    """

    folder: Path
    lock: Lock

    @classmethod
    def create(cls, folder: Path, design: Design) -> FileStore:
        """Open a folder to run a design in, new or with results of the same design.

        Where several processes do so at once, it is as if one had come after the other.

        Raises
        ------
        StoreError
            If the folder cannot be written, or holds another design.
        """
        with alone(folder):
            lock = _lock_for(design, folder)
            lock.write(folder)
        remove_partial(folder)
        return cls(folder, lock)

    @classmethod
    def existing(cls, folder: Path) -> FileStore:
        """Open a folder to read it.

        Raises
        ------
        StoreError
            If it is not a study folder.
        """
        return cls(folder, read_lock(folder))

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    @property
    def remedy(self) -> str:
        """The command that computes what is missing here."""
        use = "".join(f" --use {file}" for file in self.lock.unnamed_files)
        return f"python -m synththeory.sim run {self.folder / 'design.toml'} --out {self.folder}{use}"

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

    def missing(self, cell: Cell, arm: Arm, replications: int) -> tuple[range, ...]:
        """The replications among 0, …, R − 1 that are not on disk; damaged blocks are set aside and named."""
        held = []
        for found in self.inspected(cell, arm):
            if found.results is not None:
                held.append(span(found.results))
            else:
                _set_aside(found)
        return gaps(held, replications)

    def lacking(self, cell: Cell, arm: Arm, replications: int) -> tuple[range, ...]:
        """The same as `missing`, and nothing is touched."""
        found = (each.results for each in self.inspected(cell, arm))
        return gaps([span(results) for results in found if results is not None], replications)

    def inspected(self, cell: Cell, arm: Arm) -> Iterator[Inspected]:
        """Every block file of an arm, whether it can be trusted or not.

        Raises
        ------
        StoreError
            If a file cannot be read.
        """
        for path in self._paths(cell, arm):
            try:
                yield Inspected(path, self._load(path, cell, arm))
            except DamagedBlock as reason:
                yield Inspected(path, None, str(reason))

    def windows(self, cell: Cell, arm: Arm, replications: int) -> Iterator[Results]:
        """The results on disk, window by window (see `Store`).

        Raises
        ------
        StoreError
            If a block is damaged.
        """
        return windows_of(self._blocks(cell, arm), arm, replications)

    def finish(self, design: Design) -> None:
        """Write the ledger of failed fits, one JSON object for every arm and replication, from the blocks."""
        lines = []
        for place, cell in enumerate(design.cells):
            for arm in cell.arms:
                for results in self.windows(cell, arm, design.monte_carlo.replications):
                    for row in np.flatnonzero((results.status != Status.OK).any(axis=1)):
                        lines.append(json.dumps(_failure(place, cell, arm, results, int(row)), ensure_ascii=False))
        write_whole(self.folder / "failures.jsonl", "".join(f"{line}\n" for line in lines).encode())

    def _arm_folder(self, cell: Cell, arm: Arm) -> Path:
        return self.folder / "blocks" / cell.digest / arm_key(cell, arm)

    def _paths(self, cell: Cell, arm: Arm) -> list[Path]:
        return sorted(self._arm_folder(cell, arm).glob("*.npy"))

    def _blocks(self, cell: Cell, arm: Arm) -> Iterator[Results]:
        for found in self.inspected(cell, arm):
            if found.results is None:
                raise StoreError(f"{found.path} is damaged ({found.damage}); to compute it anew: {self.remedy}")
            yield found.results

    def _load(self, path: Path, cell: Cell, arm: Arm) -> Results:
        results = decoded(read_whole(path), _identity(cell, arm))
        points = len(arm.points)
        if results.values.shape != (len(arm.metrics), len(results.replications), points) or not points:
            raise DamagedBlock("its shape is not the design's")
        return results


def _lock_for(design: Design, folder: Path) -> Lock:
    """The lock of a folder once a design is run in it too."""
    if not (folder / "lock.json").exists():
        if (folder / "blocks").exists():
            raise StoreError(f"{folder} holds blocks but no lock.json; restore it, or choose another folder with --out")
        return Lock(design, (environment(),))
    lock = read_lock(folder)
    extended = lock.extended(design, folder)
    if len(extended.environments) > len(lock.environments):
        _log.warning("%s: %s", folder, _new_environment(lock.environments[-1]))
    return extended


def _set_aside(found: Inspected) -> None:
    try:
        found.path.replace(found.path.with_suffix(".damaged"))
    except FileNotFoundError:
        return  # another machine was faster
    except OSError as error:
        raise StoreError(f"cannot set the damaged {found.path} aside: {error.strerror or error}") from None
    _log.warning("%s is damaged (%s): set aside, computed anew", found.path, found.damage)


def _identity(cell: Cell, arm: Arm) -> str:
    return f"{cell.digest}/{arm_key(cell, arm)}"


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
