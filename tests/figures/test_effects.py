"""The figure of treatment effects says what the summary says, a mean square as its root."""

import csv
from pathlib import Path

import numpy as np

from synththeory import load_design, simulate
from synththeory.figures import draw


def test_every_number_is_the_summarys(tmp_path: Path) -> None:
    design = load_design("propensity_ate", {"monte_carlo.replications": 6, "sweep": {"sample.total": [300, 400]}})
    summary = simulate(design)
    draw(summary, tmp_path / "effects.png")
    with open(tmp_path / "effects.csv", newline="") as file:
        table = list(csv.DictReader(file))
    assert {row["metric"] for row in table} == {"ate_error", "rmse", "covered"}
    for cell in design.cells:
        errors = summary.values(cell, "aipw:raw", "ate_error")
        (found,) = (
            row for row in table if row["cell"] == cell.label and row["arm"] == "aipw:raw" and row["metric"] == "rmse"
        )
        root = np.sqrt(np.mean(errors**2))
        assert np.isclose(float(found["y"]), root)
        assert np.isclose(float(found["mcse"]), np.std(errors**2, ddof=1) / np.sqrt(6) / (2.0 * root))
    assert len(table) == 2 * 3 * len(design.cells[0].arms)
