"""Flags and whole numbers that depend on each other, with a law of finitely many rows."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtr

from synththeory.arrays import Array
from synththeory.populations.base import Population
from synththeory.populations.laws.finite import FiniteLaw

_TOP = 11
"""The numbers are 0, 1, …, 11."""


class MixedTypes(Population):
    """Three flags and two whole numbers from 0 to 11: 1152 rows, whose probabilities are known [D].

    With classes y = 0, 1: P(f1 = 1) = .3 + .4y; f2 equals f1 with probability .8; P(f3 = 1) = .2 + .3y. Given them u is
    N(4 + 2f1 + y, 2²) and v is N(3 + 2f2 + f3 + .5(u − 4) + y, 1.5²), both rounded and kept within [0, 11].
    Studies use a test sample: theory would go through all 1152 rows at every step.
    """

    exact: ClassVar[bool] = False

    kind: Literal["mixed-types"] = "mixed-types"

    @property
    def dimension(self) -> int:
        """5: three flags, then two numbers."""
        return 5

    @property
    def laws(self) -> tuple[FiniteLaw, ...]:
        """The law of each class."""
        return (_law(0), _law(1))


@cache
def _law(label: int) -> FiniteLaw:
    rows = np.array(list(product((0, 1), (0, 1), (0, 1), range(_TOP + 1), range(_TOP + 1))), dtype=np.float64)
    one, two, three, first, second = rows.T
    chances = np.where(one == 1.0, 0.3 + 0.4 * label, 0.7 - 0.4 * label) * np.where(one == two, 0.8, 0.2)
    chances *= np.where(three == 1.0, 0.2 + 0.3 * label, 0.8 - 0.3 * label)
    chances *= _kept(first, 4.0 + 2.0 * one + label, 2.0)
    chances *= _kept(second, 3.0 + 2.0 * two + three + 0.5 * (first - 4.0) + label, 1.5)
    return FiniteLaw(rows, chances)


def _kept(value: Array, mean: Array, deviation: float) -> Array:
    """P of a whole number under a normal law that is rounded and kept within [0, 11]."""
    upper = np.where(value == _TOP, np.inf, value + 0.5)
    lower = np.where(value == 0.0, -np.inf, value - 0.5)
    return np.asarray(ndtr((upper - mean) / deviation) - ndtr((lower - mean) / deviation))
