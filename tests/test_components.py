"""Frozen, strict settings and the registry of kinds."""

import hashlib
from abc import abstractmethod
from typing import Annotated, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from synththeory.components import (
    Component,
    FloatRows,
    Floats,
    Integers,
    NonNegative,
    Positive,
    Settings,
    Strings,
    component_of,
    digest,
)


class Creature(Component):
    """A room of its own, so that the package's registries stay as they are."""

    @property
    @abstractmethod
    def legs(self) -> int:
        """How many."""


class Bird(Creature):
    """A concrete member."""

    kind: Literal["bird"] = "bird"
    wings: int = 2
    span: Positive = 1.0

    @property
    def legs(self) -> int:
        """Two."""
        return 2


class Beast(Creature):
    """Abstract still: it declares a kind but no legs."""

    kind: Literal["beast"] = "beast"


class Lists(Settings):
    """One field of each array kind."""

    floats: Floats = ()
    rows: FloatRows = ()
    integers: Integers = ()
    strings: Strings = ()
    share: NonNegative = 0.0


CHOICE: TypeAdapter[Creature] = TypeAdapter(Annotated[Creature, component_of(Creature)])


def test_registry_holds_the_concrete_members_of_the_room_only() -> None:
    assert Creature.registry == {"bird": Bird}


def test_a_table_becomes_the_component_of_its_kind() -> None:
    assert CHOICE.validate_python({"kind": "bird", "wings": 4}) == Bird(wings=4)
    ready = Bird()
    assert CHOICE.validate_python(ready) is ready


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"kind": "brid"}, "unknown creature kind 'brid'; did you mean 'bird'?"),
        ({"kind": "stone"}, "unknown creature kind 'stone'; valid: bird"),
        ({"wings": 2}, "a creature needs a 'kind'; valid: bird"),
        ({"kind": "bird", "wing": 2}, "unknown key 'wing'; did you mean 'wings'?"),
        ({"kind": "bird", "wings": "2"}, "valid integer"),
        ({"kind": "bird", "wings": True}, "valid integer"),
        ({"kind": "bird", "wings": 2.0}, "valid integer"),
        ({"kind": "bird", "span": 0.0}, "greater than 0"),
        ({"kind": "bird", "span": float("inf")}, "finite"),
        ({"kind": "bird", "span": float("nan")}, "finite"),
    ],
)
def test_a_wrong_table_is_refused_in_words(table: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CHOICE.validate_python(table)
    assert message in str(caught.value)


def test_settings_are_frozen_and_hashable() -> None:
    bird = Bird()
    with pytest.raises(ValidationError, match="frozen"):
        bird.wings = 3  # type: ignore[misc]
    assert hash(bird) == hash(Bird())


def test_lists_of_a_toml_file_become_tuples() -> None:
    got = Lists.model_validate(
        {"floats": [1, 2.5], "rows": [[1, 2], [3.0, 4.0]], "integers": [1, 2], "strings": ["a"], "share": 0}
    )
    assert got == Lists(floats=(1.0, 2.5), rows=((1.0, 2.0), (3.0, 4.0)), integers=(1, 2), strings=("a",))
    assert all(isinstance(value, float) for value in (*got.floats, got.share))


@pytest.mark.parametrize("values", [["1"], [True], 1.0, [[1.0]], [float("nan")]])
def test_floats_take_a_list_of_finite_numbers_only(values: object) -> None:
    with pytest.raises(ValidationError):
        Lists.model_validate({"floats": values})


def test_digest_is_a_hash_of_the_settings_as_json() -> None:
    text = '["pilot",{"kind":"bird","span":1.0,"wings":2},3]'
    assert digest("pilot", Bird(), 3) == hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def test_digest_sees_every_value_and_no_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(Bird(span=2)) == digest(Bird(span=2.0))
    assert len({digest(Bird()), digest(Bird(wings=3)), digest(Bird(), 1), digest(1, Bird()), digest("a", "b")}) == 5


def test_a_class_that_is_abstract_still_is_named_with_what_it_lacks() -> None:
    with pytest.raises(ValidationError, match="the creature kind 'beast' is abstract: Beast does not define legs"):
        CHOICE.validate_python({"kind": "beast"})
