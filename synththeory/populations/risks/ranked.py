"""A risk that also says how fits rank and how they are calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast, get_args

import numpy as np

from synththeory.arrays import Array
from synththeory.fits import Fit
from synththeory.losses import LogisticLoss
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.populations.risks.held_out import HeldOutRisk
from synththeory.populations.risks.logistic import ExactLogisticRisk
from synththeory.populations.risks.measures import coefficients_of
from synththeory.populations.risks.per_replication import ReplicationRisk
from synththeory.populations.risks.ranking import DrawnScores, GaussianScores, Ranking, RankingMeasures
from synththeory.populations.risks.sampled import SampledRisk
from synththeory.populations.risks.squared import ExactSquaredRisk
from synththeory.sample import Block

MARGINS: tuple[Ranking, ...] = ("margin_majority", "margin_minority", "margin_ratio")
"""What is measured of K classes too: means over the first third of the classes, and over the last."""
_RANKING = frozenset(get_args(Ranking))
_PAIRS, _STEPS = 500, 32
"""Pairs of test rows, and places of each segment, that a boundary's share is measured at."""


@dataclass(frozen=True, eq=False)
class RankedRisk:
    """Another risk with measures of ranking beside its own.

    Attributes
    ----------
    risk : ExactLogisticRisk, ExactSquaredRisk, SampledRisk or ClassSampledRisk
        Of two classes; of K classes with scores of their own for the margins alone.
    ranking : tuple of str
        What else is measured (see `synththeory.populations.risks.ranking`).
    prevalence : float
        π.
    """

    risk: ExactLogisticRisk | ExactSquaredRisk | SampledRisk | ClassSampledRisk
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
        if isinstance(self.risk, SampledRisk):
            found = self._drawn(self.risk, plain, asked, fit)
        else:
            found = [*(self.risk.measures(plain, fit) if plain else ()), *self._known(asked, fit)]
        values = dict(zip([*plain, *asked], found, strict=True))
        return np.stack([values[metric] for metric in metrics])

    def _known(self, asked: Sequence[Ranking], fit: Fit) -> Sequence[Array]:
        if isinstance(self.risk, ClassSampledRisk):
            head, tail = self.risk.margins(fit)
            known = dict(zip(MARGINS, (head, tail, tail / head), strict=True))
            return [known[name] for name in asked]
        assert not isinstance(self.risk, SampledRisk)
        coefficients, intercept = coefficients_of(fit), self.risk.loss.intercept
        zero, one = (GaussianScores.of(law, intercept, coefficients) for law in self.risk.laws)
        between = partial(GaussianScores.between, zero, one)
        return RankingMeasures(zero, one, self.prevalence, self._threshold, between).of(asked)

    def _drawn(self, risk: SampledRisk, plain: Sequence[str], asked: Sequence[Ranking], fit: Fit) -> Sequence[Array]:
        """Every row is scored once, for the risk's own metrics too."""
        each = []
        for replication in range(fit.status.shape[0]):
            scores = risk.scores(fit, replication)
            rows = [own if own.ndim == 2 else own[replication] for own in risk.rows]
            zero, one = (DrawnScores(own[None]) for own in scores)
            between = partial(_drawn_between, fit.at(slice(replication, replication + 1)), *rows)
            own = risk.measures_of(plain, scores)[:, None] if plain else ()
            each.append([*own, *RankingMeasures(zero, one, self.prevalence, self._threshold, between).of(asked)])
        return [np.concatenate(values) for values in zip(*each, strict=True)]

    @property
    def _threshold(self) -> float:
        """Where the score is cut."""
        if isinstance(self.risk.loss, LogisticLoss):
            return 0.0
        return float(np.mean([stratum.response for stratum in self.risk.strata]))


@dataclass(frozen=True)
class RankedHeldOutRisk(ReplicationRisk):
    """The same where every replication holds its own rows out.

    Attributes
    ----------
    risk : HeldOutRisk
        On those rows.
    ranking, prevalence
        As of `RankedRisk`.
    """

    risk: HeldOutRisk
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

    def on(self, blocks: Sequence[Block]) -> RankedHeldOutRisk:
        """On the rows these blocks hold out."""
        return replace(self, risk=self.risk.on(blocks))

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S); NaN where there is no fit."""
        return RankedRisk(self.risk.sampled, self.ranking, self.prevalence).measures(metrics, fit)


def _drawn_between(fit: Fit, zero: Array, one: Array) -> DrawnScores:
    """Scores at even places of the segments between the first test rows of both classes, pair by pair."""
    pairs = min(len(zero), len(one), _PAIRS)
    places = (np.arange(_STEPS) + 0.5)[:, None, None] / _STEPS
    rows = (1.0 - places) * zero[:pairs] + places * one[:pairs]
    return DrawnScores(fit.scores(rows.reshape(-1, rows.shape[2])))
