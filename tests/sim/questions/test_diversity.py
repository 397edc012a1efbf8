"""Diversity of synthetic rows on a law of finitely many rows."""

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.populations import MixedTypes
from synththeory.sample import GivenBlock, GivenSample, Stratum
from synththeory.sim.questions.diversity import diversity, snapped

LAW = MixedTypes().laws[1]
MINORITY = Stratum("minority", 1, 1.0)


def test_the_law_is_the_one_that_is_said() -> None:
    for label, law in enumerate(MixedTypes().laws):
        one, two, three, first, _ = law.support.T
        assert law.probabilities.sum() == pytest.approx(1.0, abs=1e-12)
        assert law.probabilities @ one == pytest.approx(0.3 + 0.4 * label)
        assert law.probabilities @ (one == two) == pytest.approx(0.8)
        assert law.probabilities @ three == pytest.approx(0.2 + 0.3 * label)
        mean = law.probabilities[one == 0.0] @ first[one == 0.0] / law.probabilities[one == 0.0].sum()
        assert mean == pytest.approx(4.0 + label, abs=0.03)  # kept within [0, 11]


def test_measures_of_rows_that_are_counted_by_hand() -> None:
    seeds = LAW.support[[5, 5, 900]]
    made = np.array(
        [LAW.support[5] + 0.2, LAW.support[900], LAW.support[17] - [0.4, 0.0, 0.0, 0.0, 0.0], LAW.support[5]]
    )
    synthetic = GivenSample(made[None], np.ones((1, 4)), np.ones((1, 4)))
    found = diversity(synthetic, GivenBlock(seeds[None], MINORITY, LAW), np.array([[2, 4]]))
    np.testing.assert_array_equal(snapped(made, LAW.support), LAW.support[[5, 900, 17, 5]])
    entropies = [np.log(2) + 1 / 4, -(0.5 * np.log(0.5) + 0.5 * np.log(0.25)) + 2 / 8]
    np.testing.assert_allclose(found[0, 0], entropies)
    mass = LAW.probabilities
    np.testing.assert_allclose(found[1, 0], [mass[5] + mass[900], mass[5] + mass[900] + mass[17]])
    np.testing.assert_allclose(found[2, 0], [1.0, 0.75])


def test_a_study_measures_it_and_a_law_of_numbers_is_refused() -> None:
    arms = [{"kind": "oracle"}, {"kind": "bootstrap"}]
    changes = {"augmentation.generators": arms, "monte_carlo.replications": 3, "risk.test_rows": 50}
    summary = simulate(load_design("diversity", {**changes, "sweep": {}}))
    copies = {row.arm: row.estimate for row in summary.rows if row.metric == "copies"}
    assert copies["bootstrap"] == 1.0
    assert copies["oracle"] < 0.3
    with pytest.raises(DesignError, match="'diversity' needs a law on finitely many rows"):
        load_design("diversity", {**changes, "population": {"kind": "craft-rounded"}}).cells  # noqa: B018
    with pytest.raises(DesignError, match="the sizes must begin at 1 or more, got 0"):
        load_design("diversity", {**changes, "augmentation.multipliers": [0.0, 1.0]}).cells  # noqa: B018
