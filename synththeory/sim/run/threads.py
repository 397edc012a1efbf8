"""Worker threads of a study; linear algebra inside each of them is serial."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import scipy.linalg  # noqa: F401  # its BLAS, beside numpy's, is there to be found
from threadpoolctl import ThreadpoolController


def available_threads() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def serial_blas() -> Iterator[None]:
    """Hold BLAS to one thread: last bits and speed must not depend on how many cores it would take."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Looked for once: to find them takes as long as several replications of F3."""
    return ThreadpoolController()  # type: ignore[no-untyped-call]
