"""The Craft law: nine correlated, partly multiplied features and a threshold at the population median."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtr

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import NoTheoryError
from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw
from synththeory.sample import Law
from synththeory.streams import Streams

_DRAWN = 8
"""Standard normals a row: X1, X2, X6, X7, the noise of X3, X4 and X5, and that of the threshold."""
_STEP = 0.05
_PLACES = np.arange(-9.0, 9.0 + _STEP, _STEP)
_WEIGHTS = _STEP * np.exp(-0.5 * _PLACES**2) / np.sqrt(2.0 * np.pi)
_VARIANCE = 0.41
"""Of W = .8 e3 + .5 ε, e3 and ε the noises of X3 and of the threshold: .64 · .25 + .25."""


@cache
def craft_median() -> float:
    """Median of S = 1.5 + .7 X1 − .6 X2 + .8 X3 + .4 X9 + N(0, .5²), to 1e-13.

    Given X1 = x, S is N(1.5 + 1.1x, (.4x − .36)² + .41): with X3 = .5 X1 + .3 X2 + e3 and X9 = X1 X2 it is linear in
    X2, so that P(S ≤ t) is one integral over x, a trapezoid sum of an analytic integrand. [D]
    """
    from scipy.optimize import brentq  # slow to import

    spread = np.sqrt((0.4 * _PLACES - 0.36) ** 2 + _VARIANCE)

    def below(threshold: float) -> float:
        return float(_WEIGHTS @ ndtr((threshold - 1.5 - 1.1 * _PLACES) / spread)) - 0.5

    return float(brentq(below, 0.0, 3.0, xtol=1e-14))


@dataclass(frozen=True, eq=False)
class CraftLaw:
    """Rows with S above the median (``side`` = 1) or below it (−1), (`theory.md` §5.7 [P]).

    Attributes
    ----------
    side : int
        Which half.
    """

    side: int

    dimension = 9

    @property
    def components(self) -> tuple[tuple[float, LocationLaw], ...]:
        """There are none: the law is no mixture of location laws.

        Raises
        ------
        NoTheoryError
            Always.
        """
        raise NoTheoryError("craft is no mixture of location laws")

    @property
    def mean(self) -> Vector:
        """Mean vector, (9,)."""
        return self._moments[0]

    @property
    def covariance(self) -> Matrix:
        """Covariance matrix, (9, 9)."""
        return self._moments[1]

    @cached_property
    def _moments(self) -> tuple[Vector, Matrix]:
        """By quadrature over (X1, X2): given them W is a truncated normal and e3 = .2/.41 W + independent noise."""
        one, two = (axis.ravel() for axis in np.meshgrid(_PLACES, _PLACES, indexing="ij"))
        weights = np.outer(_WEIGHTS, _WEIGHTS).ravel()
        scale = np.sqrt(_VARIANCE)
        edge = (craft_median() - 1.5 - 1.1 * one + 0.36 * two - 0.4 * one * two) / scale
        chance = ndtr(-self.side * edge)
        slope = self.side * np.exp(-0.5 * edge**2) / np.sqrt(2.0 * np.pi) * scale
        square = _VARIANCE * chance + slope * edge * scale
        pull = 0.2 / _VARIANCE
        base = 0.5 * one + 0.3 * two
        third = base * chance + pull * slope
        third_square = base**2 * chance + 2.0 * base * pull * slope + pull**2 * square + chance * (0.25 - 0.2 * pull)
        kept = 2.0 * weights
        first = {
            0: kept @ (one * chance), 1: kept @ (two * chance), 2: kept @ third, 4: 0.5 * (kept @ third),
            7: kept @ (two * third), 8: kept @ (one * two * chance),
        }  # fmt: skip
        mean = np.array([float(first.get(place, 0.0)) for place in range(self.dimension)])
        parts = {0: (one, 0), 1: (two, 0), 2: (1.0, 1), 4: (0.5, 1), 7: (two, 1), 8: (one * two, 0)}
        by_degree = (chance, third, third_square)
        second = np.zeros((self.dimension, self.dimension))
        for row, (factor, degree) in parts.items():
            for column, (other, more) in parts.items():
                second[row, column] = kept @ (factor * other * by_degree[degree + more])
        second[3, 3] = kept @ (one**2 * chance)
        second[4, 4] += 1.0
        second[5, 5] = second[6, 6] = 1.0
        return mean, second - np.outer(mean, mean)

    def centred(self) -> Law:
        """The same law moved to mean zero."""
        return CentredCraft(self)

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, 9): the first candidates on the law's side of the median."""
        return first_accepted(streams, purpose, size, _features, self.side)


@dataclass(frozen=True, eq=False)
class CentredCraft:
    """A Craft law moved to mean zero."""

    law: CraftLaw

    @property
    def mean(self) -> Vector:
        """Zero, (9,)."""
        return np.zeros(self.law.dimension)

    @property
    def covariance(self) -> Matrix:
        """Covariance matrix, (9, 9)."""
        return self.law.covariance

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, 9)."""
        return self.law.draw(streams, purpose, size) - self.law.mean

    def centred(self) -> CentredCraft:
        """Itself."""
        return self


def first_accepted(
    streams: Streams, purpose: str, size: int, features: Callable[[Array], tuple[Array, Array]], side: int
) -> Array:
    """The first candidates on one side of a threshold, (B, size, 9): twice as many are drawn until they suffice.

    Parameters
    ----------
    streams, purpose, size
        Name of the draw, and rows wanted.
    features : callable
        From eight standard normals a row to its features and whether it lies above.
    side : int
        1 for rows above, −1 for those below.
    """
    candidates = 2 * size + 32
    while True:
        rows, above = features(streams.normals(purpose, candidates, _DRAWN))
        accepted = above if side > 0 else np.logical_not(above)
        if accepted.sum(axis=1).min() >= size:
            places = np.argsort(np.logical_not(accepted), axis=1, kind="stable")[:, :size]
            return np.take_along_axis(rows, places[:, :, None], axis=1)
        candidates *= 2


def _features(drawn: Array) -> tuple[Array, Array]:
    """Features (…, 9) of standard normals (…, 8), and whether S lies above the median."""
    one, two, six, seven, noise3, noise4, noise5, noise = np.moveaxis(drawn, -1, 0)
    three = 0.5 * one + 0.3 * two + 0.5 * noise3
    product = one * two
    rows = np.stack([one, two, three, noise4 * one, noise5 + 0.5 * three, six, seven, two * three, product], axis=-1)
    score = 1.5 + 0.7 * one - 0.6 * two + 0.8 * three + 0.4 * product + 0.5 * noise
    return rows, score > craft_median()


class Craft(Population):
    """X1, X2, X6, X7 ~ N(0, 1), X3 = .5 X1 + .3 X2 + N(0, .5²), X4 = N(0, 1) X1, X5 = N(0, 1) + .5 X3, X8 = X2 X3,
    X9 = X1 X2, and Y = 1 where 1.5 + .7 X1 − .6 X2 + .8 X3 + .4 X9 + N(0, .5²) exceeds its median (NXLZ's data [P]).

    Rows of each class are drawn given Y. No exact risk is known: studies use a test sample.
    """

    kind: Literal["craft"] = "craft"
    exact: ClassVar[bool] = False

    @property
    def dimension(self) -> int:
        """9."""
        return CraftLaw.dimension

    @property
    def laws(self) -> tuple[CraftLaw, ...]:
        """The law of each half."""
        return (CraftLaw(-1), CraftLaw(1))
