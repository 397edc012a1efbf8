"""TG-VTSS as a competent user would write it: one data set, scikit-learn fits, NumPy for the rest; F2 and F6."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import chi2
from sklearn.model_selection import StratifiedKFold, train_test_split

from . import generators, least_squares, logistic
from .generators import Array, Generator
from .selection import candidate_multipliers

Labels = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A linear model: its fit (features, 0/1 labels, balanced or not → θ), design rows, and the loss of a score."""

    fit: Callable[[Array, Labels, bool], Array]
    design: Callable[[Array], Array]
    loss: Callable[[Array, Labels], Array]
    slope: Callable[[Array, Labels], Array]
    curvature: Callable[[Array], Array]


def _least_squares(features: Array, labels: Labels, balanced: bool) -> Array:
    counts = np.bincount(labels.astype(int))
    weights = 0.5 * len(labels) / counts[labels.astype(int)] if balanced else np.ones(len(labels))
    weighted = features * weights[:, None]
    return np.linalg.solve(weighted.T @ features + 1e-6 * np.eye(features.shape[1]), weighted.T @ labels)


LOGISTIC = Model(
    lambda x, y, balanced: logistic.fit(x, y, True, balanced),
    lambda x: np.column_stack([x, np.ones(len(x))]),
    lambda f, y: np.logaddexp(0.0, f) - y * f,
    lambda f, y: expit(f) - y,
    lambda f: expit(f) * expit(-f),
)
SQUARED = Model(
    _least_squares, lambda x: x, lambda f, y: (y - f) ** 2, lambda f, y: 2.0 * (f - y), lambda f: np.full_like(f, 2.0)
)


class Choice(NamedTuple):
    """What TG-VTSS did on one data set."""

    regime: str
    multiplier: float
    coefficients: Array
    t_sym: float
    gqs: float


def moments(model: Model, features: Array, label: float, theta: Array) -> tuple[Array, Array]:
    """Scores (n, p) and mean Hessian (p, p) of rows of one label."""
    z = model.design(features)
    f = z @ theta
    return model.slope(f, np.full(len(z), label))[:, None] * z, (z * model.curvature(f)[:, None]).T @ z / len(z)


def symmetry(model: Model, x: Array, y: Labels) -> tuple[float, int, Array]:
    """T_sym, its degrees of freedom and ĝ_φ at the balanced pilot."""
    theta = model.fit(x, y, True)
    (s0, h0), (s1, h1) = (moments(model, x[y == label], label, theta) for label in (0.0, 1.0))
    g = s0.mean(axis=0) - s1.mean(axis=0)
    lean = 0.5 * (h0 - h1) @ np.linalg.inv(0.5 * (h0 + h1))
    a0, a1 = np.eye(len(g)) - lean, -np.eye(len(g)) - lean
    v = a0 @ np.cov(s0.T) @ a0.T / len(s0) + a1 @ np.cov(s1.T) @ a1.T / len(s1)
    return float(g @ np.linalg.solve(v, g)), len(g), g


def quality(
    model: Model, x: Array, y: Labels, generator: Generator, folds: int, rng: np.random.Generator
) -> tuple[float, Array]:
    """Cross-fitted GQS and δ̂."""
    n0, n1 = int((y == 0).sum()), int((y == 1).sum())
    deltas, scores, hessians = [], [[], [], []], [[], []]
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=int(rng.integers(2**31))).split(x, y):
        theta = model.fit(x[train], y[train], True)
        made = generator(rng, x[train][y[train] == 1], n0 - n1)
        parts = [(x[test][y[test] == 0], 0.0), (x[test][y[test] == 1], 1.0), (made, 1.0)]
        found = [moments(model, rows, label, theta) for rows, label in parts]
        for place, (s, h) in enumerate(found):
            scores[place].append(s)
            if place < 2:
                hessians[place].append(h * len(s))
        deltas.append(found[2][0].mean(axis=0) - found[1][0].mean(axis=0))
    sigma = [np.cov(np.concatenate(part).T) for part in scores]
    delta = np.mean(deltas, axis=0)
    inverse = np.linalg.inv(0.5 * (sum(hessians[0]) / n0 + sum(hessians[1]) / n1))
    nb = n0 - n1
    augmented = 0.5 * sigma[0] + n1 / (2 * n0) * sigma[1] + nb / (2 * n0) * sigma[2]
    return float(nb**2 / (2 * n0) * delta @ inverse @ delta / np.trace(inverse @ augmented)), delta


def fits(
    model: Model, x: Array, y: Labels, generator: Generator, gammas: Sequence[float], rng: np.random.Generator
) -> list[Array]:
    """One fit a multiplier, of the rows and the first synthetic ones."""
    gap = int((y == 0).sum() - (y == 1).sum())
    sizes = [round(gamma * gap) for gamma in gammas]
    made = generator(rng, x[y == 1], max(sizes))
    return [model.fit(np.concatenate([x, made[:size]]), np.concatenate([y, np.ones(size)]), False) for size in sizes]


def validation_losses(
    model: Model,
    x: Array,
    y: Labels,
    generator: Generator,
    gammas: Sequence[float],
    folds: int | None,
    rng: np.random.Generator,
) -> Array:
    """Mean balanced validation loss of every multiplier; a 20 % hold-out where there are no folds."""
    state = int(rng.integers(2**31))
    if folds is None:
        splits = [train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=state)]
    else:
        splits = list(StratifiedKFold(folds, shuffle=True, random_state=state).split(x, y))
    total = np.zeros(len(gammas))
    for train, test in splits:
        z = model.design(x[test])
        for place, theta in enumerate(fits(model, x[train], y[train], generator, gammas, rng)):
            losses = model.loss(z @ theta, y[test])
            total[place] += 0.5 * (losses[y[test] == 0].mean() + losses[y[test] == 1].mean()) / len(splits)
    return total


def choose(
    model: Model,
    majority: Array,
    minority: Array,
    generator: Generator,
    gqs_folds: int,
    folds: int | None,
    rng: np.random.Generator,
) -> Choice:
    """TG-VTSS on one data set."""
    x = np.concatenate([majority, minority])
    y = np.repeat([0.0, 1.0], [len(majority), len(minority)])
    t_sym, degrees, g_phi = symmetry(model, x, y)
    gqs, delta = quality(model, x, y, generator, gqs_folds, rng)
    c = float(delta @ g_phi / (g_phi @ g_phi))
    regime, gammas = candidate_multipliers(t_sym, float(chi2.isf(0.05, degrees)), gqs, c)
    gammas = [gamma for gamma in gammas if gamma <= 24.0]
    losses = validation_losses(model, x, y, generator, gammas, folds, rng)
    gamma = gammas[int(losses.argmin())]
    (theta,) = fits(model, x, y, generator, [gamma], rng)
    return Choice(regime, gamma, theta, t_sym, gqs)


def study_f6(replications: int = 100, seed: int = 0) -> tuple[Array, list[Choice]]:
    """F6: balanced log loss of TG-VTSS with SMOTE (20 % hold-out, 5 GQS folds), (replications,), and its choices."""
    problem = logistic.gaussian_mixture_problem()
    choices = []
    for stream in np.random.default_rng(seed).spawn(replications):
        rows = problem.majority.draw(stream, 4000), problem.minority.draw(stream, 200)
        choices.append(choose(LOGISTIC, *rows, generators.smote(5), 5, None, stream))
    return problem.risk(np.stack([choice.coefficients for choice in choices])), choices


def study_f2(count: int, replications: int = 100, seed: int = 0) -> tuple[Array, Array, list[Choice]]:
    """F2 at n1 = count: excess risk of TG-VTSS and of balancing (5-fold validation, 3 GQS folds), and the choices."""
    mean = np.array([1.0, 0.0])
    population = least_squares.gaussian_shift(mean)
    generator = generators.consistent_gaussian(mean)
    choices, balanced = [], []
    for stream in np.random.default_rng(seed).spawn(replications):
        rows = population.draw(0, stream, 20 * count), population.draw(1, stream, count)
        choices.append(choose(SQUARED, *rows, generator, 3, 5, stream))
        x, y = np.concatenate(rows), np.repeat([0.0, 1.0], [20 * count, count])
        balanced.extend(fits(SQUARED, x, y, generator, [1.0], stream))
    chosen = np.stack([choice.coefficients for choice in choices])
    return population.excess_risk(chosen), population.excess_risk(np.stack(balanced)), choices
