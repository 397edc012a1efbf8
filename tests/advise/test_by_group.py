"""Losses by group: right to the number, a harmed group named, and rows that harm one not advised."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory.advise import Advice, advise
from synththeory.advise.by_group import Attribute, by_group
from synththeory.advise.cli import app
from synththeory.advise.rule import chosen
from synththeory.advise.verdict import recommended
from synththeory.errors import DesignError
from tests.advise.laws import LAWS
from tests.advise.tables import mixed


@pytest.fixture(scope="module")
def harmful() -> Advice:
    (law,) = (law for law in LAWS if law.divided)
    X, groups = law.parted(law.table((3000, 300), 3)[0])
    y = np.repeat([0, 1], [3000, 300])
    return advise(X, y, estimator=law.model, generators=["gaussian-fit"], attribute=groups, folds=4, repeats=1, inner=2)


def test_losses_within_a_group_are_those_of_a_plain_loop(harmful: Advice) -> None:
    comparison, found = harmful.comparison, harmful.groups
    assert found is not None
    (law,) = (law for law in LAWS if law.divided)
    rows = law.table((3000, 300), 3)[0]
    method = harmful.recommendation.method
    place = comparison.methods.index(method)
    for group in found.groups:
        losses: dict[int, dict[int, list[float]]] = {0: {}, 1: {}}
        for fold in comparison.held:
            for row, label, log_odds in zip(fold.rows, fold.y, fold.log_odds[place], strict=True):
                if str(int(rows[row, -1])) == group.name:
                    loss = float(np.log1p(np.exp(log_odds if label == 0 else -log_odds)))
                    losses[int(label)].setdefault(int(row), []).append(loss)
        means = [np.array([np.mean(each) for each in losses[label].values()]) for label in (0, 1)]
        assert group.counts == tuple(map(len, means))
        assert group.losses[method].value == pytest.approx(0.5 * (means[0].mean() + means[1].mean()), rel=1e-9)
        error = 0.5 * np.sqrt(sum(mean.var(ddof=1) / len(mean) for mean in means))
        assert group.losses[method].standard_error == pytest.approx(error, rel=1e-9)


def test_rows_that_harm_a_group_are_not_advised_and_the_harm_is_said(harmful: Advice) -> None:
    found = harmful.groups
    assert found is not None
    rows = chosen(harmful.comparison)
    assert rows.family == "synthetic"  # without groups they would be
    assert [group.name for group in found.harmed(rows)] == ["1"]
    assert harmful.recommendation.answer == "no"
    assert harmful.recommendation.method.family == "free"
    assert "harms a group (attribute 1: +" in harmful.recommendation.sentence
    page = str(harmful)
    assert "By attribute, balanced log loss on each group's own held-out rows:" in page
    assert max(map(len, page.splitlines())) <= 120
    read = json.loads(harmful.to_json())["groups"]
    assert [rows.name in group["harmed_by"] for group in read["groups"]] == [False, True]
    fair = replace(found, groups=found.groups[:1])
    assert recommended(harmful.comparison, (3000, 300), groups=fair).method == rows


def test_small_groups_are_named_and_bad_attributes_refused(harmful: Advice) -> None:
    values = np.repeat(["a", "b"], [3295, 5])
    found = by_group(harmful.comparison, Attribute("ward", values))
    assert ([group.name for group in found.groups], found.few) == (["a"], ("b",))
    every = np.arange(3300)
    for wrong, says in ((np.zeros(3300), "has 1 values"), (every, "has 3300 values")):
        with pytest.raises(DesignError, match=says):
            Attribute.of(wrong, every)
    with pytest.raises(DesignError, match="no group of attribute 'y'"):
        by_group(harmful.comparison, Attribute("y", np.repeat(["a", "b"], [3000, 300])))


def test_the_command_line_takes_an_attribute(tmp_path: Path) -> None:
    X, y = mixed(150, 60)
    path = tmp_path / "table.csv"
    X.assign(state=y).to_csv(path, index=False)
    words = [str(path), "--label", "state", "--generator", "bootstrap", "--folds", "3", "--repeats", "1", "--jobs", "1"]
    ran = CliRunner().invoke(app, [*words, "--attribute", "ward", "--json"])
    assert ran.exit_code == 0, ran.output
    read = json.loads(ran.stdout)
    assert read["groups"]["attribute"] == "ward"
    assert "ward" in [column["name"] for column in read["columns"]]
    wrong = CliRunner().invoke(app, [*words, "--attribute", "wards"])
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (2, 1)
    assert "did you mean 'ward'" in wrong.stderr
