"""The cores of this process: how many a study may use, and linear algebra that stays on one of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

import scipy.linalg  # noqa: F401  # its BLAS, beside numpy's, is there to be found
from threadpoolctl import LibController, ThreadpoolController


def available_threads() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def serial_blas() -> Iterator[None]:
    """Hold BLAS to one thread: last bits and speed must not depend on how many cores it would take.

    The limit is the process's. The first of several users at once sets it, the last one to leave puts back what the
    first one found.
    """
    _limit.enter()
    try:
        yield
    finally:
        _limit.leave()


class _SharedLimit:
    """One limit on the threads of BLAS, and how many are using it."""

    def __init__(self) -> None:
        self._lock, self._users = Lock(), 0
        self._before: list[tuple[LibController, int]] = []

    def enter(self) -> None:
        with self._lock:
            if not self._users:
                libraries = [library for library in _libraries().lib_controllers if library.user_api == "blas"]
                self._before = [(library, library.num_threads) for library in libraries]
                for library in libraries:
                    _set_threads(library, 1)
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                for library, threads in self._before:
                    _set_threads(library, threads)


_limit = _SharedLimit()


def _set_threads(library: LibController, threads: int) -> None:
    """From whichever thread: since 3.8 threadpoolctl lets only the one that limited OpenBLAS first change the limit."""
    getattr(library, "_real_set_num_threads", library.set_num_threads)(threads)


@cache
def _libraries() -> ThreadpoolController:
    """Looked for once: to find them takes as long as several replications of F3."""
    return ThreadpoolController()  # type: ignore[no-untyped-call]
