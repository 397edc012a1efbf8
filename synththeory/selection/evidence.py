"""What TG-VTSS looks at before it chooses: the symmetry test and the generator's quality (`theory.md` §3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Vector
from synththeory.corrections import Reweighted
from synththeory.errors import DesignError
from synththeory.fits import LinearFit, linear_fit
from synththeory.generators import Generator
from synththeory.learners import Learner, MEstimator, ScoreLearner
from synththeory.losses import Loss
from synththeory.selection.calibration import CALIBRATIONS
from synththeory.selection.classes import Classes, cut
from synththeory.selection.folds import folds
from synththeory.selection.pilot import Flags, pilot_at
from synththeory.selection.quality import GeneratorQuality, ScoreSums, cross_fitted_quality, score_sums
from synththeory.selection.rules import TGVTSS
from synththeory.status import Status
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class Evidence:
    """What TG-VTSS looks at before it chooses, in every data set of a block.

    Attributes
    ----------
    p_value : Array
        Of the symmetry test, (B,); NaN where there is none.
    quality : GeneratorQuality
        GQS and its parts, (B,) each.
    status : array of uint8
        (B,) codes of `Status`: why there is no test or no GQS.
    """

    p_value: Array
    quality: GeneratorQuality
    status: NDArray[np.uint8]


def gathered(rule: TGVTSS, generator: Generator, learner: Learner, streams: Streams, real: Classes) -> Evidence:
    """The symmetry test and the cross-fitted GQS of a block.

    Parameters
    ----------
    rule : TGVTSS
        Folds and calibration.
    generator, learner, streams, real
        As in `choose`; the streams are those of the selection.

    Raises
    ------
    DesignError
        When the learner is no M-estimator.
    """
    if not isinstance(learner, ScoreLearner):
        raise DesignError(f"TG-VTSS needs the gradients of an M-estimator, which {learner.kind} is not; use VTSS")
    labels = (real.majority.stratum.response, real.minority.stratum.response)
    fit = _balanced(learner, real, streams)
    total, dimension = float(sum(real.counts)), real.majority.rows.shape[2]
    penalty = learner.penalty(dimension, total) / total
    majority, minority = fit.seen(real.majority.rows), fit.seen(real.minority.rows)
    theta = fit.coefficients[:, 0]
    if isinstance(learner, MEstimator):
        tested = _tested(rule, learner.loss, labels, penalty, (theta, majority, minority))
    else:
        tested = _of_live_units(rule, learner.loss, labels, (theta, majority, minority))
    quality = _quality(rule, generator, learner, streams, real, tested.g_phi)
    singular = tested.singular | ~np.isfinite(quality.value)
    fitted = np.isfinite(fit.coefficients[:, 0]).all(axis=-1)
    status = np.where(fitted, np.where(singular, np.uint8(Status.SINGULAR), np.uint8(Status.OK)), fit.status[:, 0])
    return Evidence(np.where(status == Status.OK, tested.p_value, np.nan), quality, np.asarray(status, dtype=np.uint8))


@dataclass(frozen=True, eq=False)
class _Tested:
    """The symmetry test of a block."""

    p_value: Array
    singular: Flags
    g_phi: Array


def _tested(
    rule: TGVTSS, loss: Loss, labels: tuple[float, float], penalty: Vector, fitted: tuple[Array, Array, Array]
) -> _Tested:
    """At coefficients (B, p), for features (B, n_c, D) of each class."""
    pilot = pilot_at(*fitted, loss, labels, penalty)
    verdict = CALIBRATIONS[rule.calibration](pilot)
    return _Tested(verdict.p_value, pilot.singular | verdict.singular, pilot.asymmetry)


def _of_live_units(
    rule: TGVTSS, loss: Loss, labels: tuple[float, float], fitted: tuple[Array, Array, Array]
) -> _Tested:
    """Where features are learnt units: those that are 0 on every row have no score, and no degree of freedom [D].

    Units that live on a row or two can leave the others' covariance singular. Only then they are left out too, those
    on the fewest rows first. [D]
    """
    theta, majority, minority = fitted
    rows = (majority != 0.0).sum(axis=1) + (minority != 0.0).sum(axis=1)
    g_phi, p_value, singular = np.zeros(theta.shape), np.empty(len(theta)), np.empty(len(theta), dtype=bool)
    for place, counts in enumerate(rows):
        fewest = 1
        while True:
            one, units = slice(place, place + 1), counts >= fewest
            kept = np.append(units, True)
            seen = theta[one][:, kept], majority[one][..., units], minority[one][..., units]
            tested = _tested(rule, loss, labels, np.zeros(int(kept.sum())), seen)
            if not tested.singular[0] or counts.max() <= fewest:
                break
            fewest = int(counts[units].min()) + 1
        g_phi[place, kept], p_value[place], singular[place] = tested.g_phi[0], tested.p_value[0], tested.singular[0]
    return _Tested(p_value, singular, g_phi)


def _balanced(learner: Learner, real: Classes, streams: Streams) -> LinearFit:
    """The learner's own fit with class weights N/(2n_c): the pilot, with the penalty the learner has [P for none]."""
    return linear_fit(Reweighted().fit(learner, real.sample, real.counts, streams))


def _quality(
    rule: TGVTSS, generator: Generator, learner: Learner, streams: Streams, real: Classes, g_phi: Array
) -> GeneratorQuality:
    majority, minority, synthetic = [], [], []
    zero, one = real.majority.stratum.response, real.minority.stratum.response
    for fold in cut(real, partial(folds, count=rule.gqs_folds), streams.within("gqs")):
        fit = _balanced(learner, fold.training, fold.streams)
        theta = fit.coefficients[:, 0]
        made = generator.draw(fold.streams, fold.training.minority, fold.training.majority, real.gap)
        majority.append(score_sums(learner.loss, fit.seen(fold.held_out.majority.rows), zero, theta))
        minority.append(score_sums(learner.loss, fit.seen(fold.held_out.minority.rows), one, theta))
        synthetic.append(score_sums(learner.loss, fit.seen(made.rows), one, theta))
    if isinstance(learner, MEstimator):
        return cross_fitted_quality(majority, minority, synthetic, g_phi)
    return _of_live_directions(majority, minority, synthetic, g_phi)


def _of_live_directions(
    majority: list[ScoreSums], minority: list[ScoreSums], synthetic: list[ScoreSums], g_phi: Array
) -> GeneratorQuality:
    """GQS of learnt units: those without curvature on all held-out rows are left out, data set by data set [D]."""
    curvature = sum(np.einsum("bii->bi", part.curvature) for part in (*majority, *minority))
    found = []
    for place, live in enumerate(np.asarray(curvature) > 0.0):
        zero, one, made = ([part.kept(place, live) for part in parts] for parts in (majority, minority, synthetic))
        found.append(cross_fitted_quality(zero, one, made, g_phi[place : place + 1, live]))
    fields = [[getattr(one, name) for one in found] for name in ("value", "bias", "variance", "alignment")]
    return GeneratorQuality(*(np.concatenate(values) for values in fields))
