"""The command line. Heavy modules are imported inside, so that ``--help`` answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from synththeory.errors import DesignError, SynththeoryError

if TYPE_CHECKING:
    from synththeory.advise.advice import Advice

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_LIKELY = "smote, gaussian-fit"
_VALID = (
    "smote, gaussian-fit, bootstrap, jitter, kde, gaussian-mixture-fit, or a sampler of imbalanced-learn (ADASYN …)"
)


@app.command()
def main(
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="One row a line, names of columns first.")],
    label: Annotated[str, typer.Option(help="The column with the labels.")],
    positive: Annotated[str | None, typer.Option(help="The minority's label. Default: the rarer of two.")] = None,
    generator: Annotated[list[str] | None, typer.Option(help=f"{_VALID}. Repeatable. Default: {_LIKELY}.")] = None,
    folds: Annotated[int, typer.Option(min=2, help="Outer folds.")] = 5,
    repeats: Annotated[int, typer.Option(min=1, help="How often the table is cut anew.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same numbers.")] = 0,
    jobs: Annotated[int, typer.Option(help="Outer folds at once; -1: one a core.")] = -1,
    figure: Annotated[Path | None, typer.Option(help="Draw the page into this file (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Every number as JSON on stdout, in place of the page.")] = False,
) -> None:
    """Should you oversample this table, and how much? Compares synthetic rows with the fixes that cost nothing.

    The model is logistic regression. Numbers are standardised, names one-hot encoded and missing values imputed inside
    the folds. For other models: synththeory.advise.advise in Python.
    """
    messages = Console(stderr=True)
    try:
        _check_figure(figure)
        advice = _advice(messages, table, label, positive, generator, folds, repeats, seed, jobs)
        typer.echo(advice.to_json() if json else str(advice))
        if figure is not None:
            advice.figure().savefig(figure)
            messages.print(f"figure: {escape(str(figure))}", soft_wrap=True, highlight=False)
    except SynththeoryError as error:
        messages.print(f"[red]error:[/] {escape(str(error))}", soft_wrap=True, highlight=False)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        messages.print("stopped")
        raise typer.Exit(130) from None


def _check_figure(figure: Path | None) -> None:
    if figure is None:
        return
    if figure.suffix not in (".png", ".pdf", ".svg"):
        raise DesignError(f"a figure is written as .png, .pdf or .svg, got '{figure.name}'")
    if not figure.parent.is_dir():
        raise DesignError(f"no folder '{figure.parent}' for the figure")


def _advice(
    messages: Console, table: Path, label: str, positive: str | None, generators: list[str] | None, folds: int,
    repeats: int, seed: int, jobs: int,
) -> Advice:  # fmt: skip
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from synththeory.advise.inputs import read_csv
    from synththeory.advise.run import DEFAULT_GENERATORS, advise

    X, y = read_csv(table, label)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task("outer folds", total=folds * repeats)
        return advise(
            X, y, generators=generators or DEFAULT_GENERATORS, positive=positive, folds=folds, repeats=repeats,
            n_jobs=jobs, random_state=seed, progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
