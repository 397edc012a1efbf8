"""The minimiser of a population objective, by damped Newton."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

from synththeory.arrays import Matrix, Vector

_STEPS = 100
_PRECISION = 1e-8
_SHORTEST = 1e-6
_FLATTEST = 1e-12


class Place(Protocol):
    """An objective at a point."""

    @property
    def theta(self) -> Vector:
        """Where, (p,)."""

    @property
    def gradient(self) -> Vector:
        """(p,)."""

    @property
    def hessian(self) -> Matrix:
        """(p, p)."""


PlaceT = TypeVar("PlaceT", bound=Place)


def minimised(at: Callable[[Vector], PlaceT], start: PlaceT, problem: str) -> PlaceT:
    """The objective at a local minimiser, found from a first guess.

    A step is halved while the slope along it rises to more than half of what it fell by at its start. Where the Hessian
    has negative eigenvalues (bias correction makes a difference of convex functions) their absolute values are used.

    Parameters
    ----------
    at : callable
        The objective at θ, (p,).
    start : Place
        The objective at a first guess.
    problem : str
        Its name, for the error.

    Raises
    ------
    ArithmeticError
        When the iteration does not end in a minimum.
    """
    here = start
    for _ in range(_STEPS):
        gradient = here.gradient
        curvatures, axes = np.linalg.eigh(here.hessian)
        bends = np.maximum(np.abs(curvatures), _FLATTEST * np.abs(curvatures).max())
        step = -axes @ ((gradient @ axes) / bends)
        if np.abs(step).max() <= _PRECISION * (1.0 + np.abs(here.theta).max()):
            if curvatures[0] > 0.0:
                return here
            break
        scale = 1.0
        while True:
            ahead = at(here.theta + scale * step)
            if ahead.gradient @ step <= 0.5 * abs(gradient @ step) or scale < _SHORTEST:
                break
            scale *= 0.5
        here = ahead
    raise ArithmeticError(f"no minimum was found of {problem}")
