"""How a shared study stands: what is there, what is missing, what failed, and how long the rest takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synththeory.sim.run.plan import Plan
from synththeory.sim.run.shards import missing_blocks, paces
from synththeory.sim.store.blocks import QUARANTINED
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import other_software


@dataclass(frozen=True)
class Standing:
    """The state of a study folder.

    Attributes
    ----------
    blocks, missing_blocks : int
        Planned, and those of which something is missing.
    replications, missing : int
        Of all arms of all cells together.
    failed : mapping
        Replications that failed at one point or more, by arm.
    quarantined : tuple of str
        Replications that killed their worker twice, in words.
    damaged : tuple of str
        Files that cannot be trusted, and why.
    foreign : tuple of str
        What parts were computed with, where it is not what the study was planned with.
    seconds_left : float or None
        The rest at the pace of the shards that have run, all at once; None where none has.
    shards : int
        How many those are.
    """

    blocks: int
    missing_blocks: int
    replications: int
    missing: int
    failed: Counter[str]
    quarantined: tuple[str, ...]
    damaged: tuple[str, ...]
    foreign: tuple[str, ...]
    seconds_left: float | None
    shards: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def standing(store: FileStore, plan: Plan) -> Standing:
    """How a folder stands; nothing in it is touched.

    Parameters
    ----------
    store, plan
        The folder and its plan.

    Raises
    ------
    StoreError
        If a file cannot be read.
    """
    design = plan.design
    pieces = missing_blocks(store, plan)
    failed: Counter[str] = Counter()
    damaged: list[str] = []
    quarantined: list[str] = []
    for place, cell in enumerate(design.cells):
        for arm in cell.arms:
            failed[arm.label] += 0
            for found in store.inspected(cell, arm):
                if found.results is None:
                    damaged.append(f"{found.path}: {found.damage}")
                    continue
                failed[arm.label] += int(np.isnan(found.results.values).any(axis=(0, 2)).sum())
                killers = found.results.replications[found.results.messages == QUARANTINED]
                quarantined.extend(f"{arm.label}, cell {place}, replication {number}" for number in killers)
    left = sum(piece.task.work for piece in pieces)
    speeds = paces(store.folder)
    return Standing(
        blocks=len(plan.blocks),
        missing_blocks=len({piece.block for piece in pieces}),
        replications=design.monte_carlo.replications * sum(len(cell.arms) for cell in design.cells),
        missing=sum(len(piece.task.arms) * len(piece.task.replications) for piece in pieces),
        failed=failed,
        quarantined=tuple(quarantined),
        damaged=tuple(damaged),
        foreign=tuple(_foreign(store)),
        seconds_left=left / sum(speeds) if speeds else (0.0 if not left else None),
        shards=len(speeds),
    )


def _foreign(store: FileStore) -> Iterator[str]:
    first, *others = store.lock.environments
    for other in others:
        software = ", ".join(other_software(first, other))
        hardware = ", ".join(
            f"{name} {first.get(name, '(unknown)')} → {other[name]}"
            for name in ("system", "processor")
            if name in other and first.get(name) != other[name]
        )
        yield from filter(None, (software, hardware))
