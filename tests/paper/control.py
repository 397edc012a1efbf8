"""The first-order fit as a control variate: what is left is the gap between theory and simulation.

To first order θ̂ − θ* = −H_a⁻¹ × (augmented score mean at θ*), whose quadratic form Q has an expectation the theory knows
exactly. Excess risk minus Q has a far smaller variance than excess risk. As E Q comes from the formulas under test,
every use also checks the mean of Q itself against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.generators import GaussianFit, Generator, Oracle, SemiOracle
from synththeory.generators.fitted import shrink
from synththeory.kernels.gram import nested_gram
from synththeory.learners import LeastSquares
from synththeory.losses import SquaredLoss
from synththeory.populations import MeanShift, truth
from synththeory.sample import Sample
from synththeory.theory import Expansion, expand
from tests.rooms import Replications, replicate
from tests.statistical import FEWEST, assert_mean, standard_error


@dataclass(frozen=True)
class Gap:
    """Simulation over theory, minus one: value and standard error, (S,) each."""

    value: Array
    error: Array


def score_sums(sample: Sample, sizes: Sequence[int], theta: Array) -> Array:
    """Sums of the scores of the first rows at θ, (B, S, d)."""
    count, dimension = sample.rows.shape[0], theta.size
    gram = np.empty((count, len(sizes), dimension + 2, dimension + 2))
    nested_gram(sample.rows, sample.labels, sample.weights, np.tile(np.array(sizes), (count, 1)), gram)
    return np.asarray(2.0 * (gram[..., :dimension, :dimension] @ theta - gram[..., :dimension, -1]))


def influence(generator: Generator, population: MeanShift, rows: Array, theta: Array) -> Array:
    """Mean influence of the minority rows on the generator's mean score, (B, d)."""
    mean = population.laws[1].mean
    centred = rows - mean
    first = centred.mean(axis=1)
    value = 2.0 * ((mean @ theta - 1.0) * first + np.outer(first @ theta, mean))
    if isinstance(generator, GaussianFit):
        pulled = np.einsum("rid,ri->rd", centred, centred @ theta) / rows.shape[1] - theta
        length = (centred**2).sum(axis=2).mean(axis=1) / theta.size - 1.0
        value += 2.0 * ((1.0 - generator.shrinkage) * pulled + generator.shrinkage * np.outer(length, theta))
    return np.asarray(value)


def idealised(generator: Generator, population: MeanShift, part: Replications) -> Sample:
    """The synthetic rows as the same fresh noise would make them with the true mean and covariance."""
    if isinstance(generator, Oracle):
        return part.synthetic
    law, own = population.laws[1], part.minority.rows
    mean = own.mean(axis=1, keepdims=True)
    rows = part.synthetic.rows - mean
    if isinstance(generator, GaussianFit):
        sample = (own - mean).transpose(0, 2, 1) @ (own - mean) / (own.shape[1] - 1)
        shrunk = [shrink(each, generator.shrinkage, generator.jitter) for each in (sample, law.covariance)]
        fitted, limit = (np.linalg.cholesky(each) for each in shrunk)
        rows = rows @ (limit @ np.linalg.inv(fitted)).transpose(0, 2, 1)
    return Sample(rows + law.mean, part.synthetic.labels, part.synthetic.weights)


def first_order(
    expansion: Expansion, generator: Generator, population: MeanShift, part: Replications, sizes: Sequence[int]
) -> Array:
    """Q of every replication and size, (B, S)."""
    theta, rows = expansion.theta, np.asarray(sizes, dtype=float)[:, None]
    total = expansion.majority + expansion.minority + rows
    real = sum(score_sums(Sample.of(block), [block.rows.shape[1]], theta) for block in (part.majority, part.minority))
    synthetic = score_sums(idealised(generator, population, part), sizes, theta)
    if not isinstance(generator, Oracle):
        pulled = influence(generator, population, part.minority.rows, theta)
        synthetic += rows * (pulled[:, None, :] + expansion.generator.shift)
    inverses = np.stack([np.linalg.inv(expansion.hessian_at(size)) for size in sizes])
    step = np.einsum("sab,rsb->rsa", inverses, (real + synthetic) / total)
    return np.asarray(0.5 * np.einsum("rsa,ab,rsb->rs", step, expansion.hessian, step))


def measured_gap(
    generator: Oracle | SemiOracle | GaussianFit,
    population: MeanShift,
    counts: tuple[int, int],
    gammas: Sequence[float],
    replications: int,
    seed: int,
) -> Gap:
    """The relative gap of one arm, at ridge 1e-8."""
    learner, sizes = LeastSquares(ridge=1e-8), [round(gamma * (counts[0] - counts[1])) for gamma in gammas]
    expansion = expand(population, generator, learner, *counts)
    exact = truth(population, SquaredLoss())
    block = max(1, 40_000 // (sum(counts) + sizes[-1]))
    excess, control = [], []
    for part in replicate(population, generator, learner, counts, sizes, replications, seed, block):
        excess.append(exact.excess_risk(part.coefficients))
        control.append(first_order(expansion, generator, population, part, sizes))
    drawn, first = np.concatenate(excess), np.concatenate(control)
    predicted = np.array([expansion.excess_at(size) for size in sizes])
    if replications >= FEWEST:
        assert_mean(first, predicted, f"first-order fit of {generator.kind} at {counts}")
    difference = (drawn - first) / predicted
    return Gap(difference.mean(axis=0), standard_error(difference))
