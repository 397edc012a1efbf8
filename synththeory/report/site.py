"""Pages of the site that a reproduction writes: one a paper, from ledgers that keep what was reproduced before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from synththeory.errors import SynththeoryError, nearest
from synththeory.report import ledger, pages, verdicts
from synththeory.report.claims import PAPERS, Experiment, Paper, Verdict, experiment
from synththeory.report.readings import Found
from synththeory.report.reproduced import Reproduced
from synththeory.sim.design.studies import load_design
from synththeory.sim.store.whole_files import write_whole

RUNS = ("experiment", "replications", "commit")
NUMBERS = ("experiment", "claim", "estimate", "mcse", "theory", "replications", "commit")
CURVES = (
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
_EXPERIMENTS = ("experiment", "study", "replications", "about minutes", "command", "commit")


def renew_ledgers(done: Sequence[Reproduced], folder: Path, commit: str) -> None:
    """Put what was reproduced into the ledgers; all other experiments keep their lines, each with its own commit.

    Parameters
    ----------
    done : sequence of Reproduced
        What was reproduced.
    folder : Path
        The site's sources; ``papers/experiments.csv``, ``papers/claims.csv`` and ``theory-against-simulation.csv``.
    commit : str
        The state of the code that reproduced them.

    Raises
    ------
    SynththeoryError
        If a ledger there is none.
    """
    keys = [each.experiment.key for each in done]
    runs = ((each.experiment.key, str(each.design.monte_carlo.replications), commit) for each in done)
    numbers = (
        (each.experiment.key, verdict.claim.words, *_cells(verdict.found), commit)
        for each in done
        for verdict in each.verdicts
    )
    curves = (
        (each.experiment.key, ", ".join(f"{key}={pages.shortened(value)}" for key, value in found.cell.items()),
         found.arm, found.metric, str(found.points), f"{found.largest_z:.1f}", f"{found.p_value:.2g}",
         f"{100 * found.margin:.2g} %", found.source, commit)
        for each in done
        for found in each.agreements
    )  # fmt: skip
    ledger.renew(folder / "papers" / "experiments.csv", RUNS, keys, runs)
    ledger.renew(folder / "papers" / "claims.csv", NUMBERS, keys, numbers)
    ledger.renew(folder / "theory-against-simulation.csv", CURVES, keys, curves)


def write_pages(folder: Path) -> tuple[Path, ...]:
    """Write the page of every paper that has an experiment in the ledgers.

    The registry judges the ledgers' numbers and gives the reasons, so a new reason needs no new run.

    Parameters
    ----------
    folder : Path
        The site's sources; pages go to ``papers`` below it.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    SynththeoryError
        If there is no ledger, or one names an experiment or a claim that is not in the registry.
    """
    papers = folder / "papers"
    runs = ledger.read(papers / "experiments.csv", RUNS)
    if not runs:
        raise SynththeoryError(f"no experiment in {papers / 'experiments.csv'}; `reproduce --site {folder}` makes it")
    judged = [_judged(line) for line in ledger.read(papers / "claims.csv", NUMBERS)]
    written = []
    for paper in PAPERS:
        mine = [line for line in runs if experiment(line[0]).paper == paper.key]
        if mine:
            path = papers / f"{paper.key.lower()}.md"
            its = [(chosen, verdict) for chosen, verdict in judged if chosen.paper == paper.key]
            write_whole(path, _page(paper, mine, its, path).encode())
            written.append(path)
    return tuple(written)


def _cells(found: Found) -> ledger.Line:
    theory = "" if found.theory is None else repr(float(found.theory))
    return repr(float(found.estimate)), repr(float(found.mcse)), theory, str(found.replications)


def _judged(line: ledger.Line) -> tuple[Experiment, Verdict]:
    key, words, estimate, mcse, theory, replications, _ = line
    chosen = experiment(key)
    found = Found(float(estimate), float(mcse), float(theory) if theory else None, int(replications))
    for claim in chosen.claims:
        if claim.words == words:
            return chosen, claim.verdict(found)
    near = nearest(words, (claim.words for claim in chosen.claims))
    raise SynththeoryError(f"papers/claims.csv: {key} has no claim '{words}'{near}; reproduce it or mend its line")


def _page(paper: Paper, runs: Sequence[ledger.Line], judged: Sequence[tuple[Experiment, Verdict]], path: Path) -> str:
    parts = [
        f"# {paper.authors}: {paper.title}",
        f"{paper.reference}. Written by `python -m synththeory.report reproduce --site docs`.",
        *([verdicts.counted([verdict for _, verdict in judged]), verdicts.LABELS] if judged else []),
        "## Experiments",
        pages.table(_EXPERIMENTS, (_run(*line) for line in runs)),
    ]
    if judged:
        parts += ["## Published and ours", pages.table(verdicts.HEADINGS, (verdicts.line(*each) for each in judged))]
    for key, *_ in runs:
        study = experiment(key).study
        picture = path.parents[2] / "paper_figures" / "output" / f"{study}.png"
        if picture.exists():
            title = load_design(study).title or study
            place = Path(os.path.relpath(picture, path.parent)).as_posix()
            parts += [f"## {key}: {title}", f"![{title}]({place})"]
    known = "What is known of every difference: [where numbers differ](../discrepancies.md)."
    return "\n\n".join([*parts, known]) + "\n"


def _run(key: str, replications: str, commit: str) -> ledger.Line:
    chosen = experiment(key)
    command = f"`python -m synththeory.sim run {chosen.study}`"
    return key, f"`{chosen.study}`", replications, f"{max(chosen.alone() / 60, 0.1):.1f}", command, commit
