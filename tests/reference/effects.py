"""Treatment effects by hand: one table, loops over rows."""

import numpy as np

from synththeory.arrays import Array, Vector


def ipw(outcome: Vector, treated: Vector, chance: Vector) -> tuple[float, float]:
    """Hájek's estimate and its standard error."""
    n, means = len(outcome), []
    for arm in (1.0, 0.0):
        above = below = 0.0
        for y, t, e in zip(outcome, treated, chance, strict=True):
            if t == arm:
                weight = 1.0 / (e if arm else 1.0 - e)
                above, below = above + weight * y, below + weight
        means.append((above / below, below / n))
    total = 0.0
    for y, t, e in zip(outcome, treated, chance, strict=True):
        if t:
            total += ((y - means[0][0]) / e / means[0][1]) ** 2
        else:
            total += ((y - means[1][0]) / (1.0 - e) / means[1][1]) ** 2
    return means[0][0] - means[1][0], float(np.sqrt(total) / n)


def aipw(outcome: Vector, treated: Vector, chance: Vector, rows: Array) -> tuple[float, float]:
    """The augmented estimate, linear in the outcomes, and its standard error with HC3 residuals."""
    n, design = len(rows), np.column_stack([np.ones(len(rows)), rows])
    slopes, inverses, gaps = [], [], []
    for arm in (0.0, 1.0):
        z, y = design[treated == arm], outcome[treated == arm]
        slopes.append(np.linalg.solve(z.T @ z, z.T @ y))
        inverses.append(np.linalg.inv(z.T @ z))
        weights = (treated == arm) / np.where(arm, chance, 1.0 - chance)
        gaps.append(sum((1.0 - w) * z for w, z in zip(weights, design, strict=True)) / n)
    values, influences = [], []
    for z, y, t, e in zip(design, outcome, treated, chance, strict=True):
        zero, one = z @ slopes[0], z @ slopes[1]
        values.append(one - zero + t * (y - one) / e - (1.0 - t) * (y - zero) / (1.0 - e))
        arm, weight, sign, residual = (1, 1.0 / e, 1.0, y - one) if t else (0, 1.0 / (1.0 - e), -1.0, y - zero)
        leverage = z @ inverses[arm] @ z
        weight += n * gaps[arm] @ inverses[arm] @ z
        influences.append(one - zero + sign * weight * residual / (1.0 - leverage))
    return float(np.mean(values)), float(np.std(influences, ddof=1) / np.sqrt(n))
