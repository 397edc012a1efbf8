"""Arms whose generator's bias is subtracted with a strength chosen from the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Integers
from synththeory.corrections import TunedCorrection
from synththeory.fits import LinearFit
from synththeory.metrics import STRENGTH
from synththeory.populations import Population
from synththeory.selection.classes import Classes
from synththeory.selection.strength import strength_curve, strengthened
from synththeory.sim.questions.arms import Data, Scores
from synththeory.sim.questions.corrected import WithCorrection


@dataclass(frozen=True)
class Tuned(WithCorrection):
    """The same synthetic rows, with λ̂ times the estimated bias subtracted.

    Attributes
    ----------
    plain : Augmented
        The same use of the generator as if it had no correction.
    correction : TunedCorrection
        Strengths, folds and margin.
    """

    correction: TunedCorrection

    @property
    def metrics(self) -> tuple[str, ...]:
        """The plain arm's, and the chosen strength."""
        return (*self.plain.metrics, STRENGTH.name)

    def run(self, data: Data) -> Scores:
        """Choose a strength at every size, fit with it, score the fit."""
        fit, places = self._fitted(data)
        scores = self.plain.scores(data, self.plain.synthetic(data), self.plain.sizes_of(data), fit)
        chosen = np.array(self.correction.strengths)[places]
        return Scores(np.concatenate([scores.values, chosen[None]]), scores.status)

    def fit(self, data: Data) -> LinearFit:
        """The fits of the chosen strengths, one a size."""
        return self._fitted(data)[0]

    def prediction(self, population: Population, counts: tuple[int, ...]) -> None:
        """There is no theory of a chosen strength."""
        return

    def _fitted(self, data: Data) -> tuple[LinearFit, Integers]:
        """The fits and the places of their strengths, (B, S)."""
        real, generator, learner = Classes(data.majority, data.minority), self.plain.generator, self.plain.learner
        rows, synthetic = data.correction(self.correction.full, generator), self.plain.synthetic(data)
        every, places = self.plain.sizes_of(data), []
        coefficients, status = [], []
        for place in range(every.shape[1]):
            size = np.ascontiguousarray(every[:, place : place + 1])
            curve = strength_curve(self.correction, generator, learner, data.streams, real, int(size[0, 0]))
            best = curve.best(self.correction.margin)[:, None]
            fits = strengthened(learner, data.real, synthetic, size, rows, self.correction.strengths)
            coefficients.append(np.take_along_axis(fits.coefficients, best[..., None], axis=1))
            status.append(np.take_along_axis(fits.status, best, axis=1))
            places.append(best)
        fit = LinearFit(np.concatenate(coefficients, axis=1), np.concatenate(status, axis=1))
        return fit, np.concatenate(places, axis=1)
