"""Where people's own components come from: the file or notebook cell that defines each, and a digest of its text.

The package's own components have a version instead. A component of somebody else's has none: what is known of it is the
text it was defined by, and that text is part of the name under which its results are kept.
"""

from __future__ import annotations

import hashlib
import inspect
import linecache
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from weakref import WeakKeyDictionary

from pydantic import BaseModel

PACKAGE = __name__.partition(".")[0]


@dataclass(frozen=True)
class Source:
    """Where a class was defined.

    Attributes
    ----------
    file : str
        Its file, or the name Python gives a notebook cell; empty where it was typed at a prompt.
    digest : str
        Of the text of the file or cell as it was when the class was made; empty where that is not known.
    """

    file: str
    digest: str


_sources: WeakKeyDictionary[type, Source] = WeakKeyDictionary()


def is_own(cls: type) -> bool:
    """Whether a class is the package's own."""
    return cls.__module__.partition(".")[0] == PACKAGE


def remember(cls: type) -> None:
    """Note where a class comes from, unless it is the package's own; to be called when it is made."""
    if not is_own(cls):
        file = _file(cls)
        linecache.checkcache(file)
        text = "".join(linecache.getlines(file))
        known = hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if text else ""
        _sources[cls] = Source(file, known)


def components(*parts: object) -> Iterator[type[BaseModel]]:
    """The classes of other people's components within settings, arms and whatever is made of them, bases included."""
    for part in parts:
        if isinstance(part, BaseModel):
            yield from (base for base in type(part).__mro__ if base in _sources and issubclass(base, BaseModel))
            yield from components(*(getattr(part, name) for name in type(part).model_fields))
        elif is_dataclass(part) and not isinstance(part, type):
            yield from components(*(getattr(part, field.name) for field in fields(part)))
        elif isinstance(part, Mapping):
            yield from components(*part.values())
        elif isinstance(part, tuple | list):
            yield from components(*part)


def source(cls: type) -> Source:
    """Where a class of somebody else's was defined."""
    return _sources[cls]


def source_digests(*parts: object) -> tuple[str, ...]:
    """Digests of the texts that define the components within some settings; none where all are the package's own."""
    return tuple(sorted({_sources[cls].digest for cls in components(*parts)}))


def _file(cls: type) -> str:
    for value in vars(cls).values():
        function = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
        if inspect.isfunction(function) and function.__module__ == cls.__module__:
            return function.__code__.co_filename
    return getattr(sys.modules.get(cls.__module__), "__file__", None) or ""
