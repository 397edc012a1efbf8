"""What the commands share: their options, how they speak, how a mistake ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, ParamSpec

import typer
from rich.console import Console
from rich.markup import escape

from synththeory.errors import DesignError, SynththeoryError

if TYPE_CHECKING:
    from synththeory.sim.design.design import Design
    from synththeory.sim.run.executors.base import Executor

Parameters = ParamSpec("Parameters")
Format = Literal["table", "csv", "json"]

OUTPUT = Path("synththeory_output")
COMMAND = "python -m synththeory.sim"

app = typer.Typer(
    help="Simulation studies of imbalanced learning with synthetic data, beside their theory. "
    "Without a command: the headline study, its table and its figure.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Study = Annotated[str, typer.Argument(metavar="STUDY|FILE.toml", help="A name from `list`, or a design file.")]
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
Workers = Annotated[
    str | None,
    typer.Option("--cluster", help="A Dask scheduler in place of threads: tcp://HOST:PORT, or local:N processes here."),
]
Block = Annotated[int | None, typer.Option(min=1, help="Replications in a block; results do not depend on it.")]
Device = Annotated[
    str | None,
    typer.Option(help="Where nets are trained: cpu, gpu or tpu. Default: JAX's choice. Needs the extra neural."),
]
Until = Annotated[
    str | None,
    typer.Option("--until-mcse", help="Run until every mean of a metric has this standard error: metric=value."),
]
Most = Annotated[int | None, typer.Option("--max", min=1, help="Most replications with --until-mcse. Default: 100000.")]
Shape = Annotated[Format, typer.Option("--format", help="How the summary is written to stdout.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A study folder.")]


def speaking(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """What a user can mend becomes one message and exit code 2; Ctrl-C becomes exit code 130."""

    @wraps(command)
    def run_command(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        own = logging.getLogger("synththeory")
        own.handlers = [_Notes()]
        own.setLevel(logging.INFO)
        try:
            command(*args, **kwargs)
        except SynththeoryError as error:
            say(f"[red]error:[/] {escape(str(error))}")
            raise typer.Exit(2) from None
        except KeyboardInterrupt as stop:
            say(escape(str(stop) or "stopped"))
            raise typer.Exit(130) from None

    return run_command


@contextmanager
def executor(threads: int | None, address: str | None = None) -> Iterator[Executor]:
    """What computes: threads of this process, or the workers of a cluster."""
    from synththeory.sim.run.executors.threads import Threads as ThreadsOf

    if address is None:
        yield ThreadsOf.asked(threads)
        return
    if threads is not None:
        raise DesignError("--threads is about this process and --cluster about others: give one of them")
    from synththeory.sim.run.executors.cluster import cluster

    with cluster(address) as workers:
        yield workers


def loaded(modules: list[str] | None) -> None:
    """Import the modules of ``--use``."""
    from synththeory import plugins

    for module in modules or []:
        plugins.load(plugins.resolved(module, Path()))


def asked(
    study: str,
    replications: int | None,
    seed: int | None,
    settings: list[str] | None,
    cell: int | None,
    use: list[str] | None,
) -> Design:
    """The design that the options of a command ask for."""
    from synththeory.sim.design.studies import load_design
    from synththeory.sim.design.tables import assignment

    changes = dict(map(assignment, settings or []))
    changes |= {} if replications is None else {"monte_carlo.replications": replications}
    changes |= {} if seed is None else {"monte_carlo.seed": seed}
    return load_design(study, changes, cell, use or [])


class _Notes(logging.Handler):
    """The package's warnings, and how long what takes long has left, as lines on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        say(f"[yellow]note:[/] {escape(record.getMessage())}")


def say(markup: str) -> None:
    """A line on stderr."""
    messages().print(markup, soft_wrap=True, highlight=False)


def messages() -> Console:
    """Stderr."""
    return Console(stderr=True)


def tables() -> Console:
    """Stdout; tables keep their columns when it is a file or a pipe."""
    console = Console()
    return console if console.is_terminal else Console(width=140)


def span(seconds: float) -> str:
    """A time in words, such as ``3 h 20 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
