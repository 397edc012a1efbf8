"""From scores at the pilot to T_sym and its p-value, for a block of data sets: the paper's χ² and a small-sample F.

Why χ² rejects too often, and what the F does about it [D]. With the true V in place of V̂, T_sym is χ²_p to a good
approximation even at 50 minority rows; the whole distortion comes from V̂.

1. *V̂ is too small.* Residuals are taken at a θ̂ that the rows themselves pulled towards them. Each score is divided
   by √(1 − h_i), h_i the row's leverage in the balanced fit (HC2 with residuals restricted to the null; Σh_i = p over
   both classes).
2. *V̂ is random, and moves with ĝ_φ.* Let u_ci be row i's contribution to ĝ_φ, whitened so that Σuuᵀ = I,
   V_c = Σ_i u_ci u_ciᵀ, and expand T = gᵀ(I + Δ)⁻¹g to second order in Δ = V̂ − I. With

       e = Σ_c [(tr V_c)² + tr V_c²]/(n_c − 1),   f = Σ_c 2 tr V_c²/(n_c − 1),
       κ = Σ_ci |u|⁴ − Σ_c [(tr V_c)² + 2 tr V_c²]/(n_c − 1),
       s = |Σ_ci u⊗u⊗u|² + |Σ_ci |u|²u|²,

   E T = p + e + s and E T² = p(p + 2) + (2p + 6)e + f − 2κ + (2p + 12)s. The first and second moments of Hotelling's
   pν/(ν − p + 1)·F(p, ν − p + 1), scaled by m, are these when (to second order)

       ν = 2p(p + 2)/(2e + f − 2κ + 8s),   m = (1 + (e + s)/p)/(1 + (p + 1)/ν).

   For normal scores (s = κ = 0) and one class this is Hotelling's test, ν = n − 1, m = 1; for two it is a multivariate
   Behrens–Fisher F in the manner of Krishnamoorthy and Yu. Skewed scores (s), which few hard rows among many easy ones
   always have, lower ν and raise m: ĝ_φ is then largest where V̂ happens to be small.
3. The cumulants are plugged in as they stand. The terms Σ|u|⁶ of a row with itself are in s too: of higher order, but
   large exactly where a few rows dominate V̂. They are kept by measurement, not by proof: at d = 5, n1 = 50
   the size is .08 to .11 without them, .05 to .06 with them (`docs/symmetry-test.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc, fdtrc

from synththeory.arrays import Array
from synththeory.selection.pilot import Flags, Pilot, patched, transposed

_LEAST_SPREAD = 1e-10
_FLAT = 1e-11
_PAIRS = 8_000_000
"""Numbers n p² of a class that are held at once."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """One calibration's answer for every data set of a block.

    Attributes
    ----------
    statistic : Array
        What is compared: T_sym for χ², the scaled F otherwise, (B,).
    degrees, denominator : Array
        Degrees of freedom, (B,); the denominator's are infinite for χ².
    p_value : Array
        (B,).
    covariance : Array
        V̂ of ĝ_φ, (B, p, p).
    singular : array of bool
        V̂ has no inverse, (B,).
    """

    statistic: Array
    degrees: Array
    denominator: Array
    p_value: Array
    covariance: Array
    singular: Flags


def chi_square(pilot: Pilot) -> Verdict:
    """T_sym = ĝ_φᵀV̂⁻¹ĝ_φ against χ²_p, V̂ = A_0Σ̂_0A_0ᵀ/n0 + A_1Σ̂_1A_1ᵀ/n1 with sample covariances [P]."""
    covariance = _covariance(_contributions(pilot, correct=False))
    singular = _flat(covariance)
    wald = _quadratic(pilot, covariance, singular)
    degrees = np.full(wald.shape, float(covariance.shape[-1]))
    p_value = np.asarray(chdtrc(degrees, wald))
    return Verdict(wald, degrees, np.full(wald.shape, np.inf), p_value, _of_scores(pilot, covariance), singular)


def small_sample(pilot: Pilot) -> Verdict:
    """T_sym with leverage-corrected scores, scaled to F(p, ν − p + 1); see the head of this file [D].

    ν is not let below p + 2, where the F still has a mean.
    """
    parts = _contributions(pilot, correct=True)
    covariance = _covariance(parts)
    singular = _flat(covariance)
    size = covariance.shape[-1]
    whitener = np.linalg.cholesky(np.linalg.inv(patched(covariance, singular)))
    spread, fourth = np.zeros(len(covariance)), np.zeros(len(covariance))  # e, and Σ|u|⁴ − κ − e
    quartic = np.zeros(len(covariance))
    cube, pull = np.zeros((len(covariance), size * size, size)), np.zeros((len(covariance), size))
    for part in parts:
        rows = part @ whitener
        own = transposed(rows) @ rows
        trace, square = np.trace(own, axis1=1, axis2=2), (own**2).sum(axis=(1, 2))
        spread += (trace**2 + square) / (part.shape[1] - 1)
        fourth += square / (part.shape[1] - 1)
        lengths = (rows**2).sum(axis=2)
        quartic += (lengths**2).sum(axis=1)
        pull += (lengths[:, None, :] @ rows)[:, 0]
        for tile in _tiles(rows):
            pairs = (tile[..., :, None] * tile[..., None, :]).reshape(*tile.shape[:2], size * size)
            cube += transposed(pairs) @ tile
    skewness = (cube**2).sum(axis=(1, 2)) + (pull**2).sum(axis=1)
    law = ScaledF.matched(size, spread, fourth, quartic, skewness)
    statistic = law.scaled(_quadratic(pilot, covariance, singular))
    degrees = np.full(statistic.shape, float(size))
    p_value = law.p_value(statistic)
    return Verdict(statistic, degrees, law.denominator, p_value, _of_scores(pilot, covariance), singular)


@dataclass(frozen=True, eq=False)
class ScaledF:
    """T_sym is m·pν/(ν − p + 1) times F(p, ν − p + 1).

    Attributes
    ----------
    size : int
        p.
    total, scale : Array
        ν and m, (B,).
    """

    size: int
    total: Array
    scale: Array

    @classmethod
    def matched(cls, size: int, spread: Array, fourth: Array, quartic: Array, skewness: Array) -> ScaledF:
        """ν and m from e, Σ_c tr V_c²/(n_c − 1), Σ|u|⁴ and s, (B,) each, as at the head of this file."""
        kurtosis = quartic - spread - fourth
        randomness = 2.0 * spread + 2.0 * fourth - 2.0 * kurtosis + 8.0 * skewness
        total = np.maximum(2.0 * size * (size + 2) / np.maximum(randomness, _LEAST_SPREAD), size + 2.0)
        return cls(size, total, (1.0 + (spread + skewness) / size) / (1.0 + (size + 1) / total))

    @property
    def denominator(self) -> Array:
        """ν − p + 1, (B,)."""
        return np.asarray(self.total - self.size + 1.0)

    def scaled(self, wald: Array) -> Array:
        """The F statistic of T_sym, (B,)."""
        return np.asarray(wald * self.denominator / (self.scale * self.total * self.size))

    def p_value(self, statistic: Array) -> Array:
        """P(F(p, ν − p + 1) > statistic), (B,)."""
        return np.asarray(fdtrc(self.size, self.denominator, statistic))


def _contributions(pilot: Pilot, correct: bool) -> list[Array]:
    """Centred contributions of the rows to L⁻¹ĝ_φ, (B, n_c, p): their squares sum to L⁻¹A_cΣ̂_cA_cᵀL⁻ᵀ/n_c.

    T_sym and its small-sample law do not depend on coordinates. In these, V̂ of a hundred smooth features has a
    condition number near 1e8 in place of 1e13.
    """
    parts = []
    for one in pilot.classes:
        scores, count = one.scores, one.scores.shape[1]
        if correct:
            scores = scores / np.sqrt(np.maximum(1.0 - one.leverages, 1e-8))[..., None]
        centred = scores - scores.mean(axis=1, keepdims=True)
        transfer = np.asarray(np.linalg.solve(pilot.root, one.transfer), dtype=np.float64)
        parts.append(centred @ transposed(transfer) / np.sqrt(count * (count - 1.0)))
    return parts


def _tiles(rows: Array) -> Iterator[Array]:
    """Rows (B, n, p) in turns, so that their pairs of coordinates take 64 MB a data set at most."""
    step = max(_PAIRS // rows.shape[2] ** 2, 1)
    for start in range(0, rows.shape[1], step):
        yield rows[:, start : start + step]


def _covariance(parts: list[Array]) -> Array:
    return np.asarray(sum(transposed(part) @ part for part in parts))


def _of_scores(pilot: Pilot, covariance: Array) -> Array:
    """The covariance of ĝ_φ, from that of L⁻¹ĝ_φ."""
    return np.asarray(pilot.root @ covariance @ transposed(pilot.root))


def _flat(covariance: Array) -> Flags:
    """Which covariances of L⁻¹ĝ_φ have a direction without a safe variance; their coordinates have no units."""
    broken: Flags = np.asarray(~np.isfinite(covariance).all(axis=(-2, -1)))
    values = np.linalg.eigvalsh(patched(covariance, broken))
    return np.asarray(broken | ~(values[:, 0] > _FLAT * values[:, -1]))


def _quadratic(pilot: Pilot, covariance: Array, singular: Flags) -> Array:
    vectors = np.linalg.solve(pilot.root, pilot.asymmetry[..., None])
    solved = np.linalg.solve(patched(covariance, singular), vectors)
    return np.asarray((vectors * solved).sum(axis=(1, 2)))


CALIBRATIONS = {"chi2": chi_square, "small-sample": small_sample}
Calibration = Literal["chi2", "small-sample"]
