"""Theory against simulation, and planted errors that simulation must find.

Null everywhere: the mean of the simulated curve is the predicted one. Samples are so large that terms of second order
(about d/n1) stay well below the standard error.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from synththeory.arrays import Matrix
from synththeory.generators import Gaussian, GaussianFit, Generator, Jitter, Oracle, SemiOracle, Smote, pilot_sets
from synththeory.learners import LeastSquares
from synththeory.populations import GaussianShift, MeanShift, Population
from synththeory.theory import Expansion, expand, predict, second_order
from tests.rooms import Curves, simulate
from tests.statistical import assert_mean, must_reject
from tests.theory.cases import ARMS

FAMILY = 21  # comparisons of this file

COUNTS = (4000, 1000)
SIZES = (0, 1000, 3000, 6000)
REPLICATIONS = 1000
SYMMETRIC = MeanShift(dimension=3, shift=1.2, noise="cube")
ASYMMETRIC = GaussianShift(mean=(0.8, 0.0, -0.4))


@cache
def simulated(population: Population, generator: Generator, learner: LeastSquares) -> Curves:
    return simulate(population, generator, COUNTS, SIZES, REPLICATIONS, 11, learner)


@pytest.mark.parametrize("name", ARMS)
def test_simulated_curves_follow_the_prediction(name: str) -> None:
    """Null: as above, for excess risk; for parameter error the fit is normal with the predicted moments."""
    generator = ARMS[name][0](3)
    drawn, expected = [], []
    for population in (SYMMETRIC, ASYMMETRIC):
        predicted = predict(population, generator, LeastSquares(), *COUNTS, SIZES)
        curves = simulated(population, generator, LeastSquares())
        drawn += [curves.excess, curves.error]
        expected += [predicted.total, predicted.parameter_error]
    assert_mean(np.concatenate(drawn, axis=1), np.concatenate(expected), f"{name} follows theory", cases=FAMILY)


@pytest.fixture
def _large_pilot(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pilot whose own error does not matter beside the simulation's."""
    monkeypatch.setattr(pilot_sets, "_ROWS", 1_000_000)
    pilot_sets.kept.clear()
    yield
    pilot_sets.kept.clear()


@pytest.mark.usefixtures("_large_pilot")
@pytest.mark.parametrize("population", [SYMMETRIC, ASYMMETRIC], ids=repr)
def test_simulated_curves_follow_a_large_pilots_prediction(population: Population) -> None:
    """Null: as above."""
    predicted = predict(population, Smote(), LeastSquares(), *COUNTS, SIZES)
    assert predicted.source == "pilot"
    assert_mean(
        simulated(population, Smote(), LeastSquares()).excess, predicted.total, "smote follows theory", cases=FAMILY
    )


@pytest.mark.parametrize("learner", [LeastSquares(intercept=True), LeastSquares(ridge=400.0)], ids=repr)
def test_an_intercept_and_a_ridge_are_predicted_too(learner: LeastSquares) -> None:
    """Null: as above, to second order: beside this bias what first order leaves out is of its own order, 1.3 %."""
    generator = GaussianFit(shrinkage=0.3)
    predicted = second_order(ASYMMETRIC, generator, learner, *COUNTS, SIZES)
    excess = simulated(ASYMMETRIC, generator, learner).excess
    assert_mean(excess, predicted.total, f"{learner} follows theory", cases=FAMILY)


class OwnHessianOnly(Expansion):
    """Curvature of the balanced risk in place of the augmented one."""

    def hessian_at(self, size: float) -> Matrix:
        """H where H_a belongs."""
        return self.hessian


def without(part: str) -> Callable[[Expansion], Expansion]:
    """Leave one matrix of the generator out of V."""
    return lambda right: replace(
        right, generator=replace(right.generator, **{part: np.zeros_like(getattr(right.generator, part))})
    )


def flipped_mismatch(right: Expansion) -> Expansion:
    """−g_ψ in place of g_ψ."""
    gradient = right.strata[1].gradient - right.g_psi - right.generator.shift
    return replace(right, generator=replace(right.generator, gradient=gradient))


def flipped_asymmetry(right: Expansion) -> Expansion:
    """−g_φ in place of g_φ."""
    zero, one = right.strata
    strata = (replace(zero, gradient=one.gradient), replace(one, gradient=zero.gradient))
    gradient = right.generator.gradient - one.gradient + zero.gradient
    return replace(right, strata=strata, generator=replace(right.generator, gradient=gradient))


def subtracted_coupling(right: Expansion) -> Expansion:
    """−C in place of C."""
    return replace(right, generator=replace(right.generator, coupling=-right.generator.coupling))


def balanced_curvature(right: Expansion) -> Expansion:
    """H in place of H_a."""
    return OwnHessianOnly(*(getattr(right, name) for name in right.__dataclass_fields__))


def exchanged_classes(right: Expansion) -> Expansion:
    """Σ_1 for Σ_0 and Σ_0 for Σ_1."""
    zero, one = right.strata
    exchanged = (replace(zero, covariance=one.covariance), replace(one, covariance=zero.covariance))
    return replace(right, strata=exchanged)


PLANTED: tuple[tuple[str, Population, Generator, Callable[[Expansion], Expansion]], ...] = (
    ("sign of g_psi in b", ASYMMETRIC, Gaussian(mean=(0.3, 0.3, 0.0)), flipped_mismatch),
    ("sign of g_psi in b, jitter", ASYMMETRIC, Jitter(scale=0.5), flipped_mismatch),
    ("sign of g_phi in b", ASYMMETRIC, Gaussian(mean=(0.3, 0.3, 0.0)), flipped_asymmetry),
    ("V without C", SYMMETRIC, SemiOracle(), without("coupling")),
    ("V without C, fitted", SYMMETRIC, GaussianFit(), without("coupling")),
    ("V with minus C", SYMMETRIC, GaussianFit(), subtracted_coupling),
    ("V without V_m", SYMMETRIC, SemiOracle(), without("fluctuation")),
    ("V without S_syn", SYMMETRIC, Oracle(), without("covariance")),
    ("V with the classes exchanged", ASYMMETRIC, Oracle(), exchanged_classes),
    ("H for H_a", ASYMMETRIC, Gaussian(mean=(0.3, 0.3, 0.0)), balanced_curvature),
)


@pytest.mark.parametrize(("error", "population", "generator", "plant"), PLANTED, ids=[case[0] for case in PLANTED])
def test_a_planted_error_is_found(
    error: str, population: Population, generator: Generator, plant: Callable[[Expansion], Expansion]
) -> None:
    """Null: as above; it stands for the right formula and falls for the planted one, on the same replications."""
    right = expand(population, generator, LeastSquares(), *COUNTS)
    excess = simulated(population, generator, LeastSquares()).excess
    null = f"right formula, beside: {error}"
    assert_mean(excess, right.at(SIZES).total, null, cases=FAMILY)
    wrong = plant(right)
    with must_reject():
        assert_mean(excess, wrong.at(SIZES).total, f"planted: {error}", cases=FAMILY)
