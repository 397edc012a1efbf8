"""A study that several processes share by a folder: its written plan, and the part of it that one of them computes.

Files are the ledger: what a block has is what is on disk, so a shard that is stopped, killed or sent off again
computes what is missing, and nobody has to be told.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from synththeory.components import digest
from synththeory.errors import DesignError, StoreError
from synththeory.sim.design.design import Design
from synththeory.sim.run.executors.processes import Processes
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Numbered, Plan, Task
from synththeory.sim.store.attempts import Attempts
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.whole_files import read_whole, write_whole

PLAN = "plan.json"
PACES = "shards"
"""Where shards note how fast they were, for an estimate of what is left; no result depends on it."""
NOTED = 10.0
"""Seconds between two notes."""

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Shard:
    """Part ``number`` of ``parts`` of a study: the planned blocks whose number is ``number`` modulo ``parts``.

    Attributes
    ----------
    number : int
        1, …, parts.
    parts : int
        At least 1.

    Raises
    ------
    DesignError
        If there is no such part.
    """

    number: int
    parts: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.parts:
            raise DesignError(f"got the shard {self}, expected k/K with k from 1 to K")

    @classmethod
    def named(cls, text: str) -> Shard:
        """The shard in a text such as ``3/7``."""
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if found is None:
            raise DesignError(f"got the shard '{text}', expected k/K such as 3/7")
        return cls(int(found[1]), int(found[2]))

    def has(self, block: int) -> bool:
        """Whether a block is in it."""
        return block % self.parts == self.number % self.parts

    def __str__(self) -> str:
        """As a command takes it."""
        return f"{self.number}/{self.parts}"


@dataclass(frozen=True)
class Worked:
    """How far a shard has come.

    Attributes
    ----------
    done, total : int
        Blocks kept by this process, and that it found missing.
    seconds : float
        Since it began to compute.
    """

    done: int
    total: int
    seconds: float

    @property
    def left(self) -> float:
        """Seconds that the rest takes at this pace; NaN before the first block."""
        return self.seconds * (self.total - self.done) / self.done if self.done else float("nan")


def write_plan(store: FileStore, plan: Plan) -> None:
    """Write the block list of a study beside its lock.

    Raises
    ------
    StoreError
        If the folder was planned with blocks of another size, or cannot be written.
    """
    if (store.folder / PLAN).exists():
        block = _asked_block(store.folder)
        if block != plan.block:
            raise StoreError(f"{store.folder} was planned with {_words(block)}, got {_words(plan.block)}")
    write_whole(store.folder / PLAN, (json.dumps(_content(plan), indent=1) + "\n").encode())


def read_plan(store: FileStore) -> Plan:
    """The plan of a folder.

    Raises
    ------
    StoreError
        If it has none, or not that of its design.
    """
    path = store.folder / PLAN
    if not path.is_file():
        raise StoreError(f"{store.folder} has no {PLAN}: plan the study with --out {store.folder} first")
    plan = Plan(store.lock.design, _asked_block(store.folder))
    if _content(plan) != json.loads(read_whole(path)):
        raise StoreError(f"{path} is not the plan of the design in the folder: plan the study again")
    return plan


def planned_block(folder: Path) -> int | None:
    """The block size that a folder was planned with; None where it is the default or nothing was planned."""
    return _asked_block(folder) if (folder / PLAN).is_file() else None


def missing_blocks(store: FileStore, plan: Plan) -> tuple[Numbered, ...]:
    """What is missing of every planned block, in their order; nothing is touched."""
    stretches = plan.lacking(store.lacking, plan.design.monte_carlo.replications)
    return tuple(sorted(plan.numbered(stretches), key=lambda piece: piece.block))


def work(store: FileStore, plan: Plan, shard: Shard, threads: Threads, stop: Stop) -> Generator[Worked, None, None]:
    """Compute what a shard lacks, block after block, until it is told to stop.

    Blocks that are being computed when it is told so are finished and kept. Those at which a process has died come
    last, each in a process of its own (see `Processes`).

    Parameters
    ----------
    store, plan
        A folder and its plan.
    shard : Shard
        Which part of it.
    threads : Threads
        What computes.
    stop : callable
        Asked after every block whether to stop.

    Yields
    ------
    Worked
        At the start, and after every block.
    """
    store.lock.joined(store.folder)
    for_it_all = plan.lacking(store.missing, plan.design.monte_carlo.replications)
    pieces = sorted(plan.numbered(for_it_all), key=lambda piece: piece.block)
    tasks = [piece.task for piece in pieces if shard.has(piece.block)]
    started, done, noted, drawn = time.monotonic(), 0, 0.0, 0
    yield Worked(0, len(tasks), 0.0)
    if stop():
        return
    with closing(_computed(store, plan, tasks, threads)) as kept:
        for task in kept:
            done, drawn, seconds = done + 1, drawn + task.work, time.monotonic() - started
            if seconds - noted > NOTED or done == len(tasks) or stop():
                noted = seconds
                _note(store.folder, shard, drawn, seconds)
            yield Worked(done, len(tasks), seconds)
            if stop():
                break
    if not missing_blocks(store, plan):
        store.finish(plan.design)


def _computed(store: FileStore, plan: Plan, tasks: Sequence[Task], threads: Threads) -> Generator[Task, None, None]:
    """Tasks as they are kept; what is begun is noted as long as it may be what kills this process."""
    attempts = Attempts(store.folder)

    def name(task: Task) -> str:
        return f"{task.cell.digest}-{task.replications.start // plan.size(task.cell)}"

    deadly = [name(task) in attempts for task in tasks]
    suspected = list(itertools.compress(tasks, deadly))
    others = [task for task, kills in zip(tasks, deadly, strict=True) if not kills]
    watched = replace(threads, begun=lambda task: attempts.begin(name(task)))
    try:
        with closing(watched.execute(store, others)) as kept:
            for task in kept:
                attempts.end(name(task))
                yield task
    finally:
        for task in others:
            attempts.end(name(task))
    with closing(Processes(threads.workers).execute(store, suspected)) as kept:
        for task in kept:
            attempts.end(name(task))
            yield task


def paces(folder: Path) -> tuple[float, ...]:
    """Numbers drawn a second by every shard that has run in a folder."""
    return tuple(_paces(folder))


def _paces(folder: Path) -> Iterator[float]:
    for path in sorted((folder / PACES).glob("*.json")):
        try:
            noted = json.loads(read_whole(path))
            yield noted["drawn"] / noted["seconds"]
        except (ValueError, KeyError, TypeError, ZeroDivisionError):
            continue


def _note(folder: Path, shard: Shard, drawn: int, seconds: float) -> None:
    content = json.dumps({"drawn": drawn, "seconds": seconds})
    write_whole(folder / PACES / f"{shard.number}-of-{shard.parts}.json", f"{content}\n".encode())


def _content(plan: Plan) -> dict[str, object]:
    design = plan.design
    replications = design.monte_carlo.replications
    cells = [
        {
            "cell": cell.digest,
            "replications_a_block": plan.size(cell),
            "blocks": -(-replications // plan.size(cell)),
        }
        for cell in design.cells
    ]
    return {
        "block": plan.block,
        "design_digest": _design_digest(design),
        "replications": replications,
        "blocks": len(plan.blocks),
        "cells": cells,
    }


def _design_digest(design: Design) -> str:
    """Of everything but words."""
    return digest({key: entry for key, entry in design.table.items() if key not in ("title", "source", "components")})


def _asked_block(folder: Path) -> int | None:
    try:
        block = json.loads(read_whole(folder / PLAN))["block"]
    except (ValueError, KeyError, TypeError):
        raise StoreError(f"{folder / PLAN} is damaged: remove it and plan the study again") from None
    return None if block is None else int(block)


def _words(block: int | None) -> str:
    return "blocks of the default size" if block is None else f"blocks of {block}"
