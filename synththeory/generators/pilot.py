"""Generator moments measured once by an independent simulation, for generators without known moments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from synththeory.arrays import Vector
from synththeory.errors import NoTheoryError
from synththeory.generators.base import Generator
from synththeory.generators.class_pilot import class_pilot_moments
from synththeory.generators.moments import GeneratorMoments, Imitation, MeanScore, MeanScoreSource, MomentSource, Spread
from synththeory.generators.pilot_sets import Pilot, pilot
from synththeory.losses import ClassLoss, Loss
from synththeory.populations import LocationLaw, MixtureLaw, Population, RowLaw, StratumMoments, exact_risk
from synththeory.sample import Stratum

_FLAT = 1e-12  # of the control's largest direction: one this flat controls nothing


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
    NoTheoryError
        When there is neither.
    """
    known = source.mismatch(population, loss, stratum, count, theta)
    return pilot_moments(_piloted(source), population, loss, stratum, count, theta) if known is None else known


def mean_score_of(
    source: MomentSource, population: Population, loss: Loss, stratum: int, count: int, theta: Vector
) -> MeanScore:
    """The first moment of the synthetic score at θ alone, from where `moments_of` has it.

    Parameters
    ----------
    source, population, loss, stratum, count, theta
        As for `moments_of`.

    Raises
    ------
    NoTheoryError
        When it is not known.
    """
    if isinstance(source, MeanScoreSource):
        return source.mean_score(population, loss, stratum, count, theta)
    known = source.mismatch(population, loss, stratum, count, theta)
    return (known or _own(_piloted(source), population, loss, stratum, count, theta)).mean_score


def _piloted(source: MomentSource) -> Generator:
    if not isinstance(source, Generator):
        raise NoTheoryError(f"no moments of {type(source).__name__} are known")
    return source


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
    place = exact_risk(population, loss).optimum if theta is None else theta
    return _own(generator, population, loss, stratum, count, place).moments


def _own(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector
) -> Imitation:
    """Of the stratum where it is."""
    still, label = np.zeros(population.dimension), population.strata[stratum].response
    return measured(generator, population, loss, stratum, count, theta, still, label)


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
    exact, drawn = exact_risk(population, loss), pilot(generator, population, stratum, count)
    law, own_label = population.laws[stratum], population.strata[stratum].response
    known = partial(exact.at, Stratum("moved", 1, label), moved(law, move))
    scored = partial(_imitation, drawn, loss, known, theta, move, (own_label, label))
    if theta is not exact.optimum:
        return scored()
    return drawn.imitations.get((loss, move.tobytes(), label), lambda: scored().kept)


def _imitation(
    drawn: Pilot, loss: Loss, known_at: Callable[[Vector], StratumMoments], theta: Vector, move: Vector,
    labels: tuple[float, float],
) -> Imitation:  # fmt: skip
    size, dimension, count, known = theta.shape[0], move.shape[0], drawn.seeds.values.shape[1], known_at(theta)
    still, transport = np.eye(size, dimension + 1), np.eye(size, dimension + 1)
    transport[:dimension, dimension] = move
    made, seeds = drawn.scores(loss, labels[1], transport.T @ theta)
    same = labels[0] == labels[1] and not move.any()
    own, means = seeds.deviations @ transport.T, made.deviations @ transport.T
    gain = np.linalg.lstsq(own.T @ own, own.T @ means, rcond=_FLAT)[0]

    def spread() -> Spread:
        here = seeds if same else drawn.scores(loss, labels[0], still.T @ theta)[1]
        within = transport @ made.within @ transport.T
        stacked = np.concatenate([here.deviations @ still.T, own, means, seeds.places[:, :dimension]], axis=1)
        joint = count * (stacked.T @ stacked)
        control, influence = slice(size, 2 * size), slice(2 * size, 3 * size)
        gain = np.linalg.lstsq(joint[control, control], joint[control], rcond=_FLAT)[0]
        joint += gain.T @ (known.covariance - joint[control, control]) @ gain
        joint[influence, influence] -= within * (count / drawn.synthetic.values.shape[1])
        bend = transport @ (made.mean_bend - seeds.mean_bend)
        slope = np.outer(bend, theta[:dimension]) + (made.mean_slope - seeds.mean_slope) * np.eye(size, dimension)
        return Spread(within, slope, joint)

    gradient = transport @ made.mean - (transport @ seeds.mean - known.gradient) @ gain
    return Imitation(known, gradient, transport @ made.hessian @ transport.T, spread, "pilot")


def moved(law: RowLaw, move: Vector) -> RowLaw:
    """The law of x + move."""
    weights, parts = zip(*law.components, strict=True)
    there = tuple(LocationLaw(part.mean + move, part.factor, part.noise) for part in parts)
    return there[0] if len(there) == 1 else MixtureLaw(weights, there)
