"""The nonparametric scaling law in the Gaussian sequence model, exactly (`theory.md` §6 [R]).

y_k = f_k + ε ξ_k over the frequencies k ∈ ℤ of a periodic function f on the line (p = 1), with noise level ε² = σ²v(α)
and f in the Sobolev ball Σ |k|^{2β} f_k² ≤ Q. Pinsker's filter λ_k = (1 − κ|k|^β)_+, with κ from
ε² Σ |k|^β (1/κ − |k|^β)_+ = Q, is minimax among linear ones, with worst risk

    r(ε²) = ε² Σ (1 − κ|k|^β)_+ ~ ε^{4β/(2β+1)}.

A generator that errs by g moves the mean of y by αg and adds α² Σ λ_k² g_k² to the mean risk over Pinsker's least
favourable prior, under which f has mean zero [D]; the floor, at α = 1 and λ = 1, is ‖g‖² = 2σ² KL for Gaussian noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Vector


@dataclass(frozen=True)
class SequenceModel:
    """Who the data come from.

    Attributes
    ----------
    smoothness : int
        β ≥ 1.
    radius : float
        Q > 0.
    noise : float
        σ² > 0, variance of one row.
    """

    smoothness: int
    radius: float = 1.0
    noise: float = 1.0

    def bandwidth(self, level: float) -> float:
        """κ^{−1/β}: the frequency from which Pinsker's filter is zero, at noise level ε² = ``level``."""
        from scipy.optimize import brentq  # slow to import

        def excess(log_width: float) -> float:
            frequencies, filtered = self._filter(float(np.exp(log_width)))
            drawn = frequencies**self.smoothness * filtered * np.exp(log_width) ** self.smoothness
            return float(np.log(2.0 * level * drawn.sum() / self.radius))

        guess = np.log(self.radius / level) / (2 * self.smoothness + 1)
        return float(np.exp(brentq(excess, 1e-9, guess + 5.0, xtol=1e-13)))

    def minimax(self, level: float) -> float:
        """r(ε²): the least worst risk of a linear filter."""
        _, filtered = self._filter(self.bandwidth(level))
        return float(level * (1.0 + 2.0 * filtered.sum()))

    def floor_part(self, level: float, error: Vector) -> float:
        """Σ λ_k² g_k², (K,) ``error`` holding g_k² + g_{−k}² of the frequencies 0, …, K − 1."""
        width = self.bandwidth(level)
        kept = np.maximum(1.0 - (np.arange(error.shape[0]) / width) ** self.smoothness, 0.0)
        return float(kept**2 @ error)

    def _filter(self, width: float) -> tuple[Vector, Vector]:
        """The positive frequencies below the bandwidth, and λ there."""
        frequencies = np.arange(1.0, np.ceil(width))
        return frequencies, 1.0 - (frequencies / width) ** self.smoothness


@dataclass(frozen=True)
class SequencePoint:
    """The law at one number N of synthetic rows.

    Attributes
    ----------
    rows : int
        N.
    effective : float
        1/v(α) = n + N rows, all weighed alike.
    bandwidth : float
        Frequencies that Pinsker's filter lets through.
    variance, bias : float
        Minimax part and the generator's part of the risk.
    """

    rows: int
    effective: float
    bandwidth: float
    variance: float
    bias: float

    @property
    def excess(self) -> float:
        """Both parts."""
        return self.variance + self.bias


def sequence_curve(model: SequenceModel, real: int, rows: tuple[int, ...], error: Vector) -> tuple[SequencePoint, ...]:
    """The law at growing N, real and synthetic rows pooled: α = N/(n + N), v(α) = 1/(n + N).

    Parameters
    ----------
    model : SequenceModel
        Smoothness, radius and noise.
    real : int
        n ≥ 1.
    rows : tuple of int
        N, each ≥ 0.
    error : Vector
        (K,) squared error of the generator at the frequencies 0, …, K − 1 (both signs together).
    """
    points = []
    for added in rows:
        total = real + added
        level = model.noise / total
        part = (added / total) ** 2 * model.floor_part(level, error)
        points.append(SequencePoint(added, float(total), model.bandwidth(level), model.minimax(level), part))
    return tuple(points)


@dataclass(frozen=True)
class FittedSlope:
    """Least squares slope of log excess on log 1/v(α) over a region.

    There is no sampling error: what keeps the slope from the theorem's exponent is that the region is finite.

    Attributes
    ----------
    slope : float
        The slope.
    curvature : float
        Largest distance of a local slope, between neighbouring points, from the fitted one: how far the curve is from a
        line.
    first, last : int
        N at the ends of the region.
    points : int
        Points in it.
    """

    slope: float
    curvature: float
    first: int
    last: int
    points: int

    def agrees(self, exponent: float, tolerance: float = 0.01) -> bool:
        """Whether the curve is a line of a theorem's exponent: a bent curve agrees with none, however wide it bends."""
        return abs(self.slope - exponent) <= tolerance and self.curvature <= 2.0 * tolerance


def law_region(
    points: tuple[SequencePoint, ...], narrowest: float = 20.0, share: float = 1e-3
) -> tuple[SequencePoint, ...]:
    """Where the power law should hold: a bandwidth of at least ``narrowest``, and bias at most ``share`` of the excess.

    Both ends are decided from the law's own parts, before any slope is looked at: a narrow filter is not yet in the
    asymptotics, and a bias of share s bends a local slope by the share s of itself.

    Parameters
    ----------
    points : tuple of SequencePoint
        The law at several numbers of synthetic rows.
    narrowest : float
        Least bandwidth h, > 0.
    share : float
        Most of the excess risk that is bias, in (0, 1).
    """
    return tuple(point for point in points if point.bandwidth >= narrowest and point.bias <= share * point.excess)


def fitted_slope(points: tuple[SequencePoint, ...]) -> FittedSlope:
    """The slope over a region.

    Raises
    ------
    ValueError
        With fewer than four points.
    """
    if len(points) < 4:
        raise ValueError(f"a slope needs at least 4 points in the region, got {len(points)}")
    x = np.log([point.effective for point in points])
    y = np.log([point.excess for point in points])
    slope = float(np.polyfit(x, y, 1)[0])
    farthest = float(np.abs(np.diff(y) / np.diff(x) - slope).max())
    return FittedSlope(slope, farthest, points[0].rows, points[-1].rows, len(points))
