"""The Craft law: its threshold, its rows, and that its risk is asked of a test sample."""

import numpy as np
import pytest
from scipy.stats import norm

from synththeory import DesignError, load_design, simulate
from synththeory.populations import Craft
from synththeory.populations.craft import CraftLaw, craft_median
from synththeory.streams import Streams


def test_the_median_halves_the_population_by_another_integral() -> None:
    """P(S ≤ median) over X1 and X2 by Gauss–Hermite nodes, in place of the one-dimensional trapezoid sum."""
    median = craft_median()
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    one, two = np.meshgrid(nodes, nodes)
    mean = 1.5 + 0.7 * one - 0.6 * two + 0.8 * (0.5 * one + 0.3 * two) + 0.4 * one * two
    below = norm.cdf((median - mean) / np.sqrt(0.41))
    np.testing.assert_allclose(weights @ below @ weights / (2.0 * np.pi), 0.5, atol=1e-9)
    np.testing.assert_allclose(median, 1.587283149145, atol=1e-12)


def test_features_are_what_they_are_said_to_be() -> None:
    """Products are products; the two halves make up the whole: E X3² = .34 + .25, E X4² = 1, E X5² = 1 + .25 · .59."""
    for side in (-1, 1):
        rows = CraftLaw(side).draw(Streams.named(2, "craft", 0, 2), "rows", 50)
        np.testing.assert_array_equal(rows[..., 8], rows[..., 0] * rows[..., 1])
        np.testing.assert_array_equal(rows[..., 7], rows[..., 1] * rows[..., 2])
    halves = [CraftLaw(side) for side in (-1, 1)]
    mean = 0.5 * (halves[0].mean + halves[1].mean)
    second = 0.5 * sum(half.covariance + np.outer(half.mean, half.mean) for half in halves)
    np.testing.assert_allclose(mean, [0.0] * 7 + [0.3, 0.0], atol=1e-12)
    expected = np.array([1.0, 1.0, 0.59, 1.0, 1.0 + 0.25 * 0.59, 1.0, 1.0, 0.77, 1.0])
    np.testing.assert_allclose(np.diag(second), expected, rtol=1e-12)
    np.testing.assert_allclose(halves[1].centred().covariance, halves[1].covariance)
    np.testing.assert_allclose(halves[1].centred().mean, 0.0)


def test_a_study_of_it_uses_a_test_sample_and_says_so() -> None:
    design = load_design("craft", {"monte_carlo.replications": 3, "risk.test_rows": 200, "augmentation.sizes": [0, 40]})
    summary = simulate(design)
    assert {row.risk_method for row in summary.rows} == {"test-sample"}
    assert all(row.theory is None for row in summary.rows)
    assert Craft().dimension == 9
    with pytest.raises(DesignError, match="no exact risk of craft is known"):
        load_design("craft", {"risk": {"method": "exact"}})
    with pytest.raises(DesignError, match="reports every group's exact risk"):
        load_design("craft", {"augmentation": {"rows": [0, 5], "generators": [{"kind": "oracle"}]}})
