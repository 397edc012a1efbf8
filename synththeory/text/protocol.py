"""What any language model has to do to write rows: learn sentences, and continue them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class TextModel(Protocol):
    """A model that has learnt."""

    def complete(self, prompts: Sequence[str], longest: int, rng: np.random.Generator) -> list[str]:
        """Sentences that begin with the prompts, one each.

        Parameters
        ----------
        prompts : sequence of str
            Beginnings.
        longest : int
            Characters of the longest sentence learnt: there is no need to go far beyond.
        rng : numpy Generator
            Where all chance comes from.
        """


class TextGenerator(Protocol):
    """A model that is to learn."""

    def fit(self, texts: Sequence[str], rng: np.random.Generator) -> TextModel:
        """Learn sentences.

        Parameters
        ----------
        texts : sequence of str
            One row each.
        rng : numpy Generator
            Where all chance comes from.
        """
