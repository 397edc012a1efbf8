"""Compiling what a study uses before it is run: kernels compile when they are first called, and only those."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from synththeory.kernels.compile import cache_folder
from synththeory.sim.design.design import Design
from synththeory.sim.run.compute import compute
from synththeory.sim.run.cores import serial_blas


@dataclass(frozen=True)
class Warmed:
    """How far a study is compiled.

    Attributes
    ----------
    done, total : int
        Cells that have been gone through, and all.
    kernels : int or None
        Signatures of kernels compiled so far; None where no folder keeps them, and every process compiles anew.
    seconds : float
        Since the beginning.
    """

    done: int
    total: int
    kernels: int | None
    seconds: float


def warm(design: Design) -> Iterator[Warmed]:
    """Compile what a study's simulation uses, by one replication of every cell, which is not kept.

    Parameters
    ----------
    design : Design
        The study.

    Yields
    ------
    Warmed
        After every cell.
    """
    started, before, cells = time.monotonic(), _kept(), design.cells
    for place, cell in enumerate(cells):
        with serial_blas():
            compute(cell, cell.arms, range(cell.learner.batch or 1))
        after = _kept()
        compiled = None if after is None or before is None else after - before
        yield Warmed(place + 1, len(cells), compiled, time.monotonic() - started)


def _kept() -> int | None:
    folder = cache_folder()
    return None if folder is None else sum(1 for _ in folder.rglob("*.nbc"))
