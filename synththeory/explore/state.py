"""What the page shows: a cell of a study and what was changed of it. Its text is the URL's and the command's."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from synththeory.errors import DesignError
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design, tables_of
from synththeory.sim.design.tables import Table, assignment, at_cell, put, toml_value

FIRST = ("headline", 1)
"""Study and cell that the page opens with."""


@dataclass(frozen=True)
class State:
    """A cell of a study, changed.

    Attributes
    ----------
    study : str
        Name of a study that comes with the package.
    cell : int
        Its place in the study's grid, from 0.
    changes : mapping
        Dotted keys of the design and their values, as for ``--set``.
    handle : float
        The γ that the geometry shows, ≥ 0.
    replications : int
        At which the simulation ends by itself.
    """

    study: str = FIRST[0]
    cell: int = FIRST[1]
    changes: Mapping[str, Any] = field(default_factory=dict)
    handle: float = 1.0
    replications: int = 5000

    @classmethod
    def of(cls, query: Iterable[tuple[str, str]]) -> State:
        """The state in a URL's query: its parts may be ``study``, ``cell``, ``gamma``, ``replications`` and any
        number of ``set=dotted.key=value``.

        Without a study it is the one that the page opens with; without a cell, a study's first.

        Raises
        ------
        DesignError
            If a part of it is not what it should be.
        """
        plain: dict[str, str] = {}
        changes: dict[str, Any] = {}
        for name, text in query:
            if name == "set":
                key, value = assignment(text)
                changes[key] = value
            else:
                plain[name] = text
        return cls(
            plain.get("study", FIRST[0]),
            _whole("cell", plain.get("cell", "0" if "study" in plain else str(FIRST[1])), 0),
            changes,
            _number("gamma", plain.get("gamma", "1")),
            _whole("replications", plain.get("replications", "5000"), 10),
        )

    @cached_property
    def table(self) -> Table:
        """The cell's tables with the changes, not checked.

        Raises
        ------
        DesignError
            If there is no such study or cell, or a change leads nowhere.
        """
        table = at_cell(tables_of(self.study), self.cell)
        for key, value in self.changes.items():
            table = put(table, key, value)
        return table

    @property
    def design(self) -> Design:
        """The one cell as a design; the same object for the same text, with whatever it has worked out.

        Raises
        ------
        DesignError
            With one line for every problem.
        """
        return _design(self.study, self.cell, self.settings)

    def changed(self, key: str, value: Any) -> State:
        """The state after a change of one key, which takes the place of every change within it."""
        kept = {name: each for name, each in self.changes.items() if name != key and not name.startswith(f"{key}.")}
        return replace(self, changes={**kept, key: value})

    @property
    def settings(self) -> tuple[str, ...]:
        """The changes as ``--set`` takes them."""
        return tuple(f"{key}={toml_value(value)}" for key, value in self.changes.items())

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs of the URL's query; `of` takes them back."""
        changes = (("set", text) for text in self.settings)
        more = (("gamma", f"{self.handle:g}"), ("replications", str(self.replications)))
        return (("study", self.study), ("cell", str(self.cell)), *changes, *more)

    @property
    def command(self) -> str:
        """The command line that prints the page's numbers."""
        chosen = [f"--cell {self.cell}"] if _cells(self.study) > 1 else []
        changes = [f"--set {shlex.quote(text)}" for text in self.settings if not text.startswith("monte_carlo.repl")]
        parts = ["python -m synththeory.sim run", self.study, *chosen, *changes, f"--replications {self.replications}"]
        return " ".join(parts)


@lru_cache(maxsize=128)
def _design(study: str, cell: int, settings: tuple[str, ...]) -> Design:
    return load_design(study, dict(map(assignment, settings)), cell=cell)


@lru_cache(maxsize=64)
def _cells(study: str) -> int:
    return math.prod(len(values) for values in tables_of(study).get("sweep", {}).values())


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not math.isfinite(value) or value < 0.0:
        raise DesignError(f"{name}: expected a number of at least 0, got {text!r}")
    return value


def _whole(name: str, text: str, least: int) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        raise DesignError(f"{name}: expected a whole number of at least {least}, got {text!r}")
    return int(text)
