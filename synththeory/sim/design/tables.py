"""Plain TOML tables: read a value, put one under a dotted key, lay a table flat, write it as text."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from synththeory.errors import DesignError

Table = dict[str, Any]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def plain(value: Any) -> Any:
    """The same settings as dicts, lists and scalars only: components become tables, tuples become lists."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def put(table: Table, key: str, value: object) -> Table:
    """A copy of a table with one dotted key set.

    Parameters
    ----------
    table : dict
        Nested tables and lists; not changed.
    key : str
        Such as ``"population.noise"`` or, into a list, ``"augmentation.generators.0.neighbors"``. Tables on the way
        that do not exist are made; whether the key means anything is for the design to say.
    value : object
        What to put there.

    Raises
    ------
    DesignError
        If the key leads through a value that is not a table, or past the end of a list.
    """
    result: Table = _put(table, key.split("."), value, key)
    return result


def _put(node: Any, path: list[str], value: object, key: str) -> Any:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(node, list):
        if not head.isdecimal() or int(head) >= len(node):
            raise DesignError(f"{key}: got '{head}', expected a place in a list of {len(node)} (0 to {len(node) - 1})")
        place = int(head)
        return [*node[:place], _put(node[place], rest, value, key), *node[place + 1 :]]
    if not isinstance(node, dict):
        raise DesignError(f"{key}: there is no '{head}' in the value {node!r}")
    return {**node, head: _put(node.get(head, {}), rest, value, key)}


def remove(table: Table, key: str) -> Table:
    """A copy of a table without one dotted key; the same table where the key is not there."""
    head, _, rest = key.partition(".")
    if head not in table:
        return table
    if rest and isinstance(table[head], dict):
        return {**table, head: remove(table[head], rest)}
    return table if rest else {name: entry for name, entry in table.items() if name != head}


def at_cell(table: Table, place: int) -> Table:
    """A design's tables with nothing swept: the values of one cell of its grid in their places.

    Parameters
    ----------
    table : dict
        With or without a ``sweep``.
    place : int
        Of the cell in the grid, from 0, the last key varying fastest.

    Raises
    ------
    DesignError
        If the grid has no such place.
    """
    sweep = table.get("sweep", {})
    grid = list(itertools.product(*sweep.values()))
    if not 0 <= place < len(grid):
        raise DesignError(f"cell {place}: the study has {len(grid)} cells, 0 to {len(grid) - 1}")
    cell = remove(table, "sweep")
    for key, value in zip(sweep, grid[place], strict=True):
        cell = put(cell, key, value)
    return cell


def flat(table: Table) -> dict[str, object]:
    """Every leaf of nested tables under its dotted key; lists are leaves."""

    def leaves(node: Table, prefix: str) -> Iterator[tuple[str, object]]:
        for key, entry in node.items():
            if isinstance(entry, dict):
                yield from leaves(entry, f"{prefix}{key}.")
            else:
                yield prefix + key, entry

    return dict(leaves(table, ""))


def assignment(text: str) -> tuple[str, object]:
    """Split ``dotted.key=value``; the value is read as TOML, and as a string where it is not TOML.

    Raises
    ------
    DesignError
        If there is no ``=`` or no key before it.
    """
    key, equals, word = text.partition("=")
    if not equals or not key.strip():
        raise DesignError(f"--set {text}: expected dotted.key=value, such as population.noise=sphere")
    try:
        return key.strip(), tomllib.loads(f"value = {word}")["value"]
    except tomllib.TOMLDecodeError:
        return key.strip(), word.strip()


def toml_text(table: Table) -> str:
    """A table as TOML text that reads back as the same table."""
    return "\n".join(_section(table, "")).lstrip("\n") + "\n"


def _section(table: Table, prefix: str) -> Iterator[str]:
    inline = prefix == "sweep."  # the order of a sweep's keys is the order of its cells: none may move to the end
    for key, entry in table.items():
        if inline or not (isinstance(entry, dict) or _is_list_of_tables(entry)):
            yield f"{_key(key)} = {toml_value(entry)}"
    for key, entry in table.items():
        if inline:
            continue
        if isinstance(entry, dict):
            yield f"\n[{prefix}{_key(key)}]"
            yield from _section(entry, f"{prefix}{_key(key)}.")
        elif _is_list_of_tables(entry):
            for member in entry:
                yield f"\n[[{prefix}{_key(key)}]]"
                yield from _section(member, f"{prefix}{_key(key)}.")


def _is_list_of_tables(entry: Any) -> bool:
    return isinstance(entry, list) and bool(entry) and all(isinstance(member, dict) for member in entry)


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """A basic string: JSON's, but TOML takes no bare DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(entry: Any) -> str:
    """One value as TOML writes it within a line."""
    if isinstance(entry, bool):
        return str(entry).lower()
    if isinstance(entry, int | float):
        return repr(entry)
    if isinstance(entry, list):
        return f"[{', '.join(map(toml_value, entry))}]"
    if isinstance(entry, dict):
        return f"{{ {', '.join(f'{_key(key)} = {toml_value(member)}' for key, member in entry.items())} }}"
    return _quoted(str(entry))
