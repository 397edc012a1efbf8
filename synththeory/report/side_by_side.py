"""Experiments two at a time, each in a process of its own with half of the threads.

One simulates while theory and figure of the other are made, which is work for one core. No number depends on it.
Threads of one process would wait for each other at the interpreter's lock: drawing is Python throughout, and so is much
of a forest. One process takes the experiments in their order, the other the longest that is left: both end together.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread

from synththeory.errors import SynththeoryError
from synththeory.report.claims import Experiment
from synththeory.report.reproduced import Order, Reproduced, effort
from synththeory.sim.run.executors.processes import child_environment

_log = logging.getLogger("synththeory")
AT_ONCE = 2
"""Experiments."""
_CHILD = "from synththeory.report.side_by_side import fulfil; fulfil()"


@dataclass(frozen=True)
class _Told:
    """How far a child is."""

    done: int
    total: int


@dataclass(frozen=True)
class _Noted:
    """A warning of the package in a child."""

    text: str


@dataclass(frozen=True)
class _Refused:
    """What a user can mend."""

    text: str


_Message = _Told | _Noted | _Refused | Reproduced | None
"""What a child says; None: it has ended."""


class _Child:
    """A process that fulfils orders, and the thread that listens to it.

    Parameters
    ----------
    heard : SimpleQueue
        Where what it says is put.
    """

    def __init__(self, heard: SimpleQueue[tuple[_Child, _Message]]) -> None:
        self._heard = heard
        self.order: Order | None = None
        # Of its own session: Ctrl-C comes to this process, which ends the child
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"XLA_PYTHON_CLIENT_PREALLOCATE": "false", **child_environment()},  # two share an accelerator
            start_new_session=True,
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def give(self, order: Order) -> None:
        """Have an order fulfilled; a child that is no more has said so."""
        self.order = order
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            pickle.dump(order, self._process.stdin)
            self._process.stdin.flush()

    def end(self) -> None:
        """End it, whatever it is at: blocks and files are there whole or not at all."""
        self._process.kill()
        self._listener.join()
        with suppress(BrokenPipeError):
            self._process.__exit__(None, None, None)

    @property
    def obituary(self) -> str:
        """How it came to end unasked."""
        code, at = self._process.wait(), self.order.experiment.key if self.order else "nothing"
        how = f"was killed by signal {-code}, as where memory is short" if code < 0 else f"ended with exit code {code}"
        return f"the process at {at} {how}; what it said stands above; the same command goes on from here"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        message: _Message = _Noted("")
        while message is not None:
            try:
                message = pickle.load(self._process.stdout)
            except (EOFError, pickle.UnpicklingError):
                message = None
            self._heard.put((self, message))


def side_by_side(
    orders: Sequence[Order], told: Callable[[Experiment, int, int], None] | None = None
) -> Iterator[Reproduced]:
    """Fulfil orders, two at a time.

    Parameters
    ----------
    orders : sequence of Order
        Of different experiments.
    told : callable, optional
        Called as ``told(experiment, done, total)``.

    Yields
    ------
    Reproduced
        Each when it is done.

    Raises
    ------
    SynththeoryError
        What one of them raises, or that its process died. The others are ended, and what they have kept stays.
    """
    heard: SimpleQueue[tuple[_Child, _Message]] = SimpleQueue()
    waiting, children = list(orders), [_Child(heard) for _ in orders[:AT_ONCE]]

    def give(child: _Child) -> None:
        long = sorted(waiting, key=lambda order: effort(order.experiment, order.quick), reverse=True)
        chosen = waiting[0] if child is children[0] else long[0]
        waiting.remove(chosen)
        child.give(chosen)

    try:
        for child in children:
            give(child)
        for _ in orders:
            child, done = _next_done(heard, told)
            if waiting:
                give(child)
            yield done
    finally:
        for child in children:
            child.end()


def _next_done(
    heard: SimpleQueue[tuple[_Child, _Message]], told: Callable[[Experiment, int, int], None] | None
) -> tuple[_Child, Reproduced]:
    """Listen to all children until one has fulfilled its order."""
    while True:
        child, message = heard.get()
        if isinstance(message, Reproduced):
            return child, message
        if isinstance(message, _Noted):
            _log.warning("%s", message.text)
        elif not isinstance(message, _Told):
            raise SynththeoryError(child.obituary if message is None else message.text)
        elif told is not None and child.order is not None:
            told(child.order.experiment, message.done, message.total)


def fulfil() -> None:
    """What a child does: fulfil the orders that come on stdin, and tell of them on what was stdout."""
    say = _Speaker()
    logging.getLogger("synththeory").addHandler(_Notes(say))
    with suppress(EOFError, BrokenPipeError):  # nobody is there any more
        while True:
            order: Order = pickle.load(sys.stdin.buffer)
            try:
                say(order.fulfilled(lambda done, total: say(_Told(done, total))))
            except SynththeoryError as error:
                say(_Refused(str(error)))


class _Speaker:
    """Says messages on what was stdout; whatever else is printed goes to stderr."""

    def __init__(self) -> None:
        self._pipe, self._lock = os.fdopen(os.dup(1), "wb"), Lock()
        os.dup2(2, 1)

    def __call__(self, message: _Message) -> None:
        with self._lock:
            pickle.dump(message, self._pipe)
            self._pipe.flush()


class _Notes(logging.Handler):
    """Hands the package's warnings on."""

    def __init__(self, say: Callable[[_Message], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(_Noted(record.getMessage()))
