"""The bias-corrected fit of one table: imitated blocks, signed rows, coefficients, and what the bias was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.corrections import BiasCorrection, corrected_path
from synththeory.estimators.sources import synthetic_rows
from synththeory.estimators.tables import Table
from synththeory.learners import Logistic
from synththeory.sample import Block, GivenBlock, Sample, Stratum
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


def fit_corrected(
    generator: object, correction: BiasCorrection, learner: Logistic, table: Table, size: int, streams: Streams
) -> BiasFit:
    """Fit real rows, synthetic rows and the correction, in columns of mean 0 and standard deviation 1.

    The blocks are drawn: the majority is put in random order first, since a table may be sorted.

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

    Raises
    ------
    ValueError
        A generator that cannot imitate these rows, or blocks that are more than the majority has.
    """
    minority = table.rows[table.minority]
    order = np.argsort(streams.uniforms("order", table.counts[0])[0], kind="stable")
    majority = table.rows[~table.minority][order]
    correction.check(*table.counts, learner)
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
    synthetic = Sample.of(GivenBlock(made[None], _MINORITY))
    if not count:
        nothing = np.zeros((1, 1), dtype=np.int64)
        fit = learner.path(Sample.of(*blocks), synthetic, nothing)
        norm, noise = 0.0, np.nan
    else:
        signed = correction.signed(imitated.reshape(1, -1, majority.shape[1]), *blocks)
        fit = corrected_path(learner, Sample.of(*blocks), synthetic, np.full((1, 1), size), signed)
        norm, noise = _bias(learner, fit.coefficients[0, 0], signed, blocks, count)
    coefficients = fit.coefficients[0, 0].copy()
    coefficients[:-1] /= scale
    coefficients[-1] -= centre @ coefficients[:-1]
    return BiasFit(coefficients, Status(int(fit.status[0, 0])), norm, noise)


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
