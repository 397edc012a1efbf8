"""A fit to the real rows alone, as an arm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array
from synththeory.components import digest
from synththeory.corrections import Baseline, Raw, Weighted
from synththeory.fits import Fit
from synththeory.learners import ClassLeastSquares, HardMargin, Learner
from synththeory.populations import Population
from synththeory.sim.questions.arms import Data, Scores, scored
from synththeory.sim.questions.forecasts import Forecast
from synththeory.sim.questions.group_risks import measured
from synththeory.theory import predict_baseline, predict_class_baseline
from synththeory.theory.margins import margin_prediction


@dataclass(frozen=True)
class FreeFix:
    """A fit to the real rows alone: no synthetic row, one point without a multiplier."""

    baseline: Baseline
    learner: Learner
    metrics: tuple[str, ...]

    points = ((None, 0),)
    use = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fix's name."""
        return (self.baseline.label,)

    @property
    def label(self) -> str:
        """The fix's name."""
        return self.baseline.label

    @cached_property
    def digest(self) -> str:
        """Digest of the fix."""
        return digest(self.baseline)

    def run(self, data: Data) -> Scores:
        """Fit and score."""
        fit = self.fit(data)
        strata = [block.stratum for block in data.blocks]
        return scored(measured(data.risk, strata, data.counts, self.metrics, fit), fit.status)

    def fit(self, data: Data) -> Fit:
        """The fix's fit."""
        return self.baseline.fit(self.learner, data.real, data.counts, data.streams)

    def prior(self, data: Data) -> Array:
        """log(N1/N0) at which the fit's log-odds hold, (B, 1)."""
        majority, minority = data.counts
        return np.full((data.streams.count, 1), self.baseline.prior(majority, minority))

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Forecast | None:
        """Theory's value of the fix, for two classes, or for K and least squares."""
        if isinstance(self.learner, ClassLeastSquares):
            return predict_class_baseline(population, self.baseline, self.learner, counts)
        if isinstance(self.learner, HardMargin) and isinstance(self.baseline, Raw | Weighted):
            return margin_prediction(population, self.learner, (counts[0], counts[1]), None, (0,))
        return predict_baseline(population, self.baseline, self.learner, *counts) if len(counts) == 2 else None
