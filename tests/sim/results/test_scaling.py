"""Slopes, floors and ratios of studies: their standard errors and the rule that chooses the region."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from synththeory import DesignError, simulate
from synththeory.figures import draw
from synththeory.sim.questions.oversampled import Oversampled
from synththeory.sim.results.rates import fitted_rate, nested_rate
from synththeory.sim.results.ratios import ratios
from synththeory.sim.results.scaling import SHARE, scaling_fits
from synththeory.theory import Mixing, scaling_law

SMALL = {
    "study": "small",
    "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
    "sample": {"groups": [60, 20]},
    "augmentation": {
        "rows": [0, 40, 100, 200],
        "generators": [
            {"kind": "perturbed-oracle", "name": "right"},
            {"kind": "perturbed-oracle", "name": "wrong", "shift": 0.5},
        ],
    },
    "learner": {"kind": "least-squares", "intercept": True},
    "monte_carlo": {"replications": 60},
}


def test_a_nested_slopes_error_is_the_jackknifes() -> None:
    random = np.random.default_rng(1)
    sizes = np.array([10.0, 20.0, 50.0, 80.0])
    values = random.exponential(size=(400, 1)) * random.exponential(size=(400, 4)) / sizes
    rate = nested_rate(sizes, values)
    apart = np.array([nested_rate(sizes, np.delete(values, place, axis=0)).slope for place in range(400)])
    jackknife = np.sqrt(399.0 / 400.0 * np.sum((apart - apart.mean()) ** 2))
    np.testing.assert_allclose(rate.standard_error, jackknife, rtol=0.08)
    np.testing.assert_allclose(rate.upper - rate.lower, 2.0 * student.ppf(0.975, 399) * rate.standard_error, rtol=1e-6)


def test_without_shared_data_the_nested_slope_is_the_plain_one() -> None:
    random = np.random.default_rng(2)
    sizes = np.array([10.0, 20.0, 50.0])
    values = random.gamma(4.0, size=(20_000, 3)) / sizes

    class Number:
        def __init__(self, column: np.ndarray) -> None:
            self.estimate, self.mcse = float(column.mean()), float(column.std(ddof=1) / np.sqrt(column.size))
            self.replications = column.size

    plain, nested = fitted_rate(list(sizes), [Number(column) for column in values.T]), nested_rate(sizes, values)
    np.testing.assert_allclose(nested.slope, plain.slope, rtol=1e-10)
    np.testing.assert_allclose(nested.standard_error, plain.standard_error, rtol=0.05)


def test_an_arm_without_theory_has_no_law_and_is_drawn(tmp_path: Path) -> None:
    density = {"kind": "external", "name": "density", "class": "sklearn.neighbors.KernelDensity"}
    augmentation = {**SMALL["augmentation"], "generators": [{"kind": "oracle"}, density]}
    summary = simulate({**SMALL, "augmentation": augmentation, "monte_carlo": {"replications": 3}})
    assert [fit.arm for fit in scaling_fits(summary, summary.design.cells[0])] == ["oracle"]
    draw(summary, tmp_path / "law.png")
    assert "density" in (tmp_path / "law.csv").read_text()


def test_a_slope_needs_points_replications_and_positive_means() -> None:
    for values in (np.ones((5, 1)), np.ones((1, 3)), -np.ones((5, 3))):
        with pytest.raises(DesignError, match="positive means"):
            nested_rate(np.arange(1.0, values.shape[1] + 1.0), values)


def test_the_region_follows_from_the_prediction_alone() -> None:
    summary = simulate(SMALL)
    cell = summary.design.cells[0]
    right, wrong = scaling_fits(summary, cell)
    assert right.region == (0, 1, 2, 3)
    assert right.rate is not None
    np.testing.assert_allclose(right.predicted, -1.0, rtol=1e-6)
    np.testing.assert_allclose(right.effective, [120.0, 200.0, 320.0, 520.0])
    assert wrong.floored
    for fit, arm in zip((right, wrong), cell.arms, strict=True):
        assert isinstance(arm, Oversampled)
        expected = arm.prediction(cell.population, cell.counts).expected.balanced
        assert fit.region == tuple(np.flatnonzero(expected.bias <= SHARE * expected.total))
        law = scaling_law(cell.population, arm.generator, cell.learner.loss, cell.counts)
        assert fit.first_order == law.bias(Mixing(cell.counts, 200, 200 / 260).weight)


def test_ratios_are_paired() -> None:
    summary = simulate(SMALL)
    cell = summary.design.cells[0]
    found = ratios(summary, "wrong", "right")
    above, below = (summary.values(cell, arm) for arm in ("wrong", "right"))
    for place, ratio in enumerate(found):
        a, b = above[:, place], below[:, place]
        value = a.mean() / b.mean()
        np.testing.assert_allclose(ratio.estimate, value)
        np.testing.assert_allclose(ratio.mcse, np.std(a - value * b, ddof=1) / b.mean() / np.sqrt(60))
        assert ratio.replications == 60
    itself = ratios(summary, "right", "right")
    assert [(ratio.estimate, round(ratio.mcse, 12)) for ratio in itself] == [(1.0, 0.0)] * 4
    with pytest.raises(DesignError, match="no arm 'rong'"):
        ratios(summary, "rong", "right")
