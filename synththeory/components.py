"""Frozen, strict configuration objects and the registry that turns a ``kind`` into one of them."""

from __future__ import annotations

import hashlib
import inspect
import json
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from synththeory import plugins, sources
from synththeory.errors import nearest


def as_tuple(value: object) -> object:
    """A list as TOML has it, and lists within it, as tuples."""
    return tuple(as_tuple(entry) for entry in value) if isinstance(value, list | tuple) else value


AS_TUPLE = BeforeValidator(as_tuple)
Floats = Annotated[tuple[float, ...], AS_TUPLE]
FloatRows = Annotated[tuple[tuple[float, ...], ...], AS_TUPLE]
Integers = Annotated[tuple[int, ...], AS_TUPLE]
Strings = Annotated[tuple[str, ...], AS_TUPLE]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseModel):
    """A frozen, strict group of settings; an unknown key is refused with the nearest valid one."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys_only(cls, data: Any) -> Any:
        if isinstance(data, dict):
            valid = {field.alias or name for name, field in cls.model_fields.items()}
            for key in data:
                if key not in valid and key not in cls.model_fields:
                    raise ValueError(f"unknown key '{key}'{nearest(str(key), valid)}")
        return data


class Component(Settings):
    """A member of one of the rooms (population, generator, learner …), named by its ``kind``.

    A concrete subclass declares ``kind: Literal["name"] = "name"`` and is thereby known to every design: a direct
    abstract child of this class is a *room* and owns the registry of its concrete descendants, and of those that
    declare a kind but lack a method.
    """

    registry: ClassVar[dict[str, type[Component]]]
    unfinished: ClassVar[dict[str, type[Component]]]
    kind: str

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Component in cls.__bases__:
            cls.registry, cls.unfinished = {}, {}
        kind = cls.model_fields["kind"].default
        if not isinstance(kind, str):
            return
        sources.remember(cls)
        taken = cls.registry.get(kind)
        if taken is not None and sources.is_own(taken) and not sources.is_own(cls):
            raise TypeError(f"the kind '{kind}' of {cls.__name__} is that of the package's own {taken.__name__}")
        (cls.unfinished if inspect.isabstract(cls) else cls.registry)[kind] = cls


ComponentT = TypeVar("ComponentT", bound=Component)


def component_of(room: type[ComponentT]) -> BeforeValidator:
    """Pydantic validator: a table with a ``kind``, or a ready component, of the given room."""

    def build(value: object) -> object:
        if not isinstance(value, dict):
            return value
        if "kind" not in value:
            word = room.__name__.lower()
            raise ValueError(f"a {word} needs a 'kind'; valid: {', '.join(sorted(room.registry))}")
        return _member(room, str(value["kind"])).model_validate(value)

    return BeforeValidator(build)


def _member(room: type[Component], kind: str) -> type[Component]:
    """The class of a kind, if need be from an installed package that offers components."""
    if kind not in room.registry:
        plugins.load_installed()
    if kind in room.registry:
        return room.registry[kind]
    word, unfinished = room.__name__.lower(), room.unfinished.get(kind)
    if unfinished is not None:
        lacks = ", ".join(sorted(unfinished.__abstractmethods__))
        raise ValueError(f"the {word} kind '{kind}' is abstract: {unfinished.__name__} does not define {lacks}")
    raise ValueError(f"unknown {word} kind '{kind}'{nearest(kind, room.registry)}")


def digest(*parts: object) -> str:
    """Hexadecimal digest (32 digits) of settings and plain values, the same in every process.

    Parameters
    ----------
    *parts : Settings or JSON-serialisable value
        What the digest names; equal parts give equal digests.
    """

    def plain(part: object) -> object:
        return part.model_dump(mode="json") if isinstance(part, BaseModel) else part

    text = json.dumps([plain(part) for part in parts], sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
