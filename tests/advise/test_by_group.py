"""Losses by group: right to the number, a harmed group named, and rows that harm one not advised."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm, t
from typer.testing import CliRunner

from synththeory.advise import Advice, advise
from synththeory.advise.by_group import Attribute, ByGroup, Group, by_group
from synththeory.advise.cli import app
from synththeory.advise.comparison import Estimate, HeldOut, compared
from synththeory.advise.methods import AS_IS, RE_PRIORED
from synththeory.advise.rule import chosen
from synththeory.advise.splits import Keys
from synththeory.advise.verdict import recommended
from synththeory.arrays import Array
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
        folds: list[tuple[Array, Array]] = []  # of one cut: every row is held out once
        for fold in comparison.held:
            losses: dict[int, list[float]] = {0: [], 1: []}
            for row, label, log_odds in zip(fold.rows, fold.y, fold.log_odds[place], strict=True):
                if str(int(rows[row, -1])) == group.name:
                    losses[int(label)].append(float(np.log1p(np.exp(log_odds if label == 0 else -log_odds))))
            folds.append((np.array(losses[0]), np.array(losses[1])))
        whole = [np.concatenate([fold[label] for fold in folds]) for label in (0, 1)]
        assert group.counts == tuple(map(len, whole))
        assert group.freedom == min(map(len, whole)) - 1
        assert group.losses[method].value == pytest.approx(0.5 * (whole[0].mean() + whole[1].mean()), rel=1e-9)
        fits = float(np.var([0.5 * (zero.mean() + one.mean()) for zero, one in folds], ddof=1))
        for parts in zip(*folds, strict=True):
            squares = sum(((part - part.mean()) ** 2).sum() for part in parts) / (sum(map(len, parts)) - len(parts))
            fits -= 0.25 * squares * float(np.mean([1.0 / len(part) for part in parts]))
        variance = 0.25 * sum(each.var(ddof=1) / len(each) for each in whole) + max(fits, 0.0) / len(folds)
        assert group.losses[method].standard_error == pytest.approx(float(np.sqrt(variance)), rel=1e-9)


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


def visited(visits: int, keys: bool, times: bool = False) -> ByGroup:
    """Two cuts of 120 patients at two sites, each seen so often and always the same; two methods."""
    rng, patients = np.random.default_rng(5), np.arange(120)
    y, fold = (patients % 4 == 0).astype(int), patients // 8 % 5
    log_odds = rng.normal(size=(2, 2, 120)) + rng.normal(size=(2, 1, 5))[..., fold]
    held, every = [], np.repeat(patients, visits)
    for cut in range(2):
        for own in range(5):
            rows, rest = np.flatnonzero(fold[every] == own), np.flatnonzero(fold[every] != own)
            held.append(HeldOut(rows, y[every[rows]], log_odds[cut][:, every[rows]], y[every[rest]]))
    tied = Keys(groups=every if keys else None, times=np.arange(every.size) if times else None)
    comparison = compared((AS_IS, RE_PRIORED), tuple(held), 10, 2, keys=tied)
    return by_group(comparison, Attribute("site", np.array(["A", "B"])[patients // 4 % 2][every]))


def test_eight_visits_of_a_patient_tell_no_more_than_one() -> None:
    for group, same in zip(visited(1, False).groups, visited(8, True).groups, strict=True):
        assert group.freedom == same.freedom == 14
        gap, more = (each.differences[AS_IS] for each in (group, same))
        assert (more.value, more.standard_error) == pytest.approx((gap.value, gap.standard_error))


def test_with_times_folds_are_counted_within_a_group_too() -> None:
    found, plain = visited(1, False, times=True), visited(1, False)
    for group, same in zip(found.groups, plain.groups, strict=True):
        assert (group.freedom, same.freedom) == (9, 14)
        assert group.losses[AS_IS].value == pytest.approx(same.losses[AS_IS].value)
        assert group.losses[AS_IS].standard_error != pytest.approx(same.losses[AS_IS].standard_error)


def made(*gaps: Estimate) -> ByGroup:
    """Groups of so many differences from a free fix that loses .4 in each."""
    fixed, none = Estimate(0.4, 0.01), Estimate(0.0, 0.0)
    groups = [
        Group(str(place), (900, 101), {AS_IS: fixed, RE_PRIORED: fixed}, {AS_IS: gap, RE_PRIORED: none}, 100)
        for place, gap in enumerate(gaps)
    ]
    return ByGroup("ward", RE_PRIORED, tuple(groups), ())


def test_of_many_groups_one_looks_harmed_by_chance() -> None:
    bad, even, good = Estimate(0.05, 0.02), Estimate(0.0, 0.01), Estimate(-0.1, 0.02)
    assert made(bad).bar(AS_IS, made(bad).groups[0]) == pytest.approx(2.0, abs=0.03)
    assert [group.name for group in made(bad).harmed(AS_IS)] == ["0"]
    assert [group.name for group in made(bad, *[good] * 11).harmed(AS_IS)] == ["0"]  # none of the others could be
    many = made(bad, *[even] * 11)
    assert many.bar(AS_IS, many.groups[0]) == pytest.approx(t.isf(norm.sf(2.0) / 12, 100))
    assert (many.harmed(AS_IS), many.unsure(AS_IS)) == ((), (*many.groups,))
    assert made(*[good] * 12).spares(AS_IS)
    assert made(*[good] * 12).spares(RE_PRIORED)
    sure = made(Estimate(0.01, 0.004))  # a harm, and less than a twentieth
    assert sure.spares(AS_IS)


def test_where_harm_is_open_so_is_the_answer(harmful: Advice) -> None:
    found = harmful.groups
    assert found is not None
    rows = chosen(harmful.comparison)
    few = replace(found.groups[1], differences=found.groups[1].differences | {rows: Estimate(0.01, 0.2)})
    told = recommended(harmful.comparison, (3000, 300), groups=replace(found, groups=(found.groups[0], few)))
    assert (told.answer, told.method.family) == ("can't tell", "free")
    assert told.sentence.startswith("Can't tell whether synthetic rows harm a group: ")
    assert "for attribute 1 (+0.0100 ± 0.2000) a harm of" in told.sentence


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
