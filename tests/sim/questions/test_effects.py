"""Studies of treatment effects: the arms, their numbers, and what a design may not ask for."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from synththeory import DesignError, load_design, simulate
from synththeory.sim.run.compute import compute
from synththeory.streams import Streams
from tests.reference import effects as plain

TABLE: dict[str, Any] = {
    "study": "effects",
    "population": {"kind": "treatment", "mean": [0.5, 0.0], "share": 0.2, "outcome": [1.0, 0.0]},
    "sample": {"total": 150},
    "augmentation": {
        "multipliers": [0.5, 1.0],
        "generators": [{"kind": "smote", "neighbors": 3}],
        "arms": [{"name": "naive"}, {"name": "corrected", "correction": {"kind": "bias"}}],
        "baselines": ["raw", "reweighted"],
    },
    "learner": {"kind": "logistic", "ridge": 1e-3, "bound": 30.0},
    "effect": {"kind": "ate"},
    "monte_carlo": {"replications": 8},
}


def test_arms_and_numbers() -> None:
    design = load_design(TABLE)
    (cell,) = design.cells
    names = ["true", "raw", "reweighted", "naive:smote", "corrected:smote"]
    assert [arm.label for arm in cell.arms] == [f"{method}:{name}" for method in ("ipw", "aipw") for name in names]
    results = dict(zip((arm.label for arm in cell.arms), compute(cell, cell.arms, range(3, 4)), strict=True))

    streams = Streams.named(cell.seed, cell.point, 3, 1)
    population: Any = cell.population
    (counts,) = population.counts(streams, 150)
    blocks = population.sample(streams, counts.tolist())
    rows, treated = np.concatenate([block.rows[0] for block in blocks]), np.repeat([0.0, 1.0], counts)
    outcome = population.outcomes(streams, blocks)[0]
    chance = expit(np.column_stack([rows, np.ones(150)]) @ population.propensity)
    for method, expected in (
        ("ipw", plain.ipw(outcome, treated, chance)),
        ("aipw", plain.aipw(outcome, treated, chance, rows)),
    ):
        error, squared, covered, spread, _ = results[f"{method}:true"].values[:, 0, 0]
        np.testing.assert_allclose((error + 1.0, spread), expected, rtol=1e-9)
        assert squared == pytest.approx(error**2)
        assert covered == (abs(error) < 1.96 * spread)
    assert results["ipw:corrected:smote"].values.shape == (5, 1, 2)


def test_weights_and_priors_of_every_fit_return_to_the_treated_share() -> None:
    """At the share of the table every propensity sums to the treated about; at balance they would sum to half."""
    (cell,) = load_design(TABLE, {"sample.total": 4000}).cells
    results = compute(cell, cell.arms, range(1))
    for arm, found in zip(cell.arms, results, strict=True):
        if arm.label.startswith("aipw"):
            assert (np.abs(found.values[0]) < 0.5).all(), arm.label
        assert np.isfinite(found.values).all()


def test_the_summary_counts_coverage_as_a_share() -> None:
    summary = simulate(load_design(TABLE))
    (row,) = summary.select(arm="aipw:raw", metric="covered")
    assert 0.0 <= row.lower < row.upper <= 1.0
    assert all(row.failed == 0 for row in summary.rows)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"population": {"kind": "sigmoid-link", "dimension": 3}}, "kind 'treatment', got 'sigmoid-link'"),
        ({"sample": {"minority": 10, "ratio": 5.0}}, "give sample.total alone"),
        ({"learner": {"kind": "least-squares"}}, "needs the linear logistic learner"),
        ({"effect.estimators": ["ipw", "ipw"]}, "each estimator once"),
        ({"population.outcome": [1.0]}, "outcome needs 2 numbers"),
    ],
)
def test_impossible_designs_are_refused_in_words(settings: dict[str, Any], message: str) -> None:
    table = {**TABLE, **{key: value for key, value in settings.items() if "." not in key}}
    with pytest.raises(DesignError, match=message):
        load_design(table, {key: value for key, value in settings.items() if "." in key})
