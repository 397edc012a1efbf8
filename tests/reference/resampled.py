"""The resampled symmetry test as its definition reads: one table, one resample at a time, rows repeated."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from .generators import Array


def small_sample(scores: Sequence[Array], rows: Sequence[Array], bends: Sequence[Array], penalty: Array) -> float:
    """p-value of the small-sample F of scores (n_c, p) that have no mean in either class if the hypothesis holds.

    One step to the pooled minimiser, the classes' effects on ĝ_φ, leverage-corrected contributions, their cumulants.
    """
    counts, p = [len(z) for z in rows], rows[0].shape[1]
    total = sum(counts)
    hessians = [(z * b[:, None]).T @ z / len(z) for z, b in zip(rows, bends, strict=True)]
    whole = 0.5 * (hessians[0] + hessians[1]) + penalty
    pooled = (counts[0] * hessians[0] + counts[1] * hessians[1]) / total + penalty
    half = 0.5 * (hessians[0] - hessians[1]) @ np.linalg.inv(whole)
    transfers = [np.eye(p) - half, -np.eye(p) - half]
    g = sum(a @ s.mean(axis=0) for a, s in zip(transfers, scores, strict=True))
    step = -np.linalg.solve(pooled, sum(s.sum(axis=0) for s in scores) / total)
    parts = []
    for z, b, s, a in zip(rows, bends, scores, transfers, strict=True):
        moved = s + (b * (z @ step))[:, None] * z
        leverages = np.array([c * r @ np.linalg.solve(pooled, r) / total for c, r in zip(b, z, strict=True)])
        moved = moved / np.sqrt(1.0 - leverages)[:, None]
        parts.append((moved - moved.mean(axis=0)) @ a.T / np.sqrt(len(z) * (len(z) - 1.0)))
    covariance = sum(part.T @ part for part in parts)
    wald = g @ np.linalg.solve(covariance, g)
    root = np.linalg.cholesky(np.linalg.inv(covariance))
    e = f = quartic = 0.0
    cube, pull = np.zeros((p, p, p)), np.zeros(p)
    for part in parts:
        n = len(part)
        v = root.T @ part.T @ part @ root
        e += (np.trace(v) ** 2 + (v**2).sum()) / (n - 1)
        f += 2.0 * (v**2).sum() / (n - 1)
        for u in part @ root:
            quartic += (u @ u) ** 2
            cube += u[:, None, None] * u[:, None] * u
            pull += (u @ u) * u
    s = (cube**2).sum() + pull @ pull
    nu = max(2.0 * p * (p + 2) / max(2.0 * e + f - 2.0 * (quartic - e - 0.5 * f) + 8.0 * s, 1e-10), p + 2.0)
    m = (1.0 + (e + s) / p) / (1.0 + (p + 1) / nu)
    return float(stats.f.sf(wald * (nu - p + 1) / (m * nu * p), p, nu - p + 1))


def bootstrap(
    rows: Sequence[Array], scores: Sequence[Array], bends: Sequence[Array], penalty: Array, picks: Sequence[Array]
) -> tuple[float, list[float]]:
    """The observed p-value of the F, and those of resamples whose rows are ``picks`` (R, n_c) of each class."""
    centred = [s - s.mean(axis=0) for s in scores]
    drawn = [
        small_sample(
            *([values[place] for values, place in zip(parts, places, strict=True)] for parts in (centred, rows, bends)),
            penalty,
        )
        for places in zip(*picks, strict=True)
    ]
    return small_sample(scores, rows, bends, penalty), drawn
