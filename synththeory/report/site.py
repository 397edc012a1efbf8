"""Pages of the site that a reproduction writes: one a paper, and theory against simulation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from synththeory.report import pages, verdicts
from synththeory.report.claims import PAPERS, Paper
from synththeory.report.reproduction import Reproduced
from synththeory.sim.store.whole_files import write_whole


def write_pages(done: Sequence[Reproduced], folder: Path, command: str, commit: str) -> tuple[Path, ...]:
    """Write the pages of what was reproduced.

    Parameters
    ----------
    done : sequence of Reproduced
        Papers without an experiment among them keep their old page.
    folder : Path
        The site's sources; pages go to ``papers`` below it and to ``theory-against-simulation.md``.
    command, commit : str
        What redoes the pages, and the state of the code that did.

    Returns
    -------
    tuple of Path
        What was written.
    """
    contents = {f"papers/{paper.key.lower()}.md": _paper(paper, done, folder, command, commit) for paper in PAPERS}
    contents["theory-against-simulation.md"] = _theory(done, command, commit)
    written = {folder / name: text for name, text in contents.items() if text}
    for path, text in written.items():
        write_whole(path, text.encode())
    return tuple(written)


def _paper(paper: Paper, done: Sequence[Reproduced], folder: Path, command: str, commit: str) -> str:
    mine = [each for each in done if each.experiment.paper == paper.key]
    if not mine:
        return ""
    judged = [verdict for each in mine for verdict in each.verdicts]
    parts = [
        f"# {paper.authors}: {paper.title}",
        f"{paper.reference}. Written by `{command}` at {commit}.",
        *([verdicts.counted(judged), verdicts.LABELS] if judged else []),
        "## Experiments",
        "Results that were there already are not computed again, and cost no minutes.",
        pages.table(("experiment", "study", "replications", "minutes of this run", "command"), map(_experiment, mine)),
    ]
    if judged:
        lines = (verdicts.line(each.experiment, verdict) for each in mine for verdict in each.verdicts)
        parts += ["## Published and ours", pages.table(verdicts.HEADINGS, lines)]
    for each in mine:
        picture = Path("paper_figures") / "output" / f"{each.experiment.study}.png"
        if (folder.parent / picture).exists():
            title = each.design.title or each.experiment.study
            place = os.path.relpath(folder.parent / picture, folder / "papers")
            parts += [f"## {each.experiment.key}: {title}", f"![{title}]({Path(place).as_posix()})"]
    return (
        "\n\n".join([*parts, "What is known of every difference: [where numbers differ](../discrepancies.md)."]) + "\n"
    )


def _experiment(each: Reproduced) -> tuple[str, ...]:
    study = each.experiment.study
    count = str(each.design.monte_carlo.replications)
    return (
        each.experiment.key,
        f"`{study}`",
        count,
        f"{each.seconds / 60:.1f}",
        f"`python -m synththeory.sim run {study}`",
    )


def _theory(done: Sequence[Reproduced], command: str, commit: str) -> str:
    rows = [
        (each.experiment.key, ", ".join(f"{key}={pages.shortened(value)}" for key, value in found.cell.items()),
         found.arm, found.metric, str(found.points), f"{found.largest_z:.1f}", f"{found.p_value:.2g}",
         f"{100 * found.margin:.2g} %", found.source)
        for each in done
        for found in each.agreements
    ]  # fmt: skip
    headings = (
        "experiment",
        "cell",
        "arm",
        "metric",
        "points",
        "max |z|",
        "family-wise p",
        "within",
        "generator known by",
    )
    return "\n\n".join(
        [
            "# Theory against simulation",
            f"Written by `{command}` at {commit}.",
            "Every curve that has a theory: z = (simulation − theory)/MCSE at its worst point, the family-wise p-value "
            "of that (Šidák), and the relative margin within which both are shown to be equivalent (two one-sided "
            "tests at 5 % a point). A large p-value is not agreement, a small margin is; with few replications it "
            "is wide because the simulation is not sharp.",
            pages.table(headings, rows),
        ]
    ) + "\n"  # fmt: skip
