"""Generator moments measured once by an independent simulation, for generators without known moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.generators.base import Generator, GeneratorMoments, Imitation, MomentSource
from synththeory.generators.class_pilot import class_pilot_moments
from synththeory.generators.pilot_sets import pilot
from synththeory.lazy import lazy
from synththeory.losses import ClassLoss, Loss
from synththeory.populations import LocationLaw, MixtureLaw, Population, RowLaw, truth
from synththeory.sample import Stratum

_TILE = 2048  # rows whose weighted copy stays in the cache


def moments_of(
    source: MomentSource, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
) -> GeneratorMoments:
    """Moments of the synthetic score at θ: in closed form, or else from a pilot.

    Parameters
    ----------
    source : MomentSource
        A generator, or one with its bias corrected.
    population, loss, stratum, count, theta
        As for `Generator.mismatch`.

    Raises
    ------
    NotImplementedError
        When there is neither.
    """
    known = source.mismatch(population, loss, stratum, count, theta)
    if known is not None:
        return known
    if not isinstance(source, Generator):
        raise NotImplementedError(f"no moments of {type(source).__name__} are known")
    return pilot_moments(source, population, loss, stratum, count, theta)


def pilot_moments(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
) -> GeneratorMoments:
    """Moments of the synthetic score at θ, from independent sets of ``count`` seeds (see `measured`).

    Parameters
    ----------
    generator : Generator
        Whose rows are measured.
    population, loss, stratum
        What they imitate, and the score.
    count : int
        Seeds a set, n1.
    theta : Vector, optional
        Where, (p,), or (K·p,) for K scores; θ* when not given.

    Returns
    -------
    GeneratorMoments
        Marked ``source="pilot"``.
    """
    if isinstance(loss, ClassLoss):
        return class_pilot_moments(generator, population, loss, stratum, count, theta)
    place = truth(population, loss).optimum if theta is None else theta
    still, label = np.zeros(population.dimension), population.strata[stratum].response
    return measured(generator, population, loss, stratum, count, place, still, label).moments


def measured(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector, move: Vector,
    label: float,
) -> Imitation:  # fmt: skip
    """What `synththeory.generators.imitation` says, from the pilot's independent sets of ``count`` seeds.

    With m̂ the mean score of the m synthetic rows of a set and s̄ that of its seeds, over sets:
    V_m = n1[Cov m̂ − Σ_syn/m], C = n1 Cov(s̄, m̂), Σ_syn the mean covariance within sets, gradient = mean m̂ (any
    second-order shift is included). The regression of everything on s̄ is a control: mean and covariance of s̄ are known
    exactly, so only what s̄ does not explain is estimated from as few numbers as there are sets. [D]
    A moved row is T z with a fixed matrix T, its score T · slope(zᵀTᵀθ) z: no row is moved.

    Parameters
    ----------
    generator, population, loss, stratum, count, theta, move, label
        As for `synththeory.generators.imitation`.

    Returns
    -------
    Imitation
        Marked ``source="pilot"``.
    """
    drawn, law = pilot(generator, population, stratum, count), population.laws[stratum]
    size, dimension, own_label = theta.shape[0], move.shape[0], population.strata[stratum].response
    still, transport = np.eye(size, dimension + 1), np.eye(size, dimension + 1)
    transport[:dimension, dimension] = move
    made = _Scores(drawn.synthetic, loss, label, transport.T @ theta)
    seeds = _Scores(drawn.seeds, loss, label, transport.T @ theta)
    same = label == own_label and not move.any()
    here = seeds if same else _Scores(drawn.seeds, loss, own_label, still.T @ theta)
    means, own = made.means @ transport.T, seeds.means @ transport.T
    within = transport @ made.within @ transport.T
    rows = drawn.seeds[..., :dimension].mean(axis=1)
    joint = count * np.cov(np.concatenate([here.means @ still.T, own, means, rows], axis=1), rowvar=False)
    known = truth(population, loss).at(Stratum("moved", 1, label), moved(law, move), theta)
    control, influence = slice(size, 2 * size), slice(2 * size, 3 * size)
    gain = np.linalg.lstsq(joint[control, control], joint[control], rcond=1e-12)[0]
    joint += gain.T @ (known.covariance - joint[control, control]) @ gain
    joint[influence, influence] -= within * (count / drawn.synthetic.shape[1])
    bend = transport @ (made.mean_bend - seeds.mean_bend)
    return Imitation(
        known,
        means.mean(axis=0) - (own.mean(axis=0) - known.gradient) @ gain[:, influence],
        transport @ made.hessian @ transport.T,
        within,
        np.outer(bend, theta[:dimension]) + (made.mean_slope - seeds.mean_slope) * np.eye(size, dimension),
        joint,
        "pilot",
    )


def moved(law: RowLaw, move: Vector) -> RowLaw:
    """The law of x + move."""
    weights, parts = zip(*law.components, strict=True)
    there = tuple(LocationLaw(part.mean + move, part.factor, part.noise) for part in parts)
    return there[0] if len(there) == 1 else MixtureLaw(weights, there)


@dataclass(frozen=True, eq=False)
class _Scores:
    """Scores ∂ℓ/∂f z of rows z, (sets, n, q), that carry one label."""

    rows: Array
    loss: Loss
    label: float
    theta: Vector

    @lazy
    def _linear(self) -> Array:
        return np.asarray(self.rows @ self.theta)

    @lazy
    def _slopes(self) -> Array:
        return self.loss.slope(self._linear, self.label)

    @lazy
    def _bends(self) -> Array:
        return self.loss.curvature(self._linear, self.label)

    @lazy
    def means(self) -> Array:
        """Mean score of every set, (sets, q)."""
        return np.asarray((self._slopes[:, None, :] @ self.rows)[:, 0] / self.rows.shape[1])

    @property
    def mean_slope(self) -> float:
        """E ∂ℓ/∂f."""
        return float(self._slopes.mean())

    @property
    def mean_bend(self) -> Vector:
        """E ∂²ℓ/∂f² z, (q,)."""
        return np.asarray(self._bends.ravel() @ self._flat / self._bends.size)

    @property
    def hessian(self) -> Matrix:
        """E ∂²ℓ/∂f² zzᵀ, (q, q)."""
        return self._mean_square(np.sqrt(self._bends))

    @property
    def within(self) -> Matrix:
        """Mean covariance of the scores within a set, (q, q)."""
        sets, rows = self._slopes.shape
        between = self.means.T @ self.means / sets
        return np.asarray((self._mean_square(self._slopes) - between) * (rows / (rows - 1)))

    @property
    def _flat(self) -> Array:
        return self.rows.reshape(-1, self.rows.shape[2])

    def _mean_square(self, factors: Array) -> Matrix:
        """Mean of (cz)(cz)ᵀ, (q, q)."""
        rows, column = self._flat, factors.reshape(-1, 1)
        total: Matrix = np.zeros((rows.shape[1], rows.shape[1]))
        for first in range(0, rows.shape[0], _TILE):
            tile = column[first : first + _TILE] * rows[first : first + _TILE]
            total += tile.T @ tile
        return np.asarray(total / rows.shape[0])
