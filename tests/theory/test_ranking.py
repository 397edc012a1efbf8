"""AUROC over the synthetic size: best where the scatter is balanced, and as simulated."""

import numpy as np
import pytest

from synththeory.populations import GaussianMixture
from synththeory.sim.api import simulate
from synththeory.sim.design.studies import load_design
from synththeory.theory.ranking import auroc, auroc_curve, scatter_balancing_size

GAP, COVARIANCES = np.full(3, 0.5), (np.eye(3), np.diag([4.0, 1.0, 0.3]))
COUNTS = (20_000, 2000)


@pytest.mark.parametrize("spread", [0.4, 2.0 / 3.0, 1.0, 1.6])
def test_the_best_size_balances_the_scatter(spread: float) -> None:
    """Planted: (n0 − n1)s, the spread in place of its inverse, is worse wherever the spread is not one."""
    best = scatter_balancing_size(COUNTS, spread)
    curve = auroc_curve(GAP, COVARIANCES, spread, COUNTS, [best, 0.97 * best, 1.03 * best, 18_000 * spread])
    assert curve[0] > curve[1]
    assert curve[0] > curve[2]
    if spread != 1.0:
        assert curve[0] > curve[3] + 1e-5


def test_the_best_direction_is_fishers() -> None:
    best = auroc(np.linalg.solve(sum(COVARIANCES), GAP), GAP, sum(COVARIANCES))
    size = scatter_balancing_size(COUNTS, 1.0)
    assert auroc_curve(GAP, COVARIANCES, 1.0, COUNTS, [size])[0] == pytest.approx(best)


def test_equal_shapes_have_a_flat_curve() -> None:
    curve = auroc_curve(GAP, (np.eye(3), 2.0 * np.eye(3)), 0.7, COUNTS, [0, 5000, 100_000])
    np.testing.assert_allclose(curve, curve[0])


def test_the_study_agrees_at_all_ten_sizes() -> None:
    design = load_design("auroc_size", {"monte_carlo.replications": 4})
    summary = simulate(design)
    population = design.cells[0].population
    assert isinstance(population, GaussianMixture)
    zero, one = population.laws
    for arm, spread in (("two thirds of the covariance", 2.0 / 3.0), ("oracle", 1.0)):
        rows = summary.select(arm=arm, metric="auroc")
        sizes = [row.synthetic_size for row in rows]
        expected = auroc_curve(
            one.mean, (zero.covariance, one.covariance), spread, COUNTS, np.array(sizes, dtype=float)
        )
        np.testing.assert_allclose([row.estimate for row in rows], expected, atol=0.003)
        np.testing.assert_allclose([row.theory for row in rows], expected, atol=0.0015)


def test_the_expected_area_knows_the_scatter_of_few_rows() -> None:
    """With 220 real rows the line is within .002; the limit of many rows is not."""
    sizes = [60, 180, 400, 1200]
    few = {"monte_carlo.replications": 400, "sample.majority": 200, "sample.minority": 20}
    design = load_design("auroc_size", {**few, "augmentation.sizes": sizes})
    population = design.cells[0].population
    zero, one = population.laws
    rows = simulate(design).select(arm="oracle", metric="auroc")
    found = np.array([row.estimate for row in rows])
    limit = auroc_curve(one.mean, (zero.covariance, one.covariance), 1.0, (200, 20), np.array(sizes, dtype=float))
    np.testing.assert_allclose([row.theory for row in rows], found, atol=0.002)
    assert np.abs(limit - found).max() > 0.01
