"""Repeated nested cross-validation: every method on the same outer folds, everything fitted inside them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synththeory.advise.comparison import Comparison, HeldOut, LeftOut, compared
from synththeory.advise.ground import Ground
from synththeory.advise.methods import AS_IS, Method
from synththeory.advise.models import Model
from synththeory.advise.splits import Keys
from synththeory.arrays import Array, Integers
from synththeory.errors import DesignError
from synththeory.estimators.splits import Fold
from synththeory.estimators.tables import Table

Progress = Callable[[int, int], None]
_WORTH = 8.0
"""Seconds of work left that pay for starting processes."""


@dataclass(frozen=True, eq=False)
class Contest:
    """What an outer fold needs.

    Attributes
    ----------
    model : Model
        What is compared with and without synthetic rows.
    estimator : classifier or Pipeline
        The model with its preprocessing, unfitted.
    methods : tuple of Method
        M of them.
    X : DataFrame or array
        (n, d).
    y : Integers
        (n,): 1 for the minority.
    inner : int
        Folds in which penalties and sizes are chosen.
    keys : Keys
        Which rows belong together, and when they were seen.
    thinning : float
        log of the factor by which rows of the majority were thinned out; 0 where all are here.
    """

    model: Model
    estimator: Any
    methods: tuple[Method, ...]
    X: Any
    y: Integers
    inner: int
    keys: Keys = field(default_factory=Keys)
    thinning: float = 0.0

    def ground(self, training: Integers, seed: int) -> Ground:
        """The training set of a fold, or the whole table."""
        table = Table(self.X, self.y, self.y == 1, None, self.keys.groups, self.keys.times).take(training)
        return Ground.of(self.model, self.estimator, table, self.inner, seed)

    def scored(self, fold: Fold, seed: int) -> tuple[Array, tuple[str, ...]]:
        """Log-odds of the held-out rows, (M, n), NaN where a method failed; and why each failed, "" where none did."""
        from sklearn.utils import _safe_indexing

        with quiet():
            ground = self.ground(fold.training, seed)
            rows = ground.rows(_safe_indexing(self.X, fold.held_out))
            found = [_one(ground, method, rows) for method in self.methods]
        scores, failures = zip(*found, strict=True)
        thinned = [self.thinning if method == AS_IS else 0.0 for method in self.methods]
        return np.stack(scores) - np.array(thinned)[:, None], failures


def _one(ground: Ground, method: Method, rows: Array) -> tuple[Array, str]:
    """A method's log-odds; a failure of any kind costs this method only, but nothing is left without the plain fit."""
    try:
        log_odds = ground.log_odds(method, rows)
        if np.isfinite(log_odds).all():
            return log_odds, ""
        reason = "its fit has scores that are no numbers"
    except Exception as error:
        reason = f"{type(error).__name__}: {error}" if not isinstance(error, ValueError) else str(error)
    if method == AS_IS:
        raise DesignError(f"the model cannot be fitted: {reason}")
    return np.full(len(rows), np.nan), " ".join(reason.split())


@contextmanager
def quiet() -> Iterator[None]:
    """On one BLAS thread and without warnings of convergence and the like: they are not the reader's affair.

    Small products on many threads wait for each other, up to a hundred times as long.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def held(
    contest: Contest, folds: Sequence[Fold], repeats: int, seed: int, n_jobs: int | None, progress: Progress
) -> Comparison:
    """Hold the contest.

    Parameters
    ----------
    contest : Contest
        What is compared on which rows.
    folds : sequence of Fold
        All outer folds, J of them.
    repeats : int
        How often the table was cut anew for them.
    seed : int
        Of everything drawn in the folds; the same numbers for any ``n_jobs``.
    n_jobs : int or None
        Outer folds at once.
    progress : callable
        Told the outer folds done and their number.
    """
    parts = list(_parts(contest, folds, seed, n_jobs, progress))
    reasons = [next(filter(None, column), "") for column in zip(*(failures for _, failures in parts), strict=True)]
    kept = [place for place, reason in enumerate(reasons) if not reason]
    lost = tuple(LeftOut(contest.methods[place], reason) for place, reason in enumerate(reasons) if reason)
    done = tuple(
        HeldOut(fold.held_out, contest.y[fold.held_out], log_odds[kept], contest.y[fold.training], contest.thinning)
        for fold, (log_odds, _) in zip(folds, parts, strict=False)
    )
    return compared(tuple(contest.methods[place] for place in kept), done, len(folds), repeats, lost, contest.keys)


def _parts(
    contest: Contest, folds: Sequence[Fold], seed: int, n_jobs: int | None, progress: Progress
) -> Iterator[tuple[Array, tuple[str, ...]]]:
    """Folds as they are done; stopped by the user, those that are done, if they are two or more.

    The first is done here and timed: starting processes takes seconds, which short work would not pay back.
    """
    from sklearn.utils.parallel import Parallel, delayed

    total, done = len(folds), 0
    start = time.perf_counter()
    try:
        yield contest.scored(folds[0], seed * total)
        progress(1, total)
        left = (time.perf_counter() - start) * (total - 1)
        tasks = (delayed(contest.scored)(fold, seed * total + place) for place, fold in enumerate(folds[1:], 1))
        for done, part in enumerate(Parallel(n_jobs if left > _WORTH else None, return_as="generator")(tasks), 2):
            yield part
            progress(done, total)
    except KeyboardInterrupt:
        if done < 2:
            raise
