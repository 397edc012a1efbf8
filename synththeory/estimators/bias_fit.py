"""The bias-corrected fit of one table: imitated blocks, signed rows, coefficients, and what the bias was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import log

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.corrections import BiasCorrection, TunedCorrection
from synththeory.estimators.sources import synthetic_rows
from synththeory.estimators.splits import folds_of
from synththeory.estimators.tables import Table
from synththeory.fits import LinearFit
from synththeory.learners import Logistic
from synththeory.sample import Block, GivenBlock, Sample, Stratum
from synththeory.selection.folds import folds
from synththeory.selection.strength import StrengthCurve, strengthened
from synththeory.status import Status
from synththeory.streams import Streams

_MAJORITY, _MINORITY = Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0)


@dataclass(frozen=True, eq=False)
class BiasFit:
    """A corrected fit, for the columns as they were given.

    Attributes
    ----------
    coefficients : Vector
        (d + 1,), the intercept last: log-odds of the minority at the weights of the fit.
    status : Status
        How it ended.
    bias_norm, bias_noise : float
        ‖∇B̂_0(θ̂)‖ in the H⁻¹ norm, and what it would be about were there no bias; NaN where it cannot be told.
    """

    coefficients: Vector
    status: Status
    bias_norm: float
    bias_noise: float


@dataclass(frozen=True, eq=False)
class Signed:
    """Real and synthetic rows and the correction's, in columns of mean 0 and standard deviation 1.

    Attributes
    ----------
    blocks : tuple of two Blocks
        Majority and minority.
    synthetic : Sample
        (1, ñ, d).
    signed : Sample or None
        The correction's rows at full strength; None where there is nothing to correct.
    size, count : int
        ñ, and how many blocks were imitated.
    centre, scale : Vector
        Of the columns, (d,).
    """

    blocks: tuple[Block, Block]
    synthetic: Sample
    signed: Sample | None
    size: int
    count: int
    centre: Vector
    scale: Vector

    @classmethod
    def made(cls, generator: object, correction: BiasCorrection, table: Table, size: int, streams: Streams) -> Signed:
        """Draw what is drawn; the majority is put in random order first, since a table may be sorted.

        Raises
        ------
        ValueError
            A generator that cannot imitate these rows.
        """
        minority = table.rows[table.minority]
        order = np.argsort(streams.uniforms("order", table.counts[0])[0], kind="stable")
        majority = table.rows[~table.minority][order]
        made = synthetic_rows(generator, majority, minority, size, streams)
        count = (correction.blocks or len(majority) // len(minority)) if size else 0
        parts = majority[: count * len(minority)].reshape(count, *minority.shape)
        imitated = np.empty_like(parts)
        for place, part in enumerate(parts):
            imitated[place] = synthetic_rows(generator, minority, part, len(part), streams.within(f"block/{place}"))

        centre, scale = table.rows.mean(axis=0), table.rows.std(axis=0)
        scale = np.where(scale > 0.0, scale, 1.0)
        majority, minority, made, imitated = ((rows - centre) / scale for rows in (majority, minority, made, imitated))
        blocks = GivenBlock(majority[None], _MAJORITY), GivenBlock(minority[None], _MINORITY)
        signed = correction.signed(imitated.reshape(1, -1, majority.shape[1]), *blocks) if count else None
        return cls(blocks, Sample.of(GivenBlock(made[None], _MINORITY)), signed, size, count, centre, scale)

    def fit(self, learner: Logistic, strengths: tuple[float, ...]) -> LinearFit:
        """A fit a strength λ, (1, L), in the scaled columns; without a correction all are the plain fit."""
        real, size = Sample.of(*self.blocks), np.full((1, 1), self.size, dtype=np.int64)
        return strengthened(learner, real, self.synthetic, size, self.signed, strengths)

    def unscaled(self, coefficients: Array) -> Array:
        """Coefficients (..., d + 1) for the columns as they were given."""
        slopes = coefficients[..., :-1] / self.scale
        return np.concatenate([slopes, coefficients[..., -1:] - (slopes @ self.centre)[..., None]], axis=-1)


def fit_corrected(
    generator: object, correction: BiasCorrection, learner: Logistic, table: Table, size: int, streams: Streams,
    strength: float = 1.0,
) -> BiasFit:  # fmt: skip
    """Fit real rows, synthetic rows and the correction, in columns of mean 0 and standard deviation 1.

    Parameters
    ----------
    generator : Generator, sampler or callable
        As `synthetic_rows` takes it.
    correction : BiasCorrection
        How the bias is estimated.
    learner : Logistic
        With an intercept.
    table : Table
        Features (n, d).
    size : int
        Synthetic rows ñ ≥ 0; with 0 there is nothing to correct.
    streams : Streams
        One replication.
    strength : float
        λ in [0, 1]: how much of the estimated bias is subtracted.

    Raises
    ------
    ValueError
        A generator that cannot imitate these rows, or blocks that are more than the majority has.
    """
    correction.check(*table.counts, learner)
    parts = Signed.made(generator, correction, table, size, streams)
    fit = parts.fit(learner, (strength,))
    norm, noise = 0.0, np.nan
    if parts.signed is not None:
        norm, noise = _bias(learner, fit.coefficients[0, 0], parts.signed, parts.blocks, parts.count)
    return BiasFit(parts.unscaled(fit.coefficients[0, 0]), Status(int(fit.status[0, 0])), norm, noise)


def tuned_strength(
    generator: object, correction: TunedCorrection, learner: Logistic, table: Table, size: int, streams: Streams
) -> StrengthCurve:
    """Held-out balanced loss of every strength at prevalence ½; rows, correction and scales are of training rows only.

    Parameters
    ----------
    generator, learner, table, streams
        As for `fit_corrected`.
    correction : TunedCorrection
        Its strengths and folds.
    size : int
        ñ ≥ 1 beside all rows; a fold adds the same multiple of its own class gap.

    Raises
    ------
    ValueError
        As for `fit_corrected`, on the training part of a fold; fewer minority rows than folds.
    """
    correction.check(*table.counts, learner)
    named, losses = streams.within("strength"), []
    for number, fold in enumerate(folds_of(table, partial(folds, count=correction.folds), named)):
        training, held = table.take(fold.training), table.take(fold.held_out)
        own = round(size / table.gap * training.gap)
        parts = Signed.made(generator, correction.full, training, own, named.within(f"fold/{number}"))
        coefficients = parts.unscaled(parts.fit(learner, correction.strengths).coefficients)
        coefficients[..., -1] -= log((training.counts[1] + own) / training.counts[0])
        rows = held.rows[~held.minority], held.rows[held.minority]
        scores = [coefficients[..., :-1] @ each.T + coefficients[..., -1:] for each in rows]
        losses.append([learner.loss.value(f, y) for f, y in zip(scores, (0.0, 1.0), strict=True)])
    zero, one = (np.concatenate(parts, axis=2) for parts in zip(*losses, strict=True))
    return StrengthCurve.of(zero, one)


def _bias(
    learner: Logistic, theta: Vector, signed: Sample, blocks: tuple[Block, Block], count: int
) -> tuple[float, float]:
    """Norm of ∇B̂_0 at θ, and the root of tr(H⁻¹ Var ∇B̂_0) from the spread of the blocks' own gradients."""
    loss = learner.loss
    inverse = np.linalg.inv(_hessian(learner, theta, blocks))
    scores = signed.weights[0][:, None] * loss.row_scores(signed.rows[0], signed.labels[0], theta)
    gradient = -scores.sum(axis=0)
    norm = float(np.sqrt(gradient @ inverse @ gradient))
    if count == 1:
        return norm, np.nan
    used = count * blocks[1].rows.shape[1]
    rows = signed.rows[0]
    made, own = (
        loss.row_scores(part, 1.0, theta).reshape(count, -1, theta.size).mean(axis=1)
        for part in (rows[:used], rows[used : 2 * used])
    )
    spread = np.cov((made - own).T)
    return norm, float(np.sqrt(np.trace(inverse @ spread) / count))


def _hessian(learner: Logistic, theta: Vector, blocks: tuple[Block, Block]) -> Matrix:
    """½(H_0 + H_1) and the ridge, at θ."""
    total = np.diag(learner.penalty(blocks[0].rows.shape[2], 1.0))
    for block in blocks:
        design: Array = learner.loss.design(block.rows[0])
        curvature = learner.loss.curvature(design @ theta, block.stratum.response)
        total += 0.5 * (design.T * curvature) @ design / len(design)
    return np.asarray(total)
