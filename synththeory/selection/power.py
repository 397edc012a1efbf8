"""What the symmetry test can see: its power from the population's exact moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import chdtri

from synththeory.errors import DesignError, NoTheoryError
from synththeory.losses import Loss
from synththeory.populations import Population, StratumMoments, exact_risk


def symmetry_noncentrality(population: Population, loss: Loss, counts: Sequence[int]) -> float:
    """λ = g_φᵀV⁻¹g_φ, V = A_0Σ_0A_0ᵀ/n0 + A_1Σ_1A_1ᵀ/n1 from the exact moments at θ* [P].

    Parameters
    ----------
    population : Population
        Two strata, the majority first; a ``signal`` relative to the counts is solved for.
    loss : Loss
        Squared or logistic.
    counts : tuple of two ints
        n0 and n1.

    Returns
    -------
    float

    Raises
    ------
    DesignError
        Not two strata, counts below 1, or no exact risk of this loss.
    """
    if len(counts) != 2 or min(counts) < 1 or len(population.strata) != 2:
        raise DesignError(f"the symmetry test compares two classes with at least one row each, got counts {counts}")
    try:
        moments = exact_risk(population.given(counts), loss).moments
    except NoTheoryError as error:
        raise DesignError(f"{error}: the power needs a population whose moments are known") from error
    return _noncentrality(moments, counts)


def _noncentrality(moments: Sequence[StratumMoments], counts: Sequence[int]) -> float:
    majority, minority = moments
    whole = 0.5 * (majority.hessian + minority.hessian)
    lean = 0.5 * np.linalg.solve(whole, majority.hessian - minority.hessian).T
    unit = np.eye(whole.shape[0])
    covariance = np.zeros_like(whole)
    for transfer, stratum, count in ((unit - lean, majority, counts[0]), (-unit - lean, minority, counts[1])):
        covariance += transfer @ stratum.covariance @ transfer.T / count
    g_phi = majority.gradient - minority.gradient
    return float(g_phi @ np.linalg.solve(covariance, g_phi))


def symmetry_power(population: Population, loss: Loss, counts: Sequence[int], level: float = 0.05) -> float:
    """P(T_sym > χ²_p(1 − α)) with T_sym noncentral χ²_p(λ): the power against local alternatives [P].

    Parameters
    ----------
    population, loss, counts
        As in `symmetry_noncentrality`.
    level : float
        α, in (0, 1).

    Returns
    -------
    float
        The level itself for a locally symmetric population.

    Raises
    ------
    DesignError
        As `symmetry_noncentrality`, and for a level outside (0, 1).
    """
    if not 0.0 < level < 1.0:
        raise DesignError(f"the level must be between 0 and 1, got {level:g}")
    noncentrality = symmetry_noncentrality(population, loss, counts)
    return noncentral_power(noncentrality, loss.parameters(population.dimension), level)


def power_at(moments: Sequence[StratumMoments], counts: Sequence[int], level: float) -> float:
    """`symmetry_power` from the exact moments of the majority and the minority at θ*."""
    return noncentral_power(_noncentrality(moments, counts), moments[0].gradient.size, level)


def noncentral_power(noncentrality: float, size: int, level: float) -> float:
    """P(χ²_p(λ) > χ²_p(1 − α)) [P]; the level itself at λ = 0.

    Parameters
    ----------
    noncentrality : float
        λ ≥ 0.
    size : int
        p.
    level : float
        α, in (0, 1).
    """
    from scipy.stats import ncx2  # takes half a second to import

    return float(ncx2.sf(chdtri(size, level), size, noncentrality)) if noncentrality > 1e-12 else level
