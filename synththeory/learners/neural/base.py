"""What nets have in common, however they are trained."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, field_validator

from synththeory.arrays import Array
from synththeory.components import Integers as Widths
from synththeory.components import NonNegative, Positive
from synththeory.errors import DesignError, SynththeoryError
from synththeory.learners.base import ScoreLearner
from synththeory.learners.neural.fit import NetFit
from synththeory.learners.neural.start import COLUMNS, Nets
from synththeory.neural.extra import needs
from synththeory.sample import Sample
from synththeory.status import Status
from synththeory.streams import Streams


class NetLearner(ScoreLearner):
    """A net of fully connected layers with rectified units; needs the extra ``neural``.

    Attributes
    ----------
    hidden : tuple of int
        Units of each hidden layer.
    rate : float
        Learning rate η.
    decay : float
        Weight decay λ.
    """

    hidden: Annotated[Widths, Field(min_length=1)]
    rate: Positive
    decay: NonNegative

    @field_validator("hidden", mode="after")
    @classmethod
    def _at_least_one_unit(cls, widths: tuple[int, ...]) -> tuple[int, ...]:
        if min(widths) < 1:
            raise ValueError(f"expected one unit or more in every hidden layer, got {min(widths)}")
        return widths

    def prepare(self) -> None:
        """The extra ``neural``."""
        needs(f"the learner {self.kind}")

    def columns(self, dimension: int) -> int:
        """Many: a fit takes as long as drawing thousands of columns, so blocks are small and progress is seen."""
        return max(dimension, COLUMNS)

    def penalty(self, dimension: int, total: ArrayLike) -> Array:
        """Zero: decay is no penalty on the loss that the test takes, (..., h + 1)."""
        return np.zeros((*np.shape(total), self.hidden[-1] + 1))

    def trainable(self, real: Sample, synthetic: Sample, streams: Streams | None) -> Streams:
        """The streams of a path, once all that it needs is there.

        Raises
        ------
        DesignError
            Without streams.
        SynththeoryError
            For a negative weight, or without the extra.
        """
        if streams is None:
            raise DesignError(f"{self.kind} draws its initial weights: its path needs streams")
        if (real.weights < 0.0).any() or (synthetic.weights < 0.0).any():
            raise SynththeoryError(f"{self.kind} takes weights ≥ 0: its loss would have no lower bound")
        self.prepare()
        return streams


def fit_of(layers: Nets, centre: Array, scale: Array, unit: bool = False) -> NetFit:
    """Trained layers as a fit; one that is not finite anywhere has failed.

    Parameters
    ----------
    layers, centre, scale, unit
        As of `NetFit`.
    """
    finite = np.all([np.isfinite(weights).all(axis=(2, 3)) for weights, _ in layers], axis=0)
    return NetFit(layers, centre, scale, np.where(finite, np.uint8(Status.OK), np.uint8(Status.NOT_FINITE)), unit)
