"""What a population is: strata, their laws, and rows drawn from them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from synththeory.arrays import Integers
from synththeory.components import Component
from synththeory.losses import Loss
from synththeory.populations.laws.drawn import DrawnBlock, SummedBlock
from synththeory.populations.laws.location import LocationLaw, RowLaw
from synththeory.populations.risks.per_replication import ReplicationRisk
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams


class Population(Component):
    """Who the data come from. A concrete population declares its strata and their laws; all else follows.

    Attributes
    ----------
    exact : bool
        Whether the risk of a linear score is known; theory needs it, and without it studies use a test sample.
    """

    exact: ClassVar[bool] = True

    if TYPE_CHECKING:  # declared to the type checker only: pydantic refuses a field that shadows a property

        @property
        def dimension(self) -> int:
            """Number of coordinates d of a row (a field or a property of the concrete class)."""

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """Name and label of each stratum, the majority first; the two classes 0 and 1 where nothing else is said."""
        return (Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0))

    @property
    @abstractmethod
    def laws(self) -> tuple[RowLaw, ...]:
        """The law of each stratum, in the order of ``strata``; none where none is known beforehand."""

    def given(self, counts: Sequence[int]) -> Self:
        """The population for these counts, where a setting is relative to them; itself otherwise."""
        return self

    @property
    def tested(self) -> Population:
        """Who test rows come from: the population itself, but for one whose training labels are wrong at times."""
        return self

    def prepare(self) -> None:
        """Load what the draws need; called before them.

        Raises
        ------
        SynththeoryError
            When it is not there.
        """

    def own_risk(self, loss: Loss) -> ReplicationRisk | None:
        """The risk of fits where every replication has one of its own; None where one risk serves all."""
        return None

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[Block, ...]:
        """Rows of every stratum.

        Parameters
        ----------
        streams : Streams
            Names of the draws; each stratum has its own purpose.
        counts : sequence of int
            Rows of each stratum.

        Returns
        -------
        tuple of Block
            One a stratum, rows (B, count, d).
        """
        return tuple(
            _block(law, stratum, streams, f"population/{stratum.name}", count)
            for stratum, law, count in zip(self.strata, self.laws, counts, strict=True)
        )


def _block(law: RowLaw, stratum: Stratum, streams: Streams, purpose: str, count: int) -> Block:
    if isinstance(law, LocationLaw):
        drawn = DrawnBlock(law, stratum, streams, purpose, count)
        return SummedBlock(drawn) if streams.summed else drawn
    return GivenBlock(law.draw(streams, purpose, count), stratum, law)


class JointPopulation(Population):
    """A population whose rows are drawn jointly with their labels, so that the class counts are random."""

    @property
    @abstractmethod
    def shares(self) -> tuple[float, ...]:
        """Probability of each stratum."""

    def counts(self, streams: Streams, total: int) -> Integers:
        """Rows of each stratum among ``total`` joint draws, (B, strata).

        Labels are drawn by one uniform a row; rows given the labels follow ``sample`` with these counts.
        """
        edges = np.cumsum(self.shares)[:-1]
        labels = np.searchsorted(edges, streams.uniforms("population/labels", total), side="right")
        return np.stack([(labels == place).sum(axis=1) for place in range(len(self.shares))], axis=1).astype(np.int64)
