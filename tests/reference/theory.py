"""The predicted curve of theory.md §2 for squared loss, from fourth-moment tensors written out in full.

Every score and influence function here is a quadratic polynomial of centred, symmetric noise, so that all
covariances are contractions of that noise's covariance (d, d) and fourth-moment tensor (d, d, d, d).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .generators import Array
from .least_squares import Population

KURTOSIS = {"cube": 9.0 / 5.0, "rademacher": 1.0, "gaussian": 3.0}


class Law(NamedTuple):
    """A mean (d,) plus symmetric noise with a covariance (d, d) and fourth moments E[z_i z_j z_k z_l] (d, d, d, d)."""

    mean: Array
    covariance: Array
    fourth: Array


class QuadraticMap(NamedTuple):
    """z ↦ linear z + quadratic[:, j, k] z_j z_k, up to a constant; shapes (d, d) and (d, d, d)."""

    linear: Array
    quadratic: Array


class GeneratorLaw(NamedTuple):
    """What §2 needs of a generator: limiting law, influence function, mean shift of second order (d,)."""

    law: Law
    influence: QuadraticMap
    mean_shift: Array


@dataclass(frozen=True)
class Prediction:
    """Predicted excess risk; both parts have shape (sizes,)."""

    bias: Array
    variance: Array

    @property
    def total(self) -> Array:
        """Bias part plus variance part."""
        return self.bias + self.variance


def pairings(covariance: Array) -> Array:
    """Fourth moments of N(0, covariance) by Isserlis' theorem, shape (d, d, d, d)."""
    return np.asarray(
        np.einsum("ij,kl->ijkl", covariance, covariance)
        + np.einsum("ik,jl->ijkl", covariance, covariance)
        + np.einsum("il,jk->ijkl", covariance, covariance)
    )


def gaussian_law(mean: Array, covariance: Array) -> Law:
    """The Gaussian law."""
    return Law(mean, covariance, pairings(covariance))


def class_law(population: Population, stratum: int) -> Law:
    """The law of a class of the population."""
    mean = population.means[stratum]
    dimension = mean.size
    identity = np.eye(dimension)
    fourth = pairings(identity)
    if population.noise == "sphere":
        fourth *= dimension / (dimension + 2.0)
    else:
        diagonal = np.arange(dimension)
        fourth[diagonal, diagonal, diagonal, diagonal] = KURTOSIS[population.noise]
    return Law(mean, identity, fourth)


def smoothed_law(law: Law, scale: float) -> Law:
    """The law of X + N(0, scale² I) for X of the given law with covariance I."""
    identity = np.eye(law.mean.size)
    fourth = law.fourth + (2.0 * scale**2 + scale**4) * pairings(identity)
    return Law(law.mean, law.covariance + scale**2 * identity, fourth)


def covariance_of(left: QuadraticMap, right: QuadraticMap, law: Law) -> Array:
    """Cov(left(z), right(z)) under the law's noise, shape (d, d); odd moments vanish."""
    spread = law.fourth - np.einsum("ij,kl->ijkl", law.covariance, law.covariance)
    linear = left.linear @ law.covariance @ right.linear.T
    quadratic = np.einsum("ajk,jklm,blm->ab", left.quadratic, spread, right.quadratic, optimize=True)
    return np.asarray(linear + quadratic)


def linear_part(mean: Array, theta: Array, label: float) -> Array:
    """J = 2[(mᵀθ − y) I + m θᵀ], the part of the score that is linear in z = x − m, shape (d, d)."""
    return 2.0 * ((mean @ theta - label) * np.eye(mean.size) + np.outer(mean, theta))


def score(mean: Array, theta: Array, label: float) -> QuadraticMap:
    """The score 2(xᵀθ − y)x as a function of z = x − mean."""
    return QuadraticMap(linear_part(mean, theta, label), 2.0 * np.einsum("ij,k->ijk", np.eye(mean.size), theta))


def gradient(law: Law, theta: Array, label: float) -> Array:
    """E[2(xᵀθ − y)x], shape (d,)."""
    return hessian(law) @ theta - 2.0 * label * law.mean


def hessian(law: Law) -> Array:
    """2 E[xxᵀ], shape (d, d)."""
    return 2.0 * (law.covariance + np.outer(law.mean, law.mean))


def fixed(law: Law) -> GeneratorLaw:
    """A generator that does not look at the sample: the oracle, or a fixed Gaussian."""
    dimension = law.mean.size
    nothing = QuadraticMap(np.zeros((dimension, dimension)), np.zeros((dimension, dimension, dimension)))
    return GeneratorLaw(law, nothing, np.zeros(dimension))


def oracle(population: Population) -> GeneratorLaw:
    """Fresh minority rows."""
    return fixed(class_law(population, 1))


def gaussian(mean: Array) -> GeneratorLaw:
    """N(mean, I)."""
    return fixed(gaussian_law(mean, np.eye(mean.size)))


def consistent_gaussian(mean: Array, minority_count: int) -> GeneratorLaw:
    """N((1 − 1/√log n1) mean, I)."""
    return gaussian((1.0 - 1.0 / np.sqrt(np.log(minority_count))) * mean)


def semi_oracle(population: Population, minority_count: int) -> GeneratorLaw:
    """μ̂_1 plus fresh noise: influence J z, mean shift 2θ*/n1."""
    law = class_law(population, 1)
    linear = linear_part(law.mean, population.optimum, population.labels[1])
    no_quadratic = np.zeros((law.mean.size,) * 3)
    return GeneratorLaw(law, QuadraticMap(linear, no_quadratic), 2.0 * population.optimum / minority_count)


def gaussian_fit(
    population: Population, minority_count: int, shrinkage: float = 0.1, jitter: float = 1e-6
) -> GeneratorLaw:
    """N(μ̂, (1−s)Σ̂ + s (tr Σ̂/d) I + jitter I): influence J z + 2[(1−s) z zᵀ + s (zᵀz/d) I]θ*, mean shift 2θ*/n1."""
    law = class_law(population, 1)
    theta = population.optimum
    dimension = theta.size
    identity = np.eye(dimension)
    quadratic = 2.0 * (
        (1.0 - shrinkage) * np.einsum("ij,k->ijk", identity, theta)
        + shrinkage / dimension * np.einsum("i,jk->ijk", theta, identity)
    )
    influence = QuadraticMap(linear_part(law.mean, theta, population.labels[1]), quadratic)
    limit = gaussian_law(law.mean, (1.0 + jitter) * identity)
    return GeneratorLaw(limit, influence, 2.0 * theta / minority_count)


def bootstrap(population: Population) -> GeneratorLaw:
    """Minority rows drawn with replacement: the influence function is the score itself."""
    law = class_law(population, 1)
    return GeneratorLaw(law, score(law.mean, population.optimum, population.labels[1]), np.zeros(law.mean.size))


def jitter(population: Population, scale: float) -> GeneratorLaw:
    """Minority rows drawn with replacement plus N(0, scale² I)."""
    resampled = bootstrap(population)
    return resampled._replace(law=smoothed_law(resampled.law, scale))


def predict(population: Population, generator: GeneratorLaw, counts: tuple[int, int], sizes: Array) -> Prediction:
    """Bias and variance parts of the excess risk predicted by theory.md §2.

    Parameters
    ----------
    counts : (n0, n1)
    sizes : (sizes,) array
        Numbers of synthetic rows ñ.
    """
    majority_count, minority_count = counts
    theta = population.optimum
    labels = population.labels
    laws = (class_law(population, 0), class_law(population, 1))
    scores = [score(law.mean, theta, label) for law, label in zip(laws, labels, strict=True)]
    sigma = [covariance_of(map_, map_, law) for map_, law in zip(scores, laws, strict=True)]
    synthetic_score = score(generator.law.mean, theta, labels[1])
    sigma_synthetic = covariance_of(synthetic_score, synthetic_score, generator.law)
    influence_variance = covariance_of(generator.influence, generator.influence, laws[1])
    cross = covariance_of(scores[1], generator.influence, laws[1])

    minority_gradient = gradient(laws[1], theta, labels[1])
    g_phi = gradient(laws[0], theta, labels[0]) - minority_gradient
    g_psi = gradient(generator.law, theta, labels[1]) + generator.mean_shift - minority_gradient
    balanced_hessian = 0.5 * (hessian(laws[0]) + hessian(laws[1]))

    bias, variance = np.empty(len(sizes)), np.empty(len(sizes))
    for index, size in enumerate(sizes):
        total = majority_count + minority_count + size
        shift = (0.5 * (majority_count - minority_count - size) * g_phi + size * g_psi) / total
        augmented_hessian = (
            majority_count * hessian(laws[0]) + minority_count * hessian(laws[1]) + size * hessian(generator.law)
        ) / total
        score_covariance = (
            majority_count * sigma[0]
            + minority_count * sigma[1]
            + size * sigma_synthetic
            + size**2 * influence_variance / minority_count
            + size * (cross + cross.T)
        ) / total**2
        inverse = np.linalg.inv(augmented_hessian)
        curvature = inverse @ balanced_hessian @ inverse
        bias[index] = 0.5 * shift @ curvature @ shift
        variance[index] = 0.5 * np.trace(curvature @ score_covariance)
    return Prediction(bias, variance)
