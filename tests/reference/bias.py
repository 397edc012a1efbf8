"""Bias-corrected synthesis, one data set at a time, by loops and general optimisers: an oracle, not fast code."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from synththeory.arrays import Array, Vector

Loss = Callable[[Vector, Vector, float], tuple[float, Vector]]


def logistic(theta: Vector, row: Vector, label: float) -> tuple[float, Vector]:
    """log(1 + e^f) − yf with an intercept, and its gradient."""
    z = np.append(row, 1.0)
    score = float(z @ theta)
    return float(np.logaddexp(0.0, score) - label * score), (expit(score) - label) * z


def squared(theta: Vector, row: Vector, label: float) -> tuple[float, Vector]:
    """(y − f)² without intercept, and its gradient."""
    score = float(row @ theta)
    return (label - score) ** 2, 2.0 * (score - label) * row


@dataclass(frozen=True)
class DataSet:
    """One data set: rows of both classes, synthetic rows, and what the generator made of each majority block."""

    majority: Array
    minority: Array
    synthetic: Array
    imitated: tuple[Array, ...]
    labels: tuple[float, float] = (0.0, 1.0)


def bias(data: DataSet, loss: Loss, theta: Vector, comparator: str, transport: str) -> tuple[float, Vector]:
    """B̂_0 and its gradient, straight from the definition."""
    size = data.minority.shape[0]
    move = data.minority.mean(axis=0) - data.majority.mean(axis=0) if transport == "mean-shift" else 0.0
    values, gradients = [], []
    for block, made in enumerate(data.imitated):
        inside = np.zeros(data.majority.shape[0], dtype=bool)
        inside[block * size : (block + 1) * size] = True
        compared = data.majority[inside if comparator == "block" else ~inside]
        here = [loss(theta, row + move, data.labels[1]) for row in made]
        there = [loss(theta, row + move, data.labels[1]) for row in compared]
        values.append(np.mean([value for value, _ in here]) - np.mean([value for value, _ in there]))
        gradients.append(np.mean([slope for _, slope in here], axis=0) - np.mean([slope for _, slope in there], axis=0))
    return float(np.mean(values)), np.asarray(np.mean(gradients, axis=0))


def objective(
    data: DataSet, loss: Loss, theta: Vector, comparator: str, transport: str, ridge: Vector
) -> tuple[float, Vector]:
    """Summed corrected loss plus ½ Σ ridge θ², and its gradient."""
    value, gradient = 0.5 * float(ridge @ theta**2), ridge * theta
    parts = ((data.majority, data.labels[0]), (data.minority, data.labels[1]), (data.synthetic, data.labels[1]))
    for rows, label in parts:
        for row in rows:
            term, slope = loss(theta, row, label)
            value, gradient = value + term, gradient + slope
    term, slope = bias(data, loss, theta, comparator, transport)
    count = data.synthetic.shape[0]
    return value - count * term, gradient - count * slope


def fit(data: DataSet, loss: Loss, comparator: str, transport: str, ridge: Vector) -> Vector:
    """A minimiser, by BFGS polished with finite-difference Newton steps."""
    start = minimize(
        lambda theta: objective(data, loss, theta, comparator, transport, ridge), np.zeros(ridge.size), jac=True
    ).x
    for _ in range(3):
        gradient = objective(data, loss, start, comparator, transport, ridge)[1]
        slopes = [
            (objective(data, loss, start + step, comparator, transport, ridge)[1]
             - objective(data, loss, start - step, comparator, transport, ridge)[1]) / 2e-5
            for step in 1e-5 * np.eye(ridge.size)
        ]  # fmt: skip
        start = start - np.linalg.solve(np.array(slopes), gradient)
    return np.asarray(start)
