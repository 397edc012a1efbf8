"""One experiment of a reproduction: run, drawn, held against its claims."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from synththeory.figures import draw
from synththeory.report.claims import Experiment, Verdict
from synththeory.sim.api import simulate
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design
from synththeory.sim.results.agreement import Agreement
from synththeory.sim.session import Progress

QUICK = 0.1
"""Share of the replications of a quick reproduction."""
FEWEST, MOST = 4, 500
"""Replications of a quick reproduction at the least, or all where a study has fewer; and at the most."""


@dataclass(frozen=True)
class Reproduced:
    """One experiment, done.

    Attributes
    ----------
    experiment : Experiment
        Which.
    design : Design
        What was run.
    verdicts : tuple of Verdict
        One a claim.
    agreements : tuple of Agreement
        Every curve against its theory.
    figure : Path
        The PNG; its PDF, CSV, TOML and JSON lie beside it.
    seconds : float
        Wall time of this run, which another experiment may have shared; little where the results were there.
    """

    experiment: Experiment
    design: Design
    verdicts: tuple[Verdict, ...]
    agreements: tuple[Agreement, ...]
    figure: Path
    seconds: float


@dataclass(frozen=True)
class Order:
    """What is to be reproduced, and where.

    Attributes
    ----------
    experiment : Experiment
        Which.
    out : Path
        Folder for the figure and, below ``results``, the study folder.
    quick : bool
        A tenth of the replications.
    threads : int
        Worker threads.
    """

    experiment: Experiment
    out: Path
    quick: bool
    threads: int

    def fulfilled(self, progress: Progress | None = None) -> Reproduced:
        """Reproduce it; what is already in the folder is not computed again.

        Parameters
        ----------
        progress : callable, optional
            Called as ``progress(done, total)``, in replications over all cells.

        Raises
        ------
        SynththeoryError
            If the folder cannot be written, or holds another design.
        """
        begun, study = time.monotonic(), self.experiment.study
        design = load_design(study, {"monte_carlo.replications": replications(self.experiment, self.quick)})
        summary = simulate(design, self.out / "results" / study, self.threads, progress=progress)
        figure, *_ = draw(summary, self.out / f"{study}.png")
        verdicts = tuple(claim.judge(summary) for claim in self.experiment.claims)
        return Reproduced(self.experiment, design, verdicts, summary.agreements, figure, time.monotonic() - begun)


def replications(chosen: Experiment, quick: bool) -> int:
    """Replications of an experiment's study in a reproduction; a quick one has half where no claim rests on them."""
    full = load_design(chosen.study).monte_carlo.replications
    wanted = min(QUICK * full, MOST) * (1.0 if chosen.claims else 0.5)
    return max(min(FEWEST, full), round(wanted)) if quick else full


def share(chosen: Experiment, quick: bool) -> float:
    """The part of an experiment's replications that a reproduction has."""
    return replications(chosen, quick) / replications(chosen, False)


def effort(chosen: Experiment, quick: bool) -> float:
    """About how many processor seconds an experiment of a reproduction takes."""
    return chosen.simulation * share(chosen, quick) + chosen.theory
