"""A generator set to imitate a stratum, perhaps moved and with another label: what bias transfer must know [D]."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.generators.base import Generator
from synththeory.generators.moments import GeneratorMoments, Imitation, Spread
from synththeory.generators.pilot import measured
from synththeory.generators.response import OWN, Polynomial, Response, joint_covariance
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import LocationLaw, Population, RowLaw, exact_risk
from synththeory.populations.laws.extended import Extended
from synththeory.sample import Stratum


def imitation(
    generator: Generator,
    population: Population,
    loss: Loss,
    stratum: int,
    count: int,
    theta: Vector,
    move: Vector,
    label: float,
) -> Imitation:
    """Closed form for squared loss, Gaussian rows and a generator with a `Response`; a pilot otherwise.

    Parameters
    ----------
    generator, population, loss
        Who imitates whom, and the score.
    stratum : int
        The stratum imitated.
    count : int
        Rows n it sees.
    theta : Vector
        Where, (p,).
    move : Vector
        Added to seeds and synthetic rows alike, (d,).
    label : float
        Their label.
    """
    law, response = population.laws[stratum], generator.response
    if response and isinstance(loss, SquaredLoss) and _normal(law):
        own_label = population.strata[stratum].response
        return _closed(response, population, loss, law, count, theta, move, (own_label, label))
    return measured(generator, population, loss, stratum, count, theta, move, label)


def _normal(law: RowLaw) -> TypeGuard[LocationLaw]:
    return isinstance(law, LocationLaw) and law.noise == "gaussian"


def own_imitation(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None
) -> GeneratorMoments | None:
    """A generator's moments at its own stratum, V_m and C blocks of the joint covariance; None without a closed form.

    Parameters
    ----------
    generator, population, loss, stratum, count
        As for `imitation`.
    theta : Vector or None
        Where, (p,); θ* when None.
    """
    if generator.response is None or not isinstance(loss, SquaredLoss) or not _normal(population.laws[stratum]):
        return None
    place = exact_risk(population, loss).optimum if theta is None else theta
    still, label = np.zeros(population.dimension), population.strata[stratum].response
    return imitation(generator, population, loss, stratum, count, place, still, label).moments


def _closed(
    response: Response, population: Population, loss: SquaredLoss, law: LocationLaw, count: int, theta: Vector,
    move: Vector, labels: tuple[float, float],
) -> Imitation:  # fmt: skip
    """With M the second moment of a row, S/n of the seeds' mean included: E m̂ = 2[Mθ − y(m + c)], H = 2M."""
    exact, dimension = exact_risk(population, loss), law.dimension
    slopes, size = theta[:dimension], theta.shape[0]
    there = LocationLaw(law.mean + move, law.factor)
    offset = np.full(dimension, response.offset)
    made = LocationLaw(there.mean + offset, np.asarray(np.linalg.cholesky(response.covariance(law.covariance))))
    limit = exact.at(Stratum("synthetic", 1, labels[1]), made, theta)
    extra = np.zeros((size, size))
    lost = 0.0 if response.unbiased else 1.0
    follows = float(response.follows)
    extra[:dimension, :dimension] = (follows * law.covariance - lost * response.spread(law.covariance)) / count

    def jacobian(place: LocationLaw, label: float) -> Matrix:
        mean = Extended(place, loss.intercept).mean
        return 2.0 * ((mean @ theta - label) * np.eye(size, dimension) + np.outer(mean, slopes))

    functions = (
        Polynomial(jacobian(law, labels[0]), OWN),
        Polynomial(jacobian(there, labels[1]), OWN),
        Polynomial(follows * jacobian(made, labels[1]), response),
        Polynomial(np.eye(dimension)),
    )
    return Imitation(
        exact.at(Stratum("moved", 1, labels[1]), there, theta),
        limit.gradient + 2.0 * extra @ theta,
        limit.hessian + 2.0 * extra,
        lambda: Spread(
            limit.covariance,
            jacobian(made, labels[1]) - functions[1].linear,
            joint_covariance(functions, slopes, law.covariance),
        ),
        "closed form",
    )
