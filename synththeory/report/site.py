"""Pages of the site that a reproduction writes: one a paper, and theory against simulation.

What was not reproduced this time keeps the lines that the pages have of it, each with its own commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from synththeory.report import pages, verdicts
from synththeory.report.claims import EXPERIMENTS, PAPERS, Paper, experiment
from synththeory.report.reproduction import Reproduced
from synththeory.sim.design.studies import load_design
from synththeory.sim.store.whole_files import write_whole

EXPERIMENT = ("experiment", "study", "replications", "about minutes", "command", "commit")
AGREEMENT = (
    "experiment",
    "cell",
    "arm",
    "metric",
    "points",
    "max |z|",
    "family-wise p",
    "within",
    "generator known by",
    "commit",
)
Cells = tuple[str, ...]


def write_pages(done: Sequence[Reproduced], folder: Path, commit: str) -> tuple[Path, ...]:
    """Write what was reproduced into the pages.

    Parameters
    ----------
    done : sequence of Reproduced
        Papers without an experiment among them keep their page as it is.
    folder : Path
        The site's sources; pages go to ``papers`` below it and to ``theory-against-simulation.md``.
    commit : str
        The state of the code that reproduced them.

    Returns
    -------
    tuple of Path
        What was written.
    """
    papers = [paper for paper in PAPERS if any(each.experiment.paper == paper.key for each in done)]
    written = {folder / "papers" / f"{paper.key.lower()}.md": paper for paper in papers}
    for path, paper in written.items():
        mine = [each for each in done if each.experiment.paper == paper.key]
        write_whole(path, _paper(paper, mine, path, commit).encode())
    theory = folder / "theory-against-simulation.md"
    write_whole(theory, _theory(done, theory, commit).encode())
    return (*written, theory)


def _paper(paper: Paper, done: Sequence[Reproduced], path: Path, commit: str) -> str:
    experiments = _merged(path, EXPERIMENT, done, (_experiment(each, commit) for each in done))
    lines = (verdicts.line(each.experiment, verdict) for each in done for verdict in each.verdicts)
    judged = _merged(path, verdicts.HEADINGS, done, lines)
    parts = [
        f"# {paper.authors}: {paper.title}",
        f"{paper.reference}. Written by `python -m synththeory.report reproduce --site docs`.",
        *([verdicts.counted([cells[-1] for cells in judged]), verdicts.LABELS] if judged else []),
        "## Experiments",
        pages.table(EXPERIMENT, experiments),
    ]
    if judged:
        parts += ["## Published and ours", pages.table(verdicts.HEADINGS, judged)]
    for key, *_ in experiments:
        study = experiment(key).study
        picture = path.parents[2] / "paper_figures" / "output" / f"{study}.png"
        if picture.exists():
            title = load_design(study).title or study
            place = Path(os.path.relpath(picture, path.parent)).as_posix()
            parts += [f"## {key}: {title}", f"![{title}]({place})"]
    known = "What is known of every difference: [where numbers differ](../discrepancies.md)."
    return "\n\n".join([*parts, known]) + "\n"


def _experiment(each: Reproduced, commit: str) -> Cells:
    study, minutes = each.experiment.study, f"{each.experiment.seconds / 60:.1f}"
    count = str(each.design.monte_carlo.replications)
    return each.experiment.key, f"`{study}`", count, minutes, f"`python -m synththeory.sim run {study}`", commit


def _theory(done: Sequence[Reproduced], path: Path, commit: str) -> str:
    lines = (
        (each.experiment.key, ", ".join(f"{key}={pages.shortened(value)}" for key, value in found.cell.items()),
         found.arm, found.metric, str(found.points), f"{found.largest_z:.1f}", f"{found.p_value:.2g}",
         f"{100 * found.margin:.2g} %", found.source, commit)
        for each in done
        for found in each.agreements
    )  # fmt: skip
    return "\n\n".join(
        [
            "# Theory against simulation",
            "Written by `python -m synththeory.report reproduce --site docs`.",
            "Every curve that has a theory: z = (simulation − theory)/MCSE at its worst point, the family-wise p-value "
            "of that (Šidák), and the relative margin within which both are shown to be equivalent (two one-sided "
            "tests at 5 % a point). A large p-value is not agreement, a small margin is; with few replications it "
            "is wide because the simulation is not sharp.",
            pages.table(AGREEMENT, _merged(path, AGREEMENT, done, lines)),
        ]
    ) + "\n"  # fmt: skip


def _merged(path: Path, headings: Sequence[str], done: Sequence[Reproduced], lines: Iterable[Cells]) -> list[Cells]:
    """A table's lines in the order of the registry: the new ones, and the page's own of all other experiments."""
    order = [each.key for each in EXPERIMENTS]
    anew = {each.experiment.key for each in done}
    before = pages.rows(path.read_text(), headings) if path.exists() else []
    kept = [cells for cells in before if cells[0] in order and cells[0] not in anew]
    return sorted([*kept, *lines], key=lambda cells: order.index(cells[0]))
