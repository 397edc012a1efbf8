"""Study F7 as a competent user writes it: scikit-learn's random features and logistic regression, a fit a size."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression

from . import generators
from .generators import Array

F7_GAMMAS = np.linspace(0.0, 2.0, 41)
DIMENSION, FEATURES, STRENGTH = 5, 100, 2.0


def draw_majority(rng: np.random.Generator, size: int) -> Array:
    """0.7 N(0, S) + 0.3 N(1.5e_1, S), correlation 0.5 between the first two coordinates, shape (size, 5)."""
    covariance = np.eye(DIMENSION)
    covariance[0, 1] = covariance[1, 0] = 0.5
    rows = rng.multivariate_normal(np.zeros(DIMENSION), covariance, size=size)
    rows[:, 0] += 1.5 * (rng.random(size) < 0.3)
    return rows


def draw_minority(rng: np.random.Generator, size: int) -> Array:
    """A noisy ring of radius 2.2 about (4.8, 0) in the first two coordinates, shape (size, 5)."""
    angle, radius = rng.uniform(0.0, 2.0 * np.pi, size), 2.2 + 0.12 * rng.standard_normal(size)
    rows = 0.08 * rng.standard_normal((size, DIMENSION))
    rows[:, 0] += 4.8 + radius * np.cos(angle)
    rows[:, 1] += radius * np.sin(angle)
    return rows


class Model(NamedTuple):
    """A feature map and a logistic regression on it."""

    features: RBFSampler
    regression: LogisticRegression

    def scores(self, rows: Array) -> Array:
        """Log-odds of rows (n, 5), shape (n,)."""
        return np.asarray(self.regression.decision_function(self.features.transform(rows)))


def fit(features: RBFSampler, rows: Array, labels: Array, reweighted: bool = False, tight: bool = False) -> Model:
    """Logistic regression on fitted features; ``tight`` asks for the minimiser to the last digits."""
    options = {"solver": "newton-cholesky", "tol": 1e-12} if tight else {"max_iter": 2000}
    weight = "balanced" if reweighted else None
    regression = LogisticRegression(C=STRENGTH, class_weight=weight, **options)  # type: ignore[no-untyped-call]
    return Model(features, regression.fit(features.transform(rows), labels))


def balanced_loss(scores: tuple[Array, Array]) -> float:
    """Balanced log loss of the log-odds of each class's test rows."""
    return float(0.5 * (np.logaddexp(0.0, scores[0]).mean() + np.logaddexp(0.0, -scores[1]).mean()))


def replicate(rng: np.random.Generator, gammas: Array, counts: tuple[int, int], test: tuple[Array, Array]) -> Array:
    """Balanced loss at every multiplier, then reweighted, then re-priored, shape (sizes + 2,)."""
    majority, minority = draw_majority(rng, counts[0]), draw_minority(rng, counts[1])
    sizes: Sequence[int] = generators.synthetic_sizes(gammas, counts[0] - counts[1]).tolist()
    synthetic = generators.jitter(1.0)(rng, minority, sizes[-1])
    rows = np.concatenate([majority, minority, synthetic])
    labels = np.repeat([0.0, 1.0], [counts[0], counts[1] + sizes[-1]])
    real = sum(counts)
    sampler = RBFSampler(gamma="scale", n_components=FEATURES, random_state=int(rng.integers(2**31)))
    features = sampler.fit(rows[:real])
    losses = []
    for size in sizes:
        model = fit(features, rows[: real + size], labels[: real + size])
        losses.append(balanced_loss((model.scores(test[0]), model.scores(test[1]))))
    weighted, plain = (fit(features, rows[:real], labels[:real], choice) for choice in (True, False))
    moved = [plain.scores(part) + np.log(counts[0] / counts[1]) for part in test]
    losses += [balanced_loss((weighted.scores(test[0]), weighted.scores(test[1]))), balanced_loss((moved[0], moved[1]))]
    return np.array(losses)


def study_f7(
    replications: int = 100, seed: int = 0, gammas: Array = F7_GAMMAS, test_rows: int = 10_000,
    counts: tuple[int, int] = (4000, 200),
) -> Array:  # fmt: skip
    """Balanced loss on one test sample: multipliers, then reweighted, then re-priored; (replications, sizes + 2)."""
    test_rng, *streams = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(replications + 1)
    )
    test = (draw_majority(test_rng, test_rows), draw_minority(test_rng, test_rows))
    return np.stack([replicate(rng, gammas, counts, test) for rng in streams])
