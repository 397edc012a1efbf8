"""The command line. Heavy modules are imported inside, so that ``--help`` answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from synththeory.errors import DesignError, SynththeoryError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from synththeory.advise.advice import Advice
    from synththeory.advise.reading.files import Columns

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_DEFAULT, _MODELS = "smote, gaussian-fit", "logistic, forest, gradient-boosting, mlp"
_TYPES = "numeric, date, category, left out"
_KINDS_OF_FILE = "CSV and its kin, ARFF, KEEL .dat, parquet; .gz, .bz2, .xz, .zip."
_VALID = (
    "smote, gaussian-fit, bootstrap, jitter, kde, gaussian-mixture-fit, or a sampler of imbalanced-learn (ADASYN …)"
)


@app.command()
def main(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help=f"One row per line, names first. {_KINDS_OF_FILE}")],
    label: Annotated[str | None, typer.Option(help="The column with the labels.")] = None,
    positive: Annotated[str | None, typer.Option(help="The minority's label. Default: the rarer of two.")] = None,
    model: Annotated[str, typer.Option(help=f"{_MODELS}. Any other: in Python.")] = "logistic",
    generator: Annotated[list[str] | None, typer.Option(help=f"{_VALID}. Repeatable. Default: {_DEFAULT}.")] = None,
    pool: Annotated[Path | None, typer.Option(help="A table of ready-made minority rows: how many to use?")] = None,
    group: Annotated[str | None, typer.Option(help="A column whose equal values belong together.")] = None,
    time: Annotated[str | None, typer.Option(help="A column by which splits go forward in time.")] = None,
    attribute: Annotated[str | None, typer.Option(help="A column of few values: losses within each group.")] = None,
    folds: Annotated[int, typer.Option(help="Outer folds.")] = 5,
    repeats: Annotated[int, typer.Option(help="How often the table is cut anew.")] = 2,
    most_repeats: Annotated[int, typer.Option(help="The same where fits are unstable and the answer is open.")] = 8,
    cost: Annotated[float | None, typer.Option(help="How many false alarms a missed minority row is worth.")] = None,
    recall: Annotated[float | None, typer.Option(help="The share of the minority that is to be found.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    rows: Annotated[int, typer.Option(help="Rows used of a larger table.")] = 20_000,
    jobs: Annotated[int, typer.Option(help="Outer folds at once; -1: one per core.")] = -1,
    types: Annotated[list[str] | None, typer.Option(help=f"COLUMN=TYPE, one of {_TYPES}. Repeatable.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A column to keep that would be left out. Repeatable.")] = None,
    keep_copies: Annotated[bool, typer.Option("--keep-copies", help="Keep rows that repeat earlier ones.")] = False,
    sep: Annotated[str | None, typer.Option(help="Separator of the fields. Default: detected.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal sign, . or ,. Default: detected.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the text. Default: detected.")] = None,
    figure: Annotated[Path | None, typer.Option(help="Draw the page into this file (.png, .pdf, .svg).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Every number as JSON on stdout, in place of the page.")] = False,
) -> None:
    """Should you oversample this table, and how much? Compares synthetic rows with the fixes that cost nothing.

    Numbers are standardised, names one-hot encoded and missing values imputed inside the folds, where penalties are
    tuned too.
    """
    messages = Console(stderr=True)
    try:
        _check_figure(figure)
        from synththeory.advise.reading.contents import Format, decimal_sign
        from synththeory.advise.reading.files import read_file, read_pool

        wanted = Format(_separator(sep), decimal_sign(decimal), encoding)
        columns = read_file(table, label, wanted)
        ready = None if pool is None else read_pool(pool, str(columns.y.name), wanted)
        for note in columns.notes:
            messages.print(f"{escape(str(table))}: {escape(note)}", soft_wrap=True, highlight=False)
        X, groups, times = _keys(columns, group, time)
        divided = None if attribute is None else _column(columns, attribute)
        settings = {
            "estimator": model, "groups": groups, "times": times, "attribute": divided, "largest": rows, "cost": cost,
            "recall": recall, "generators": generator, "pool": ready, "positive": positive, "folds": folds,
            "repeats": repeats, "most_repeats": most_repeats, "n_jobs": jobs, "random_state": seed,
            "types": {**columns.types, **_pairs(types)}, "keep": keep or (), "keep_copies": keep_copies,
            "decimal": decimal_sign(decimal),
        }  # fmt: skip
        advice = _advised(messages, X, columns.y, settings)
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


def _separator(given: str | None) -> str | None:
    found = {None: None, "\\t": "\t", "tab": "\t", "space": r"\s+"}.get(given, given)
    if found not in (None, r"\s+") and len(str(found)) != 1:
        raise DesignError(f"--sep is one character, 'tab' or 'space', got '{given}'; leave it out to have it detected")
    return found


def _pairs(types: list[str] | None) -> dict[str, str]:
    wrong = next((each for each in types or () if "=" not in each), None)
    if wrong is not None:
        raise DesignError(f"--types wants COLUMN=TYPE, got '{wrong}'; types: {_TYPES}")
    return {name.strip(): kind.strip() for name, _, kind in (each.rpartition("=") for each in types or ())}


def _check_figure(figure: Path | None) -> None:
    if figure is None:
        return
    if figure.suffix not in (".png", ".pdf", ".svg"):
        raise DesignError(f"a figure is written as .png, .pdf or .svg, got '{figure.name}'")
    if not figure.parent.is_dir():
        raise DesignError(f"no folder '{figure.parent}' for the figure")


def _keys(columns: Columns, group: str | None, time: str | None) -> tuple[DataFrame, Any, Any]:
    """The columns without those that tie rows, which are no features; and these."""
    from synththeory.advise.reading.columns import typed

    for name in filter(None, (group, time)):
        _column(columns, name)
    X = columns.X.drop(columns=list(filter(None, (group,))))
    times = None if time is None else typed(columns.X[[time]], {}, (time,)).frame[time]
    return X, None if group is None else columns.X[group], times


def _column(columns: Columns, name: str) -> Series:
    if name not in columns.X:
        raise DesignError(f"no column '{name}'{nearest(name, columns.X)}")
    found: Series = columns.X[name]
    return found


def _advised(messages: Console, X: DataFrame, y: Series, settings: dict[str, Any]) -> Advice:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from synththeory.advise.progress import Lines
    from synththeory.advise.remedies import on_the_command_line
    from synththeory.advise.run import advise

    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    lines = Lines(lambda line: messages.print(line, highlight=False))
    with Progress(*shown, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        task = bar.add_task("outer folds", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if not messages.is_terminal:
                lines.progress(done, total)

        with on_the_command_line():
            return advise(X, y, progress=told, before=lines.before, **settings)
