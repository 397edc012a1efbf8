"""A study as its author writes it: the frozen, strict model of one design file."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, SerializeAsAny, ValidationError, model_validator

from synththeory.components import Count, Settings, component_of
from synththeory.datasets.draws import Digits as Digits  # from here on a design knows its kind
from synththeory.errors import DesignError, nearest
from synththeory.learners import Learner
from synththeory.populations import LinearTasks, Population
from synththeory.sim.design.cells import Cell, cell_labels
from synththeory.sim.design.explain import explain
from synththeory.sim.design.sample_sizes import SampleSizes
from synththeory.sim.design.tables import Table, plain, put, toml_text
from synththeory.sim.questions.augmentation import NOTHING_ADDED, Augmentation
from synththeory.sim.questions.effects import EffectStudy
from synththeory.sim.questions.risks import RiskSettings
from synththeory.sim.questions.selected import AnyRule, check_selection
from synththeory.sim.questions.symmetry import SymmetryStudy, Tested
from synththeory.sim.questions.tasks import TaskStudy
from synththeory.sim.questions.unknown_laws import check_imitable

SWEPT_TABLES = ("population", "sample", "augmentation", "selection", "learner", "effect", "tasks", "test")
"""The tables whose keys a sweep may vary; the others describe the study as a whole."""

AnyPopulation = Annotated[SerializeAsAny[Population], component_of(Population)]
AnyLearner = Annotated[SerializeAsAny[Learner], component_of(Learner)]


class MonteCarlo(Settings):
    """How often every cell is replicated, and the root seed of all its streams."""

    replications: Count = 100
    seed: Annotated[int, Field(ge=0)] = 0


class Design(Settings):
    """One study: what is drawn, added, fitted and swept; or how a test behaves, or what helps a scarce task.

    Where a key is swept, the key itself holds the sweep's first value.

    Attributes
    ----------
    study : str
        Name; letters, digits, ``_``, ``-`` and ``.``.
    title, source : str
        What the study shows, and where it comes from.
    population, sample, augmentation, selection, learner, risk, effect, tasks, test, monte_carlo
        The tables of the design file: ``augmentation`` and ``learner``, with ``selection``, ``risk``, ``effect`` or
        without; or ``tasks`` and ``learner``; or ``test`` in their place.
    sweep : dict
        Dotted keys of these tables but the last, or whole tables, with the list of values each takes; several keys make
        a full grid.
    """

    study: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]
    title: str = ""
    source: str = ""
    population: AnyPopulation
    sample: SampleSizes
    augmentation: Augmentation | None = None
    selection: AnyRule | None = None
    learner: AnyLearner | None = None
    risk: RiskSettings | None = None
    effect: EffectStudy | None = None
    tasks: TaskStudy | None = None
    test: SymmetryStudy | None = None
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
    counts = design.sample.counts(design.population)
    try:
        population = design.population.given(counts)
    except ValueError as error:
        raise DesignError(f"population: {error}") from None
    augmentation, learner, tests = _compared(design)
    for test in tests:
        test.check(population, counts)
    if design.tasks is not None:
        design.tasks.check(population, counts, learner)
    elif isinstance(population, LinearTasks):
        raise DesignError("population: linear-tasks draws joint rows of many tasks: it needs [tasks]")
    multipliers, sizes = augmentation.scale(counts)
    grouped = augmentation.grouped
    if grouped is not None and design.sample.total is not None:
        raise DesignError("augmentation.rows equalises groups of known sizes: give sample.groups, not sample.total")
    for place, generator in enumerate(augmentation.generators):
        try:
            for seeds in counts[1:] if grouped is None else counts:
                generator.check(seeds, population.dimension)
        except DesignError as error:
            raise DesignError(f"augmentation.generators[{place}] ({generator.label}): {error}") from None
    if not population.laws:
        if augmentation.diagnostics:
            raise DesignError(
                f"augmentation.diagnostics need the law of the rows, that of {population.kind} is not known"
            )
        check_imitable("augmentation", augmentation.generators, counts[-1], population.dimension, others=True)
    for generator, correction in augmentation.uses:
        if correction is not None:
            try:
                correction.check(counts[0], counts[-1], learner)
            except DesignError as error:
                raise DesignError(f"augmentation.arms ({generator.label}): {error}") from None
    for baseline in augmentation.baselines:
        baseline.check(learner, len(counts))
    if design.selection is not None:
        if grouped is not None:
            raise DesignError("selection chooses the size of one minority: not with augmentation.rows")
        check_selection(design.selection, augmentation.generators, learner, counts, population.dimension)
    if design.effect is not None:
        if design.selection is not None or grouped is not None:
            raise DesignError("[effect] takes fits at given sizes: leave out [selection] and augmentation.rows")
        design.effect.check(population, learner, design.sample.total)
    risk = _risk(design, population, learner)
    if grouped is not None and not population.exact:
        raise DesignError(f"augmentation.rows reports every group's exact risk; that of {population.kind} is not known")
    if grouped is not None and risk.sampled(population, learner):
        raise DesignError("augmentation.rows reports every group's exact risk: leave out risk.method = 'test-sample'")
    if "spread" in augmentation.diagnostics and sizes[0] < 1:
        raise DesignError("augmentation.diagnostics measure synthetic rows: the sizes must begin at 1 or more, got 0")
    cell = Cell(
        swept=swept,
        label=label,
        population=population,
        counts=counts,
        total=design.sample.total,
        multipliers=multipliers,
        sizes=sizes,
        generators=augmentation.generators,
        uses=augmentation.uses,
        baselines=augmentation.baselines,
        diagnostics=augmentation.diagnostics,
        rule=design.selection,
        grouped=grouped,
        learner=learner,
        effect=design.effect,
        tasks=design.tasks,
        tests=tests,
        scoring=risk,
        seed=design.monte_carlo.seed,
    )
    try:
        _ = cell.risk
    except NotImplementedError as error:
        raise DesignError(f"{'learner' if design.test is None else 'test'}: {error}") from None
    return cell


def _compared(design: Design) -> tuple[Augmentation, Learner, tuple[Tested, ...]]:
    """What is added, what is fitted and what is tested: a study of a test adds nothing and fits the test's pilot."""
    names = ("augmentation", "selection", "learner", "effect", "tasks")
    given = [name for name in names if getattr(design, name) is not None]
    if design.test is not None:
        if given:
            tables = " and ".join(f"[{name}]" for name in given)
            raise DesignError(f"[test] stands in place of [augmentation] and [learner]; leave out {tables}, or [test]")
        return NOTHING_ADDED, design.test.pilot, design.test.arms
    if design.tasks is not None:
        others = " and ".join(f"[{name}]" for name in given if name not in ("tasks", "learner"))
        if others or design.learner is None:
            wrong = f"leave out {others}, or [tasks]" if others else "give a [learner] beside it"
            raise DesignError(f"[tasks] stands in place of [augmentation]; {wrong}")
        return NOTHING_ADDED, design.learner, ()
    if design.augmentation is None or design.learner is None:
        if not given:
            raise DesignError(
                "a study needs [augmentation] and [learner], or [test] in their place, or [tasks] for [augmentation]"
            )
        raise DesignError(f"{'augmentation' if design.augmentation is None else 'learner'}: is missing")
    return design.augmentation, design.learner, ()


def _risk(design: Design, population: Population, learner: Learner) -> RiskSettings:
    """How the fits are scored; a study of a test has none, one of tasks has the tasks' own."""
    if design.test is not None and design.risk is not None:
        raise DesignError("[risk] says how fits are scored, and a study with [test] has none: leave it out")
    if design.tasks is not None and design.risk is not None:
        raise DesignError("[risk]: the excess risk for the scarce task is exact in every replication: leave it out")
    risk = design.risk or RiskSettings()
    risk.check(population, learner)
    return risk


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
