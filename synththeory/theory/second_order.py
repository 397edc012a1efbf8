"""Excess risk of least squares to second order, 1/n², in closed form [D].

A fit is a function of the Gram matrix T = Σ w vvᵀ, v = (z, y), of everything it sees. With T̄ = E T, θ̄ its fit,
Δ = θ̄ − θ*, A the block of T̄ in z (penalty included), E = T − T̄ there, η the gradient's fluctuation at θ̄, and

    Y = A⁻¹η,    w = A⁻¹HΔ,    G = ½HY + Ew,    X = A⁻¹(HY + Ew),

θ̂ − θ̄ = −(A + E)⁻¹η, expanded to fourth order in the fluctuation of T, gives

    E[excess] = ½ΔᵀHΔ + E[GᵀY] − E[XᵀEY] + E[½(EY)ᵀA⁻¹HA⁻¹(EY) + XᵀEA⁻¹EY] + O(n⁻³).

The first expectation is a sum of covariances, the second of third cumulants, in the last only the covariances count
(Wick). `synththeory.theory.clusters` knows them for Gaussian rows and generators with a `Response`. Compared with the
first order of `synththeory.theory.expand`, E[GᵀY] has the covariance at θ̄ in place of θ* and the product of the bias
with the mean of the fit's own second-order term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Array, Matrix, Vector
from synththeory.corrections import BiasCorrection
from synththeory.errors import DesignError
from synththeory.learners import LeastSquares
from synththeory.populations import Population, exact_risk
from synththeory.theory.gram_law import Forms, GramLaw, gram_law
from synththeory.theory.similar import Following


@dataclass(frozen=True, eq=False)
class SecondOrder:
    """Predicted excess risk over synthetic sizes, by order.

    Attributes
    ----------
    bias : Vector
        ½ΔᵀHΔ of the mean Gram matrix's fit, (S,), exact.
    pairs : Vector
        E[GᵀY], (S,): of order 1/n, exact to 1/n².
    triples, quadruples : Vector
        Third cumulants and products of covariances, (S,): of order 1/n².
    """

    bias: Vector
    pairs: Vector
    triples: Vector
    quadruples: Vector

    @property
    def total(self) -> Vector:
        """Expected excess risk, (S,)."""
        return self.bias + self.pairs + self.triples + self.quadruples


def second_order(
    population: Population,
    generator: Following,
    learner: LeastSquares,
    majority: int,
    minority: int,
    sizes: ArrayLike,
    correction: BiasCorrection | None = None,
) -> SecondOrder:
    """Predict the excess risk of least squares at every synthetic size, to order 1/n².

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates the minority, what is fitted.
    majority, minority : int
        n0 and n1.
    sizes : array
        Synthetic sizes ñ, (S,).
    correction : BiasCorrection, optional
        What is done about the generator's bias; nothing when not given.

    Returns
    -------
    SecondOrder

    Raises
    ------
    DesignError
        When the learner is another, the rows are not Gaussian or the generator has no `Response`.
    """
    if not isinstance(learner, LeastSquares):
        raise DesignError(f"second-order theory is about least squares, not {learner.kind}; use theory.predict")
    if correction is not None:
        correction.check(majority, minority, learner)
    laws = (
        gram_law(population, generator, learner.intercept, (majority, minority), size, correction)
        for size in np.asarray(sizes, dtype=np.float64).tolist()
    )
    terms = [_terms(law, population, learner) for law in laws]
    return SecondOrder(*np.array(terms).T)


def _terms(found: GramLaw, population: Population, learner: LeastSquares) -> tuple[float, float, float, float]:
    """The four fields of `SecondOrder` at one size."""
    exact, gram = exact_risk(population, learner.loss), found.mean
    size, unit = gram.shape[0] - 1, np.eye(gram.shape[0])
    penalty = 0.5 * np.diag(learner.penalty(population.dimension, 1.0))
    inverse = np.asarray(np.linalg.inv(gram[:size, :size] + penalty), dtype=np.float64)
    theta = inverse @ gram[:size, size]
    hessian = np.asarray(sum(0.5 * moments.hessian for moments in exact.moments))
    gap = theta - exact.optimum
    residual = np.append(theta, -1.0)
    pull = np.append(inverse @ hessian @ gap, 0.0)

    axes = unit[:size]
    e = found.forms(_paired(axes[:, None], axes))
    y = found.forms(_paired(inverse @ axes, residual))
    g = found.forms(_paired(0.5 * hessian @ inverse @ axes, residual) + _paired(axes, pull))
    x = found.forms(_paired(inverse @ hessian @ inverse @ axes, residual) + _paired(inverse @ axes, pull))
    return (
        float(0.5 * gap @ hessian @ gap),
        found.second(g, y),
        -found.third(x, e, y),
        _quadruples(found, e, x, y, inverse, np.asarray(inverse @ hessian @ inverse)),
    )


def _paired(left: Array, right: Array) -> Array:
    """Symmetric matrices of the forms (leftᵀv)(rightᵀv), (..., p + 1, p + 1) for vectors (..., p + 1)."""
    product = left[..., :, None] * right[..., None, :]
    return np.asarray(0.5 * (product + np.swapaxes(product, -1, -2)))


def _quadruples(found: GramLaw, e: Forms, x: Forms, y: Forms, inverse: Matrix, bent: Matrix) -> float:
    """E[½(EY)ᵀ bent (EY) + XᵀE inverse EY], the covariances of the factors taken in pairs."""
    ee, xx, yy = (found.features(forms) for forms in (e, x, y))
    ey, ex = ee @ yy.T, ee @ xx.T
    drift = np.einsum("ikk->i", ey)
    own = np.einsum("ij,ikf,jlf,kl->", bent, ee, ee, yy @ yy.T, optimize=True)
    own += drift @ bent @ drift + np.einsum("ij,ikl,jlk->", bent, ey, ey, optimize=True)
    cross = np.einsum("iji->j", ex) @ inverse @ drift
    cross += np.einsum("kli,jk,ijl->", ex, inverse, ey, optimize=True)
    cross += np.einsum("il,jk,ijf,klf->", xx @ yy.T, inverse, ee, ee, optimize=True)
    return float(0.5 * own + cross)
