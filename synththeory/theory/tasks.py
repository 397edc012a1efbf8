"""What least squares loses on a scarce task, alone or with other tasks aligned to it: exact [D]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Vector
from synththeory.metrics import EXCESS_RISK
from synththeory.populations.tasks import LinearTasks


@dataclass(frozen=True)
class TaskPrediction:
    """Expected excess risk for the scarce task.

    Attributes
    ----------
    bias, variance : float
        The parts in h² and in σ².
    """

    bias: float
    variance: float

    source = "closed form"

    def curve(self, metric: str) -> Vector | None:
        """Their sum, (1,), for ``"excess_risk"``."""
        return np.array([self.bias + self.variance]) if metric == EXCESS_RISK.name else None


def predict_aligned(population: LinearTasks, counts: Sequence[int]) -> TaskPrediction | None:
    """Least squares with intercept on tasks centred at their own means of x and y; the scarce task alone is K = 1.

    With ν_k = n_k − 1, ν = Σ_k ν_k and scatter S_k ~ W_d(ν_k, I) within task k, β̂ = S⁻¹ Σ_k S_k β̂_k with S = Σ_k S_k,
    and the fit passes through the scarce task's means. So

        E excess = σ²/n_0 + (1 + 1/n_0) [σ² d/(ν − d − 1) + h² (w(ν − ν_0) + Σ_{k ≥ 1} w(ν_k))],
        w(α) = E‖S⁻¹A‖²_F/d = c + b + b (νd − 2)/(ν − d − 1),  A ~ W_d(α, I) a part of S,
        c = α(α(ν + 1) − 2)/q,  b = α(ν − α)/q,  q = ν(ν − 1)(ν + 2):

    S^{-1/2} A S^{-1/2} is a matrix beta variable, independent of S (Gupta & Nagar 2000, ch. 5), and
    E[S⁻¹ tr S] = (νd − 2)/(ν − d − 1) I.

    Parameters
    ----------
    population : LinearTasks
        The tasks' law; its intercepts and places do not matter.
    counts : sequence of int
        Rows of the tasks that are used, the scarce one first.

    Returns
    -------
    TaskPrediction or None
        Without the learner's penalty; None where the expectation is not finite, ν ≤ d + 1.
    """
    dimension, first = population.dimension, counts[0]
    freedom = [count - 1 for count in counts]
    total = sum(freedom)
    if total <= dimension + 1:
        return None

    def weight(part: int) -> float:
        scale = total * (total - 1.0) * (total + 2.0)
        own, shared = part * (part * (total + 1.0) - 2.0) / scale, part * (total - part) / scale
        return own + shared + shared * (total * dimension - 2.0) / (total - dimension - 1.0)

    moved = weight(total - freedom[0]) + sum(map(weight, freedom[1:]))
    reach = 1.0 + 1.0 / first
    variance = population.noise**2 * (1.0 / first + reach * dimension / (total - dimension - 1.0))
    return TaskPrediction(population.spread**2 * reach * moved, variance)
