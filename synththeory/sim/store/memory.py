"""Results in memory: for a study that is not kept, and for one that is watched while it grows."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from threading import Lock

from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.store.base import arm_key, gaps, span, windows_of
from synththeory.sim.store.blocks import Results, from_records, records


class MemoryStore:
    """Results that last as long as the object, about as many bytes as their files would take.

    They are found by the digests of cell and arm alone: another design run in the same store computes only what no
    design before it has computed.
    """

    def __init__(self) -> None:
        self._blocks: defaultdict[tuple[str, str], list[Results]] = defaultdict(list)
        self._lock = Lock()

    @property
    def place(self) -> str:
        """In memory."""
        return "memory"

    @property
    def remedy(self) -> str:
        """There is no command that reaches another process's memory."""
        return "run the study again; out = 'DIR' keeps results on disk"

    def write(self, cell: Cell, arm: Arm, results: Results) -> None:
        """Keep a block of one arm."""
        kept = from_records(records(results))  # laid out as a file's: no sum over it may round in another order
        with self._lock:
            insort(self._blocks[cell.digest, arm_key(cell, arm)], kept, key=_first)

    def missing(self, cell: Cell, arm: Arm, replications: int) -> tuple[range, ...]:
        """The replications among 0, …, R − 1 that are not kept."""
        return gaps(map(span, self._held(cell, arm)), replications)

    def windows(self, cell: Cell, arm: Arm, replications: int) -> Iterator[Results]:
        """The results kept, window by window (see `Store`)."""
        return windows_of(self._held(cell, arm), arm, replications)

    def finish(self, design: Design) -> None:
        """Nothing is derived from the results."""

    def _held(self, cell: Cell, arm: Arm) -> list[Results]:
        with self._lock:
            return list(self._blocks.get((cell.digest, arm_key(cell, arm)), ()))


def _first(block: Results) -> int:
    return int(block.replications[0])
