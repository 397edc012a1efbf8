"""G1, G2: what the map predicts beside what was simulated, from the committed numbers of the figure."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synththeory.arrays import Array
from synththeory.theory.gain_map import GainPoint, gain_at, two_normals
from tests.statistical import assert_agrees, assert_within, must_reject

OUTPUT = Path(__file__).parents[2] / "paper_figures" / "output"
DISTANCES = {"b": 3.0, "c": 2.0}
NOISY = ("b", 1.5, 20.0)
"""With the figure's 100 replications this place is 24 % off, which its own error does not tell from 15 %."""


def places() -> pd.DataFrame:
    """Simulated places, their last swept number as ``swept``: the class ratio in panel a, n1/d in b and c."""
    found = pd.read_csv(OUTPUT / "when_synthetic_helps.csv").query("layer == 'simulation'")
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


@dataclass(frozen=True)
class Settled:
    """The noisy place at 2000 replications: the ratio, and its error as if its two means were independent."""

    ratio: float
    error: float


def settled() -> Settled:
    """``python -m synththeory.sim run phase_diagram --cell 19 --replications 2000 --format csv``, committed."""
    found = pd.read_csv(OUTPUT / "phase_diagram_cell_19.csv").query("metric == 'excess_risk'").set_index("arm")
    assert set(found.replications) == {2000}
    best, free = (
        found.loc[arms].sort_values("estimate").iloc[0]
        for arms in (["moved-majority", "scaled-majority"], ["reweighted", "re-priored", "lda"])
    )
    ratio = best.estimate / free.estimate
    return Settled(ratio, ratio * np.hypot(best.mcse / best.estimate, free.mcse / free.estimate))


@pytest.mark.parametrize(("panel", "count"), [("a", 12), ("b", 13), ("c", 14)])
def test_predicted_ratios_are_within_15_per_cent_of_simulated_ones(panel: str, count: int) -> None:
    """At n1/d ≥ 20; the same rows over reweighting alone, the planted error, are another number."""
    table = places().query("panel == @panel and (panel == 'a' or swept >= 20)")
    noisy = [tuple(row) == NOISY for row in table[["panel", "x", "swept"]].itertuples(index=False)]
    assert sum(noisy) == (panel == NOISY[0])
    table = table[~np.array(noisy)]
    assert len(table) == count
    assert (np.abs(relative(table)) <= 0.15).all()
    assert np.mean(np.abs(relative(table, reweighting_alone=True)) <= 0.15) < 0.7


def test_the_noisy_place_is_within_25_per_cent_and_the_figures_point_is_its_noise() -> None:
    """Two thousand replications say 13 %, and their interval does not show 15 %: what is shown is 25 %."""
    found, predicted_ratio = settled(), predicted(*NOISY).ratio
    assert_within(predicted_ratio / found.ratio - 1.0, found.error * predicted_ratio / found.ratio**2, 0.25, "the map")
    (drawn,) = places().query("panel == 'b' and x == 1.5 and swept == 20").y
    few = found.error * np.sqrt(2000 / 100)
    assert_agrees(drawn, found.ratio, np.hypot(few, found.error), "the figure's point has the settled mean", cases=2)
    with must_reject():  # the planted error: over reweighting alone
        map_says = predicted(*NOISY)
        other = min(map_says.synthetic.values()) / map_says.free["reweighted"]
        assert_agrees(found.ratio, other, found.error, "rows over reweighting alone", cases=2)
