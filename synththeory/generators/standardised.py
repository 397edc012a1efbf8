"""Any generator in the space of standardised rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from synththeory.arrays import Array
from synththeory.generators.base import AnyGenerator, Generator
from synththeory.generators.imitator import Imitator
from synththeory.sample import Block, GivenBlock
from synththeory.streams import Streams

Learn = Callable[[Streams, Block, Block | None], Imitator]


class Standardised(Generator):
    """A generator that sees rows (x − mean)/sd of both classes together, and whose rows are mapped back.

    Neighbours of SMOTE and widths of jitter do not depend on the units of the columns then.

    Attributes
    ----------
    inner : Generator
        What makes the rows.
    """

    kind: Literal["standardised"] = "standardised"
    needs_others: ClassVar[bool] = True
    inner: AnyGenerator

    @property
    def label(self) -> str:
        """Its name, or that of the generator inside."""
        return self.name or self.inner.label

    @property
    def identity(self) -> dict[str, Any]:
        """That of the generator inside, under its own kind."""
        return {"kind": self.kind, "inner": self.inner.identity}

    def check(self, minority: int, dimension: int) -> None:
        """As the generator inside."""
        self.inner.check(minority, dimension)

    def check_size(self, size: int) -> None:
        """As the generator inside."""
        self.inner.check_size(size)

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """Means and standard deviations of all rows, and what the generator inside learns there."""
        return self._back(self.inner.imitator, streams, seeds, others)

    def trial(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """The same of the generator inside where a size is chosen."""
        return self._back(self.inner.trial, streams.within(f"generator/{self.kind}"), seeds, others)

    def _back(self, learn: Learn, streams: Streams, seeds: Block, others: Block | None) -> Back:
        assert others is not None
        pooled = np.concatenate([seeds.rows, others.rows], axis=1)
        centre, spread = pooled.mean(axis=1, keepdims=True), pooled.std(axis=1, keepdims=True)
        scale = np.where(spread > 0.0, spread, 1.0)
        moved = [GivenBlock((block.rows - centre) / scale, block.stratum) for block in (seeds, others)]
        return Back(learn(streams, moved[0], moved[1]), centre, scale)


@dataclass(frozen=True, eq=False)
class Back(Imitator):
    """Another imitator's rows times scale plus centre.

    Attributes
    ----------
    inner : Imitator
        Of standardised seeds.
    centre, scale : Array
        (B, 1, d).
    """

    inner: Imitator
    centre: Array
    scale: Array

    def rows(self, size: int) -> Array:
        """Rows in the units of the seeds."""
        return self.inner.rows(size) * self.scale + self.centre

    def labels(self, size: int) -> Array | None:
        """Those of the imitator inside."""
        return self.inner.labels(size)
