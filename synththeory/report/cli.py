"""``python -m synththeory.report``: reproduce everything, or report on one study."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from synththeory.errors import SynththeoryError

if TYPE_CHECKING:
    from synththeory.report.claims import Experiment
    from synththeory.report.reproduced import Reproduced

COMMAND = "python -m synththeory.report"
OUTPUT = Path("synththeory_output/reproduction")

app = typer.Typer(
    help="Reproduce the papers' experiments with verdicts, or write the report of one study.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command()
def reproduce(
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the replications.")] = False,
    only: Annotated[str, typer.Option(help="Experiments, such as F1,F3; default: all.")] = "",
    out: Annotated[Path, typer.Option(help="Folder for figures, results and the report.")] = OUTPUT,
    threads: Annotated[int | None, typer.Option(min=1, help="Worker threads. Default: every core.")] = None,
    site: Annotated[Path | None, typer.Option(help="Write the site's pages of papers and theory there too.")] = None,
) -> None:
    """Run every study, draw every figure, and end with a table of verdicts. What has run already is not run again."""
    from synththeory.report.reproduction import expected_seconds, planned
    from synththeory.report.reproduction import reproduce as reproduced

    names = [name.strip() for name in only.split(",") if name.strip()] or [only] * bool(only)
    try:
        chosen = planned(names)
        _say(f"{len(chosen)} experiments, about {_minutes(expected_seconds(chosen, quick))} on two idle cores")
        with _Bar(chosen, quick) as bar:
            done = [bar.finished(each) for each in reproduced(out, names, quick, threads, bar.told)]
        done.sort(key=lambda each: chosen.index(each.experiment))
        words = (COMMAND, "reproduce", "--quick" if quick else "", f"--only {quote(only)}" if only else "")
        command = " ".join(word for word in words if word)
        _write(done, out, command)
        if site is not None:
            from synththeory.report.site import renew_ledgers, write_pages

            renew_ledgers(done, site, _commit())
            for path in write_pages(site):
                _say(f"page: {path}")
    except SynththeoryError as error:
        _say(f"error: {error}")
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        _say("stopped; the same command goes on from here")
        raise typer.Exit(130) from None
    if not all(verdict.settled for each in done for verdict in each.verdicts):
        raise typer.Exit(1)


@app.command()
def pages(
    site: Annotated[Path, typer.Argument(help="The site's sources, where `reproduce --site` wrote its ledgers.")],
) -> None:
    """Write the papers' pages anew from their ledgers, as after a new reason in the registry. Runs nothing."""
    from synththeory.report.site import write_pages

    try:
        for path in write_pages(site):
            typer.echo(path)
    except SynththeoryError as error:
        _say(f"error: {error}")
        raise typer.Exit(2) from None


@app.command()
def study(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A study folder, as `run` makes one.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the report. Default: DIR/report.")] = None,
) -> None:
    """Write the ADEMP report of one study: Markdown, and one HTML file with everything inside."""
    from synththeory.report.ademp import study_report

    try:
        for path in study_report(folder, out or folder / "report"):
            typer.echo(path)
    except SynththeoryError as error:
        _say(f"error: {error}")
        raise typer.Exit(2) from None


class _Bar:
    """One progress bar over all experiments, in their expected seconds; and a line an experiment."""

    def __init__(self, chosen: tuple[Experiment, ...], quick: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        from synththeory.report.reproduced import effort

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
        self._whole = {each.key: effort(each, quick) for each in chosen}
        self._bar = Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task("reproduce", total=sum(self._whole.values()))
        self._behind = 0.0
        self._at: dict[str, float] = {}

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def told(self, experiment: Experiment, done: int, total: int) -> None:
        """Move within an experiment; its theory and its figure come after."""
        simulation = self._whole[experiment.key] - experiment.theory
        self._at[experiment.key] = simulation * done / max(total, 1)
        self._move()

    def finished(self, done: Reproduced) -> Reproduced:
        """Say what became of an experiment, and go to the next."""
        self._at.pop(done.experiment.key, None)
        self._behind += self._whole[done.experiment.key]
        self._move()
        counts = Counter(verdict.outcome for verdict in done.verdicts).most_common()
        said = "; ".join(f"{count} {outcome}" for outcome, count in counts) or "theory and figure only"
        _say(f"{done.experiment.key:<9} {done.experiment.study:<24} {done.seconds:6.1f} s  {said}")
        return done

    def _move(self) -> None:
        reached = self._behind + sum(self._at.values())
        self._bar.update(self._task, completed=reached, description=", ".join(self._at) or "reproduce")


def _write(done: list[Reproduced], out: Path, command: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from synththeory.report import pages, verdicts
    from synththeory.sim.store.whole_files import write_whole

    report = verdicts.markdown(done, out, command)
    write_whole(out / "report.md", report.encode())
    write_whole(out / "report.html", pages.self_contained(report, "Reproduction", out).encode())
    write_whole(out / "verdicts.csv", verdicts.csv_text(done).encode())
    shown = Table(*verdicts.HEADINGS)
    for each in done:
        for verdict in each.verdicts:
            shown.add_row(*verdicts.line(each.experiment, verdict))
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(shown)
    _say(verdicts.counted([verdict for each in done for verdict in each.verdicts]))
    _say(f"report: {out / 'report.html'} (and report.md, verdicts.csv)")


def _commit() -> str:
    """The state of the code: package version, and the commit where it runs from a checkout."""
    import subprocess

    import synththeory

    source = Path(synththeory.__file__).parent
    try:
        asked = subprocess.run(["git", "-C", source, "describe", "--always", "--dirty"], capture_output=True, text=True)
    except OSError:
        return f"version {synththeory.__version__}"
    described = asked.stdout.strip()
    return f"version {synththeory.__version__}" + (f", commit {described}" if described else "")


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 90 else f"{math.ceil(seconds / 60)} minutes"


def _say(text: str) -> None:
    typer.echo(text, err=True)
