"""A generator that has learnt from more rows of the true law than the fit has: a model tuned on a larger table."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from synththeory.generators.base import AnyGenerator, Generator, known_law
from synththeory.generators.imitator import Imitator
from synththeory.sample import Block, GivenBlock
from synththeory.streams import Streams


class FurtherRows(Generator):
    """A generator that sees the seeds and further rows of their law, which the classifier never sees.

    What such a generator gains over the same one fitted on the seeds is what the further rows are worth, whoever
    models them [D].

    Attributes
    ----------
    inner : Generator
        What learns from all of them.
    further : int
        Further rows of the stratum's true law, ≥ 1.
    """

    kind: Literal["further-rows"] = "further-rows"
    inner: AnyGenerator
    further: Annotated[int, Field(ge=1)]

    @property
    def label(self) -> str:
        """Its name, or such as ``gaussian-fit, 2700 further rows``."""
        return self.name or f"{self.inner.label}, {self.further} further rows"

    @property
    def identity(self) -> dict[str, Any]:
        """That of the generator inside, and how much more it sees."""
        return {"kind": self.kind, "further": self.further, "inner": self.inner.identity}

    def check(self, minority: int, dimension: int) -> None:
        """As the generator inside, of all rows."""
        super().check(minority, dimension)
        self.inner.check(minority + self.further, dimension)

    def check_size(self, size: int) -> None:
        """As the generator inside."""
        self.inner.check_size(size)

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """What the generator inside learns from the seeds and the further rows."""
        law = known_law(seeds, self.kind)
        more = law.draw(streams, "further rows", self.further)
        every = GivenBlock(np.concatenate([seeds.rows, more], axis=1), seeds.stratum, law)
        return self.inner.imitator(streams, every, others)
