"""A risk that also says how fits rank and how they are calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

import numpy as np

from synththeory.arrays import Array
from synththeory.fits import Fit
from synththeory.losses import LogisticLoss
from synththeory.populations.risks.logistic import ExactLogisticRisk
from synththeory.populations.risks.measures import coefficients_of
from synththeory.populations.risks.ranking import DrawnScores, GaussianScores, Ranking, RankingMeasures
from synththeory.populations.risks.sampled import SampledRisk
from synththeory.populations.risks.squared import ExactSquaredRisk

_RANKING = frozenset(get_args(Ranking))


@dataclass(frozen=True, eq=False)
class RankedRisk:
    """Another risk with measures of ranking beside its own.

    Attributes
    ----------
    risk : ExactLogisticRisk, ExactSquaredRisk or SampledRisk
        Of two classes.
    ranking : tuple of str
        What else is measured (see `synththeory.populations.risks.ranking`).
    prevalence : float
        π.
    """

    risk: ExactLogisticRisk | ExactSquaredRisk | SampledRisk
    ranking: tuple[Ranking, ...]
    prevalence: float

    @property
    def risk_method(self) -> str:
        """The risk's."""
        return self.risk.risk_method

    @property
    def metrics(self) -> tuple[str, ...]:
        """The risk's, then the further ones."""
        return self.risk.metrics + self.ranking

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S); NaN where there is no fit."""
        plain = [metric for metric in metrics if metric not in _RANKING]
        asked = cast(list[Ranking], [metric for metric in metrics if metric in _RANKING])
        values = dict(zip(plain, self.risk.measures(plain, fit), strict=True)) if plain else {}
        values |= zip(asked, self._measured(asked, fit), strict=True)
        return np.stack([values[metric] for metric in metrics])

    def _measured(self, asked: Sequence[Ranking], fit: Fit) -> Sequence[Array]:
        threshold = 0.0
        if not isinstance(self.risk.loss, LogisticLoss):
            threshold = float(np.mean([stratum.response for stratum in self.risk.strata]))
        if not isinstance(self.risk, SampledRisk):
            coefficients, intercept = coefficients_of(fit), self.risk.loss.intercept
            zero, one = (GaussianScores.of(law, intercept, coefficients) for law in self.risk.laws)
            return RankingMeasures(zero, one, self.prevalence, threshold).of(asked)
        each = []
        for replication in range(fit.status.shape[0]):
            part = fit.at(slice(replication, replication + 1))
            drawn = [
                DrawnScores(part.scores(rows if rows.ndim == 2 else rows[replication : replication + 1]))
                for rows in self.risk.rows
            ]
            each.append(RankingMeasures(drawn[0], drawn[1], self.prevalence, threshold).of(asked))
        return [np.concatenate(values) for values in zip(*each, strict=True)]
