"""How strongly a generator's bias is corrected: chosen by cross-validation on a block of data sets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.corrections import TunedCorrection, corrected_path
from synththeory.fits import LinearFit, linear_fit
from synththeory.generators import Generator
from synththeory.learners import Learner
from synththeory.sample import Sample
from synththeory.selection.classes import Classes, cut
from synththeory.selection.folds import folds
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class StrengthCurve:
    """Held-out balanced loss of every strength, beside that of λ = 0 on the same rows.

    Attributes
    ----------
    loss : Array
        (B, L), the mean over the folds; NaN where a fit failed.
    difference, error : Array
        (B, L): loss less that of λ = 0, and its standard error over the held-out rows with the fits as given.
    """

    loss: Array
    difference: Array
    error: Array

    @classmethod
    def of(cls, majority: Array, minority: Array) -> StrengthCurve:
        """From held-out losses of each class, (B, L, n_c), the first strength 0."""
        losses = (majority, minority)
        gaps = [each - each[:, :1] for each in losses]
        return cls(
            0.5 * sum(each.mean(axis=2) for each in losses),
            0.5 * sum(each.mean(axis=2) for each in gaps),
            0.5 * np.sqrt(sum(each.var(axis=2, ddof=1) / each.shape[2] for each in gaps)),
        )

    def best(self, margin: float) -> Integers:
        """Place of the least loss where it beats λ = 0 by more than ``margin`` standard errors, else 0, (B,)."""
        known = np.where(np.isfinite(self.difference), self.difference, np.inf)
        places = known.argmin(axis=1)
        found, error = (np.take_along_axis(each, places[:, None], axis=1)[:, 0] for each in (known, self.error))
        beaten = (found < 0.0) & (found < -margin * np.where(np.isfinite(error), error, np.inf))
        return np.where(beaten, places, 0).astype(np.int64)


def strength_curve(
    correction: TunedCorrection, generator: Generator, learner: Learner, streams: Streams, real: Classes, size: int
) -> StrengthCurve:
    """Cross-validate every strength: generators, corrections and fits see training rows only.

    Parameters
    ----------
    correction : TunedCorrection
        Its strengths and folds.
    generator, learner
        Who makes the rows, and what is fitted.
    streams : Streams
        Names of the B data sets.
    real : Classes
        Their rows.
    size : int
        Synthetic rows ñ beside all real rows; a fold adds the same multiple of its own class gap.
    """
    parts = []
    for fold in cut(real, partial(folds, count=correction.folds), streams.within("strength")):
        training, held = fold.training, fold.held_out
        own = np.full((streams.count, 1), round(size / real.gap * training.gap), dtype=np.int64)
        synthetic = generator.draw(fold.streams, training.minority, training.majority, int(own[0, 0]))
        rows = correction.rows(fold.streams, generator, training.majority, training.minority)
        fits = strengthened(learner, training.sample, synthetic, own, rows, correction.strengths)
        blocks = (held.majority, held.minority)
        parts.append([learner.loss.value(fits.scores(block.rows), block.stratum.response) for block in blocks])
    majority, minority = (np.concatenate(rows, axis=2) for rows in zip(*parts, strict=True))
    return StrengthCurve.of(majority, minority)


def strengthened(
    learner: Learner, real: Sample, synthetic: Sample, size: Integers, correction: Sample | None,
    strengths: tuple[float, ...],
) -> LinearFit:  # fmt: skip
    """A fit a strength, (B, L).

    Parameters
    ----------
    learner, real, synthetic, correction
        As for `synththeory.corrections.corrected_path`; without a correction all fits are the plain one.
    size : Integers
        (B, 1).
    strengths : tuple of float
        λ; 0 is the plain fit.
    """
    fits = [
        corrected_path(learner, real, synthetic, size, correction, strength)
        if strength and correction is not None
        else linear_fit(learner.path(real, synthetic, size))
        for strength in strengths
    ]
    coefficients, status = ([getattr(fit, name) for fit in fits] for name in ("coefficients", "status"))
    return LinearFit(np.concatenate(coefficients, axis=1), np.concatenate(status, axis=1))
