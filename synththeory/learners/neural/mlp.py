"""A small net trained on all rows at once."""

from __future__ import annotations

from typing import Literal

from synththeory.arrays import Integers
from synththeory.components import Count, NonNegative, Positive
from synththeory.components import Integers as Widths
from synththeory.learners.neural.base import NetLearner, fit_of
from synththeory.learners.neural.fit import NetFit
from synththeory.learners.neural.start import initial, standardised
from synththeory.losses import LogisticLoss
from synththeory.sample import Sample
from synththeory.streams import Streams

_PURPOSE = "learner/mlp"


class MLP(NetLearner):
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
    hidden: Widths = (64, 32)
    epochs: Count = 120
    rate: Positive = 2e-3
    decay: NonNegative = 1e-3

    @property
    def loss(self) -> LogisticLoss:
        """Logistic loss of its one output, whose bias is an intercept."""
        return LogisticLoss(True)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> NetFit:
        """A net at every size of every replication, all of a replication from the same initial weights.

        Raises
        ------
        DesignError
            Without streams.
        SynththeoryError
            For a negative weight, or without the extra.
        """
        named = self.trainable(real, synthetic, streams).root.within(_PURPOSE)
        from synththeory.neural.training import Recipe, trained

        centre, scale, own, further = standardised(real, synthetic)
        start = initial(named, (real.shape[2], *self.hidden, 1))
        layers = trained(Recipe(self.epochs, self.rate, self.decay), start, own, further, sizes)
        return fit_of(layers, centre, scale)
