"""Synthetic minority rows: each factory returns a function of (random generator, minority rows, number of rows)."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

Array = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, int], Array]
Generator = Callable[[np.random.Generator, Array, int], Array]


def oracle(draw_minority: Sampler) -> Generator:
    """Fresh rows of the minority law, `draw_minority(rng, size)` of shape (size, d)."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        return draw_minority(rng, size)

    return draw


def semi_oracle(draw_noise: Sampler) -> Generator:
    """The minority sample mean plus fresh noise of the true law, `draw_noise(rng, size)` of shape (size, d)."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        return np.asarray(minority.mean(axis=0) + draw_noise(rng, size))

    return draw


def gaussian(mean: Array) -> Generator:
    """N(mean, I), whatever the sample; `mean` has shape (d,)."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        return mean + rng.standard_normal((size, mean.size))

    return draw


def consistent_gaussian(mean: Array) -> Generator:
    """N((1 − 1/√log n1) mean, I), with n1 the number of minority rows seen; `mean` has shape (d,)."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        shrinkage = 1.0 / math.sqrt(math.log(len(minority)))
        return (1.0 - shrinkage) * mean + rng.standard_normal((size, mean.size))

    return draw


def gaussian_fit(shrinkage: float = 0.1, jitter: float = 1e-6) -> Generator:
    """N(μ̂, (1−s)Σ̂ + s (tr Σ̂/d) I + jitter I), with μ̂ and Σ̂ (divisor n1 − 1) of the minority rows."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        dimension = minority.shape[1]
        sample_covariance = np.cov(minority, rowvar=False)
        spherical = np.trace(sample_covariance) / dimension * np.eye(dimension)
        covariance = (1.0 - shrinkage) * sample_covariance + shrinkage * spherical + jitter * np.eye(dimension)
        factor = np.linalg.cholesky(covariance)
        rows: Array = minority.mean(axis=0) + rng.standard_normal((size, dimension)) @ factor.T
        return rows

    return draw


def smote(neighbours: int = 5) -> Generator:
    """Uniform points on segments from a random minority row to one of its nearest minority rows."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        count = len(minority)
        search = NearestNeighbors(n_neighbors=neighbours + 1).fit(minority)  # type: ignore[no-untyped-call]
        nearest = search.kneighbors(minority, return_distance=False)[:, 1:]
        base = rng.integers(count, size=size)
        partner = nearest[base, rng.integers(neighbours, size=size)]
        step = rng.random((size, 1))
        rows: Array = minority[base] + step * (minority[partner] - minority[base])
        return rows

    return draw


def bootstrap() -> Generator:
    """Minority rows drawn with replacement."""

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        return minority[rng.integers(len(minority), size=size)]

    return draw


def jitter(scale: float) -> Generator:
    """Minority rows drawn with replacement, plus N(0, scale² I)."""
    resample = bootstrap()

    def draw(rng: np.random.Generator, minority: Array, size: int) -> Array:
        rows = resample(rng, minority, size)
        return rows + scale * rng.standard_normal(rows.shape)

    return draw


def synthetic_sizes(gammas: Array, gap: int) -> NDArray[np.intp]:
    """⌊γ · gap⌋ for each multiplier γ; the slack keeps exact products exact."""
    return np.floor(np.asarray(gammas) * gap + 1e-9).astype(np.intp)
