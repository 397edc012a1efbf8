"""A large table is thinned out, and what depends on its own prevalence is put right."""

import numpy as np
import pytest

from synththeory.advise.measures import MEASURES, measured
from synththeory.advise.reading.table import labelled
from synththeory.advise.thinning import thinned

RNG = np.random.default_rng(4)
Y = np.repeat([0, 1], [3000, 60])
X = RNG.normal(size=(3060, 2)) + Y[:, None]


def test_the_majority_is_thinned_out_and_said() -> None:
    table = labelled(X, Y)
    part, thinning, notes = thinned(table, 300, 1)
    assert part.counts == (240, 60)
    assert thinning == pytest.approx(np.log(3000 / 240))
    assert "240 of 3000 majority rows and 60 of 60 minority rows" in notes[0]
    np.testing.assert_array_equal(part.X.to_numpy(), table.X.to_numpy()[part.rows])
    assert thinned(table, 5000, 1)[1:] == (0.0, ())


def test_measures_at_the_tables_prevalence_are_those_of_the_whole_table() -> None:
    """Each majority row given as often as it stands for: the same measures, weights or copies."""
    y, scores = np.repeat([0, 1], [40, 10]), RNG.normal(size=50)
    again = np.r_[np.repeat(np.arange(40), 5), 40:50]
    part, whole = measured(scores, y, -1.0, np.log(5.0)), measured(scores[again], y[again], -1.0)
    for name in MEASURES:
        place = MEASURES.index(name)
        assert part[place] == pytest.approx(whole[place]), name
