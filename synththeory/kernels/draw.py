"""Shapes that turn uniforms and normals into the rows of a law."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import kernel
from synththeory.kernels.tile import WIDTH, add_tile


@kernel
def centre_uniforms(rows: NDArray[np.float64]) -> None:
    """Map uniforms on [0, 1) to mean zero and variance one, in place, (B, m)."""
    for r in range(rows.shape[0]):
        row = rows[r]
        for i in range(row.shape[0]):
            row[i] = (row[i] - 0.5) * 3.4641016151377544  # √12


@kernel
def sign_uniforms(rows: NDArray[np.float64]) -> None:
    """Map uniforms on [0, 1) to signs ±1, in place, (B, m)."""
    for r in range(rows.shape[0]):
        row = rows[r]
        for i in range(row.shape[0]):
            row[i] = 1.0 if row[i] < 0.5 else -1.0


@kernel
def project_to_sphere(rows: NDArray[np.float64]) -> None:
    """Scale each row to length √d, in place, (B, n, d)."""
    dimension = rows.shape[2]
    for r in range(rows.shape[0]):
        for i in range(rows.shape[1]):
            square = 0.0
            for j in range(dimension):
                square += rows[r, i, j] * rows[r, i, j]
            factor = sqrt(dimension / square)
            for j in range(dimension):
                rows[r, i, j] *= factor


@kernel
def add_to_rows(rows: NDArray[np.float64], mean: NDArray[np.float64]) -> None:
    """Add a vector to every row, in place; rows (B, n, d), mean (B, d)."""
    for r in range(rows.shape[0]):
        for i in range(rows.shape[1]):
            for j in range(rows.shape[2]):
                rows[r, i, j] += mean[r, j]


@kernel
def affine_rows(
    noise: NDArray[np.float64], mean: NDArray[np.float64], factor: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Fill ``out`` with mean + factor · noise, row by row.

    Parameters
    ----------
    noise, out : arrays
        (B, n, d).
    mean : array
        (B, d).
    factor : array
        (B, d, d).
    """
    count, dimension = noise.shape[1], noise.shape[2]
    stride = -(-dimension // WIDTH) * WIDTH
    turned = np.zeros((dimension, stride))
    panel = np.zeros((WIDTH, dimension))
    block = np.empty((WIDTH, stride))
    for r in range(noise.shape[0]):
        for a in range(dimension):
            for b in range(dimension):
                turned[b, a] = factor[r, a, b]
        for start in range(0, count, WIDTH):
            here = min(WIDTH, count - start)
            for i in range(here):
                for j in range(dimension):
                    panel[i, j] = noise[r, start + i, j]
            for i in range(WIDTH):
                for j in range(dimension):
                    block[i, j] = mean[r, j]
            for c in range(0, dimension, WIDTH):
                add_tile(
                    panel.reshape(-1), 0, 1, dimension,
                    turned.reshape(-1), c, stride,
                    dimension,
                    block.reshape(-1), c, stride,
                )  # fmt: skip
            for i in range(here):
                for j in range(dimension):
                    out[r, start + i, j] = block[i, j]


@kernel
def pick_rows(rows: NDArray[np.float64], places: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Fill ``out`` (B, m, d) with rows chosen with replacement from ``rows`` (B, n, d) by uniforms (B, m)."""
    count = rows.shape[1]
    for r in range(rows.shape[0]):
        for i in range(out.shape[1]):
            place = int(places[r, i] * count)
            for j in range(rows.shape[2]):
                out[r, i, j] = rows[r, place, j]


@kernel
def interpolate_rows(
    rows: NDArray[np.float64], near: NDArray[np.int64], uniforms: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """SMOTE rows x_i + λ(x_j − x_i): i uniform over the seeds, j uniform over i's neighbours, λ ~ U(0, 1).

    Parameters
    ----------
    rows : array
        (B, n, d) seeds.
    near : array of int64
        (B, n, k) neighbours of each seed.
    uniforms : array
        (B, m, 3): choice of i, of j, and λ.
    out : array
        (B, m, d), filled.
    """
    count, neighbours = near.shape[1], near.shape[2]
    for r in range(rows.shape[0]):
        for i in range(out.shape[1]):
            seed = int(uniforms[r, i, 0] * count)
            other = near[r, seed, int(uniforms[r, i, 1] * neighbours)]
            weight = uniforms[r, i, 2]
            for j in range(rows.shape[2]):
                out[r, i, j] = rows[r, seed, j] + weight * (rows[r, other, j] - rows[r, seed, j])
