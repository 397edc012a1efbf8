"""What theory must know of a generator: moments of the score of what it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.lazy import lazy
from synththeory.losses import Loss
from synththeory.populations import Population, StratumMoments

Source = Literal["closed form", "pilot"]


@dataclass(frozen=True, eq=False)
class GeneratorMoments:
    """What the curve in the synthetic size needs of a generator, at θ (`theory.md` §2).

    Attributes
    ----------
    gradient : Vector
        ∇R_syn(θ), the mean synthetic score under the generator's limiting law, (p,).
    hessian : Matrix
        H_syn, (p, p).
    covariance : Matrix
        Σ_syn, covariance of a synthetic score given the data, (p, p).
    shift : Vector
        Second-order shift of the mean synthetic score by the fit to n1 rows, (p,).
    fluctuation : Matrix
        V_m = Var φ, φ the influence function of the conditional mean score m̂, (p, p).
    coupling : Matrix
        C = Cov(score_1, φ), (p, p).
    source : {"closed form", "pilot"}
        Whether they are exact or estimated from an independent pilot simulation.
    """

    gradient: Vector
    hessian: Matrix
    covariance: Matrix
    shift: Vector
    fluctuation: Matrix
    coupling: Matrix
    source: Source

    @property
    def mean_score(self) -> MeanScore:
        """Its first moment alone."""
        return MeanScore(self.gradient + self.shift, self.hessian, lambda: self)


@dataclass(frozen=True, eq=False)
class MeanScore:
    """The mean synthetic score at θ: all that a minimiser needs of a generator.

    Attributes
    ----------
    gradient : Vector
        E of the mean synthetic score, second-order shift included, (p,).
    hessian : Matrix
        H_syn, (p, p).
    moments : callable
        Everything else at θ, for who needs it.
    """

    gradient: Vector
    hessian: Matrix
    moments: Callable[[], GeneratorMoments]


@dataclass(frozen=True, eq=False)
class Spread:
    """How the score of what a generator makes varies.

    Attributes
    ----------
    covariance : Matrix
        Σ_syn, the covariance of a synthetic score given the seeds, (p, p).
    slope : Matrix
        Derivative in the move of the mean synthetic score less the mean own score, (p, d).
    joint : Matrix
        Covariance a seed of (score with the stratum's label where it is, score moved and relabelled, influence on the
        mean synthetic score, row), (3p + d, 3p + d).
    """

    covariance: Matrix
    slope: Matrix
    joint: Matrix


@dataclass(frozen=True, eq=False)
class Imitation:
    """Moments of the score of a moved stratum's rows T x = x + move, and of what a generator makes of n of them.

    Attributes
    ----------
    own : StratumMoments
        Of the moved stratum itself, with the label asked for.
    gradient : Vector
        E of the mean synthetic score, second-order shift included, (p,).
    hessian : Matrix
        H_syn, (p, p).
    made : callable
        Makes its `Spread`, for who needs it.
    source : {"closed form", "pilot"}
    """

    own: StratumMoments
    gradient: Vector
    hessian: Matrix
    made: Callable[[], Spread]
    source: Source

    @lazy
    def spread(self) -> Spread:
        """How the score varies."""
        return self.made()

    @property
    def kept(self) -> Imitation:
        """The same with its spread made, and nothing held of what it was made from."""
        spread = self.spread
        return replace(self, made=lambda: spread)

    @property
    def bias(self) -> Vector:
        """δ = ∇(mean synthetic loss − mean loss)(θ), (p,)."""
        return self.gradient - self.own.gradient

    @property
    def moments(self) -> GeneratorMoments:
        """The generator's, of a stratum that is not moved: V_m and C are blocks of the joint covariance."""
        size = self.gradient.shape[0]
        own, made, spread = slice(size, 2 * size), slice(2 * size, 3 * size), self.spread
        return GeneratorMoments(
            self.gradient, self.hessian, spread.covariance, np.zeros(size), spread.joint[made, made],
            spread.joint[own, made], self.source,
        )  # fmt: skip

    @property
    def mean_score(self) -> MeanScore:
        """The generator's first moment alone, of a stratum that is not moved."""
        return MeanScore(self.gradient, self.hessian, lambda: self.moments)


class MomentSource(Protocol):
    """Anything whose synthetic score theory can know: a generator, or one with its bias corrected."""

    def given(self, majority: int) -> MomentSource:
        """Beside n0 = majority rows of the other class."""

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """See `Generator.mismatch`."""


@runtime_checkable
class MeanScoreSource(Protocol):
    """A source whose mean synthetic score costs less than all its moments."""

    def mean_score(self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector) -> MeanScore:
        """The first moment of what `Generator.mismatch` says at θ."""
