"""The symmetry test is its formulas, and keeps the symmetries they have."""

from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ncx2

from synththeory.estimators import SymmetryTest, symmetry_test
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations import CubePair, GaussianComponent, GaussianMixture
from synththeory.populations.cube_pair import SYMMETRIC_LOCATION
from synththeory.selection import calibration, symmetry_noncentrality, symmetry_power, symmetry_statistics
from synththeory.selection.calibration import Calibration
from tests.selection import plain
from tests.selection.tables import table

LOSSES = (SquaredLoss(), SquaredLoss(intercept=True), LogisticLoss(), LogisticLoss(intercept=True))
EVERY_LOSS = pytest.mark.parametrize("loss", LOSSES, ids=repr)
CALIBRATIONS: tuple[Calibration, ...] = ("chi2", "small-sample")
SEEDS = st.integers(0, 2**32 - 1)


def outcome(test: SymmetryTest) -> list[float]:
    return [test.statistic, test.degrees_of_freedom[1], test.p_value]


@EVERY_LOSS
@pytest.mark.parametrize("seed", range(3))
def test_both_calibrations_are_the_formulas_written_out(loss: Loss, seed: int) -> None:
    zero, one, y = table(seed)
    x = np.concatenate([zero, one])
    none = np.zeros(loss.parameters(3))
    rows = [loss.design(zero), loss.design(one)]
    other = plain.symmetry(rows, (0.0, 1.0), isinstance(loss, LogisticLoss), none)
    chi2 = symmetry_test(x, y, loss, calibration="chi2")
    small = symmetry_test(x, y, loss)
    np.testing.assert_allclose(outcome(chi2), [other.wald, inf, other.chi2_p], rtol=1e-8)
    np.testing.assert_allclose(outcome(small), [other.scaled, other.degrees, other.small_p], rtol=1e-8)
    np.testing.assert_allclose(chi2.g_phi, other.g_phi, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(small.g_phi, other.g_phi, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(chi2.standard_errors, other.errors, rtol=1e-8)
    np.testing.assert_allclose(small.standard_errors, other.small_errors, rtol=1e-8)
    assert chi2.degrees_of_freedom[0] == small.degrees_of_freedom[0] == loss.parameters(3)
    assert (chi2.counts, chi2.intercept, chi2.calibration) == ((120, 24), loss.intercept, "chi2")


def test_pairs_of_coordinates_may_be_taken_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large table's n p² numbers are never held at once."""
    zero, one, y = table(0)
    x, loss = np.concatenate([zero, one]), LogisticLoss(intercept=True)
    whole = outcome(symmetry_test(x, y, loss))
    monkeypatch.setattr(calibration, "_PAIRS", 16 * 7)  # seven rows of four parameters
    np.testing.assert_allclose(outcome(symmetry_test(x, y, loss)), whole, rtol=1e-10)


@EVERY_LOSS
def test_a_block_is_its_data_sets_one_by_one(loss: Loss) -> None:
    sets = [table(seed)[:2] for seed in range(7)]
    block = symmetry_statistics(*map(np.stack, zip(*sets, strict=True)), loss, (0.0, 1.0))
    y = table(0)[2]
    for place, (zero, one) in enumerate(sets):
        x = np.concatenate([zero, one])
        chi2, small = (symmetry_test(x, y, loss, calibration=name) for name in CALIBRATIONS)
        expected = [chi2.statistic, chi2.p_value, *outcome(small)]
        got = [block.wald, block.chi2_p_value, block.scaled, block.denominator, block.p_value]
        np.testing.assert_allclose([column[place] for column in got], expected, rtol=1e-10)
        np.testing.assert_allclose(block.g_phi[place], small.g_phi, rtol=1e-10, atol=1e-14)


@given(seed=SEEDS)
def test_squared_loss_compares_the_coefficients_of_the_two_classes(seed: int) -> None:
    """ĝ_φ = 2(H_0⁻¹ + H_1⁻¹)⁻¹(θ̂_1 − θ̂_0): a Chow test that allows unequal spreads."""
    zero, one, y = table(seed)
    zero_fit, one_fit = (np.linalg.lstsq(rows, np.full(len(rows), v))[0] for rows, v in ((zero, -0.5), (one, 0.5)))
    inverses = [np.linalg.inv(2.0 * rows.T @ rows / len(rows)) for rows in (zero, one)]
    expected = 2.0 * np.linalg.solve(inverses[0] + inverses[1], one_fit - zero_fit)
    test = symmetry_test(np.concatenate([zero, one]), y - 0.5, SquaredLoss())
    np.testing.assert_allclose(test.g_phi, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("calibration", CALIBRATIONS)
@given(seed=SEEDS, place=st.integers(0, 3))
def test_linear_maps_of_the_features_change_nothing(calibration: Calibration, seed: int, place: int) -> None:
    """Shifts too, where there is an intercept."""
    loss = LOSSES[place]
    zero, one, y = table(seed % 1000)
    x, rng = np.concatenate([zero, one]), np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    moved = x @ (rotation * np.array([0.01, 1.0, 50.0])) + (rng.standard_normal(3) if loss.intercept else 0.0)
    before, after = (symmetry_test(rows, y, loss, calibration=calibration) for rows in (x, moved))
    np.testing.assert_allclose(outcome(after), outcome(before), rtol=1e-6)


@given(seed=SEEDS, place=st.integers(0, 3), scale=st.floats(-5.0, 5.0).filter(lambda v: abs(v) > 0.1))
def test_labels_may_be_switched_and_rescaled(seed: int, place: int, scale: float) -> None:
    loss = LOSSES[place]
    zero, one, _ = table(seed % 1000)
    rows = zero[None], one[None]
    before = symmetry_statistics(*rows, loss, (0.0, 1.0))
    # squared loss without an intercept knows no shift of the responses, so it takes rescaled ones instead
    logistic = isinstance(loss, LogisticLoss)
    other = (1.0, 0.0) if logistic else (scale if loss.intercept else 0.0, 0.0 if loss.intercept else scale)
    after = symmetry_statistics(*rows, loss, other)
    exchanged = symmetry_statistics(*rows[::-1], loss, (1.0, 0.0))
    for field in ("wald", "scaled", "p_value", "chi2_p_value"):
        for one_more in (after, exchanged):
            np.testing.assert_allclose(getattr(one_more, field), getattr(before, field), rtol=1e-6)
    np.testing.assert_allclose(exchanged.g_phi, -before.g_phi, rtol=1e-6, atol=1e-10)


@EVERY_LOSS
def test_the_order_of_rows_does_not_matter(loss: Loss) -> None:
    zero, one, y = table(5)
    x, order = np.concatenate([zero, one]), np.random.default_rng(5).permutation(len(y))
    before, after = symmetry_test(x, y, loss), symmetry_test(x[order], y[order], loss)
    np.testing.assert_allclose(outcome(after), outcome(before), rtol=1e-9)


def test_noncentrality_from_exact_quadrature_of_the_cubes() -> None:
    """Scores are polynomials of the cubes' coordinates: a small Gauss–Legendre grid has their moments exactly."""
    location, counts = 0.4, (300, 40)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    grid = np.array(list(product(np.sqrt(3.0) * nodes, repeat=2)))
    mass = np.array([a * b / 4.0 for a, b in product(weights, repeat=2)])
    rows = [grid * [2.0, 1.0] - [1.0, 0.0], grid + np.array([location, 0.0])]
    seconds, firsts = [(mass[:, None] * x).T @ x for x in rows], [mass @ x for x in rows]
    theta = np.linalg.solve(seconds[0] + seconds[1], 0.5 * (firsts[1] - firsts[0]))
    scores = [2.0 * (x @ theta - y)[:, None] * x for x, y in zip(rows, (-0.5, 0.5), strict=True)]
    means = [mass @ s for s in scores]
    spreads = [(mass[:, None] * s).T @ s - np.outer(m, m) for s, m in zip(scores, means, strict=True)]
    lean = (seconds[0] - seconds[1]) @ np.linalg.inv(seconds[0] + seconds[1])
    moves = [np.eye(2) - lean, -np.eye(2) - lean]
    v = sum(a @ s @ a.T / n for a, s, n in zip(moves, spreads, counts, strict=True))
    expected = (means[0] - means[1]) @ np.linalg.solve(v, means[0] - means[1])
    population = CubePair(dimension=2, location=location)
    assert symmetry_noncentrality(population, SquaredLoss(), counts) == pytest.approx(expected, rel=1e-9)
    power = symmetry_power(population, SquaredLoss(), counts, 0.1)
    assert power == pytest.approx(float(ncx2.sf(4.605170185988092, 2, expected)), rel=1e-9)


def test_power_is_the_level_under_symmetry_and_one_with_an_intercept() -> None:
    cubes = CubePair(dimension=3, location=SYMMETRIC_LOCATION)
    assert symmetry_power(cubes, SquaredLoss(), (100, 20), 0.05) == pytest.approx(0.05, abs=1e-9)
    side = ((GaussianComponent(mean=(-0.5, 0.0)),), (GaussianComponent(mean=(0.5, 0.0)),))
    mirrored = GaussianMixture(majority=side[0], minority=side[1])
    assert symmetry_power(mirrored, LogisticLoss(), (1000, 100), 0.05) == pytest.approx(0.05, abs=1e-9)
    for loss in (SquaredLoss(intercept=True), LogisticLoss(intercept=True)):
        assert symmetry_power(mirrored, loss, (1000, 100), 0.05) > 0.999


def test_the_answer_prints_as_one_line() -> None:
    zero, one, y = table(1)
    x = np.concatenate([zero, one])
    chi2, small = (str(symmetry_test(x, y, LogisticLoss(), calibration=name)) for name in CALIBRATIONS)
    assert chi2.startswith("symmetry test (chi2, n0=120, n1=24): chi2(3) = ")
    assert small.startswith("symmetry test (small-sample, n0=120, n1=24): F(3, ")
    assert "\n" not in chi2 + small
    assert "p = " in small
    assert "intercept" not in small
    assert "intercept" in str(symmetry_test(x, y, LogisticLoss(intercept=True)))
