"""The Craft law of the later version: features rounded to one decimal, a coin among them, twice the noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtr

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.populations.base import Population
from synththeory.populations.craft import CentredCraft, CraftLaw, first_accepted
from synththeory.streams import Streams

_REACH = 60
"""Tenths at which a standard normal is cut off: 2e-9 of it lies beyond."""
_WIDE = np.arange(-9.0, 9.0005, 0.01)
_DENSITY = np.exp(-0.5 * _WIDE**2) / np.exp(-0.5 * _WIDE**2).sum()


@dataclass(frozen=True, eq=False)
class Lattice:
    """All values that (X1, X2, X3) take, in tenths, and how likely they are.

    Attributes
    ----------
    one, two, three : Integers
        (K,) tenths.
    chances : Vector
        (K,), which sum to one but for 1e-8.
    """

    one: Integers
    two: Integers
    three: Integers
    chances: Vector

    @property
    def hundredths(self) -> Integers:
        """100 times the score without its noise: 150 + 7k1 − 6k2 + 8k3 + 4k9 of tenths k."""
        return 150 + 7 * self.one - 6 * self.two + 8 * self.three + 4 * rounded(self.one * self.two, 10)


@cache
def lattice() -> Lattice:
    """X1 and X2 are rounded normals; given them X3 is one of mean .5 X1 + .3 X2 and deviation .5. [D]"""
    ticks = np.arange(-_REACH, _REACH + 1)
    alone = ndtr((ticks + 0.5) / 10.0) - ndtr((ticks - 0.5) / 10.0)
    one, two, offset = (axis.ravel() for axis in np.meshgrid(ticks, ticks, np.arange(-30, 31), indexing="ij"))
    centre = 0.5 * one + 0.3 * two
    three = np.rint(centre).astype(np.int64) + offset
    edges = (three - centre) / 5.0
    chances = alone[one + _REACH] * alone[two + _REACH] * (ndtr(edges + 0.1) - ndtr(edges - 0.1))
    kept = chances > 1e-16
    return Lattice(one[kept], two[kept], three[kept], chances[kept])


@cache
def rounded_median() -> float:
    """Median of S = 1.5 + .7 X1 − .6 X2 + .8 X3 + .4 X9 + N(0, 1), by a sum over all values without the noise. [D]"""
    from scipy.optimize import brentq  # slow to import

    values, places = np.unique(lattice().hundredths, return_inverse=True)
    chances = np.bincount(places, weights=lattice().chances)

    def below(threshold: float) -> float:
        return float(chances @ ndtr(threshold - 0.01 * values)) - 0.5

    return float(brentq(below, 0.0, 3.0, xtol=1e-12))


@dataclass(frozen=True, eq=False)
class RoundedLaw(CraftLaw):
    """Rows with S above the median (``side`` = 1) or below it (−1), (`theory.md` §5.7 [F])."""

    @property
    def _above(self) -> Vector:
        """Chance of each value together with its side, twice, (K,)."""
        values = lattice()
        return np.asarray(2.0 * values.chances * ndtr(self.side * (0.01 * values.hundredths - rounded_median())))

    @cached_property
    def _moments(self) -> tuple[Vector, Matrix]:
        """Sums over all values; X4 and X5 by their moments given X1 and X3."""
        values, weights = lattice(), self._above
        one, two, three = 0.1 * values.one, 0.1 * values.two, 0.1 * values.three
        means, squares = _noisy(values.three)
        eight, nine = 0.1 * rounded(values.two * values.three, 10), 0.1 * rounded(values.one * values.two, 10)
        none = np.zeros_like(one)
        columns = np.stack([one, two, three, none, means, none, none, eight, nine])
        mean = columns @ weights
        second = (columns * weights) @ columns.T
        second[3, 3] = weights @ _scaled(values.one)
        second[4, 4] = weights @ squares
        second[5, 5] = 1.0
        second[6, 6] = float(_scaled(np.array([10]))[0])  # a rounded normal: X1 = 1 times one
        return mean, second - np.outer(mean, mean)

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, 9): the first candidates on the law's side of the median."""
        return first_accepted(streams, purpose, size, _features, self.side)

    def centred(self) -> CentredCraft:
        """The same law moved to mean zero."""
        return CentredCraft(self)


def rounded(values: Integers, by: int) -> Integers:
    """values/by to whole numbers, halves to the even one, as numpy rounds."""
    return np.rint(values / by).astype(np.int64)


def _scaled(tenths: Integers) -> Vector:
    """E round(Z x)², to tenths, for x in tenths."""
    found, places = np.unique(tenths, return_inverse=True)
    squares = np.square(0.1 * np.rint(found[:, None] * _WIDE)) @ _DENSITY
    return np.asarray(squares[places])


def _noisy(tenths: Integers) -> tuple[Vector, Vector]:
    """Mean and mean square of round(Z + x/2), to tenths, for x in tenths."""
    found, places = np.unique(tenths, return_inverse=True)
    values = 0.1 * np.rint(10.0 * (_WIDE + 0.05 * found[:, None]))
    return np.asarray((values @ _DENSITY)[places]), np.asarray((np.square(values) @ _DENSITY)[places])


def _features(drawn: Array) -> tuple[Array, Array]:
    """Features (…, 9) of standard normals (…, 8), and whether S lies above the median; products in whole tenths."""
    one, two, six, seven, noise3, noise4, noise5, noise = np.moveaxis(drawn, -1, 0)
    first, second = np.rint(10.0 * one), np.rint(10.0 * two)
    third = np.rint(5.0 * first / 10.0 + 3.0 * second / 10.0 + 5.0 * noise3)
    fourth, fifth = np.rint(noise4 * first), np.rint(10.0 * noise5 + 0.5 * third)
    eighth, ninth = np.rint(second * third / 10.0), np.rint(first * second / 10.0)
    coin = np.where(six < 0.0, -10.0, 10.0)
    tenths = np.stack([first, second, third, fourth, fifth, coin, np.rint(10.0 * seven), eighth, ninth], axis=-1)
    score = 0.01 * (150.0 + 7.0 * first - 6.0 * second + 8.0 * third + 4.0 * ninth) + noise
    return tenths / 10.0, score > rounded_median()


class CraftRounded(Population):
    """As `Craft` with X1, …, X9 rounded to one decimal, X6 = ±1 with probability ½ each, and noise N(0, 1) in S.

    The law of NXLZ's second version [F]; there a column that is a product or a sum is made of rounded ones. Rows of
    each class are drawn given Y. No exact risk is known: studies use a test sample.
    """

    kind: Literal["craft-rounded"] = "craft-rounded"
    exact: ClassVar[bool] = False

    @property
    def dimension(self) -> int:
        """9."""
        return RoundedLaw.dimension

    @property
    def laws(self) -> tuple[RoundedLaw, ...]:
        """The law of each half."""
        return (RoundedLaw(-1), RoundedLaw(1))
