"""The commands that look at whole study folders: take them elsewhere, check them, hold two side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from synththeory.sim.cli.words import Folder, Use, app, loaded, say, speaking

PANEL = "Whole folders"


@app.command(rich_help_panel=PANEL)
@speaking
def export(
    folder: Folder,
    to: Annotated[Literal["csv", "parquet"], typer.Option("--to", help="Kind of file.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="File to write. Default: DIR/<study>.csv or .parquet.")] = None,
    use: Use = None,
) -> None:
    """Write every stored number as one table: one row per replication and point, one column per metric."""
    from synththeory.sim.results.exporting import export as write
    from synththeory.sim.store.files import FileStore

    loaded(use)
    store = FileStore.existing(folder)
    path = out or folder / f"{store.lock.design.study}.{to}"
    rows = write(store.lock.design, store, path, to)
    say(f"exported: {rows} rows to {path}")


@app.command(rich_help_panel=PANEL)
@speaking
def verify(
    folder: Folder,
    sample: Annotated[int, typer.Option(min=0, help="Replications to compute again.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Chooses them.")] = 0,
    use: Use = None,
) -> None:
    """Check every file and digest of a folder and compute a random sample again; exit code 1 if anything is off."""
    from synththeory.sim.run.verifying import verify as check
    from synththeory.sim.store.files import FileStore

    loaded(use)
    found = check(FileStore.existing(folder), sample, seed)
    for line in (*found.wrong, *found.different):
        typer.echo(line)
    typer.echo(
        f"{found.files} files read, {len(found.wrong)} wrong; {found.replayed} replications computed again: "
        f"{found.numbers} numbers, {len(found.different)} differ"
    )
    if not found.trusted:
        raise typer.Exit(1)


@app.command(rich_help_panel=PANEL)
@speaking
def compare(
    one: Annotated[Path, typer.Argument(metavar="DIR", help="A study folder.")],
    other: Annotated[Path, typer.Argument(metavar="DIR", help="Another of the same design.")],
    use: Use = None,
) -> None:
    """Say which numbers of two runs of one design differ, and by how many ulp; exit code 1 if any do."""
    from synththeory.sim.results.comparing import compared
    from synththeory.sim.store.files import FileStore

    loaded(use)
    found = list(compared(FileStore.existing(one), FileStore.existing(other)))
    for each in found:
        typer.echo(each.line)
    if any(each.different for each in found):
        raise typer.Exit(1)
