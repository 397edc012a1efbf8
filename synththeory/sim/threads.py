"""Worker threads of a study; linear algebra inside each of them is serial."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


def available_threads() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def serial_blas() -> Iterator[None]:
    """Hold BLAS to one thread: last bits and speed must not depend on how many cores it would take."""
    with threadpool_limits(1, user_api="blas"):  # type: ignore[no-untyped-call]
        yield
