"""The free fixes as arms: one row a metric without a multiplier, refused where they mean nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError, load_design, simulate
from synththeory.sim.cli import app
from synththeory.sim.run.compute import compute

Table = dict[str, Any]
LOGISTIC: Table = {"kind": "logistic", "C": 1e6}


@pytest.fixture
def fixed(small: Table) -> Table:
    small["learner"] = LOGISTIC
    small["sample"] = {"majority": 200, "minority": 40}
    small["augmentation"]["baselines"] = ["reweighted", "re-priored"]
    return small


def test_json_rows_of_a_free_fix_have_a_null_multiplier(fixed: Table, tmp_path: Path) -> None:
    file = tmp_path / "fixed.toml"
    file.write_text(load_design(fixed).toml)
    result = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "out"), "--format", "json"])
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)
    by_arm = {arm: [row for row in rows if row["arm"] == arm] for arm in ("oracle", "reweighted", "re-priored")}
    for arm in ("reweighted", "re-priored"):
        assert [row["metric"] for row in by_arm[arm]] == [
            "excess_risk", "parameter_error", "balanced_loss", "balanced_error",
        ]  # fmt: skip
        assert all(row["multiplier"] is None and row["synthetic_size"] == 0 for row in by_arm[arm])
        assert all(row["theory"] > 0.0 for row in by_arm[arm] if row["metric"] != "balanced_error")
    assert all(row["multiplier"] is not None for row in by_arm["oracle"])
    table = CliRunner().invoke(app, ["summary", str(tmp_path / "out")])
    assert table.exit_code == 0
    assert "re-priored" in table.stdout


def test_free_fixes_leave_every_other_number_as_it_was(fixed: Table) -> None:
    plain = {**fixed, "augmentation": {**fixed["augmentation"], "baselines": []}}
    before, after = simulate(plain), simulate(fixed)
    for arm in ("oracle", "smote"):
        assert before.select(arm=arm) == after.select(arm=arm)
    one = {**fixed, "augmentation": {**fixed["augmentation"], "baselines": ["re-priored"]}}
    assert simulate(one).select(arm="re-priored") == after.select(arm="re-priored")


def test_a_free_fix_does_not_depend_on_generators_sizes_or_grouping(fixed: Table) -> None:
    (cell,) = load_design(fixed).cells
    (other,) = load_design({**fixed, "augmentation": {"sizes": [0, 3], "generators": [{"kind": "bootstrap"}],
                                                      "baselines": ["reweighted"]}}).cells  # fmt: skip
    (reweighted,) = compute(cell, cell.arms[2:3], range(9))
    (elsewhere,) = compute(other, other.arms[1:], range(9))
    np.testing.assert_array_equal(reweighted.values, elsewhere.values)
    apart = [compute(cell, cell.arms[2:3], range(first, first + 1))[0].values for first in range(9)]
    np.testing.assert_array_equal(np.concatenate(apart, axis=1), reweighted.values)


def test_reprioring_mends_most_of_what_imbalance_costs(fixed: Table) -> None:
    summary = simulate(fixed)
    raw = summary.select(arm="oracle", metric="balanced_loss")[0].estimate
    for arm in ("reweighted", "re-priored"):
        (row,) = summary.select(arm=arm, metric="balanced_loss")
        assert row.estimate < raw - 5.0 * row.mcse


@pytest.mark.parametrize(
    "learner", [{"kind": "least-squares"}, {"kind": "least-squares", "intercept": True},
                {"kind": "logistic", "intercept": False, "C": 1.0}],
)  # fmt: skip
def test_repriored_is_refused_without_log_odds_or_intercept(fixed: Table, learner: Table) -> None:
    with pytest.raises(
        DesignError, match="'re-priored' gives log-odds of two classes: it needs the logistic learner"
    ) as caught:
        load_design({**fixed, "learner": learner})
    assert len(str(caught.value).splitlines()) == 1


def test_repriored_is_refused_by_the_command_line_with_code_two(fixed: Table, tmp_path: Path) -> None:
    file = tmp_path / "fixed.toml"
    file.write_text(load_design(fixed).toml.replace("intercept = true", "intercept = false"))
    result = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "re-priored" in result.stderr
    assert "Traceback" not in result.stderr


def test_reweighted_applies_to_least_squares(fixed: Table) -> None:
    changed = {**fixed, "learner": {"kind": "least-squares"},
               "augmentation": {**fixed["augmentation"], "baselines": ["reweighted"]}}  # fmt: skip
    summary = simulate(changed)
    rows = summary.select(arm="reweighted")
    assert [row.metric for row in rows] == ["excess_risk", "parameter_error"]
    assert all(row.theory is not None for row in rows)


@pytest.mark.parametrize(
    ("baselines", "words"),
    [
        (["rewieghted"], "did you mean 'reweighted'"),
        (["reweighted", "reweighted"], "two arms are called 'reweighted'"),
        ("reweighted", "expected a list, got 'reweighted'"),
        ([{"kind": "reweighted", "share": 0.3}], "unknown key 'share'"),
    ],
)
def test_bad_baselines_are_one_clear_line(fixed: Table, baselines: object, words: str) -> None:
    with pytest.raises(DesignError) as caught:
        load_design({**fixed, "augmentation": {**fixed["augmentation"], "baselines": baselines}})
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_generator_may_not_take_a_free_fixs_name(fixed: Table) -> None:
    fixed["augmentation"]["generators"] = [{"kind": "oracle", "name": "reweighted"}]
    with pytest.raises(DesignError, match="two arms are called 'reweighted'"):
        load_design(fixed)
