"""Arms that choose their size: part of the curve they choose from, kept, counted, and refused where they cannot be."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import DesignError, load_design, simulate
from synththeory.sim.cli import app
from synththeory.sim.design.design import Design
from synththeory.sim.questions.selected import SHARES, Selected
from synththeory.sim.run.compute import compute
from synththeory.status import Status

Table = dict[str, Any]
JOINT: Table = {
    "population": {"kind": "sigmoid-link", "dimension": 4},
    "sample": {"total": 600},
    "learner": {"kind": "logistic", "intercept": False, "C": 1e6},
}


@pytest.fixture
def chosen(small: Table) -> Table:
    small["sample"] = {"majority": 90, "minority": 20}
    small["augmentation"]["generators"] = [{"kind": "smote", "neighbors": 3}, {"kind": "oracle"}]
    small["selection"] = {"rule": "tg-vtss", "gqs_folds": 3}
    return small


def values(design: Design, arm: str, replications: range) -> np.ndarray:
    (cell,) = design.cells
    (found,) = compute(cell, tuple(each for each in cell.arms if each.label == arm), replications)
    return found.values


@pytest.mark.parametrize("joint", [False, True])
@pytest.mark.parametrize("gamma", [0.0, 0.7, 1.5])
def test_a_single_candidate_is_the_curve_at_that_multiplier(chosen: Table, joint: bool, gamma: float) -> None:
    """The chosen fit has the rows of the curve's own draw: equal to the bit."""
    table = {**chosen, **(JOINT if joint else {}), "selection": {"rule": "vtss", "multipliers": [gamma]}}
    table["augmentation"] = {**chosen["augmentation"], "multipliers": [gamma]}
    design = load_design(table)
    curve, selected = (values(design, arm, range(5)) for arm in ("smote", "vtss:smote"))
    np.testing.assert_array_equal(selected[: len(curve)], curve)
    np.testing.assert_array_equal(selected[len(curve)], gamma)


@pytest.mark.parametrize("joint", [False, True])
@pytest.mark.parametrize("validation", ["hold-out", "cross-validation"])
def test_no_number_depends_on_tiles_or_other_arms(chosen: Table, joint: bool, validation: str) -> None:
    table = {**chosen, **(JOINT if joint else {})}
    table["selection"] = {**chosen["selection"], "validation": validation}
    whole = values(load_design(table), "tg-vtss:smote", range(8))
    apart = [values(load_design(table), "tg-vtss:smote", range(each, each + 1)) for each in range(8)]
    np.testing.assert_array_equal(np.concatenate(apart, axis=1), whole)
    alone = {
        **table,
        "augmentation": {**chosen["augmentation"], "generators": chosen["augmentation"]["generators"][:1]},
    }
    np.testing.assert_array_equal(values(load_design(alone), "tg-vtss:smote", range(8)), whole)


def test_arms_without_a_rule_are_as_they_were(chosen: Table) -> None:
    before = simulate({key: value for key, value in chosen.items() if key != "selection"})
    after = simulate(chosen)
    for arm in ("smote", "oracle"):
        assert before.select(arm=arm) == after.select(arm=arm)


def test_a_rule_may_be_added_to_a_folder_and_changed_there(chosen: Table, tmp_path: Path) -> None:
    plain = {key: value for key, value in chosen.items() if key != "selection"}
    simulate(plain, out=tmp_path / "study")
    first = simulate(chosen, out=tmp_path / "study")
    other = simulate({**chosen, "selection": {"rule": "tg-vtss", "tau": 0.5}}, out=tmp_path / "study")
    again = simulate(chosen, out=tmp_path / "study")
    assert first.rows == again.rows
    assert first.select(metric="share_biased") != other.select(metric="share_biased")


def test_every_replication_has_one_verdict_and_they_are_summarised_as_shares(chosen: Table, tmp_path: Path) -> None:
    file = tmp_path / "chosen.toml"
    file.write_text(load_design(chosen).toml)
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["run", str(file), "--out", str(out), "--format", "json"])
    assert result.exit_code == 0, result.stderr
    rows = [row for row in json.loads(result.stdout) if row["arm"] == "tg-vtss:smote"]
    assert [row["metric"] for row in rows] == [
        "excess_risk", "parameter_error", "chosen_multiplier", *SHARES, "gqs", "symmetry_p_value",
    ]  # fmt: skip
    assert all(row["multiplier"] is None and row["synthetic_size"] is None and row["theory"] is None for row in rows)
    assert sum(row["estimate"] for row in rows if row["metric"] in SHARES) == pytest.approx(1.0)
    assert all(0.0 <= row["lower"] < row["upper"] <= 1.0 for row in rows if row["metric"] in SHARES)
    (cell,) = load_design(chosen).cells
    (results,) = compute(cell, cell.arms[2:3], range(30))
    assert set(np.unique(results.values[3:6])) <= {0.0, 1.0}
    table = CliRunner().invoke(app, ["summary", str(out)])
    assert "chosen: tg-vtss:smote: symmetric" in table.stderr
    assert "Wilson); realistic" in table.stderr
    assert CliRunner().invoke(app, ["replay", str(out), "--replication", "3"]).exit_code == 0


def test_a_design_with_a_rule_survives_its_own_toml_and_may_sweep_it(chosen: Table, tmp_path: Path) -> None:
    design = load_design(chosen)
    file = tmp_path / "again.toml"
    file.write_text(design.toml)
    assert load_design(file) == design
    assert 'rule = "tg-vtss"' in design.toml
    assert "fraction = 0.2" in design.toml
    both = ["hold-out", "cross-validation"]
    swept = load_design({**chosen, "sweep": {"selection.tau": [1.0, 10.0], "selection.validation": both}})
    assert [arm.rule.tau for cell in swept.cells for arm in cell.arms if isinstance(arm, Selected)] == 4 * [1.0] + 4 * [
        10.0
    ]
    rules = load_design(
        {**chosen, "sweep": {"selection": [{"rule": "tg-vtss"}, {"rule": "vtss", "multipliers": [1.0]}]}}
    )
    assert [cell.arms[2].label for cell in rules.cells] == ["tg-vtss:smote", "vtss:smote"]


def test_a_failed_choice_is_counted_with_its_reason(chosen: Table) -> None:
    """Without a penalty there is no pilot of separated classes."""
    chosen["population"] = {"kind": "gaussian-mixture", "majority": [{"mean": [0.0, 0.0]}],
                            "minority": [{"mean": [6.0, 0.0]}]}  # fmt: skip
    chosen["learner"] = {"kind": "logistic"}
    (cell,) = load_design(chosen).cells
    (results,) = compute(cell, cell.arms[2:3], range(30))
    separated = results.status == Status.SEPARATED
    assert separated.mean() > 0.5
    np.testing.assert_array_equal(np.isnan(results.values).all(axis=0), separated)


REFUSED: dict[str, tuple[Table, str]] = {
    "no rule": ({"tau": 3.0}, "selection: needs a 'rule'; valid: tg-vtss, vtss"),
    "unknown rule": ({"rule": "tgvtss"}, "unknown rule 'tgvtss'; did you mean 'tg-vtss'"),
    "unknown key": ({"rule": "tg-vtss", "fold": 3}, "unknown key 'fold'; did you mean 'folds'"),
    "no grid": ({"rule": "vtss"}, "it needs 'multipliers', such as"),
    "empty grid": ({"rule": "vtss", "multipliers": []}, "selection.multipliers"),
    "grid of the other rule": ({"rule": "tg-vtss", "multipliers": [1.0]}, "unknown key 'multipliers'"),
    "two validations": ({"rule": "tg-vtss", "folds": 4}, "'folds' does not belong to validation = 'hold-out'"),
    "validation": ({"rule": "tg-vtss", "validation": "holdout"}, "expected 'hold-out' or 'cross-validation'"),
    "fraction": ({"rule": "tg-vtss", "fraction": 1.5}, "selection.fraction: expected less than 1"),
    "folds": ({"rule": "tg-vtss", "validation": "cross-validation", "folds": 21}, "21 folds or sides.*got 20"),
    "gqs folds": ({"rule": "tg-vtss", "gqs_folds": 25}, "25 folds or sides need as many minority rows, got 20"),
}


def test_a_rule_alone_is_not_a_table(chosen: Table) -> None:
    with pytest.raises(DesignError, match=r"expected a table such as .* got 'tg-vtss'") as caught:
        load_design({**chosen, "selection": "tg-vtss"})
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("name", REFUSED)
def test_bad_rules_are_one_clear_line(chosen: Table, name: str) -> None:
    selection, words = REFUSED[name]
    with pytest.raises(DesignError, match=f"(?s){words}") as caught:
        load_design({**chosen, "selection": selection})
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sample": {"majority": 9, "minority": 3}, "augmentation": {"sizes": [1], "generators": [{"kind": "oracle"}]}},
         "the symmetry test of 2 parameters needs at least 4 minority rows, got 3; raise sample.minority, or use"),
        ({"augmentation": {"sizes": [1], "generators": [{"kind": "smote", "neighbors": 13}]}},
         "a fold leaves 13 of 20 minority rows to the generator: smote: neighbors must be fewer"),
        ({"augmentation": {"sizes": [1], "generators": []}}, "augmentation.generators"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_split_the_sample_is_refused(chosen: Table, changed: Table, words: str) -> None:
    with pytest.raises(DesignError, match=words):
        load_design({**chosen, **changed})


def test_a_test_study_has_nothing_to_choose(chosen: Table, design: Callable[..., Design]) -> None:
    table = {key: value for key, value in chosen.items() if key not in ("augmentation", "learner")}
    with pytest.raises(DesignError, match=r"leave out \[selection\], or \[test\]"):
        load_design({**table, "test": {"kind": "symmetry"}, "population": {"kind": "cube-pair", "dimension": 2}})
    with pytest.raises(DesignError, match="augmentation"):
        load_design(table)
