"""One cell of a design: a population, a sample size and the arms compared on the same data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from synththeory.components import digest
from synththeory.errors import DesignError
from synththeory.learners import ClassLeastSquares, HardMargin, LinearLearner
from synththeory.populations import LocationLaw, Population
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.base import Question, Setting

_LONGEST = 120
"""Most characters of a cell's label that spells out whole tables."""
_NAMING = ("class", "class_name", "kind")
"""Keys that say what a component is, the most telling first."""


@dataclass(frozen=True)
class Cell(Setting):
    """One combination of swept values, resolved and checked: a setting, and the question that is asked there.

    Attributes
    ----------
    swept : mapping
        The swept dotted keys and their values here; empty where nothing is swept.
    label : str
        The same in words, different for every cell of a design; empty where nothing is swept.
    question : Question
        What is asked.
    """

    swept: Mapping[str, object]
    label: str
    question: Question

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """Everything that is run on this cell's data, in the order of the design."""
        return self.question.arms(self)

    @property
    def multipliers(self) -> tuple[float, ...]:
        """(S,) synthetic multipliers γ of the question; empty where synthetic rows are no axis."""
        return self.question.scale(self.counts)[0]

    @property
    def sizes(self) -> tuple[int, ...]:
        """(S,) synthetic sizes, increasing."""
        return self.question.scale(self.counts)[1]

    @property
    def theorised(self) -> bool:
        """Whether theory speaks of the cell: the score is linear in the rows, the population knows its risk."""
        return isinstance(self.learner, LinearLearner | ClassLeastSquares | HardMargin) and self.population.exact

    @property
    def columns(self) -> int:
        """Columns of a row, as drawn or as the learner sees it, whichever are more."""
        dimension = self.population.dimension
        return max(dimension, self.learner.columns(dimension))

    def rows(self, synthetic: int) -> int:
        """Rows of so many numbers as are drawn for a replication with so many synthetic rows."""
        if self.learner.draws_sums:
            return (len(self.counts) + len(self.sizes)) * (self.columns + 2)
        return sum(self.counts) + synthetic

    @cached_property
    def point(self) -> str:
        """Digest that names the data, and so their streams: population and sample size alone."""
        return digest(self.population, self._sample)

    @cached_property
    def digest(self) -> str:
        """Digest of everything but the arms that a stored number depends on."""
        scale = self.sizes if self.total is None else self.multipliers
        risk = self.scoring.settings(self.population, self.learner)
        measured = self.question.diagnostics
        return digest(self.population, self._sample, list(scale), self.learner, self.seed, *measured, *risk)

    @property
    def _sample(self) -> Mapping[str, int | list[int]]:
        if self.total is not None:
            return {"total": self.total}
        if len(self.counts) > 2:
            return {"groups": list(self.counts)}
        majority, minority = self.counts
        return {"majority": majority, "minority": minority}


def check_sums(cell: Cell) -> None:
    """Refuse a learner of sums where something of the cell needs rows.

    Raises
    ------
    DesignError
        With what does.
    """
    if not cell.learner.draws_sums:
        return
    for found in _needing_rows(cell):
        raise DesignError(f"learner: sufficient = true draws sums of rows, but {found}; set sufficient = false")


def _needing_rows(cell: Cell) -> Iterator[str]:
    """What of a cell needs rows, in words."""
    population = cell.population
    laws = population.laws
    gaussian = all(isinstance(law, LocationLaw) and law.noise == "gaussian" for law in laws)
    if cell.total is not None or not laws or not gaussian or type(population).sample is not Population.sample:
        yield f"the rows of {population.kind} are not Gaussian with a fixed number in every class"
    for arm in cell.arms:
        use = arm.use
        if use is None:
            continue
        if not use.generator.sums_suffice:
            yield f"{use.generator.kind} makes its rows of single seeds, not of their mean and covariance"
        if use.correction is not None:
            yield f"the arm {arm.label} corrects by single rows"


def cell_labels(grid: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Swept values in words, such as ``noise=cube, minority=25``: short ones where they tell the cells apart.

    Where whole tables would be needed to do that, short ones with a number.
    """
    short = tuple(", ".join(_short(key, value) for key, value in swept.items()) for swept in grid)
    if len(set(short)) == len(short):
        return short
    full = tuple(", ".join(f"{key}={_words(value)}" for key, value in swept.items()) for swept in grid)
    if max(map(len, full)) <= _LONGEST:
        return full
    return tuple(
        f"{label} ({short[:place].count(label) + 1})" if short.count(label) > 1 else label
        for place, label in enumerate(short)
    )


def _short(key: str, value: object) -> str:
    if isinstance(value, Mapping) and "kind" in value:
        return kind_words(value)
    return f"{key.rpartition('.')[2]}={_words(value)}"


def _words(value: object) -> str:
    if isinstance(value, Mapping) and "kind" in value:
        rest = ", ".join(f"{key}={_words(entry)}" for key, entry in value.items() if key not in _NAMING)
        return f"{kind_words(value)} ({rest})" if rest else kind_words(value)
    return value if isinstance(value, str) else json.dumps(value)


def kind_words(table: Mapping[str, object]) -> str:
    """The kind of a component, or the class of another package that it wraps, without its module."""
    return str(next(table[key] for key in _NAMING if key in table)).rpartition(".")[2]
