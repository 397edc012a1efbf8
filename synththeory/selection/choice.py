"""VTSS and TG-VTSS on a block of data sets: what is offered, and what is chosen (`theory.md` §3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers
from synththeory.fits import Fit
from synththeory.generators import Generator
from synththeory.learners import Learner
from synththeory.losses import Loss
from synththeory.selection.candidates import VERDICTS, Candidates, best, fold_sizes
from synththeory.selection.classes import Classes, cut
from synththeory.selection.evidence import Evidence, gathered
from synththeory.selection.rules import TGVTSS, VTSS
from synththeory.status import Status
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class Choice:
    """The size a rule chose in every data set of a block.

    Attributes
    ----------
    multipliers : Array
        γ̂, (B,); NaN where nothing could be chosen.
    sizes : Integers
        round(γ̂(n0 − n1)), (B,); 0 where nothing could be chosen.
    verdicts : array of bool
        (B, 3): symmetric, realistic, biased; all false for a fixed grid.
    evidence : Evidence or None
        None for a fixed grid.
    status : array of uint8
        (B,) codes of `Status`.
    """

    multipliers: Array
    sizes: Integers
    verdicts: NDArray[np.bool_]
    evidence: Evidence | None
    status: NDArray[np.uint8]


def choose(rule: TGVTSS | VTSS, generator: Generator, learner: Learner, streams: Streams, real: Classes) -> Choice:
    """Choose a synthetic size in every data set of a block.

    Pilots, generators and fits see training rows only; the test and GQS are about all real rows. Folds and draws are
    named by replication and purpose: all generators and rules of a study meet the same folds.

    Parameters
    ----------
    rule : TGVTSS or VTSS
        With its constants.
    generator : Generator
        Who makes the rows.
    learner : Learner
        Whose loss is minimised and validated; its penalty is that of the pilots too.
    streams : Streams
        Names of the B data sets.
    real : Classes
        Their rows.
    """
    mine = streams.within("selection")
    evidence = gathered(rule, generator, learner, mine, real) if isinstance(rule, TGVTSS) else None
    offers = _offers(rule, evidence, streams.count, real.gap)
    choice = Choice(
        np.full(streams.count, np.nan),
        np.zeros(streams.count, dtype=np.int64),
        np.array([[offer is not None and offer.regime == name for name in VERDICTS] for offer in offers]),
        evidence,
        np.full(streams.count, Status.NOT_CONVERGED, dtype=np.uint8) if evidence is None else evidence.status.copy(),
    )
    for places, multipliers in _alike(offers):
        here = replace(mine, replications=mine.replications[places])
        losses = validation_losses(rule, generator, learner, here, real.at(places), multipliers)
        chosen = best(losses)
        found = np.take_along_axis(multipliers, np.maximum(chosen, 0)[:, None], axis=1)[:, 0]
        choice.multipliers[places] = np.where(chosen >= 0, found, np.nan)
        choice.sizes[places] = np.where(chosen >= 0, fold_sizes(found, real.gap), 0)
        choice.status[places] = np.where(chosen >= 0, Status.OK, Status.NOT_CONVERGED)
    return choice


def validation_losses(
    rule: TGVTSS | VTSS, generator: Generator, learner: Learner, streams: Streams, real: Classes, multipliers: Array
) -> Array:
    """Balanced loss on held-out rows, the mean over the rule's splits.

    Parameters
    ----------
    rule, generator, learner, streams, real
        As in `choose`; the streams are those of the selection.
    multipliers : Array
        Candidates γ, (B, C), increasing along C. A fold adds round(γ · its own class gap) rows [P].

    Returns
    -------
    Array
        (B, C); NaN where a fit failed.
    """
    total = np.zeros(multipliers.shape)
    count = 0
    for fold in cut(real, rule.splits, streams.within("validation")):
        sizes = fold_sizes(multipliers, fold.training.gap)
        training = fold.training
        imitator = generator.trial(fold.streams, training.minority, training.majority)
        synthetic = generator.sample(imitator, training.minority, int(sizes.max()))
        fit = learner.path(training.sample, synthetic, sizes, fold.streams)
        total += balanced_loss(learner.loss, fold.held_out, fit)
        count += 1
    return total / count


def balanced_loss(loss: Loss, rows: Classes, fit: Fit) -> Array:
    """½(R̂_0 + R̂_1) of given rows, (B, C), by fits of B data sets and C sizes."""
    total = np.zeros(fit.status.shape)
    for block in (rows.majority, rows.minority):
        total += 0.5 * loss.value(fit.scores(block.rows), block.stratum.response).mean(axis=2)
    return total


def _offers(rule: TGVTSS | VTSS, evidence: Evidence | None, count: int, gap: int) -> list[Candidates | None]:
    """Candidates of every data set; None where the test or GQS failed."""
    if isinstance(rule, VTSS):
        return [rule.candidates(gap)] * count
    if evidence is None:
        return [None] * count
    quality = evidence.quality
    columns = zip(evidence.status, evidence.p_value, quality.value, quality.alignment, strict=True)
    return [
        rule.candidates(float(p_value), float(value), float(aligned), gap) if status == Status.OK else None
        for status, p_value, value, aligned in columns
    ]


def _alike(offers: Sequence[Candidates | None]) -> Iterator[tuple[Integers, Array]]:
    """Data sets with as many candidates as each other, so that no number depends on who else is in the block."""
    sizes = np.array([0 if offer is None else offer.multipliers.size for offer in offers])
    for size in np.unique(sizes[sizes > 0]):
        places = np.flatnonzero(sizes == size)
        yield (
            places,
            np.stack([offer.multipliers for offer in offers if offer is not None and offer.multipliers.size == size]),
        )
