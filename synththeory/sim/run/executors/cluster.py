"""Tasks over the workers of a Dask scheduler, which compute and write blocks into the folder that all of them see.

What travels is a path and a block; results never do. A worker that dies costs the block it was at. A block whose worker
dies again is halved, alone on the cluster, down to the arm and the replication that kill it: that one is kept as
failed, with a message of its own, and everything else is kept.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from queue import Empty, Queue
from typing import Any

from synththeory.datasets.extra import needs
from synththeory.errors import DesignError, StoreError, SynththeoryError
from synththeory.sim.run.executors.pieces import Sender, computed, piece, search, sendable
from synththeory.sim.run.plan import Task
from synththeory.sim.store.base import Store
from synththeory.sim.store.files import FileStore

RETRIES = 2
"""Times that a block is tried again after an exception that is not the package's own."""
QUEUED = 2
"""Blocks that a worker has at a time: the one it computes, and the next."""
SETTLED = 1.0
"""Seconds after which a new worker's nanny notices its death."""
WAIT = 10
"""Seconds that a scheduler is waited for."""
ABANDONED = 60
"""Seconds that a scheduler without a worker is waited for, as one that has died may come again."""
_HERE = "local:"
_AGAIN = ("pending", "lost")
"""States of a piece whose word that it is kept died with its worker: it comes back a second time."""


@dataclass(frozen=True, eq=False)
class Cluster:
    """An executor (see `Executor`) of the workers that a Dask scheduler has.

    Attributes
    ----------
    client : distributed.Client
        Connected.
    """

    client: Any

    @property
    def workers(self) -> int:
        """Threads of all workers, at least 1."""
        return max(1, sum(map(int, self.client.nthreads().values())))

    def execute(self, store: Store, tasks: Sequence[Task]) -> Generator[Task, None, None]:
        """Deal tasks out; what a worker died at is sent again at the end, and what kills twice is then looked into."""
        folder = sendable(store)
        flight = _Flight(self.client, folder)
        once: list[Task] = []
        twice: list[Task] = []
        try:
            yield from flight.landed(tasks, QUEUED * self.workers, once)
            yield from flight.landed(once, QUEUED * self.workers, twice)
            for task in twice:
                search(task, flight.survived, folder)
                yield task
        finally:
            flight.settle()


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """The workers of a scheduler: a running one, or one of this machine that ends with the block of this statement.

    Parameters
    ----------
    address : str
        ``tcp://HOST:PORT``, or ``local:N`` for N processes of this machine.

    Raises
    ------
    DesignError
        If it is neither, or nobody answers there.
    SynththeoryError
        If distributed is not installed.
    """
    distributed = needs("distributed", "cluster")
    if address.startswith(_HERE):
        count = address.removeprefix(_HERE)
        if not count.isdecimal() or int(count) < 1:
            raise DesignError(f"got the cluster '{address}', expected local:N with N at least 1, or tcp://HOST:PORT")
        with _here(distributed, int(count)) as local, distributed.Client(local) as client:
            yield Cluster(client)
        return
    try:
        client = distributed.Client(address, timeout=WAIT)
    except (OSError, ValueError) as error:
        raise DesignError(f"no scheduler answers at {address}: {error}") from None
    with client:
        if not client.nthreads():
            raise DesignError(f"the scheduler at {address} has no worker")
        yield Cluster(client)


def _here(distributed: Any, count: int) -> Any:
    import_module("dask").config.set({"distributed.scheduler.allowed-failures": 0})
    return distributed.LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
        silence_logs=logging.CRITICAL,
    )


class _Flight:
    """Pieces that workers are at, and what they come back with."""

    def __init__(self, client: Any, store: FileStore) -> None:
        self._client, self._store, self._sender = client, store, Sender.of(store)
        self._died = False
        self._back: Queue[Any] = Queue()
        self._away: dict[Any, Task] = {}

    def landed(self, tasks: Sequence[Task], most: int, killed: list[Task]) -> Iterator[Task]:
        """Tasks that are kept, as they come; at most so many are away at once. What its worker died of is noted."""
        waiting = iter(tasks)
        for task in itertools.islice(waiting, most):
            self._send(task)
        while self._away:
            task, died = self._next()
            if died:
                killed.append(task)
            else:
                yield task
            for following in itertools.islice(waiting, 1):
                self._send(following)

    def survived(self, task: Task) -> bool:
        """Have a task computed, alone; whether its worker lived."""
        self._send(task)
        return not self._next()[1]

    def settle(self) -> None:
        """Wait for what is away, so that nothing is left running."""
        while self._away and self._working():
            with suppress(SynththeoryError):
                self._next()

    def _send(self, task: Task) -> None:
        self._wait_for_the_dead()
        sent = piece(self._store, task)
        future = self._client.submit(computed, self._sender, sent, pure=False, retries=RETRIES)
        self._away[future] = task
        future.add_done_callback(self._back.put)

    def _waited(self) -> Any:
        silent = 0
        while True:
            try:
                future = self._back.get(timeout=1.0)
            except Empty:
                settled = [each for each in self._away if each.done() and each.status not in _AGAIN]
                if settled:  # its word went astray
                    return settled[0]
                silent = 0 if self._working() else silent + 1
                if silent >= (ABANDONED if self._client.status == "running" else WAIT):
                    raise self._lost() from None
                continue
            if future not in self._away:
                continue
            if future.status not in _AGAIN:
                return future
            future.add_done_callback(self._back.put)

    def _next(self) -> tuple[Task, bool]:
        """The next piece that comes back, and whether it killed its worker as often as is allowed."""
        future = self._waited()
        task = self._away.pop(future)
        if future.status == "finished":
            return task, False
        if future.status != "error":
            raise self._lost()
        error = future.exception()
        if type(error).__name__ == "KilledWorker":
            self._died = True
            return task, True
        if isinstance(error, SynththeoryError):
            raise error
        raise SynththeoryError(f"a worker cannot compute: {type(error).__name__}: {error}")

    def _wait_for_the_dead(self) -> None:
        """After a death, wait for a worker, and until its nanny is ready to start another if that one dies at once."""
        if not self._died:
            return
        self._died = False
        try:
            self._client.wait_for_workers(1, timeout=ABANDONED)
        except OSError:
            raise self._lost() from None
        time.sleep(SETTLED)

    def _working(self) -> bool:
        """Whether there is a scheduler that has a worker."""
        with suppress(OSError):
            return self._client.status == "running" and bool(self._client.nthreads())
        return False

    def _lost(self) -> StoreError:
        self._away.clear()
        return StoreError(
            f"the scheduler or its last worker is lost; whole blocks are kept in {self._store.place}; "
            f"to go on: {self._store.remedy}"
        )
