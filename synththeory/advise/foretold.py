"""How long will it take? Told before the first outer fold, from one fit that is timed and the number of fits."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from synththeory.advise.contest import Contest, quiet
from synththeory.advise.ground import Ground
from synththeory.estimators.paths import fitted_log_odds, has_path
from synththeory.estimators.splits import Fold

_NEXT = 0.3
"""What a logistic fit along sizes or penalties costs, in fits from the start: it begins where the one before ended."""
_GUIDED = 20
"""Sizes that TG-VTSS tries where fits are quick, about."""
_AROUND = 0.2
"""Seconds of an outer fold around its fits: preprocessing, generators, diagnosis."""
_LONG = 0.05
"""Seconds of fits that are timed, at least."""


def foretold(contest: Contest, folds: Sequence[Fold], seed: int) -> float:
    """Processor seconds of the outer folds and of the whole table, within a factor of about one and a half.

    Parameters
    ----------
    contest, folds, seed
        As of `synththeory.advise.contest.held`.
    """
    with quiet():
        ground = contest.ground(folds[0].training, seed)
        warm = has_path(ground.steps.final, ground.features.rows.shape[1])
        return (_one_fit(ground) * _fits(contest, warm) + _AROUND) * (len(folds) + 1)


def _one_fit(ground: Ground) -> float:
    """Processor seconds of a fit to a training set as it is; the first fit, which may load code, is not counted."""
    features, nothing, times = ground.features, np.empty((0, ground.features.rows.shape[1])), list[float]()
    while len(times) < 2 or sum(times) < _LONG:
        begun = time.thread_time()
        fitted_log_odds(ground.steps.final, features, nothing, np.zeros(1, dtype=np.int64), features.rows[:1])
        times.append(time.thread_time() - begun)
    return min(times[1:])


def _fits(contest: Contest, warm: bool) -> float:
    """Fits of an outer fold, in fits to the real rows: every arm's grid and sizes in each inner fold, then its own."""
    model, inner = contest.model, contest.inner
    offers = int(np.prod([len(values) for values in model.tune.values()]))
    sources = {method.source.name for method in contest.methods if method.source is not None}
    majority, minority = (int((contest.y == label).sum()) for label in (0, 1))
    longer = 1.0 + 0.5 * (majority - minority) / (majority + minority)
    sizes = len(model.multipliers) + (_GUIDED if not model.guided else -1)  # none and balance have their fits
    tuning, along = ((1.0 + _NEXT * (count - 1)) if warm else count for count in (offers, sizes))
    real = 2 * (inner * tuning + 2)
    return real + len(sources) * longer * (inner * (tuning + along) + 4)


def foretelling(seconds: float) -> str:
    """The same in words: one figure of seconds, minutes or hours."""
    units = (("hours", 3600.0), ("minutes", 60.0), ("s", 1.0))
    unit, length = next((each for each in units if seconds > 2.0 * each[1]), units[-1])
    return f"about {float(f'{max(seconds, 1.0) / length:.1g}'):.0f} {unit} of one core in all"
