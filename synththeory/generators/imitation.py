"""A generator set to imitate a stratum, perhaps moved and with another label: what bias transfer must know [D]."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.generators.base import Generator, GeneratorMoments, Source
from synththeory.generators.pilot import pilot
from synththeory.generators.response import OWN, Polynomial, Response, joint_covariance
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import LocationLaw, MixtureLaw, Population, RowLaw, StratumMoments, truth
from synththeory.populations.extended import Extended
from synththeory.sample import Stratum


@dataclass(frozen=True, eq=False)
class Imitation:
    """Moments of the score of a moved stratum's rows T x = x + move, and of what a generator makes of n of them.

    Attributes
    ----------
    own : StratumMoments
        Of the moved stratum itself, with the label asked for.
    gradient : Vector
        E of the mean synthetic score, second-order shift included, (p,).
    hessian, covariance : Matrix
        H_syn and Σ_syn, the covariance of a synthetic score given the seeds, (p, p).
    slope : Matrix
        Derivative in the move of the mean synthetic score less the mean own score, (p, d).
    joint : Matrix
        Covariance a seed of (score with the stratum's label where it is, score moved and relabelled, influence on the
        mean synthetic score, row), (3p + d, 3p + d).
    source : {"closed form", "pilot"}
    """

    own: StratumMoments
    gradient: Vector
    hessian: Matrix
    covariance: Matrix
    slope: Matrix
    joint: Matrix
    source: Source

    @property
    def bias(self) -> Vector:
        """δ = ∇(mean synthetic loss − mean loss)(θ), (p,)."""
        return self.gradient - self.own.gradient


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
    if isinstance(loss, SquaredLoss) and isinstance(law, LocationLaw) and law.noise == "gaussian" and response:
        own_label = population.strata[stratum].label
        return _closed(response, population, loss, law, count, theta, move, (own_label, label))
    return _measured(generator, population, loss, stratum, count, theta, move, label)


def own_imitation(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None
) -> GeneratorMoments:
    """A generator's moments at its own stratum: V_m and C are blocks of the joint covariance.

    Parameters
    ----------
    generator, population, loss, stratum, count
        As for `imitation`.
    theta : Vector or None
        Where, (p,); θ* when None.
    """
    place = truth(population, loss).optimum if theta is None else theta
    still, label = np.zeros(population.dimension), population.strata[stratum].label
    here = imitation(generator, population, loss, stratum, count, place, still, label)
    size = place.shape[0]
    own, made = slice(size, 2 * size), slice(2 * size, 3 * size)
    return GeneratorMoments(
        here.gradient, here.hessian, here.covariance, np.zeros(size), here.joint[made, made], here.joint[own, made],
        here.source,
    )  # fmt: skip


def moved(law: RowLaw, move: Vector) -> RowLaw:
    """The law of x + move."""
    weights, parts = zip(*law.components, strict=True)
    there = tuple(LocationLaw(part.mean + move, part.factor, part.noise) for part in parts)
    return there[0] if len(there) == 1 else MixtureLaw(weights, there)


def _closed(
    response: Response, population: Population, loss: SquaredLoss, law: LocationLaw, count: int, theta: Vector,
    move: Vector, labels: tuple[float, float],
) -> Imitation:  # fmt: skip
    """With M the second moment of a row, S/n of the seeds' mean included: E m̂ = 2[Mθ − y(m + c)], H = 2M."""
    exact, dimension = truth(population, loss), law.dimension
    slopes, size = theta[:dimension], theta.shape[0]
    there = LocationLaw(law.mean + move, law.factor)
    offset = np.full(dimension, response.offset)
    made = LocationLaw(there.mean + offset, np.asarray(np.linalg.cholesky(response.covariance(law.covariance))))
    limit = exact.at(Stratum("synthetic", labels[1]), made, theta)
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
        exact.at(Stratum("moved", labels[1]), there, theta),
        limit.gradient + 2.0 * extra @ theta,
        limit.hessian + 2.0 * extra,
        limit.covariance,
        jacobian(made, labels[1]) - functions[1].linear,
        joint_covariance(functions, slopes, law.covariance),
        "closed form",
    )


def _measured(
    generator: Generator, population: Population, loss: Loss, stratum: int, count: int, theta: Vector, move: Vector,
    label: float,
) -> Imitation:  # fmt: skip
    """From the pilot's sets of seeds: covariances over sets, with the known mean of the own score as a control."""
    drawn, law = pilot(generator, population, stratum, count), population.laws[stratum]
    sets, rows = drawn.synthetic.shape[:2]
    size, own_label = theta.shape[0], population.strata[stratum].label
    seeds, synthetic = drawn.seeds + move, drawn.synthetic + move
    scores = loss.row_scores(synthetic, label, theta)
    means = scores.mean(axis=1)
    spread = (scores - means[:, None]).reshape(-1, size)
    within = spread.T @ spread / (sets * (rows - 1))
    own = loss.row_scores(seeds, label, theta).mean(axis=1)
    here = own if label == own_label and not move.any() else loss.row_scores(drawn.seeds, own_label, theta).mean(axis=1)
    joint = count * np.cov(np.concatenate([here, own, means, drawn.seeds.mean(axis=1)], axis=1), rowvar=False)
    influence = slice(2 * size, 3 * size)
    joint[influence, influence] -= within * (count / rows)
    known = truth(population, loss).at(Stratum("moved", label), moved(law, move), theta)
    control = joint[size : 2 * size, size : 2 * size]
    gain = np.linalg.lstsq(control, joint[size : 2 * size, influence], rcond=1e-12)[0]
    hessian, slope = _curvature(loss, synthetic, label, theta)
    return Imitation(
        known,
        means.mean(axis=0) - (own.mean(axis=0) - known.gradient) @ gain,
        hessian,
        within,
        slope - _curvature(loss, seeds, label, theta)[1],
        joint,
        "pilot",
    )


def _curvature(loss: Loss, rows: Matrix, label: float, theta: Vector) -> tuple[Matrix, Matrix]:
    """Mean Hessian, (p, p), and mean derivative of the score in the row, (p, d)."""
    dimension, size = rows.shape[-1], theta.shape[0]
    design = loss.design(rows).reshape(-1, size)
    bend = loss.curvature(design @ theta, label)
    slope = np.outer(bend @ design, theta[:dimension]) / bend.size
    slope += float(np.mean(loss.slope(design @ theta, label))) * np.eye(size, dimension)
    return (bend[:, None] * design).T @ design / bend.size, slope
