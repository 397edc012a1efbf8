"""A small net trained on mini-batches, with imbalanced learning's ways of sampling, mixing, weighing and smoothing."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from synththeory.arrays import Integers
from synththeory.components import Count, Floats, NonNegative, Positive
from synththeory.components import Integers as Widths
from synththeory.errors import DesignError
from synththeory.learners.neural.base import NetLearner, fit_of
from synththeory.learners.neural.fit import NetFit
from synththeory.learners.neural.start import initial, standardised
from synththeory.losses import LogisticLoss, Loss, MultinomialLoss
from synththeory.sample import Sample
from synththeory.streams import Streams

_PURPOSE = "learner/sgd-mlp"
_BLOCK = 128
Share = Annotated[float, Field(ge=0.0, lt=1.0)]


class SGDMLP(NetLearner):
    """A net with rectified units under momentum descent on batches drawn with replacement, K logits, softmax loss.

    A row of a batch is (1 − s) x_a + s x_b with a the base row, b its partner and s ~ U(0, 1), one s a batch; its loss
    is L w_a CE(f, y_a) + (1 − L) w_b CE(f, y_b). Sampler, partner, label rule, class weights, smoothing and sharpness
    are independent switches:

    ========================  ==========  =========  ======
    method                    sampler     partner    label
    ========================  ==========  =========  ======
    plain                     uniform     none       base
    SMOTE                     balanced    same       base
    soft SMOTE                balanced    all        soft
    Mixup                     uniform     random     soft
    Remix, MAMix              uniform     random     remix, mamix
    ========================  ==========  =========  ======

    L is 1 (base); 1 − s (soft); Remix's, which gives the whole label to a class three times rarer where its share is
    above ½; MAMix's, piecewise linear in s through ½ at s = k_a/(k_a + k_b), k_c = n_c^(−omega) [C]. Class weights are
    w_c ∝ (1 − beta)/(1 − beta^n_c), Σ w_c = K, from step ``defer`` · steps on, and one before (DRW [C]).

    Fits run one at a time in single precision, with draws named by the replication: the same bits for any block and
    any number of threads. Needs the extra ``neural``.

    Attributes
    ----------
    outputs : {"log-odds", "classes"}
        One score between two classes, f_1 − f_0; or K scores, for classes coded by vectors.
    hidden : tuple of int
        Units of each hidden layer.
    batch_size, steps : int
        Rows a batch: at most 128, or a multiple of 128. Steps.
    rate, momentum, decay : float
        Learning rate, × .1 from 80 % and × .01 from 90 % of the steps on, rising over the first 2.5 %; momentum;
        coupled weight decay.
    sampler : {"uniform", "balanced"}
        Of the base row: each row alike, or each class.
    partner : {"none", "same", "all", "random"}
        None; one of the ``neighbors`` nearest rows of the same class, or of all; another row of the batch.
    label : {"base", "soft", "remix", "mamix"}
        Rule of L.
    shares : {"batch", "row"}
        Whether s is drawn for a batch or for each row.
    omega : float
        MAMix's exponent.
    beta : float
        Of the class weights, in [0, 1); 0 for none.
    defer : float
        Share of the steps before they begin, in [0, 1).
    smoothing : tuple of float
        e_c of each class, targets (1 − e_c) one-hot + e_c/K; none when empty.
    noise : float
        Standard deviation of noise added to each drawn row.
    sharpness : {"none", "plain", "weighted", "radius"}
        SAM: the gradient is taken at θ + rho g/‖g‖. ``weighted`` (SAM-A [C]) climbs the loss with class weights
        n_max/n_c; ``radius`` adds rho √(n_max/n_c) g_c/‖g_c‖ over the classes, g_c that of a class's own loss [D].
    rho : float
        Radius of the climb.
    standardise : bool
        Whether rows are standardised by the real training rows.
    head : {"linear", "cosine"}
        The last layer: linear, or 30 times the cosine between the last hidden units and each class's weights [C].
    margin : float
        LDAM's largest margin, in [0, 1): the cosine of a row's own class is lowered by
        margin · (n_c/min_j n_j)^(−¼) before the softmax [C]. A batch's loss is then the weighted mean.
    """

    kind: Literal["sgd-mlp"] = "sgd-mlp"
    outputs: Literal["log-odds", "classes"] = "log-odds"
    hidden: Widths = (32, 32)
    batch_size: Count = 64
    steps: Count = 1500
    rate: Positive = 0.05
    momentum: Share = 0.9
    decay: NonNegative = 2e-4
    sampler: Literal["uniform", "balanced"] = "uniform"
    partner: Literal["none", "same", "all", "random"] = "none"
    neighbors: Count = 5
    label: Literal["base", "soft", "remix", "mamix"] = "base"
    shares: Literal["batch", "row"] = "batch"
    omega: NonNegative = 0.25
    beta: Share = 0.0
    defer: Share = 0.8
    smoothing: Floats = ()
    noise: NonNegative = 0.0
    sharpness: Literal["none", "plain", "weighted", "radius"] = "none"
    rho: NonNegative = 0.05
    standardise: bool = True
    head: Literal["linear", "cosine"] = "linear"
    margin: Share = 0.0

    @model_validator(mode="after")
    def _switches_fit(self) -> Self:
        if self.batch_size > _BLOCK and self.batch_size % _BLOCK:
            raise ValueError(f"batch_size: expected at most {_BLOCK} or a multiple of {_BLOCK}, got {self.batch_size}")
        if self.label != "base" and self.partner == "none":
            raise ValueError(f"label = '{self.label}' mixes a row's label with its partner's: set partner")
        if any(not 0.0 <= entry < 1.0 for entry in self.smoothing):
            raise ValueError(f"smoothing: expected numbers in [0, 1), got {list(self.smoothing)}")
        if self.margin and (self.head != "cosine" or self.partner != "none" or self.smoothing):
            raise ValueError("margin needs head = 'cosine' and neither partner nor smoothing")
        return self

    @model_serializer(mode="wrap")
    def _without_a_linear_head(self, serialised: SerializerFunctionWrapHandler) -> dict[str, object]:
        """The settings as they were before there was another head: their digest names old results."""
        table: dict[str, object] = serialised(self)
        return table if self.head != "linear" else {key: table[key] for key in table if key not in ("head", "margin")}

    @property
    def balances(self) -> bool:
        """Whether classes count alike at the end, by the sampler or by weights: the prior is moved then."""
        return self.sampler == "balanced" or self.beta > 0.0

    @property
    def loss(self) -> Loss:
        """Logistic loss of f_1 − f_0, or multinomial loss of K scores."""
        return LogisticLoss(True) if self.outputs == "log-odds" else MultinomialLoss(True)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> NetFit:
        """A net at every size of every replication, all of a replication from the same initial weights and draws.

        Raises
        ------
        DesignError
            Without streams, or where ``smoothing`` does not fit the classes.
        SynththeoryError
            For labels between classes, a negative weight, or without the extra.
        """
        named = self.trainable(real, synthetic, streams).root.within(_PURPOSE)
        from synththeory.neural.batches import trained

        total = real.labels.shape[2] if real.labels.ndim == 3 else 2
        if len(self.smoothing) not in (0, total):
            raise DesignError(f"sgd-mlp: smoothing needs one number a class, {total}, got {list(self.smoothing)}")
        centre, scale, own, further = standardised(real, synthetic, self.standardise)
        start = initial(named, (real.shape[2], *self.hidden, total))
        keys = np.floor(named.uniforms("batches", 2) * 2.0**32).astype(np.uint32)
        layers = trained(self, start, keys, own, further, sizes)
        if self.outputs == "log-odds":
            weights, biases = layers[-1]
            layers = (*layers[:-1], (np.diff(weights, axis=3), np.diff(biases, axis=2)))
        return fit_of(layers, centre, scale, unit=self.head == "cosine")
