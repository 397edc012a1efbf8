"""The predicted curve: against an independent derivation, the numbers of the theory notes, and its own limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.errors import DesignError
from synththeory.generators import Bootstrap, Gaussian, GaussianFit, Oracle, SemiOracle, Smote
from synththeory.learners import Learner, LeastSquares, Logistic, RandomFourier
from synththeory.losses import SquaredLoss
from synththeory.populations import GaussianShift, MeanShift, Population, exact_risk
from synththeory.theory import expand, predict
from tests.reference import least_squares, theory
from tests.theory.cases import ALIGNED, ARMS, COUNTS, HALF, POPULATIONS, SYMMETRIC

GAMMAS = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 4.0])


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize("case", POPULATIONS, ids=lambda case: repr(case[0]))
@pytest.mark.parametrize("counts", [(2000, 100), (37, 12)])
def test_prediction_is_the_independent_reference(
    name: str, case: tuple[Population, least_squares.Population], counts: tuple[int, int]
) -> None:
    population, other = case
    build, law = ARMS[name]
    sizes = np.round(GAMMAS * (counts[0] - counts[1])).astype(int).tolist()
    got = expand(population, build(population.dimension), LeastSquares(), *counts).at(sizes)
    expected = theory.predict(other, law(other, counts[1]), counts, np.array(sizes, dtype=float))
    np.testing.assert_allclose(got.bias, expected.bias, rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(got.variance, expected.variance, rtol=1e-9)
    np.testing.assert_allclose(got.total, expected.total, rtol=1e-9)
    assert got.source == "closed form"


@pytest.mark.parametrize("minority", [10, 100, 100_000])
def test_bias_of_the_aligned_example(minority: int) -> None:
    sizes = [19 * minority * gamma for gamma in (0, 1, 2, 4)]
    bias = predict(ALIGNED, HALF, LeastSquares(), 20 * minority, minority, sizes).bias
    np.testing.assert_allclose(bias, [0.124311, 0.016169, 0.003114, 0.0], atol=5e-7)


def test_variance_of_the_symmetric_example() -> None:
    sizes = [0, 1900, 7600]
    oracle = expand(SYMMETRIC, Oracle(), LeastSquares(), *COUNTS).at(sizes)
    np.testing.assert_allclose(oracle.total, [0.00457, 0.00240, 0.00099], atol=5e-6)
    np.testing.assert_allclose(oracle.bias, 0.0, atol=1e-25)
    semi = expand(SYMMETRIC, SemiOracle(), LeastSquares(), *COUNTS).at(sizes[1:])
    np.testing.assert_allclose(semi.total, [0.0142, 0.0309], atol=5e-5)


def test_ingredients_of_the_aligned_example() -> None:
    expansion = expand(ALIGNED, HALF, LeastSquares(), *COUNTS)
    np.testing.assert_allclose(expansion.g_phi, [4.0 / 3.0, 0.0], atol=1e-14)
    np.testing.assert_allclose(expansion.g_psi, [0.5, 0.0], atol=1e-14)
    np.testing.assert_allclose(expansion.gradient_at(4 * 1900), 0.0, atol=1e-14)
    np.testing.assert_allclose(expansion.hessian, np.diag([3.0, 2.0]), atol=1e-14)


@given(size=st.floats(0.0, 1e5), shift=st.floats(0.0, 3.0), majority=st.integers(2, 5000), seed=st.integers(0, 2**32))
def test_bias_is_exact_for_a_fixed_law_and_squared_loss(size: float, shift: float, majority: int, seed: int) -> None:
    """The population's augmented minimiser, solved directly, has exactly the predicted excess risk."""
    mean, minority = np.random.default_rng(seed).standard_normal(3), majority // 2
    population = MeanShift(dimension=3, shift=shift)
    expansion = expand(population, Gaussian(mean=tuple(mean)), LeastSquares(ridge=0.3), majority, minority)
    means = np.stack([*(law.mean for law in population.laws), mean])
    counts = np.array([majority, minority, size])
    gram = counts.sum() * np.eye(3) + (means.T * counts) @ means + 0.3 * np.eye(3)
    moment = (counts * np.array([-1.0, 1.0, 1.0])) @ means
    exact = exact_risk(population, SquaredLoss()).excess_risk(np.linalg.solve(gram, moment))
    assert expansion.at(size).bias[0] == pytest.approx(float(exact), rel=1e-9, abs=1e-18)


def test_gradient_has_the_two_forms_of_the_notes() -> None:
    expansion = expand(GaussianShift(mean=(0.7, -0.2)), Gaussian(mean=(0.1, 0.3)), LeastSquares(), 90, 20)
    zero, one = (moments.gradient for moments in expansion.strata)
    for size in (0.0, 13.0, 70.0, 500.0):
        summed = (90 * zero + 20 * one + size * expansion.generator.gradient) / (110 + size)
        np.testing.assert_allclose(expansion.gradient_at(size), summed, atol=1e-14)


def test_ridge_pulls_towards_zero_and_vanishes_with_the_sample() -> None:
    population, sizes = SYMMETRIC, [0, 1900]
    plain = predict(population, Oracle(), LeastSquares(), *COUNTS, sizes).total
    slight = predict(population, Oracle(), LeastSquares(ridge=1e-8), *COUNTS, sizes).total
    np.testing.assert_allclose(slight, plain, rtol=1e-10)
    strong = expand(population, Oracle(), LeastSquares(ridge=1e9), *COUNTS)
    risk = exact_risk(population, SquaredLoss()).excess_risk(np.zeros(20))
    assert strong.at(0.0).total[0] == pytest.approx(float(risk), rel=1e-4)


def test_intercept_of_a_centred_population_changes_nothing_but_one_parameter() -> None:
    """The mean-shift classes are mirror images, so that at balance the intercept is orthogonal to the slopes."""
    plain = expand(SYMMETRIC, Oracle(), LeastSquares(), 500, 500)
    longer = expand(SYMMETRIC, Oracle(), LeastSquares(intercept=True), 500, 500)
    np.testing.assert_allclose(longer.error_at(0.0)[1][:20, :20], plain.error_at(0.0)[1], rtol=1e-10, atol=1e-18)
    assert longer.at(0.0).total[0] > plain.at(0.0).total[0]


def test_limits_of_the_theory() -> None:
    """Balanced with an ideal generator tr(H⁻¹Σ_0)/(4n0) remains; a biased one leaves its floor [P]."""
    ratio, minority = 10_000, 10_000
    gap = (ratio - 1) * minority
    expansion = expand(ALIGNED, Oracle(), LeastSquares(), ratio * minority, minority)
    inverse = np.linalg.inv(expansion.hessian)
    pooled = 0.5 * (expansion.strata[0].covariance + expansion.strata[1].covariance)
    ideal = np.trace(inverse @ pooled) / (4 * ratio * minority)
    assert expansion.at(gap).total[0] == pytest.approx(ideal, rel=1e-3)
    biased = expand(ALIGNED, HALF, LeastSquares(), ratio * minority, minority)
    floor = gap**2 / (8 * (ratio * minority) ** 2) * biased.g_psi @ inverse @ biased.g_psi
    # the floor of the notes puts H for H_a; the generator's Hessian differs from the minority's
    adjusted = np.linalg.inv(biased.hessian_at(gap)) @ biased.hessian @ np.linalg.inv(biased.hessian_at(gap))
    exact = gap**2 / (8 * (ratio * minority) ** 2) * biased.g_psi @ adjusted @ biased.g_psi
    assert biased.at(gap).total[0] == pytest.approx(exact, rel=1e-3)
    assert floor < exact


def test_bootstrap_at_balance_tends_to_reweighting() -> None:
    """As n0/n1 grows, synthetic rows that rearrange the minority give its own mean score back: V_m = Σ_1 [D]."""
    minority, ratio = 200, 5000
    expansion = expand(SYMMETRIC, Bootstrap(), LeastSquares(), ratio * minority, minority)
    inverse = np.linalg.inv(expansion.hessian)
    zero, one = (moments.covariance for moments in expansion.strata)
    reweighted = 0.5 * np.trace(inverse @ (zero / (ratio * minority) + one / minority) / 4.0)
    assert expansion.at((ratio - 1) * minority).total[0] == pytest.approx(reweighted, rel=2e-3)


def test_prediction_says_where_its_moments_come_from() -> None:
    population = MeanShift(dimension=2)
    assert predict(population, Smote(neighbors=3), LeastSquares(), 60, 20, [0, 40]).source == "pilot"
    assert predict(population, GaussianFit(), LeastSquares(), 60, 20, [0, 40]).source == "closed form"


def test_no_synthetic_row_makes_all_generators_alike() -> None:
    totals = {float(predict(ALIGNED, build(2), LeastSquares(), *COUNTS, [0]).total[0]) for build, _ in ARMS.values()}
    assert max(totals) - min(totals) <= 1e-15


@pytest.mark.parametrize("learner", [LeastSquares(), Logistic()], ids=repr)
def test_empty_grid(learner: Learner) -> None:
    assert predict(ALIGNED, HALF, learner, *COUNTS, []).total.shape == (0,)


def test_a_score_that_is_not_linear_in_the_rows_has_no_theory() -> None:
    with pytest.raises(DesignError, match="which those of random-fourier are not"):
        predict(ALIGNED, HALF, RandomFourier(), *COUNTS, [0, 10])
