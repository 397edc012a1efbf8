"""Three optimal synthetic sizes, named apart: the paper's, the bias-optimal and the risk-optimal one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.theory.curves import Curve
from synththeory.theory.expansion import Expansion
from synththeory.theory.regimes import vanishes
from synththeory.theory.validity import Validity

_NEAREST, _FARTHEST = 1e-2, 20.0  # sizes are searched up to this many class gaps
_AT_ONCE = 120, 21, 4  # points of the first grid and of finer ones, and how many: the last step is 1e-5 of γ
_SIZE_BY_SIZE = 24, 9, 2  # the same where every point is a minimisation: the last step is 2 % of γ


@dataclass(frozen=True)
class OptimalSizes:
    """Optimal synthetic sizes ñ of one population, generator and sample.

    Attributes
    ----------
    aligned : float or None
        ñ* = (n0 − n1)/(1 − 2c), c = (‖g_ψ‖/‖g_φ‖) cos ∠(g_ψ, g_φ); None unless 1 − 2c > 0 and g_φ ≠ 0 [P].
    bias : float or None
        Minimiser of ‖b(ñ)‖ in the H⁻¹ norm over ñ ≥ 0; None where ‖b‖ falls without end [D].
    risk : float
        Minimiser of the whole predicted curve over [0, 20 (n0 − n1)] [D].
    alignment : float or None
        c; None when g_φ = 0.
    validity : Validity
        Whether the sample is large enough for the curve that ``risk`` minimises.
    """

    aligned: float | None
    bias: float | None
    risk: float
    alignment: float | None
    validity: Validity


def optimal_sizes(curve: Curve) -> OptimalSizes:
    """The three optimal sizes.

    Parameters
    ----------
    curve : Curve
        Theory of the arm; its expansion at θ* decides the first two, the curve itself the third.

    Returns
    -------
    OptimalSizes

    Examples
    --------
    >>> from synththeory import load_design, optimal_sizes
    >>> from synththeory.theory import best_curve
    >>> cell = load_design("alignment_biased").cells[-1]
    >>> curve = best_curve(cell.population, cell.arms[0].use.generator, cell.learner, *cell.counts)
    >>> majority, minority = cell.counts
    >>> round(optimal_sizes(curve).aligned / (majority - minority), 6)
    4.0
    """
    expansion = curve.leading
    gap = expansion.majority - expansion.minority
    symmetric = vanishes(expansion.g_phi, *(stratum.covariance for stratum in expansion.strata))
    aligned = np.full((), np.nan) if symmetric else alignment(expansion.g_psi, expansion.g_phi)
    size = gap * aligned_multiplier(aligned)
    risk = gap * best_multiplier(curve)
    return OptimalSizes(_known(size), _bias_optimal(expansion), risk, _known(aligned), curve.validity)


def best_multiplier(curve: Curve) -> float:
    """γ of the smallest predicted excess risk over [0, 20]: a grid, then finer grids about its lowest point."""
    gap = curve.leading.majority - curve.leading.minority
    coarse, fine, rounds = _AT_ONCE if curve.at_once else _SIZE_BY_SIZE
    grid = np.concatenate([[0.0], np.geomspace(_NEAREST, _FARTHEST, coarse)])
    for _ in range(rounds):
        best = int(curve.at(gap * grid).total.argmin())
        grid = np.linspace(grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)], fine)
    return float(grid[curve.at(gap * grid).total.argmin()])


def alignment(g_psi: Array, g_phi: Array) -> Array:
    """c = ⟨g_ψ, g_φ⟩/‖g_φ‖² = (‖g_ψ‖/‖g_φ‖) cos ∠(g_ψ, g_φ), (...), of vectors (..., p); NaN where g_φ = 0 [P]."""
    squared = np.asarray((g_phi * g_phi).sum(axis=-1))
    return np.asarray(
        np.where(squared > 0.0, (g_psi * g_phi).sum(axis=-1) / np.where(squared > 0.0, squared, 1.0), np.nan)
    )


def aligned_multiplier(aligned: Array) -> Array:
    """ñ*/(n0 − n1) = 1/(1 − 2c), (...); NaN unless 1 − 2c > 0 [P]."""
    room = 1.0 - 2.0 * aligned
    return np.asarray(np.where(room > 0.0, 1.0 / np.where(room > 0.0, room, 1.0), np.nan))


def _known(value: Array) -> float | None:
    return float(value) if np.isfinite(value) else None


def _bias_optimal(expansion: Expansion) -> float | None:
    """ñ_b = Δ(Δ⟨u,u⟩ − n⟨u,v⟩)/(n⟨v,v⟩ − Δ⟨u,v⟩), u = g_φ/2, v = g_ψ − u, Δ = n0 − n1, n = n0 + n1 [D].

    ‖b‖² = ‖Δu + ñv‖²/(n + ñ)² has this one stationary point, a minimum exactly when the denominator is positive.
    """
    gap, total = expansion.majority - expansion.minority, expansion.majority + expansion.minority
    half = 0.5 * expansion.g_phi
    slope = expansion.g_psi - half
    dual_half, dual_slope = np.linalg.solve(expansion.hessian, np.stack([half, slope], axis=1)).T
    uu, uv, vv = float(half @ dual_half), float(half @ dual_slope), float(slope @ dual_slope)
    below, above = total * vv - gap * uv, gap * (gap * uu - total * uv)
    if below > 0.0:
        return max(above / below, 0.0)
    return None if above > 0.0 else 0.0
