"""Study F7 as a competent user writes it: scikit-learn's random features and logistic regression, a fit a size."""

from collections.abc import Sequence

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


def fit(features: Array, labels: Array, reweighted: bool = False, tight: bool = False) -> LogisticRegression:
    """Logistic regression on random features (n, 100); ``tight`` asks for the minimiser to the last digits."""
    options = {"solver": "newton-cholesky", "tol": 1e-12} if tight else {"max_iter": 2000}
    weight = "balanced" if reweighted else None
    model = LogisticRegression(C=STRENGTH, class_weight=weight, **options)  # type: ignore[no-untyped-call]
    return model.fit(features, labels)


def balanced_loss(model: LogisticRegression, test: Sequence[Array], shift: float = 0.0) -> float:
    """Balanced log loss on the features of each class's test rows, with a shift of the log-odds."""
    zero, one = (model.decision_function(part) + shift for part in test)
    return float(0.5 * (np.logaddexp(0.0, zero).mean() + np.logaddexp(0.0, -one).mean()))


def replicate(rng: np.random.Generator, gammas: Array, counts: tuple[int, int], test: Sequence[Array]) -> Array:
    """Balanced loss at every multiplier, then reweighted, then re-priored, shape (sizes + 2,)."""
    majority, minority = draw_majority(rng, counts[0]), draw_minority(rng, counts[1])
    sizes: Sequence[int] = generators.synthetic_sizes(gammas, counts[0] - counts[1]).tolist()
    synthetic = generators.jitter(1.0)(rng, minority, sizes[-1])
    labels = np.repeat([0.0, 1.0], [counts[0], counts[1] + sizes[-1]])
    real = sum(counts)
    sampler = RBFSampler(gamma="scale", n_components=FEATURES, random_state=int(rng.integers(2**31)))
    mapped = sampler.fit_transform(np.concatenate([majority, minority]))
    rows = np.concatenate([mapped, sampler.transform(synthetic)])
    seen = [sampler.transform(part) for part in test]
    losses = [balanced_loss(fit(rows[: real + size], labels[: real + size]), seen) for size in sizes]
    plain, prior = fit(mapped, labels[:real]), float(np.log(counts[0] / counts[1]))
    losses += [balanced_loss(fit(mapped, labels[:real], reweighted=True), seen), balanced_loss(plain, seen, prior)]
    return np.array(losses)


def study_f7(replications: int = 100, seed: int = 0, gammas: Array = F7_GAMMAS, test_rows: int = 10_000) -> Array:
    """Balanced loss on one test sample: multipliers, then reweighted, then re-priored; (replications, sizes + 2)."""
    test_rng, *streams = np.random.default_rng(seed).spawn(replications + 1)
    test = draw_majority(test_rng, test_rows), draw_minority(test_rng, test_rows)
    return np.stack([replicate(rng, gammas, (4000, 200), test) for rng in streams])
