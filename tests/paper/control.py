"""The first-order fit as a control variate: what is left is the gap between theory and simulation.

To first order θ̂ − θ* = −H_a⁻¹ × (augmented score mean at θ*), whose quadratic form Q has exactly the expectation that
theory predicts. Excess risk minus Q has a far smaller variance than excess risk. As this takes E Q from the formulas
under test, runs of 400 replications and more also check the mean of Q itself against them.
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
from synththeory.populations import MeanShift, exact_risk
from synththeory.sample import Sample
from synththeory.theory import Expansion, expand
from tests.rooms import Replications, replicate
from tests.statistical import FEWEST, assert_mean, standard_error

CONTROLS = 11
"""Runs of 400 replications and more that the suite holds against the formulas: one family."""


@dataclass(frozen=True)
class Gap:
    """Simulation over theory, minus one: value and standard error, (S,) each."""

    value: Array
    error: Array


def grams(sample: Sample, sizes: Sequence[int]) -> Array:
    """Gram matrices of extended rows (x, 1, y), (B, S, d + 2, d + 2)."""
    count, dimension = sample.rows.shape[0], sample.rows.shape[2]
    out = np.empty((count, len(sizes), dimension + 2, dimension + 2))
    nested_gram(sample.rows, sample.labels, sample.weights, np.tile(np.array(sizes), (count, 1)), out)
    return out


def score_sums(gram: Array, theta: Array) -> Array:
    """Sums of the scores 2(xᵀθ − y)x, (B, S, d)."""
    dimension = theta.size
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


def idealised(generator: Generator, population: MeanShift, part: Replications, sizes: Sequence[int]) -> Array:
    """Gram matrices of the rows that the same fresh noise makes with the true mean and covariance.

    These rows are an affine map of the synthetic ones, and their Gram matrices a congruence of theirs.
    """
    gram = grams(part.synthetic, sizes)
    if isinstance(generator, Oracle):
        return gram
    law, own = population.laws[1], part.minority.rows
    count, dimension = own.shape[0], own.shape[2]
    mean, turn = own.mean(axis=1), np.tile(np.eye(dimension), (count, 1, 1))
    if isinstance(generator, GaussianFit):
        centred = own - mean[:, None]
        sample = centred.transpose(0, 2, 1) @ centred / (own.shape[1] - 1)
        shrunk = [shrink(each, generator.shrinkage, generator.jitter) for each in (sample, law.covariance)]
        fitted, limit = (np.linalg.cholesky(each) for each in shrunk)
        turn = np.asarray(limit @ np.linalg.inv(fitted), dtype=np.float64)
    affine = np.tile(np.eye(dimension + 2), (count, 1, 1, 1))
    affine[:, 0, :dimension, :dimension] = turn
    affine[:, 0, :dimension, dimension] = law.mean - np.einsum("rab,rb->ra", turn, mean)
    return np.asarray(affine @ gram @ affine.swapaxes(2, 3))


def first_order(
    expansion: Expansion, generator: Generator, population: MeanShift, part: Replications, sizes: Sequence[int]
) -> Array:
    """Q of every replication and size, (B, S)."""
    theta, rows = expansion.theta, np.asarray(sizes, dtype=float)[:, None]
    total = expansion.majority + expansion.minority + rows
    real = sum(
        score_sums(grams(Sample.of(block), [block.rows.shape[1]]), theta) for block in (part.majority, part.minority)
    )
    synthetic = score_sums(idealised(generator, population, part, sizes), theta)
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
    exact = exact_risk(population, SquaredLoss())
    block = max(1, 40_000 // (sum(counts) + sizes[-1]))
    excess, control = [], []
    for part in replicate(population, generator, learner, counts, sizes, replications, seed, block):
        excess.append(exact.excess_risk(part.coefficients))
        control.append(first_order(expansion, generator, population, part, sizes))
    drawn, first = np.concatenate(excess), np.concatenate(control)
    predicted = expansion.at(sizes).total
    if replications >= FEWEST:
        assert_mean(first, predicted, f"first-order fit of {generator.kind} at {counts}", cases=CONTROLS)
    difference = (drawn - first) / predicted
    return Gap(difference.mean(axis=0), standard_error(difference))
