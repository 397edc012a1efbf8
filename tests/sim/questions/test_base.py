"""A kind of study is one class and one figure: defined here, run and drawn, with no other file touched."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from matplotlib.figure import Figure

from synththeory import DesignError, SynththeoryError, load_design, simulate, summarise
from synththeory.components import Count, Settings, digest
from synththeory.figures import draw, draws, registry
from synththeory.figures.parts.frame import Drawing
from synththeory.figures.parts.table import Plotted
from synththeory.learners import Learner, LeastSquares
from synththeory.populations import Population
from synththeory.sim.design.studies import studies
from synththeory.sim.questions import Question, Setting
from synththeory.sim.questions.arms import Arm, Data, Scores
from synththeory.sim.results.summary import Summary

Table = dict[str, Any]
EDITION = {  # design, cells, arms of every shipped study, as the code before questions wrote them into lock.json
    "alignment_biased": "161af6a4a495475f",
    "alignment_realistic": "fe589d54a7d26058",
    "bias_correction": "3c3d5720e0f264c6",
    "bias_correction_gain": "d099d89ae5079c26",
    "bias_correction_linear": "1b8e8eedb686f484",
    "bias_correction_rates": "5a963a88b84f7584",
    "bias_correction_small": "bff6c1fc70f37ce9",
    "craft": "da52ec37931e426d",
    "digits": "017211b17cd3a4ad",
    "headline": "0489c3b19752386e",
    "local_symmetry_linear": "048ec7986949e808",
    "local_symmetry_logistic": "ac790f1e423b777e",
    "multitask": "c5cf307edee29b2d",
    "propensity_ate": "c3fb44bfa8e6a756",
    "rates": "3ede385a4e5d7b00",
    "regime_map": "9e06f317b426ac79",
    "scaling_parametric": "f4851315c318f848",
    "size_curve_jitter": "a0ec9b203de97aba",
    "size_curve_smote": "a73eda9b0948e06b",
    "smote_contraction": "e218df5536fa90d4",
    "smote_or_bootstrap": "a3d8370f895f98ef",
    "spurious_correlation": "3a43b8f544ead1db",
    "symmetry_test": "361ccbb99e4cd2bc",
    "symmetry_test_power": "24ba8f42bb4f7863",
}


class MeanTable(Settings):
    """The table ``[moment]``: rows of the minority that the mean is taken over."""

    rows: Count


@dataclass(frozen=True)
class FirstRows:
    """The mean of the first minority rows against their law's."""

    rows: int

    names = ("first rows",)
    label = "first rows"
    points = ((None, 0),)
    metrics = ("squared_distance",)
    use = None

    @property
    def digest(self) -> str:
        """Digest of the rows."""
        return digest("first rows", self.rows)

    def run(self, data: Data) -> Scores:
        """‖mean − μ₁‖² in every replication."""
        law = data.minority.law
        assert law is not None
        gaps = data.minority.rows[:, : self.rows].mean(axis=1) - law.mean
        return Scores(np.square(gaps).sum(axis=1)[None, :, None], np.zeros((data.streams.count, 1), dtype=np.uint8))

    def prediction(self, population: Population, counts: tuple[int, ...]) -> None:
        """None is offered."""


class FirstMoment(Question):
    """How far is a mean of few rows from the truth."""

    kind: Literal["first-moment-for-tests"] = "first-moment-for-tests"
    moment: MeanTable

    mark: ClassVar[str] = "moment"
    asked: ClassVar[list[tuple[int, ...]]] = []

    @property
    def fitted(self) -> Learner:
        """Nothing is; what names the cell's loss."""
        return LeastSquares()

    def check(self, setting: Setting) -> None:
        """No more rows than there are."""
        self.asked.append(setting.counts)
        if self.moment.rows > setting.counts[1]:
            raise DesignError(f"moment.rows: expected at most {setting.counts[1]}, got {self.moment.rows}")

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """One."""
        return (FirstRows(self.moment.rows),)


@draws(FirstMoment)
def dots(summary: Summary, title: str) -> Drawing:
    """One dot a cell."""
    figure = Figure()
    axes = figure.add_subplot(title=title)
    points = [
        Plotted("a", cell.label, row.metric, row.arm, None, "simulation", "cell", float(place), row.estimate)
        for place, cell in enumerate(summary.design.cells)
        for row in summary.select(cell=cell.swept)
    ]
    axes.plot([point.x for point in points], [point.y for point in points], marker="o")
    return Drawing(figure, tuple(points))


TABLE: Table = {
    "study": "mean",
    "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
    "sample": {"majority": 20, "minority": 8},
    "moment": {"rows": 2},
    "monte_carlo": {"replications": 40},
    "sweep": {"moment.rows": [2, 4], "sample.minority": [8, 9, 10]},
}


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """The kind of this file, known in it alone."""
    before = dict(Question.registry)
    Question.registry["first-moment-for-tests"] = FirstMoment
    yield
    Question.registry.clear()
    Question.registry.update(before)


def test_a_new_kind_of_study_runs_resumes_and_is_drawn(tmp_path: Path) -> None:
    summary = simulate(TABLE, tmp_path / "study")
    assert isinstance(summary.design.question, FirstMoment)
    estimates = [row.estimate for row in summary.rows]
    assert len(estimates) == 6
    assert np.mean(estimates[:3]) == pytest.approx(1.0, rel=0.6)  # tr Σ / rows
    assert np.mean(estimates[3:]) < np.mean(estimates[:3])
    assert summarise(tmp_path / "study").rows == summary.rows
    draw(summary, tmp_path / "mean.png")
    with open(tmp_path / "mean.csv", newline="") as file:
        assert [float(row["y"]) for row in csv.DictReader(file)] == estimates
    assert load_design(tmp_path / "mean.toml") == summary.design


def test_every_cell_is_resolved_once() -> None:
    FirstMoment.asked.clear()
    load_design(TABLE)
    assert sorted(FirstMoment.asked) == [(20, minority) for minority in (8, 8, 9, 9, 10, 10)]


def test_its_problems_are_told_as_those_of_any_other_kind() -> None:
    for change, words in (
        ({"moment": {"rows": 9}, "sweep": {}}, "moment.rows: expected at most 8, got 9"),
        ({"sweep": {"moment.rows": [2, 9]}}, "in the cell rows=9: moment.rows: expected at most 8, got 9"),
        ({"moment": {"rwos": 2}, "sweep": {}}, "moment: unknown key 'rwos'; did you mean 'rows'"),
        ({"learner": {"kind": "least-squares"}}, r"a study with \[moment\] has no use for \[learner\]"),
        ({"test": {}}, r"\[test\] and \[moment\] are two kinds of study"),
        ({"momnet": {"rows": 2}}, "unknown key 'momnet'; did you mean 'moment'"),
    ):
        with pytest.raises(DesignError, match=words) as caught:
            load_design({**TABLE, **change})
        assert len(str(caught.value).splitlines()) == 1


def test_a_kind_without_a_figure_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._FIGURES, FirstMoment)
    with pytest.raises(SynththeoryError, match="no figure is known for studies of the kind 'first-moment-for-tests'"):
        draw(simulate({**TABLE, "sweep": {}}), tmp_path / "mean.png")


BASELINES = "augmentation.baselines"
NAIVE: dict[str, object] = {"name": "naive"}
CORRECTED = {"name": "corrected", "correction": {"kind": "bias"}}
UNMOVED = {"name": "unmoved", "correction": {"kind": "bias", "transport": "none"}}
HELD_OUT = {"name": "held-out", "correction": {"kind": "bias", "comparator": "held-out", "blocks": 1}}
ARMS = "augmentation.arms"
FORMER: dict[str, dict[str, object]] = {
    "bias_correction": {BASELINES: ["raw", "reweighted"], ARMS: [NAIVE, CORRECTED, UNMOVED, HELD_OUT]},
    "bias_correction_small": {
        "title": "Bias correction with few minority rows in many dimensions",
        BASELINES: ["raw", "reweighted"],
        ARMS: [NAIVE, CORRECTED, UNMOVED, HELD_OUT],
    },
    "digits": {BASELINES: ["raw", "re-priored", "reweighted"], ARMS: [NAIVE, CORRECTED]},
    "spurious_correlation": {BASELINES: ["reweighted"], "learner": {"kind": "logistic", "C": 1.0}},
}
"""What the first edition did, where a study draws more free fixes and arms or gives every arm one penalty now."""


@pytest.mark.parametrize("name", studies())
def test_designs_cells_and_arms_keep_their_digests(name: str) -> None:
    design = load_design(name, FORMER.get(name, {}))
    cells = [
        [cell.digest, cell.point, [[arm.label, arm.digest, list(arm.metrics)] for arm in cell.arms]]
        for cell in design.cells
    ]
    assert name not in EDITION or digest([digest(design.table), cells])[:16] == EDITION[name]
