"""Ten coordinates with heavy tails, outliers and skewness, and a minority whose coordinates depend on each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.special import expit, stdtrit

from synththeory.arrays import Array
from synththeory.components import NonNegative, Positive
from synththeory.populations.base import Population
from synththeory.sample import Block, GivenBlock
from synththeory.streams import Streams

_HEAVY, _OUTLYING, _SKEWED = slice(0, 3), slice(3, 6), slice(6, 10)


class MixedMarginals(Population):
    """x_1–x_3 ~ t(2.2), x_4–x_6 ~ N(0, 1) or with probability .1 N(0, 6²), log x_7–log x_10 ~ N(0, 1.1²) (MZ F8 [P]).

    The minority's three groups are shifted by .12, .16 and (in logarithms) .10; then, in this order, with t = x_1,
    s = .7 + .3σ(x_6) and q = tanh(.9t) · σ(2.2(|t| − .65)) · s,

        x_2 += 1.35 tanh(.8t)s,  x_3 += .75 tanh(x_2 − .45t),  x_4 += 1.45q,
        x_5 += .8 tanh(x_2),  log x_7 += .75q,  log x_8 += .55 tanh(x_4).

    Its marginals are nearly the majority's, so that linear scores see little. No law of a class is known in closed
    form: studies use a test sample.

    Attributes
    ----------
    degrees : float
        Degrees of freedom of t, > 2.
    outliers : float
        Share of outliers, in [0, 1).
    reach : float
        Their standard deviation.
    spread : float
        Standard deviation of the logarithms.
    """

    exact: ClassVar[bool] = False

    kind: Literal["mixed-marginals"] = "mixed-marginals"
    degrees: Annotated[float, Field(gt=2.0)] = 2.2
    outliers: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.1
    reach: Positive = 6.0
    spread: NonNegative = 1.1

    @property
    def dimension(self) -> int:
        """10."""
        return 10

    @property
    def laws(self) -> tuple[()]:
        """None is known."""
        return ()

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[Block, ...]:
        """Rows of both classes; the first rows of a longer draw are a shorter one."""
        base = [
            self._marginals(streams, f"population/{stratum.name}", count)
            for stratum, count in zip(self.strata, counts, strict=True)
        ]
        rows = [base[0], _entangled(base[1])]
        for block in rows:
            block[..., _SKEWED] = np.exp(block[..., _SKEWED])
        return tuple(GivenBlock(block, stratum) for block, stratum in zip(rows, self.strata, strict=True))

    def _marginals(self, streams: Streams, purpose: str, count: int) -> Array:
        """Independent coordinates, the skewed ones still in logarithms, (B, count, 10)."""
        rows = streams.normals(purpose, count, self.dimension)
        uniforms = streams.uniforms(f"{purpose}/uniforms", count, 6)
        rows[..., _HEAVY] = stdtrit(self.degrees, 1.0 - uniforms[..., :3])  # 1 − u is never 0
        rows[..., _OUTLYING] *= np.where(uniforms[..., 3:] < self.outliers, self.reach, 1.0)
        rows[..., _SKEWED] *= self.spread
        return rows


def _entangled(rows: Array) -> Array:
    """The minority's rows from independent coordinates, the skewed ones in logarithms."""
    out = rows.copy()
    for group, shift in ((_HEAVY, 0.12), (_OUTLYING, 0.16), (_SKEWED, 0.10)):
        out[..., group] += shift
    driver, share = out[..., 0].copy(), 0.7 + 0.3 * expit(out[..., 5])
    pull = np.tanh(0.9 * driver) * expit(2.2 * (np.abs(driver) - 0.65)) * share
    out[..., 1] += 1.35 * np.tanh(0.8 * driver) * share
    out[..., 2] += 0.75 * np.tanh(out[..., 1] - 0.45 * driver)
    out[..., 3] += 1.45 * pull
    out[..., 4] += 0.8 * np.tanh(out[..., 1])
    out[..., 6] += 0.75 * pull
    out[..., 7] += 0.55 * np.tanh(out[..., 3])
    return out
