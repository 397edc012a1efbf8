"""Metrics: one home for what a number is, known by its name in rows and files."""

import pytest

from synththeory import simulate
from synththeory.metrics import BALANCED_LOSS, EXCESS_RISK, Metric, metric_of, registered


def test_a_registered_metric_is_found_by_its_name() -> None:
    mine = registered(Metric("share_for_tests", "share of tests", proportion=True))
    assert metric_of("share_for_tests") is mine
    assert (mine.label, mine.heading) == ("share of tests", "Share for tests")


def test_an_unknown_name_is_a_plain_mean_in_plain_words() -> None:
    assert metric_of("squared_distance") == Metric("squared_distance")
    assert metric_of("squared_distance").label == "squared distance"


def test_only_the_balanced_loss_is_the_excess_and_its_minimum() -> None:
    assert BALANCED_LOSS.adds_minimum
    assert not EXCESS_RISK.adds_minimum


def test_theory_of_the_balanced_loss_is_that_of_the_excess_and_the_minimum() -> None:
    summary = simulate(
        {
            "study": "loss",
            "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
            "sample": {"majority": 60, "minority": 20},
            "augmentation": {"multipliers": [0.0, 1.0], "generators": [{"kind": "oracle"}]},
            "learner": {"kind": "logistic", "intercept": True, "C": 1.0},
            "monte_carlo": {"replications": 2},
        }
    )
    (cell,) = summary.design.cells
    minimum = float(cell.risk.minimum)  # type: ignore[union-attr]
    pairs = zip(summary.select(metric=BALANCED_LOSS.name), summary.select(metric=EXCESS_RISK.name), strict=True)
    for loss, excess in pairs:
        assert loss.theory is not None
        assert excess.theory is not None
        assert loss.theory - excess.theory == pytest.approx(minimum)
