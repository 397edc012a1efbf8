"""Where the studies are: next to the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import synththeory
from synththeory.errors import DesignError, nearest
from synththeory.sim.design.design import Design, validated, with_modules
from synththeory.sim.design.tables import Table, at_cell, plain, put


def studies() -> dict[str, Path]:
    """Every study that comes with the package, by name."""
    return {path.stem: path for path in sorted(_folder().glob("*.toml"))}


def _folder() -> Path:
    package = Path(synththeory.__file__).parent
    installed, checkout = package / "simulations", package.parent / "simulations"
    return installed if installed.is_dir() else checkout


def load_design(
    source: Design | Mapping[str, object] | str | Path,
    settings: Mapping[str, object] | None = None,
    cell: int | None = None,
    use: Sequence[str] = (),
) -> Design:
    """Read and check a design.

    Parameters
    ----------
    source : Design, mapping, str or Path
        A design, its tables, the path of a TOML file, or the name of a study that comes with the package.
    settings : mapping, optional
        Dotted keys to set first, as in ``load_design("headline", {"monte_carlo.replications": 20})``.
    cell : int, optional
        Only this cell of the study's grid, from 0, as a design that sweeps nothing; settings come after it.
    use : sequence of str
        Modules with components of your own, ``.py`` files or names, beside those that the design names itself.

    Returns
    -------
    Design
        Complete and possible: every cell of it can be computed.

    Raises
    ------
    DesignError
        With one line for every problem.
    """
    name = "" if isinstance(source, Design | Mapping) else str(source)
    table = with_modules(tables_of(source), use, Path())
    return _checked(table if cell is None else _one(table, cell, name), settings or {}, name)


def tables_of(source: Design | Mapping[str, object] | str | Path) -> Table:
    """A design's plain tables, read and not checked.

    Parameters
    ----------
    source : Design, mapping, str or Path
        As for `load_design`.

    Raises
    ------
    DesignError
        If there is no such study or file, or it is not TOML.
    """
    if isinstance(source, Design | Mapping):
        table: Table = plain(source)
        return table
    if isinstance(source, Path) or source.endswith(".toml") or "/" in source:
        return with_modules(_read(Path(source)), (), Path(source).parent)
    path = _folder() / f"{source}.toml"
    if not path.is_file():
        raise DesignError(f"no study '{source}'{nearest(source, studies())}; or give the path of a .toml file")
    return _read(path)


def _one(table: Table, cell: int, source: str) -> Table:
    """One cell of a study, without a size of the test sample that only its other cells need."""
    chosen = at_cell(table, cell)
    risk = chosen.get("risk", {})
    if not isinstance(risk, dict) or "test_rows" not in risk:
        return chosen
    found = validated(table, source).cells[cell]
    if not found.scoring.idle(found.population, found.learner):
        return chosen
    return {**chosen, "risk": {key: value for key, value in risk.items() if key != "test_rows"}}


def _checked(table: Table, settings: Mapping[str, object], source: str) -> Design:
    for key, value in settings.items():
        table = _set(table, key, plain(value))
    return validated(table, source)


def _set(table: Table, key: str, value: Any) -> Table:
    """A copy of a design's tables with one key set; a key that the sweep decides is refused, never ignored."""
    sweep = table.get("sweep")
    sweep = sweep if isinstance(sweep, dict) else {}
    if key.startswith("sweep."):
        return {**table, "sweep": {**sweep, key.removeprefix("sweep."): value}}
    for swept in sweep:
        if f"{key}.".startswith(f"{swept}."):
            inside = "" if key == swept else f", and {key} is a part of it"
            raise DesignError(f"{swept} is swept{inside}: set its list of values, sweep.{swept}, or choose one --cell")
        if swept.startswith(f"{key}.") and _holds(value, swept.removeprefix(f"{key}.").split(".")):
            raise DesignError(f"{key}: leave out what is swept, {swept}, or set its list of values, sweep.{swept}")
    return put(table, key, value)


def _holds(value: Any, path: list[str]) -> bool:
    """Whether a value has something at a path of keys and places."""
    if not path:
        return True
    head, rest = path[0], path[1:]
    if isinstance(value, list) and head.isdecimal() and int(head) < len(value):
        return _holds(value[int(head)], rest)
    return isinstance(value, dict) and head in value and _holds(value[head], rest)


def _read(path: Path) -> Table:
    try:
        return deepcopy(_parsed(path.read_bytes().decode()))
    except OSError as error:
        raise DesignError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignError(f"{path} is not a TOML file: {error}") from None


@lru_cache(maxsize=64)
def _parsed(text: str) -> Table:
    """The explorer asks for the same study at every step of a slider."""
    return tomllib.loads(text)
