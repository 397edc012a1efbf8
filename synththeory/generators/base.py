"""What a generator is: synthetic rows that imitate seeds, and what theory must know of them."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.components import Component
from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators.drawn import Drawn
from synththeory.generators.response import Response
from synththeory.losses import Loss
from synththeory.populations import Population, StratumMoments
from synththeory.sample import Block, Law, Sample
from synththeory.streams import Streams

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


@dataclass(frozen=True, eq=False)
class Imitation:
    """Moments of the score of a moved stratum's rows T x = x + move, and of what a generator makes of n of them.

    Attributes
    ----------
    own : StratumMoments
        Of the moved stratum itself, with the label asked for.
    gradient : Vector
        E of the mean synthetic score, second-order shift included, (p,).
    hessian, covariance : Matrix
        H_syn and Σ_syn, the covariance of a synthetic score given the seeds, (p, p).
    slope : Matrix
        Derivative in the move of the mean synthetic score less the mean own score, (p, d).
    joint : Matrix
        Covariance a seed of (score with the stratum's label where it is, score moved and relabelled, influence on the
        mean synthetic score, row), (3p + d, 3p + d).
    source : {"closed form", "pilot"}
    """

    own: StratumMoments
    gradient: Vector
    hessian: Matrix
    covariance: Matrix
    slope: Matrix
    joint: Matrix
    source: Source

    @property
    def bias(self) -> Vector:
        """δ = ∇(mean synthetic loss − mean loss)(θ), (p,)."""
        return self.gradient - self.own.gradient

    @property
    def moments(self) -> GeneratorMoments:
        """The generator's, of a stratum that is not moved: V_m and C are blocks of the joint covariance."""
        size = self.gradient.shape[0]
        own, made = slice(size, 2 * size), slice(2 * size, 3 * size)
        return GeneratorMoments(
            self.gradient, self.hessian, self.covariance, np.zeros(size), self.joint[made, made],
            self.joint[own, made], self.source,
        )  # fmt: skip


class Generator(Component):
    """Where synthetic rows come from.

    Attributes
    ----------
    name : str or None
        Label of the arm; the kind when not given.
    stream : str or None
        Name of its draws, a class attribute; the kind when not given.
    """

    smallest_minority: ClassVar[int] = 1
    stream: ClassVar[str | None] = None
    name: str | None = None

    @property
    def label(self) -> str:
        """Name of the arm."""
        return self.name or self.kind

    @abstractmethod
    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Synthetic rows that imitate the seeds, (B, size, d); the first rows of a longer draw are a shorter one."""

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array | None:
        """Σ (x, 1)(x, 1)ᵀ over the first rows, (B, S, d + 1, d + 1), where it is known without keeping a row.

        Parameters
        ----------
        streams, seeds
            As for ``rows``, whose sums they are up to rounding.
        sizes : Integers
            (B, S), not decreasing along S.
        """
        return None

    @abstractmethod
    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments of the synthetic score.

        Parameters
        ----------
        population : Population
            Who the seeds come from.
        loss : Loss
            Whose score.
        stratum : int
            The stratum the generator imitates.
        count : int
            Number of seeds n1.
        theta : Vector, optional
            Where, (p,); the population's optimum θ* when not given.
        """

    @property
    def response(self) -> Response | None:
        """How the mean and covariance of a synthetic row follow the seeds', where that is this simple."""
        return None

    def draw(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Sample:
        """Synthetic rows with the seeds' label and unit weights, drawn when first asked for.

        Parameters
        ----------
        streams : Streams
            Names of the draws; a generator's purposes carry its kind, or that of the generator whose noise it shares.
        seeds : Block
            Rows of the stratum to imitate, (B, n1, d).
        others : Block or None
            The other rows, for generators that look at the boundary.
        size : int
            Number of synthetic rows m a replication.

        Returns
        -------
        Sample
            (B, m, d).
        """
        own = streams.within(f"generator/{self.stream or self.kind}")
        return Drawn(
            (streams.count, size),
            seeds.stratum.response,
            lambda: self.rows(own, seeds, others, size),
            lambda sizes: self.sums(own, seeds, sizes),
        )

    def check(self, minority: int, dimension: int) -> None:
        """Refuse data the generator cannot imitate.

        Raises
        ------
        DesignError
            With what is wanted, what came and how to mend it.
        """
        if minority < self.smallest_minority:
            raise DesignError(
                f"{self.kind} needs at least {self.smallest_minority} minority rows, got {minority}; "
                "raise sample.minority"
            )


def known_law(seeds: Block, kind: str) -> Law:
    """The law of the seeds, for generators that idealise.

    Raises
    ------
    SynththeoryError
        When the seeds are people's own data.
    """
    if seeds.law is None:
        raise SynththeoryError(f"{kind} knows the true law of the seeds, which only simulated data have")
    return seeds.law
