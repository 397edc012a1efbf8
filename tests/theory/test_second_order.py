"""Second-order theory: its cumulants against quadrature and first order, its terms against simulated Gram matrices."""

import numpy as np
import pytest
from numpy.polynomial.hermite_e import hermegauss
from scipy.stats import special_ortho_group

from synththeory.arrays import Array
from synththeory.corrections import BiasCorrection
from synththeory.errors import DesignError
from synththeory.generators import (
    Bootstrap,
    DiagonalGaussianFit,
    GaussianFit,
    Generator,
    Jitter,
    Offset,
    Oracle,
    SemiOracle,
    Smote,
)
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.populations import GaussianMixture, GaussianShift, Population, exact_risk
from synththeory.sample import Sample
from synththeory.streams import Streams
from synththeory.theory import CorrectedGenerator, SecondOrder, expand, second_order
from synththeory.theory.gram_law import gram_law
from tests.statistical import assert_agrees, must_reject, standard_error

SKEW = ((1.5, 0.4, -0.2), (0.4, 0.8, 0.3), (-0.2, 0.3, 1.1))


def classes(mean: Array, covariance: Array) -> GaussianMixture:
    """N(0, I) as the majority, one other Gaussian as the minority."""
    still = {"mean": (0.0,) * len(mean)}
    other = {"mean": tuple(mean), "covariance": tuple(map(tuple, covariance))}
    return GaussianMixture.model_validate({"majority": [still], "minority": [other]})


SHIFT = GaussianShift(mean=(0.8, -0.3, 0.5))
OBLIQUE = classes(np.array([0.8, -0.3, 0.5]), np.array(SKEW))
CLUMPS = GaussianMixture.model_validate(
    {"majority": [{"mean": (0.0,)}], "minority": [{"mean": (place,), "weight": 0.5} for place in (1.0, 3.0)]}
)
LEARNER = LeastSquares(intercept=True, ridge=2.0)
GENERATORS: tuple[Generator, ...] = (
    Bootstrap(), Jitter(scale=0.7), DiagonalGaussianFit(scale=0.6), GaussianFit(shrinkage=0.3), Offset(offset=0.5),
    Oracle(), SemiOracle(),
)  # fmt: skip
TREATMENTS = (
    None, BiasCorrection(), BiasCorrection(transport="none"), BiasCorrection(comparator="held-out", blocks=1),
)  # fmt: skip
COUNTS, SIZE = (300, 120), 180
Arm = tuple[Generator, BiasCorrection | None]
ARMS: tuple[Arm, ...] = tuple((generator, treatment) for generator in GENERATORS for treatment in TREATMENTS)
FEW: tuple[Arm, ...] = tuple((generator, None) for generator in GENERATORS)
"""Arms whose covariances are exact at any sample size."""


def predicted(population: Population, arm: Arm) -> SecondOrder:
    """Second-order theory at the tests' sample size."""
    return second_order(population, arm[0], LEARNER, *COUNTS, [SIZE], arm[1])


def grams(population: Population, arms: tuple[Arm, ...], counts: tuple[int, int], size: int, block: int) -> Array:
    """Drawn Gram matrices of some arms in twenty blocks of replications, (R, arms, p + 1, p + 1)."""
    drawn = []
    for first in range(0, 20 * block, block):
        streams = Streams.named(5, "second order", first, block)
        majority, minority = population.sample(streams, counts)
        sizes, totals = np.full((block, 1), size), []
        for generator, treatment in arms:
            synthetic = generator.draw(streams, minority, majority, size)
            total = Sample.of(majority, minority).gram + synthetic.nested_gram(sizes)
            if treatment is not None:
                total = total + size * treatment.rows(streams, generator, majority, minority).gram
            totals.append(total[:, 0])
        drawn.append(np.stack(totals, axis=1))
    return np.concatenate(drawn)


def pairs(population: Population, arm: Arm, drawn: Array) -> tuple[Array, Array]:
    """Excess risk and GᵀY of drawn Gram matrices, (R,) each, from their definitions."""
    exact, size = exact_risk(population, LEARNER.loss), drawn.shape[-1] - 1
    mean = gram_law(population, arm[0], True, COUNTS, SIZE, arm[1]).mean
    penalty = np.diag([LEARNER.ridge] * (size - 1) + [0.0])
    inverse = np.linalg.inv(mean[:size, :size] + penalty)
    theta = inverse @ mean[:size, size]
    fits = np.linalg.solve(drawn[:, :size, :size] + penalty, drawn[:, :size, size:])[..., 0]
    hessian = exact.moments[0].hessian / 2 + exact.moments[1].hessian / 2
    change = drawn[:, :size, :size] - mean[:size, :size]
    y = (change @ theta - (drawn[:, :size, size] - mean[:size, size])) @ inverse
    g = 0.5 * y @ hessian + change @ (inverse @ hessian @ (theta - exact.optimum))
    return exact.excess_risk(fits), np.einsum("bi,bi->b", g, y)


def few_rows() -> tuple[Array, Array, Array]:
    """Mean squares of fluctuations with few rows, their errors, and what theory says in full and to leading order."""
    counts, size = (40, 12), 24
    forms = np.random.default_rng(1).normal(size=(4, 5, 5))
    forms = forms + forms.swapaxes(-1, -2)
    drawn = grams(OBLIQUE, FEW, counts, size, 2000)
    values, expected = [], []
    for place, (generator, _) in enumerate(FEW):
        law = gram_law(OBLIQUE, generator, True, counts, size)
        values.append(np.square(np.einsum("nab,jab->nj", drawn[:, place] - law.mean, forms)).sum(axis=1))
        seen = law.forms(forms)
        expected.append((law.second(seen, seen), np.square(law.features(seen)).sum()))
    return np.mean(values, axis=1), standard_error(np.stack(values, axis=1)), np.array(expected).T


def test_every_order_is_what_simulated_gram_matrices_give() -> None:
    """Null: E[GᵀY], E[excess − GᵀY] and, with few rows, covariances are the predicted ones.

    It falls without third cumulants, without products of covariances, and for covariances to leading order alone. At
    n1 = 120 in three dimensions third order is a few hundredths of second.
    """
    drawn, expected, triples, quadruples = [], [], [], []
    for population in (SHIFT, OBLIQUE):
        totals = grams(population, ARMS, COUNTS, SIZE, 200)
        for place, arm in enumerate(ARMS):
            excess, paired = pairs(population, arm, totals[:, place])
            theory = predicted(population, arm)
            drawn += [paired, excess - paired]
            expected += [theory.pairs[0], theory.total[0] - theory.pairs[0]]
            triples += [0.0, theory.triples[0]]
            quadruples += [0.0, theory.quadruples[0]]
    few, error, (full, leading) = few_rows()
    values, right = np.stack(drawn, axis=1), np.array([*expected, *full])
    means, errors = np.append(values.mean(axis=0), few), np.append(standard_error(values), error)
    assert_agrees(means, right, errors, "second-order theory")
    nothing = np.zeros_like(full)
    for name, dropped in (
        ("third cumulants", np.append(triples, nothing)),
        ("products of covariances", np.append(quadruples, nothing)),
        ("more than leading covariances", np.append(np.zeros(len(triples)), full - leading)),
    ):
        with must_reject():
            assert_agrees(means, right - dropped, errors, f"planted: no {name}")


@pytest.mark.parametrize("population", [SHIFT, OBLIQUE], ids=["shift", "oblique"])
@pytest.mark.parametrize(("generator", "treatment"), ARMS, ids=repr)
def test_leading_covariances_are_those_of_first_order(
    population: Population, generator: Generator, treatment: BiasCorrection | None
) -> None:
    """Cov of the gradient, from the Gram matrix and from the scores' moments, which fits know up to 1/n1."""
    imitator = generator if treatment is None else CorrectedGenerator(generator, treatment, COUNTS[0])
    first = expand(population, imitator, LEARNER, *COUNTS)
    theta = np.append(first.theta, -1.0)
    products = np.eye(5)[:4, :, None] * theta
    law = gram_law(population, generator, True, COUNTS, SIZE, treatment)
    features = law.features(law.forms(0.5 * (products + products.swapaxes(-1, -2))))
    fitted = isinstance(generator, GaussianFit | DiagonalGaussianFit)
    found = 4.0 * features @ features.T / (sum(COUNTS) + SIZE) ** 2
    expected = first.covariance_at(SIZE)
    np.testing.assert_allclose(found, expected, atol=(5e-3 if fitted else 1e-12) * np.abs(expected).max())


def test_real_rows_have_the_cumulants_of_quadrature() -> None:
    """One dimension, no synthetic row: covariances and third cumulants of (x, 1, y)'s products by Gauss–Hermite."""
    population = classes(np.array([0.7]), np.array([[2.0]]))
    law = gram_law(population, Bootstrap(), True, (30, 10), 0)
    nodes, weights = hermegauss(12)
    weights = weights / weights.sum()
    forms = np.random.default_rng(0).normal(size=(2, 3, 3))
    forms = forms + forms.swapaxes(-1, -2)
    pair, triple = np.zeros((2, 2)), np.zeros((2, 2, 2))
    for count, mean, scale, label in ((30, 0.0, 1.0, 0.0), (10, 0.7, np.sqrt(2.0), 1.0)):
        rows = np.stack([mean + scale * nodes, np.ones(12), np.full(12, label)], axis=1)
        values = np.einsum("na,fab,nb->fn", rows, forms, rows)
        values -= (values @ weights)[:, None]
        pair += count * np.einsum("in,jn,n->ij", values, values, weights)
        triple += count * np.einsum("in,jn,kn,n->ijk", values, values, values, weights)
    seen = law.forms(forms)
    features = law.features(seen)
    np.testing.assert_allclose(features @ features.T, pair, rtol=1e-12)
    assert law.second(seen, seen) == pytest.approx(np.trace(pair), rel=1e-12)
    square = law.forms(np.broadcast_to(forms[0], (2, 2, 3, 3)))
    assert law.third(seen, square, seen) == pytest.approx(triple[:, 0, :].sum(), rel=1e-12)


@pytest.mark.parametrize("generator", [GENERATORS[0], GENERATORS[1], GENERATORS[3]], ids=repr)
@pytest.mark.parametrize("treatment", TREATMENTS, ids=repr)
def test_a_rotation_changes_nothing(generator: Generator, treatment: BiasCorrection | None) -> None:
    turn = special_ortho_group.rvs(3, random_state=1)
    turned = classes(turn @ (0.8, -0.3, 0.5), turn @ SKEW @ turn.T)
    for name in ("bias", "pairs", "triples", "quadruples"):
        here, there = (getattr(predicted(each, (generator, treatment)), name) for each in (OBLIQUE, turned))
        np.testing.assert_allclose(here, there, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("generator", GENERATORS, ids=repr)
def test_two_comparators_are_one_when_blocks_use_up_the_majority(generator: Generator) -> None:
    block, held_out = (
        second_order(OBLIQUE, generator, LEARNER, 1200, 400, [SIZE], BiasCorrection(comparator=comparator)).total
        for comparator in ("block", "held-out")
    )
    np.testing.assert_allclose(block, held_out, rtol=1e-10)


def test_without_synthetic_rows_there_is_nothing_to_correct() -> None:
    plain, *corrected = (predicted(OBLIQUE, (GENERATORS[2], treatment)) for treatment in TREATMENTS)
    nothing = second_order(OBLIQUE, GENERATORS[2], LEARNER, *COUNTS, [0]).total
    for treatment in TREATMENTS[1:]:
        found = second_order(OBLIQUE, GENERATORS[2], LEARNER, *COUNTS, [0], treatment).total
        np.testing.assert_allclose(found, nothing, rtol=1e-12)
    assert len({plain.total[0], *(each.total[0] for each in corrected)}) == 4


@pytest.mark.parametrize("treatment", [None, BiasCorrection()], ids=repr)
def test_it_leaves_first_order_by_one_part_in_n(treatment: BiasCorrection | None) -> None:
    """Without a bias, second over first order is 1 + c/n."""
    learner, generator = LeastSquares(intercept=True), Bootstrap()
    gaps = []
    for count in (400, 800, 1600):
        imitator = generator if treatment is None else CorrectedGenerator(generator, treatment, 4 * count)
        first = expand(OBLIQUE, imitator, learner, 4 * count, count).at(3 * count).total[0]
        second = second_order(OBLIQUE, generator, learner, 4 * count, count, [3 * count], treatment)
        gaps.append(second.total[0] / first - 1.0)
    assert abs(gaps[0]) > 1e-3
    np.testing.assert_allclose(np.array(gaps) / gaps[-1], [4.0, 2.0, 1.0], rtol=0.01)


@pytest.mark.parametrize(
    ("population", "generator", "learner", "message"),
    [
        (SHIFT, Bootstrap(), Logistic(), "least squares, not logistic"),
        (SHIFT, Smote(), LEARNER, "and smote"),
        (CLUMPS, Bootstrap(), LEARNER, "two Gaussian classes"),
    ],
)  # fmt: skip
def test_what_it_does_not_know_it_refuses(
    population: Population, generator: Generator, learner: Learner, message: str
) -> None:
    with pytest.raises(DesignError, match=message):
        second_order(population, generator, learner, *COUNTS, [SIZE])
