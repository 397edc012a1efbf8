"""What a study asks: the room whose members are the kinds of study."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from synththeory.components import Component, component_of
from synththeory.errors import DesignError
from synththeory.learners import Learner
from synththeory.populations import Population, Risk
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.risks import RiskSettings

AnyLearner = Annotated[SerializeAsAny[Learner], component_of(Learner)]

Scale = tuple[tuple[float, ...], tuple[int, ...]]
"""Synthetic multipliers γ and synthetic sizes, each (S,) and increasing; both empty where a study adds no rows."""


@dataclass(frozen=True)
class Setting:
    """What a question is asked about: where rows come from, how many there are, what is fitted, how it is scored.

    Attributes
    ----------
    population : Population
        Where the rows come from.
    counts : tuple of int
        Rows of every stratum, (n0, n1) for two classes; under a joint law the expected ones.
    total : int or None
        Rows of a joint draw with random class counts; None where the counts are fixed.
    learner : Learner
        What is fitted; in a study of a test, the model whose fit the test starts from.
    scoring : RiskSettings
        How the risk of a fit is known.
    seed : int
        Root seed.
    """

    population: Population
    counts: tuple[int, ...]
    total: int | None
    learner: Learner
    scoring: RiskSettings
    seed: int

    @property
    def risk(self) -> Risk:
        """Balanced risk of the learner's fits in this population."""
        return self.scoring.of(self.population, self.learner, self.seed)


class Question(Component):
    """A kind of study. Its fields, but for ``kind``, are the tables that a design of this kind may have.

    A design asks the question whose ``mark`` it has, so that no design names its kind. A figure is registered for the
    question's class in `synththeory.figures`.

    Attributes
    ----------
    mark : str
        The dotted key that only designs of this kind have, such as ``"tasks"``; empty for the kind that a design is of
        where it has no mark.
    free : tuple of str
        Dotted keys that may change in a study folder, because they name arms and every arm is kept by its digest.
    unswept : tuple of str
        Tables whose keys no sweep may vary.
    """

    mark: ClassVar[str]
    free: ClassVar[tuple[str, ...]] = ()
    unswept: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def tables(cls) -> tuple[str, ...]:
        """Names of the tables a design of this kind may have."""
        return tuple(name for name in cls.model_fields if name != "kind")

    @property
    @abstractmethod
    def fitted(self) -> Learner:
        """What is fitted."""

    @property
    def scoring(self) -> RiskSettings:
        """How the risk of a fit is known: exactly, unless the question has a table that says otherwise."""
        return RiskSettings()

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """What is measured beside the fits."""
        return ()

    def scale(self, counts: tuple[int, ...]) -> Scale:
        """Multipliers and synthetic sizes for the rows of every stratum; none where synthetic rows are no axis.

        Raises
        ------
        DesignError
            If they do not fit the counts.
        """
        return (), ()

    @abstractmethod
    def check(self, setting: Setting) -> None:
        """Refuse a setting in which the question cannot be answered.

        Raises
        ------
        DesignError
            With what is wanted, what came and how to mend it.
        """

    @abstractmethod
    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """Everything that is run on the setting's data, in the order of the design."""


def kinds() -> tuple[type[Question], ...]:
    """Every kind of study that is known."""
    return tuple(each for each in Question.registry.values() if issubclass(each, Question))


def every_table() -> tuple[str, ...]:
    """The tables of all kinds of study."""
    return tuple(dict.fromkeys(table for kind in kinds() for table in kind.tables()))


def swept_tables() -> tuple[str, ...]:
    """The tables of all kinds of study whose keys a sweep may vary."""
    return tuple(dict.fromkeys(table for kind in kinds() for table in kind.tables() if table not in kind.unswept))


def question_of(tables: Mapping[str, Any]) -> Question:
    """The question that the tables of a design ask.

    Raises
    ------
    DesignError
        If they ask none, or two, or have a table that their question has no use for.
    ValidationError
        If a table is not what the question wants.
    """
    asked = [kind for kind in kinds() if kind.mark and _has(tables, kind.mark)]
    if len(asked) > 1:
        first, second = (_bracketed(kind.mark) for kind in asked[:2])
        raise DesignError(f"{first} and {second} are two kinds of study: leave one of them out")
    (chosen,) = asked or [kind for kind in kinds() if not kind.mark]
    if not tables:
        raise DesignError(f"a study needs {_every_need()}")
    useless = [table for table in tables if table not in chosen.tables()]
    if useless:
        named, mark = " and ".join(map(_bracketed, useless)), _bracketed(chosen.mark or chosen.tables()[0])
        raise DesignError(f"a study with {mark} has no use for {named}: leave out {named}, or {mark}")
    return chosen.model_validate(dict(tables))


def _as_question(value: object) -> object:
    return question_of(value) if isinstance(value, Mapping) else value


AnyQuestion = Annotated[SerializeAsAny[Question], BeforeValidator(_as_question)]
"""A question as a field of a design, from the design's tables."""


def _has(tables: Mapping[str, Any], mark: str) -> bool:
    node: Any = tables
    for part in mark.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return False
        node = node[part]
    return True


def _bracketed(mark: str) -> str:
    return mark if "." in mark else f"[{mark}]"


def _every_need() -> str:
    """The tables that some kind of study cannot be without; of kinds that need more than another, the other."""
    needs = [
        frozenset(name for name in kind.tables() if kind.model_fields[name].is_required())
        for kind in sorted(kinds(), key=lambda kind: kind.mark)
    ]
    least = dict.fromkeys(need for need in needs if not any(other < need for other in needs))
    return ", or ".join(" and ".join(f"[{name}]" for name in sorted(need)) for need in least)
