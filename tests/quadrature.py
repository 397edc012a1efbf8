"""Finite sums that integrate every polynomial of degree five or less against standard noise in three dimensions."""

from itertools import product

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.losses import Loss
from synththeory.populations import LocationLaw, StratumMoments

DIMENSION = 3
_GOLDEN = (1.0 + np.sqrt(5.0)) / 2.0
_AXES = {
    "gaussian": ([-np.sqrt(3.0), 0.0, np.sqrt(3.0)], [1 / 6, 2 / 3, 1 / 6]),
    "cube": ([-np.sqrt(1.8), 0.0, np.sqrt(1.8)], [5 / 18, 4 / 9, 5 / 18]),
    "rademacher": ([-1.0, 1.0], [0.5, 0.5]),
}


def nodes(noise: str) -> tuple[Matrix, Vector]:
    """Points (n, 3) and weights (n,): a Gauss rule on each axis, or the icosahedron, a spherical 5-design."""
    if noise == "sphere":
        corners = [(0.0, a, b * _GOLDEN) for a, b in product((-1.0, 1.0), repeat=2)]
        points = np.array([np.roll(corner, turn) for corner in corners for turn in range(3)])
        return points * np.sqrt(3.0 / (points[0] @ points[0])), np.full(12, 1 / 12)
    places, shares = _AXES[noise]
    points = np.array(list(product(places, repeat=DIMENSION)))
    return points, np.prod(np.array(list(product(shares, repeat=DIMENSION))), axis=1)


def law_nodes(law: LocationLaw) -> tuple[Matrix, Vector]:
    """Points and weights of a law's rows."""
    points, weights = nodes(law.noise)
    return law.mean + points @ law.spread.T, weights


def covariance(left: Array, right: Array, weights: Vector) -> Matrix:
    """Covariance of two functions given by their values at the nodes, (n, p) and (n, q)."""
    return np.asarray(((left - weights @ left).T * weights) @ (right - weights @ right))


def score_moments(law: LocationLaw, label: float, loss: Loss, theta: Vector) -> StratumMoments:
    """Moments of the score at θ by the finite sum."""
    rows, weights = law_nodes(law)
    scores, design = loss.row_scores(rows, label, theta), loss.design(rows)
    curvature = weights * loss.curvature(design @ theta, label)
    return StratumMoments(weights @ scores, (design.T * curvature) @ design, covariance(scores, scores, weights))
