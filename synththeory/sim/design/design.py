"""A study as its author writes it: the frozen, strict model of one design file."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from synththeory import plugins
from synththeory.components import Count, Settings, Strings, component_of
from synththeory.datasets import draws as draws  # from here on a design knows its kinds
from synththeory.errors import DesignError, NoTheoryError, nearest
from synththeory.populations import Population
from synththeory.sim.design.cells import Cell, cell_labels, check_sums
from synththeory.sim.design.explain import explain
from synththeory.sim.design.sample_sizes import SampleSizes
from synththeory.sim.design.tables import Table, plain, put, toml_text
from synththeory.sim.questions.base import AnyQuestion, every_table, swept_tables

_DRAWN = ("population", "sample")
"""The tables that every kind of study has, and whose keys a sweep may vary; the question has more."""

AnyPopulation = Annotated[SerializeAsAny[Population], component_of(Population)]


class OwnComponents(Settings):
    """Modules that define components of people's own: paths of ``.py`` files, or names."""

    modules: Annotated[Strings, Field(min_length=1)]


class MonteCarlo(Settings):
    """How often every cell is replicated, and the root seed of all its streams."""

    replications: Count = 100
    seed: Annotated[int, Field(ge=0)] = 0


class Ingredients(Settings):
    """What one cell is made of; the tables of its question stand beside the others, as in a design file.

    Attributes
    ----------
    population, sample
        What is drawn.
    question : Question
        What is asked: the kind of study, with its tables.
    """

    population: AnyPopulation
    sample: SampleSizes
    question: AnyQuestion

    @model_validator(mode="before")
    @classmethod
    def _question_from_its_tables(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        tables, known = every_table(), [key for key in cls.model_fields if key != "question"]
        for key in data:
            if key not in (*known, *tables):
                raise ValueError(f"unknown key '{key}'{nearest(str(key), (*known, *tables))}")
        asked = {key: entry for key, entry in data.items() if key in tables}
        return {**{key: entry for key, entry in data.items() if key not in tables}, "question": asked}

    def cell(self, seed: int, swept: Mapping[str, object], label: str) -> Cell:
        """The cell, every component checked against the sample it will meet.

        Parameters
        ----------
        seed : int
            Root seed.
        swept, label
            Of the cell.

        Raises
        ------
        DesignError
            With what is wanted and how to mend it.
        """
        counts = self.sample.counts(self.population)
        try:
            population = self.population.given(counts)
        except ValueError as error:
            raise DesignError(f"population: {error}") from None
        question = self.question
        cell = Cell(
            population=population,
            counts=counts,
            total=self.sample.total,
            learner=question.fitted,
            scoring=question.scoring,
            seed=seed,
            swept=swept,
            label=label,
            question=question,
        )
        question.check(cell)
        check_sums(cell)
        cell.scoring.check(population, cell.learner)
        try:
            _ = cell.risk
        except NoTheoryError as error:
            raise DesignError(f"{'learner' if 'learner' in question.tables() else question.mark}: {error}") from None
        return cell


class Design(Ingredients):
    """One study: what is drawn, what is asked, and what is swept.

    Where a key is swept, the key itself holds the sweep's first value.

    Attributes
    ----------
    study : str
        Name; letters, digits, ``_``, ``-`` and ``.``.
    title, source : str
        What the study shows, and where it comes from.
    components : OwnComponents or None
        Modules that are imported before the tables below are read.
    population, sample, monte_carlo
        Tables of the design file.
    question : Question
        The tables that make the study one of its kind, such as ``augmentation`` and ``learner``.
    sweep : dict
        Dotted keys of population, sample and the question's tables, or whole tables, with the list of values each
        takes; several keys make a full grid.
    """

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
    title: str = ""
    source: str = ""
    components: OwnComponents | None = None
    monte_carlo: MonteCarlo = MonteCarlo()
    sweep: dict[str, list[Any]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _at_the_first_of_each_sweep(cls, data: Any) -> Any:
        table = plain(data)
        if not isinstance(table, dict):
            return table
        table = with_modules(table, (), Path())
        for module in own_modules(table):
            plugins.load(module)
        for key, values in _checked_sweep(table.get("sweep", {})).items():
            table = put(table, key, values[0])
        return table

    @model_validator(mode="after")
    def _every_cell_is_possible(self) -> Design:
        idle = [cell.scoring.idle(cell.population, cell.learner) for cell in self.cells]
        if all(idle):
            raise DesignError(idle[0])
        return self

    @model_serializer(mode="wrap")
    def _as_a_design_file(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped = dump(self)
        tables = {key: entry for key, entry in dumped["question"].items() if key != "kind"}
        first = ("study", "title", "source", "components", "population", "sample")
        head = {key: dumped[key] for key in first if dumped.get(key) is not None}
        return {**head, **tables, "monte_carlo": dumped["monte_carlo"], "sweep": dumped["sweep"]}

    def replicated(self, replications: int) -> Design:
        """The same study with another number of replications; its cells are the same objects."""
        monte_carlo = MonteCarlo(replications=replications, seed=self.monte_carlo.seed)
        return self.model_copy(update={"monte_carlo": monte_carlo})

    @property
    def table(self) -> Table:
        """The design as plain tables with every default spelt out; `Design.model_validate` takes it back."""
        return self.model_dump(mode="json", exclude_none=True)

    @property
    def toml(self) -> str:
        """The design as a TOML file."""
        return toml_text(self.table)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of the sweep's grid, the last key varying fastest; one cell where nothing is swept."""
        grid = [dict(zip(self.sweep, values, strict=True)) for values in itertools.product(*self.sweep.values())]
        if not self.sweep:
            return (self.cell(self.monte_carlo.seed, {}, ""),)
        table = {key: entry for key, entry in self.table.items() if key in (*_DRAWN, *self.question.tables())}
        return tuple(self._swept(table, swept, label) for swept, label in zip(grid, cell_labels(grid), strict=True))

    def _swept(self, table: Table, swept: Mapping[str, object], label: str) -> Cell:
        for key, value in swept.items():
            table = put(table, key, value)
        try:
            return Ingredients.model_validate(table).cell(self.monte_carlo.seed, swept, label)
        except ValidationError as error:
            raise DesignError(f"in the cell {label}: {explain(error)}") from None
        except DesignError as error:
            raise DesignError(f"in the cell {label}: {error}") from None


def own_modules(table: Table) -> list[str]:
    """The modules of people's own that a design's tables name."""
    components = table.get("components")
    modules = components.get("modules") if isinstance(components, dict) else None
    return modules if isinstance(modules, list) and all(isinstance(module, str) for module in modules) else []


def with_modules(table: Table, more: Sequence[str], folder: Path) -> Table:
    """A design's tables with the full paths of the modules they name, and with more modules.

    Parameters
    ----------
    table : dict
        A design's.
    more : sequence of str
        Modules in the working directory, or names.
    folder : Path
        Where the relative paths in the table start.
    """
    modules = [plugins.resolved(module, folder) for module in own_modules(table)]
    modules += [plugins.resolved(module, Path()) for module in more]
    return put(table, "components.modules", list(dict.fromkeys(modules))) if modules else table


def _checked_sweep(sweep: object) -> dict[str, list[Any]]:
    if not isinstance(sweep, dict):
        raise DesignError("sweep: expected a table of dotted keys, each with a list of values")
    for key, values in sweep.items():
        head = key.partition(".")[0]
        if head not in (*_DRAWN, *swept_tables()):
            raise DesignError(f"sweep: '{key}' cannot be swept{nearest(head, (*_DRAWN, *swept_tables()))}")
        if not isinstance(values, list) or not values:
            raise DesignError(f"sweep: '{key}' needs a list of values, got {values!r}")
        if any(values.count(value) > 1 for value in values):
            raise DesignError(f"sweep: '{key}' has the same value twice")
    return sweep


def validated(table: Mapping[str, object], source: str = "") -> Design:
    """A design from its tables.

    Parameters
    ----------
    table : mapping
        As read from TOML; components and tuples are welcome too.
    source : str
        Put in front of an error, such as the file's name.

    Raises
    ------
    DesignError
        With one line for every problem.
    """
    try:
        return Design.model_validate(table)
    except ValidationError as error:
        raise DesignError(f"{source}: {explain(error)}" if source else explain(error)) from None
