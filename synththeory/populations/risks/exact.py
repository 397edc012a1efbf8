"""The exact balanced risk of a population under a loss: where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from synththeory.arrays import Array, Vector
from synththeory.caches import bounded
from synththeory.errors import NoTheoryError
from synththeory.fits import Fit
from synththeory.losses import ClassSquaredLoss, LogisticLoss, Loss, SquaredLoss
from synththeory.populations.base import Population
from synththeory.populations.laws.location import RowLaw
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.populations.risks.class_squared import ExactClassSquaredRisk
from synththeory.populations.risks.logistic import ExactLogisticRisk
from synththeory.populations.risks.moments import StratumMoments
from synththeory.populations.risks.per_replication import ReplicationRisk
from synththeory.populations.risks.ranked import RankedRisk
from synththeory.populations.risks.sampled import SampledRisk
from synththeory.populations.risks.squared import ExactSquaredRisk
from synththeory.sample import Block, Stratum


class ExactRisk(Protocol):
    """Exact balanced risk of a linear score of the rows, its minimiser, and the moments there."""

    @property
    def risk_method(self) -> str:
        """``"exact"``."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """What a study of this loss reports, the first of them in its table."""

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S); NaN where there is no fit."""

    @property
    def optimum(self) -> Vector:
        """θ*, (p,)."""

    @property
    def minimum(self) -> float:
        """R(θ*)."""

    @property
    def moments(self) -> tuple[StratumMoments, ...]:
        """Moments of each stratum's score at θ*."""

    def at(self, stratum: Stratum, law: RowLaw, theta: Vector) -> StratumMoments:
        """Moments at θ of rows of any law that carry a stratum's label."""

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...) for coefficients (..., p)."""

    def risk(self, coefficients: Array) -> Array:
        """R(θ), shape (...) for coefficients (..., p)."""

    def risks(self, coefficients: Array) -> Array:
        """R_c(θ) of every stratum, shape (strata, ...) for coefficients (..., p)."""

    def error(self, coefficients: Array) -> Array:
        """Balanced 0–1 error, shape (...) for coefficients (..., p).

        Raises
        ------
        DesignError
            Where the law of a linear score is not known.
        """


Risk = ExactRisk | SampledRisk | RankedRisk | ClassSampledRisk | ReplicationRisk
"""How well a fit does: exactly, or on a test sample, the same for all replications or each its own."""


def risk_on(risk: Risk, blocks: Sequence[Block]) -> Risk:
    """The risk in the replications of these blocks: itself, unless each replication has its own.

    Parameters
    ----------
    risk : Risk
        Of the cell.
    blocks : sequence of Block
        Real rows of every stratum, (B, n, d) each.
    """
    return risk.on(blocks) if isinstance(risk, ReplicationRisk) else risk


@bounded(128)
def exact_risk(population: Population, loss: Loss) -> ExactRisk:
    """The exact balanced risk of a population under a loss (the last ones are kept, as both are frozen).

    Parameters
    ----------
    population : Population
        With a law in every stratum.
    loss : Loss
        Squared or logistic, of two classes or of K.

    Raises
    ------
    NoTheoryError
        When no exact risk of this loss is known.
    """
    if isinstance(loss, SquaredLoss):
        return ExactSquaredRisk(population.strata, population.laws, loss)
    if isinstance(loss, LogisticLoss):
        return ExactLogisticRisk(population.strata, population.laws, loss)
    if isinstance(loss, ClassSquaredLoss):
        return ExactClassSquaredRisk(population.strata, population.laws, loss)
    raise NoTheoryError(f"no exact risk is known for {type(loss).__name__}")
