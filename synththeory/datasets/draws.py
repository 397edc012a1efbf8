"""Two handwritten digits as a population: every replication draws from the pool and finds its own components (B7)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from synththeory.arrays import Array
from synththeory.caches import Cache
from synththeory.datasets.catalogue import load
from synththeory.datasets.digits import PIXELS, ROWS
from synththeory.losses import Loss
from synththeory.populations import HeldOutBlock, HeldOutRisk, Population
from synththeory.sample import Stratum
from synththeory.streams import Streams

_pools: Cache[tuple[Array, Array]] = Cache(2)


class Digits(Population):
    """Rows of two digits drawn without replacement, in whitened principal components of the training rows (B7).

    Every replication shuffles the 500 rows of each digit; the first are its training rows, the last its held-out rows.
    Grey levels are scaled to [0, 1], and components are fitted to the training rows of both digits. Needs the extra
    ``data``.

    Attributes
    ----------
    pair : {"digits-3-8", "digits-4-9"}
        The second digit is the minority.
    components : int
        d, at least 1.
    held_out : int
        Test rows of each digit, at least 2.
    """

    exact: ClassVar[bool] = False

    kind: Literal["digits"] = "digits"
    pair: Literal["digits-3-8", "digits-4-9"]
    components: Annotated[int, Field(ge=1)] = 20
    held_out: Annotated[int, Field(ge=2)] = 100

    @property
    def dimension(self) -> int:
        """Number of components d."""
        return self.components

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The first digit, labelled 0, and the second, labelled 1."""
        return (Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0))

    @property
    def laws(self) -> tuple[()]:
        """None is known."""
        return ()

    def given(self, counts: Sequence[int]) -> Self:
        """Itself, where the pool holds that many rows.

        Raises
        ------
        ValueError
            With what is wanted and what came.
        """
        if max(counts) + self.held_out > ROWS:
            raise ValueError(f"a digit has {ROWS} rows, {max(counts)} and {self.held_out} held out are too many")
        if self.components > min(sum(counts) - 1, PIXELS):
            raise ValueError(f"{sum(counts)} rows of {PIXELS} pixels have no {self.components} components")
        return self

    def prepare(self) -> None:
        """Read the pool, which takes seconds, once for all threads."""
        _pool(self.pair)

    def own_risk(self, loss: Loss) -> HeldOutRisk:
        """On the held-out rows."""
        return HeldOutRisk(loss)

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[HeldOutBlock, ...]:
        """Training and held-out rows of both digits.

        The components, and so all rows, depend on every training row: rows do not nest.
        """
        orders = [np.argsort(streams.uniforms(f"population/{stratum.name}", ROWS), axis=1) for stratum in self.strata]
        parts = [self._drawn([order[place] for order in orders], counts) for place in range(streams.count)]
        training, held_out = ([np.stack(rows) for rows in zip(*each, strict=True)] for each in zip(*parts, strict=True))
        return tuple(
            HeldOutBlock(rows, stratum, held_out=rest)
            for rows, stratum, rest in zip(training, self.strata, held_out, strict=True)
        )

    def _drawn(self, orders: Sequence[Array], counts: Sequence[int]) -> tuple[list[Array], list[Array]]:
        """One replication's training and held-out rows, in components."""
        from sklearn.decomposition import PCA

        pools = [pool[order] for pool, order in zip(_pool(self.pair), orders, strict=True)]
        training = [pool[:count] for pool, count in zip(pools, counts, strict=True)]
        model = PCA(self.components, whiten=True, svd_solver="covariance_eigh").fit(np.concatenate(training))
        return [model.transform(rows) for rows in training], [model.transform(rows[-self.held_out :]) for rows in pools]


def _pool(pair: str) -> tuple[Array, Array]:
    """The rows of each digit, (500, 784), grey levels from 0 to 1; read once for all threads."""
    return _pools.get(pair, partial(_read, pair))


def _read(pair: str) -> tuple[Array, Array]:
    table = load(pair)
    pixels = table.X.to_numpy() / 255.0
    return pixels[table.y == 0], pixels[table.y == 1]
