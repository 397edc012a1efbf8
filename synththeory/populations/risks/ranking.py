"""Measures of ranking and calibration: exact for linear scores of Gaussian mixtures, by test sample otherwise.

The score of class c is a law of numbers: a mixture of normals, or a test sample's scores. With TPR(t) = P_1(f > t),
FPR(t) = P_0(f > t) and prevalence π [D]:

- AUROC = P(f_1 > f_0) = Σ_kl w_k w_l Φ((m_1k − m_0l)/√(s_1k² + s_0l²)); for N(0, Σ_0) and N(δ, Σ_1) it is
  Φ(w·δ/√(w·(Σ_0 + Σ_1)w));
- AUPRC = E_1 πTPR/(πTPR + (1 − π)FPR), one integral;
- Brier score and log loss of σ(f + logit π), the score read as log-odds at a balanced prior; the minority's share of
  the loss, E_1 log(1 + e^−f), whatever π is;
- calibration slope b and intercept a: the logistic regression of the class on f + logit π, (0, 1) where calibrated;
- margins: the mean of f_y − max_{j≠y} f_j in each class, −E_0 f and E_1 f of log-odds, and the minority's over the
  majority's, which no scale of the scores can move (1 is even);
- boundary share: the mean share of the segments between a row of each class that is predicted to be the majority, ½
  where the boundary lies even, 1/(1 + r^¼) at LDAM's margins for classes r to 1; P(f ≤ 0) under the law of the score at
  a uniform place of such a segment, N((1 − t)m_0 + t m_1, (1 − t)²s_0² + t²s_1²) at t for normals;
- recall P_1(f > 0), specificity P_0(f ≤ 0), G-mean √(recall · specificity); squared loss decides at the mean response.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Literal, Protocol

import numpy as np
from scipy.special import expit, ndtr

from synththeory.arrays import Array
from synththeory.errors import SynththeoryError
from synththeory.populations.laws.location import RowLaw
from synththeory.populations.laws.projection import gaussian_components, score_moments

Ranking = Literal[
    "auroc",
    "auprc",
    "brier",
    "log_loss",
    "minority_loss",
    "calibration_slope",
    "calibration_intercept",
    "recall",
    "specificity",
    "g_mean",
    "margin_majority",
    "margin_minority",
    "margin_ratio",
    "boundary_share",
]
_POINTS = np.linspace(-9.0, 9.0, 289)
_WEIGHTS = np.exp(-0.5 * _POINTS**2) / np.exp(-0.5 * _POINTS**2).sum()
"""The trapezoid rule of a standard normal, fine enough for transitions sixteen times as steep as its density."""

_PLACES, _LENGTHS = (0.5 * (1.0 + np.polynomial.legendre.leggauss(64)[0]), 0.5 * np.polynomial.legendre.leggauss(64)[1])
"""Gauss's rule on [0, 1]: places of a segment."""


class ScoreLaw(Protocol):
    """The law of a class's score under every fit, (...) fits."""

    @property
    def points(self) -> Array:
        """Scores, (..., K)."""

    @property
    def weights(self) -> Array:
        """Their weights, which sum to one, (K,)."""

    def above(self, thresholds: Array) -> Array:
        """P(f > t) for thresholds (..., K), ties counted half."""


@dataclass(frozen=True, eq=False)
class GaussianScores:
    """A mixture of normals.

    Attributes
    ----------
    shares : Array
        Weights of the components, (k,).
    means, deviations : Array
        (..., k).
    """

    shares: Array
    means: Array
    deviations: Array

    @classmethod
    def of(cls, law: RowLaw, intercept: bool, coefficients: Array) -> GaussianScores:
        """The score zᵀθ under a mixture of Gaussian rows, for coefficients (..., p)."""
        parts = gaussian_components(law, intercept)
        moments = [score_moments(part, coefficients) for _, part in parts]
        shares = np.array([weight for weight, _ in parts])
        return cls(shares, np.stack([m for m, _ in moments], -1), np.stack([s for _, s in moments], -1))

    @classmethod
    def between(cls, zero: GaussianScores, one: GaussianScores) -> GaussianScores:
        """The law at a uniform place of a segment from a row of one law to a row of the other."""
        shares = zero.shares[:, None, None] * one.shares[:, None] * _LENGTHS
        means = zero.means[..., :, None, None] * (1.0 - _PLACES) + one.means[..., None, :, None] * _PLACES
        spreads = zero.deviations[..., :, None, None] * (1.0 - _PLACES), one.deviations[..., None, :, None] * _PLACES
        shape = (*zero.means.shape[:-1], -1)
        return cls(shares.ravel(), means.reshape(shape), np.hypot(*spreads).reshape(shape))

    @cached_property
    def points(self) -> Array:
        """Quadrature nodes of every component."""
        spread = self.means[..., None] + self.deviations[..., None] * _POINTS
        return spread.reshape(*self.means.shape[:-1], -1)

    @cached_property
    def weights(self) -> Array:
        """Shares times the rule's weights."""
        return np.outer(self.shares, _WEIGHTS).ravel()

    def above(self, thresholds: Array) -> Array:
        """Σ w Φ((m − t)/s)."""
        total, still = np.zeros(thresholds.shape), bool((self.deviations == 0.0).any())
        part = np.empty(thresholds.shape)
        for place, share in enumerate(self.shares):
            np.subtract(self.means[..., place, None], thresholds, out=part)
            ties = part == 0.0 if still else None  # of a score without spread: 0/0
            with np.errstate(divide="ignore", invalid="ignore"):
                part /= self.deviations[..., place, None]
            if ties is not None:
                part[ties & np.isnan(part)] = 0.0
            total += np.multiply(share, ndtr(part, out=part), out=part)
        return total


@dataclass(frozen=True, eq=False)
class DrawnScores:
    """A test sample's scores.

    Attributes
    ----------
    points : Array
        (..., m).
    """

    points: Array

    @cached_property
    def weights(self) -> Array:
        """1/m each."""
        return np.full(self.points.shape[-1], 1.0 / self.points.shape[-1])

    def above(self, thresholds: Array) -> Array:
        """Share of the scores above each threshold."""
        flat, asked = self.points.reshape(-1, self.points.shape[-1]), thresholds.reshape(-1, thresholds.shape[-1])
        out = np.empty(asked.shape)
        for place, (own, each) in enumerate(zip(flat, asked, strict=True)):
            own = np.sort(own)
            below = np.searchsorted(own, each, "left") + np.searchsorted(own, each, "right")
            out[place] = 1.0 - 0.5 * below / own.size
        return out.reshape(thresholds.shape)


@dataclass(frozen=True, eq=False)
class RankingMeasures:
    """Every measure of a pair of score laws.

    Attributes
    ----------
    zero, one : ScoreLaw
        Of the majority and of the minority.
    prevalence : float
        π of AUPRC, Brier score, log loss and calibration.
    threshold : float
        Scores above it are the minority's.
    between : callable, optional
        The law at a uniform place of a segment from a row of the majority to one of the minority.
    """

    zero: ScoreLaw
    one: ScoreLaw
    prevalence: float = 0.5
    threshold: float = 0.0
    between: Callable[[], ScoreLaw] | None = None

    def of(self, names: Sequence[Ranking]) -> list[Array]:
        """The measures asked for, (...) each."""
        known: dict[Ranking, Callable[[], Array]] = {
            "auroc": self._auroc,
            "auprc": self._auprc,
            "brier": lambda: self._mean(lambda f, y: np.square(expit(f) - y)),
            "log_loss": lambda: self._mean(lambda f, y: np.logaddexp(0.0, f) - y * f),
            "minority_loss": lambda: np.logaddexp(0.0, -self.one.points) @ self.one.weights,
            "calibration_slope": lambda: self._calibration[1],
            "calibration_intercept": lambda: self._calibration[0],
            "margin_majority": lambda: -self._level(self.zero),
            "margin_minority": lambda: self._level(self.one),
            "margin_ratio": lambda: -self._level(self.one) / self._level(self.zero),
            "boundary_share": self._boundary_share,
            "recall": lambda: self._positive(self.one),
            "specificity": lambda: 1.0 - self._positive(self.zero),
            "g_mean": lambda: np.sqrt(self._positive(self.one) * (1.0 - self._positive(self.zero))),
        }
        with np.errstate(invalid="ignore"):  # a failed fit has no scores
            return [np.asarray(known[name]()) for name in names]

    def _level(self, scores: ScoreLaw) -> Array:
        """Mean score above the threshold, (...)."""
        return np.asarray(scores.points @ scores.weights - self.threshold)

    def _boundary_share(self) -> Array:
        if self.between is None:
            raise SynththeoryError("boundary_share needs the scores between the rows of the classes")
        return np.asarray(1.0 - self._positive(self.between()))

    def _auroc(self) -> Array:
        return np.asarray((1.0 - self.zero.above(self.one.points)) @ self.one.weights)

    def _auprc(self) -> Array:
        found = self.prevalence * self.one.above(self.one.points)
        wrong = (1.0 - self.prevalence) * self.zero.above(self.one.points)
        with np.errstate(invalid="ignore"):
            precision = np.where(found + wrong == 0.0, 1.0, found / (found + wrong))
        return np.asarray(precision @ self.one.weights)

    def _positive(self, scores: ScoreLaw) -> Array:
        places = np.full((*scores.points.shape[:-1], 1), self.threshold)
        return scores.above(places)[..., 0]

    def _mean(self, value: Callable[[Array, float], Array]) -> Array:
        """π E_1 value(f + logit π, 1) + (1 − π) E_0 value(f + logit π, 0)."""
        shift = log(self.prevalence / (1.0 - self.prevalence))
        one = value(self.one.points + shift, 1.0) @ self.one.weights
        zero = value(self.zero.points + shift, 0.0) @ self.zero.weights
        return np.asarray(self.prevalence * one + (1.0 - self.prevalence) * zero)

    @cached_property
    def _calibration(self) -> tuple[Array, Array]:
        """Intercept and slope by Newton's method; NaN where it does not settle, as between separated scores."""
        shift = log(self.prevalence / (1.0 - self.prevalence))
        shape = self.one.points.shape[:-1]
        found = np.stack([np.zeros(shape), np.ones(shape)], axis=-1)
        classes = ((self.one, self.prevalence, 1.0), (self.zero, 1.0 - self.prevalence, 0.0))
        for _ in range(50):
            gradient, hessian = np.zeros((*shape, 2)), np.zeros((*shape, 2, 2))
            for law, share, label in classes:
                design = np.stack([np.ones_like(law.points), law.points + shift], axis=-1)
                chance = expit((design @ found[..., None])[..., 0])
                weighted = share * law.weights
                gradient += np.einsum("...k,...ki->...i", weighted * (chance - label), design)
                curved = (weighted * chance * (1.0 - chance))[..., None] * design
                hessian += np.einsum("...ki,...kj->...ij", curved, design)
            step = np.einsum("...ij,...j->...i", np.linalg.pinv(np.nan_to_num(hessian)), gradient)
            found = found - np.clip(step, -2.0, 2.0)
            if np.nanmax(np.abs(step), initial=0.0) < 1e-10:
                break
        settled = np.abs(step).max(axis=-1) < 1e-6
        return np.where(settled, found[..., 0], np.nan), np.where(settled, found[..., 1], np.nan)
