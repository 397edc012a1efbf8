"""Panels on held-out probabilities: bins by hand, thinned and repeated rows, lines told apart without colour."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from synththeory.advise.panels import Pooled, calibration, decision_curve, histogram, reliability

RNG = np.random.default_rng(4)
CHANCES = RNG.uniform(0.0, 0.4, 4000)
Y = (RNG.random(4000) < CHANCES).astype(int)
PLAIN = Pooled(CHANCES, Y, np.ones(4000))


def test_bins_have_equally_many_minority_rows_and_binomial_errors() -> None:
    bins = reliability(PLAIN)
    assert len(bins) == 8
    chances = np.array([each.chance for each in bins])
    assert (np.diff(chances) > 0.0).all()
    cuts = np.quantile(CHANCES[Y == 1], np.linspace(0.0, 1.0, 9)[1:-1])
    own = cuts[0] > CHANCES
    assert abs(Y[own].sum() - Y.sum() / 8) <= 1
    assert bins[0].share == pytest.approx(Y[own].mean())
    assert bins[0].error == pytest.approx(np.sqrt(Y[own].mean() * (1 - Y[own].mean()) / own.sum()))


def test_rows_that_come_again_say_nothing_new() -> None:
    twice = Pooled(np.tile(CHANCES, 2), np.tile(Y, 2), np.ones(8000), repeats=2)
    for one, two in zip(reliability(PLAIN), reliability(twice), strict=True):
        assert two.share == pytest.approx(one.share, abs=0.01)
        assert two.error == pytest.approx(one.error, rel=0.05)


def test_a_thinned_majority_has_the_error_of_its_rows() -> None:
    """Of 20 majority rows in 100 with weight 5: a delta method by hand over many draws."""
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(4000):
        ones, zeros = rng.poisson(400), rng.poisson(300)
        shares.append(ones / (ones + 5.0 * zeros))
    known = Pooled(np.full(700, 0.2), np.repeat([1, 0], [400, 300]), np.repeat([1.0, 5.0], [400, 300]))
    (found,) = reliability(known)
    assert found.share == pytest.approx(400 / 1900)
    assert found.error == pytest.approx(np.std(shares), rel=0.06)  # five standard errors of a standard deviation


def test_one_value_and_one_class_are_bins_too() -> None:
    (only,) = reliability(Pooled(np.full(10, 0.3), np.repeat([0, 1], [7, 3]), np.ones(10)))
    assert (only.chance, only.share) == (pytest.approx(0.3), pytest.approx(0.3))
    low, high = reliability(Pooled(np.repeat([0.1, 0.9], 5), np.repeat([0, 1], 5), np.ones(10)))
    assert (low.share, high.share, low.error, high.error) == (0.0, 1.0, 0.0, 0.0)


def test_everything_is_grey_and_what_is_alike_is_dashed() -> None:
    panels = Figure().subplots(1, 3)
    calibration(panels[0], PLAIN)
    histogram(panels[1], PLAIN, ("no", "yes"))
    decision_curve(panels[2], PLAIN)
    for axes in panels:
        for artist in (*axes.lines, *axes.patches):
            colour = to_rgb(artist.get_color() if hasattr(artist, "get_color") else artist.get_edgecolor()[:3])
            assert max(colour) - min(colour) < 0.05
    styles = [patch.get_linestyle() for patch in panels[1].patches]
    assert styles[0] != styles[1]
    model, everyone = panels[2].lines[:2]
    assert model.get_linestyle() != everyone.get_linestyle()
