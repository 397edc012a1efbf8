"""Repeated nested cross-validation: every method on the same outer folds, everything fitted inside them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from synththeory.advise.comparison import Comparison, LeftOut
from synththeory.advise.measures import MEASURES, measured
from synththeory.advise.methods import AS_IS, Method
from synththeory.arrays import Array, Integers, Vector
from synththeory.errors import DesignError

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Contest:
    """What an outer fold needs.

    Attributes
    ----------
    estimator : classifier or Pipeline
        Unfitted, with its preprocessing.
    methods : tuple of Method
        M of them.
    X : DataFrame or array
        (n, d).
    y : Integers
        (n,): 1 for the minority.
    inner : int
        Folds in which VTSS and TG-VTSS choose.
    """

    estimator: Any
    methods: tuple[Method, ...]
    X: Any
    y: Integers
    inner: int

    def scored(self, training: Integers, held_out: Integers, seed: int) -> tuple[Array, tuple[str, ...]]:
        """Measures on the held-out rows, (M, 5), NaN where a method failed; and why each failed, "" where none did.

        On one BLAS thread: small products on many threads wait for each other, up to a hundred times as long.
        """
        from sklearn.exceptions import ConvergenceWarning
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            scores, failures = zip(
                *(self._one(method, training, held_out, seed) for method in self.methods), strict=True
            )
        return np.stack(scores), failures

    def _one(self, method: Method, training: Integers, held_out: Integers, seed: int) -> tuple[Vector, str]:
        from sklearn.utils import _safe_indexing

        labels = self.y[training]
        try:
            classifier = method.classifier(self.estimator, self.inner, seed)
            log_odds = classifier.fit(_safe_indexing(self.X, training), labels).decision_function(
                _safe_indexing(self.X, held_out)
            )
        except ValueError as error:
            if method.source is None:
                raise DesignError(f"'{method.name}' cannot be fitted: {error}") from error
            return np.full(len(MEASURES), np.nan), str(error)
        shift = 0.0 if method == AS_IS else log(labels.sum() / (labels == 0).sum())
        return measured(log_odds, self.y[held_out], shift), ""


def held(contest: Contest, folds: int, repeats: int, seed: int, n_jobs: int | None, progress: Progress) -> Comparison:
    """Hold the contest.

    Parameters
    ----------
    contest : Contest
        What is compared on which rows.
    folds, repeats : int
        Outer stratified folds, and how often the table is cut anew.
    seed : int
        Of the folds and of everything drawn in them; the same numbers for any ``n_jobs``.
    n_jobs : int or None
        Outer folds at once.
    progress : callable
        Told the outer folds done and their number.
    """
    from sklearn.model_selection import RepeatedStratifiedKFold
    from sklearn.utils.parallel import Parallel, delayed

    total = folds * repeats
    splits = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed).split(contest.y, contest.y)
    tasks = (delayed(contest.scored)(*split, seed * total + place) for place, split in enumerate(splits))
    parts = []
    for done, part in enumerate(Parallel(n_jobs=n_jobs, return_as="generator")(tasks), 1):
        parts.append(part)
        progress(done, total)
    scores = np.stack([scores for scores, _ in parts])
    reasons = [next(filter(None, column), "") for column in zip(*(failures for _, failures in parts), strict=True)]
    kept = [place for place, reason in enumerate(reasons) if not reason]
    lost = tuple(LeftOut(contest.methods[place], reason) for place, reason in enumerate(reasons) if reason)
    return Comparison(tuple(contest.methods[place] for place in kept), scores[:, kept], folds, repeats, lost)
