"""How a generator is used: the part of an arm that tables name and figures arrange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synththeory.corrections import Correction
from synththeory.generators import Generator


@dataclass(frozen=True)
class Use:
    """A generator, what is done with its rows, and what is done about their bias.

    Attributes
    ----------
    generator : Generator
        Who makes the rows.
    treatment : str
        What is done, such as ``"corrected"`` or the rule that chooses the size; empty where the rows are just added.
    correction : Correction or None
        What is done about the generator's bias; None leaves its rows as they are.
    """

    generator: Generator
    treatment: str = ""
    correction: Correction | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Treatment, where there is one, and generator."""
        return (self.treatment, self.generator.label) if self.treatment else (self.generator.label,)

    @property
    def label(self) -> str:
        """Such as ``corrected:smote``."""
        return joined(self.names)


@dataclass(frozen=True)
class UsingArm:
    """What arms that use one generator have in common.

    Attributes
    ----------
    use : Use
        The generator, and how it is used.
    """

    use: Use

    @property
    def generator(self) -> Generator:
        """Who makes the rows."""
        return self.use.generator

    @property
    def names(self) -> tuple[str, ...]:
        """Those of the use."""
        return self.use.names

    @property
    def label(self) -> str:
        """Such as ``smote`` or ``naive:smote``."""
        return self.use.label


def joined(names: Sequence[str]) -> str:
    """An arm's names as the one label that tables have: it is written for people, and read by no code."""
    return ":".join(names)
