"""Duplicates of real rows of both classes: what a published "duplicates" arm is when it forgets to choose a class."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Vector
from synththeory.errors import SynththeoryError
from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.generators.closed_forms import resampled
from synththeory.losses import Loss
from synththeory.populations import Population
from synththeory.sample import Block, Sample
from synththeory.streams import Streams


class Duplicates(Generator):
    """Real rows with replacement, a share of them from the other class and with its label.

    Attributes
    ----------
    majority : float
        Share of the other class, in [0, 1]; 0 is the bootstrap.
    """

    kind: Literal["duplicates"] = "duplicates"
    majority: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """The rows alone; half of them do not imitate the seeds, so `draw` gives them their labels."""
        return self._mixed(streams, seeds, others, size).rows

    def draw(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Sample:
        """Rows of both classes with the labels they have."""
        return self._mixed(streams.within(f"generator/{self.kind}"), seeds, others, size)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """The bootstrap's, for no share of the other class.

        Raises
        ------
        NotImplementedError
            For any other share: the curve's theory is of rows with one label.
        """
        if self.majority > 0.0:
            raise NotImplementedError("theory is of synthetic rows with one label, these have both")
        return resampled(population, loss, stratum, theta)

    def _mixed(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Sample:
        own = _picked(streams, "seeds", seeds, size)
        if self.majority == 0.0:
            return own
        if others is None:
            raise SynththeoryError("duplicates of both classes need the rows of the other class")
        other = _picked(streams, "others", others, size)
        chosen = streams.uniforms("class", size) < self.majority
        rows = np.where(chosen[..., None], other.rows, own.rows)
        return Sample(rows, np.where(chosen, other.labels, own.labels), own.weights)


def _picked(streams: Streams, purpose: str, block: Block, size: int) -> Sample:
    places = (streams.uniforms(purpose, size) * block.rows.shape[1]).astype(np.int64)
    return Sample.of(Block(np.take_along_axis(block.rows, places[:, :, None], axis=1), block.stratum))
