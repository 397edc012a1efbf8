"""The maximum-margin classifier in high dimensions: its errors, and what oversampling does to them (`theory.md` §8).

Curves of Lyu, Zhou and Zhong (2502.11323) [P]: rows N(±μ, I_d), n/d → δ, minority share π, m = ‖μ‖. The direction of
the maximum-margin solution with margin ratio τ has overlap ρ with μ, and with g_1(t) = tΦ(t) + φ(t),
g_2(t) = (t² + 1)Φ(t) + tφ(t), g = g_2 ∘ g_1⁻¹,

    πδ g(ρ/(2πmδ)) + (1 − π)δ g(ρ/(2(1 − π)mδ)) = 1 − ρ²,
    g_1⁻¹(ρ/(2πmδ)) = τκ − ρm − β_0,      g_1⁻¹(ρ/(2(1 − π)mδ)) = κ − ρm + β_0,
    Err_+ = Φ(−ρm − β_0),   Err_− = Φ(−ρm + β_0),   τ* = (κ − β_0)/(κ + β_0) makes both Φ(−ρm),

κ and β_0 of τ* being those of τ = 1. The overlap does not depend on τ. A convex combination of rows of one class keeps
their margin, and a copy or a positive weight adds no constraint: duplicates, class weights, SMOTE and its kin leave the
solution unchanged [D, exact]. Fresh rows follow the same curves at the enlarged π and δ.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, pi, sqrt

from scipy.special import ndtr

from synththeory.errors import DesignError


@dataclass(frozen=True)
class MarginLimit:
    """The maximum-margin classifier as n, d → ∞.

    Attributes
    ----------
    overlap : float
        ρ = ⟨w, μ⟩/(‖w‖‖μ‖), in (0, 1).
    intercept : float
        β_0, of the unit-norm direction.
    margin : float
        κ > 0, the majority's; the minority's is τκ.
    minority_error, majority_error : float
        Err_+ and Err_−.
    balancing_ratio : float
        τ*, the margin ratio that makes both errors equal.
    """

    overlap: float
    intercept: float
    margin: float
    minority_error: float
    majority_error: float
    balancing_ratio: float


def margin_limit(share: float, distance: float, aspect: float, ratio: float = 1.0) -> MarginLimit:
    """Solve the one-root equation.

    Parameters
    ----------
    share : float
        π, the minority's share of the rows, in (0, 1).
    distance : float
        m = ‖μ‖ > 0, half the distance of the class means.
    aspect : float
        δ = n/d > 0.
    ratio : float
        τ > 0, the minority's margin over the majority's.

    Raises
    ------
    DesignError
        Where the rows are not separable in the limit: there is no maximum margin.
    """
    from scipy.optimize import brentq  # slow to import

    if not (0.0 < share < 1.0 and distance > 0.0 and aspect > 0.0 and ratio > 0.0):
        raise DesignError(
            f"the margin's limit needs a share in (0, 1) and a positive distance, aspect and ratio, got "
            f"{share:g}, {distance:g}, {aspect:g}, {ratio:g}"
        )
    shares = share, 1.0 - share

    def excess(overlap: float) -> float:
        spent = sum(each * aspect * _second(_inverse(overlap / (2.0 * each * distance * aspect))) for each in shares)
        return float(spent - 1.0 + overlap**2)

    overlap = float(brentq(excess, 1e-12, 1.0, xtol=1e-15))
    minority, majority = (_inverse(overlap / (2.0 * each * distance * aspect)) for each in shares)
    reach = overlap * distance
    margin = (minority + majority + 2.0 * reach) / (1.0 + ratio)
    if margin <= 0.0:
        raise DesignError(
            f"with {aspect:g} rows a dimension, a minority share of {share:g} and ‖μ‖ = {distance:g} the classes are "
            "not separable in the limit; use fewer rows a dimension or a larger distance"
        )
    intercept = majority - margin + reach
    even = (minority + majority) / 2.0 + reach
    shift = majority - even + reach
    return MarginLimit(
        overlap,
        intercept,
        margin,
        float(ndtr(-reach - intercept)),
        float(ndtr(-reach + intercept)),
        (even - shift) / (even + shift),
    )


def augmented_limit(share: float, distance: float, aspect: float, added: float) -> MarginLimit:
    """With fresh minority rows, as many as ``added`` times the real rows: the same curves at the enlarged π and δ."""
    return margin_limit((share + added) / (1.0 + added), distance, aspect * (1.0 + added))


def _first(t: float) -> float:
    """g_1(t) = tΦ(t) + φ(t) = E(Z + t)_+."""
    return float(t * ndtr(t) + exp(-0.5 * t * t) / sqrt(2.0 * pi))


def _second(t: float) -> float:
    """g_2(t) = (t² + 1)Φ(t) + tφ(t) = E(Z + t)_+²."""
    return float((t * t + 1.0) * ndtr(t) + t * exp(-0.5 * t * t) / sqrt(2.0 * pi))


def _inverse(value: float) -> float:
    """g_1⁻¹ of a positive number; g_1 grows from 0 at −∞ and exceeds t."""
    from scipy.optimize import brentq  # slow to import

    return float(brentq(lambda t: _first(t) - value, -37.0, value + 1.0, xtol=1e-14))
