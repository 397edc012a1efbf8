"""Every study gives controls, each with one name; a refusal finds the control it is about."""

from collections import Counter

import pytest

from synththeory.errors import DesignError
from synththeory.explore.controls import Choice, Slider, Switch, controls, problems
from synththeory.explore.starting import GENERATORS, LEARNERS, POPULATIONS
from synththeory.explore.state import State
from synththeory.sim.design.studies import studies, tables_of


@pytest.mark.parametrize("study", studies())
def test_every_study_has_controls_with_one_name_each(study: str) -> None:
    shown = controls(State(study, 0).table)
    assert any(control.group == "data" for control in shown)
    assert [name for name, times in Counter((each.type, each.name) for each in shown).items() if times > 1] == []
    for control in shown:
        assert control.name.strip(" ,:")
        if isinstance(control, Slider):
            assert control.value <= control.high
            assert control.low <= control.value or (control.scale, control.value) == ("log", 0.0)
            assert control.step > 0.0
        if isinstance(control, Choice):
            assert len(control.options) == len(control.values)


def test_a_switch_adds_and_takes_away_one_generator() -> None:
    shown = controls(State("headline", 1).table)
    switches = {each.name: each for each in shown if isinstance(each, Switch) and each.group == "generators"}
    before = tables_of("headline")["augmentation"]["generators"]
    assert switches["smote"].value
    assert not switches["kde"].value
    assert switches["kde"].on == [*before, {"kind": "kde"}]
    assert len(switches["smote"].off) == len(before) - 1


def test_a_direction_stays_while_its_length_is_a_slider() -> None:
    (shift,) = (each for each in controls(State("headline", 1).table) if each.key == "population.mean")
    assert isinstance(shift, Slider)
    assert (shift.value, shift.vector) == (1.0, (1.0, 0.0))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sample.minority", -5),
        ("sample.minority", 5000),
        ("learner.ridge", -1.0),
        ("population.mean", []),
        ("augmentation.generators.2.neighbors", 100),
        ("augmentation.generators.1.shrinkage", 2.0),
    ],
)
def test_a_refusal_is_told_beside_its_control(key: str, value: object) -> None:
    state = State("headline", 1, {key: value})
    with pytest.raises(DesignError) as refused:
        _ = state.design
    assert [each.key for each in problems(refused.value, controls(State("headline", 1).table))] == [key]


def test_what_can_be_chosen_can_be_made() -> None:
    for starting, key in ((POPULATIONS, "population"), (LEARNERS, "learner")):
        for kind, settings in starting.items():
            _ = State("headline", 1, {key: {"kind": kind, **settings}}).design
    for kind, settings in GENERATORS.items():
        _ = State("headline", 1, {"augmentation.generators": [{"kind": kind, **settings}]}).design
