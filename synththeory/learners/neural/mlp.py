"""A small net trained on all rows at once."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, field_validator

from synththeory.arrays import Array, Integers
from synththeory.components import Count, NonNegative, Positive
from synththeory.components import Integers as Widths
from synththeory.errors import DesignError, SynththeoryError
from synththeory.learners.base import ScoreLearner
from synththeory.learners.neural.fit import NetFit
from synththeory.learners.neural.start import COLUMNS, initial, positive_widths, standardised
from synththeory.losses import LogisticLoss
from synththeory.neural.extra import needs
from synththeory.sample import Sample
from synththeory.status import Status
from synththeory.streams import Streams

_PURPOSE = "learner/mlp"


class MLP(ScoreLearner):
    """A net with rectified units, fitted by full-batch AdamW to Σ w[log(1 + e^f) − yf]/Σ w (Ma & Zhang's F8 [P]).

    Rows are standardised by mean and standard deviation of the real training rows, each row counting once: one map
    serves the whole path in the synthetic size. A replication has one set of initial weights for all arms, sizes and
    folds, U(−1, 1)/√(units below) on weights and biases alike, from the study's streams. Computed in single precision,
    one fit at a time: the same bits for any block and any number of threads. Needs the extra ``neural``.

    Attributes
    ----------
    hidden : tuple of int
        Units of each hidden layer.
    epochs : int
        Steps of AdamW, each on all rows.
    rate : float
        Learning rate η.
    decay : float
        Decoupled weight decay λ, on biases too.
    """

    kind: Literal["mlp"] = "mlp"
    hidden: Annotated[Widths, Field(min_length=1)] = (64, 32)
    epochs: Count = 120
    rate: Positive = 2e-3
    decay: NonNegative = 1e-3

    widths = field_validator("hidden", mode="after")(positive_widths)

    @property
    def loss(self) -> LogisticLoss:
        """Logistic loss of its one output, whose bias is an intercept."""
        return LogisticLoss(True)

    def prepare(self) -> None:
        """The extra ``neural``."""
        needs(f"the learner {self.kind}")

    def columns(self, dimension: int) -> int:
        """Many: a fit takes as long as drawing thousands of columns, so blocks are small and progress is seen."""
        return max(dimension, COLUMNS)

    def penalty(self, dimension: int, total: ArrayLike) -> Array:
        """Zero: decoupled decay is no penalty on the loss, (..., h + 1)."""
        return np.zeros((*np.shape(total), self.hidden[-1] + 1))

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> NetFit:
        """A net at every size of every replication, all of a replication from the same initial weights.

        Raises
        ------
        DesignError
            Without streams.
        SynththeoryError
            For a negative weight, or without the extra.
        """
        if streams is None:
            raise DesignError("mlp draws its initial weights: its path needs streams")
        if (real.weights < 0.0).any() or (synthetic.weights < 0.0).any():
            raise SynththeoryError("mlp takes weights ≥ 0: its loss would have no lower bound")
        self.prepare()
        from synththeory.neural.training import Recipe, trained

        centre, scale, own, further = standardised(real, synthetic)
        start = initial(streams.root.within(_PURPOSE), (real.shape[2], *self.hidden, 1))
        layers = trained(Recipe(self.epochs, self.rate, self.decay), start, own, further, sizes)
        finite = np.all([np.isfinite(weights).all(axis=(2, 3)) for weights, _ in layers], axis=0)
        status = np.where(finite, np.uint8(Status.OK), np.uint8(Status.NOT_FINITE))
        return NetFit(layers, centre, scale, status)
