"""A bias correction of tuned strength: subtract λ B̂_0 in place of B̂_0, λ between naive (0) and full (1).

Full correction is unbiased where transfer is exact and pays for it with the variance of B̂_0; a rectifier of strength λ
trades them, as the tuned estimate of prediction-powered inference does (`theory.md` §10 [D]).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from synththeory.components import Floats, NonNegative
from synththeory.corrections.bias import BiasCorrection, Correction
from synththeory.errors import DesignError
from synththeory.generators import Generator
from synththeory.learners import Learner
from synththeory.sample import Block, Sample
from synththeory.streams import Streams


def _grid(strengths: tuple[float, ...]) -> tuple[float, ...]:
    if len(strengths) < 2 or strengths[0] != 0.0 or list(strengths) != sorted(set(strengths)) or strengths[-1] > 1.0:
        raise ValueError(f"expected increasing strengths from 0, at most 1, got {', '.join(map(str, strengths))}")
    return strengths


class TunedCorrection(Correction):
    """−λ̂ B̂_0, with λ̂ chosen by stratified cross-validation of the balanced loss [D].

    Every fold makes its own synthetic rows and its own B̂_0 from its training rows. λ̂ is the strength of least held-out
    loss where that beats λ = 0 by more than ``margin`` standard errors of their paired difference, else 0.

    Attributes
    ----------
    comparator, transport, blocks
        As of `BiasCorrection`.
    strengths : tuple of float
        Candidates λ, increasing from 0, at most 1.
    folds : int
        At least 2.
    margin : float
        ≥ 0.
    """

    kind: Literal["tuned-bias"] = "tuned-bias"
    comparator: Literal["block", "held-out"] = "block"
    transport: Literal["mean-shift", "none"] = "mean-shift"
    blocks: Annotated[int, Field(ge=1)] | None = None
    strengths: Annotated[Floats, AfterValidator(_grid)] = (0.0, 0.25, 0.5, 0.75, 1.0)
    folds: Annotated[int, Field(ge=2)] = 5
    margin: NonNegative = 1.0

    @property
    def full(self) -> BiasCorrection:
        """The correction of strength 1."""
        return BiasCorrection(comparator=self.comparator, transport=self.transport, blocks=self.blocks)

    def rows(self, streams: Streams, generator: Generator, majority: Block, minority: Block) -> Sample:
        """Those of strength 1."""
        return self.full.rows(streams, generator, majority, minority)

    def check(self, majority: int, minority: int, learner: Learner) -> None:
        """As the full correction, on all rows and on those of the smallest training part."""
        self.full.check(majority, minority, learner)
        if self.folds > minority:
            raise DesignError(
                f"the tuned correction cuts each class into {self.folds} folds; the minority has {minority} rows"
            )
        left = [count - -(-count // self.folds) for count in (majority, minority)]
        self.full.check(left[0], left[1], learner)
