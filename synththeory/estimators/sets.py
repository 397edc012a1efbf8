"""Fits to several synthetic sets: their mean probability, and what m of them are worth, foretold from two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit, logsumexp
from sklearn.base import clone

from synththeory.arrays import Array, Vector
from synththeory.estimators.choice import Choice, Task
from synththeory.estimators.curve import Prepared, balanced_means, class_shares
from synththeory.estimators.paths import fitted_log_odds
from synththeory.estimators.prior import Fitted, fit_augmented, prior_shift
from synththeory.estimators.tables import Table
from synththeory.selection.candidates import fold_sizes
from synththeory.theory.several_sets import averaged_error


@dataclass(frozen=True, eq=False)
class FittedSets(Fitted):
    """Several fits of one prior, whose probabilities are averaged.

    Attributes
    ----------
    models : tuple of classifier
        Fitted; the first is ``model``.
    shift : float
        Added to their log-odds before averaging: they are averaged at the prevalence they are reported at.
    """

    models: tuple[Any, ...]
    shift: float

    def log_odds(self, features: Array) -> Vector:
        """Log-odds of the mean probability at the reported prevalence, moved back to the fit's prior, (n,)."""
        each = [Fitted(model, self.minority, self.prior).log_odds(features) + self.shift for model in self.models]
        up, down = (logsumexp(log_expit(sign * np.stack(each)), axis=0) for sign in (1.0, -1.0))
        return np.asarray(up - down - self.shift)


@dataclass(frozen=True)
class SetsForecast:
    """Balanced Brier score of one fit and of the mean of two, on rows held out of both and of their generators.

    Attributes
    ----------
    one, two : float
        At prevalence ½: the mean of both single fits' scores, and that of their mean probability.
    gain : float
        one − two.
    gain_error : float
        Standard error of ``gain`` over the held-out rows, with the fits as given.
    """

    one: float
    two: float
    gain: float
    gain_error: float

    def at(self, sets: ArrayLike) -> Array:
        """The score of the mean of m fits: MSE_1 − 2(1 − 1/m)(MSE_1 − MSE_2) [P: 2402.03985]."""
        return averaged_error(self.one, self.two, sets)

    def __str__(self) -> str:
        """A line a number of sets."""
        lines = [f"{sets:6d}  {float(self.at(sets)):.4f}" for sets in (1, 2, 4, 8, 16)]
        return "\n".join(["  sets  balanced Brier score, foretold from two", *lines])


def checked_sets(sets: Any) -> int:
    """The number of sets m.

    Raises
    ------
    ValueError
        If it is no whole number of at least 1.
    """
    if isinstance(sets, bool) or not isinstance(sets, int | np.integer) or sets < 1:
        raise ValueError(f"sets: expected a whole number of at least 1, got {sets!r}")
    return int(sets)


def fit_sets(final: Any, task: Task, features: Table, size: int, sets: int, prevalence: float) -> Fitted:
    """Fits to m independent synthetic sets; the first is that of a single set.

    Parameters
    ----------
    final : classifier
        Unfitted, with its settings.
    task, features
        As for a size rule.
    size : int
        Synthetic rows of each set.
    sets : int
        m ≥ 1.
    prevalence : float
        At which probabilities are reported, and so averaged.
    """
    fits = [fit_augmented(final, features, task.rows(features, size, number)) for number in range(sets)]
    if sets == 1:
        return fits[0]
    first = fits[0]
    models = tuple(fit.model for fit in fits)
    return FittedSets(first.model, first.minority, first.prior, models, prior_shift(first, prevalence))


def forecast(task: Task, choice: Choice) -> SetsForecast:
    """Two fits a validation fold at the chosen size, each with synthetic rows of its own."""
    final, named = clone(task.steps.final).set_params(**choice.settings), task.streams.within("validation")
    scores, shares, minority = [], [], []
    for number, fold in enumerate(choice.folds):
        again = fold.imitated(task.generator, choice.multiplier, named.within(f"fold/{number}").within("set/1"))
        scores.append(_scores(final, (fold, again), choice.multiplier))
        shares.append(class_shares(fold.held) / len(choice.folds))
        minority.append(fold.held.minority)
    means, errors = balanced_means(np.concatenate(scores, axis=1), np.concatenate(shares), np.concatenate(minority))
    return SetsForecast(float(means[0]), float(means[1]), float(means[2]), float(errors[2]))


def _scores(final: Any, folds: Sequence[Prepared], multiplier: float) -> Array:
    """Squared errors of held-out rows by one fit, by the mean of two, and their difference, (3, n)."""
    truth, chances = folds[0].held.minority.astype(np.float64), []
    for fold in folds:
        size = fold_sizes(np.array([multiplier]), fold.training.gap)
        found = fitted_log_odds(final, fold.training, fold.synthetic, size, fold.held.rows)
        chances.append(expit(found.log_odds[0] - found.priors[0]))
    single = np.mean([np.square(chance - truth) for chance in chances], axis=0)
    paired = np.square(np.mean(chances, axis=0) - truth)
    return np.stack([single, paired, single - paired])
