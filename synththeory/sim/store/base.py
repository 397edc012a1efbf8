"""What a store is: results by cell and arm, whatever they are kept in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from synththeory.components import digest
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.store.blocks import Results
from synththeory.sources import source_digests

WINDOW = 4096
"""Replications read and summed at a time: fixed, so that no rounding depends on how the blocks were cut."""


class Store(Protocol):
    """Where results are kept, under the digest of their cell and the key of their arm: what designs share is shared."""

    @property
    def place(self) -> str:
        """Where the results are, for a message."""

    @property
    def remedy(self) -> str:
        """How to compute what is missing, for a message."""

    def write(self, cell: Cell, arm: Arm, results: Results) -> None:
        """Keep a block of one arm.

        Raises
        ------
        StoreError
            If that is not possible.
        """

    def missing(self, cell: Cell, arm: Arm, replications: int) -> tuple[range, ...]:
        """The replications among 0, …, R − 1 that are not kept, as ranges in order."""

    def windows(self, cell: Cell, arm: Arm, replications: int) -> Iterator[Results]:
        """The results kept among the replications 0, …, R − 1, window by window of ``WINDOW`` replications.

        Every arm of a cell yields the same windows; a window holds what is there, which may be nothing.

        Raises
        ------
        StoreError
            If a block is damaged.
        """

    def finish(self, design: Design) -> None:
        """Bring up to date what is derived from the results, at the end of a run."""


def arm_key(cell: Cell, arm: Arm) -> str:
    """Digest under which an arm's results are kept in its cell.

    The arm's own, as long as all components are the package's; the texts that define people's own are part of it, so
    that an edited component never finds the results of what it was before.
    """
    texts = source_digests(cell.population, cell.learner, arm)
    return digest(arm.digest, list(texts)) if texts else arm.digest


def windows_of(blocks: Iterable[Results], arm: Arm, replications: int) -> Iterator[Results]:
    """The windows that blocks in the order of their first replication fill; blocks may overlap, and count once."""
    remaining = iter(blocks)
    block = next(remaining, None)
    for first in range(0, replications, WINDOW):
        stop = min(first + WINDOW, replications)
        parts, reached = [_nothing(arm)], first
        while block is not None and block.replications[0] < stop:
            parts.append(block.between(reached, stop))
            reached = max(reached, min(span(block).stop, stop))
            if span(block).stop > stop:
                break
            block = next(remaining, None)
        yield Results.joined(parts)


def span(results: Results) -> range:
    """The replications of a block."""
    return range(int(results.replications[0]), int(results.replications[-1]) + 1)


def gaps(held: Iterable[range], replications: int) -> tuple[range, ...]:
    """The complement of a union of ranges within 0, …, R − 1."""
    left, reached = [], 0
    for each in sorted(held, key=lambda each: each.start):
        if each.start > reached:
            left.append(range(reached, min(each.start, replications)))
        reached = max(reached, each.stop)
    left.append(range(reached, replications))
    return tuple(gap for gap in left if gap)


def _nothing(arm: Arm) -> Results:
    points = len(arm.points)
    return Results(
        np.empty(0, dtype=np.int64),
        np.empty((len(arm.metrics), 0, points)),
        np.empty((0, points), dtype=np.uint8),
        np.empty(0, dtype=np.str_),
    )
