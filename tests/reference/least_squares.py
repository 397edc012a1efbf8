"""Least squares without intercept on real plus synthetic rows: populations, exact risk, studies F1 and F3."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from . import generators
from .generators import Array, Generator

F1_MINORITY_SIZES = (6, 12, 25, 50, 100, 200, 400, 800, 1600, 3200)
F3_GAMMAS = np.linspace(0.0, 4.0, 20)


class Curves(NamedTuple):
    """Results of one arm, both of shape (replications, sizes)."""

    excess_risk: Array
    parameter_error: Array


def standard_noise(rng: np.random.Generator, size: int, dimension: int, kind: str) -> Array:
    """Rows of mean zero and covariance I, shape (size, dimension): cube, rademacher, sphere or gaussian."""
    if kind == "cube":
        return rng.uniform(-math.sqrt(3.0), math.sqrt(3.0), size=(size, dimension))
    if kind == "rademacher":
        return rng.choice(np.array([-1.0, 1.0]), size=(size, dimension))
    normal = rng.standard_normal((size, dimension))
    if kind == "sphere":
        rows: Array = normal * (math.sqrt(dimension) / np.linalg.norm(normal, axis=1, keepdims=True))
        return rows
    if kind == "gaussian":
        return normal
    raise ValueError(f"noise: got {kind!r}, expected cube, rademacher, sphere or gaussian")


@dataclass(frozen=True)
class Population:
    """X given class c is means[c] plus noise of covariance I; the response is labels[c].

    Attributes
    ----------
    means : (2, d) array
        Class means, majority first.
    labels : (2,) array
        Responses, majority first.
    noise : str
        Kind of `standard_noise`.
    """

    means: Array
    labels: Array
    noise: str

    @cached_property
    def hessian(self) -> Array:
        """Half the Hessian of the balanced risk, I + ½ Σ_c m_c m_cᵀ, shape (d, d)."""
        return np.asarray(np.eye(self.means.shape[1]) + 0.5 * self.means.T @ self.means)

    @cached_property
    def optimum(self) -> Array:
        """Minimiser of the balanced risk ½ Σ_c (m_cᵀθ − y_c)² + ‖θ‖², shape (d,)."""
        return np.asarray(np.linalg.solve(self.hessian, 0.5 * self.labels @ self.means), dtype=np.float64)

    def draw_noise(self, rng: np.random.Generator, size: int) -> Array:
        """Noise rows, shape (size, d)."""
        return standard_noise(rng, size, self.means.shape[1], self.noise)

    def draw(self, stratum: int, rng: np.random.Generator, size: int) -> Array:
        """Rows of a class (0 the majority, 1 the minority), shape (size, d)."""
        rows: Array = self.means[stratum] + self.draw_noise(rng, size)
        return rows

    def excess_risk(self, theta: Array) -> Array:
        """Balanced risk above its minimum for coefficients of shape (sizes, d), shape (sizes,)."""
        error = theta - self.optimum
        return np.asarray(np.einsum("si,ij,sj->s", error, self.hessian, error))


def mean_shift(dimension: int = 20, shift: float = 1.0, noise: str = "cube") -> Population:
    """X = yμ + ξ with μ = shift · e_1 and y = ±1, the minority +1."""
    mean = shift * np.eye(dimension)[0]
    return Population(np.stack([-mean, mean]), np.array([-1.0, 1.0]), noise)


def gaussian_shift(mean: Array) -> Population:
    """N(0, I) with response 0 against N(mean, I) with response 1."""
    return Population(np.stack([np.zeros_like(mean), mean]), np.array([0.0, 1.0]), "gaussian")


def nested_least_squares(
    majority: Array,
    minority: Array,
    synthetic: Array,
    labels: Array,
    sizes: Sequence[int],
    ridge: float,
) -> Array:
    """Coefficients of (XᵀX + ridge I) θ = Xᵀy with the first m synthetic rows, for every m in `sizes`.

    Parameters
    ----------
    majority, minority, synthetic : (n0, d), (n1, d) and (≥ sizes[-1], d) arrays
    labels : (2,) array
        Responses of the majority and of the (real or synthetic) minority.
    sizes : increasing integers

    Returns
    -------
    (sizes, d) array
    """
    dimension = majority.shape[1]
    chunks = np.split(synthetic[: sizes[-1]], sizes[:-1])
    gram = np.cumsum([chunk.T @ chunk for chunk in chunks], axis=0)
    gram += majority.T @ majority + minority.T @ minority + ridge * np.eye(dimension)
    moment = labels[1] * np.cumsum([chunk.sum(axis=0) for chunk in chunks], axis=0)
    moment += labels[0] * majority.sum(axis=0) + labels[1] * minority.sum(axis=0)
    return np.linalg.solve(gram, moment[:, :, None])[:, :, 0]


def simulate(
    population: Population,
    arms: Mapping[str, Generator],
    counts: tuple[int, int],
    gammas: Array,
    ridge: float,
    replications: int,
    seed: int,
) -> dict[str, Curves]:
    """Curves of every arm in the synthetic size; the arms of a replication share its real rows.

    Parameters
    ----------
    counts : (n0, n1)
    gammas : (sizes,) increasing array
        Synthetic rows over the class gap n0 − n1.
    """
    sizes = generators.synthetic_sizes(gammas, counts[0] - counts[1]).tolist()
    shape = (replications, len(sizes))
    curves = {name: Curves(np.empty(shape), np.empty(shape)) for name in arms}
    for replication, stream in enumerate(np.random.default_rng(seed).spawn(replications)):
        data_stream, *arm_streams = stream.spawn(1 + len(arms))
        majority = population.draw(0, data_stream, counts[0])
        minority = population.draw(1, data_stream, counts[1])
        for (name, generator), arm_stream in zip(arms.items(), arm_streams, strict=True):
            synthetic = generator(arm_stream, minority, sizes[-1])
            theta = nested_least_squares(majority, minority, synthetic, population.labels, sizes, ridge)
            curves[name].excess_risk[replication] = population.excess_risk(theta)
            curves[name].parameter_error[replication] = np.linalg.norm(theta - population.optimum, axis=1)
    return curves


def study_f1(
    replications: int = 100,
    seed: int = 0,
    minority_sizes: Sequence[int] = F1_MINORITY_SIZES,
    gammas: Sequence[float] = (1.0, 4.0),
) -> dict[int, Curves]:
    """Study F1, aligned biased generator N(½e_1, I) in d = 2 with n0 = 20 n1: curves by n1."""
    population = gaussian_shift(np.array([1.0, 0.0]))
    arms = {"gaussian": generators.gaussian(np.array([0.5, 0.0]))}
    curves = {}
    for index, count in enumerate(minority_sizes):
        study = simulate(population, arms, (20 * count, count), np.array(gammas), 1e-6, replications, seed + index)
        curves[count] = study["gaussian"]
    return curves


def study_f3(
    replications: int = 100,
    seed: int = 0,
    noise: str = "cube",
    gammas: Array = F3_GAMMAS,
    counts: tuple[int, int] = (2000, 100),
) -> dict[str, Curves]:
    """Study F3, a locally symmetric population in d = 20: curves by generator."""
    population = mean_shift(dimension=20, shift=1.0, noise=noise)
    arms = {
        "oracle": generators.oracle(partial(population.draw, 1)),
        "smote": generators.smote(5),
        "gaussian-fit": generators.gaussian_fit(shrinkage=0.1, jitter=1e-6),
        "semi-oracle": generators.semi_oracle(population.draw_noise),
    }
    return simulate(population, arms, counts, gammas, 1e-8, replications, seed)
