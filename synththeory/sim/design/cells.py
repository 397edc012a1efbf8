"""One cell of a design: a population, a sample size and the arms compared on the same data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from synththeory.components import digest
from synththeory.corrections import Baseline, Correction
from synththeory.generators import Generator
from synththeory.learners import Learner, LinearLearner
from synththeory.populations import Population, Risk
from synththeory.selection import TGVTSS, VTSS
from synththeory.sim.questions.arms import Arm, Augmented, FreeFix
from synththeory.sim.questions.corrected import Corrected
from synththeory.sim.questions.effects import EffectStudy
from synththeory.sim.questions.groups import group_metrics
from synththeory.sim.questions.oversampled import GroupRows, Oversampled
from synththeory.sim.questions.risks import RiskSettings
from synththeory.sim.questions.selected import Selected
from synththeory.sim.questions.symmetry import Tested
from synththeory.sim.questions.tasks import TaskStudy

_LONGEST = 120
"""Most characters of a cell's label that spells out whole tables."""


@dataclass(frozen=True)
class Cell:
    """One combination of swept values, resolved and checked.

    Attributes
    ----------
    swept : mapping
        The swept dotted keys and their values here; empty where nothing is swept.
    label : str
        The same in words, different for every cell of a design; empty where nothing is swept.
    population, learner, generators, baselines, tests
        What is drawn, fitted, added, done without adding, and tested. A study of a test fits the test's pilot and adds
        nothing.
    uses : tuple of (Generator, Correction or None)
        Generators under their arms' names, and what is done about their bias.
    counts : tuple of int
        Rows of every stratum, (n0, n1) for two classes; under a joint law the expected ones.
    total : int or None
        Rows of a joint draw with random class counts; None where the counts are fixed.
    multipliers, sizes : tuples
        (S,) synthetic multipliers γ and synthetic sizes, increasing.
    diagnostics : tuple of str
        What is measured of the synthetic rows themselves.
    effect : EffectStudy or None
        What else the fits serve for: every arm with a fit then stands for its estimates of a treatment effect.
    tasks : TaskStudy or None
        What is done for a scarce task among rich ones; None in every other study.
    rule : TGVTSS, VTSS or None
        How a size is chosen from the data, one further arm a generator; None where no size is.
    grouped : GroupRows or None
        Rows added to every group; None where they go to the minority of two classes.
    scoring : RiskSettings
        How the risk of a fit is known.
    seed : int
        Root seed.
    """

    swept: Mapping[str, object]
    label: str
    population: Population
    counts: tuple[int, ...]
    total: int | None
    multipliers: tuple[float, ...]
    sizes: tuple[int, ...]
    generators: tuple[Generator, ...]
    uses: tuple[tuple[Generator, Correction | None], ...]
    baselines: tuple[Baseline, ...]
    diagnostics: tuple[str, ...]
    rule: TGVTSS | VTSS | None
    grouped: GroupRows | None
    learner: Learner
    effect: EffectStudy | None
    tasks: TaskStudy | None
    tests: tuple[Tested, ...]
    scoring: RiskSettings
    seed: int

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """Everything that is run on this cell's data, in the order of the design."""
        if self.tasks is not None:
            return self.tasks.arms(self.learner)
        metrics, fixes = self.metrics, [FreeFix(baseline, self.learner, self.metrics) for baseline in self.baselines]
        if self.effect is not None:
            return self.effect.arms(self.population, (*fixes, *self._augmented))
        augmented: Sequence[Arm] = self._augmented
        if self.grouped is not None:
            augmented = [self._oversampled(generator, self.grouped) for generator, _ in self.uses]
        rules = () if self.rule is None else (self.rule,)
        selected = (Selected(rule, generator, self.learner, metrics) for rule in rules for generator in self.generators)
        return (*augmented, *selected, *fixes, *self.tests)

    @property
    def _augmented(self) -> tuple[Augmented | Corrected, ...]:
        joint, arms = self.total is not None, []
        for generator, correction in self.uses:
            plain = Augmented(
                generator, self.learner, self.multipliers, self.sizes, self.metrics, joint, self.diagnostics
            )
            treated = correction and Corrected(plain, correction, self.population, self.counts)
            arms.append(treated or plain)
        return tuple(arms)

    @property
    def metrics(self) -> tuple[str, ...]:
        """What is measured of every fit."""
        return self.risk.metrics + (() if self.grouped is None else group_metrics(self.population.strata))

    @property
    def risk(self) -> Risk:
        """Balanced risk of the learner's fits in this population."""
        return self.scoring.of(self.population, self.learner, self.seed)

    @property
    def theorised(self) -> bool:
        """Whether theory speaks of the cell: a score that is linear in the rows, a population that knows its risk."""
        return isinstance(self.learner, LinearLearner) and self.population.exact

    @property
    def columns(self) -> int:
        """Columns of a row, as drawn or as the learner sees it, whichever are more."""
        dimension = self.population.dimension
        return max(dimension, self.learner.columns(dimension))

    @cached_property
    def point(self) -> str:
        """Digest that names the data, and so their streams: population and sample size alone."""
        return digest(self.population, self._sample)

    @cached_property
    def digest(self) -> str:
        """Digest of everything but the arms that a stored number depends on."""
        scale = self.sizes if self.total is None else self.multipliers
        risk = [self.scoring.test_rows] if self.scoring.sampled(self.population, self.learner) else []
        return digest(self.population, self._sample, list(scale), self.learner, self.seed, *self.diagnostics, *risk)

    @property
    def _sample(self) -> Mapping[str, int | list[int]]:
        if self.total is not None:
            return {"total": self.total}
        if len(self.counts) > 2:
            return {"groups": list(self.counts)}
        majority, minority = self.counts
        return {"majority": majority, "minority": minority}

    def _oversampled(self, generator: Generator, grouped: GroupRows) -> Oversampled:
        mixings = grouped.mixings(self.population, generator, self.learner.loss, self.counts)
        return Oversampled(generator, self.learner, grouped.weight, mixings, self.metrics)


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
        return str(value["kind"])
    return f"{key.rpartition('.')[2]}={_words(value)}"


def _words(value: object) -> str:
    if isinstance(value, Mapping) and "kind" in value:
        rest = ", ".join(f"{key}={_words(entry)}" for key, entry in value.items() if key != "kind")
        return f"{value['kind']} ({rest})" if rest else str(value["kind"])
    return value if isinstance(value, str) else json.dumps(value)
