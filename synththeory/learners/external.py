"""Any scikit-learn classifier as a learner: fitted anew in every replication at every size, scored on a test sample."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from synththeory.arrays import Array, Codes, Integers
from synththeory.errors import DesignError, SynththeoryError
from synththeory.external import ExternalClass, seeds
from synththeory.learners.base import Learner
from synththeory.losses import LogisticLoss, Loss, ZeroOneLoss
from synththeory.sample import Sample
from synththeory.status import Status
from synththeory.streams import Streams

_COLUMNS = 10_000
"""What a forest takes of memory, in numbers a training row: so few replications are held at once."""


class External(ExternalClass, Learner):
    """A classifier with ``fit`` and ``predict_proba`` or ``decision_function``, such as scikit-learn's.

    Its score is log p/(1 − p) of its probability of the second class; probabilities are kept within [clip, 1 − clip],
    since trees say 0 and 1. Without ``predict_proba`` it is the decision function, of which only the error is judged.
    Each fit has a ``random_state`` of its own, named by replication and synthetic size.

    Attributes
    ----------
    class_name, settings
        As of `synththeory.external.ExternalClass`: the class, ``class`` in a design, and its keyword arguments.
    clip : float
        Smallest probability, in (0, ½).
    """

    kind: Literal["external"] = "external"
    clip: Annotated[float, Field(gt=0.0, lt=0.5)] = 1e-6

    @model_validator(mode="after")
    def _is_a_classifier(self) -> Self:
        if not hasattr(self._model, "fit") or not (self._probable or hasattr(self._model, "decision_function")):
            raise DesignError(
                f"class: {self.short_name} is no classifier: needs fit, and predict_proba or decision_function"
            )
        return self

    @property
    def title(self) -> str:
        """The class."""
        return self.short_name

    @property
    def loss(self) -> Loss:
        """Logistic loss of the log-odds; 0–1 loss of a decision function."""
        return LogisticLoss(intercept=True) if self._probable else ZeroOneLoss(intercept=True)

    @property
    def weighs(self) -> bool:
        """Whether its ``fit`` takes sample weights."""
        return "sample_weight" in inspect.signature(self._model.fit).parameters

    def columns(self, dimension: int) -> int:
        """Many: a fitted model is kept for every size."""
        return max(dimension, _COLUMNS)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> ExternalFit:
        """A fresh classifier at every size of every replication."""
        if streams is None:
            raise DesignError("an external learner is seeded by named streams: its path needs them")
        named = cache(lambda size: seeds(streams.within("learner/external"), f"{size} synthetic rows"))
        models = np.empty(sizes.shape, dtype=object)
        for place, size in np.ndenumerate(sizes):
            models[place] = self._fitted(real, synthetic, place[0], int(size), int(named(int(size))[place[0]]))
        return ExternalFit(models, self.clip if self._probable else None)

    def _fitted(self, real: Sample, synthetic: Sample, replication: int, size: int, seed: int) -> Any:
        rows, labels, weights = (
            np.concatenate([one[replication], other[replication, :size]])
            for one, other in (
                (real.rows, synthetic.rows), (real.labels, synthetic.labels), (real.weights, synthetic.weights)
            )
        )  # fmt: skip
        if len(np.unique(labels)) != 2:
            raise SynththeoryError("an external learner needs rows of two classes, with labels of either class only")
        given = () if (weights == 1.0).all() else (weights,)
        if given and not self.weighs:
            raise SynththeoryError(f"{self.short_name}.fit takes no sample_weight, and the weights are not all one")
        return self.built(seed).fit(rows, labels == labels.max(), *given)

    @property
    def _model(self) -> Any:
        return self.built()

    @property
    def _probable(self) -> bool:
        return hasattr(self._model, "predict_proba")


@dataclass(frozen=True, eq=False)
class ExternalFit:
    """Fitted classifiers.

    Attributes
    ----------
    models : array of object
        (B, S).
    clip : float or None
        Smallest probability; None scores by the decision function.
    """

    models: NDArray[np.object_]
    clip: float | None

    @property
    def status(self) -> Codes:
        """All OK, (B, S): a classifier that cannot be fitted raises."""
        return np.full(self.models.shape, Status.OK, dtype=np.uint8)

    def scores(self, rows: Array) -> Array:
        """Log-odds, or decision functions, (B, S, m)."""
        each = np.broadcast_to(rows, (len(self.models), *rows.shape[-2:]))
        return np.stack(
            [[self._score(model, own) for model in path] for path, own in zip(self.models, each, strict=True)]
        )

    def at(self, replications: slice) -> ExternalFit:
        """The classifiers of some replications."""
        return ExternalFit(self.models[replications], self.clip)

    def _score(self, model: Any, rows: Array) -> Array:
        if self.clip is None:
            return np.asarray(model.decision_function(rows), dtype=np.float64)
        chance = np.clip(model.predict_proba(rows)[:, 1], self.clip, 1.0 - self.clip)
        return np.asarray(np.log(chance) - np.log1p(-chance), dtype=np.float64)
