"""Arms whose generator's bias is estimated on the majority and subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.components import digest
from synththeory.corrections import BiasCorrection, Correction, corrected_path, estimated_bias_gradient
from synththeory.fits import Fit
from synththeory.generators import imitation
from synththeory.metrics import BIAS_ERROR
from synththeory.populations import Population, exact_risk
from synththeory.sample import Sample
from synththeory.sim.questions.arms import Data, Scores
from synththeory.sim.questions.augmented import Augmented
from synththeory.sim.questions.forecasts import SizeForecast
from synththeory.sim.questions.uses import Use
from synththeory.theory import CorrectedGenerator, best_curve


@dataclass(frozen=True)
class WithCorrection:
    """What arms have in common that correct one use of a generator.

    Attributes
    ----------
    plain : Augmented
        The same use of the generator as if it had no correction.
    correction : Correction
        What is added for every synthetic row.
    """

    plain: Augmented
    correction: Correction

    @property
    def use(self) -> Use:
        """The generator's, with the correction."""
        return self.plain.use

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the use."""
        return self.use.names

    @property
    def label(self) -> str:
        """Such as ``corrected:smote``."""
        return self.use.label

    @cached_property
    def digest(self) -> str:
        """Digest of generator and correction."""
        return digest(self.plain.digest, self.correction)

    @property
    def points(self) -> tuple[tuple[float | None, int], ...]:
        """The plain arm's."""
        return self.plain.points

    def prior(self, data: Data) -> Array:
        """The plain arm's."""
        return self.plain.prior(data)


@dataclass(frozen=True)
class Corrected(WithCorrection):
    """The same synthetic rows, with the generator's bias estimated elsewhere and subtracted.

    Attributes
    ----------
    plain, correction
        As of every arm with a correction.
    population, counts
        Where δ_1, the bias that ``bias_error`` is measured from, comes from.
    """

    population: Population
    counts: tuple[int, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The plain arm's, and ``bias_error`` with the diagnostic ``"transfer"``."""
        return self.plain.metrics + (BIAS_ERROR.name,) * ("transfer" in self.plain.diagnostics)

    def run(self, data: Data) -> Scores:
        """Fit with the correction's rows at every size, score each fit exactly."""
        sizes = self.plain.sizes_of(data)
        scores = self.plain.scores(data, self.plain.synthetic(data), sizes, self.fit(data))
        if self.metrics == self.plain.metrics:
            return scores
        correction = data.correction(self.correction, self.plain.generator)
        errors = np.broadcast_to(self._bias_errors(correction)[:, None], sizes.shape)
        return Scores(np.concatenate([scores.values, errors[None]]), scores.status)

    def fit(self, data: Data) -> Fit:
        """The corrected path, one fit a size."""
        correction = data.correction(self.correction, self.plain.generator)
        sizes = self.plain.sizes_of(data)
        return corrected_path(self.plain.learner, data.real, self.plain.synthetic(data), sizes, correction)

    def _bias_errors(self, correction: Sample) -> Array:
        """‖∇B̂_0(θ*) − δ_1‖ in the H⁻¹ norm, (B,)."""
        loss = self.plain.learner.loss
        exact = exact_risk(self.population, loss)
        inverse = np.linalg.inv(sum(0.5 * moments.hessian for moments in exact.moments))
        gap = estimated_bias_gradient(correction, loss, exact.optimum) - self._bias
        return np.asarray(np.sqrt(np.einsum("bi,ij,bj->b", gap, inverse, gap)))

    @cached_property
    def _bias(self) -> Vector:
        loss, label = self.plain.learner.loss, self.population.strata[1].response
        theta, still = exact_risk(self.population, loss).optimum, np.zeros(self.population.dimension)
        return imitation(self.plain.generator, self.population, loss, 1, self.counts[1], theta, still, label).bias

    def prediction(self, population: Population, counts: tuple[int, ...]) -> SizeForecast | None:
        """Theory's curve with the corrected generator."""
        if not isinstance(self.correction, BiasCorrection):
            return None
        majority, minority = counts
        corrected = CorrectedGenerator(self.plain.generator, self.correction, majority)
        curve = best_curve(population, corrected, self.plain.learner, majority, minority)
        return SizeForecast.of(curve, self.plain.sizes)
