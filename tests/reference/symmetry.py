"""The symmetry test as a competent NumPy user writes it: vectorised over rows, a loop over data sets."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from .generators import Array

SYMMETRIC_LOCATION = (5.0 - np.sqrt(21.0)) / 2.0
NULL_CELLS = tuple((d, n1, ratio) for d in (2, 5, 10) for n1 in (50, 250, 500) for ratio in (5, 20))


class PValues(NamedTuple):
    """Both calibrations: of one data set floats, of many arrays."""

    chi2: float | Array
    small_sample: float | Array


def cube_pair(rng: np.random.Generator, counts: tuple[int, int], dimension: int) -> tuple[Array, Array]:
    """Rows of the locally symmetric cube pair."""
    majority, minority = (np.sqrt(3.0) * rng.uniform(-1.0, 1.0, size=(count, dimension)) for count in counts)
    majority[:, 0] = 2.0 * majority[:, 0] - 1.0
    minority[:, 0] += SYMMETRIC_LOCATION
    return majority, minority


def symmetry_test(rows: Sequence[Array], labels: Sequence[float]) -> PValues:
    """T_sym of squared loss without intercept, against χ² and against the small-sample F."""
    p = rows[0].shape[1]
    hessians = [2.0 * x.T @ x / len(x) for x in rows]
    inverse = np.linalg.inv(0.5 * (hessians[0] + hessians[1]))
    theta = inverse @ sum(y * x.mean(axis=0) for x, y in zip(rows, labels, strict=True))
    transfers = [hessians[1] @ inverse, -hessians[0] @ inverse]
    scores = [2.0 * (x @ theta - y)[:, None] * x for x, y in zip(rows, labels, strict=True)]
    asymmetry = scores[0].mean(axis=0) - scores[1].mean(axis=0)
    plain = np.zeros((p, p))
    for score, transfer in zip(scores, transfers, strict=True):
        plain += transfer @ np.atleast_2d(np.cov(score.T)) @ transfer.T / len(score)
    wald = asymmetry @ np.linalg.solve(plain, asymmetry)

    parts = []
    for x, score, transfer in zip(rows, scores, transfers, strict=True):
        longer = score / np.sqrt(1.0 - ((x @ inverse) * x).sum(axis=1) / len(x))[:, None]
        parts.append((longer - longer.mean(axis=0)) @ transfer.T / np.sqrt(len(x) * (len(x) - 1.0)))
    covariance = parts[0].T @ parts[0] + parts[1].T @ parts[1]
    whitener = np.linalg.cholesky(np.linalg.inv(covariance))
    e = f = quartic = 0.0
    cube, pull = np.zeros((p * p, p)), np.zeros(p)
    for part in parts:
        u = part @ whitener
        own, lengths = u.T @ u, (u**2).sum(axis=1)
        e += (np.trace(own) ** 2 + (own**2).sum()) / (len(u) - 1)
        f += 2.0 * (own**2).sum() / (len(u) - 1)
        quartic += lengths @ lengths
        pull += lengths @ u
        cube += (u[:, :, None] * u[:, None, :]).reshape(len(u), p * p).T @ u
    skewness = (cube**2).sum() + pull @ pull
    kurtosis = quartic - e - 0.5 * f
    nu = max(2.0 * p * (p + 2) / max(2.0 * e + f - 2.0 * kurtosis + 8.0 * skewness, 1e-10), p + 2.0)
    m = (1.0 + (e + skewness) / p) / (1.0 + (p + 1) / nu)
    scaled = asymmetry @ np.linalg.solve(covariance, asymmetry) * (nu - p + 1) / (m * nu * p)
    return PValues(float(stats.chi2.sf(wald, p)), float(stats.f.sf(scaled, p, nu - p + 1)))


def simulate(counts: tuple[int, int], dimension: int, replications: int, seed: int = 0) -> PValues:
    """Both p-values of every data set under the null, (replications,) each."""
    rng = np.random.default_rng(seed)
    found = [symmetry_test(cube_pair(rng, counts, dimension), (-0.5, 0.5)) for _ in range(replications)]
    return PValues(*map(np.array, zip(*found, strict=True)))


def study_f5(replications: int) -> list[PValues]:
    """F5's null table, so many data sets a cell."""
    return [simulate((n1 * ratio, n1), dimension, replications) for dimension, n1, ratio in NULL_CELLS]
