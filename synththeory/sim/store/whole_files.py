"""Files that are either whole or not there."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from synththeory.errors import StoreError

_GATE = ".gate"
_PARTIAL = ".partial"
_ABANDONED = 3600.0  # seconds


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it holds the old content or the new, never a part.

    It may be written by several machines at once: the last one's content stays, whole.

    Parameters
    ----------
    path : Path
        Its folder is made where it is missing.
    content : bytes
        The whole content.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _replace(path, content)
        except FileNotFoundError:  # cleared away as abandoned, by a machine whose clock is an hour ahead
            _replace(path, content)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process is here for the same folder, made where it is missing.

    Every process that shares the folder is kept out, on other machines too where the disk locks files across machines.
    A process that dies keeps nobody out.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    """
    path = folder / _GATE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        gate = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from None
    try:
        with suppress(ImportError, OSError):  # a system or a disk without locks
            import_module("fcntl").flock(gate, import_module("fcntl").LOCK_EX)
        yield
    finally:
        os.close(gate)


def _replace(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}{_PARTIAL}")
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def remove_partial(folder: Path) -> None:
    """Remove what killed runs left half-written in a folder and below.

    A file takes a moment to write, so one that nobody has touched for an hour belongs to no living run, here or on
    another machine that shares the folder.
    """
    for partial in folder.rglob(f"*{_PARTIAL}"):
        with suppress(OSError):  # another run may be clearing up too
            if time.time() - partial.stat().st_mtime > _ABANDONED:
                partial.unlink()


def read_whole(path: Path) -> bytes:
    """A file's content.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}") from None
