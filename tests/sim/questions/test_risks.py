"""Studies whose risk is measured on a test sample: what they report, what they refuse, and that they repeat."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError, StoreError, load_design, simulate
from synththeory.figures import draw
from synththeory.sim.cli import app
from synththeory.sim.results.text import risk_lines, table
from synththeory.sim.run.compute import compute

Table = dict[str, Any]
METRICS = ["balanced_loss", "balanced_error", "test_sample_error"]


@pytest.fixture
def ring() -> Table:
    return {
        "study": "ring",
        "population": {"kind": "ring", "dimension": 3},
        "sample": {"majority": 120, "minority": 17},
        "augmentation": {
            "multipliers": [0.0, 1.0],
            "generators": [{"kind": "jitter", "scale": 1.0}, {"kind": "oracle"}],
            "baselines": ["reweighted", "re-priored"],
        },
        "learner": {"kind": "random-fourier", "features": 15, "inner": {"kind": "logistic", "C": 2.0}},
        "risk": {"test_rows": 300},
        "monte_carlo": {"replications": 12, "seed": 1},
    }


def with_learner(tables: Table, **learner: object) -> Table:
    return {**tables, "learner": learner}


def test_rows_say_test_sample_and_have_no_theory(ring: Table, tmp_path: Path) -> None:
    summary = simulate(ring)
    assert {row.risk_method for row in summary.rows} == {"test-sample"}
    assert {row.theory for row in summary.rows} == {None}
    assert summary.agreements == ()
    for arm in ("jitter", "oracle", "reweighted", "re-priored"):
        assert list(dict.fromkeys(row.metric for row in summary.select(arm=arm))) == METRICS
    (line,) = risk_lines(summary)
    largest = max(row.estimate for row in summary.select(metric="test_sample_error"))
    assert f"300 rows a class, the same for every fit: its own standard error, at most {largest:.2g}" in line
    assert [column.header for column in table(summary).columns][3] == "balanced loss"
    assert all(path.exists() for path in draw(summary, tmp_path / "figure.png"))


def test_numbers_do_not_depend_on_grouping_or_on_other_arms(ring: Table) -> None:
    (cell,) = load_design(ring).cells
    whole = compute(cell, cell.arms, range(6))
    for place, arm in enumerate(cell.arms):
        apart = [compute(cell, (arm,), range(first, first + 1))[0].values for first in range(6)]
        np.testing.assert_array_equal(np.concatenate(apart, axis=1), whole[place].values)
    assert simulate(ring, threads=2, block=5).rows == simulate(ring, threads=1, block=12).rows


def test_at_size_zero_every_generator_is_the_raw_fit_and_repriored_moves_only_its_intercept(ring: Table) -> None:
    summary = simulate(ring)
    starts = [summary.select(arm=arm, metric="balanced_loss")[0].estimate for arm in ("jitter", "oracle")]
    assert starts[0] == starts[1]
    assert summary.select(arm="re-priored", metric="balanced_loss")[0].estimate != starts[0]


def test_a_test_sample_serves_a_linear_score_too_and_keeps_its_theory(ring: Table) -> None:
    linear = with_learner(ring, kind="logistic", C=1e3) | {"population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]}}
    exact = simulate({**linear, "risk": {}})
    sampled = simulate({**linear, "risk": {"method": "test-sample", "test_rows": 20_000}})
    assert {row.risk_method for row in exact.rows} == {"exact"}
    assert {row.risk_method for row in sampled.rows} == {"test-sample"}
    for metric in ("balanced_loss", "balanced_error"):
        for mine, truth in zip(sampled.select(metric=metric), exact.select(metric=metric), strict=True):
            assert mine.estimate == pytest.approx(truth.estimate, rel=0.05)
            assert mine.theory == truth.theory
    assert any(row.theory is not None for row in sampled.select(metric="balanced_loss"))


def test_squared_loss_on_features_is_measured_too(ring: Table) -> None:
    del ring["augmentation"]["baselines"]
    summary = simulate(with_learner(ring, kind="random-fourier", features=9, inner={"kind": "least-squares"}))
    assert all(0.0 < row.estimate < 1.0 for row in summary.select(metric="balanced_loss"))


def test_the_size_of_the_test_sample_belongs_to_the_stored_numbers(ring: Table, tmp_path: Path) -> None:
    simulate(ring, out=tmp_path)
    with pytest.raises(StoreError, match=r"risk\.test_rows"):
        simulate({**ring, "risk": {"test_rows": 400}}, out=tmp_path)
    (cell,), (other,) = load_design(ring).cells, load_design({**ring, "risk": {"test_rows": 400}}).cells
    assert cell.point == other.point
    assert cell.digest != other.digest


def test_a_chosen_size_is_scored_like_every_other(ring: Table) -> None:
    ring["sample"]["minority"] = 40
    ring["selection"] = {"rule": "tg-vtss", "gqs_folds": 2, "biased": [0.0, 1.0], "validation": "cross-validation",
                         "folds": 2}  # fmt: skip
    summary = simulate(ring)
    chosen = {row.metric: row for row in summary.select(arm="tg-vtss:jitter")}
    assert set(METRICS) < set(chosen)
    assert {row.risk_method for row in chosen.values()} == {"test-sample"}
    shares = [chosen[f"share_{name}"].estimate for name in ("symmetric", "realistic", "biased")]
    assert sum(shares) == pytest.approx(1.0)
    (cell,) = load_design(ring).cells
    values = summary.values(cell, "tg-vtss:jitter", "balanced_loss")[:, 0]
    multipliers = summary.values(cell, "tg-vtss:jitter", "chosen_multiplier")[:, 0]
    curve = summary.values(cell, "jitter", "balanced_loss")
    assert np.isin(multipliers, (0.0, 1.0)).any()
    for place, multiplier in enumerate((0.0, 1.0)):
        here = multipliers == multiplier
        np.testing.assert_allclose(values[here], curve[here, place], rtol=1e-8)


def test_inner_settings_can_be_swept(ring: Table) -> None:
    design = load_design({**ring, "sweep": {"learner.inner.C": [0.1, 10.0]}})
    assert [cell.learner.model_dump()["inner"]["C"] for cell in design.cells] == [0.1, 10.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"risk": {"method": "exact"}}, "risk.method = 'exact' needs a score that is linear in the rows"),
        ({"risk": {"method": "sample"}}, "'exact' or 'test-sample'"),
        ({"risk": {"test_rows": 1}}, "greater than or equal to 2"),
        ({"risk": {"rows": 10}}, "unknown key 'rows'"),
        ({"learner": {"kind": "random-fourier", "inner": {"kind": "least-squares"}}}, "needs the logistic learner"),
        ({"learner": {"kind": "random-fourier", "inner": {"kind": "random-fourier"}}}, "linear in the features"),
        ({"selection": {"rule": "tg-vtss", "gqs_folds": 2}}, "the symmetry test of 16 parameters needs at least 18"),
        ({"risk": None, "test": {"kind": "symmetry"}}, "a study with [test] has no use for [augmentation]"),
        ({"population": {"kind": "ring", "dimension": 1}}, "greater than or equal to 2"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(ring: Table, change: Table, words: str) -> None:
    with pytest.raises(DesignError) as caught:
        load_design({**ring, **change})
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_command_line_tells_of_the_test_sample_on_stderr(ring: Table, tmp_path: Path) -> None:
    file = tmp_path / "ring.toml"
    file.write_text(load_design(ring).toml)
    result = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "out"), "--format", "json"])
    assert result.exit_code == 0, result.stderr
    assert {row["risk_method"] for row in json.loads(result.stdout)} == {"test-sample"}
    assert "is not in the MCSE" in result.stderr
    refused = CliRunner().invoke(app, ["run", str(file), "--set", "risk.method=exact"])
    assert refused.exit_code == 2
    assert "Traceback" not in refused.stderr


def test_a_study_of_a_test_has_no_risk_table(ring: Table) -> None:
    tested = {key: ring[key] for key in ("study", "population", "sample", "risk", "monte_carlo")}
    with pytest.raises(DesignError, match=r"a study with \[test\] has no use for \[risk\]"):
        load_design({**tested, "test": {"kind": "symmetry"}})


def test_tiles_are_cut_for_what_the_learner_sees(ring: Table) -> None:
    (cell,), (plain,) = (
        load_design(ring).cells,
        load_design(with_learner({**ring, "risk": {"method": "test-sample"}}, kind="logistic")).cells,
    )
    assert (cell.columns, plain.columns) == (15, 3)
