"""The table of the specification, and models that stand for a language model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synththeory.text import ORDERS, Column
from synththeory.text.sentences import Writer

COLUMNS = (Column("age"), Column("job", levels=("clerk", "cook")), Column("hours", decimals=1))
LABEL = Column("y", levels=("0", "1"))
WRITER = Writer(COLUMNS, LABEL, ORDERS["imbllm"])
ROW = np.array([[25.0, 0.0, 40.5]])


def writer(order: str, columns: tuple[Column, ...] = COLUMNS, **changed: bool) -> Writer:
    return Writer(columns, LABEL, replace(ORDERS[order], **changed))


@dataclass
class Echo:
    """Answers every prompt by a sentence learnt, in turn; what a row of rubbish does is seen by putting one in."""

    rubbish: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    calls: int = 0

    def fit(self, texts: Sequence[str], rng: np.random.Generator) -> "Echo":
        self.texts = (*self.rubbish, *texts)
        return self

    def complete(self, prompts: Sequence[str], longest: int, rng: np.random.Generator) -> list[str]:
        found = [self.texts[(self.calls + place) % len(self.texts)] for place in range(len(prompts))]
        self.calls += len(prompts)
        return found


@dataclass
class Says:
    """Answers every prompt by the same sentence."""

    sentence: str

    def fit(self, texts: Sequence[str], rng: np.random.Generator) -> "Says":
        return self

    def complete(self, prompts: Sequence[str], longest: int, rng: np.random.Generator) -> list[str]:
        return [self.sentence] * len(prompts)
