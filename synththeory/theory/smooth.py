"""The curve of least squares, interpolated in the share of synthetic rows [D].

Everything theory says of a least-squares fit is a rational function of the share s = ñ/N whose poles, where the mean
Gram matrix is singular, lie outside [0, 1]. The polynomial through K Chebyshev–Radau points ½(1 − cos 2πj/(2K − 1)),
no synthetic row (s = 0) among them, is close to it between them, and its value at any sizes a product of two small
matrices. Interpolated are θ_ñ, whose excess risk is the bias part, the covariance of the fit and the refinement; the
refinement holds everything of order 1/n and, in up to 12 dimensions with Gaussian rows, what there is of order 1/n²:
exact for generators with a closed form, a similar one's for others (`synththeory.theory.similar`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Matrix, Vector
from synththeory.errors import DesignError
from synththeory.generators import Generator
from synththeory.generators.moments import Source
from synththeory.learners import LeastSquares
from synththeory.theory.expansion import Expansion
from synththeory.theory.minimisers import MinimiserCurve
from synththeory.theory.prediction import Prediction
from synththeory.theory.second_order import second_order
from synththeory.theory.similar import Similar, similar
from synththeory.theory.transfer import CorrectedGenerator
from synththeory.theory.validity import Validity


def _radau(count: int) -> Vector:
    """½(1 − cos 2πj/(2K − 1)), j = 0, …, K − 1."""
    return np.asarray(0.5 * (1.0 - np.cos(2.0 * np.pi * np.arange(count) / (2 * count - 1))))


_SHARES = _radau(16)
_COARSE = _radau(12)  # where terms of order 1/n² are computed: they are small, and take longest
_ENOUGH = 1.5  # minority rows a parameter
_LARGEST = 12  # coordinates: beyond, those terms take longer than .1 s a curve


@dataclass(frozen=True, eq=False)
class SmoothCurve:
    """Theory of least squares at any size.

    Attributes
    ----------
    leading : Expansion
        At θ*: leading order.
    nodes : Prediction
        What theory says at the K shares.
    """

    leading: Expansion
    nodes: Prediction

    at_once = True

    @property
    def source(self) -> Source:
        """How the generator is known."""
        return self.leading.generator.source

    @property
    def validity(self) -> Validity:
        """Of the values at the nodes."""
        return self.nodes.validity

    def at(self, sizes: ArrayLike) -> Prediction:
        """The curve at sizes ñ ≥ 0, (S,)."""
        rows = np.atleast_1d(np.asarray(sizes, dtype=np.float64))
        real = self.leading.majority + self.leading.minority
        weights = _lagrange(_SHARES, rows / (real + rows))
        mean, hessian = weights @ self.nodes.mean_error, self.leading.hessian
        covariance = np.tensordot(weights, self.nodes.error_covariance, 1)
        return Prediction(
            0.5 * np.einsum("si,ij,sj->s", mean, hessian, mean),
            0.5 * np.tensordot(covariance, hessian, 2),
            weights @ self.nodes.refinement,
            mean,
            covariance,
            self.source,
            self.validity,
        )

    def walk(self, sizes: ArrayLike) -> Iterator[Prediction]:
        """The curve size by size."""
        return (self.at(size) for size in np.atleast_1d(sizes))


def smooth_curve(curve: MinimiserCurve) -> SmoothCurve | Expansion:
    """The curve of least squares from its values at a few sizes.

    Parameters
    ----------
    curve : MinimiserCurve
        Everything of order 1/n; replaced by the second order where that is closed form, in up to 12 dimensions.

    Returns
    -------
    SmoothCurve or Expansion
        Leading order where a bias correction makes the objective of many synthetic rows concave in a direction.
    """
    first = curve.leading
    real = first.majority + first.minority
    try:
        nodes = curve.at(real * _SHARES / (1.0 - _SHARES))
    except ArithmeticError:
        return first
    complete, coarse = SmoothCurve(first, nodes), real * _COARSE / (1.0 - _COARSE)
    further = _further(curve, complete, coarse)
    if further is None:
        return complete
    refinement = nodes.refinement + _lagrange(_COARSE, _SHARES) @ further
    return SmoothCurve(
        first, replace(nodes, refinement=refinement, validity=Validity("1/n²", first.validity.rows, _ENOUGH))
    )


def _further(curve: MinimiserCurve, complete: SmoothCurve, sizes: Vector) -> Vector | None:
    """Excess risk of order 1/n² at sizes, (S,); None where it is not known, or takes long."""
    first, generator = curve.leading, curve.generator
    correction = generator.correction if isinstance(generator, CorrectedGenerator) else None
    plain = generator.generator if isinstance(generator, CorrectedGenerator) else generator
    if first.dimension > _LARGEST or not isinstance(first.learner, LeastSquares) or not isinstance(plain, Generator):
        return None
    if plain.needs_others and plain.response is None:
        return None  # what it makes follows the other class too: no generator in closed form is like it
    counts, known = (first.majority, first.minority), plain.response is not None
    try:
        imitator = plain if known or curve.source == "closed form" else similar(plain, curve.population, counts[1])
        found = second_order(curve.population, imitator, first.learner, *counts, sizes, correction)
    except DesignError:
        return None
    return found.triples + found.quadruples if isinstance(imitator, Similar) else found.total - complete.at(sizes).total


def _lagrange(nodes: Vector, places: Vector) -> Matrix:
    """Lagrange's polynomials of K nodes at S places, (S, K)."""
    own = np.eye(nodes.shape[0], dtype=bool)
    gaps = np.where(own, 1.0, (places[:, None] - nodes)[:, None, :])
    apart = np.where(own, 1.0, nodes[:, None] - nodes)
    return np.asarray(gaps.prod(axis=2) / apart.prod(axis=1))
