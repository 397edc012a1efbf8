"""Every experiment with one command: run, draw, hold against its claims, say what differs and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from synththeory.errors import MissingExtraError
from synththeory.report.claims import EXPERIMENTS, Experiment, experiment
from synththeory.report.reproduced import Order, Reproduced, effort, share
from synththeory.report.side_by_side import AT_ONCE, side_by_side
from synththeory.sim.run.cores import available_threads

_NEEDS = {"data": "mlxtend", "neural": "jax"}
"""A module by which an extra is known to be there."""


def reproduce(
    out: str | Path,
    only: Sequence[str] = (),
    quick: bool = False,
    threads: int | None = None,
    progress: Callable[[Experiment, int, int], None] | None = None,
) -> Iterator[Reproduced]:
    """Reproduce experiments, two at a time where that is sooner; what is already in the folder is not computed again.

    Parameters
    ----------
    out : str or Path
        Folder for figures and, below ``results``, study folders.
    only : sequence of str
        Keys or studies, such as ``"F1"``; by default all whose extras are installed.
    quick : bool
        Run a tenth of the replications.
    threads : int, optional
        Worker threads; by default every core. With one, or where a single experiment is most of the work, experiments
        are done one after the other in this process.
    progress : callable, optional
        Called as ``progress(experiment, done, total)``, in replications over all cells of the experiment's study.

    Yields
    ------
    Reproduced
        Each when it is done.

    Raises
    ------
    SynththeoryError
        If a name is not known, or a named experiment needs an extra that is not installed, or its process died.
    """
    chosen, workers = planned(only), threads or available_threads()
    together = workers > 1 and _together(chosen, quick) < _apart(chosen, quick)
    each = -(-workers // AT_ONCE) if together else workers
    orders = [Order(one, Path(out), quick, each) for one in chosen]
    if together:
        yield from side_by_side(orders, progress)
        return
    for order in orders:
        yield order.fulfilled(_of(order.experiment, progress))


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


def expected_seconds(chosen: Sequence[Experiment], quick: bool) -> float:
    """About how long experiments take on two idle cores, compiled: side by side, or one by one where that is less."""
    return min(_together(chosen, quick), _apart(chosen, quick))


def _together(chosen: Sequence[Experiment], quick: bool) -> float:
    efforts = [effort(each, quick) for each in chosen]
    return max(sum(efforts) / AT_ONCE, *efforts)


def _apart(chosen: Sequence[Experiment], quick: bool) -> float:
    return sum(each.alone(share(each, quick)) for each in chosen)


def _of(
    chosen: Experiment, progress: Callable[[Experiment, int, int], None] | None
) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    heard = progress
    return lambda done, total: heard(chosen, done, total)
