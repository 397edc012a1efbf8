"""A net with rectified units under full-batch AdamW, in double precision and NumPy alone."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from synththeory.arrays import Array

Layers = list[tuple[Array, Array]]


def gradient(layers: Layers, rows: Array, labels: Array, weights: Array) -> Layers:
    """Of Σ w[log(1 + e^f) − yf], by hand: backwards through the layers."""
    seen = [rows]
    for w, b in layers[:-1]:
        seen.append(np.maximum(seen[-1] @ w + b, 0.0))
    w, b = layers[-1]
    back = (weights * (expit(seen[-1] @ w + b)[:, 0] - labels))[:, None]
    found = []
    for place in reversed(range(len(layers))):
        found.append((seen[place].T @ back, back.sum(axis=0)))
        back = (back @ layers[place][0].T) * (seen[place] > 0.0)
    return found[::-1]


def adamw(layers: Layers, rows: Array, labels: Array, weights: Array, epochs: int, rate: float, decay: float) -> Layers:
    """Layers after so many steps on all rows; Loshchilov and Hutter's algorithm 2 with a constant schedule."""
    flat = [part.copy() for layer in layers for part in layer]
    first, second = ([np.zeros_like(part) for part in flat] for _ in range(2))
    for step in range(1, epochs + 1):
        slopes = [part for layer in gradient(paired(flat), rows, labels, weights / weights.sum()) for part in layer]
        for place, slope in enumerate(slopes):
            first[place] = 0.9 * first[place] + 0.1 * slope
            second[place] = 0.999 * second[place] + 0.001 * slope**2
            mean, spread = first[place] / (1.0 - 0.9**step), second[place] / (1.0 - 0.999**step)
            flat[place] = flat[place] - rate * (mean / (np.sqrt(spread) + 1e-8) + decay * flat[place])
    return paired(flat)


def paired(flat: Sequence[Array]) -> Layers:
    """Weights and biases, layer by layer."""
    return list(zip(flat[::2], flat[1::2], strict=True))
