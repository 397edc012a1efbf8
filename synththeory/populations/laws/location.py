"""Laws of rows: a mean plus a linear map of standard noise, with their exact moments up to order four."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.kernels import draw as kernels
from synththeory.kernels import sums as kinds
from synththeory.kernels.sums import mapped_sums, shifted_sums
from synththeory.sample import Law
from synththeory.streams import Streams

Noise = Literal["gaussian", "cube", "rademacher", "sphere"]
NOISE_KINDS = {"gaussian": kinds.GAUSSIAN, "cube": kinds.CUBE, "rademacher": kinds.RADEMACHER, "sphere": kinds.SPHERE}


class RowLaw(Law, Protocol):
    """The law of a stratum's rows with its exact moments: a mixture of location laws, one or many."""

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""

    @property
    def components(self) -> tuple[tuple[float, LocationLaw], ...]:
        """Weights, which sum to one, and location laws."""


def standard_noise(kind: Noise, streams: Streams, purpose: str, size: int, dimension: int) -> Array:
    """Independent rows with mean zero and identity covariance.

    Parameters
    ----------
    kind : {"gaussian", "cube", "rademacher", "sphere"}
        N(0, I); uniform on [−√3, √3]^d; uniform on {−1, 1}^d; uniform on the sphere of radius √d.
    streams, purpose
        Name of the draw.
    size, dimension : int
        Number of rows n and of coordinates d.

    Returns
    -------
    Array
        (B, n, d); the first rows of a longer draw are a shorter one.
    """
    if kind in ("gaussian", "sphere"):
        rows = streams.normals(purpose, size, dimension)
        if kind == "sphere":
            kernels.project_to_sphere(rows)
        return rows
    rows = streams.uniforms(purpose, size, dimension)
    shape = kernels.centre_uniforms if kind == "cube" else kernels.sign_uniforms
    shape(rows.reshape(streams.count, -1))
    return rows


def affine_sums(
    kind: Noise, streams: Streams, purpose: str, centre: Array, factor: Array | None, sizes: Integers
) -> Array:
    """Σ (x, 1)(x, 1)ᵀ over the first rows x = centre + factor · ξ of standard noise, without drawing a row.

    Parameters
    ----------
    kind, streams, purpose
        Name of the noise, as for `standard_noise`.
    centre : Array
        (B, d).
    factor : Array or None
        (B, d, d); None for the identity.
    sizes : Integers
        (B, S), not decreasing along S.

    Returns
    -------
    Array
        (B, S, d + 1, d + 1).
    """
    sums = streams.sums(NOISE_KINDS[kind], purpose, centre.shape[1], sizes)
    if factor is not None:
        mapped = np.empty_like(sums)
        mapped_sums(sums, factor, mapped)
        sums = mapped
    out = np.empty_like(sums)
    shifted_sums(sums, centre, out)
    return out


def noise_quartic(kind: Noise, u: Vector) -> Matrix:
    """E[(ξᵀu)² ξξᵀ] for standard noise ξ.

    Independent coordinates with fourth moment κ: ‖u‖²I + 2uuᵀ + (κ − 3) diag(u²), κ = 3, 9/5, 1 for Gaussian, cube,
    Rademacher; the sphere of radius √d: d/(d + 2) (‖u‖²I + 2uuᵀ). [D]

    Parameters
    ----------
    u : Vector
        (d,).

    Returns
    -------
    Matrix
        (d, d).
    """
    return noise_form(kind, np.outer(u, u), float(u @ u))


def noise_form(kind: Noise, form: Matrix, trace: float) -> Matrix:
    """E[(ξᵀAξ) ξξᵀ] of standard noise ξ for a symmetric A, (d, d), and its trace: `noise_quartic` has A = uuᵀ. [D]"""
    dimension = form.shape[0]
    normal: Matrix = trace * np.eye(dimension) + 2.0 * form
    if kind == "sphere":
        return np.asarray(normal * (dimension / (dimension + 2.0)))
    fourth = {"gaussian": 3.0, "cube": 1.8, "rademacher": 1.0}[kind]
    return normal + (fourth - 3.0) * np.diag(form.diagonal())


@dataclass(frozen=True, eq=False)
class LocationLaw:
    """X = mean + factor · ξ with standard, symmetric noise ξ.

    Attributes
    ----------
    mean : Vector
        (d,).
    factor : Matrix or None
        (d, d) with factor · factorᵀ the covariance; None for the identity.
    noise : str
        Kind of ξ (see `standard_noise`).
    """

    mean: Vector
    factor: Matrix | None = None
    noise: Noise = "gaussian"

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return int(self.mean.shape[0])

    @cached_property
    def spread(self) -> Matrix:
        """The factor as a matrix, (d, d)."""
        return np.eye(self.dimension) if self.factor is None else self.factor

    @cached_property
    def scales(self) -> Vector | None:
        """(d,) where each coordinate has noise of its own, X_j = mean_j + scales_j ξ_j; None where noise is mixed."""
        if self.factor is None:
            return np.ones(self.dimension)
        scales = np.diagonal(self.factor)
        return scales.copy() if np.array_equal(self.factor, np.diag(scales)) else None

    @property
    def covariance(self) -> Matrix:
        """Covariance, (d, d)."""
        return np.asarray(self.spread @ self.spread.T)

    @property
    def components(self) -> tuple[tuple[float, LocationLaw], ...]:
        """The law as a mixture: weights and location laws (here one)."""
        return ((1.0, self),)

    def centred(self) -> LocationLaw:
        """The same law moved to mean zero."""
        return LocationLaw(np.zeros(self.dimension), self.factor, self.noise)

    def quartic(self, theta: Vector) -> Matrix:
        """E[(εᵀθ)² εεᵀ] for ε = X − mean; θ (d,), result (d, d)."""
        return np.asarray(self.spread @ noise_quartic(self.noise, self.spread.T @ theta) @ self.spread.T)

    @property
    def longer(self) -> Matrix:
        """E[‖ε‖² εεᵀ] for ε = X − mean, (d, d): F E[(ξᵀFᵀFξ) ξξᵀ] Fᵀ, F the factor. [D]"""
        form = self.spread.T @ self.spread
        return np.asarray(self.spread @ noise_form(self.noise, form, float(np.trace(form))) @ self.spread.T)

    def sums(self, streams: Streams, purpose: str, sizes: Integers) -> Array:
        """Σ (x, 1)(x, 1)ᵀ over the first rows of ``draw``, (B, S, d + 1, d + 1) for sizes (B, S), up to rounding."""
        factor = None if self.factor is None else np.tile(self.factor, (streams.count, 1, 1))
        return affine_sums(self.noise, streams, purpose, np.tile(self.mean, (streams.count, 1)), factor, sizes)

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, d)."""
        noise = standard_noise(self.noise, streams, purpose, size, self.dimension)
        means = np.tile(self.mean, (streams.count, 1))
        if self.factor is not None:
            rows = np.empty_like(noise)
            kernels.affine_rows(noise, means, np.tile(self.factor, (streams.count, 1, 1)), rows)
            return rows
        if self.mean.any():
            kernels.add_to_rows(noise, means)
        return noise
