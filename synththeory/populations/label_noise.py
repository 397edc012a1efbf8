"""Any population of two classes with wrong labels in the training rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, SerializeAsAny, model_validator

from synththeory.components import component_of
from synththeory.populations.base import Population
from synththeory.populations.laws.location import RowLaw
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams


class LabelNoise(Population):
    """A population whose training rows have swapped labels: the counts stay, round(rate · n1) of each class are wrong.

    So a share ``rate`` of the rows labelled minority follow the majority's law, and as many rows labelled majority
    follow the minority's. Test rows are labelled rightly, and so are the laws that idealised generators know. There is
    no theory: the laws of the labelled rows are not those that the risk is of.

    Attributes
    ----------
    base : Population
        With two strata and laws of its own.
    rate : float
        Share of wrong labels among the minority's rows, in [0, ½].
    """

    exact: ClassVar[bool] = False

    kind: Literal["label-noise"] = "label-noise"
    base: Annotated[SerializeAsAny[Population], component_of(Population)]
    rate: Annotated[float, Field(ge=0.0, le=0.5)] = 0.1

    @model_validator(mode="after")
    def _two_classes_with_laws(self) -> Self:
        if len(self.base.strata) != 2 or not self.base.laws:
            raise ValueError(f"base: labels are swapped between two classes with known laws, not in {self.base.kind}")
        return self

    @property
    def dimension(self) -> int:
        """The base's."""
        return self.base.dimension

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The base's."""
        return self.base.strata

    @property
    def laws(self) -> tuple[RowLaw, ...]:
        """Of rightly labelled rows."""
        return self.base.laws

    @property
    def tested(self) -> Population:
        """The base: test rows are labelled rightly."""
        return self.base

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[Block, ...]:
        """The base's rows, some of both classes exchanged."""
        blocks = self.base.sample(streams, counts)
        wrong = min(round(self.rate * counts[1]), counts[0])
        if not wrong:
            return blocks
        rows = [block.rows.copy() for block in blocks]
        every = np.arange(streams.count)[:, None]
        places = [
            np.argsort(streams.uniforms(f"population/{stratum.name}/wrong", count), axis=1)[:, :wrong]
            for stratum, count in zip(self.strata, counts, strict=True)
        ]
        rows[0][every, places[0]] = blocks[1].rows[every, places[1]]
        rows[1][every, places[1]] = blocks[0].rows[every, places[0]]
        return tuple(GivenBlock(own, block.stratum, block.law) for own, block in zip(rows, blocks, strict=True))
