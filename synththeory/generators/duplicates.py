"""Duplicates of real rows of both classes: what a published "duplicates" arm is when it forgets to choose a class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from synththeory.arrays import Array, Vector
from synththeory.errors import NoTheoryError
from synththeory.generators.base import Generator
from synththeory.generators.closed_forms import resampled
from synththeory.generators.imitator import Imitator
from synththeory.generators.moments import GeneratorMoments
from synththeory.losses import Loss
from synththeory.populations import Population
from synththeory.sample import Block
from synththeory.streams import Streams


class Duplicates(Generator):
    """Real rows with replacement, a share of them from the other class and with its label.

    Attributes
    ----------
    majority : float
        Share of the other class, in [0, 1]; 0 is the bootstrap.
    """

    kind: Literal["duplicates"] = "duplicates"
    needs_others: ClassVar[bool] = True
    majority: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> TwoClassRows:
        """Nothing is learnt: the rows of both classes are kept."""
        assert others is not None  # as it says it needs them
        return TwoClassRows(streams, seeds, others, self.majority)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """The bootstrap's, for no share of the other class.

        Raises
        ------
        NoTheoryError
            For any other share: the curve's theory is of rows with one label.
        """
        if self.majority > 0.0:
            raise NoTheoryError("theory needs synthetic rows of one label; duplicates with majority > 0 have both")
        return resampled(population, loss, stratum, theta)


@dataclass(frozen=True, eq=False)
class TwoClassRows(Imitator):
    """Rows of two classes with replacement.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    seeds, others : Block
        (B, n1, d) and (B, n0, d).
    share : float
        Probability of a row of the others.
    """

    streams: Streams
    seeds: Block
    others: Block
    share: float

    def rows(self, size: int) -> Array:
        """A class by a uniform, then one of its rows."""
        own, other = (
            _picked(self.streams, "seeds", self.seeds, size),
            _picked(self.streams, "others", self.others, size),
        )
        return np.where(self._of_others(size)[..., None], other, own)

    def labels(self, size: int) -> Array:
        """Responses of the class each row is from, (B, size)."""
        return np.where(self._of_others(size), self.others.stratum.response, self.seeds.stratum.response)

    def _of_others(self, size: int) -> NDArray[np.bool_]:
        return self.streams.uniforms("class", size) < self.share


def _picked(streams: Streams, purpose: str, block: Block, size: int) -> Array:
    places = (streams.uniforms(purpose, size) * block.rows.shape[1]).astype(np.int64)
    return np.take_along_axis(block.rows, places[:, :, None], axis=1)
