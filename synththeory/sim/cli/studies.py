"""The commands of a study: run it, read it, draw it.

Heavy modules are imported inside, so that ``--help`` answers at once.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from synththeory.errors import DesignError
from synththeory.sim.cli.words import (
    COMMAND,
    OUTPUT,
    Block,
    Cell,
    Device,
    Folder,
    Format,
    Most,
    Out,
    Replications,
    Seed,
    Settings,
    Shape,
    Study,
    Threads,
    Until,
    Use,
    Workers,
    app,
    asked,
    executor,
    loaded,
    say,
    span,
    speaking,
    tables,
)

if TYPE_CHECKING:
    from synththeory.sim.design.design import Design
    from synththeory.sim.results.summary import Summary
    from synththeory.sim.run.executors.base import Executor

HEADLINE = "headline"


@app.callback()
@speaking
def headline(context: typer.Context) -> None:
    """Run the headline study when no command is given."""
    if context.invoked_subcommand is not None:
        return
    from synththeory.sim.design.studies import load_design
    from synththeory.sim.results.text import table

    folder = OUTPUT / HEADLINE
    summary = _simulated(load_design(HEADLINE), folder)
    whole = [row.multiplier for row in summary.rows if row.multiplier is not None and row.multiplier.is_integer()]
    tables().print(table(summary, whole))
    _say_the_rest(summary)
    say(f"figure: {_drawn(summary, folder / f'{HEADLINE}.png')}")
    say(f"every number: {COMMAND} summary {folder} --format csv")
    say(f"next: {COMMAND} list · {COMMAND} run local_symmetry_linear --replications 400")


@app.command("list")
@speaking
def list_studies() -> None:
    """List the studies that come with the package."""
    from rich.table import Table

    from synththeory.sim.design.studies import load_design, studies

    listing = Table("study", "title", "source", "cells", "arms")
    for name in studies():
        design = load_design(name)
        arms = ", ".join(arm.label for arm in design.cells[0].arms)
        listing.add_row(name, design.title, design.source, str(len(design.cells)), arms)
    tables().print(listing)


@app.command()
@speaking
def run(
    study: Study,
    replications: Replications = None,
    seed: Seed = None,
    settings: Settings = None,
    cell: Cell = None,
    use: Use = None,
    out: Out = None,
    threads: Threads = None,
    workers: Workers = None,
    block: Block = None,
    until: Until = None,
    most: Most = None,
    shape: Shape = "table",
    device: Device = None,
) -> None:
    """Run a study, or what is missing of it, and write its summary to stdout.

    With --until-mcse it runs until every mean reaches the target; exit code 1 where --max comes first.
    """
    design = asked(study, replications, seed, settings, cell, use)
    if device is not None:
        _on(device)
    folder = out or OUTPUT / design.study
    if until is None:
        if most is not None:
            raise DesignError("--max is the end of a run with --until-mcse; to fix the number, use --replications")
        with executor(threads, workers) as chosen:
            _write(_simulated(design, folder, chosen, block), shape)
        return
    if replications is not None:
        raise DesignError("--until-mcse finds the number of replications; use --max for the most, not --replications")
    with executor(threads, workers) as chosen:
        _write_until(design, folder, until, most, chosen, block, shape)


@app.command()
@speaking
def replications(
    study: Study,
    mcse: Annotated[str, typer.Option(help="Metric and Monte Carlo standard error: metric=value.")],
    pilot: Annotated[int, typer.Option(min=2, help="Replications of the pilot.")] = 400,
    seed: Seed = None,
    settings: Settings = None,
    cell: Cell = None,
    use: Use = None,
    threads: Threads = None,
) -> None:
    """Say how many replications a study needs for a Monte Carlo standard error, from a pilot run that is not kept."""
    from synththeory.sim.results.precision import Target
    from synththeory.sim.until import needed

    design = asked(study, None, seed, settings, cell, use)
    target = Target.named(mcse)
    with executor(threads) as chosen:
        found = needed(design, target, chosen, pilot)
    typer.echo(
        f"{found.replications} replications give every mean of {target.metric} a Monte Carlo standard error of "
        f"{target.mcse:g} (95 % upper end: {found.upper}); about {span(found.seconds)} here"
    )
    typer.echo(f"the worst is {found.pilot.where}: {found.pilot.mcse:.3g} in a pilot of {pilot}")


@app.command()
@speaking
def warm(study: Study, settings: Settings = None, cell: Cell = None, use: Use = None) -> None:
    """Compile the kernels that a study uses, so that its first run starts at once; others are left alone."""
    from synththeory.sim.cli.bar import bar
    from synththeory.sim.run.warm import warm as compiling

    design = asked(study, None, None, settings, cell, use)
    with bar(design) as progress:
        for found in compiling(design):
            progress(found.done, found.total)
    kernels = "kernels (they are kept nowhere)" if found.kernels is None else f"{found.kernels} kernels"
    say(f"compiled: {kernels} for {found.total} cells in {span(found.seconds)}")


@app.command()
@speaking
def summary(folder: Folder, shape: Shape = "table", use: Use = None) -> None:
    """Summarise a study folder as it is."""
    from synththeory.sim.api import summarise

    loaded(use)
    _write(summarise(folder), shape)


@app.command()
@speaking
def figure(
    study: Annotated[str, typer.Argument(metavar="STUDY|DIR", help="A study, run where needed, or a study folder.")],
    save: Annotated[Path | None, typer.Option(help="File to write. Default: DIR/<study>.png.")] = None,
    use: Use = None,
) -> None:
    """Draw a study's figure."""
    from synththeory.sim.api import summarise
    from synththeory.sim.design.studies import load_design, studies

    folder = Path(study)
    if (folder / "lock.json").is_file() or (folder.is_dir() and study not in studies()):
        loaded(use)
        read = summarise(folder)
    else:
        design = load_design(study, use=use or [])
        folder = OUTPUT / design.study
        read = _simulated(design, folder)
    say(f"figure: {_drawn(read, save or folder / f'{read.design.study}.png')}")


@app.command()
@speaking
def replay(
    folder: Folder,
    cell: Annotated[int, typer.Option(help="Place of the cell in the grid, from 0.")] = 0,
    replication: Annotated[int, typer.Option(help="Number of the replication, from 0.")] = 0,
    use: Use = None,
) -> None:
    """Recompute one replication and say whether every stored number is equal to the bit."""
    from synththeory.sim.run.replay import replay as recompute
    from synththeory.sim.store.files import FileStore

    loaded(use)
    store = FileStore.existing(folder)
    outcome = recompute(store.lock.design, store, cell, replication)
    if outcome.different:
        typer.echo(f"cell {cell}, replication {replication} differs: {'; '.join(outcome.different)}")
        raise typer.Exit(1)
    typer.echo(f"cell {cell}, replication {replication}: all {outcome.numbers} stored numbers are equal to the bit")


def _on(device: str) -> None:
    from synththeory.neural.extra import needs

    needs("--device")
    from synththeory.neural.device import choose

    choose(device)


def _simulated(design: Design, folder: Path, chosen: Executor | None = None, block: int | None = None) -> Summary:
    from synththeory.sim.cli.bar import bar
    from synththeory.sim.session import Session
    from synththeory.sim.store.files import FileStore

    session = Session(design, FileStore.create(folder, design), chosen, block)
    with bar(design) as progress:
        session.run(progress)
    say(f"results: {folder}")
    return session.summary()


def _write_until(
    design: Design, folder: Path, until: str, most: int | None, chosen: Executor, block: int | None, shape: Format
) -> None:
    from synththeory.sim.cli.bar import bar
    from synththeory.sim.results.precision import Target
    from synththeory.sim.store.files import FileStore
    from synththeory.sim.until import MOST, run_until

    target = Target.named(until)
    with bar(design) as progress:
        stopped = run_until(
            design, target, partial(FileStore.create, folder), chosen, block, MOST if most is None else most, progress
        )
    say(f"results: {folder}")
    _write(stopped.session.summary(), shape)
    found = stopped.precision
    words = (
        f"{target.metric} has a Monte Carlo standard error of at most {found.mcse:.3g} ({escape(found.where)}) "
        f"after {found.replications} replications"
    )
    if not found.reached:
        asks = "" if found.needed is None else f"; its variance asks for {found.needed}: say --max"
        say(f"target not reached: {words}, asked {target.mcse:g}{asks}")
        raise typer.Exit(1)
    say(f"target reached: {words}")


def _write(result: Summary, shape: Format) -> None:
    from synththeory.sim.results.text import csv_text, json_text, table

    if shape == "table":
        tables().print(table(result))
        _say_the_rest(result)
    else:
        typer.echo(csv_text(result) if shape == "csv" else json_text(result))
        _say_failures(result)


def _say_the_rest(result: Summary) -> None:
    from synththeory.sim.results.choices import choices
    from synththeory.sim.results.text import agreement_lines

    for found in choices(result):
        say(escape(f"chosen: {found.line}"))
    _say_failures(result)
    for line in agreement_lines(result):
        say(escape(line))


def _say_failures(result: Summary) -> None:
    from synththeory.sim.results.text import failure_lines, risk_lines

    for line in (*failure_lines(result), *risk_lines(result)):
        say(escape(line))


def _drawn(result: Summary, path: Path) -> str:
    from synththeory.figures import draw

    first, *others = draw(result, path)
    return f"{first} (and {', '.join(other.suffix for other in others)})" if others else str(first)
