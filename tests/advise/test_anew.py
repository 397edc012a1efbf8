"""Where fits are unstable the table is cut anew: what goes with the number of cuts, the bar for looks, and when."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from synththeory.advise import advise, contest
from synththeory.advise.anew import looks, still_open
from synththeory.advise.by_row import ByRow
from synththeory.advise.comparison import Comparison, HeldOut, compared
from synththeory.advise.contest import Contest, compared_on_folds
from synththeory.advise.methods import AS_IS, RE_PRIORED, methods, sources_of
from synththeory.advise.models import model_of
from synththeory.advise.progress import Lines
from synththeory.advise.splits import Keys, outer_folds
from synththeory.arrays import Array
from tests.advise.tables import Shift

Y = np.repeat([0, 1], [60, 15])
FULL = methods(sources_of(["bootstrap"]))[-4]


def by_row(gaps: Array, groups: Array | None = None) -> ByRow:
    """Cuts into five folds; losses of a method that has these gaps (R, 75) to another."""
    folds = [(cut, np.arange(start, 75, 5)) for cut in range(len(gaps)) for start in range(5)]
    rows = tuple(own for _, own in folds)
    losses = tuple(np.stack([gaps[cut][own], np.zeros(own.size)]) for cut, own in folds)
    return ByRow(rows, losses, tuple(Y[own] for own in rows), np.array([cut for cut, _ in folds]), groups)


def comparison(gain: float, lasting: float, passing: float, repeats: int = 2) -> Comparison:
    """As is, re-priored and rows that change its loss by about so much; standard deviations of a row's difference."""
    rng = np.random.default_rng(5)
    own = rng.normal(size=75)
    for label in (0, 1):
        own[label == Y] -= own[label == Y].mean()
    parts = []
    for _ in range(repeats):
        noise = rng.normal(size=75)
        for label in (0, 1):
            noise[label == Y] -= noise[label == Y].mean()
        losses = np.stack([np.full(75, 5.0), np.full(75, 4.0), 4.0 - gain + lasting * own + passing * noise])
        odds = np.log(np.expm1(losses)) * np.where(Y == 1, -1.0, 1.0)
        parts += [(start, odds) for start in range(5)]
    done = tuple(HeldOut(np.arange(s, 75, 5), Y[s::5], odds[:, s::5], np.repeat([0, 1], [48, 12])) for s, odds in parts)
    return compared((AS_IS, RE_PRIORED, FULL), done, 5 * repeats, repeats)


def test_what_stays_is_the_mean_product_of_two_cuts() -> None:
    own, noise = np.random.default_rng(3).normal(size=75), np.random.default_rng(4).normal(size=(3, 75))
    gaps, plain = own + noise, 0.0
    for part in (np.arange(60), np.arange(60, 75)):
        covariance = np.cov(gaps[:, part])
        plain += 0.25 * (covariance.sum() - np.trace(covariance)) / 6.0 / part.size
    assert by_row(gaps).lasting(0, 1) == pytest.approx(plain)
    assert by_row(gaps, np.arange(75)).lasting(0, 1) == pytest.approx(plain)  # a group a row
    assert by_row(gaps[:1]).lasting(0, 1) == by_row(gaps[:1]).variance(0, 1)
    assert by_row(own * np.array([[1.0], [-1.0]])).lasting(0, 1) == 0.0


def test_looks_raise_the_bar_as_pocock_says() -> None:
    """2.178 is his constant for two looks and .05 in both tails, at half of the information and at all of it."""
    found = by_row(np.random.default_rng(1).normal(size=(2, 75)))
    assert found.bar([0], 1) == 2.0
    assert found.bar([0], 1, np.array([1.0, 1.0])) == pytest.approx(2.0, abs=0.03)
    assert found.bar([0], 1, np.array([0.5, 1.0])) == pytest.approx(2.178 + 2.0 - norm.isf(0.025), abs=0.04)


def test_the_table_is_cut_anew_only_where_fits_differ_much() -> None:
    unstable, stable = comparison(0.2, 0.1, 0.5), comparison(0.2, 0.5, 0.1)
    assert unstable.passing > 0.8 > 0.2 > stable.passing
    assert (looks(unstable, 8), looks(unstable, 6), looks(unstable, 2)) == ((2, 4, 8), (2, 4, 6), (2,))
    assert (looks(stable, 8), looks(comparison(0.2, 0.1, 0.5, repeats=1), 8)) == ((2,), (1,))
    assert looks(replace(unstable, asked=20), 8) == looks(replace(unstable, keys=Keys(times=np.arange(75))), 8) == (2,)


@pytest.mark.parametrize(("gain", "wanted"), [(1.0, False), (0.15, True), (-0.5, False)])
def test_it_goes_on_while_yes_is_within_reach(gain: float, wanted: bool) -> None:
    found = replace(comparison(gain, 0.1, 0.6), looks=(2, 4, 8))
    assert found.bar > 2.2 or gain < 0.0  # what loses for certain does not count
    np.testing.assert_array_equal(np.sort(found.information), found.information)
    assert found.information[-1] == 1.0
    assert still_open(found) is wanted
    assert not still_open(replace(found, looks=(2,)))
    assert not still_open(replace(found, asked=20, looks=(4, 8)))


def hold(most: int, stop: int = 100) -> Comparison:
    """A tree on a small table, cut anew as often as may be."""

    def progress(done: int, total: int) -> None:
        if done == stop:
            raise KeyboardInterrupt

    X, y = Shift(3, 1.5).table(90, 30, seed=11)
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0))
    asked = Contest(model_of(model), model, methods(sources_of(["bootstrap"])), X, y, 2)
    return compared_on_folds(asked, outer_folds(y, Keys(), 3, most, 4), 2, most, 4, None, progress)


def test_further_cuts_leave_those_before_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "looks", lambda found, most: (2, most)[: most // 2])
    monkeypatch.setattr(contest, "still_open", lambda found: found.repeats < 4)
    once, twice, stopped = hold(2), hold(4), hold(4, stop=9)
    assert (once.done, twice.done, twice.asked, twice.repeats, twice.looks) == (6, 12, 12, 4, (2, 4))
    np.testing.assert_array_equal(twice.scores[:6], once.scores)
    assert (stopped.done, stopped.asked) == (9, 12)
    np.testing.assert_array_equal(np.bincount(twice.by_row.cuts), [3, 3, 3, 3])


def test_the_page_and_the_lines_say_that_more_cuts_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "looks", lambda found, most: (2, most))
    monkeypatch.setattr(contest, "still_open", lambda found: found.repeats < 3)
    said: list[str] = []
    X, y = Shift(3, 1.5).table(90, 30, seed=11)
    advice = advise(
        X, y, generators=["bootstrap"], folds=2, inner=2, most_repeats=3, progress=Lines(said.append).progress
    )
    assert "the answer is open and fits are unstable: 6 outer folds in place of 4" in said
    assert "which allows for looks at 2, 3 cuts" in " ".join(str(advice).split())
    told = json.loads(advice.to_json())
    assert (told["setting"]["repeats"], told["looks"]) == (3, [2, 3])
