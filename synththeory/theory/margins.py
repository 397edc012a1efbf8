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

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, pi, sqrt

import numpy as np
from scipy.special import ndtr

from synththeory.arrays import Vector
from synththeory.errors import DesignError
from synththeory.generators import Bootstrap, Generator, Oracle, Smote
from synththeory.generators.neighbourly import HardSeeds
from synththeory.learners import HardMargin
from synththeory.populations import Population


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

    Examples
    --------
    >>> limit = margin_limit(share=0.15, distance=1.75, aspect=2.5)
    >>> round(limit.minority_error, 4), round(limit.majority_error, 4), round(limit.balancing_ratio, 3)
    (0.2514, 0.0313, 4.419)
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
    """`margin_limit` with fresh minority rows: the same curves at (π + a)/(1 + a) and δ(1 + a).

    Parameters
    ----------
    share, distance, aspect
        As of `margin_limit`, of the real rows.
    added : float
        a ≥ 0: fresh minority rows over all real rows.

    Raises
    ------
    DesignError
        As of `margin_limit`.
    """
    return margin_limit((share + added) / (1.0 + added), distance, aspect * (1.0 + added))


@dataclass(frozen=True, eq=False)
class MarginPrediction:
    """The limit's errors beside a study of the maximum margin, at its own π and δ.

    Attributes
    ----------
    minority_error, majority_error : Vector
        Err_+ and Err_−, (S,).
    """

    minority_error: Vector
    majority_error: Vector

    source = "closed form"

    def curve(self, metric: str) -> Vector | None:
        """``"recall"`` and ``"specificity"``, (S,)."""
        errors = {"recall": self.minority_error, "specificity": self.majority_error}
        return 1.0 - errors[metric] if metric in errors else None


def margin_prediction(
    population: Population, learner: HardMargin, counts: tuple[int, int], generator: Generator | None,
    sizes: Sequence[int],
) -> MarginPrediction | None:  # fmt: skip
    """What the limit says of an arm: nothing moves with rows that keep the margin, fresh rows enlarge π and δ.

    Parameters
    ----------
    population : Population
        Two classes of normal rows with one covariance σ²I; then m = ‖μ_1 − μ_0‖/(2σ).
    learner : HardMargin
        Its ratio is τ.
    counts : tuple of two ints
        n0 and n1.
    generator : Generator or None
        None for the real rows alone, with whatever weights.
    sizes : sequence of int
        (S,) synthetic rows.

    Returns
    -------
    MarginPrediction or None
        None for other populations, and for generators of which the limit says nothing (jitter).
    """
    distance = _distance(population)
    fresh = isinstance(generator, Oracle)
    if distance is None or not (generator is None or fresh or isinstance(generator, Bootstrap | Smote | HardSeeds)):
        return None
    (majority, minority), found = counts, []
    for size in sizes:
        seen = minority + (size if fresh else 0)
        total = majority + seen
        found.append(margin_limit(seen / total, distance, total / population.dimension, learner.ratio))
    return MarginPrediction(
        np.array([limit.minority_error for limit in found]), np.array([limit.majority_error for limit in found])
    )


def _distance(population: Population) -> float | None:
    """m, or None where the classes are not normal with one covariance σ²I."""
    parts = [component for law in population.laws for _, component in law.components]
    if len(population.laws) != 2 or len(parts) != 2 or any(part.noise != "gaussian" for part in parts):
        return None
    zero, one = parts
    if zero.scales is None or one.scales is None or np.ptp([*zero.scales, *one.scales]) > 0.0:
        return None
    return float(np.linalg.norm(one.mean - zero.mean) / (2.0 * zero.scales[0]))


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
