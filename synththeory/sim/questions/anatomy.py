"""What is a generator: its bias, its noise and what it shares with the seeds, and where its rows lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import sqrt
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Vector
from synththeory.components import Settings, digest
from synththeory.errors import DesignError
from synththeory.generators import Generator, GeneratorMoments, moments_of
from synththeory.generators.beside import noise_within
from synththeory.generators.diversity import coverage, near_copies
from synththeory.learners import Learner, LinearLearner, Logistic
from synththeory.losses import ClassLoss, Loss
from synththeory.metrics import SPREAD, Metric, registered
from synththeory.populations import Population, exact_risk
from synththeory.populations.risks.moments import StratumMoments
from synththeory.sim.questions.arms import Arm, Data, Scores
from synththeory.sim.questions.augmentation import Generators
from synththeory.sim.questions.base import AnyLearner, Question, Setting

BIAS = registered(Metric("bias", "bias over the error of the seeds' mean score", "ratio"))
FLUCTUATION = registered(Metric("fluctuation", r"$\mathrm{tr}\,V_m/\mathrm{tr}\,\Sigma_1$", "ratio"))
COUPLING = registered(Metric("coupling", r"$\mathrm{tr}\,C/\mathrm{tr}\,\Sigma_1$", "ratio"))
NEAR_COPIES = registered(Metric("near_copies", "near-copies of seeds", "share"))
COVERAGE = registered(Metric("coverage", "fresh minority rows covered", "share"))
_METRICS = (BIAS, FLUCTUATION, COUPLING, SPREAD, NEAR_COPIES, COVERAGE)
_FRESH = 200
"""Fresh rows that may be covered, and rows that may cover them."""


class AnatomyTable(Settings):
    """Which generators, and how many of their rows are looked at.

    Attributes
    ----------
    rows : int
        Synthetic rows m a replication, at least 200.
    generators : tuple of Generator
        One arm each.
    """

    rows: Annotated[int, Field(ge=_FRESH)] = 400
    generators: Generators


class GeneratorAnatomy(Question):
    """What is each generator: nothing is fitted, its rows are measured at the score of the population's optimum.

    Attributes
    ----------
    anatomy : AnatomyTable
        Whose rows, and how many.
    learner : Learner
        Whose score: linear in the rows.
    """

    kind: Literal["anatomy"] = "anatomy"
    anatomy: AnatomyTable
    learner: AnyLearner = Logistic(ridge=1e-5)

    mark: ClassVar[str] = "anatomy"
    free: ClassVar[tuple[str, ...]] = ("anatomy.generators",)

    @property
    def fitted(self) -> Learner:
        """Whose score is taken; nothing is fitted."""
        return self.learner

    def check(self, setting: Setting) -> None:
        """Refuse what has no exact score, and generators that cannot imitate the minority or have no moments.

        Raises
        ------
        DesignError
            With the generator's name.
        """
        population, loss = setting.population, self.learner.loss
        if len(setting.counts) != 2 or not population.exact:
            raise DesignError(f"anatomy: needs two classes with exact moments, not {population.kind}")
        if not isinstance(self.learner, LinearLearner) or isinstance(loss, ClassLoss):
            raise DesignError(f"anatomy: scores must be linear in the rows, which those of {self.learner.kind} are not")
        for generator in self.anatomy.generators:
            try:
                generator.check(setting.counts[1], population.dimension)
            except DesignError as error:
                raise DesignError(f"anatomy.generators ({generator.label}): {error}") from None
            if not generator.piloted:
                raise DesignError(
                    f"anatomy.generators ({generator.label}): its moments need a pilot; give it pilot = true"
                )

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """One arm a generator."""
        counts = setting.counts[0], setting.counts[1]
        return tuple(
            Dissected(each, self.anatomy.rows, setting.population, counts, self.learner.loss)
            for each in self.anatomy.generators
        )


@dataclass(frozen=True, eq=False)
class Parts:
    """What theory knows of a generator at θ*.

    Attributes
    ----------
    moments : GeneratorMoments
        Of the synthetic score.
    classes : (StratumMoments, StratumMoments)
        Of majority and minority.
    minority : int
        n1.
    """

    moments: GeneratorMoments
    classes: tuple[StratumMoments, StratumMoments]
    minority: int

    @property
    def mean(self) -> Vector:
        """E of the mean synthetic score, (p,)."""
        return np.asarray(self.moments.gradient + self.moments.shift)

    @property
    def bias(self) -> Vector:
        """Its distance from the minority's mean score, (p,)."""
        return np.asarray(self.mean - self.classes[1].gradient)

    @property
    def scale(self) -> float:
        """tr Σ_1."""
        return float(np.trace(self.classes[1].covariance))

    @property
    def source(self) -> str:
        """How the moments are known."""
        return self.moments.source

    def curve(self, metric: str) -> Vector | None:
        """Theory of bias, V_m and C; None of what concerns the rows themselves."""
        error = sqrt(self.scale / self.minority)
        known = {
            BIAS.name: float(np.linalg.norm(self.bias)) / error,
            FLUCTUATION.name: float(np.trace(self.moments.fluctuation)) / self.scale,
            COUPLING.name: float(np.trace(self.moments.coupling)) / self.scale,
        }
        return np.array([known[metric]]) if metric in known else None


@lru_cache(maxsize=64)
def parts_of(generator: Generator, population: Population, loss: Loss, counts: tuple[int, int]) -> Parts:
    """A generator's moments beside n0 and n1 rows."""
    moments = moments_of(generator.given(counts[0]), population, loss, 1, counts[1])
    zero, one = exact_risk(population, loss).moments
    return Parts(moments, (zero, one), counts[1])


@dataclass(frozen=True)
class Dissected:
    """One generator's rows, measured.

    Attributes
    ----------
    generator : Generator
        Whose rows.
    rows : int
        m a replication.
    population, counts, loss
        Where the seeds come from, (n0, n1), and the score.
    """

    generator: Generator
    rows: int
    population: Population
    counts: tuple[int, int]
    loss: Loss

    metrics = tuple(metric.name for metric in _METRICS)
    use = None

    @property
    def names(self) -> tuple[str, ...]:
        """The generator's label."""
        return (self.generator.label,)

    @property
    def label(self) -> str:
        """The generator's."""
        return self.generator.label

    @property
    def points(self) -> tuple[tuple[float | None, int], ...]:
        """One, of m rows."""
        return ((None, self.rows),)

    @cached_property
    def digest(self) -> str:
        """Digest of the generator and m; the loss is in the cell's."""
        shares = ("shares",) if self.generator.allotted else ()  # their noise was measured as that of independent rows
        return digest("anatomy", self.generator.identity, self.rows, *shares)

    def run(self, data: Data) -> Scores:
        """Bias, V_m and C by the mean score of the rows about its expectation; then where the rows lie."""
        made = data.synthetic(self.generator, self.rows).rows
        values = np.stack([*self._scored(data, made), *_placed(data, made)])
        return Scores(values[..., None], np.zeros((len(made), 1), dtype=np.uint8))

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Parts:
        """Of bias, V_m and C."""
        return self._parts

    @property
    def _parts(self) -> Parts:
        return parts_of(self.generator, self.population, self.loss, self.counts)

    def _scored(self, data: Data, made: Array) -> tuple[Vector, Vector, Vector]:
        """Estimates whose means are the ratios, one a replication: with G the expected mean score m̂, along G − g_1;
        n1(‖m̂ − G‖² − tr Σ̂_syn/m); n1(s̄_1 − g_1)ᵀ(m̂ − G), and the same of the majority where it is looked at."""
        parts, place = self._parts, exact_risk(self.population, self.loss).optimum
        strata, minority = self.population.strata, self.counts[1]
        scores = self.loss.row_scores(made, strata[1].response, place)
        gap = scores.mean(axis=1) - parts.mean
        own = self.loss.row_scores(data.minority.rows, strata[1].response, place).mean(axis=1)
        coupling = minority * ((own - parts.classes[1].gradient) * gap).sum(axis=1)
        if self.generator.needs_others:
            theirs = self.loss.row_scores(data.majority.rows, strata[0].response, place).mean(axis=1)
            coupling = coupling + self.counts[0] * ((theirs - parts.classes[0].gradient) * gap).sum(axis=1)
        if self.generator.allotted:
            within = np.trace(noise_within(self.generator, scores), axis1=1, axis2=2)
        else:
            within = scores.var(axis=1, ddof=1).sum(axis=1)  # its trace, with the bits that are stored
        fluctuation = minority * (np.square(gap).sum(axis=1) - within / made.shape[1])
        length = float(np.linalg.norm(parts.bias))
        along = parts.bias / length if length > 0.0 else np.zeros_like(parts.bias)
        bias = (gap + parts.bias) @ along / sqrt(parts.scale / minority)
        return bias, np.asarray(fluctuation / parts.scale), np.asarray(coupling / parts.scale)


def _placed(data: Data, made: Array) -> tuple[Vector, Vector, Vector]:
    """Spread over the minority's, share of near-copies, share of fresh rows covered; one a replication."""
    law = data.minority.law
    assert law is not None  # the population has exact moments
    fresh = law.draw(data.streams, "anatomy/fresh", _FRESH)
    found = np.empty((3, len(made)))
    for place, (rows, seeds, news) in enumerate(zip(made, data.minority.rows, fresh, strict=True)):
        found[0, place] = rows.var(axis=0, ddof=1).sum() / seeds.var(axis=0, ddof=1).sum()
        found[1, place] = near_copies(rows, seeds).mean()
        found[2, place] = coverage(rows[:_FRESH], news)
    return found[0], found[1], found[2]
