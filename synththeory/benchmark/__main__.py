"""``python -m synththeory.benchmark TABLE…``: samplers and free fixes on KEEL's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synththeory.errors import SynththeoryError

if TYPE_CHECKING:
    from synththeory.benchmark.run import Plan

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    tables: Annotated[list[str], typer.Argument(metavar="TABLE...", help="Names of `synththeory.datasets`.")],
    method: Annotated[list[str] | None, typer.Option(help="Only this method (repeatable), beside none.")] = None,
    folds: Annotated[int, typer.Option(min=2, help="Stratified folds.")] = 5,
    repeats: Annotated[int, typer.Option(min=1, help="How often the folds are drawn.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Root seed.")] = 0,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Default: one per core.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results; a stopped run goes on there.")] = Path("benchmark"),
) -> None:
    """Compare samplers with what costs nothing: AUROC, AUPRC, G-mean, MCC, F1, log loss, Brier score and time."""
    from synththeory.benchmark.run import Plan

    try:
        _compare(Plan(tuple(tables), folds, repeats, seed), tuple(method or ()), workers, out)
    except OSError as error:
        typer.echo(f"error: {error.filename}: {error.strerror}; --out takes a folder to write results in", err=True)
        raise typer.Exit(2) from None
    except (SynththeoryError, ValueError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None


def _compare(plan: Plan, names: tuple[str, ...], workers: int | None, out: Path) -> None:
    from synththeory.benchmark.methods import chosen
    from synththeory.benchmark.run import run
    from synththeory.benchmark.summary import ALL, shared, summary, text, write
    from synththeory.sim.run.cores import available_threads

    found = run(
        plan, chosen(names), out / "folds", lambda line: typer.echo(line, err=True), workers or available_threads()
    )
    lines = summary(plan, found)
    write(lines, out / "summary.csv")
    for table in plan.tables:
        typer.echo(text(lines, table, ALL, f"mean of {', '.join(shared(found, table))}") + "\n")
    typer.echo("± is the corrected standard error of the paired difference from none; * beyond two of them;")
    typer.echo("brier_back: the Brier score after probabilities are moved back to the table's prevalence.")
    for note in sorted({f"{each.table}, {each.method}: {each.note}" for each in found if each.note}):
        typer.echo(note)
    typer.echo(f"results: {out / 'summary.csv'}")


if __name__ == "__main__":
    app(prog_name="python -m synththeory.benchmark")
