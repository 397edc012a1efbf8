"""Every experiment with one command: run, draw, hold against its claims, say what differs and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from synththeory.errors import MissingExtraError
from synththeory.figures import draw
from synththeory.report.claims import EXPERIMENTS, Experiment, Verdict, experiment
from synththeory.sim.api import simulate
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design
from synththeory.sim.results.agreement import Agreement
from synththeory.sim.results.summary import Summary
from synththeory.sim.session import Progress

QUICK = 0.1
"""Share of the replications of a quick reproduction."""
FEWEST, MOST = 4, 500
"""Replications of a quick reproduction at the least, or all where a study has fewer; and at the most."""
_NEEDS = {"data": "mlxtend", "neural": "jax"}
"""A module by which an extra is known to be there."""


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
        Wall time of this run; little where the results were there.
    """

    experiment: Experiment
    design: Design
    verdicts: tuple[Verdict, ...]
    agreements: tuple[Agreement, ...]
    figure: Path
    seconds: float


def reproduce(
    out: str | Path,
    only: Sequence[str] = (),
    quick: bool = False,
    threads: int | None = None,
    progress: Callable[[Experiment, int, int], None] | None = None,
) -> Iterator[Reproduced]:
    """Reproduce experiments one after the other; what is already in the folder is not computed again.

    Parameters
    ----------
    out : str or Path
        Folder for figures and, below ``results``, study folders.
    only : sequence of str
        Keys or studies, such as ``"F1"``; by default all whose extras are installed.
    quick : bool
        Run a tenth of the replications.
    threads : int, optional
        Worker threads; by default every core.
    progress : callable, optional
        Called as ``progress(experiment, done, total)``, in replications over all cells of the experiment's study.

    Yields
    ------
    Reproduced
        In the order of the registry.

    Raises
    ------
    SynththeoryError
        If a name is not known, or a named experiment needs an extra that is not installed.
    """
    for chosen in planned(only):
        yield _reproduced(chosen, Path(out), quick, threads, progress)


def planned(only: Sequence[str] = ()) -> tuple[Experiment, ...]:
    """The experiments of a reproduction, in order.

    Raises
    ------
    SynththeoryError
        If a name is not known, or a named experiment needs an extra that is not installed.
    """
    named = {experiment(name).key for name in only}
    for key in named:
        if not available(experiment(key)):
            extra = experiment(key).extra
            raise MissingExtraError(f"{key} needs the extra '{extra}'", extra)
    return tuple(each for each in EXPERIMENTS if (each.key in named if named else available(each)))


def available(chosen: Experiment) -> bool:
    """Whether the extra that an experiment needs is installed."""
    return not chosen.extra or find_spec(_NEEDS[chosen.extra]) is not None


def replications(design: Design, quick: bool) -> int:
    """Replications of an experiment's study in a reproduction."""
    full = design.monte_carlo.replications
    return min(max(min(FEWEST, full), round(QUICK * full)), MOST) if quick else full


def expected_seconds(chosen: Sequence[Experiment], quick: bool) -> float:
    """About how long experiments take on two cores: up to ten seconds of each are theory and figure, whatever R."""
    fixed = [min(each.seconds / 3.0, 10.0) for each in chosen]
    drawn = sum(each.seconds for each in chosen) - sum(fixed)
    return sum(fixed) + drawn * (QUICK if quick else 1.0)


def _reproduced(
    chosen: Experiment,
    out: Path,
    quick: bool,
    threads: int | None,
    progress: Callable[[Experiment, int, int], None] | None,
) -> Reproduced:
    begun = time.monotonic()
    count = replications(load_design(chosen.study), quick)
    design = load_design(chosen.study, {"monte_carlo.replications": count})
    told: Progress | None = None
    if progress is not None:
        heard = progress
        told = lambda done, total: heard(chosen, done, total)  # noqa: E731
    summary: Summary = simulate(design, out / "results" / chosen.study, threads, progress=told)
    figure, *_ = draw(summary, out / f"{chosen.study}.png")
    verdicts = tuple(claim.judge(summary) for claim in chosen.claims)
    return Reproduced(chosen, design, verdicts, summary.agreements, figure, time.monotonic() - begun)
