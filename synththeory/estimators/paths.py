"""Fits along nested synthetic sizes: the package's own Newton path where the final step is a plain logistic model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.estimators.models import linear_model
from synththeory.estimators.prior import fit_augmented
from synththeory.estimators.tables import Table
from synththeory.learners import Logistic
from synththeory.sample import GivenSample
from synththeory.status import Status

_WIDEST = 200
"""Newton's d² is slower than scikit-learn's solver beyond so many features."""


@dataclass(frozen=True, eq=False)
class FittedPath:
    """Fits at S sizes, as they are used.

    Attributes
    ----------
    log_odds : Array
        Of the minority, as fitted, (S, m).
    priors : Vector
        log(N1/N0) that each fit saw, (S,).
    """

    log_odds: Array
    priors: Vector


def fitted_log_odds(final: Any, table: Table, synthetic: Array, sizes: Integers, rows: Array) -> FittedPath:
    """Log-odds of given rows by fits to all real and the first of the synthetic rows.

    Parameters
    ----------
    final : classifier
        Unfitted. Its penalty is per unit of total weight: that of a fit to the real rows alone.
    table : Table
        Training rows as features (n, d).
    synthetic : Array
        (M, d).
    sizes : Integers
        Increasing, up to M, (S,).
    rows : Array
        What is judged, (m, d).
    """
    if has_path(final, table.rows.shape[1]):
        found = _newton([final] * len(sizes), table, synthetic, sizes, rows)
        if found is not None:
            return found
    fits = [fit_augmented(final, table, synthetic[:size]) for size in sizes]
    return FittedPath(np.stack([fit.log_odds(rows) for fit in fits]), np.array([fit.prior for fit in fits]))


def tuned_log_odds(finals: Sequence[Any], table: Table, synthetic: Array, rows: Array) -> FittedPath:
    """The same by fits to all rows, real and synthetic, that differ in their settings: S of them.

    Logistic fits begin where the one before ended, the strongest penalty first.

    Parameters
    ----------
    finals : sequence of classifiers
        Unfitted, S of one kind.
    table, synthetic, rows
        As of `fitted_log_odds`.
    """
    sizes = np.full(len(finals), len(synthetic))
    if all(has_path(final, table.rows.shape[1]) for final in finals):
        order = np.argsort([-linear_model(final).ridge(1.0) for final in finals], kind="stable")
        found = _newton([finals[place] for place in order], table, synthetic, sizes, rows)
        if found is not None:
            return FittedPath(found.log_odds[np.argsort(order)], found.priors)
    fits = [fitted_log_odds(final, table, synthetic, sizes[:1], rows) for final in finals]
    return FittedPath(np.concatenate([fit.log_odds for fit in fits]), np.concatenate([fit.priors for fit in fits]))


def has_path(final: Any, width: int) -> bool:
    """Whether fits to so many features begin where the one before ended."""
    return is_plain_logistic(final) and width <= _WIDEST


def is_plain_logistic(final: Any) -> bool:
    """Whether it is scikit-learn's logistic regression with nothing but a ridge."""
    from sklearn.linear_model import LogisticRegression

    plain = type(final) is LogisticRegression and final.class_weight is None and final.solver != "liblinear"
    return plain and getattr(final, "penalty", "l2") in ("l2", "deprecated", None) and not final.l1_ratio


def _newton(finals: Sequence[Any], table: Table, synthetic: Array, sizes: Integers, rows: Array) -> FittedPath | None:
    """The exact fits, each started from the one before; None where one of them has no finite minimiser."""
    loss = linear_model(finals[0]).loss
    weights = np.ones(len(table.rows)) if table.weights is None else table.weights
    majority, minority = table.totals
    mean = minority / table.counts[1]
    ridges = np.array([linear_model(final).ridge(majority + minority) for final in finals])
    real = GivenSample(table.rows[None], np.where(table.minority, 1.0, 0.0)[None], weights[None])
    made = GivenSample(synthetic[None], np.ones((1, len(synthetic))), np.full((1, len(synthetic)), mean))
    totals = weights.sum() + np.pad(np.cumsum(made.weights[0]), (1, 0))[sizes]
    fit = Logistic(intercept=loss.intercept).penalised(
        real, made, np.asarray(sizes, dtype=np.int64)[None], (ridges * totals)[None]
    )
    fitted = (fit.status == Status.OK) | ((fit.status == Status.SEPARATED) & (ridges > 0.0))
    if not fitted.all() or not np.isfinite(fit.coefficients).all():
        return None
    theta = fit.coefficients[0]
    log_odds = theta @ loss.design(rows).T
    return FittedPath(log_odds, np.log(minority + mean * sizes) - np.log(majority))
