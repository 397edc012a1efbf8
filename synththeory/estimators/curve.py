"""The validation curve in the synthetic size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from synththeory.arrays import Array, Integers, Vector
from synththeory.estimators.pipelines import Steps, transformed
from synththeory.estimators.prior import fit_augmented, prior_shift, row_losses
from synththeory.estimators.sources import synthetic_rows
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


def validation_curve(
    steps: Steps,
    generator: Any,
    table: Table,
    folds: tuple[Fold, ...],
    multipliers: Vector,
    re_priored: bool,
    streams: Streams,
    n_jobs: int | None,
) -> SizeCurve:
    """Balanced log loss on rows that no fit, no preprocessing and no generator has seen.

    Parameters
    ----------
    steps : Steps
        What is fitted.
    generator : Generator, sampler or callable
        As `synthetic_rows` takes them; it makes its rows once a fold and each candidate uses the first of them.
    table : Table
        All training rows.
    folds : tuple of Fold
        Validation splits; the loss is the mean over them.
    multipliers : Vector
        Candidates γ, (C,).
    re_priored : bool
        Judge the probabilities at prevalence ½ in place of those the augmented fit gives as they are.
    streams : Streams
        One replication; each fold draws under its own number.
    n_jobs : int or None
        Folds fitted at once; the curve does not depend on it.
    """
    parts = Parallel(n_jobs=n_jobs)(
        delayed(_fold_losses)(steps, generator, table, fold, multipliers, re_priored, streams.within(f"fold/{number}"))
        for number, fold in enumerate(folds)
    )
    losses = np.concatenate(parts, axis=1)
    shares = np.concatenate([_shares(table.take(fold.held_out)) for fold in folds]) / len(folds)
    minority = table.minority[np.concatenate([fold.held_out for fold in folds])]
    loss, error = _balanced(losses, shares, minority)
    difference, difference_error = _balanced(losses - losses[:1], shares, minority)
    return SizeCurve(multipliers, fold_sizes(multipliers, table.gap), loss, error, difference, difference_error)


def _fold_losses(
    steps: Steps, generator: Any, table: Table, fold: Fold, multipliers: Vector, re_priored: bool, streams: Streams
) -> Array:
    """Losses of the held-out rows, (C, n)."""
    training, parts = steps.fitted(table.take(fold.training))
    held = table.take(fold.held_out)
    held = held.features(transformed(parts, held.rows))
    sizes = fold_sizes(multipliers, training.gap)
    classes = training.rows[~training.minority], training.rows[training.minority]
    made = synthetic_rows(generator, *classes, int(sizes.max()), streams)
    losses = []
    for size in sizes:
        fitted = fit_augmented(steps.final, training, made[:size])
        shift = prior_shift(fitted, 0.5) if re_priored else 0.0
        losses.append(row_losses(fitted.log_odds(held.rows) + shift, held.minority))
    return np.stack(losses)


def _shares(held: Table) -> Vector:
    """Share of each row in its class's (weighted) mean, (n,)."""
    weights = np.ones(held.minority.size) if held.weights is None else held.weights
    return np.asarray(weights / np.where(held.minority, held.totals[1], held.totals[0]))


def _balanced(losses: Array, shares: Vector, minority: Flags) -> tuple[Vector, Vector]:
    """Mean over both classes of the mean over rows, (C,), and its standard error."""
    mean, variance = np.zeros(len(losses)), np.zeros(len(losses))
    for own in (~minority, minority):
        count = int(own.sum())
        centre = losses[:, own] @ shares[own]
        spread = ((losses[:, own] - centre[:, None]) ** 2) @ shares[own] ** 2
        mean += 0.5 * centre
        variance += 0.25 * spread * (count / (count - 1) if count > 1 else np.nan)
    return mean, np.sqrt(variance)
