"""Balanced risk on a test sample, for fits that no closed form can score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.caches import bounded
from synththeory.components import digest
from synththeory.fits import Fit
from synththeory.losses import ClassLoss, Loss, SquaredLoss
from synththeory.metrics import BALANCED_ERROR, BALANCED_LOSS, TEST_SAMPLE_ERROR
from synththeory.populations.base import Population
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.sample import Stratum
from synththeory.streams import Streams

_CHUNK = 1000
"""Rows scored together: their features stay in the second-level cache."""


@dataclass(frozen=True, eq=False)
class SampledRisk:
    """Balanced risk as the mean over one fixed test sample, the same rows of every stratum for all fits.

    R̂(θ̂) = mean_c mean_i ℓ(θ̂; x_ci, y_c). Its own standard error √(Σ_c var_c(ℓ)/m)/K over K strata of m rows is the
    metric ``test_sample_error``: it is common to all replications, so no number of them removes it and the Monte Carlo
    standard error of a mean does not contain it. The mean of ``test_sample_error`` over replications bounds the
    standard error of the mean risk that the test sample causes, because fits share the rows. [D]

    There is no θ* for it to be in excess of: a test sample's own minimiser is biased towards the sample.

    Attributes
    ----------
    strata : sequence of Stratum
        K strata.
    rows : sequence of Array
        (m, d) of each; or (B, m, d), where every replication of the fits has its own (see `HeldOutRisk`), and m may
        differ between strata.
    loss : Loss
        Of the learner's score.
    """

    strata: Sequence[Stratum]
    rows: Sequence[Array]
    loss: Loss

    risk_method = "test-sample"
    metrics = (BALANCED_LOSS.name, BALANCED_ERROR.name, TEST_SAMPLE_ERROR.name)

    @property
    def size(self) -> int:
        """Test rows m of a stratum."""
        return int(self.rows[0].shape[-2])

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S); NaN where there is no fit."""
        parts = [self.measures_of(metrics, self.scores(fit, place)) for place in range(len(fit.status))]
        return np.stack(parts, axis=1)

    def scores(self, fit: Fit, replication: int) -> tuple[Array, ...]:
        """Scores of every stratum's rows by the fits of one replication, (S, m) each."""
        one = fit.at(slice(replication, replication + 1))
        found = []
        for every in self.rows:
            rows = every if every.ndim == 2 else every[replication]
            parts = [one.scores(rows[start : start + _CHUNK])[0] for start in range(0, len(rows), _CHUNK)]
            found.append(np.concatenate(parts, axis=1))
        return tuple(found)

    def measures_of(self, metrics: Sequence[str], scores: Sequence[Array]) -> Array:
        """The metrics of one replication's fits from their `scores`, (M, S); NaN where there is no fit."""
        squared = isinstance(self.loss, SquaredLoss)
        highest = max(stratum.response for stratum in self.strata)
        threshold = float(np.mean([stratum.response for stratum in self.strata])) if squared else 0.0
        sums = np.zeros((3, len(scores[0])))
        for stratum, own in zip(self.strata, scores, strict=True):
            label = stratum.response if squared else float(stratum.response > 0.0)
            with np.errstate(invalid="ignore"):  # a failed fit has no scores
                losses = self.loss.value(own, label)
            wrong = ((own > threshold) != (stratum.response == highest)).mean(axis=1)
            sums += losses.mean(axis=1), wrong, losses.var(axis=1, ddof=1) / own.shape[1]
        every = np.stack([sums[0], sums[1], np.sqrt(sums[2])]) / len(self.strata)
        every[:, np.isnan(every[0])] = np.nan  # without a fit there are no scores
        known = dict(zip(self.metrics, every, strict=True))
        return np.stack([known[metric] for metric in metrics])


@bounded(8)
def sampled_risk(population: Population, loss: Loss, size: int, seed: int) -> SampledRisk | ClassSampledRisk:
    """Balanced risk on a test sample from a stream of its own.

    Parameters
    ----------
    population, loss
        Who the rows come from, and what is measured.
    size : int
        Rows m ≥ 2 a stratum; the first rows of a larger sample are a smaller one.
    seed : int
        Root seed: a study's own, so that another seed draws another test sample.
    """
    streams = Streams.named(seed, digest("test sample", population.tested), 0, 1)
    blocks = population.tested.sample(streams, [size] * len(population.strata))
    rows = [block.rows[0] for block in blocks]
    if isinstance(loss, ClassLoss):
        return ClassSampledRisk(population.strata, rows, loss)
    return SampledRisk(population.strata, rows, loss)
