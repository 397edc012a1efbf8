"""The symmetry test written out plainly: one table, loops, scipy's optimiser; shares nothing with the package."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import minimize

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plain:
    """What the formulas give."""

    g_phi: Array
    wald: float
    chi2_p: float
    scaled: float
    degrees: float
    small_p: float
    errors: Array
    small_errors: Array
    sums: tuple[float, ...]


def pilot(rows: list[Array], labels: tuple[float, float], logistic: bool, penalty: Array) -> Array:
    """Minimise the balanced risk."""

    def value(theta: Array) -> float:
        total = 0.5 * float(theta @ (penalty * theta))
        for z, y in zip(rows, labels, strict=True):
            f = z @ theta
            total += 0.5 * float(
                np.mean(np.log1p(np.exp(-abs(f))) + np.maximum(f, 0) - y * f if logistic else (y - f) ** 2)
            )
        return total

    def gradient(theta: Array) -> Array:
        total = penalty * theta
        for z, y in zip(rows, labels, strict=True):
            total = total + 0.5 * score(z, y, theta, logistic).mean(axis=0)
        return total

    found = minimize(value, np.zeros(rows[0].shape[1]), jac=gradient, method="BFGS", options={"gtol": 1e-9})
    theta = found.x
    for _ in range(20):  # polish: BFGS stops at the rounding of the value, not of the gradient
        whole = 0.5 * (hessian(rows[0], theta, logistic) + hessian(rows[1], theta, logistic)) + np.diag(penalty)
        theta = theta - np.linalg.solve(whole, gradient(theta))
    return np.asarray(theta)


def score(z: Array, y: float, theta: Array, logistic: bool) -> Array:
    """∇ℓ row by row."""
    f = z @ theta
    return np.array(
        [(1 / (1 + np.exp(-v)) - y if logistic else 2 * (v - y)) * row for v, row in zip(f, z, strict=True)]
    )


def curvature(z: Array, theta: Array, logistic: bool) -> Array:
    """∂²ℓ/∂f²."""
    chance = 1 / (1 + np.exp(-(z @ theta)))
    return chance * (1 - chance) if logistic else np.full(len(z), 2.0)


def hessian(z: Array, theta: Array, logistic: bool) -> Array:
    """H_c."""
    return sum(c * np.outer(r, r) for c, r in zip(curvature(z, theta, logistic), z, strict=True)) / len(z)


def symmetry(rows: list[Array], labels: tuple[float, float], logistic: bool, penalty: Array) -> Plain:
    """T_sym and both calibrations."""
    theta = pilot(rows, labels, logistic, penalty)
    p = len(theta)
    scores = [score(z, y, theta, logistic) for z, y in zip(rows, labels, strict=True)]
    g = scores[0].mean(axis=0) - scores[1].mean(axis=0)
    h0, h1 = (hessian(z, theta, logistic) for z in rows)
    inverse = np.linalg.inv((h0 + h1) / 2 + np.diag(penalty))
    half = 0.5 * (h0 - h1) @ inverse
    moves = [np.eye(p) - half, -np.eye(p) - half]
    plain = sum(a @ np.cov(s.T).reshape(p, p) @ a.T / len(s) for a, s in zip(moves, scores, strict=True))
    wald = float(g @ np.linalg.inv(plain) @ g)

    contributions = []
    for z, s, a in zip(rows, scores, moves, strict=True):
        n = len(z)
        leverage = [c * r @ inverse @ r / (2 * n) for c, r in zip(curvature(z, theta, logistic), z, strict=True)]
        long = s / np.sqrt(1 - np.array(leverage))[:, None]
        contributions.append((long - long.mean(axis=0)) @ a.T / np.sqrt(n * (n - 1)))
    small = sum(w.T @ w for w in contributions)
    values, vectors = np.linalg.eigh(small)
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    e = f = kappa = quartic = 0.0
    third, pulled = np.zeros((p, p, p)), np.zeros(p)
    for w in contributions:
        n, v = len(w), root @ w.T @ w @ root
        e += (np.trace(v) ** 2 + np.trace(v @ v)) / (n - 1)
        f += 2 * np.trace(v @ v) / (n - 1)
        kappa -= (np.trace(v) ** 2 + 2 * np.trace(v @ v)) / (n - 1)
        for row in w:
            u = root @ row
            quartic += (u @ u) ** 2
            third += np.multiply.outer(np.outer(u, u), u)
            pulled += (u @ u) * u
    kappa += quartic
    s2 = (third**2).sum() + pulled @ pulled
    nu = max(2 * p * (p + 2) / max(2 * e + f - 2 * kappa + 8 * s2, 1e-10), p + 2)
    m = (1 + (e + s2) / p) / (1 + (p + 1) / nu)
    long_wald = float(g @ np.linalg.inv(small) @ g)
    scaled = long_wald / m * (nu - p + 1) / (nu * p)
    return Plain(
        g, wald, float(stats.chi2.sf(wald, p)), scaled, nu - p + 1, float(stats.f.sf(scaled, p, nu - p + 1)),
        np.sqrt(np.diag(plain)), np.sqrt(np.diag(small)),
        (wald, long_wald, e, f / 2, quartic, float(s2)),
    )  # fmt: skip
