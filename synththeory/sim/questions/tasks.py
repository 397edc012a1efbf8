"""Studies of a scarce task among rich ones: real rows borrowed, synthetic rows made, their bias corrected (B5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
from pydantic import field_validator

from synththeory.arrays import Array
from synththeory.components import Count, Settings, digest
from synththeory.corrections import BiasCorrection, Raw, aligned, corrected_path, task_correction, with_responses
from synththeory.errors import DesignError
from synththeory.fits import Fit
from synththeory.generators import Generator
from synththeory.learners import Learner, path_of
from synththeory.metrics import EXCESS_RISK
from synththeory.populations import LinearTasks, Population
from synththeory.sample import Block
from synththeory.sim.questions.arms import Arm, Data, Scores, scored
from synththeory.sim.questions.augmentation import Generators
from synththeory.sim.questions.base import AnyLearner, Question, Setting
from synththeory.sim.questions.unknown_laws import check_imitable
from synththeory.sim.questions.uses import Use, UsingArm
from synththeory.theory import TaskPrediction, predict_aligned

Borrowing = Literal["scarce only", "pooled", "aligned"]
BORROWINGS: tuple[Borrowing, ...] = ("scarce only", "pooled", "aligned")
NAIVE, CORRECTED = "naive", "corrected"


class TaskStudy(Settings):
    """What is done for the scarce task: real rows in three ways, then every generator naively and corrected.

    Attributes
    ----------
    synthetic : int
        Joint rows (x, y) each generator makes of the scarce task's.
    generators : tuple of Generator
        Who makes them.
    correction : BiasCorrection
        Comparator, transport and blocks in every rich task.
    """

    synthetic: Count
    generators: Generators
    correction: BiasCorrection = BiasCorrection()

    @field_validator("generators", mode="after")
    @classmethod
    def _distinct(cls, value: tuple[Generator, ...]) -> tuple[Generator, ...]:
        labels = [generator.label for generator in value]
        if len(set(labels)) < len(labels):
            raise ValueError(f"two generators have one name: {', '.join(labels)}; give one of them another 'name'")
        return value


class ScarceTask(Question):
    """What helps a scarce task among rich ones: their rows, synthetic rows, corrected ones.

    Attributes
    ----------
    learner : Learner
        What is fitted.
    tasks : TaskStudy
        What is done.
    """

    kind: Literal["tasks"] = "tasks"
    learner: AnyLearner
    tasks: TaskStudy

    mark: ClassVar[str] = "tasks"

    @property
    def fitted(self) -> Learner:
        """The learner."""
        return self.learner

    def check(self, setting: Setting) -> None:
        """Refuse a study whose risk is not known, or whose rich tasks cannot be imitated as the scarce one is."""
        population, counts = setting.population, setting.counts
        if not isinstance(population, LinearTasks):
            raise DesignError(f"tasks: needs the population 'linear-tasks', got '{population.kind}'")
        if counts[0] > min(counts[1:]):
            raise DesignError(f"tasks: the first of sample.groups is the scarce task's, got {list(counts)}")
        self.tasks.correction.check(min(counts[1:]), counts[0], setting.learner)
        check_imitable("tasks", self.tasks.generators, counts[0], population.dimension + 1, others=False)

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """Real rows alone first, then the generators, each naively and corrected."""
        study, learner = self.tasks, setting.learner
        made = (
            Synthesised(Use(generator, treatment, correction), study.synthetic, learner)
            for generator in study.generators
            for treatment, correction in ((NAIVE, None), (CORRECTED, study.correction))
        )
        return (*(Borrowed(borrowing, learner) for borrowing in BORROWINGS), *made)


@dataclass(frozen=True)
class Borrowed:
    """A fit to real rows: the scarce task's, all tasks', or all tasks' aligned at their means.

    Attributes
    ----------
    borrowing : {"scarce only", "pooled", "aligned"}
    learner : Learner
    """

    borrowing: Borrowing
    learner: Learner

    points = ((None, 0),)
    metrics = (EXCESS_RISK.name,)
    use = None

    @property
    def names(self) -> tuple[str, ...]:
        """What is borrowed."""
        return (self.borrowing,)

    @property
    def label(self) -> str:
        """What is borrowed."""
        return self.borrowing

    @cached_property
    def digest(self) -> str:
        """Digest of what is borrowed."""
        return digest("tasks", self.borrowing)

    def run(self, data: Data) -> Scores:
        """Fit and score."""
        rows = with_responses(self._rows(data.blocks))
        fit = Raw().fit(self.learner, rows, rows.shape[1:2], data.streams)
        return scored(data.risk.measures(self.metrics, fit), fit.status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> TaskPrediction | None:
        """Exact but for the penalty; none for pooling at random places."""
        assert isinstance(population, LinearTasks)
        if self.borrowing == "pooled":
            return None
        return predict_aligned(population, counts if self.borrowing == "aligned" else counts[:1])

    def _rows(self, blocks: tuple[Block, ...]) -> Array:
        scarce, *rich = blocks
        if self.borrowing == "aligned":
            return aligned(scarce, rich)
        used = blocks if self.borrowing == "pooled" else (scarce,)
        return np.concatenate([block.rows for block in used], axis=1)


@dataclass(frozen=True)
class Synthesised(UsingArm):
    """A fit to the scarce task's rows and a generator's, its bias measured on the rich tasks and subtracted or not.

    Attributes
    ----------
    use : Use
        Of the generator, with its correction or without.
    size : int
        Synthetic rows.
    learner : Learner
    """

    size: int
    learner: Learner

    metrics = (EXCESS_RISK.name,)

    @cached_property
    def digest(self) -> str:
        """Digest of the generator without its name, the correction and the size."""
        correction = None if self.use.correction is None else self.use.correction.model_dump(mode="json")
        return digest("tasks", self.generator.identity, correction, self.size)

    @property
    def points(self) -> tuple[tuple[None, int], ...]:
        """One size; there is no majority for a multiplier to be of."""
        return ((None, self.size),)

    def run(self, data: Data) -> Scores:
        """Draw, fit and score."""
        fit = self._fit(data)
        return scored(data.risk.measures(self.metrics, fit), fit.status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> None:
        """No theory is offered."""
        return

    def _fit(self, data: Data) -> Fit:
        scarce, *rich = data.blocks
        real = with_responses(scarce.rows)
        made = with_responses(self.generator.draw(data.streams, scarce, None, self.size).rows)
        sizes = np.full((data.streams.count, 1), self.size, dtype=np.int64)
        if not isinstance(self.use.correction, BiasCorrection):
            return path_of(self.learner, real, made, sizes, data.streams)
        signed = task_correction(data.streams, self.generator, scarce, rich, self.use.correction)
        return corrected_path(self.learner, real, made, sizes, signed)
