"""Moments of the synthetic score of K linear scores, one a class, measured by the pilot's independent sets."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.generators.base import Generator
from synththeory.generators.moments import GeneratorMoments
from synththeory.generators.pilot_sets import pilot
from synththeory.losses import ClassLoss
from synththeory.populations import Population, exact_risk

_TILE = 2048  # rows whose scores stay in the cache


def class_pilot_moments(
    generator: Generator, population: Population, loss: ClassLoss, stratum: int, count: int, theta: Vector | None
) -> GeneratorMoments:
    """As `synththeory.generators.pilot.measured`, for parameters θ of all classes.

    With m̂ the mean score of a set's m synthetic rows and s̄ that of its seeds: V_m = n_c[Cov m̂ − Σ_syn/m],
    C = n_c Cov(s̄, m̂), gradient = mean m̂ (any second-order shift is included), Σ_syn the mean covariance within sets.
    Mean and covariance of s̄ are known, so the regression on s̄ is a control. [D]

    Parameters
    ----------
    generator, population, loss
        Who imitates whom, and the score.
    stratum : int
        The class imitated.
    count : int
        Seeds a set, n_c.
    theta : Vector or None
        Where, (K·p,); θ* when None.
    """
    exact = exact_risk(population, loss)
    place = exact.optimum if theta is None else theta
    own = population.strata[stratum]
    coding, known = np.array(own.coding), exact.at(own, population.laws[stratum], place)
    each, drawn = place.reshape(coding.size, -1), pilot(generator, population, stratum, count)
    seeds, made = (rows[..., : each.shape[1]] for rows in (drawn.seeds.values, drawn.synthetic.values))
    at_seeds, means = (_means(rows, loss, coding, each) for rows in (seeds, made))
    within, hessian = _spread(made, loss, coding, each, means)
    size = place.size
    joint = count * np.cov(np.concatenate([at_seeds, means], axis=1), rowvar=False)
    gain = np.linalg.lstsq(joint[:size, :size], joint[:size, size:], rcond=1e-10)[0]
    left = joint[size:, size:] - gain.T @ joint[:size, :size] @ gain - within * (count / made.shape[1])
    return GeneratorMoments(
        gradient=means.mean(axis=0) - (at_seeds.mean(axis=0) - known.gradient) @ gain,
        hessian=hessian,
        covariance=within,
        shift=np.zeros(size),
        fluctuation=left + gain.T @ known.covariance @ gain,
        coupling=known.covariance @ gain,
        source="pilot",
    )


def _means(rows: Array, loss: ClassLoss, coding: Vector, theta: Matrix) -> Matrix:
    """Mean score of every set, (sets, K·p)."""
    slopes = loss.slope(rows @ theta.T, coding)
    return np.asarray(np.swapaxes(slopes, 1, 2) @ rows / rows.shape[1]).reshape(rows.shape[0], -1)


def _spread(rows: Array, loss: ClassLoss, coding: Vector, theta: Matrix, means: Matrix) -> tuple[Matrix, Matrix]:
    """Mean covariance of the scores within a set, and the mean Hessian, (K·p, K·p) each."""
    flat, size = rows.reshape(-1, rows.shape[-1]), means.shape[1]
    squares, bends = np.zeros((size, size)), np.zeros((size, size))
    for start in range(0, flat.shape[0], _TILE):
        tile = flat[start : start + _TILE]
        linear = tile @ theta.T
        scores = (loss.slope(linear, coding)[:, :, None] * tile[:, None, :]).reshape(len(tile), size)
        squares += scores.T @ scores
        bends += np.einsum("ikc,ip,iq->kpcq", loss.curvature(linear, coding), tile, tile, optimize=True).reshape(
            size, size
        )
    count = rows.shape[1]
    within = (squares / len(flat) - means.T @ means / rows.shape[0]) * (count / (count - 1))
    return within, bends / len(flat)
