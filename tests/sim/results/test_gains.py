"""Gains of bias correction: paired differences beside both orders of theory."""

from typing import Any

import numpy as np
import pytest

from synththeory import Summary, load_design, simulate
from synththeory.corrections import BiasCorrection
from synththeory.sim.results.gains import gains
from synththeory.theory import second_order

SWEEP = {"population": [{"kind": "gaussian-shift", "mean": [0.5, 0.5]}], "sample.minority": [40]}
GENERATORS = [{"kind": "bootstrap"}, {"kind": "gaussian", "mean": [0.5, 0.5]}]
ARMS: list[dict[str, Any]] = [
    {"name": "naive"},
    {"name": "corrected", "correction": {"kind": "bias"}},
    {"name": "unmoved", "correction": {"kind": "bias", "transport": "none"}},
]


def few(arms: list[dict[str, Any]], **settings: object) -> Summary:
    """The study of gains with two generators, two multipliers and thirty replications."""
    changed = {
        "sweep": SWEEP, "augmentation.generators": GENERATORS, "augmentation.arms": arms,
        "augmentation.multipliers": [0.5, 1.0], "monte_carlo.replications": 30, **settings,
    }  # fmt: skip
    return simulate(load_design("bias_correction_gain", changed))


def test_a_gain_is_the_paired_difference_beside_both_predictions() -> None:
    summary = few(ARMS)
    (cell,) = summary.design.cells
    found = gains(summary)
    assert [(gain.arm, gain.baseline) for gain in found[::2]] == [
        (f"{arm}:{generator}", f"naive:{generator}")
        for arm in ("corrected", "unmoved")
        for generator in ("bootstrap", "gaussian")
    ]
    for gain in found:
        place = (0.5, 1.0).index(gain.multiplier)
        pair = [summary.values(cell, name)[:, place] for name in (gain.baseline, gain.arm)]
        difference = pair[0] - pair[1]
        assert gain.estimate == pytest.approx(difference.mean(), rel=1e-10)
        assert gain.mcse == pytest.approx(difference.std(ddof=1) / np.sqrt(30), rel=1e-10)
        curves = [summary.theory(cell, name) for name in (gain.baseline, gain.arm)]
        leading = [curve.leading.at(cell.sizes).total for curve in curves if curve is not None]
        assert gain.first_order == leading[0][place] - leading[1][place]
        if "gaussian" in gain.arm:
            assert gain.second_order is None
            continue
        correction = BiasCorrection(transport="none" if "unmoved" in gain.arm else "mean-shift")
        totals = [
            second_order(cell.population, gain.use.generator, cell.learner, *cell.counts, cell.sizes, each).total
            for each in (None, correction)
        ]
        assert gain.second_order == totals[0][place] - totals[1][place]


def test_without_an_uncorrected_arm_there_is_no_gain_and_without_least_squares_no_second_order() -> None:
    assert gains(few(ARMS[1:])) == ()
    logistic = {"kind": "logistic", "intercept": True, "ridge": 0.1, "bound": 30.0}
    found = gains(few(ARMS[:2], learner=logistic, **{"augmentation.generators": GENERATORS[:1]}))
    assert [gain.second_order for gain in found] == [None, None]
