"""The commands of a study that several processes share by a folder."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich.markup import escape

from synththeory.errors import DesignError
from synththeory.sim.cli.words import (
    COMMAND,
    Block,
    Cell,
    Folder,
    Replications,
    Seed,
    Settings,
    Study,
    Threads,
    Use,
    app,
    asked,
    loaded,
    say,
    span,
    speaking,
)

PANEL = "Several processes on one study"
LEFT = 75
"""Exit code of a shard that was stopped with blocks left: the one by which a queue knows to try again."""
SPOKEN = 30.0
"""Seconds between two lines of a shard at work."""
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}

Whole = Annotated[Path, typer.Option("--out", help="Study folder.")]


@app.command(rich_help_panel=PANEL)
@speaking
def plan(
    study: Study,
    out: Whole,
    replications: Replications = None,
    seed: Seed = None,
    settings: Settings = None,
    cell: Cell = None,
    use: Use = None,
    block: Block = None,
) -> None:
    """Write a study's lock and block list into a folder, for `work` to compute, here and on other machines."""
    from synththeory.sim.run.plan import Plan
    from synththeory.sim.run.shards import planned_block, write_plan
    from synththeory.sim.store.files import FileStore

    design = asked(study, replications, seed, settings, cell, use)
    store = FileStore.create(out, design)
    planned = Plan(design, planned_block(out) if block is None else block)
    write_plan(store, planned)
    say(f"planned: {len(planned.blocks)} blocks in {escape(str(out))}")
    say(f"next: {COMMAND} work {escape(str(out))} --shard 1/4, and 2/4, 3/4, 4/4 beside it")


@app.command(rich_help_panel=PANEL)
@speaking
def work(
    folder: Folder,
    shard: Annotated[str, typer.Option(help="Which part, k/K: the blocks whose number is k modulo K.")] = "1/1",
    budget: Annotated[str | None, typer.Option(help="Stop after this time, such as 50m, 90s or 1h30m.")] = None,
    threads: Threads = None,
    use: Use = None,
) -> None:
    """Compute what one shard of a planned study lacks.

    SIGTERM, SIGUSR1 and a spent budget stop it after the running blocks, with exit code 75; the same command goes on.
    """
    from synththeory.sim.run.executors.threads import Threads as Workers
    from synththeory.sim.run.shards import Shard, read_plan
    from synththeory.sim.run.shards import work as steps
    from synththeory.sim.store.files import FileStore

    loaded(use)
    chosen, seconds = Shard.named(shard), None if budget is None else budget_seconds(budget)
    store = FileStore.existing(folder)
    spoken = 0.0
    with _told_to_stop(seconds) as stop:
        for worked in steps(store, read_plan(store), chosen, Workers.asked(threads), stop):
            if worked.seconds - spoken > SPOKEN:
                spoken = worked.seconds
                say(f"shard {chosen}: {worked.done} of {worked.total} blocks, about {span(worked.left)} left")
    say(f"shard {chosen}: {worked.done} of {worked.total} missing blocks computed in {span(worked.seconds)}")
    if worked.done < worked.total:
        say("stopped: the same command goes on")
        raise typer.Exit(LEFT)


@app.command(rich_help_panel=PANEL)
@speaking
def status(folder: Folder, use: Use = None) -> None:
    """Say how a study folder stands; exit code 1 while something is missing."""
    from synththeory.sim.run.plan import Plan
    from synththeory.sim.run.shards import PLAN, read_plan
    from synththeory.sim.run.standing import standing
    from synththeory.sim.store.files import FileStore

    loaded(use)
    store = FileStore.existing(folder)
    plan = read_plan(store) if (folder / PLAN).exists() else Plan(store.lock.design)
    found = standing(store, plan)
    done = found.blocks - found.missing_blocks
    typer.echo(f"{done} of {found.blocks} blocks are whole; replications missing, over all arms: {found.missing}")
    typer.echo("failed: " + ", ".join(f"{arm} {count}" for arm, count in found.failed.items()))
    for heading, lines in (
        ("quarantined", found.quarantined),
        ("damaged", found.damaged),
        ("other versions", found.foreign),
    ):
        for line in lines:
            typer.echo(f"{heading}: {line}")
    if found.seconds_left is not None and not found.complete:
        typer.echo(f"left: about {span(found.seconds_left)} at the pace of the {found.shards} shards seen, all at once")
    if not found.complete:
        raise typer.Exit(1)


@app.command(rich_help_panel=PANEL)
@speaking
def merge(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Study folders of one design.")],
    out: Whole,
    use: Use = None,
) -> None:
    """Bring the blocks of several folders of one design together; shards that share a folder need none."""
    from synththeory.sim.store.files import FileStore
    from synththeory.sim.store.merging import merged

    loaded(use)
    brought = merged([FileStore.existing(folder) for folder in folders], out)
    say(f"merged: {brought.blocks} blocks brought to {escape(str(out))}, {brought.present} were there")
    say(f"next: {COMMAND} status {escape(str(out))}")


def budget_seconds(text: str) -> float:
    """Seconds in a text such as ``50m``, ``90s`` or ``1h30m``.

    Raises
    ------
    DesignError
        If it is not one.
    """
    if not re.fullmatch(r"(\d+(\.\d+)?[smh])+", text):
        raise DesignError(f"got the budget '{text}', expected a time such as 50m, 90s or 1h30m")
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)([smh])", text))


@contextmanager
def _told_to_stop(budget: float | None) -> Iterator[Callable[[], bool]]:
    """Whether a signal has asked to stop, or a budget of seconds is spent."""
    told, started = Event(), time.monotonic()
    signals = (signal.SIGTERM, signal.SIGUSR1)
    before = [signal.signal(each, lambda *_: told.set()) for each in signals]
    try:
        yield lambda: told.is_set() or (budget is not None and time.monotonic() - started >= budget)
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)
