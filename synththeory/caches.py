"""Values that are made once and kept, never more of them than a bound; and the folder of what is kept on disk."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial, wraps
from pathlib import Path
from threading import Lock, RLock
from typing import Generic, ParamSpec, TypeVar

Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")


def _one(value: object) -> float:
    return 1.0


@dataclass(eq=False)
class _Slot(Generic[Value]):
    """A value's place: whoever holds its lock makes the value, whoever waits for it finds the value made."""

    lock: RLock = field(default_factory=RLock)
    value: list[Value] = field(default_factory=list)
    weight: float = 0.0


class Cache(Generic[Value]):
    """The values used last, for all threads; two threads that ask at once for a value get the same one.

    Parameters
    ----------
    room : float
        Total weight that is kept; the value made last is kept whatever it weighs.
    weight : callable, optional
        What a value weighs, such as its bytes; each counts one when not given.
    """

    def __init__(self, room: float, weight: Callable[[Value], float] = _one) -> None:
        self._room, self._weight = room, weight
        self._slots: OrderedDict[Hashable, _Slot[Value]] = OrderedDict()
        self._kept = 0.0
        self._lock = Lock()

    def __len__(self) -> int:
        """Number of values kept or being made."""
        return len(self._slots)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of this key, made where it is not kept.

        Parameters
        ----------
        key : hashable
            Its name.
        make : callable
            Makes it. What it raises is raised here and nothing is kept; other keys are never kept waiting.
        """
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
        with slot.lock:
            if not slot.value:
                self._fill(key, slot, make)
            return slot.value[0]

    def clear(self) -> None:
        """Let go of all."""
        with self._lock:
            self._slots.clear()
            self._kept = 0.0

    def _fill(self, key: Hashable, slot: _Slot[Value], make: Callable[[], Value]) -> None:
        try:
            slot.value.append(make())
            weight = self._weight(slot.value[0])
        except BaseException:
            with self._lock:
                if self._slots.get(key) is slot:
                    del self._slots[key]
            raise
        with self._lock:
            if self._slots.get(key) is slot:  # not so where all were let go of meanwhile
                self._kept += weight - slot.weight
                slot.weight = weight
                self._drop_the_oldest(slot)

    def _drop_the_oldest(self, newest: _Slot[Value]) -> None:
        while self._kept > self._room:
            made = (key for key, slot in self._slots.items() if slot is not newest and slot.value)
            oldest = next(made, None)
            if oldest is None:
                return
            self._kept -= self._slots.pop(oldest).weight


def bounded(most: int) -> Callable[[Callable[Arguments, Value]], Callable[Arguments, Value]]:
    """Decorator of a function of hashable arguments: its last ``most`` values are kept (see `Cache`).

    Parameters
    ----------
    most : int
        How many values.
    """

    def decorate(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
        kept: Cache[Value] = Cache(most)

        @wraps(function)
        def remembered(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
            return kept.get((args, tuple(sorted(kwargs.items()))), partial(function, *args, **kwargs))

        return remembered

    return decorate


def user_folder(*names: str) -> Path | None:
    """A folder in the user's cache folder (``XDG_CACHE_HOME``, or ``~/.cache``), made if need be.

    Parameters
    ----------
    *names : str
        Folder within folder, below ``synththeory``.

    Returns
    -------
    Path or None
        None where it cannot be written.
    """
    chosen = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(chosen).joinpath("synththeory", *names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
