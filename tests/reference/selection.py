"""GQS, ñ* and the candidate sets of TG-VTSS written out plainly, one data set, by loops; shares no code with us."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def row_scores(z: Array, y: float, theta: Array, logistic: bool) -> tuple[Array, Array]:
    """Scores (n, p) and Hessians (n, p, p), row by row."""
    scores, hessians = [], []
    for row in z:
        f = float(row @ theta)
        chance = 1.0 / (1.0 + np.exp(-f))
        scores.append((chance - y if logistic else 2.0 * (f - y)) * row)
        hessians.append((chance * (1.0 - chance) if logistic else 2.0) * np.outer(row, row))
    return np.array(scores), np.array(hessians)


def gqs(delta: Array, hessian: Array, sigmas: tuple[Array, Array, Array], n0: int, n1: int) -> float:
    """(n_b²/2n0) δᵀH⁻¹δ / tr(H⁻¹Σ_aug)."""
    nb = n0 - n1
    inverse = np.linalg.inv(hessian)
    augmented = sigmas[0] / 2 + n1 / (2 * n0) * sigmas[1] + nb / (2 * n0) * sigmas[2]
    return float(nb**2 / (2 * n0) * (delta @ inverse @ delta) / np.trace(inverse @ augmented))


def cross_fitted_gqs(
    folds: list[tuple[Array, Array, Array, Array]], labels: tuple[float, float], logistic: bool
) -> tuple[float, Array]:
    """GQS and δ̂ from (held-out majority, held-out minority, synthetic, θ̂) of every fold."""
    deltas: list[Array] = []
    scores: list[list[Array]] = [[], [], []]
    hessians: list[list[Array]] = [[], []]
    for zero, one, made, theta in folds:
        means = []
        for place, (z, y) in enumerate(((zero, labels[0]), (one, labels[1]), (made, labels[1]))):
            s, h = row_scores(z, y, theta, logistic)
            scores[place].append(s)
            if place < 2:
                hessians[place].append(h)
            means.append(s.mean(axis=0))
        deltas.append(means[2] - means[1])
    sigmas = [np.cov(np.concatenate(parts).T) for parts in scores]
    h0, h1 = (np.concatenate(parts) for parts in hessians)
    hessian = (h0.mean(axis=0) + h1.mean(axis=0)) / 2
    delta = np.mean(deltas, axis=0)
    return gqs(delta, hessian, (sigmas[0], sigmas[1], sigmas[2]), len(h0), len(h1)), delta


def candidate_multipliers(t_sym: float, cutoff: float, value: float, c: float) -> tuple[str, list[float]]:
    """The regime and the candidates γ of TG-VTSS with the paper's constants."""
    if t_sym <= cutoff:
        return "symmetric", [0.0, 0.05, 0.10, 0.15, 0.20]
    if value > 10.0:
        return "biased", [k / 20 for k in range(41)]
    near = [k / 20 for k in range(16, 25)]
    far = [g / (1 - 2 * c) for g in near] if 1 - 2 * c > 0 else []
    return "realistic", sorted({round(g, 10) for g in near + far})
