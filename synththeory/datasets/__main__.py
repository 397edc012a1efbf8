"""``python -m synththeory.datasets``: the listing, or one table as CSV."""

from __future__ import annotations

from typing import Annotated

import typer

from synththeory.errors import SynththeoryError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Write this table to stdout as CSV.")] = None,
) -> None:
    """List the imbalanced tables, or write one as CSV with its label in the column `label` (1: minority)."""
    from synththeory.datasets import listing, load

    try:
        if name is None:
            typer.echo(f"{'name':32} {'n':>5} {'d':>4} {'minority':>8} {'ratio':>6}")
            for entry in listing():
                typer.echo(f"{entry.name:32} {entry.n:5} {entry.d:4} {entry.minority:8} {entry.ratio:6.1f}")
        else:
            table = load(name)
            typer.echo(table.X.assign(label=table.y).to_csv(index=False), nl=False)
    except SynththeoryError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    app(prog_name="python -m synththeory.datasets")
