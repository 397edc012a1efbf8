"""The reference itself: closed forms, brute force, and the papers' numbers within 4.5 combined standard errors."""

from functools import partial

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from tests.selection import plain

from . import generators, least_squares, logistic, symmetry, theory
from .generators import Array, Generator

NOISES = ("cube", "rademacher", "sphere", "gaussian")
PAPER_REPLICATIONS = 100
STANDARD_ERRORS = 4.5


def assert_lands(draws: Array, target: float, half_digit: float = 0.0, target_replications: float = np.inf) -> None:
    """The mean of `draws` is within 4.5 combined standard errors of a target known to half a digit."""
    standard_error = draws.std(ddof=1) * np.sqrt(1.0 / draws.size + 1.0 / target_replications)
    distance = abs(draws.mean() - target)
    assert distance <= half_digit + STANDARD_ERRORS * standard_error, (
        f"got {draws.mean():.6f}, expected {target:.6f}, standard error {standard_error:.6f}"
    )


@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_standard_with_the_stated_fourth_moments(kind: str) -> None:
    rows = least_squares.standard_noise(np.random.default_rng(1), 200_000, 3, kind)
    law = theory.class_law(least_squares.mean_shift(dimension=3, noise=kind), 1)
    np.testing.assert_allclose(rows.mean(axis=0), 0.0, atol=4.5 / np.sqrt(200_000))
    np.testing.assert_allclose(rows.T @ rows / len(rows), np.eye(3), atol=0.02)
    fourth = np.einsum("ni,nj,nk,nl->ijkl", rows, rows, rows, rows, optimize=True) / len(rows)
    np.testing.assert_allclose(fourth, law.fourth, atol=0.15 if kind == "gaussian" else 0.05)


def test_optima_match_their_closed_forms() -> None:
    mean = np.array([0.7, -0.2, 0.4])
    np.testing.assert_allclose(least_squares.gaussian_shift(mean).optimum, mean / (mean @ mean + 2.0), rtol=1e-12)
    shifted = least_squares.mean_shift(dimension=4, shift=1.5)
    np.testing.assert_allclose(shifted.optimum, 1.5 / (1.0 + 1.5**2) * np.eye(4)[0], atol=1e-12)
    theta = np.array([[0.3, -0.5, 0.1, 0.9]])
    risks = [(1.0 - 1.5 * point[0]) ** 2 + point @ point for point in (theta[0], shifted.optimum)]
    np.testing.assert_allclose(shifted.excess_risk(theta), risks[0] - risks[1], rtol=1e-12)


def test_nested_least_squares_is_lstsq_on_stacked_rows() -> None:
    rng = np.random.default_rng(2)
    majority, minority, synthetic = (rng.standard_normal((count, 4)) for count in (30, 8, 25))
    sizes = [0, 0, 7, 25]
    got = least_squares.nested_least_squares(majority, minority, synthetic, np.array([-1.0, 1.0]), sizes, 0.3)
    for theta, size in zip(got, sizes, strict=True):
        rows = np.concatenate([majority, minority, synthetic[:size], np.sqrt(0.3) * np.eye(4)])
        response = np.repeat([-1.0, 1.0, 0.0], [30, 8 + size, 4])
        np.testing.assert_allclose(theta, np.linalg.lstsq(rows, response)[0], rtol=1e-10)


def test_smote_rows_lie_on_segments_to_the_nearest_rows() -> None:
    minority = np.array([[0.0], [1.0], [3.0], [7.0]])
    rows = generators.smote(1)(np.random.default_rng(3), minority, 500)
    assert np.all(((rows >= 0.0) & (rows <= 3.0)) | ((rows >= 3.0) & (rows <= 7.0)))
    assert np.mean(rows <= 1.0) == pytest.approx(0.5, abs=4.5 * 0.5 / np.sqrt(500))


def test_gaussian_fit_has_the_shrunk_sample_moments() -> None:
    rng = np.random.default_rng(4)
    minority = rng.standard_normal((40, 3)) * np.array([1.0, 2.0, 0.5])
    rows = generators.gaussian_fit(shrinkage=0.1, jitter=1e-6)(rng, minority, 200_000)
    sample = np.cov(minority.T)
    np.testing.assert_allclose(rows.mean(axis=0), minority.mean(axis=0), atol=0.03)
    np.testing.assert_allclose(np.cov(rows.T), 0.9 * sample + 0.1 * np.trace(sample) / 3 * np.eye(3), atol=0.06)


def test_sizes_are_floors_of_exact_products() -> None:
    gammas = np.array([0.0, 0.1, 0.3, 0.7, 1.999])
    assert generators.synthetic_sizes(gammas, 1000).tolist() == [0, 100, 300, 700, 1999]
    assert generators.synthetic_sizes(gammas, 19).tolist() == [0, 1, 5, 13, 37]


def test_bias_part_gives_the_closed_form_example() -> None:
    population = least_squares.gaussian_shift(np.array([1.0, 0.0]))
    biased = theory.gaussian(np.array([0.5, 0.0]))
    bias = theory.predict(population, biased, (2000, 100), 1900 * np.array([0.0, 1.0, 2.0, 4.0])).bias
    np.testing.assert_allclose(bias, [0.124311, 0.016169, 0.003114, 0.0], atol=5e-7)


def test_bias_part_is_exact_for_a_fixed_generator() -> None:
    population = least_squares.mean_shift(dimension=3, shift=1.3)
    mean = np.array([0.4, 0.8, -0.1])
    second_moments = [np.eye(3) + np.outer(point, point) for point in (*population.means, mean)]
    counts = np.array([900.0, 100.0, 500.0])
    gram = np.tensordot(counts, second_moments, axes=1)
    moment = counts * np.array([-1.0, 1.0, 1.0]) @ np.stack([*population.means, mean])
    exact = population.excess_risk(np.linalg.solve(gram, moment)[None])
    predicted = theory.predict(population, theory.gaussian(mean), (900, 100), np.array([500.0]))
    np.testing.assert_allclose(predicted.bias, exact, rtol=1e-10)


def test_predictions_match_the_values_checked_in_the_theory() -> None:
    population = least_squares.mean_shift(dimension=20, shift=1.0, noise="cube")
    sizes = 1900 * np.array([0.0, 1.0, 4.0])
    oracle = theory.predict(population, theory.oracle(population), (2000, 100), sizes).total
    np.testing.assert_allclose(oracle, [0.00457, 0.00240, 0.00099], atol=5e-6)
    semi_oracle = theory.predict(population, theory.semi_oracle(population, 100), (2000, 100), sizes).total
    np.testing.assert_allclose(semi_oracle[1:], [0.0142, 0.0309], atol=5e-5)


def test_influence_functions_are_derivatives_of_the_conditional_mean_score() -> None:
    population = least_squares.mean_shift(dimension=3, shift=1.2)
    mean, theta = population.means[1], population.optimum
    point = np.array([0.8, -1.1, 0.4])
    step = 1e-6

    def mean_score(weight: float, shrinkage: float) -> Array:
        centre = mean + weight * point
        spread = (1.0 - weight) * (np.eye(3) + weight * np.outer(point, point))
        fitted = (1.0 - shrinkage) * spread + shrinkage * np.trace(spread) / 3 * np.eye(3)
        return np.asarray(2.0 * ((fitted + np.outer(centre, centre)) @ theta - centre))

    influence = theory.gaussian_fit(population, 50, shrinkage=0.1).influence
    at_mean = np.einsum("ijj->i", influence.quadratic)
    value = influence.linear @ point + np.einsum("ijk,j,k->i", influence.quadratic, point, point) - at_mean
    derivative = (mean_score(step, 0.1) - mean_score(-step, 0.1)) / (2.0 * step)
    np.testing.assert_allclose(value, derivative, rtol=1e-7)


def test_simulated_curves_follow_the_prediction() -> None:
    population = least_squares.mean_shift(dimension=5, shift=1.0, noise="cube")
    counts, gammas = (3000, 600), np.array([0.0, 1.0, 4.0])
    mean = population.means[1]
    arms: dict[str, tuple[Generator, theory.GeneratorLaw]] = {
        "oracle": (generators.oracle(partial(population.draw, 1)), theory.oracle(population)),
        "semi-oracle": (generators.semi_oracle(population.draw_noise), theory.semi_oracle(population, 600)),
        "gaussian": (generators.gaussian(0.8 * mean), theory.gaussian(0.8 * mean)),
        "consistent-gaussian": (generators.consistent_gaussian(mean), theory.consistent_gaussian(mean, 600)),
        "gaussian-fit": (generators.gaussian_fit(), theory.gaussian_fit(population, 600)),
        "bootstrap": (generators.bootstrap(), theory.bootstrap(population)),
        "jitter": (generators.jitter(0.5), theory.jitter(population, 0.5)),
    }
    curves = least_squares.simulate(
        population, {name: arm for name, (arm, _) in arms.items()}, counts, gammas, 1e-8, 200, 5
    )
    for name, (_, law) in arms.items():
        predicted = theory.predict(population, law, counts, 2400 * gammas).total
        for index, target in enumerate(predicted):
            assert_lands(curves[name].excess_risk[:, index], target)


def test_f1_levels_off_when_balanced_and_vanishes_at_the_cancelling_size() -> None:
    curves = least_squares.study_f1(100, 6, minority_sizes=(25, 100, 800))
    assert_lands(curves[800].excess_risk[:, 0], 0.0162, 5e-5, PAPER_REPLICATIONS)
    assert_lands(curves[25].excess_risk[:, 1], 0.0005, 5e-5, PAPER_REPLICATIONS)
    assert_lands(curves[100].excess_risk[:, 1], 0.0001, 5e-5, PAPER_REPLICATIONS)


def test_f3_lands_on_the_paper() -> None:
    curves = least_squares.study_f3(100, 7)
    assert_lands(curves["oracle"].excess_risk[:, 0], 0.0047, 5e-5, PAPER_REPLICATIONS)
    targets = {
        "oracle": (0.00096, 5e-6),
        "semi-oracle": (0.027, 5e-4),
        "gaussian-fit": (0.054, 5e-4),
        "smote": (0.09, 5e-3),
    }
    for name, (target, half_digit) in targets.items():
        assert_lands(curves[name].excess_risk[:, -1], target, half_digit, PAPER_REPLICATIONS)


def test_logistic_optima_match_their_closed_forms() -> None:
    np.testing.assert_allclose(logistic.SigmoidLink().problem().optimum, np.eye(21)[0], atol=1e-5)
    optimum = logistic.gaussian_mixture_problem().optimum
    np.testing.assert_allclose(optimum, [2.0, 0.0, 0.0, 0.0, 0.0, -2.0], atol=1e-5)


def test_expected_softplus_is_exact() -> None:
    law = logistic.GaussianMixture(np.array([0.3, 0.7]), np.array([[1.0, 0.0], [-2.0, 1.0]]), np.array([1.0, 0.0]))
    slope, intercept = 6.0, 0.4

    def integrand(z: float, centre: float) -> float:
        return float(np.logaddexp(0.0, -(centre + slope * z)) * np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))

    centres = law.means @ np.array([slope, 2.0]) + intercept
    exact = sum(
        weight * quad(integrand, -12, 12, args=(centre,), points=[-centre / slope], epsabs=1e-13)[0]
        for weight, centre in zip(law.weights, centres, strict=True)
    )
    np.testing.assert_allclose(law.expected_softplus(np.array([[slope, 2.0, intercept]]), -1.0), exact, rtol=1e-11)


def test_sigmoid_link_classes_are_the_joint_law_given_the_label() -> None:
    population = logistic.SigmoidLink(dimension=3, offset_coordinates=1)
    features, labels = population.draw(np.random.default_rng(8), 200_000)
    for label in (0, 1):
        law = population.class_law(label)
        rows = features[labels == bool(label)]
        second = np.einsum("k,ki,kj->ij", law.weights, law.means, law.means) + np.diag(law.scales**2)
        np.testing.assert_allclose(rows.mean(axis=0), law.weights @ law.means, atol=0.1)
        np.testing.assert_allclose(rows.T @ rows / len(rows), second, atol=0.2)


def first_order_f4_oracle(gamma: float) -> float:
    """½ tr(H_a⁻¹ H H_a⁻¹ V) of F4's oracle arm: x_1 and W are uncorrelated, and W counts by its dimension alone."""
    population = logistic.SigmoidLink()
    values = np.array([-population.a, population.b])
    probability = expit(population.c * values)
    joint = np.array([population.alpha, 1.0 - population.alpha]) * np.stack([1.0 - probability, probability])
    shares = joint.sum(axis=1)
    given_label = joint / shares[:, None]
    counts = 5000 * (shares + np.array([0.0, gamma * (shares[0] - shares[1])]))
    slope = probability * (1.0 - probability)
    squared_residual = np.stack([probability**2, (1.0 - probability) ** 2])
    excess = 0.0
    for second_moment, directions in ((values**2, 1), (np.ones(2), population.dimension - 1)):
        hessians = given_label @ (slope * second_moment)
        variance = counts @ np.sum(given_label * squared_residual * second_moment, axis=1) / counts.sum() ** 2
        excess += 0.5 * directions * hessians.mean() * variance / (counts @ hessians / counts.sum()) ** 2
    return excess


def test_f4_lands_on_the_paper_and_its_oracle_on_the_theory() -> None:
    curves = logistic.f4_at_both_ends()
    assert_lands(curves["oracle"].excess_risk[:, 0], 0.0060, 5e-5, PAPER_REPLICATIONS)
    assert_lands(curves["smote"].excess_risk[:, 1], 0.016, 5e-4, PAPER_REPLICATIONS)
    assert_lands(curves["gaussian-fit"].excess_risk[:, 1], 0.013, 5e-4, PAPER_REPLICATIONS)
    assert_lands(curves["oracle"].excess_risk[:, 1], first_order_f4_oracle(2.0))


def test_f6_lands_on_the_paper() -> None:
    curves = logistic.f6_at_three_sizes()
    assert_lands(curves["smote"].risk[:, 0], 0.850, 5e-4, PAPER_REPLICATIONS)
    assert_lands(curves["smote"].risk[:, 1], 0.364, 5e-4, PAPER_REPLICATIONS)
    for name in ("reweighted", "re-priored"):
        assert np.all(curves[name].excess_risk > 0.0)
        assert curves[name].risk.mean() < curves["smote"].risk[:, 1].mean()


@pytest.mark.parametrize("dimension", [2, 5, 10])
def test_symmetry_test_is_the_formulas_row_by_row(dimension: int) -> None:
    rows = symmetry.cube_pair(np.random.default_rng(dimension), (120, 30), dimension)
    expected = plain.symmetry(list(rows), (-0.5, 0.5), False, np.zeros(dimension))
    found = symmetry.symmetry_test(rows, (-0.5, 0.5))
    np.testing.assert_allclose(found, [expected.chi2_p, expected.small_p], rtol=1e-8)
