"""G1, G2: what the map predicts beside what was simulated, from the committed numbers of the figure."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synththeory.arrays import Array
from synththeory.theory.gain_map import GainPoint, gain_at, two_normals

DRAWN = Path(__file__).parents[2] / "paper_figures" / "output" / "when_synthetic_helps.csv"
DISTANCES = {"b": 3.0, "c": 2.0}
FAR = ("b", 1.5, 20)
"""The one place of G2 with twenty rows a dimension that is farther off than 15 %."""


def places() -> pd.DataFrame:
    """Simulated places, their last swept number as ``swept``: the class ratio in panel a, n1/d in b and c."""
    found = pd.read_csv(DRAWN).query("layer == 'simulation'")
    return found.assign(swept=found.cell.str.rpartition("=")[2].astype(float), x=found.x.round(6))


def predicted(panel: str, x: float, swept: float) -> GainPoint:
    if panel == "a":
        return gain_at(two_normals(x, 1.0, 10), swept, 200)
    return gain_at(two_normals(DISTANCES[panel], x, 10), 20.0, round(10 * swept))


def relative(table: pd.DataFrame, reweighting_alone: bool = False) -> Array:
    """Predicted over simulated ratio, less one."""
    found = [predicted(*row) for row in table[["panel", "x", "swept"]].itertuples(index=False)]
    ratios = [
        min(each.synthetic.values()) / each.free["reweighted"] if reweighting_alone else each.ratio for each in found
    ]
    return np.array(ratios) / table.y.to_numpy() - 1.0


@pytest.mark.parametrize(("panel", "count"), [("a", 12), ("b", 14), ("c", 14)])
def test_predicted_ratios_are_within_15_per_cent_of_simulated_ones(panel: str, count: int) -> None:
    """At n1/d ≥ 20, but for one place that is 23 % off; the same rows over reweighting alone are another number."""
    table = places().query("panel == @panel and (panel == 'a' or swept >= 20)")
    assert len(table) == count
    gaps = np.abs(relative(table))
    far = np.array([tuple(row) == FAR for row in table[["panel", "x", "swept"]].itertuples(index=False)])
    assert (gaps[~far] <= 0.15).all()
    assert (gaps[far] <= 0.24).all()
    assert np.mean(np.abs(relative(table, reweighting_alone=True)) <= 0.15) < 0.7
