"""The validation curve in the synthetic size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from synththeory.arrays import Array, Integers, Vector
from synththeory.estimators.paths import fitted_log_odds, tuned_log_odds
from synththeory.estimators.pipelines import Steps, transformed
from synththeory.estimators.prior import row_losses
from synththeory.estimators.recalibration import Mended, Recalibration, mended
from synththeory.estimators.sources import in_features, synthetic_rows
from synththeory.estimators.splits import Fold
from synththeory.estimators.tables import Flags, Table
from synththeory.selection.candidates import fold_sizes
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class SizeCurve:
    """Balanced validation loss of every candidate size.

    Attributes
    ----------
    multipliers : Vector
        γ, (C,), increasing.
    sizes : Integers
        Synthetic rows ñ = round(γ · class gap) beside all training rows, (C,); folds scale them to their own gap.
    loss : Vector
        ½(mean log loss of held-out majority rows + the same of minority rows), mean over folds, (C,).
    standard_error : Vector
        Of ``loss``, over the held-out rows, with the fits as given, (C,); NaN with one held-out row in a class.
    difference : Vector
        ``loss`` minus that of the smallest candidate, on the same rows, (C,).
    difference_error : Vector
        Standard error of ``difference``, (C,).
    """

    multipliers: Vector
    sizes: Integers
    loss: Vector
    standard_error: Vector
    difference: Vector
    difference_error: Vector

    def __str__(self) -> str:
        """A line a candidate, the best marked."""
        best = int(self.loss.argmin())
        lines = [
            f"{multiplier:8.3f} {size:8d}  {loss:.4f} ± {error:.4f}{'  <' if place == best else ''}"
            for place, (multiplier, size, loss, error) in enumerate(
                zip(self.multipliers, self.sizes, self.loss, self.standard_error, strict=True)
            )
        ]
        return "\n".join(["   gamma     rows  balanced log loss", *lines])

    def at(self, multipliers: Vector) -> SizeCurve:
        """The same curve at some of its candidates; differences stay those to the smallest of all."""
        places = np.searchsorted(self.multipliers, multipliers)
        return SizeCurve(
            self.multipliers[places],
            self.sizes[places],
            self.loss[places],
            self.standard_error[places],
            self.difference[places],
            self.difference_error[places],
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """A validation fold in the features of the final step.

    Attributes
    ----------
    training, held : Table
        Features of the rows that are fitted and of those that judge, by preprocessing of the former.
    synthetic : Array
        (m, d) rows that imitate the training minority; a candidate uses the first of them.
    parts : tuple
        The fitted preprocessing.
    """

    training: Table
    held: Table
    synthetic: Array
    parts: tuple[Any, ...] = ()

    @classmethod
    def of(cls, steps: Steps, table: Table, fold: Fold) -> Prepared:
        """Fit the preprocessing; no synthetic row yet."""
        training, parts = steps.fitted(table.take(fold.training))
        held = table.take(fold.held_out)
        held = held.features(transformed(parts, held.rows))
        return cls(training, held, np.empty((0, training.rows.shape[1])), parts)

    def imitated(self, generator: Any, multiplier: float, streams: Streams) -> Prepared:
        """The same with as many synthetic rows as the largest candidate asks for."""
        size = int(fold_sizes(np.array([multiplier]), self.training.gap)[0])
        classes = self.training.rows[~self.training.minority], self.training.rows[self.training.minority]
        return replace(self, synthetic=synthetic_rows(generator, *classes, size, streams))

    def log_odds(self, final: Any, multipliers: Vector, re_priored: bool) -> Array:
        """Log-odds of the held-out rows, (C, n)."""
        sizes, places = np.unique(fold_sizes(multipliers, self.training.gap), return_inverse=True)
        found = fitted_log_odds(final, self.training, self.synthetic, sizes, self.held.rows)
        return np.asarray((found.log_odds - found.priors[:, None] if re_priored else found.log_odds)[places])

    def tuned_log_odds(self, finals: Sequence[Any], multiplier: float) -> Array:
        """The same of several settings of the final step at one size, re-priored, (S, n)."""
        size = int(fold_sizes(np.array([multiplier]), self.training.gap)[0])
        found = tuned_log_odds(finals, self.training, self.synthetic[:size], self.held.rows)
        return np.asarray(found.log_odds - found.priors[:, None])


def prepare(
    steps: Steps, generator: Any, table: Table, folds: Sequence[Fold], multiplier: float, streams: Streams,
    n_jobs: int | None,
) -> list[Prepared]:  # fmt: skip
    """Every validation fold with its synthetic rows, drawn under the fold's own number."""
    return list(
        Parallel(n_jobs=n_jobs)(
            delayed(_prepared)(steps, generator, table, fold, multiplier, streams.within(f"fold/{number}"))
            for number, fold in enumerate(folds)
        )
    )


def _prepared(steps: Steps, generator: Any, table: Table, fold: Fold, multiplier: float, streams: Streams) -> Prepared:
    found = Prepared.of(steps, table, fold)
    return found.imitated(in_features(generator, found.parts), multiplier, streams)


def validation_curve(
    final: Any, folds: Sequence[Prepared], multipliers: Vector, gap: int, re_priored: bool, n_jobs: int | None = None
) -> SizeCurve:
    """Balanced log loss on rows that no fit, no preprocessing and no generator has seen.

    Parameters
    ----------
    final : classifier
        Unfitted, with its settings.
    folds : sequence of Prepared
        Validation splits; the loss is the mean over them.
    multipliers : Vector
        Candidates γ, (C,).
    gap : int
        Class gap of all training rows, for the sizes that are reported.
    re_priored : bool
        Judge the probabilities at prevalence ½ in place of those the augmented fit gives as they are.
    n_jobs : int or None
        Folds fitted at once; the curve does not depend on it.
    """
    parts = Parallel(n_jobs=n_jobs)(delayed(fold.log_odds)(final, multipliers, re_priored) for fold in folds)
    return curve_of(np.concatenate(parts, axis=1), folds, multipliers, gap)


def curve_of(log_odds: Array, folds: Sequence[Prepared], multipliers: Vector, gap: int) -> SizeCurve:
    """The curve of held-out log-odds (C, n), the folds' rows one after the other."""
    shares = np.concatenate([class_shares(fold.held) for fold in folds]) / len(folds)
    minority = np.concatenate([fold.held.minority for fold in folds])
    losses = row_losses(log_odds, minority)
    loss, error = balanced_means(losses, shares, minority)
    difference, difference_error = balanced_means(losses - losses[:1], shares, minority)
    return SizeCurve(multipliers, fold_sizes(multipliers, gap), loss, error, difference, difference_error)


def mended_by(kind: Recalibration, log_odds: Vector, folds: Sequence[Prepared]) -> Mended:
    """The calibration that held-out log-odds (n,) at prevalence ½ ask for, the folds' rows one after the other."""
    minority = np.concatenate([fold.held.minority for fold in folds])
    weights = [fold.held.weights for fold in folds if fold.held.weights is not None]
    return mended(kind, log_odds, minority, np.concatenate(weights) if weights else None)


def class_shares(held: Table) -> Vector:
    """Share of each row in its class's (weighted) mean, (n,)."""
    weights = np.ones(held.minority.size) if held.weights is None else held.weights
    return np.asarray(weights / np.where(held.minority, held.totals[1], held.totals[0]))


def balanced_means(losses: Array, shares: Vector, minority: Flags) -> tuple[Vector, Vector]:
    """Mean over both classes of the mean over rows, (C,), and its standard error."""
    mean, variance = np.zeros(len(losses)), np.zeros(len(losses))
    for own in (~minority, minority):
        count = int(own.sum())
        centre = losses[:, own] @ shares[own]
        spread = ((losses[:, own] - centre[:, None]) ** 2) @ shares[own] ** 2
        mean += 0.5 * centre
        variance += 0.25 * spread * (count / (count - 1) if count > 1 else np.nan)
    return mean, np.sqrt(variance)
