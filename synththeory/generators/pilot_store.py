"""Rows of pilots that train nets, kept on disk set by set: a pilot that is stopped goes on where it was."""

from __future__ import annotations

import hashlib
import inspect
import logging
import os
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from synththeory.arrays import Array
from synththeory.caches import user_folder
from synththeory.components import digest
from synththeory.generators.base import Generator

_log = logging.getLogger(__name__)
_BATCH = 10
"""Sets a file."""
_QUIET = 5.0
"""Seconds before the first word about how long it takes."""


def kept_on_disk(generator: Generator, point: str, sets: int, make: Callable[[slice], Array]) -> Array:
    """The rows of every set, (sets, m, d), from the user's cache folder where they are there.

    The name holds the settings, the text of the code that learns and the version of jaxlib: each may change a bit.

    Parameters
    ----------
    generator : Generator
        Who makes them.
    point : str
        Digest of all settings.
    sets : int
        How many.
    make : callable
        From places of sets to their rows, which depend on no other set.
    """
    folder = user_folder("pilots", digest(point, _code(type(generator)), _compiler())[:16])
    parts, started, made = [], time.perf_counter(), 0
    for first in range(0, sets, _BATCH):
        places = slice(first, min(first + _BATCH, sets))
        path = None if folder is None else folder / f"{first:05d}.npy"
        rows = _read(path)
        if rows is None:
            rows = make(places)
            _write(path, rows)
            made += places.stop - first
            _tell(generator.label, places.stop, sets, (time.perf_counter() - started) / made)
        parts.append(rows)
    return np.concatenate(parts)


@cache
def _code(kind: type[Generator]) -> str:
    """Digest of the modules of its classes that learn, and of the modules of `neural` that it names."""
    room = Path(__file__).parents[1]
    classes = [each for each in kind.__mro__ if issubclass(each, Generator)]
    own = {file for file in map(Path, map(inspect.getfile, classes)) if file.parent.name == "learned"}
    sources = [*sorted(own), *(room / "neural" / f"{name}.py" for name in kind.programs)]
    return hashlib.blake2b(b"".join(source.read_bytes() for source in sources), digest_size=8).hexdigest()


def _compiler() -> str:
    try:
        return version("jaxlib")
    except PackageNotFoundError:  # whoever learns says so when asked to
        return ""


def _read(path: Path | None) -> Array | None:
    try:
        return None if path is None else np.load(path)
    except (OSError, ValueError, EOFError):  # not there, or cut short by something that broke
        return None


def _write(path: Path | None, rows: Array) -> None:
    if path is None:
        return
    part = path.with_name(f"{path.stem}-{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.save(file, rows)
        part.replace(path)
    except OSError:
        _log.warning("%s: no room for a pilot's rows; they are made again next time", path.parent)


def _tell(label: str, done: int, sets: int, pace: float) -> None:
    if done < sets and pace * done > _QUIET:
        left = pace * (sets - done)
        words = f"{left / 60:.0f} min" if left > 90.0 else f"{left:.0f} s"
        _log.info("pilot of %s: %d of %d sets, about %s left", label, done, sets, words)
