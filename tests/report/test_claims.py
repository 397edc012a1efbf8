"""The registry of claims: complete, honest about differences, and able to say no."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synththeory import load_design, simulate
from synththeory.errors import DesignError, SynththeoryError
from synththeory.report.claims import EXPERIMENTS, PAPERS, Claim, Experiment, experiment, published
from synththeory.report.readings import Difference, Found, Point, Ratio, Slope, matches
from synththeory.report.verdicts import counted
from synththeory.sim.design.studies import studies
from synththeory.sim.results.summary import Summary


@pytest.fixture(scope="module")
def summary() -> Summary:
    """F1 with few replications and sizes."""
    settings = {"monte_carlo.replications": 12, "sweep": {"sample.minority": [25, 100, 400]}}
    return simulate(load_design("alignment_biased", settings))


class Fixed:
    """A reading that is always the same number."""

    def __init__(self, estimate: float, mcse: float, replications: int = 100) -> None:
        self.found = Found(estimate, mcse, None, replications)

    @property
    def points(self) -> tuple[Point, ...]:
        return ()

    def read(self, summary: Summary) -> Found:
        return self.found


@pytest.mark.parametrize(
    ("published", "half", "runs", "estimate", "outcome"),
    [
        (1.0, 0.0, None, 1.39, "agrees"),
        (1.0, 0.0, None, 1.41, "differs"),
        (1.0, 0.1, None, 1.49, "agrees"),
        (1.0, 0.0, 200, 1.48, "agrees"),  # the published mean's error is .07, both have .12
        (1.0, 0.0, 200, 1.50, "differs"),
        (1.0, 0.0, 100, 1.10, "not resolved"),  # .14: four of them are more than half of the number
        (0.0, 0.5, None, 0.8, "agrees"),
        (0.0, 0.1, None, 0.2, "not resolved"),
        ("< 0", 0.0, None, -0.41, "agrees"),
        ("< 0", 0.0, None, -0.39, "not resolved"),
        ("> 0", 0.0, None, -0.41, "differs"),
        ("> 1", 0.0, None, 1.41, "agrees"),
        (1.0, 0.0, None, float("nan"), "not resolved"),
    ],
)
def test_a_claim_is_judged_by_its_distance(
    summary: Summary, published: float | str, half: float, runs: int | None, estimate: float, outcome: str
) -> None:
    verdict = Claim("a number", "P", Fixed(estimate, 0.1), published, half, runs).judge(summary)
    assert verdict.outcome == outcome
    assert verdict.settled == (outcome != "differs")


@pytest.mark.parametrize(
    ("why", "unexplained", "outcome", "reason"),
    [
        ("", "", "differs", ""),
        ("known", "", "differs, explained", "known"),
        ("known", "half of it", "differs, explained in part", "known; open: half of it"),
    ],
)
def test_a_difference_is_settled_by_a_reason_and_what_that_leaves_open_is_told(
    summary: Summary, why: str, unexplained: str, outcome: str, reason: str
) -> None:
    claim = Claim("a number", "P", Fixed(2.0, 0.1), 1.0, why=why, unexplained=unexplained)
    verdict = claim.judge(summary)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    assert verdict.differs
    assert verdict.settled == (outcome != "differs")
    agreeing = replace(claim, published=2.0).judge(summary)
    assert (agreeing.outcome, agreeing.reason, agreeing.settled) == ("agrees", "", True)


def test_differences_are_counted_by_what_is_known_of_them(summary: Summary) -> None:
    claim = Claim("a number", "P", Fixed(2.0, 0.1), 1.0)
    judged = [
        each.judge(summary)
        for each in (claim, replace(claim, published=2.0), replace(claim, why="known", unexplained="a part"))
    ]
    told = "3 claims: 1 agree, 2 differ (1 explained in part, 1 without a known reason), 0 are not resolved"
    assert counted(judged).startswith(told)
    assert counted(judged[1:2]).startswith("1 claims: 1 agree, 0 differ, 0 are")


def test_what_is_left_open_goes_with_a_reason_and_no_two_claims_have_the_same_words() -> None:
    for each in EXPERIMENTS:
        assert all(claim.why for claim in each.claims if claim.unexplained)
        assert len({claim.words for claim in each.claims}) == len(each.claims)


def test_readings_agree_with_the_rows(summary: Summary) -> None:
    one, other = (Point("gaussian", multiplier, cell={"sample.minority": 100}) for multiplier in (1.0, 4.0))
    first, second = one.row(summary), other.row(summary)
    assert one.read(summary).estimate == first.estimate
    assert Difference(one, other).read(summary).estimate == pytest.approx(first.estimate - second.estimate, rel=1e-9)
    assert Ratio(one, other).read(summary).estimate == pytest.approx(first.estimate / second.estimate, rel=1e-9)
    assert Point("gaussian", 1.0, cell=1).row(summary) == first
    slope = Slope("gaussian", 4.0).read(summary)
    assert slope.theory == pytest.approx(-1.0, abs=0.05)


def test_differences_are_paired_by_replication() -> None:
    summary = simulate(load_design("local_symmetry_linear", {"monte_carlo.replications": 30}))
    contrast = next(each for each in summary.contrasts if each.arm == "smote" and each.multiplier)
    one, other = (Point(arm, contrast.multiplier, cell=contrast.cell) for arm in (contrast.arm, contrast.baseline))
    paired = Difference(one, other).read(summary)
    assert (paired.estimate, paired.mcse) == pytest.approx((contrast.difference, contrast.mcse), rel=1e-9)
    alone = float(np.hypot(one.read(summary).mcse, other.read(summary).mcse))
    assert abs(paired.mcse / alone - 1.0) > 0.1  # what errors of independent arms would have said
    first, second = one.values(summary), other.values(summary)
    left = [  # the jackknife, which the delta method comes to
        np.delete(first, k).mean() / np.delete(second, k).mean() for k in range(first.size)
    ]
    jackknife = np.sqrt((first.size - 1) * np.var(left))
    assert Ratio(one, other).read(summary).mcse == pytest.approx(jackknife, rel=0.05)


def test_a_reading_that_means_no_row_or_several_says_so(summary: Summary) -> None:
    with pytest.raises(DesignError, match=r"no row for .*did you mean 'gaussian'"):
        Point("gausian", 1.0, cell=0).read(summary)
    with pytest.raises(DesignError, match="3 rows"):
        Point("gaussian", 1.0).read(summary)


def test_a_key_reaches_into_a_swept_table() -> None:
    assert matches({"population": {"kind": "ring"}}, {"population.kind": "ring"})
    assert not matches({"population": {"kind": "ring"}}, {"population.kind": "craft"})


def test_every_experiment_is_a_study_with_a_known_paper_and_a_key_of_its_own() -> None:
    assert {each.study for each in EXPERIMENTS} <= set(studies())
    assert {each.paper for each in EXPERIMENTS} <= {paper.key for paper in PAPERS}
    assert len({each.key for each in EXPERIMENTS}) == len(EXPERIMENTS)
    with pytest.raises(SynththeoryError, match="no experiment 'F0'; valid: A1, B1"):
        experiment("F0")


@pytest.mark.parametrize("each", [each for each in EXPERIMENTS if each.claims], ids=lambda each: each.study)
def test_every_arm_and_cell_of_a_claim_is_in_its_study(each: Experiment) -> None:
    chosen = experiment(each.study)
    cells = load_design(chosen.study).cells
    arms = {arm.label: arm for cell in cells for arm in cell.arms}
    for claim in chosen.claims:
        for point in claim.reading.points:
            assert point.arm in arms, claim.words
            assert point.metric in arms[point.arm].metrics
            cell = point.cell
            assert isinstance(cell, int) or any(matches(found.swept, cell) for found in cells), claim.words


def test_published_means_are_those_with_an_error_of_their_own() -> None:
    assert [claim.published for claim in published("F1")] == [0.0162, 0.0005, 0.0001]
    assert len(published("F4")) == 3  # the oracle is known to differ


def test_the_form_names_every_figure_and_its_command() -> None:
    root = Path(__file__).parents[2]
    form = (root / "docs" / "reproducibility-form.md").read_text(encoding="utf-8")
    assert [each.study for each in EXPERIMENTS if f"| `python paper_figures/draw.py {each.study}` |" not in form] == []
    figures = [path.name for path in (root / "paper_figures" / "output").glob("*.png")]
    assert [name for name in figures if f"../paper_figures/output/{name})" not in form] == []
    minutes = dict(re.findall(r"^\| ([^|]+) \| [^|]* \| `[^`]*` \| ([^|]*) \|", form, re.MULTILINE))
    apart = [each.key for each in EXPERIMENTS if abs(float(minutes[each.key]) - each.alone() / 60.0) > 0.5]
    assert apart == []
