"""Small tables whose answers are known, and scores made by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synththeory.advise.comparison import Comparison, HeldOut
from synththeory.advise.measures import MEASURES
from synththeory.advise.methods import Method
from synththeory.arrays import Array, Integers


@dataclass(frozen=True)
class Shift:
    """N(0, I) against N(shift · 1/√d, I): the logistic model is right, so only its intercept is moved by imbalance."""

    dimension: int
    shift: float

    def rows(self, count: int, seed: int, minority: bool) -> Array:
        centre = self.shift / np.sqrt(self.dimension) if minority else 0.0
        return np.random.default_rng(seed).normal(centre, size=(count, self.dimension))

    def table(self, n0: int, n1: int, seed: int) -> tuple[Array, Integers]:
        rows = np.concatenate([self.rows(n0, seed, False), self.rows(n1, seed + 1, True)])
        return rows, np.repeat([0, 1], [n0, n1])


def mixed(n0: int = 90, n1: int = 24) -> tuple[pd.DataFrame, pd.Series]:
    """Numbers with gaps, names with gaps and a rare level, a constant; labels are words."""
    rng = np.random.default_rng(5)
    n = n0 + n1
    frame = pd.DataFrame(
        {
            "dose": rng.normal(size=n),
            "age": np.where(rng.random(n) < 0.1, np.nan, rng.normal(50.0, 9.0, n)),
            "ward": rng.choice(["a", "b", "c"], n).astype(object),
            "fixed": 1.0,
            "smoker": rng.random(n) < 0.4,
        }
    )
    frame.loc[:2, "ward"] = "rare"
    frame.loc[3:5, "ward"] = None
    labels = pd.Series(np.repeat(["well", "ill"], [n0, n1]), name="state")
    frame.loc[n0:, "dose"] += 1.5
    order = rng.permutation(n)
    return frame.iloc[order].reset_index(drop=True), labels.iloc[order].reset_index(drop=True)


def scored(entered: tuple[Method, ...], losses: Array, folds: int = 5) -> Comparison:
    """A comparison with these balanced log losses, (J, M), by a row of each class a fold; the other measures are 0."""
    scores = np.zeros((*losses.shape, len(MEASURES)))
    scores[:, :, 0] = losses
    y, training = np.array([0, 1]), np.repeat([0, 1], folds - 1)
    held = tuple(
        HeldOut(2 * (place % folds) + y, y, np.log(np.expm1(own))[:, None] * np.array([1.0, -1.0]), training)
        for place, own in enumerate(losses)
    )
    return Comparison(entered, scores, 1.0 / (folds - 1), len(losses), len(losses) // folds, (), held)
