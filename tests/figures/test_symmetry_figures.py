"""The figures of a test study: quantiles from stored values, and theory through the power."""

import csv
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from synththeory import load_design, simulate
from synththeory.figures import draw
from synththeory.figures.symmetry_test import quantile_points


def rows(path: Path) -> list[dict[str, str]]:
    """The CSV beside a figure."""
    with open(path.with_suffix(".csv"), newline="") as file:
        return list(csv.DictReader(file))


def test_quantiles_are_those_of_the_stored_statistic() -> None:
    sweep = {"population.dimension": [2], "sample.minority": [20], "sample.ratio": [5]}
    summary = simulate(load_design("symmetry_test", {"monte_carlo.replications": 50, "sweep": sweep}))
    (cell,) = summary.design.cells
    statistic = np.sort(summary.values(cell, "chi2", "statistic")[:, 0])
    points = quantile_points(summary, cell, "chi2", "a")
    x, y = (np.array([getattr(point, name) for point in points]) for name in "xy")
    assert len(x) == 60
    assert (np.diff(y) >= 0.0).all()
    for at, value in zip(x, y, strict=True):
        place = 49.0 * chi2.cdf(at, 2)  # between two order statistics
        assert statistic[int(place)] - 1e-9 <= value <= statistic[min(int(place) + 1, 49)] + 1e-9


def test_power_passes_through_the_predicted_power(tmp_path: Path) -> None:
    sweep = {"population.signal": [-2.0, 0.0, 2.0], "sample.minority": [50], "sample.ratio": [5]}
    settings: dict[str, object] = {"monte_carlo.replications": 10, "sweep": sweep}
    summary = simulate(load_design("symmetry_test_power", settings))
    draw(summary, tmp_path / "power.png")
    table = rows(tmp_path / "power")
    assert {row["panel"] for row in table} == {"a", "b", "c"}
    curve = {float(row["x"]): float(row["y"]) for row in table if row["panel"] == "a" and row["arm"] == "theory"}
    for row in summary.select(arm="chi2", metric="rejection_rate"):
        signal = row.cell["population.signal"]
        assert row.theory is not None
        assert abs(curve[float(str(signal))] - row.theory) < 1e-12
    roots = [float(row["x"]) for row in table if row["panel"] == "c" and row["layer"] == "simulation"]
    assert len(roots) == 3
    assert min(roots) < 1e-6
