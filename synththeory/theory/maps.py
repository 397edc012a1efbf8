"""The regime map: the optimal amount and its gains over the direction and size of a generator's error (§2 [D])."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.corrections import Baseline
from synththeory.generators import SteeredGaussian
from synththeory.learners import Learner
from synththeory.populations import Population
from synththeory.theory.baselines import predict_baseline
from synththeory.theory.expansion import expand
from synththeory.theory.sizes import best_multiplier


@dataclass(frozen=True, eq=False)
class RegimeMap:
    """Theory over a grid of generators.

    Attributes
    ----------
    angles : Vector
        (A,) degrees between g_ψ and g_φ.
    ratios : Vector
        (R,) ‖g_ψ‖/‖g_φ‖.
    optimal_multiplier : Matrix
        (R, A) risk-optimal γ.
    gain_over_balancing : Matrix
        (R, A) excess risk at γ = 1 over its minimum.
    gain_over_free_fix : Matrix
        (R, A) excess risk of the free fix over the minimum; NaN where theory does not know the fix.
    """

    angles: Vector
    ratios: Vector
    optimal_multiplier: Matrix
    gain_over_balancing: Matrix
    gain_over_free_fix: Matrix


def regime_map(
    population: Population,
    learner: Learner,
    counts: tuple[int, int],
    free_fix: Baseline,
    angles: Vector,
    ratios: Vector,
) -> RegimeMap:
    """Theory of `SteeredGaussian` generators whose g_ψ has every angle and length, to leading order: hundreds a second.

    Parameters
    ----------
    population, learner
        Who the data come from, what is fitted.
    counts : (int, int)
        n0 and n1.
    free_fix : Baseline
        What synthetic rows must beat.
    angles : Vector
        (A,) degrees between g_ψ and g_φ.
    ratios : Vector
        (R,) ‖g_ψ‖/‖g_φ‖.
    """
    gap = counts[0] - counts[1]
    found = np.empty((ratios.size, angles.size, 3))
    for row, ratio in enumerate(ratios.tolist()):
        for column, angle in enumerate(angles.tolist()):
            curve = expand(population, SteeredGaussian(angle=angle, ratio=ratio), learner, *counts)
            best = best_multiplier(curve)
            balanced, least = curve.at([gap, gap * best]).total
            found[row, column] = best, balanced / least, 1.0 / least
    free = predict_baseline(population, free_fix, learner, *counts)
    worst = np.nan if free is None else free.total[0]
    return RegimeMap(angles, ratios, found[..., 0], found[..., 1], worst * found[..., 2])
