"""Correction across tasks, one data set, by loops: an oracle."""

from collections.abc import Sequence

import numpy as np

from synththeory.arrays import Array, Vector


def discrepancy(scarce: Array, rich: Sequence[Array], imitated: Sequence[Array], theta: Vector) -> float:
    """B̂ for squared loss without intercept; imitated[k] holds what was made of task k's blocks, one after another."""
    size, values = len(scarce), []
    for rows, made in zip(rich, imitated, strict=True):
        move, blocks = scarce.mean(axis=0) - rows.mean(axis=0), []
        for start in range(0, len(made), size):
            parts = [part[start : start + size] + move for part in (made, rows)]
            there, here = (np.mean([(row[-1] - row[:-1] @ theta) ** 2 for row in part]) for part in parts)
            blocks.append(there - here)
        values.append(np.mean(blocks))
    return float(np.mean(values))


def fit(scarce: Array, rich: Sequence[Array], made: Array, imitated: Sequence[Array], ridge: float) -> Vector:
    """Minimiser of Σ_scarce + Σ_synthetic − ñ B̂ + ridge ‖θ‖²: a quadratic, recovered from its values."""

    def objective(theta: Vector) -> float:
        own = sum((row[-1] - row[:-1] @ theta) ** 2 for part in (scarce, made) for row in part)
        return float(own - len(made) * discrepancy(scarce, rich, imitated, theta) + ridge * theta @ theta)

    unit = np.eye(scarce.shape[1] - 1)
    base = objective(0.0 * unit[0])
    slope = np.array([(objective(e) - objective(-e)) / 2.0 for e in unit])
    hessian = np.array([[objective(e + f) - objective(e) - objective(f) + base for f in unit] for e in unit])
    return np.asarray(np.linalg.solve(hessian, -slope))
