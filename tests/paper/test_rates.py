"""The theorems' rates in n1 at a fixed imbalance, each slope against its exponent and the neighbouring ones."""

import pytest

from synththeory import load_design, simulate
from synththeory.sim.results.rates import fitted_rate
from synththeory.sim.results.summary import Summary

SMALLEST, LARGEST = 800, 6400


@pytest.fixture(scope="module")
def summary() -> Summary:
    sizes = [SMALLEST, 1600, 3200, LARGEST]
    design = load_design("rates", {"monte_carlo.replications": 120, "sweep": {**SWEEP, "sample.minority": sizes}})
    return simulate(design)


SWEEP = {"population": load_design("rates").sweep["population"]}


@pytest.mark.parametrize(
    ("population", "arm", "multiplier", "exponent"),
    [
        ("gaussian-shift", "ideal", 0.0, 0.0),
        ("gaussian-shift", "ideal", 1.0, -1.0),
        ("gaussian-shift", "realistic", 1.0, -1.0),
        ("gaussian-shift", "biased", 1.0, 0.0),
        ("mean-shift", "ideal", 0.0, -1.0),
        ("mean-shift", "realistic", 1.0, -1.0),
    ],
)
def test_every_slope_is_its_theorems(
    summary: Summary, population: str, arm: str, multiplier: float, exponent: float
) -> None:
    """The 4.5·se interval holds the exponent and neither neighbour, half a power away."""
    rows = [
        row
        for row in summary.select(arm=arm, metric="excess_risk")
        if row.multiplier == multiplier and row.cell["population"]["kind"] == population  # type: ignore[index]
    ]
    rate = fitted_rate([float(str(row.cell["sample.minority"])) for row in rows], rows)
    assert abs(rate.slope - exponent) <= 4.5 * rate.standard_error
    for neighbour in (exponent - 0.5, exponent + 0.5):
        assert abs(rate.slope - neighbour) > 4.5 * rate.standard_error
