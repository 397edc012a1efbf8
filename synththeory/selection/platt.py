"""Platt scaling on cross-validated scores: an intercept and a slope for log-odds that are too large or too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from synththeory.arrays import Array, Codes, Vector
from synththeory.corrections import Baseline, Reweighted
from synththeory.corrections.weights import AnyBaseline
from synththeory.errors import DesignError
from synththeory.fits import Fit, LinearFit
from synththeory.generators import Generator
from synththeory.learners import Learner, Logistic
from synththeory.losses import LogisticLoss
from synththeory.sample import GivenSample, Sample
from synththeory.selection.candidates import fold_sizes
from synththeory.selection.classes import Classes, cut
from synththeory.selection.folds import folds
from synththeory.selection.rules import FOLDS, Folds, Rule
from synththeory.selection.tuned import named, two_classes
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class Scaled:
    """Another fit's log-odds f, made slope · f + intercept.

    Attributes
    ----------
    fit : Fit
        Of one size.
    slope, intercept : Array
        (B,).
    failed : Codes
        (B,), why there is no scaling; 0 where there is.
    """

    fit: Fit
    slope: Array
    intercept: Array
    failed: Codes

    @property
    def status(self) -> Codes:
        """The fit's, or the scaling's where that failed, (B, 1)."""
        return np.where(self.fit.status == 0, self.failed[:, None], self.fit.status)

    def scores(self, rows: Array) -> Array:
        """Scaled log-odds, (B, 1, m)."""
        return self.slope[:, None, None] * self.fit.scores(rows) + self.intercept[:, None, None]

    def at(self, replications: slice) -> Scaled:
        """Those of some replications."""
        return Scaled(
            self.fit.at(replications), self.slope[replications], self.intercept[replications],
            self.failed[replications],
        )  # fmt: skip


def scaled(fit: Fit, majority: Sequence[Array], minority: Sequence[Array]) -> Scaled:
    """A fit scaled by the class-balanced logistic regression of the class on held-out scores.

    Parameters
    ----------
    fit : Fit
        Of all rows.
    majority, minority : sequence of Array
        Scores (B, m) of the held-out rows of each class, one entry a fold.
    """
    scores = [np.concatenate(parts, axis=1) for parts in (majority, minority)]
    counts = [rows.shape[1] for rows in scores]
    targets, weights = (np.repeat(each, counts) for each in ((0.0, 1.0), Reweighted().shares(counts)))
    found = line(np.concatenate(scores, axis=1), targets, weights)
    (slopes, intercepts) = np.moveaxis(found.scores(np.array([[1.0], [0.0]]))[:, 0], -1, 0)
    return Scaled(fit, slopes - intercepts, intercepts, found.status[:, 0])


def line(scores: Array, targets: Vector, weights: Vector, ridge: float = 0.0) -> LinearFit:
    """Platt's step: the logistic regression of targets on scores, coefficients (B, 1, 2) slope and intercept.

    In studies every class weighs the same and targets are the classes; on people's tables
    (`synththeory.estimators.recalibration`) targets are Platt's smoothed ones.

    Parameters
    ----------
    scores : Array
        (B, m).
    targets, weights : Vector
        (m,), targets in [0, 1].
    ridge : float
        On the slope, of the mean loss: where scores may be constant.
    """
    shape = scores.shape
    real = GivenSample(scores[..., None], np.broadcast_to(targets, shape), np.broadcast_to(weights, shape))
    nothing = GivenSample(np.empty((shape[0], 0, 1)), np.empty((shape[0], 0)), np.empty((shape[0], 0)))
    return Logistic(ridge=ridge).path(real, nothing, np.zeros((shape[0], 1), dtype=np.int64))


class Platt(Baseline):
    """Another free fix whose log-odds are scaled on K folds' held-out scores, at a balanced prior (Platt 1999).

    Attributes
    ----------
    inner : Baseline
        What is fitted.
    folds : int
        K ≥ 2, stratified.
    """

    kind: Literal["platt"] = "platt"
    inner: AnyBaseline
    folds: Folds = FOLDS

    @property
    def label(self) -> str:
        """Such as ``platt:raw``."""
        return f"{self.kind}:{self.inner.label}"

    def check(self, learner: Learner, strata: int) -> None:
        """Log-odds between two classes."""
        self.inner.check(learner, strata)
        if strata != 2 or not isinstance(learner.loss, LogisticLoss):
            raise DesignError(f"the baseline '{self.label}' scales log-odds of two classes: use a logistic loss")

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Scaled:
        """The fit of all rows, scaled."""
        held = named(streams, self.kind)
        majority, minority = [], []
        for fold in cut(two_classes(real, counts), partial(folds, count=self.folds), held):
            fit = self.inner.fit(learner, fold.training.sample, fold.training.counts, fold.streams)
            majority.append(fit.scores(fold.held_out.majority.rows)[:, 0])
            minority.append(fit.scores(fold.held_out.minority.rows)[:, 0])
        return scaled(self.inner.fit(learner, real, counts, streams), majority, minority)


def scaled_choice(
    rule: Rule, generator: Generator, learner: Learner, streams: Streams, real: Classes, multipliers: Array, fit: Fit
) -> Scaled:
    """The fit at chosen sizes, scaled on the held-out scores of fits at the same multipliers to the rule's splits.

    Parameters
    ----------
    rule, generator, learner, real
        As of `choose`.
    streams : Streams
        Names of the B data sets.
    multipliers : Array
        Chosen γ̂, (B,); NaN, where nothing was chosen, counts as 0.
    fit : Fit
        Of all rows, one size.
    """
    majority, minority = [], []
    for fold in cut(real, rule.splits, streams.within("selection").within("validation")):
        training = fold.training
        sizes = fold_sizes(np.nan_to_num(multipliers), training.gap)[:, None]
        synthetic = generator.draw(fold.streams, training.minority, training.majority, int(sizes.max()))
        own = learner.path(training.sample, synthetic, sizes, fold.streams)
        majority.append(own.scores(fold.held_out.majority.rows)[:, 0])
        minority.append(own.scores(fold.held_out.minority.rows)[:, 0])
    return scaled(fit, majority, minority)
