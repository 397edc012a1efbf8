"""Bias-corrected synthesis: the generator's bias is estimated on the majority, carried over and subtracted.

The form is a reconstruction [R] of Lyu, Ma, Zhang and Zhang (`theory.md` §4). With ñ synthetic minority rows,

    N L(θ) = Σ_0 ℓ(θ; x, y_0) + Σ_1 ℓ(θ; x, y_1) + Σ_syn ℓ(θ; x̃, y_1) − ñ B̂_0(θ),
    B̂_0(θ) = mean over blocks of [mean ℓ(θ; T x̃⁰, y_1) − mean ℓ(θ; T x⁰, y_1)],

where x̃⁰ are the rows the generator makes of a block of majority rows as large as the minority, x⁰ the rows they are
compared with, T the transport to the minority's place, and the label is the minority's. As a sample B̂_0 is rows with
signed weights that sum to zero.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers
from synththeory.components import Component
from synththeory.errors import DesignError
from synththeory.fits import LinearFit, linear_fit
from synththeory.generators import Generator
from synththeory.learners import Learner, LinearLearner
from synththeory.losses import Loss
from synththeory.sample import Block, GivenBlock, GivenSample, Sample
from synththeory.streams import Streams


class Correction(Component):
    """Rows of signed weight that are added to the training set for every synthetic row."""

    @abstractmethod
    def rows(self, streams: Streams, generator: Generator, majority: Block, minority: Block) -> Sample:
        """The correction for one synthetic row (see `corrected_path`), (B, m, d).

        Parameters
        ----------
        streams : Streams
            Names of the draws.
        generator : Generator
            Whose synthetic rows are corrected.
        majority, minority : Block
            (B, n0, d) and (B, n1, d).
        """

    @abstractmethod
    def check(self, majority: int, minority: int, learner: Learner) -> None:
        """Refuse class counts that leave nothing to estimate the bias from, and learners that cannot be corrected.

        Raises
        ------
        DesignError
            With what is wanted and what came.
        """


class BiasCorrection(Correction):
    """−B̂_0: the generator's loss bias on blocks of the majority, with the minority's label [R].

    Attributes
    ----------
    comparator : {"block", "held-out"}
        What a block's synthetic rows are compared with: the block's own rows, or the rest of the majority.
    transport : {"mean-shift", "none"}
        T x = x + μ̂_1 − μ̂_0, or T x = x.
    blocks : int or None
        How many disjoint blocks are imitated, ≥ 1; all floor(n0/n1) when not given. When they use up the majority the
        two comparators are the same rows with the same weights [D].
    """

    kind: Literal["bias"] = "bias"
    comparator: Literal["block", "held-out"] = "block"
    transport: Literal["mean-shift", "none"] = "mean-shift"
    blocks: Annotated[int, Field(ge=1)] | None = None

    def rows(self, streams: Streams, generator: Generator, majority: Block, minority: Block) -> Sample:
        """Weights −1/m̃ on T x̃⁰ and +1/m on T x⁰."""
        return self.signed(self.imitated(streams, generator, majority, minority), majority, minority)

    def check(self, majority: int, minority: int, learner: Learner) -> None:
        """The blocks need rows, and a held-out comparator one more; the score is linear in the rows."""
        if not isinstance(learner, LinearLearner):
            raise DesignError(
                f"a bias correction needs a score that is linear in the rows, which that of {learner.kind} is not; "
                "use least-squares or logistic, or leave the correction out"
            )
        self._check_counts(majority, minority)

    def _check_counts(self, majority: int, minority: int) -> None:
        blocks = self.blocks or 1
        if blocks * minority > majority or (self.comparator == "held-out" and majority == minority):
            raise DesignError(
                f"the bias correction needs {blocks} block(s) of as many majority rows as the minority has, and with "
                f"the held-out comparator a row more; got {majority} majority and {minority} minority rows"
            )

    def imitated(self, streams: Streams, generator: Generator, majority: Block, minority: Block) -> Array:
        """What the generator makes of the blocks, (B, K · n1, d) (see `imitations`)."""
        counts = majority.rows.shape[1], minority.rows.shape[1]
        self._check_counts(*counts)
        return imitations(streams, generator, majority, minority, self.blocks or counts[0] // counts[1])

    def signed(self, imitated: Array, majority: Block, minority: Block) -> Sample:
        """The correction made of given imitations.

        Parameters
        ----------
        imitated : Array
            (B, K · n1, d), what the generator makes of K blocks of the majority (see `imitations`).
        majority, minority : Block
            (B, n0, d) and (B, n1, d).
        """
        total, size = majority.rows.shape[1], minority.rows.shape[1]
        used = imitated.shape[1]
        if self.comparator == "block":
            compared, weights = majority.rows[:, :used], np.full(used, 1.0 / used)
        else:
            compared, weights = majority.rows, np.full(total, 1.0 / (total - size))
            weights[:used] *= 1.0 - size / used
        rows = np.concatenate([imitated, compared], axis=1)
        if self.transport == "mean-shift":
            rows += (minority.rows.mean(axis=1) - majority.rows.mean(axis=1))[:, None]
        signed = np.tile(np.concatenate([np.full(used, -1.0 / used), weights]), (rows.shape[0], 1))
        return GivenSample(rows, np.full(rows.shape[:2], minority.stratum.response), signed)


def imitations(streams: Streams, generator: Generator, majority: Block, minority: Block, count: int) -> Array:
    """Rows the generator makes of disjoint blocks of the majority, each as large as the minority.

    Parameters
    ----------
    streams : Streams
        Names of the draws; every block has its own.
    generator : Generator
        What imitates.
    majority, minority : Block
        (B, n0, d) and (B, n1, d).
    count : int
        Number of blocks K ≤ n0/n1.

    Returns
    -------
    Array
        (B, K · n1, d), block by block; the blocks are the first K · n1 majority rows in order.
    """
    size = minority.rows.shape[1]
    made = np.empty((streams.count, count * size, majority.rows.shape[2]))
    for block in range(count):
        places = slice(block * size, (block + 1) * size)
        seeds = GivenBlock(np.ascontiguousarray(majority.rows[:, places]), majority.stratum, majority.law)
        made[:, places] = generator.draw(streams.within(f"correction/block {block}"), seeds, minority, size).rows
    return made


def corrected_path(
    learner: Learner, real: Sample, synthetic: Sample, sizes: Integers, correction: Sample, strength: float = 1.0
) -> LinearFit:
    """Fit the real rows, the first synthetic rows and the correction times their number, at every size.

    Parameters
    ----------
    learner : Learner
        What is fitted; negative weights must mean something to it.
    real, synthetic, sizes
        As for `synththeory.learners.Learner.path`.
    correction : Sample
        Rows of signed weight for one synthetic row, (B, m, d).
    strength : float
        λ: their weights are multiplied by it.

    Returns
    -------
    LinearFit
        Coefficients (B, S, p) and status (B, S).
    """
    rows = np.concatenate([real.rows, correction.rows], axis=1)
    labels = np.concatenate([real.labels, correction.labels], axis=1)
    fits = []
    for place in range(sizes.shape[1]):
        size = sizes[:, place : place + 1]
        weights = np.concatenate([real.weights, strength * size * correction.weights], axis=1)
        fits.append(linear_fit(learner.path(GivenSample(rows, labels, weights), synthetic, np.ascontiguousarray(size))))
    return LinearFit(
        np.concatenate([fit.coefficients for fit in fits], axis=1), np.concatenate([fit.status for fit in fits], axis=1)
    )


def estimated_bias(correction: Sample, loss: Loss, theta: Array) -> Array:
    """B̂_0(θ) = −Σ_i w_i ℓ(θ; x_i, y_i) over a correction's rows, in every replication, (B,).

    Parameters
    ----------
    correction : Sample
        Weighted rows, (B, n, d), as of `BiasCorrection.rows`.
    loss : Loss
        Whose bias.
    theta : Array
        Coefficients θ, (p,) or (B, p).
    """
    scores = np.einsum("bnp,bp->bn", loss.design(correction.rows), _every(theta, correction))
    return np.asarray(-(correction.weights * loss.value(scores, correction.labels)).sum(axis=1))


def estimated_bias_gradient(correction: Sample, loss: Loss, theta: Array) -> Array:
    """∇B̂_0(θ) of every replication, (B, p).

    Parameters
    ----------
    correction, loss, theta
        As of `estimated_bias`.
    """
    design = loss.design(correction.rows)
    slopes = loss.slope(np.einsum("bnp,bp->bn", design, _every(theta, correction)), correction.labels)
    return np.asarray(-np.einsum("bn,bnp->bp", correction.weights * slopes, design))


def _every(theta: Array, correction: Sample) -> Array:
    return np.broadcast_to(theta, (correction.rows.shape[0], theta.shape[-1]))
