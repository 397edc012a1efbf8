"""The address is the state, and the state is the command line's."""

import json
import shlex
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from synththeory.errors import DesignError
from synththeory.explore.simulation import Runner
from synththeory.explore.state import State
from synththeory.explore.tables import numbers, theory_columns
from synththeory.sim.cli import app
from tests.explore.conftest import LIGHT

KEYS = st.from_regex(r"[a-z_]{1,8}(\.[a-z0-9_]{1,8}){0,2}", fullmatch=True)
VALUES = st.recursive(
    st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@example({"_": {"\x7f": "\x7f"}}, 0.0, 10)
@settings(max_examples=40)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.floats(0.0, 9.0), st.integers(10, 10**6))
def test_the_text_of_a_state_reads_back(changes: dict[str, Any], handle: float, replications: int) -> None:
    state = State("headline", 1, changes, float(f"{handle:g}"), replications)
    assert State.of(state.pairs) == state


def test_an_empty_address_is_the_opening_and_a_study_opens_with_its_first_cell() -> None:
    assert (State.of([]).study, State.of([]).cell) == ("headline", 1)
    assert State.of([("study", "craft")]).cell == 0


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("cell", "-1", "cell: expected a whole number"),
        ("cell", "one", "cell: expected a whole number"),
        ("gamma", "nan", "gamma: expected a number"),
        ("replications", "3", "at least 10"),
        ("replications", "9" * 30, "expected a whole number"),
        ("set", "nothing", "expected dotted.key=value"),
    ],
)
def test_nonsense_is_one_message(name: str, text: str, wanted: str) -> None:
    with pytest.raises(DesignError, match=wanted):
        State.of([(name, text)])


def test_a_design_is_checked_once_for_a_text() -> None:
    assert State("headline", 1, {"sample.minority": 50}).design is State("headline", 1, {"sample.minority": 50}).design
    with pytest.raises(DesignError, match="no study"):
        _ = State("headlin").design


@pytest.mark.parametrize(
    ("study", "changes"),
    [
        ("headline", {}),
        ("headline", {"population.mean": [1.3, 0.0]}),
        ("headline", {"augmentation.generators": [{"kind": "smote", "neighbors": 3}]}),
        ("headline", {"learner": {"kind": "logistic", "ridge": 1e-4}, "augmentation.baselines": ["raw"]}),
        ("headline", {"learner.intercept": True, "monte_carlo.seed": 7}),
        ("local_symmetry_linear", {}),
    ],
    ids=["nothing", "slider", "switch", "choice", "more", "F3"],
)
def test_the_command_prints_the_numbers_of_the_page(study: str, changes: dict[str, Any], tmp_path: Any) -> None:
    light = dict(State.of([("set", f"{key}={value}") for key, value in LIGHT.items()]).changes)
    state = State(study, int(study == "headline"), light | changes, replications=20)
    program, *words = shlex.split(state.command.removeprefix("python -m "))
    assert program == "synththeory.sim"
    finished = CliRunner().invoke(app, [*words, "--format", "json", "--out", str(tmp_path / "study")])
    assert finished.exit_code == 0, finished.output
    session = Runner().session(state.design)
    for _ in session.steps(20):
        continue
    shown, columns = numbers(session.summary(20)).rows, theory_columns(state.design.cells[0])
    told = json.loads(finished.stdout)
    assert [(row["arm"], row["estimate"], row["mcse"]) for row in told] == [
        (row.arm, row.estimate, row.mcse) for row in shown
    ]
    assert {(each.arm, each.metric): list(each.values) for each in columns} == {
        key: [row["theory"] for row in told if (row["arm"], row["metric"]) == key]
        for key in dict.fromkeys((row["arm"], row["metric"]) for row in told if row["theory"] is not None)
    }
