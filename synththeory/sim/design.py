"""A study as its author writes it: the frozen, strict model of one design file."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    SerializeAsAny,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from synththeory.components import Component, Floats, Integers, Settings, component_of
from synththeory.corrections import Baseline
from synththeory.errors import DesignError, nearest
from synththeory.generators import Generator
from synththeory.learners import Learner
from synththeory.populations import JointPopulation, Population
from synththeory.sim.cells import Cell, cell_labels
from synththeory.sim.explain import explain
from synththeory.sim.tables import Table, plain, put, toml_text

SWEPT_TABLES = ("population", "sample", "augmentation", "learner")
"""The tables whose keys a sweep may vary; the others describe the study as a whole."""

Count = Annotated[int, Field(ge=1)]
AnyPopulation = Annotated[SerializeAsAny[Population], component_of(Population)]
AnyGenerator = Annotated[SerializeAsAny[Generator], component_of(Generator)]
AnyLearner = Annotated[SerializeAsAny[Learner], component_of(Learner)]
AnyBaseline = Annotated[SerializeAsAny[Baseline], component_of(Baseline)]
ComponentT = TypeVar("ComponentT", bound=Component)


class Grid(Settings):
    """Equispaced multipliers, both ends included."""

    start: Annotated[float, Field(ge=0.0)]
    stop: float
    count: Annotated[int, Field(ge=2)]


def _multipliers_kind(value: object) -> str:
    return "<grid>" if isinstance(value, Grid | dict) else "<list>"


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _as_baselines(value: object) -> object:
    """Baselines by name, as a design writes them, or as tables, as a design is stored."""
    names = _as_tuple(value)
    if not isinstance(names, tuple):
        return names
    return tuple({"kind": name} if isinstance(name, str) else name for name in names)


Multipliers = Annotated[
    Annotated[Floats, Tag("<list>")] | Annotated[Grid, Tag("<grid>")],
    Discriminator(_multipliers_kind),
]


class SampleSizes(Settings):
    """How many real rows a data set has.

    Either the minority's number, and the majority's or its ratio to it; or the total of a joint draw, whose class
    counts are random.
    """

    minority: Count | None = None
    majority: Count | None = None
    ratio: Annotated[float, Field(gt=0.0)] | None = None
    total: Count | None = None

    @model_validator(mode="after")
    def _one_majority(self) -> SampleSizes:
        if self.total is not None:
            if not self.minority is self.majority is self.ratio is None:
                raise ValueError("'total' draws the class counts: give it alone, without minority, majority or ratio")
            return self
        if self.minority is None:
            raise ValueError("give 'minority' with 'majority' or 'ratio' (or 'total' for a population drawn jointly)")
        if (self.majority is None) == (self.ratio is None):
            raise ValueError("give either 'majority' or 'ratio'")
        majority, minority = self.fixed
        if minority >= majority:
            raise ValueError(f"minority must be smaller than the majority, got {minority} of {majority}")
        return self

    @property
    def fixed(self) -> tuple[int, int]:
        """Rows of the majority and of the minority, (n0, n1), where they are fixed."""
        minority = self.minority or 0
        return self.majority if self.majority is not None else round((self.ratio or 0.0) * minority), minority

    def counts(self, population: Population) -> tuple[int, int]:
        """Rows of the majority and of the minority, (n0, n1); their expectations under a joint law."""
        if self.total is None:
            return self.fixed
        if not isinstance(population, JointPopulation):
            raise DesignError(
                f"sample.total needs a population drawn jointly, {population.kind} is not; "
                "give sample.minority with sample.majority or sample.ratio"
            )
        majority, minority = (round(share * self.total) for share in population.shares)
        if minority >= majority:
            raise DesignError(f"the minority must be smaller than the majority, expected {minority} of {majority} rows")
        return majority, minority


class Augmentation(Settings):
    """How many synthetic rows are added, and who makes them: one arm a generator."""

    multipliers: Multipliers | None = None
    sizes: Integers | None = None
    generators: Annotated[tuple[AnyGenerator, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    baselines: Annotated[tuple[AnyBaseline, ...], BeforeValidator(_as_baselines)] = ()
    diagnostics: Annotated[tuple[Literal["spread"], ...], BeforeValidator(_as_tuple)] = ()

    @field_validator("multipliers", "sizes", mode="after")
    @classmethod
    def _increasing_from_zero(cls, value: Grid | tuple[float, ...] | None, info: ValidationInfo) -> object:
        values = _grid_values(value)
        if value is not None and not values:
            raise ValueError("got an empty list, expected at least one value")
        if any(entry < 0 for entry in values):
            raise ValueError(f"expected numbers ≥ 0, got {min(values):g}")
        if any(later <= earlier for earlier, later in itertools.pairwise(values)):
            raise ValueError(f"expected increasing {info.field_name}, got {', '.join(map(str, values))}")
        return value

    @model_validator(mode="after")
    def _one_scale_and_distinct_arms(self) -> Augmentation:
        if (self.multipliers is None) == (self.sizes is None):
            raise ValueError("give either 'multipliers' or 'sizes'")
        labels = [generator.label for generator in self.generators] + [baseline.kind for baseline in self.baselines]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"two arms are called '{label}'; give one of them another 'name'")
        return self

    def scale(self, gap: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Multipliers γ and synthetic sizes round(γ · gap), each (S,), for the class gap n0 − n1."""
        if self.sizes is not None:
            return tuple(size / gap for size in self.sizes), self.sizes
        multipliers = _grid_values(self.multipliers)
        return multipliers, tuple(round(multiplier * gap) for multiplier in multipliers)


class MonteCarlo(Settings):
    """How often every cell is replicated, and the root seed of all its streams."""

    replications: Count = 100
    seed: Annotated[int, Field(ge=0)] = 0


class Design(Settings):
    """One study: what is drawn, added, fitted and swept.

    Where a key is swept, the key itself holds the sweep's first value.

    Attributes
    ----------
    study : str
        Name; letters, digits, ``_``, ``-`` and ``.``.
    title, source : str
        What the study shows, and where it comes from.
    population, sample, augmentation, learner, monte_carlo
        The tables of the design file.
    sweep : dict
        Dotted keys of the first four tables, or whole tables, with the list of values each takes; several keys make
        a full grid.
    """

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
    title: str = ""
    source: str = ""
    population: AnyPopulation
    sample: SampleSizes
    augmentation: Augmentation
    learner: AnyLearner
    monte_carlo: MonteCarlo = MonteCarlo()
    sweep: dict[str, list[Any]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _at_the_first_of_each_sweep(cls, data: Any) -> Any:
        table = plain(data)
        if not isinstance(table, dict):
            return table
        for key, values in _checked_sweep(table.get("sweep", {})).items():
            table = put(table, key, values[0])
        return table

    @model_validator(mode="after")
    def _every_cell_is_possible(self) -> Design:
        _ = self.cells
        return self

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
        return tuple(itertools.starmap(self._cell, zip(grid, cell_labels(grid), strict=True)))

    def _cell(self, swept: Mapping[str, object], label: str) -> Cell:
        if not swept:
            return _resolved(self, swept, label)
        table = {key: entry for key, entry in self.table.items() if key != "sweep"}
        for key, value in swept.items():
            table = put(table, key, value)
        try:
            return _resolved(Design.model_validate(table), swept, label)
        except ValidationError as error:
            raise DesignError(f"in the cell {label}: {explain(error)}") from None


def _resolved(design: Design, swept: Mapping[str, object], label: str) -> Cell:
    """The one cell of a design with no sweep, every component checked against the sample it will meet."""
    majority, minority = design.sample.counts(design.population)
    try:
        population = design.population.given((majority, minority))
    except ValueError as error:
        raise DesignError(f"population: {error}") from None
    multipliers, sizes = design.augmentation.scale(majority - minority)
    for place, generator in enumerate(design.augmentation.generators):
        try:
            generator.check(minority, population.dimension)
        except DesignError as error:
            raise DesignError(f"augmentation.generators[{place}] ({generator.label}): {error}") from None
    for baseline in design.augmentation.baselines:
        baseline.check(design.learner)
    if design.augmentation.diagnostics and sizes[0] < 1:
        raise DesignError("augmentation.diagnostics measure synthetic rows: the sizes must begin at 1 or more, got 0")
    cell = Cell(
        swept=swept,
        label=label,
        population=population,
        counts=(majority, minority),
        total=design.sample.total,
        multipliers=multipliers,
        sizes=sizes,
        generators=design.augmentation.generators,
        baselines=design.augmentation.baselines,
        diagnostics=design.augmentation.diagnostics,
        learner=design.learner,
        seed=design.monte_carlo.seed,
    )
    try:
        _ = cell.truth
    except NotImplementedError as error:
        raise DesignError(f"learner: {error}") from None
    return cell


def _grid_values(value: Grid | tuple[float, ...] | None) -> tuple[float, ...]:
    if isinstance(value, Grid):
        return tuple(np.linspace(value.start, value.stop, value.count).tolist())
    return value or ()


def _checked_sweep(sweep: object) -> dict[str, list[Any]]:
    if not isinstance(sweep, dict):
        raise DesignError("sweep: expected a table of dotted keys, each with a list of values")
    for key, values in sweep.items():
        head = key.partition(".")[0]
        if head not in SWEPT_TABLES:
            raise DesignError(f"sweep: '{key}' cannot be swept{nearest(head, SWEPT_TABLES)}")
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
