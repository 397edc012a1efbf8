"""The controls of the page, read off a design's tables: every number, choice and switch with its name and range."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from synththeory.components import Component
from synththeory.errors import DesignError
from synththeory.explore.starting import BASELINES, GENERATORS, LEARNERS, POPULATIONS, Starting, table_of
from synththeory.generators import Generator
from synththeory.learners import Learner
from synththeory.populations import Population
from synththeory.sim.design.quantities import Quantity, quantity
from synththeory.sim.design.tables import Table

Group = Literal["data", "generators", "learner", "more"]


@dataclass(frozen=True)
class Slider:
    """A number, or the length of a vector whose direction stays.

    Attributes
    ----------
    key : str
        Dotted key of the design.
    group : str
        Where on the page.
    name : str
        Accessible name, label and symbol; of a generator's setting, the generator before them.
    value : float
    low, high, step, scale, whole, unit
        As of `Quantity`; the range holds the value.
    vector : tuple of float
        What the value is the length of; empty for a number.
    """

    key: str
    group: Group
    name: str
    value: float
    low: float
    high: float
    step: float
    scale: str
    whole: bool
    unit: str
    vector: tuple[float, ...] = ()
    type: Literal["slider"] = "slider"


@dataclass(frozen=True)
class Choice:
    """One of several words; choosing writes ``values[i]`` under the key.

    Attributes
    ----------
    key, group, name
        As of `Slider`.
    options : tuple of str
        As shown.
    values : tuple
        What each writes.
    value : int
        Place of the present one; −1 where it is none of them.
    """

    key: str
    group: Group
    name: str
    options: tuple[str, ...]
    values: tuple[Any, ...]
    value: int
    type: Literal["choice"] = "choice"


@dataclass(frozen=True)
class Switch:
    """On or off; each writes a value under the key.

    Attributes
    ----------
    key, group, name
        As of `Slider`.
    value : bool
    on, off
        What is written.
    """

    key: str
    group: Group
    name: str
    value: bool
    on: Any
    off: Any
    type: Literal["switch"] = "switch"


Control = Slider | Choice | Switch


@dataclass(frozen=True)
class Problem:
    """What a design was refused for.

    Attributes
    ----------
    key : str
        Key of the control it belongs to; empty where it belongs to none.
    message : str
    """

    key: str
    message: str


def controls(table: Table) -> tuple[Control, ...]:
    """Every control of a design's tables, in the order of the page."""
    return (
        *_component("population", "data", "population", table.get("population", {}), Population, POPULATIONS),
        *_sample(table.get("sample", {})),
        *_generators(table.get("augmentation", {})),
        *_component("learner", "learner", "learner", table.get("learner", {}), Learner, LEARNERS),
        *_baselines(table.get("augmentation", {})),
        *_numbers("monte_carlo", "more", "", {"seed": table.get("monte_carlo", {}).get("seed", 0)}, ""),
    )


def problems(error: DesignError, shown: Sequence[Control]) -> tuple[Problem, ...]:
    """The lines of a refusal, each with the control it speaks of."""
    return tuple(Problem(_spoken_of(line, shown), line) for line in str(error).splitlines())


def _spoken_of(line: str, shown: Sequence[Control]) -> str:
    """The key that a line names first: in full, or a table's key and its last word apart; else one above it."""
    words: list[str] = [word.strip(".") for word in re.findall(r"[\w.]+", re.sub(r"\[(\d+)\]", r".\1", line))]
    keys = list(dict.fromkeys(each.key for each in shown))
    for word in words:
        if word in keys:
            return word
    apart = [
        (words.index(word), key)
        for key in keys
        for table, _, word in [key.rpartition(".")]
        if {table, word} <= {*words}
    ]
    above = [key for key in keys if any(word.startswith(f"{key}.") for word in words)]
    return min(apart)[1] if apart else next(iter(above), "")


def _component(
    key: str,
    group: Group,
    name: str,
    table: Mapping[str, Any],
    room: type[Component],
    starting: Starting,
) -> Iterator[Control]:
    """A kind to choose, and the settings of the chosen kind."""
    kind = str(table.get("kind", ""))
    kinds = tuple(starting) if kind in starting else (kind, *starting)
    values = tuple(dict(table) if each == kind else table_of(each, starting) for each in kinds)
    yield Choice(key, group, name, kinds, values, kinds.index(kind))
    yield from _settings(key, group, "", table, room)


def _settings(
    key: str, group: Group, before: str, table: Mapping[str, Any], room: type[Component]
) -> Iterator[Control]:
    kind = str(table.get("kind", ""))
    if kind not in room.registry:
        return
    for word, entry in room.registry[kind].model_fields.items():
        if word in ("kind", "name"):
            continue
        value = table.get(word, None if entry.is_required() else entry.default)
        yield from _setting(f"{key}.{word}", group, before, kind, value, entry)


def _setting(key: str, group: Group, before: str, kind: str, value: Any, entry: FieldInfo) -> Iterator[Control]:
    name = f"{before}{key.rpartition('.')[2].replace('_', ' ')}"
    options = _options(entry.annotation)
    if options:
        yield Choice(key, group, name, options, options, options.index(value) if value in options else -1)
    elif isinstance(value, bool):
        yield Switch(key, group, name, value, True, False)
    else:
        yield from _numbers(key.rpartition(".")[0], group, before, {key.rpartition(".")[2]: value}, kind)


def _options(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) in (Union, UnionType):
        (annotation, *others) = (each for each in get_args(annotation) if each is not NoneType)
        return () if others else _options(annotation)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _numbers(table: str, group: Group, before: str, values: Mapping[str, Any], kind: str) -> Iterator[Slider]:
    """Sliders of the numbers and vectors that have a name; what is not given has none."""
    for word, value in values.items():
        found = quantity(f"{table}.{word}", kind)
        vector = tuple(value) if isinstance(value, list | tuple) and value and _is_number(value[0]) else ()
        if found is not None and (vector or _is_number(value)):
            length = math.hypot(*vector) if vector else float(value)
            yield _slider(f"{table}.{word}", group, f"{before}{found.words}", length, found, vector)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _slider(key: str, group: Group, name: str, value: float, found: Quantity, vector: tuple[float, ...]) -> Slider:
    low, high = min(found.low, value), max(found.high, value)
    if found.scale == "log":
        low = max(low, 1e-12)  # a logarithmic range cannot hold zero: the number box can
    return Slider(key, group, name, value, low, high, found.step, found.scale, found.whole, found.unit, vector)


def _sample(table: Mapping[str, Any]) -> Iterator[Slider]:
    yield from _numbers("sample", "data", "", {key: value for key, value in table.items() if key != "groups"}, "")


def _generators(table: Mapping[str, Any]) -> Iterator[Control]:
    """A switch for every generator, those of the design first, each followed by the settings of a shown one."""
    chosen = list(table.get("generators", ()))
    for place, generator in enumerate(chosen):
        label = str(generator.get("name") or generator.get("kind"))
        without = [*chosen[:place], *chosen[place + 1 :]]
        yield Switch("augmentation.generators", "generators", label, True, chosen, without)
        key = f"augmentation.generators.{place}"
        yield from _settings(key, "generators", f"{label}: ", generator, Generator)
    for kind in GENERATORS:
        if kind in Generator.registry and kind not in {generator.get("kind") for generator in chosen}:
            more = [*chosen, table_of(kind, GENERATORS)]
            yield Switch("augmentation.generators", "generators", kind, False, more, chosen)


def _baselines(table: Mapping[str, Any]) -> Iterator[Switch]:
    chosen = [each["kind"] if [*each] == ["kind"] else each for each in table.get("baselines", ())]
    for kind in BASELINES:
        plain = [each for each in BASELINES if each in chosen or each == kind]
        on = [*plain, *(each for each in chosen if each not in BASELINES)]
        off = [each for each in chosen if each != kind]
        yield Switch("augmentation.baselines", "more", f"free fix: {kind}", kind in chosen, on, off)
