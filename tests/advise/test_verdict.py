"""The rule of recommendation on scores made by hand, and on tables whose answer is known."""

import numpy as np
import pytest

from synththeory.advise import advise
from synththeory.advise.comparison import Estimate
from synththeory.advise.methods import AS_IS, RE_PRIORED, WEIGHTED, methods, sources_of
from synththeory.advise.verdict import chosen, recommended
from synththeory.arrays import Array
from tests.advise.tables import Shift, scored

ENTERED = methods(sources_of(["smote"]))
NOISE = np.array([0.01, -0.01, 0.02, -0.02, 0.0] * 2)


def losses(as_is: float, re_priored: float, weighted: float, *synthetic: Array) -> Array:
    flat = [np.full(10, value) for value in (as_is, re_priored, weighted)]
    rest = [np.full(10, 9.0)] * (3 - len(synthetic))
    return np.stack([*flat, *synthetic, *rest], axis=1)


def bound() -> float:
    """Two corrected standard errors of NOISE."""
    return 2.0 * float(NOISE.std(ddof=1)) * np.sqrt(1 / 10 + 1 / 4)


@pytest.mark.parametrize(
    ("table", "method", "begins"),
    [
        (losses(0.3, 0.4, 0.5), AS_IS, "No: leave the model as it is."),
        (
            losses(0.9, 0.4, 0.5),
            RE_PRIORED,
            "No: the free fix is enough. Keep the model you have and add log(n0/n1) = 2.30",
        ),
        (losses(0.9, 0.6, 0.5), WEIGHTED, "No: the free fix is enough. Fit with balanced class weights"),
        (losses(0.9, 0.4, 0.5, 0.4 - 0.99 * bound() + NOISE), RE_PRIORED, "No: the free fix is enough."),
        (losses(0.9, 0.4, 0.5, 0.4 - 1.01 * bound() + NOISE), ENTERED[3], "Yes: add 900 synthetic rows by smote"),
        (losses(0.9, 0.4, 0.5, np.full(10, 0.1) + 40 * NOISE, 0.3 + NOISE), ENTERED[4], "Yes: add"),
    ],
)
def test_rows_must_beat_the_better_free_fix_by_two_standard_errors(table: Array, method: object, begins: str) -> None:
    comparison = scored(ENTERED, table)
    assert chosen(comparison) == method
    assert recommended(comparison, (1000, 100), ()).sentence.startswith(begins)


def test_what_holds_for_ranking_is_said_where_it_is_true() -> None:
    comparison = scored(ENTERED, losses(0.9, 0.6, 0.5))
    assert "as it is loses nothing that can be measured" in recommended(comparison, (1000, 100), ()).sentence
    comparison.scores[:, 2, 1] = 0.9 + NOISE  # class weights rank better than the fit as it is
    assert "loses nothing" not in recommended(comparison, (1000, 100), ()).sentence


def test_beyond_means_more_than_two() -> None:
    assert not Estimate(-0.2, 0.1).beyond
    assert Estimate(-0.21, 0.1).beyond
    assert not Estimate(0.0, 0.0).beyond


def test_a_right_model_needs_only_the_free_fix() -> None:
    advice = advise(*Shift(4, 1.5).table(600, 60, seed=21), generators=["bootstrap"], folds=3, repeats=1, inner=2)
    assert advice.recommendation.method.family == "free"
