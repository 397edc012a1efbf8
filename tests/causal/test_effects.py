"""IPW and AIPW: by hand, by their properties, unbiased with the coverage they state, and what is refused."""

from typing import Any

import numpy as np
import pytest

from synththeory.arrays import Array, Vector
from synththeory.causal import aipw, aipw_effect, ipw, ipw_effect
from synththeory.populations import Treatment
from synththeory.streams import Streams
from tests.reference import effects as plain
from tests.statistical import assert_agrees, assert_mean

FAMILY = 2  # comparisons of this file

POPULATION = Treatment(mean=(0.6, 0.3), share=0.2, outcome=(1.0, -0.5), effect=0.7, modifier=(0.5, 0.0))


def table(seed: int = 0, size: int = 200) -> tuple[Vector, Vector, Vector, Array]:
    """Outcome, treatment, propensity and covariates."""
    streams = Streams.named(seed, "effects", 0, 1)
    (counts,) = POPULATION.counts(streams, size)
    blocks = POPULATION.sample(streams, counts.tolist())
    rows = np.concatenate([block.rows[0] for block in blocks])
    treated = np.repeat([0.0, 1.0], counts)
    design = np.column_stack([rows, np.ones(size)])
    chance = 1.0 / (1.0 + np.exp(-design @ POPULATION.propensity))
    return POPULATION.outcomes(streams, blocks)[0], treated, chance, rows


def test_both_are_the_definitions() -> None:
    outcome, treated, chance, rows = table()
    found = ipw_effect(outcome, treated, chance)
    np.testing.assert_allclose((found.estimate, found.standard_error), plain.ipw(outcome, treated, chance), rtol=1e-12)
    both = aipw_effect(outcome, treated, chance, rows, level=0.5)
    expected = plain.aipw(outcome, treated, chance, rows)
    np.testing.assert_allclose((both.estimate, both.standard_error), expected, rtol=1e-9)
    assert both.upper - both.lower == pytest.approx(2.0 * 0.6744897501960817 * both.standard_error)
    assert found.largest_weight == pytest.approx(max((treated / chance).max() / (treated / chance).sum(),
                                                     ((1 - treated) / (1 - chance)).max()
                                                     / ((1 - treated) / (1 - chance)).sum()))  # fmt: skip


def test_shifts_scales_and_swapped_arms() -> None:
    outcome, treated, chance, rows = table(1)
    for effect in (
        lambda y, t, e: ipw_effect(y, t, e).estimate,
        lambda y, t, e: aipw_effect(y, t, e, rows).estimate,
    ):
        here = effect(outcome, treated, chance)
        assert effect(5.0 - 2.0 * outcome, treated, chance) == pytest.approx(-2.0 * here)
        assert effect(outcome, 1.0 - treated, 1.0 - chance) == pytest.approx(-here)


def test_exact_linear_outcomes_leave_nothing_to_weight() -> None:
    _, treated, chance, rows = table(2)
    outcome = rows @ [1.0, 2.0] + treated * (3.0 + rows @ [0.5, 0.0])
    exact = float(np.mean(3.0 + rows @ [0.5, 0.0]))
    assert aipw_effect(outcome, treated, np.full_like(chance, 0.4), rows).estimate == pytest.approx(exact)


def test_the_estimates_centre_on_the_exact_effect_and_the_intervals_cover() -> None:
    """Forgetting that the effect varies with x (η = 0 in the truth) is the planted error."""
    errors, covered = [], []
    for seed in range(500):
        outcome, treated, chance, rows = (each[None] for each in table(seed, 2000))
        found = [ipw(outcome, treated == 1.0, chance), aipw(outcome, treated == 1.0, chance, rows)]
        errors.append([each.estimate[0] - POPULATION.average_effect for each in found])
        covered.append(abs(errors[-1][1]) <= 1.96 * found[1].error[0])
    draws = np.array(errors)
    assert_mean(draws, np.zeros(2), "IPW and AIPW with the true propensity centre on the ATE", cases=FAMILY)
    wrong = draws[:, 1] + POPULATION.average_effect - POPULATION.effect
    assert abs(wrong.mean()) > 4.5 * wrong.std() / np.sqrt(len(wrong))
    share = np.mean(covered)
    assert_agrees(
        share, 0.95, np.sqrt(0.95 * 0.05 / len(covered)), "AIPW's intervals cover at their level", cases=FAMILY
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treatment": [0, 0, 0, 0]}, "0 or 1, both present"),
        ({"propensity": [0.2, 0.5, 1.0, 0.4]}, "strictly between 0 and 1"),
        ({"outcome": [1.0, np.nan, 2.0, 3.0]}, "1 outcomes are missing"),
        ({"outcome": [1.0]}, "alike"),
        ({"level": 2.0}, "level must be between 0 and 1"),
    ],
)
def test_bad_tables_are_refused_in_words(change: dict[str, Any], message: str) -> None:
    good = {"outcome": [1.0, 2.0, 3.0, 4.0], "treatment": [0, 1, 0, 1], "propensity": [0.2, 0.5, 0.3, 0.4]}
    with pytest.raises(ValueError, match=message):
        ipw_effect(**{**good, **change})
    with pytest.raises(ValueError, match="X must be"):
        aipw_effect(**good, X=[1.0, 2.0])
