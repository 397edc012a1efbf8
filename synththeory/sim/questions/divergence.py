"""How far is a generator's law from what its rows should follow: summed over all possible rows, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.components import Settings, digest
from synththeory.errors import DesignError
from synththeory.generators import InContextTransformer, RowTransformer
from synththeory.learners import Learner, LinearLearner, Logistic
from synththeory.losses import LogisticLoss, Loss
from synththeory.metrics import Metric, registered
from synththeory.populations import Enumerable, Population
from synththeory.sample import Block
from synththeory.sim.questions.arms import Arm, Data, Scores
from synththeory.sim.questions.augmentation import Generators
from synththeory.sim.questions.base import AnyLearner, Question, Setting
from synththeory.sim.questions.uses import Use, UsingArm
from synththeory.status import Status
from synththeory.theory.floors import Floor

DIVERGENCE = registered(Metric("kl", "KL divergence from the best guess to the generator's law", "nats"))
MISMATCH = registered(Metric("mismatch", "the same to first order", "loss"))
FLOOR = registered(Metric("floor", "excess risk that no number of rows removes", "loss"))
PINSKER = registered(Metric("pinsker", "Pinsker bound of that floor", "loss"))


class DivergenceTable(Settings):
    """Which generators, and whether the floor of a fit to their rows is summed up too.

    Attributes
    ----------
    generators : tuple of Generator
        One arm each.
    floor : bool
        Whether the excess risk of a fit to infinitely many rows of every class is a metric, and Pinsker's bound of it.
    """

    generators: Generators
    floor: bool = False


class Divergence(Question):
    """How far is a generator's law from the best guess at what it imitates, Σ p log(p/q) over all rows.

    Every class is imitated; the divergence is the classes' mean. The best guess p is the law itself where it is known
    (`markov-rows`), and Bayes' predictive given the same seeds where it is not (`dirichlet-rows`).

    Attributes
    ----------
    divergence : DivergenceTable
        Whose laws.
    learner : Learner
        Whose floor, where it is asked for; it has the loss of a logistic score.
    """

    kind: Literal["divergence"] = "divergence"
    divergence: DivergenceTable
    learner: AnyLearner = Logistic(intercept=True)

    mark: ClassVar[str] = "divergence"
    free: ClassVar[tuple[str, ...]] = ("divergence.generators",)

    @property
    def fitted(self) -> Learner:
        """Whose floor is summed up; nothing is fitted."""
        return self.learner

    def check(self, setting: Setting) -> None:
        """Refuse rows that cannot be enumerated, and generators that cannot imitate them.

        Raises
        ------
        DesignError
            With the generator's name.
        """
        population = setting.population
        if not isinstance(population, Enumerable):
            raise DesignError(
                f"divergence: needs rows that can be enumerated, such as those of markov-rows, not {population.kind}"
            )
        if self.divergence.floor and not (population.exact and isinstance(self.learner.loss, LogisticLoss)):
            raise DesignError(
                f"divergence.floor: needs laws that are known and a logistic learner, not {population.kind} "
                f"and {self.learner.kind}; leave it out"
            )
        if not isinstance(self.learner, LinearLearner):
            raise DesignError(
                f"divergence: scores must be linear in the rows, which those of {self.learner.kind} are not"
            )
        for generator in self.divergence.generators:
            try:
                for count in setting.counts:
                    generator.check(count, population.dimension)
            except DesignError as error:
                raise DesignError(f"divergence.generators ({generator.label}): {error}") from None
            if not generator.has_law:
                raise DesignError(f"divergence.generators ({generator.label}): no law is known of what it makes")

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """One arm a generator."""
        loss = self.learner.loss if self.divergence.floor else None
        return tuple(Diverging(Use(each), setting.population, loss) for each in self.divergence.generators)


@dataclass(frozen=True)
class Diverging(UsingArm):
    """One generator's laws of all classes, beside the best guesses.

    Attributes
    ----------
    use : Use
        Whose.
    population : Population
        Whose rows can be enumerated.
    loss : Loss or None
        Of the floor; None where none is asked for.
    """

    population: Population
    loss: Loss | None

    @property
    def width(self) -> int | None:
        """Channels of a transformer; None of other generators."""
        generator = self.generator
        return generator.width if isinstance(generator, RowTransformer | InContextTransformer) else None

    @property
    def points(self) -> tuple[tuple[float | None, int | None], ...]:
        """One, without a number of rows."""
        return ((None, None),)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The divergence, and where it is asked for the floor, its first order and its bound."""
        return (DIVERGENCE.name, *((FLOOR.name, MISMATCH.name, PINSKER.name) if self.loss else ()))

    @cached_property
    def digest(self) -> str:
        """Digest of the generator, and of whether there is a floor; the loss is in the cell's."""
        return digest("divergence", self.generator.identity, self.loss is not None)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> None:
        """None: a net has no theory of its own."""
        return

    def run(self, data: Data) -> Scores:
        """Sums over all rows, of the imitators that an augmented study of groups has."""
        assert isinstance(self.population, Enumerable)  # as it was checked
        guesses = np.stack([self.population.best_guess(g, block.rows) for g, block in enumerate(data.blocks)], axis=1)
        laws = np.stack([self._log_law(data, block) for block in data.blocks], axis=1)
        values = [divergences(guesses, laws).mean(axis=1)]
        if self.loss is not None:
            floors = [self._floors(guess, law) for guess, law in zip(guesses, laws, strict=True)]
            values += list(np.array(floors).T)
        found = np.stack(values)[..., None]
        return Scores(found, np.where(np.isnan(found).any(axis=0), Status.NOT_FINITE, Status.OK).astype(np.uint8))

    def _floors(self, guesses: Array, log_laws: Array) -> tuple[float, float, float]:
        """Of one replication: the floor, its first order, Pinsker's bound."""
        assert self.loss is not None
        floor = Floor.of(self.population, self.loss, self._support, np.exp(log_laws))
        return floor.excess, floor.mismatch, floor.pinsker_bound(divergences(guesses, log_laws))

    @property
    def _support(self) -> Array:
        assert isinstance(self.population, Enumerable)  # as it was checked
        return self.population.support

    def _log_law(self, data: Data, block: Block) -> Array:
        streams = data.streams.within(f"group/{block.stratum.name}")
        law = self.generator.imitator(streams, block, None).log_law(self._support)
        assert law is not None  # as the generator says
        return law


def divergences(guesses: Array, log_laws: Array) -> Vector:
    """Σ p log(p/q) over the last axis, (...); rows that p says cannot be count nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(guesses > 0.0, guesses * (np.log(guesses) - log_laws), 0.0)
    return np.asarray(terms.sum(axis=-1))
