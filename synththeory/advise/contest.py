"""Repeated nested cross-validation: every method on the same outer folds, everything fitted inside them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from synththeory.advise.anew import looks, still_open
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
Part = tuple[Array, tuple[str, ...]]
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


def compared_on_folds(
    contest: Contest, folds: Sequence[Fold], repeats: int, most: int, seed: int, n_jobs: int | None, progress: Progress
) -> Comparison:
    """Compare on every outer fold, and go on where the answer is open and further cuts of the table could close it.

    Parameters
    ----------
    contest : Contest
        What is compared on which rows.
    folds : sequence of Fold
        Of as many cuts as may be made, one cut after the other.
    repeats, most : int
        How often the table is cut anew, at first and in all.
    seed : int
        Of everything drawn in the folds; the same numbers for any ``n_jobs``.
    n_jobs : int or None
        Outer folds at once.
    progress : callable
        Told the outer folds done and their number, which grows where the table is cut anew.
    """
    ends = {cuts: len(folds) * cuts // most for cuts in range(1, most + 1)}
    work = _Work(contest, folds, seed * ends[repeats], n_jobs, progress)
    parts = list(work.parts(0, ends[repeats]))
    found = _compared(contest, folds[: ends[repeats]], parts, repeats)
    found = replace(found, looks=looks(found, most))
    for cuts in found.looks[1:]:
        if not still_open(found):
            break
        parts += work.parts(len(parts), ends[cuts])
        found = replace(_compared(contest, folds[: ends[cuts]], parts, cuts), looks=found.looks)
    return found


def _compared(contest: Contest, folds: Sequence[Fold], parts: Sequence[Part], repeats: int) -> Comparison:
    reasons = [next(filter(None, column), "") for column in zip(*(failures for _, failures in parts), strict=True)]
    kept = [place for place, reason in enumerate(reasons) if not reason]
    lost = tuple(LeftOut(contest.methods[place], reason) for place, reason in enumerate(reasons) if reason)
    done = tuple(
        HeldOut(fold.held_out, contest.y[fold.held_out], log_odds[kept], contest.y[fold.training], contest.thinning)
        for fold, (log_odds, _) in zip(folds, parts, strict=False)
    )
    return compared(tuple(contest.methods[place] for place in kept), done, len(folds), repeats, lost, contest.keys)


@dataclass(frozen=True, eq=False)
class _Work:
    """Outer folds, some at a time."""

    contest: Contest
    folds: Sequence[Fold]
    seed: int
    n_jobs: int | None
    progress: Progress

    def parts(self, first: int, total: int) -> Iterator[Part]:
        """Folds as they are done; stopped by the user, those that are done, if they are two or more.

        The first is done here and timed: starting processes takes seconds, which short work would not pay back.
        """
        from sklearn.utils.parallel import Parallel, delayed

        scored, seed, done = self.contest.scored, self.seed, first
        start = time.perf_counter()
        try:
            yield scored(self.folds[first], seed + first)
            self.progress(first + 1, total)
            left = (time.perf_counter() - start) * (total - first - 1)
            tasks = (delayed(scored)(self.folds[place], seed + place) for place in range(first + 1, total))
            made = Parallel(self.n_jobs if left > _WORTH else None, return_as="generator")(tasks)
            for done, part in enumerate(made, first + 2):
                yield part
                self.progress(done, total)
        except KeyboardInterrupt:
            if done < 2:
                raise
