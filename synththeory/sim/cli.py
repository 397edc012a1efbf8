"""The command line. Heavy modules are imported inside the commands, so that ``--help`` answers at once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, ParamSpec

import typer
from rich.console import Console
from rich.markup import escape

from synththeory.errors import SynththeoryError

if TYPE_CHECKING:
    from synththeory.sim.design.design import Design
    from synththeory.sim.results.summary import Summary

Parameters = ParamSpec("Parameters")
Format = Literal["table", "csv", "json"]

HEADLINE = "headline"
OUTPUT = Path("synththeory_output")
COMMAND = "python -m synththeory.sim"

app = typer.Typer(
    help="Simulation studies of imbalanced learning with synthetic data, beside their theory. "
    "Without a command: the headline study, its table and its figure.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Replications = Annotated[int | None, typer.Option(min=1, help="Replications of every cell; more extend a study.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Root seed.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Set a key: dotted.key=value. Repeatable.")]
Cell = Annotated[int | None, typer.Option(min=0, help="Only this cell of the study's grid, from 0; before --set.")]
Use = Annotated[
    list[str] | None,
    typer.Option("--use", help="A module with components of your own: a .py file, or a name. Repeatable."),
]
Out = Annotated[Path | None, typer.Option(help=f"Study folder. Default: {OUTPUT}/<study>.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Worker threads. Default: every core.")]
Block = Annotated[int | None, typer.Option(min=1, help="Replications a block; no number depends on it.")]
Shape = Annotated[Format, typer.Option("--format", help="How the summary is written to stdout.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A study folder.")]


def _speaking(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """What a user can mend becomes one message and exit code 2; Ctrl-C becomes exit code 130."""

    @wraps(command)
    def run_command(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        logging.getLogger("synththeory").handlers = [_Notes()]
        try:
            command(*args, **kwargs)
        except SynththeoryError as error:
            _say(f"[red]error:[/] {escape(str(error))}")
            raise typer.Exit(2) from None
        except KeyboardInterrupt as stop:
            _say(escape(str(stop) or "stopped"))
            raise typer.Exit(130) from None

    return run_command


@app.callback()
@_speaking
def headline(context: typer.Context) -> None:
    """Run the headline study when no command is given."""
    if context.invoked_subcommand is not None:
        return
    from synththeory.sim.design.studies import load_design
    from synththeory.sim.results.text import table

    folder = OUTPUT / HEADLINE
    summary = _simulated(load_design(HEADLINE), folder, None, None)
    whole = [row.multiplier for row in summary.rows if row.multiplier is not None and row.multiplier.is_integer()]
    _tables().print(table(summary, whole))
    _say_the_rest(summary)
    _say(f"figure: {_drawn(summary, folder / f'{HEADLINE}.png')}")
    _say(f"every number: {COMMAND} summary {folder} --format csv")
    _say(f"next: {COMMAND} list · {COMMAND} run local_symmetry_linear --replications 400")


@app.command("list")
@_speaking
def list_studies() -> None:
    """List the studies that come with the package."""
    from rich.table import Table

    from synththeory.sim.design.studies import load_design, studies

    listing = Table("study", "title", "source", "cells", "arms")
    for name in studies():
        design = load_design(name)
        arms = ", ".join(arm.label for arm in design.cells[0].arms)
        listing.add_row(name, design.title, design.source, str(len(design.cells)), arms)
    _tables().print(listing)


@app.command()
@_speaking
def run(
    study: Annotated[str, typer.Argument(metavar="STUDY|FILE.toml", help="A name from `list`, or a design file.")],
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
    from synththeory.sim.design.studies import load_design
    from synththeory.sim.design.tables import assignment

    changes = dict(map(assignment, settings or []))
    changes |= {} if replications is None else {"monte_carlo.replications": replications}
    changes |= {} if seed is None else {"monte_carlo.seed": seed}
    design = load_design(study, changes, cell, use or [])
    _write(_simulated(design, out or OUTPUT / design.study, threads, block), shape)


@app.command()
@_speaking
def summary(folder: Folder, shape: Shape = "table", use: Use = None) -> None:
    """Summarise a study folder as it is."""
    from synththeory.sim.api import summarise

    _load(use)
    _write(summarise(folder), shape)


@app.command()
@_speaking
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
        _load(use)
        read = summarise(folder)
    else:
        design = load_design(study, use=use or [])
        folder = OUTPUT / design.study
        read = _simulated(design, folder, None, None)
    _say(f"figure: {_drawn(read, save or folder / f'{read.design.study}.png')}")


@app.command()
@_speaking
def replay(
    folder: Folder,
    cell: Annotated[int, typer.Option(help="Place of the cell in the grid, from 0.")] = 0,
    replication: Annotated[int, typer.Option(help="Number of the replication, from 0.")] = 0,
    use: Use = None,
) -> None:
    """Recompute one replication and say whether every stored number is equal to the bit."""
    from synththeory.sim.run.replay import replay as recompute
    from synththeory.sim.store.files import FileStore

    _load(use)
    store = FileStore.existing(folder)
    outcome = recompute(store.lock.design, store, cell, replication)
    if outcome.different:
        typer.echo(f"cell {cell}, replication {replication} differs: {'; '.join(outcome.different)}")
        raise typer.Exit(1)
    typer.echo(f"cell {cell}, replication {replication}: all {outcome.numbers} stored numbers are equal to the bit")


def _load(modules: list[str] | None) -> None:
    from synththeory import plugins

    for module in modules or []:
        plugins.load(plugins.resolved(module, Path()))


def _simulated(design: Design, folder: Path, threads: int | None, block: int | None) -> Summary:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from synththeory.sim.api import simulate

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    messages = _messages()
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task(escape(design.study), total=None)
        result = simulate(
            design,
            folder,
            threads,
            block,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    _say(f"results: {folder}")
    return result


def _write(result: Summary, shape: Format) -> None:
    from synththeory.sim.results.text import csv_text, json_text, table

    if shape == "table":
        _tables().print(table(result))
        _say_the_rest(result)
    else:
        typer.echo(csv_text(result) if shape == "csv" else json_text(result))
        _say_failures(result)


def _say_the_rest(result: Summary) -> None:
    from synththeory.sim.results.choices import choices
    from synththeory.sim.results.text import agreement_lines

    for found in choices(result):
        _say(escape(f"chosen: {found.line}"))
    _say_failures(result)
    for line in agreement_lines(result):
        _say(escape(line))


def _say_failures(result: Summary) -> None:
    from synththeory.sim.results.text import failure_lines, risk_lines

    for line in (*failure_lines(result), *risk_lines(result)):
        _say(escape(line))


def _drawn(result: Summary, path: Path) -> str:
    from synththeory.figures import draw

    first, *others = draw(result, path)
    return f"{first} (and {', '.join(other.suffix for other in others)})" if others else str(first)


class _Notes(logging.Handler):
    """The package's warnings as lines on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        _say(f"[yellow]note:[/] {escape(record.getMessage())}")


def _say(markup: str) -> None:
    _messages().print(markup, soft_wrap=True, highlight=False)


def _messages() -> Console:
    return Console(stderr=True)


def _tables() -> Console:
    """Tables keep their columns when stdout is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=140)
