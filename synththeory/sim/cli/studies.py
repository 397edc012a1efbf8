"""The commands of a study: run it, read it, draw it.

Heavy modules are imported inside, so that ``--help`` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from synththeory.sim.cli.words import (
    COMMAND,
    OUTPUT,
    Block,
    Cell,
    Folder,
    Format,
    Out,
    Replications,
    Seed,
    Settings,
    Shape,
    Study,
    Threads,
    Use,
    app,
    asked,
    loaded,
    messages,
    say,
    speaking,
    tables,
)

if TYPE_CHECKING:
    from synththeory.sim.design.design import Design
    from synththeory.sim.results.summary import Summary

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
    summary = _simulated(load_design(HEADLINE), folder, None, None)
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
    block: Block = None,
    shape: Shape = "table",
) -> None:
    """Run a study, or what is missing of it, and write its summary to stdout."""
    design = asked(study, replications, seed, settings, cell, use)
    _write(_simulated(design, out or OUTPUT / design.study, threads, block), shape)


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
        read = _simulated(design, folder, None, None)
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


def _simulated(design: Design, folder: Path, threads: int | None, block: int | None) -> Summary:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from synththeory.sim.api import simulate

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = messages()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(escape(design.study), total=None)
        result = simulate(
            design,
            folder,
            threads,
            block,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    say(f"results: {folder}")
    return result


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
