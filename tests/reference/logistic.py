"""Logistic regression on real plus synthetic rows, one scikit-learn fit a size: populations, exact risk, F4 and F6."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from . import generators
from .generators import Array, Generator

F4_GAMMAS = np.linspace(0.0, 2.0, 21)
F6_GAMMAS = np.linspace(0.0, 2.0, 41)
# The trapezoidal rule is exact to rounding here; 128 Gauss–Hermite nodes miss a wide softplus by up to 6e-4.
NODES = np.linspace(-9.0, 9.0, 241)


@dataclass(frozen=True)
class GaussianMixture:
    """Components N(means[k], diag(scales²)) with given weights; shapes (K,), (K, d) and (d,); a scale may be 0."""

    weights: Array
    means: Array
    scales: Array

    def draw(self, rng: np.random.Generator, size: int) -> Array:
        """Rows, shape (size, d)."""
        component = rng.choice(self.weights.size, size=size, p=self.weights)
        return self.means[component] + self.scales * rng.standard_normal((size, self.scales.size))

    def expected_softplus(self, coefficients: Array, sign: float) -> Array:
        """E log(1 + exp(sign · (xᵀw + intercept))), by quadrature over the projection of each component.

        Parameters
        ----------
        coefficients : (sizes, d + 1) array
            Slopes w, then the intercept.

        Returns
        -------
        (sizes,) array
        """
        slopes, intercepts = coefficients[:, :-1], coefficients[:, -1:]
        centres = slopes @ self.means.T + intercepts
        spreads = np.sqrt(slopes**2 @ self.scales**2)
        density = np.exp(-0.5 * NODES**2)
        scores = centres[:, :, None] + spreads[:, None, None] * NODES
        losses = np.logaddexp(0.0, sign * scores) @ (density / density.sum())
        return np.asarray(losses @ self.weights)


@dataclass(frozen=True)
class Problem:
    """The balanced logistic risk of two class laws over linear scores with or without an intercept."""

    majority: GaussianMixture
    minority: GaussianMixture
    fit_intercept: bool

    def risk(self, coefficients: Array) -> Array:
        """Balanced log loss for coefficients of shape (sizes, d + 1), shape (sizes,)."""
        majority_risk = self.majority.expected_softplus(coefficients, 1.0)
        return 0.5 * (majority_risk + self.minority.expected_softplus(coefficients, -1.0))

    @cached_property
    def optimum(self) -> Array:
        """Minimiser of the balanced risk, slopes then intercept (0 where none is fitted), shape (d + 1,)."""
        dimension = self.majority.scales.size
        free = dimension + self.fit_intercept

        def objective(parameters: Array) -> float:
            return float(self.risk(np.pad(parameters, (0, dimension + 1 - free))[None])[0])

        solution = minimize(objective, np.zeros(free), method="BFGS", jac="3-point", options={"gtol": 1e-8})
        return np.pad(solution.x, (0, dimension + 1 - free))


class Curves(NamedTuple):
    """Results of one arm, each of shape (replications, sizes); a free fix has one size."""

    risk: Array
    excess_risk: Array
    parameter_error: Array


@dataclass(frozen=True)
class SigmoidLink:
    """X = T e_1 + W with T = −a w.p. α, b w.p. 1 − α, and P(Y=1 | x) = σ(c x_1); α makes it locally symmetric.

    W is ½N(m, σ²I) + ½N(−m, σ²I) on the other d − 1 coordinates; m is `offset` on the first few of them.
    """

    dimension: int = 20
    a: float = 5.0
    b: float = 1.0
    c: float = 1.0
    scale: float = 1.0
    offset: float = 2.5
    offset_coordinates: int = 3

    @property
    def alpha(self) -> float:
        """P(T = −a) of theory.md §5.4."""
        weight_a = self.a * expit(self.c * self.a) * expit(-self.c * self.a)
        weight_b = self.b * expit(self.c * self.b) * expit(-self.c * self.b)
        return float(weight_b / (weight_a + weight_b))

    @property
    def offset_mean(self) -> Array:
        """m on all coordinates, shape (d,)."""
        mean = np.zeros(self.dimension)
        mean[1 : 1 + self.offset_coordinates] = self.offset
        return mean

    def draw(self, rng: np.random.Generator, size: int) -> tuple[Array, NDArray[np.bool_]]:
        """Features (size, d) and labels (size,) from the joint law."""
        features = self.scale * rng.standard_normal((size, self.dimension))
        features += np.where(rng.random((size, 1)) < 0.5, 1.0, -1.0) * self.offset_mean
        features[:, 0] = np.where(rng.random(size) < self.alpha, -self.a, self.b)
        return features, rng.random(size) < expit(self.c * features[:, 0])

    def class_law(self, label: int) -> GaussianMixture:
        """The law of X given Y = label, a mixture of four Gaussians degenerate along e_1."""
        values = np.array([-self.a, self.b])
        sign = 1.0 if label == 1 else -1.0
        joint = np.array([self.alpha, 1.0 - self.alpha]) * expit(sign * self.c * values)
        along = np.outer(values, np.eye(self.dimension)[0])
        means = np.concatenate([along + self.offset_mean, along - self.offset_mean])
        scales = np.full(self.dimension, self.scale)
        scales[0] = 0.0
        return GaussianMixture(np.tile(0.5 * joint / joint.sum(), 2), means, scales)

    def problem(self) -> Problem:
        """Balanced risk over scores without intercept."""
        return Problem(self.class_law(0), self.class_law(1), fit_intercept=False)


def gaussian_mixture_problem(dimension: int = 5) -> Problem:
    """The classes of F6: N(0, I) against ½N(2e_1 + 1.75e_2, I) + ½N(2e_1 − 1.75e_2, I)."""
    axes = np.eye(dimension)
    majority = GaussianMixture(np.ones(1), np.zeros((1, dimension)), np.ones(dimension))
    means = np.stack([2.0 * axes[0] + 1.75 * axes[1], 2.0 * axes[0] - 1.75 * axes[1]])
    return Problem(majority, GaussianMixture(np.full(2, 0.5), means, np.ones(dimension)), fit_intercept=True)


def fit(features: Array, labels: Array, fit_intercept: bool, reweighted: bool = False) -> Array:
    """Logistic regression with C = 1e6: slopes, then the intercept, shape (d + 1,)."""
    model = LogisticRegression(  # type: ignore[no-untyped-call]
        C=1e6, fit_intercept=fit_intercept, class_weight="balanced" if reweighted else None, max_iter=1000
    )
    model.fit(features, labels)
    return np.append(model.coef_[0], model.intercept_)


def fit_sizes(majority: Array, minority: Array, synthetic: Array, sizes: Sequence[int], fit_intercept: bool) -> Array:
    """One fit with the first m synthetic rows for every m in `sizes`, shape (sizes, d + 1)."""
    features = np.concatenate([majority, minority, synthetic])
    labels = np.repeat([0.0, 1.0], [len(majority), len(minority) + len(synthetic)])
    stops = [len(majority) + len(minority) + size for size in sizes]
    return np.stack([fit(features[:stop], labels[:stop], fit_intercept) for stop in stops])


def free_fixes(majority: Array, minority: Array, fit_intercept: bool) -> dict[str, Array]:
    """Reweighted and re-priored fits of the real rows, each of shape (1, d + 1)."""
    features = np.concatenate([majority, minority])
    labels = np.repeat([0.0, 1.0], [len(majority), len(minority)])
    repriored = fit(features, labels, fit_intercept)
    repriored[-1] += np.log(len(majority) / len(minority))
    return {
        "reweighted": fit(features, labels, fit_intercept, reweighted=True)[None],
        "re-priored": repriored[None],
    }


def replicate(
    majority: Array,
    minority: Array,
    arms: Mapping[str, Generator],
    gammas: Array,
    streams: Sequence[np.random.Generator],
    fit_intercept: bool,
) -> dict[str, Array]:
    """Coefficients of every arm and free fix on one data set, each of shape (sizes, d + 1)."""
    sizes = generators.synthetic_sizes(gammas, len(majority) - len(minority)).tolist()
    paths = {
        name: fit_sizes(majority, minority, generator(stream, minority, sizes[-1]), sizes, fit_intercept)
        for (name, generator), stream in zip(arms.items(), streams, strict=True)
    }
    return paths | free_fixes(majority, minority, fit_intercept)


def evaluate(problem: Problem, replications: Sequence[Mapping[str, Array]]) -> dict[str, Curves]:
    """Exact balanced log loss, its excess, and the distance of all parameters from the optimum, by arm."""
    optimal_risk = problem.risk(problem.optimum[None])[0]
    curves = {}
    for name in replications[0]:
        paths = np.stack([replication[name] for replication in replications])
        risk = problem.risk(paths.reshape(-1, paths.shape[-1])).reshape(paths.shape[:2])
        curves[name] = Curves(risk, risk - optimal_risk, np.linalg.norm(paths - problem.optimum, axis=-1))
    return curves


def study_f4(replications: int = 100, seed: int = 0, gammas: Array = F4_GAMMAS, rows: int = 5000) -> dict[str, Curves]:
    """Study F4, a locally symmetric logistic model without intercept in d = 20: curves by arm."""
    population = SigmoidLink()
    problem = population.problem()
    arms = {
        "smote": generators.smote(5),
        "gaussian-fit": generators.gaussian_fit(shrinkage=0.0, jitter=0.0),
        "oracle": generators.oracle(problem.minority.draw),
    }
    results = []
    for stream in np.random.default_rng(seed).spawn(replications):
        data_stream, *arm_streams = stream.spawn(1 + len(arms))
        features, labels = population.draw(data_stream, rows)
        results.append(replicate(features[~labels], features[labels], arms, gammas, arm_streams, False))
    return evaluate(problem, results)


def study_f6(
    replications: int = 100,
    seed: int = 0,
    gammas: Array = F6_GAMMAS,
    counts: tuple[int, int] = (4000, 200),
) -> dict[str, Curves]:
    """Study F6, SMOTE on a two-component minority in d = 5, logistic with intercept: curves by arm."""
    problem = gaussian_mixture_problem()
    arms = {"smote": generators.smote(5)}
    results = []
    for stream in np.random.default_rng(seed).spawn(replications):
        data_stream, *arm_streams = stream.spawn(1 + len(arms))
        majority = problem.majority.draw(data_stream, counts[0])
        minority = problem.minority.draw(data_stream, counts[1])
        results.append(replicate(majority, minority, arms, gammas, arm_streams, True))
    return evaluate(problem, results)


@cache
def f4_at_both_ends() -> dict[str, Curves]:
    """Forty replications at γ = 0 and 2, which the papers' numbers and the package's are both compared with."""
    return study_f4(40, seed=9, gammas=np.array([0.0, 2.0]))


@cache
def f6_at_three_sizes() -> dict[str, Curves]:
    """Forty replications at γ = 0, 1 and 2, for the same two comparisons."""
    return study_f6(40, seed=10, gammas=np.array([0.0, 1.0, 2.0]))
