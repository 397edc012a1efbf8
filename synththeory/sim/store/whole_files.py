"""Files that are either whole or not there."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from synththeory.errors import StoreError

_PARTIAL = ".partial"
_ABANDONED = 3600.0  # seconds


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it holds the old content or the new, never a part.

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
    partial = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}{_PARTIAL}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from None


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
