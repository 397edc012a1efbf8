"""What do synthetic rows of every class do: curves in the share of the way that all K classes go to the largest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from synththeory.arrays import Array
from synththeory.components import Floats, Settings, digest
from synththeory.errors import DesignError
from synththeory.fits import Fit
from synththeory.learners import ClassLeastSquares, Learner, path_of
from synththeory.losses import ClassLoss
from synththeory.populations import Population
from synththeory.sample import GivenSample, Sample
from synththeory.sim.questions.arms import Arm, Data, Scores, scored
from synththeory.sim.questions.augmentation import Baselines, Generators
from synththeory.sim.questions.base import AnyLearner, Question, Scale, Setting
from synththeory.sim.questions.free_fix import FreeFix
from synththeory.sim.questions.risks import RiskSettings
from synththeory.sim.questions.uses import Use, UsingArm
from synththeory.theory import ClassPrediction, class_curve
from synththeory.theory.classes import filled


class ClassRows(Settings):
    """How far every class is filled up towards the largest, by whom, and what is done without adding.

    Attributes
    ----------
    multipliers : tuple of float
        γ ≥ 0, increasing: class c gets ñ_c = round(γ(max n − n_c)) rows; 1 makes all classes equal.
    generators : tuple of Generator
        Who imitates every class.
    baselines : tuple of Baseline
        The free fixes beside them.
    """

    multipliers: Annotated[Floats, Field(min_length=1)]
    generators: Generators
    baselines: Baselines = ()

    @field_validator("multipliers", mode="after")
    @classmethod
    def _increasing_from_zero(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if value[0] < 0.0 or any(later <= earlier for earlier, later in itertools.pairwise(value)):
            raise ValueError(f"expected increasing multipliers ≥ 0, got {', '.join(f'{each:g}' for each in value)}")
        return value

    @model_validator(mode="after")
    def _distinct_arms(self) -> ClassRows:
        labels = [each.label for each in self.generators] + [each.label for each in self.baselines]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"two arms are called '{label}'; give one of them another 'name'")
        return self


class ClassCurves(Question):
    """Curves in the multiplier of all gaps between the classes and the largest of them.

    Attributes
    ----------
    classes : ClassRows
        What is added, and what is done without adding.
    learner : Learner
        What is fitted: a score for every class.
    risk : RiskSettings or None
        How the risk of a fit is known.
    """

    kind: Literal["classes"] = "classes"
    classes: ClassRows
    learner: AnyLearner
    risk: RiskSettings | None = None

    mark: ClassVar[str] = "classes"
    free: ClassVar[tuple[str, ...]] = ("classes.generators", "classes.baselines")
    unswept: ClassVar[tuple[str, ...]] = ("risk",)

    @property
    def fitted(self) -> Learner:
        """The learner."""
        return self.learner

    @property
    def scoring(self) -> RiskSettings:
        """As the table ``[risk]`` says."""
        return self.risk or RiskSettings()

    def scale(self, counts: tuple[int, ...]) -> Scale:
        """Multipliers, and the synthetic rows of all classes together."""
        multipliers = self.classes.multipliers
        return multipliers, tuple(int(filled(counts, multiplier).sum()) for multiplier in multipliers)

    def check(self, setting: Setting) -> None:
        """Classes coded by vectors and of different sizes, and every generator against every class it fills."""
        counts = setting.counts
        if not isinstance(setting.learner.loss, ClassLoss):
            raise DesignError(
                f"[classes] wants a score for every class: use the learner 'multinomial' or 'class-least-squares', "
                f"got '{setting.learner.kind}'"
            )
        if setting.total is not None or max(counts) == min(counts):
            raise DesignError(
                f"[classes] needs class sizes that are known and differ, got {', '.join(map(str, counts))} rows; "
                "give sample.largest with ratio and profile, or sample.groups"
            )
        for place, generator in enumerate(self.classes.generators):
            try:
                generator.check(min(counts), setting.population.dimension)
            except DesignError as error:
                raise DesignError(f"classes.generators[{place}] ({generator.label}): {error}") from None
        for baseline in self.classes.baselines:
            baseline.check(setting.learner, len(counts))

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """The curves and the free fixes."""
        metrics, learner = setting.risk.metrics, setting.learner
        curves = (
            Filled(Use(generator), learner, self.classes.multipliers, setting.counts, metrics)
            for generator in self.classes.generators
        )
        return (*curves, *(FreeFix(baseline, learner, metrics) for baseline in self.classes.baselines))


@dataclass(frozen=True)
class Filled(UsingArm):
    """The learner's path while one generator fills every class up towards the largest, and beyond.

    Attributes
    ----------
    use : Use
        Who imitates every class.
    learner : Learner
        What is fitted.
    multipliers : tuple of float
        γ, (S,), increasing.
    counts : tuple of int
        Real rows n_c of every class.
    metrics : tuple of str
        What is measured of every fit.
    """

    learner: Learner
    multipliers: tuple[float, ...]
    counts: tuple[int, ...]
    metrics: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of the generator without its name; the multipliers are in the cell's, by their sizes."""
        return digest("classes", self.generator.identity, list(self.multipliers))

    @property
    def points(self) -> tuple[tuple[float | None, int | None], ...]:
        """Multiplier and all synthetic rows, (S,)."""
        return tuple((each, int(filled(self.counts, each).sum())) for each in self.multipliers)

    def run(self, data: Data) -> Scores:
        """Draw once, walk the multipliers, score each fit."""
        fit = self._fit(data)
        return scored(data.risk.measures(self.metrics, fit), fit.status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> ClassPrediction | None:
        """The K-class curve of least squares."""
        if not isinstance(self.learner, ClassLeastSquares):
            return None
        return class_curve(population, self.generator, self.learner, counts).at(self.multipliers)

    def _fit(self, data: Data) -> Fit:
        sizes = [size for _, size in self.points]
        every = np.tile(np.array(sizes, dtype=np.int64), (data.streams.count, 1))
        return path_of(self.learner, data.real, self._staged(data), every, data.streams)

    def _staged(self, data: Data) -> Sample:
        """Synthetic rows multiplier by multiplier, in each the next rows of every class: a prefix is a whole fit's."""
        wanted = np.array([filled(self.counts, multiplier) for multiplier in self.multipliers])
        made = [
            self.generator.draw(data.streams.within(f"class/{block.stratum.name}"), block, None, int(most))
            for block, most in zip(data.blocks, wanted[-1], strict=True)
        ]
        before = np.vstack([np.zeros_like(wanted[:1]), wanted[:-1]])
        stretches = [
            (each, start, stop)
            for starts, stops in zip(before, wanted, strict=True)
            for each, start, stop in zip(made, starts, stops, strict=True)
            if stop > start
        ]
        if not stretches:
            return GivenSample(*(each[:, :0] for each in (made[0].rows, made[0].labels, made[0].weights)))
        return GivenSample(*(np.concatenate(parts, axis=1) for parts in _columns(stretches)))


def _columns(stretches: list[tuple[Sample, int, int]]) -> Iterator[list[Array]]:
    yield [each.rows[:, start:stop] for each, start, stop in stretches]
    yield [each.labels[:, start:stop] for each, start, stop in stretches]
    yield [each.weights[:, start:stop] for each, start, stop in stretches]
