"""A learner's path over growing numbers of one generator's synthetic rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.components import digest
from synththeory.errors import DesignError
from synththeory.fits import Fit, averaged
from synththeory.learners import HardMargin, Learner, path_of
from synththeory.losses import LogisticLoss
from synththeory.metrics import SPREAD
from synththeory.populations import Population
from synththeory.sample import Block, Sample
from synththeory.sim.questions.arms import Data, Scores, scored
from synththeory.sim.questions.diversity import METRICS as DIVERSITY
from synththeory.sim.questions.diversity import diversity
from synththeory.sim.questions.forecasts import Forecast, SizeForecast
from synththeory.sim.questions.uses import UsingArm
from synththeory.theory import best_curve
from synththeory.theory.margins import margin_prediction
from synththeory.theory.ranking import expected_auroc


@dataclass(frozen=True)
class Augmented(UsingArm):
    """The learner's path over growing numbers of one generator's synthetic rows.

    Attributes
    ----------
    use : Use
        What is added.
    learner : Learner
        What is fitted.
    multipliers, sizes : tuples
        (S,) synthetic multipliers γ and sizes ñ; under a joint law, the sizes at the expected class counts.
    fit_metrics : tuple of str
        What is measured of every fit.
    joint : bool
        Whether class counts are random, so that each replication's sizes are round(γ · its own class gap).
    diagnostics : tuple of str
        What is measured beside the fits: ``"spread"`` and ``"diversity"`` of the synthetic rows, ``"transfer"`` of
        corrections.
    sets : int
        m fits, each with synthetic rows of its own, whose predictions are averaged (`theory.md` §10).
    """

    learner: Learner
    multipliers: tuple[float, ...]
    sizes: tuple[int, ...]
    fit_metrics: tuple[str, ...]
    joint: bool = False
    diagnostics: tuple[str, ...] = ()
    sets: int = 1

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics of the fit, then those of the synthetic rows."""
        diverse = DIVERSITY if "diversity" in self.diagnostics else ()
        return (*self.fit_metrics, *(SPREAD.name,) * ("spread" in self.diagnostics), *diverse)

    @cached_property
    def digest(self) -> str:
        """Digest of the generator without its name: a new name does not change a number."""
        return digest(self.generator.identity, *(("sets", self.sets) if self.sets > 1 else ()))

    @property
    def points(self) -> tuple[tuple[float | None, int], ...]:
        """Multiplier and synthetic size, (S,)."""
        return tuple(zip(self.multipliers, self.sizes, strict=True))

    def run(self, data: Data) -> Scores:
        """Draw once at the largest size, walk the sizes, score each fit."""
        return self.scores(data, self.synthetic(data), self.sizes_of(data), self.fit(data))

    def fit(self, data: Data) -> Fit:
        """The learner's path, one fit a size; the mean prediction of ``sets`` paths, the first a single set's."""
        sizes = self.sizes_of(data)
        fits = [path_of(self.learner, data.real, self.synthetic(data), sizes, data.streams)]
        for number in range(1, self.sets):
            rows = data.synthetic(self.generator, int(sizes[0, -1]), number)
            fits.append(path_of(self.learner, data.real, rows, sizes, data.streams.within(f"set/{number}")))
        return averaged(fits, logistic=isinstance(self.learner.loss, LogisticLoss))

    def prior(self, data: Data) -> Array:
        """log(N1/N0) that the fits saw, (B, S)."""
        majority, minority = data.counts
        return np.asarray(np.log((minority + self.sizes_of(data)) / majority))

    def synthetic(self, data: Data) -> Sample:
        """The synthetic rows of the largest size."""
        return data.synthetic(self.generator, int(self.sizes_of(data)[0, -1]))

    def scores(self, data: Data, synthetic: Sample, sizes: Integers, fit: Fit) -> Scores:
        """Every fit scored, and the synthetic rows measured."""
        values = data.risk.measures(self.fit_metrics, fit)
        spreads = [spread(synthetic, data.minority, sizes)] if "spread" in self.diagnostics else []
        found = [*values, *spreads]
        if "diversity" in self.diagnostics:
            found += list(diversity(synthetic, data.minority, sizes))
        return scored(np.stack(found), fit.status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Forecast | None:
        """Theory's curve in the synthetic size, or the limit of the maximum margin; None for several sets."""
        if self.sets > 1:
            return None
        majority, minority = counts
        if isinstance(self.learner, HardMargin):
            return margin_prediction(population, self.learner, (majority, minority), self.generator, self.sizes)
        found = SizeForecast.of(best_curve(population, self.generator, self.learner, majority, minority), self.sizes)
        if "auroc" not in self.metrics:
            return found
        return replace(found, auroc=expected_auroc(population, self.learner.loss, found.prediction))

    def sizes_of(self, data: Data) -> Integers:
        """Synthetic sizes of every replication, (B, S)."""
        chosen = np.array(self.sizes, dtype=np.int64)
        if self.joint:
            gap = max(data.majority.shape[1] - data.minority.shape[1], 0)
            chosen = np.asarray(np.rint(np.array(self.multipliers) * gap), dtype=np.int64)
        return np.repeat(chosen[None], data.streams.count, axis=0)


def spread(synthetic: Sample, minority: Block, sizes: Integers) -> Array:
    """Total variance of the first synthetic rows about the minority's true mean, over the minority's own.

    Below one the generator contracts: SMOTE's segments lie inside the cloud.

    Parameters
    ----------
    synthetic : Sample
        (B, m, d).
    minority : Block
        Its law knows mean and covariance.
    sizes : Integers
        (B, S), each ≥ 1.

    Returns
    -------
    Array
        (B, S).

    Raises
    ------
    DesignError
        Where the law is not known.
    """
    if minority.law is None:
        raise DesignError("the diagnostic 'spread' needs the law of the minority, which only simulated data have")
    squares = np.square(synthetic.rows - minority.law.mean).sum(axis=-1).cumsum(axis=1)
    sums = np.take_along_axis(squares, sizes - 1, axis=1)
    return np.asarray(sums / sizes / np.trace(minority.law.covariance))
