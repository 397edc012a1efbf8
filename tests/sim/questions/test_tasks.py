"""Studies of a scarce task among rich ones: arms and numbers, resume and replay, and what a design may not ask for."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, load_design, simulate
from synththeory.arrays import Array, Vector
from synththeory.corrections import imitations
from synththeory.generators import Smote
from synththeory.populations import LinearTasks
from synththeory.sim.results.text import csv_text, table
from synththeory.sim.run.compute import compute
from synththeory.sim.run.replay import replay
from synththeory.streams import Streams
from tests.reference import multitask as plain

TABLE: dict[str, Any] = {
    "study": "tasks",
    "population": {"kind": "linear-tasks", "slopes": [1.0, -1.0], "tasks": 3, "spread": 0.3},
    "sample": {"groups": [10, 31, 40]},
    "tasks": {"synthetic": 21, "generators": [{"kind": "smote", "neighbors": 3}]},
    "learner": {"kind": "least-squares", "intercept": True},
    "monte_carlo": {"replications": 8},
}


def with_ones(rows: Array) -> Array:
    """(x, 1, y) for (x, y): an intercept for a reference that has none."""
    return np.insert(rows, -1, 1.0, axis=-1)


def excess(theta: Vector, truth: Vector, mean: Vector) -> float:
    """E[(zᵀ(θ̂ − θ))²] with the second moments of z = (x, 1), x ~ N(m, I), written out."""
    moments = np.eye(3)
    moments[:2, :2] += np.outer(mean, mean)
    moments[:2, 2] = moments[2, :2] = mean
    return float((theta - truth) @ moments @ (theta - truth))


def test_every_arm_is_its_definition() -> None:
    (cell,) = load_design(TABLE).cells
    labels = ["scarce only", "pooled", "aligned", "naive:smote", "corrected:smote"]
    assert [arm.label for arm in cell.arms] == labels
    results = compute(cell, cell.arms, range(3, 4))
    found = {label: float(part.values[0, 0, 0]) for label, part in zip(labels, results, strict=True)}

    streams = Streams.named(cell.seed, cell.point, 3, 1)
    assert isinstance(cell.population, LinearTasks)
    scarce, *rich = blocks = cell.population.sample(streams, cell.counts)
    own = [block.rows[0] for block in blocks]
    made = Smote(neighbors=3).draw(streams, scarce, None, 21).rows[0]
    imitated = [
        with_ones(imitations(streams.within(f"task {place}"), Smote(neighbors=3), task, scarce, size // 10)[0])
        for place, (task, size) in enumerate(zip(rich, (31, 40), strict=True))
    ]
    moved = [rows - rows.mean(axis=0) + own[0].mean(axis=0) for rows in own]
    stacks = {
        "scarce only": own[0], "pooled": np.concatenate(own), "aligned": np.concatenate(moved),
        "naive:smote": np.concatenate([own[0], made]),
    }  # fmt: skip
    fits = {label: np.linalg.lstsq(with_ones(rows)[:, :-1], rows[:, -1])[0] for label, rows in stacks.items()}
    fits["corrected:smote"] = plain.fit(
        with_ones(own[0]), [with_ones(rows) for rows in own[1:]], with_ones(made), imitated, 0.0
    )
    for label, theta in fits.items():
        assert found[label] == pytest.approx(excess(theta, scarce.coefficients[0], scarce.place[0]), rel=1e-8), label


def test_a_study_resumes_replays_and_says_that_its_risk_is_exact(tmp_path: Path) -> None:
    whole = simulate(TABLE | {"sweep": {"population.spread": [0.0, 0.5]}}, threads=2, block=3)
    partial = TABLE | {"sweep": {"population.spread": [0.0, 0.5]}, "monte_carlo": {"replications": 3}}
    simulate(partial, tmp_path)
    summary = simulate(TABLE | {"sweep": {"population.spread": [0.0, 0.5]}}, tmp_path)
    assert [row.estimate for row in summary.rows] == [row.estimate for row in whole.rows]
    assert not replay(summary.design, summary.store, 1, 5).different
    assert {(row.risk_method, row.metric, row.failed) for row in summary.rows} == {("exact", "excess_risk", 0)}
    theories = {row.arm: row.theory for row in summary.rows}
    assert all((theories[arm] is None) == (arm not in ("scarce only", "aligned")) for arm in theories)
    assert {(entry.arm, entry.source) for entry in summary.agreements} == {
        ("scarce only", "closed form"), ("aligned", "closed form")
    }  # fmt: skip
    assert {contrast.baseline for contrast in summary.contrasts} == {"scarce only"}
    assert table(summary).row_count == 10
    assert "population.spread" in csv_text(summary).splitlines()[0]


def test_a_new_name_or_another_study_of_the_same_law_changes_no_number() -> None:
    (cell,) = load_design(TABLE).cells
    renamed = load_design(TABLE, {"tasks.generators": [{"kind": "smote", "neighbors": 3, "name": "SMOTE"}]}).cells[0]
    assert [arm.digest for arm in renamed.arms] == [arm.digest for arm in cell.arms]
    assert (renamed.digest, renamed.point) == (cell.digest, cell.point)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"population": {"kind": "mean-shift", "dimension": 2}, "sample": {"minority": 9, "ratio": 5}},
         "needs the population 'linear-tasks', got 'mean-shift'"),
        ({"sample.groups": [31, 10, 40]}, "the first of sample.groups is the scarce task's"),
        ({"sample.groups": [10, 31]}, "linear-tasks has 3 groups, got 2 counts"),
        ({"sample.groups": [3, 31, 40]}, r"tasks.generators\[0\] \(smote\): smote: neighbors must be fewer"),
        ({"learner": {"kind": "logistic"}}, "learner: the tasks are regressions"),
        ({"learner": {"kind": "least-squares"}}, "learner: the tasks are regressions"),
        ({"tasks.generators": [{"kind": "oracle"}]}, "oracle knows the true law of the seeds"),
        ({"tasks.generators": []}, "at least 1 item"),
        ({"tasks.generators": [{"kind": "smote"}, {"kind": "smote"}]}, "two generators have one name"),
        ({"tasks.correction": {"kind": "bias", "blocks": 4}}, "needs 4 block"),
        ({"risk": {"method": "exact"}}, r"a study with \[tasks\] has no use for \[risk\]"),
        ({"augmentation": {"sizes": [5], "generators": [{"kind": "smote"}]}}, r"leave out \[augmentation\]"),
        ({"population.slopes": []}, "at least 1 item"),
        ({"tasks.sintetic": 3}, "unknown key 'sintetic'"),
    ],
)  # fmt: skip
def test_impossible_designs_are_refused_in_words(settings: dict[str, Any], message: str) -> None:
    table = {**TABLE, **{key: value for key, value in settings.items() if "." not in key}}
    with pytest.raises(DesignError, match=message):
        load_design(table, {key: value for key, value in settings.items() if "." in key})


def test_the_tasks_population_and_its_table_need_each_other() -> None:
    lone = {key: value for key, value in TABLE.items() if key != "tasks"}
    added = {"augmentation": {"multipliers": [1.0], "generators": [{"kind": "smote"}]}}
    with pytest.raises(DesignError, match=r"it needs \[tasks\]"):
        load_design({**lone, **added})
    with pytest.raises(DesignError, match="learner: is missing"):
        load_design({key: value for key, value in TABLE.items() if key != "learner"})
