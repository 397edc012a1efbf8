"""Pydantic's validation errors in this package's words: one line a problem, the dotted key in front."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ALTERNATIVE = "<"
"""How the tag of a union's member begins: it is no key of the design and is left out of the dotted key."""
QUESTION = ("question",)
"""The place of a design's question: its tables stand beside the others, so that it is no key of the design either."""


def explain(error: ValidationError) -> str:
    """Every problem of a design, one line each, such as ``augmentation.generators[0].neighbors: expected …``."""
    return "\n".join(dict.fromkeys(_lines(error, "")))


def _lines(error: ValidationError, prefix: str) -> Iterator[str]:
    for problem in error.errors():
        place = problem["loc"]
        key = _joined(prefix, place[1:] if place[:1] == QUESTION else place)
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, ValidationError):
            yield from _lines(cause, key)
        else:
            yield f"{key}: {_words(problem)}" if key else _words(problem)


def _joined(prefix: str, place: tuple[int | str, ...]) -> str:
    key = prefix
    for part in place:
        if isinstance(part, int):
            key += f"[{part}]"
        elif not part.startswith(ALTERNATIVE):
            key += f".{part}" if key else part
    return key


def _words(problem: ErrorDetails) -> str:
    cause = problem.get("ctx", {}).get("error")
    if cause is not None:
        return str(cause)
    if problem["type"] == "missing":
        return "is missing"
    got = reprlib.repr(problem["input"])
    if problem["type"] == "tuple_type":
        return f"expected a list, got {got}"
    return f"{problem['msg'].replace('Input should be', 'expected')}, got {got}"
