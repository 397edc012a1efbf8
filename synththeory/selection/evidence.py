"""What TG-VTSS looks at before it chooses: the symmetry test and the generator's quality (`theory.md` §3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array
from synththeory.corrections import Reweighted
from synththeory.errors import DesignError
from synththeory.fits import LinearFit, linear_fit
from synththeory.generators import Generator
from synththeory.learners import Learner, MEstimator
from synththeory.selection.calibration import CALIBRATIONS
from synththeory.selection.classes import Classes, cut
from synththeory.selection.folds import folds
from synththeory.selection.pilot import pilot_at
from synththeory.selection.quality import GeneratorQuality, cross_fitted_quality, score_sums
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
    if not isinstance(learner, MEstimator):
        raise DesignError(f"TG-VTSS needs the gradients of an M-estimator, which {learner.kind} is not; use VTSS")
    labels = (real.majority.stratum.response, real.minority.stratum.response)
    fit = _balanced(learner, real, streams)
    total, dimension = float(sum(real.counts)), real.majority.rows.shape[2]
    penalty = learner.penalty(dimension, total) / total
    majority, minority = fit.seen(real.majority.rows), fit.seen(real.minority.rows)
    pilot = pilot_at(fit.coefficients[:, 0], majority, minority, learner.loss, labels, penalty)
    verdict = CALIBRATIONS[rule.calibration](pilot)
    quality = _quality(rule, generator, learner, streams, real, pilot.asymmetry)
    singular = pilot.singular | verdict.singular | ~np.isfinite(quality.value)
    fitted = np.isfinite(fit.coefficients[:, 0]).all(axis=-1)
    status = np.where(fitted, np.where(singular, np.uint8(Status.SINGULAR), np.uint8(Status.OK)), fit.status[:, 0])
    return Evidence(np.where(status == Status.OK, verdict.p_value, np.nan), quality, np.asarray(status, dtype=np.uint8))


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
    return cross_fitted_quality(majority, minority, synthetic, g_phi)
