"""Diversity of synthetic rows on a law of finitely many rows."""

import csv
from pathlib import Path

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.figures import draw
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


def test_the_figure_has_a_line_an_arm_and_a_mark_a_learner(tmp_path: Path) -> None:
    summary = simulate(load_design("diversity", {
        "augmentation.generators": [{"kind": "oracle"}, {"kind": "bootstrap"}], "monte_carlo.replications": 3,
        "risk.test_rows": 50, "sweep.learner": [{"kind": "logistic", "ridge": 0.1}, {"kind": "logistic", "ridge": 1.0}],
    }))  # fmt: skip
    draw(summary, tmp_path / "diversity.png")
    with open(tmp_path / "diversity.csv", newline="") as file:
        drawn = [(row["panel"], row["metric"], row["arm"]) for row in csv.DictReader(file)]
    made, every = ("oracle", "bootstrap"), ("oracle", "bootstrap", "raw", "re-priored", "reweighted")
    expected = [("a", "row_entropy", arm) for arm in made]
    expected += [("b", metric, arm) for arm in made for metric in ("mass_covered", "copies")]
    for panel, metric in (("c", "balanced_loss"), ("d", "auroc")):
        expected += [(panel, metric, arm) for arm in every] * 2
    assert sorted(drawn) == sorted(expected)


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
