"""The recommended size against simulation: where the best curve is lowest, next to nothing is lost."""

from functools import cache

import numpy as np
import pytest

from synththeory.arrays import Array, Vector
from synththeory.generators import Bootstrap, GaussianFit, Generator
from synththeory.learners import LeastSquares
from synththeory.populations import GaussianShift
from synththeory.theory import Expansion, best_curve, optimal_sizes
from tests.rooms import simulate
from tests.statistical import assert_agrees, must_reject

SHIFT, LEARNER = GaussianShift(mean=(1.2, 0.0, 0.0, 0.0)), LeastSquares(intercept=True)
SETTINGS: tuple[tuple[int, int, Generator], ...] = tuple(
    (ratio, minority, generator)
    for ratio in (5, 20)
    for minority in (20, 80)
    for generator in (Bootstrap(), GaussianFit())
)
MULTIPLIERS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
NULL = "with the recommended size least squares loses at most .9 % of the least simulated excess"


def without_augmented_hessian(expansion: Expansion, sizes: Vector) -> Array:
    """The planted error: H in the place of H_a."""
    inverse = np.linalg.inv(expansion.hessian)
    gradients, covariances = expansion.gradient_at(sizes), expansion.covariance_at(sizes)
    bias = np.einsum("si,ij,sj->s", gradients, inverse, gradients)
    return np.asarray(0.5 * (bias + np.tensordot(covariances, inverse, 2)))


@cache
def losses() -> tuple[Array, Array]:
    """Relative loss of the recommended and of the planted size, and its standard error, (8, 2) each."""
    found, errors = [], []
    for ratio, minority, generator in SETTINGS:
        counts, gap = (ratio * minority, minority), (ratio - 1) * minority
        curve, fine = best_curve(SHIFT, generator, LEARNER, *counts), gap * np.linspace(0.0, 3.0, 301)
        planted = fine[without_augmented_hessian(curve.leading, fine).argmin()]
        asked = [round(optimal_sizes(curve).risk), round(planted)]
        sizes = sorted({*asked, *(round(gap * multiplier) for multiplier in MULTIPLIERS)})
        drawn = simulate(SHIFT, generator, counts, sizes, 1000, 5, LEARNER, 100).excess  # the same rows at every size
        least = int(drawn.mean(axis=0).argmin())
        lost = drawn[:, [sizes.index(size) for size in asked]] - drawn[:, [least]]
        found.append(lost.mean(axis=0) / drawn[:, least].mean())
        errors.append(lost.std(axis=0, ddof=1) / np.sqrt(len(lost)) / drawn[:, least].mean())
    return np.array(found), np.array(errors)


def test_the_recommended_size_loses_nothing_that_matters() -> None:
    found, errors = losses()
    assert_agrees(found[:, 0], 0.0, errors[:, 0], NULL, slack=0.009)


def test_the_size_without_the_augmented_hessian_is_found_out() -> None:
    found, errors = losses()
    with must_reject():
        assert_agrees(found[:, 1], 0.0, errors[:, 1], NULL, slack=0.009)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_recommended_size_is_the_least_of_the_best_curve(setting: tuple[int, int, Generator]) -> None:
    ratio, minority, generator = setting
    curve, gap = best_curve(SHIFT, generator, LEARNER, ratio * minority, minority), (ratio - 1) * minority
    sizes = optimal_sizes(curve)
    values = curve.at(gap * np.linspace(0.0, 5.0, 1001)).total
    assert curve.at(sizes.risk).total[0] <= values.min() * (1.0 + 1e-6)
    assert sizes.validity == curve.validity
