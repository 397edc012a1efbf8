"""Tasks each in a process of its own, for those at which a process has died before: if that one dies too, the task is
halved, down to the arm and the replication that kill it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import TextIO

from synththeory.errors import SynththeoryError
from synththeory.sim.run.executors.pieces import Piece, Sender, computed, piece, search, sendable
from synththeory.sim.run.plan import Task
from synththeory.sim.store.base import Store
from synththeory.sim.store.files import FileStore


@dataclass(frozen=True)
class Processes:
    """An executor (see `Executor`) of child processes, one a task.

    Attributes
    ----------
    workers : int
        How many at once.
    """

    workers: int

    def execute(self, store: Store, tasks: Sequence[Task]) -> Generator[Task, None, None]:
        """Compute tasks; what a child dies at is looked into by others."""
        folder = sendable(store)
        with ThreadPoolExecutor(self.workers, initializer=_deaf) as threads:
            running = [threads.submit(_kept, folder, task) for task in tasks]
            try:
                for kept in as_completed(running):
                    yield kept.result()
            finally:
                threads.shutdown(wait=True, cancel_futures=True)


def child_environment() -> dict[str, str]:
    """Environment of a child that imports what this process does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _deaf() -> None:
    """Block the signals by which somebody asks a whole group of processes to end: to die of one is no sign of poison.

    A child inherits the mask of the thread that starts it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT, signal.SIGHUP))


def _kept(store: FileStore, task: Task) -> Task:
    sender = Sender.of(store)

    def survived(part: Task) -> bool:
        return _survived(sender, piece(store, part))

    if not survived(task):
        search(task, survived, store)
    return task


def _survived(sender: Sender, sent: Piece) -> bool:
    """Have a piece computed by a child; whether the child lived to say so."""
    child = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps([asdict(sender), asdict(sent)]),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=child_environment(),
    )
    if child.stdout.startswith("error: "):
        raise SynththeoryError(child.stdout.removeprefix("error: ").strip())
    return child.returncode == 0


def _child(told: TextIO) -> None:
    """Compute the piece that is told, and say what a user can mend."""
    sender, sent = json.load(told)
    pairs = tuple((name, value) for name, value in sender["environment"])
    try:
        computed(
            Sender(sender["folder"], sender["design"], pairs),
            Piece(sent["cell"], tuple(sent["arms"]), sent["first"], sent["stop"]),
        )
    except SynththeoryError as error:
        print(f"error: {error}")


if __name__ == "__main__":
    _child(sys.stdin)
