import tomllib

import pytest

from synththeory.errors import DesignError
from synththeory.sim.design.studies import load_design
from synththeory.sim.design.tables import assignment, flat, put, remove, toml_text


def test_toml_text_reads_back_as_the_same_table():
    table = {
        "name": 'quotes " and \\ and ü and\nlines',
        "flag": True,
        "count": 3,
        "small": 1e-8,
        "whole": 2.0,
        "rows": [[1.0, 2.0], [3.0, 4.0]],
        "empty": {},
        "inner": {"kind": "x", "list": [{"a": 1, "deep": {"b": [1, {"c": 2}]}}, {"a": 2}]},
        "sweep": {"inner.kind": ["x", "y"], "whole": [{"kind": "a"}, {"kind": "b", "mean": [0.5]}]},
    }
    assert tomllib.loads(toml_text(table)) == table


def test_put_goes_through_tables_and_lists_and_leaves_the_original_alone():
    table = {"a": {"b": [{"c": 1}, {"c": 2}]}}
    assert put(table, "a.b.1.c", 5) == {"a": {"b": [{"c": 1}, {"c": 5}]}}
    assert put(table, "new.key", 5) == {**table, "new": {"key": 5}}
    assert table == {"a": {"b": [{"c": 1}, {"c": 2}]}}


@pytest.mark.parametrize("key", ["a.b.2.c", "a.b.x", "a.b.0.c.d"])
def test_put_refuses_a_path_through_nothing(key):
    with pytest.raises(DesignError, match=key.replace(".", r"\.")):
        put({"a": {"b": [{"c": 1}, {"c": 2}]}}, key, 5)


def test_remove_and_flat():
    table = {"a": {"b": 1, "c": {"d": 2}}, "e": [3]}
    assert flat(table) == {"a.b": 1, "a.c.d": 2, "e": [3]}
    assert remove(table, "a.c.d") == {"a": {"b": 1, "c": {}}, "e": [3]}
    assert remove(table, "a") == {"e": [3]}
    assert remove(table, "x.y") == table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("population.noise=sphere", ("population.noise", "sphere")),
        ("a=3", ("a", 3)),
        ("a=1e-6", ("a", 1e-6)),
        ('a="3"', ("a", "3")),
        ("a=[0.5, 0]", ("a", [0.5, 0])),
        ("a={ kind = 'x' }", ("a", {"kind": "x"})),
        ("title=two words = one title", ("title", "two words = one title")),
    ],
)
def test_assignment_reads_toml_values_and_bare_words(text, expected):
    assert assignment(text) == expected


@pytest.mark.parametrize("text", ["noise", "=sphere"])
def test_assignment_needs_a_key(text):
    with pytest.raises(DesignError, match=r"dotted\.key=value"):
        assignment(text)


def test_a_cell_of_a_study_is_a_design_without_a_sweep() -> None:
    study = load_design("headline")
    for place, cell in enumerate(study.cells):
        alone = load_design("headline", cell=place)
        (only,) = alone.cells
        assert not alone.sweep
        assert (only.point, only.digest) == (cell.point, cell.digest)
        assert [arm.digest for arm in only.arms] == [arm.digest for arm in cell.arms]


def test_settings_come_after_the_cell() -> None:
    assert load_design("headline", {"population.mean": [2.0, 0.0]}, cell=1).population.kind == "gaussian-shift"
    with pytest.raises(DesignError, match="cell 2: the study has 2 cells, 0 to 1"):
        load_design("headline", cell=2)


@pytest.mark.parametrize("study", ["severe_imbalance", "craft_jasa", "headline"])
def test_every_cell_of_a_study_can_be_run_alone(study):
    design = load_design(study)
    for place, cell in enumerate(design.cells):
        (alone,) = load_design(study, cell=place).cells
        assert alone.digest == cell.digest


def test_a_size_of_a_test_sample_that_nobody_needs_is_refused_in_one_cell_too():
    with pytest.raises(DesignError, match=r"risk\.test_rows: this study knows its risk"):
        load_design("headline", {"risk.test_rows": 50}, cell=0)
