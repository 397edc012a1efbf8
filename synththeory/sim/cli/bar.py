"""The progress bar of a run: replications and the time left; of a study of nets, fits and steps too."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from synththeory.learners import NetLearner
from synththeory.neural.work import Work, meter
from synththeory.sim.cli.words import messages
from synththeory.sim.design.design import Design

if TYPE_CHECKING:
    from synththeory.sim.session import Progress


class Training(ProgressColumn):
    """Fits, steps, and the time that the missing replications take if they need as many steps each.

    A block of replications may take minutes: between two blocks the steps go on counting and the time goes on falling.

    Parameters
    ----------
    clock : callable
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock, self._start, self._before = clock, clock(), meter.work
        self._kept = Work()

    def kept(self) -> None:
        """A block has been kept: what has been done until now is the work of the replications that are done."""
        self._kept = meter.work.since(self._before)

    def render(self, task: Task) -> Text:
        """Such as ``1,204 nets, 144,480 steps, 0:12:03 left``."""
        work = meter.work.since(self._before)
        left = self._left(work, task.completed, task.total)
        words = "" if left is None else f", {timedelta(seconds=round(left))} left"
        return Text(f"{work.fits:,} nets, {work.steps:,} steps{words}", style="progress.remaining")

    def _left(self, work: Work, done: float, total: float | None) -> float | None:
        if not done or not total or not self._kept.steps:
            return None
        missing = max(self._kept.steps * total / done - work.steps, 0.0)
        return missing * (self._clock() - self._start) / work.steps


@contextmanager
def bar(design: Design) -> Iterator[Progress]:
    """A progress bar on a terminal; nothing elsewhere."""
    nets = any(isinstance(cell.learner, NetLearner) for cell in design.cells)
    last = Training() if nets else TimeRemainingColumn()
    console = messages()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), last)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(escape(design.study), total=None)

        def progress(done: int, total: int) -> None:
            if isinstance(last, Training):
                last.kept()
            shown.update(task, completed=done, total=total)

        yield progress
