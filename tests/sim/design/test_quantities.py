"""Every number that a component can be given has a name and a range."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest

import synththeory.sim.design.design  # noqa: F401  (registers every kind)
from synththeory.components import Settings
from synththeory.corrections import Baseline, Correction
from synththeory.generators import Generator
from synththeory.learners import Learner
from synththeory.populations import Population
from synththeory.selection import Rule
from synththeory.sim.design.quantities import QUANTITIES, quantity
from synththeory.sim.design.sample_sizes import SampleSizes

ROOMS = {
    "population": Population,
    "generators": Generator,
    "learner": Learner,
    "baselines": Baseline,
    "correction": Correction,
    "selection": Rule,
}
GRIDS = {"multipliers", "symmetric", "realistic", "biased"}  # lists of multipliers: edited as a list, not moved


def is_number(annotation: Any) -> bool:
    """Whether a field takes a number or a vector of numbers."""
    if get_origin(annotation) is Annotated:
        return is_number(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return any(is_number(each) for each in get_args(annotation) if each is not NoneType)
    return annotation in (int, float, tuple[float, ...], tuple[int, ...])


def fields(room: str, kind: type[Settings]) -> list[str]:
    """The keys of a kind's numbers."""
    return [
        f"{room}.{name}"
        for name, field in kind.model_fields.items()
        if is_number(field.annotation) and name not in GRIDS
    ]


KINDS = [
    (room, kind) for room, parent in ROOMS.items() for kind in parent.registry if kind.isidentifier() or "-" in kind
]
SHIPPED = [(room, kind) for room, kind in KINDS if ROOMS[room].registry[kind].__module__.startswith("synththeory.")]


@pytest.mark.parametrize(("room", "kind"), SHIPPED)
def test_every_number_of_every_component_has_a_name(room: str, kind: str) -> None:
    assert [key for key in fields(room, ROOMS[room].registry[kind]) if quantity(key, kind) is None] == []


def test_every_number_of_the_sample_has_a_name() -> None:
    assert [key for key in fields("sample", SampleSizes) if quantity(key) is None] == []


def test_ranges_are_ranges() -> None:
    for key, entry in QUANTITIES.items():
        assert entry.low < entry.high, key
        assert entry.step > 0.0, key
        assert entry.scale == "linear" or entry.low > 0.0, key


def test_a_kind_may_give_a_word_its_own_meaning() -> None:
    assert quantity("population.spread", "ring") != quantity("population.spread", "sigmoid-link")
    assert quantity("augmentation.generators.2.neighbors", "smote") is QUANTITIES["generators.neighbors"]
