"""Free fixes with something to choose, chosen by balanced loss on folds of the real rows."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal, TypeVar

import numpy as np
from pydantic import Field, field_validator

from synththeory.arrays import Array
from synththeory.components import Floats
from synththeory.components import Integers as Steps
from synththeory.corrections import Baseline, CostWeighted
from synththeory.corrections.weights import AnyBaseline
from synththeory.errors import DesignError
from synththeory.fits import Fit, assembled
from synththeory.learners import Learner
from synththeory.sample import GivenBlock, Sample, Stratum
from synththeory.selection.candidates import best
from synththeory.selection.choice import balanced_loss
from synththeory.selection.classes import Classes, cut
from synththeory.selection.folds import folds
from synththeory.selection.rules import FOLDS, Folds
from synththeory.streams import Streams

Number = TypeVar("Number", int, float)


def two_classes(real: Sample, counts: Sequence[int]) -> Classes:
    """The two stretches of a sample as classes."""
    majority, minority = counts
    edges = (slice(0, majority), slice(majority, majority + minority))
    strata = (
        Stratum(name, place, float(real.labels[0, edge.start]))
        for place, (name, edge) in enumerate(zip(("majority", "minority"), edges, strict=True))
    )
    return Classes(*(GivenBlock(real.rows[:, edge], stratum) for edge, stratum in zip(edges, strata, strict=True)))


def named(streams: Streams | None, kind: str) -> Streams:
    """The streams of the folds: those of every rule that validates.

    Raises
    ------
    DesignError
        Where there are none.
    """
    if streams is None:
        raise DesignError(f"the baseline '{kind}' draws its folds: it needs streams")
    return streams.within("selection").within("validation")


class Tuned(Baseline):
    """A free fix that compares candidates on K folds and fits the best one to all rows.

    Attributes
    ----------
    folds : int
        K ≥ 2, stratified.
    """

    folds: Folds = FOLDS

    @property
    @abstractmethod
    def candidates(self) -> int:
        """How many there are."""

    @abstractmethod
    def candidate(self, place: int, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams) -> Fit:
        """The fit of one candidate."""

    def check(self, learner: Learner, strata: int) -> None:
        """Balanced loss of two classes is compared."""
        if strata != 2:
            raise DesignError(f"the baseline '{self.label}' compares fits of two classes, got {strata} classes")

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Fit:
        """Choose in every replication, then fit the chosen candidates to all rows."""
        held = named(streams, self.kind)
        assert streams is not None
        rows = two_classes(real, counts)
        chosen = best(self.losses(learner, rows, held))
        parts: list[Fit | None] = [None] * len(chosen)
        for place in np.unique(np.maximum(chosen, 0)):  # where every candidate failed the first one says why
            here = np.flatnonzero(np.maximum(chosen, 0) == place)
            own = replace(streams, replications=streams.replications[here])
            fit = self.candidate(int(place), learner, rows.at(here).sample, counts, own)
            for position, replication in enumerate(here):
                parts[replication] = fit.at(slice(position, position + 1))
        return assembled([part for part in parts if part is not None])

    def losses(self, learner: Learner, rows: Classes, streams: Streams) -> Array:
        """Balanced loss on held-out rows, the mean over the folds, (B, candidates)."""
        total = np.zeros((streams.count, self.candidates))
        for fold in cut(rows, partial(folds, count=self.folds), streams):
            training = fold.training
            for place in range(self.candidates):
                fit = self.candidate(place, learner, training.sample, training.counts, fold.streams)
                total[:, place] += balanced_loss(learner.loss, fold.held_out, fit)[:, 0]
        return np.asarray(total / self.folds)


class CostTuned(Tuned):
    """The cost of a minority row that cross-validation finds best, among given ones.

    Attributes
    ----------
    folds : int
        K ≥ 2, stratified.
    ratios : tuple of float
        Costs over that of a majority row, increasing.
    """

    kind: Literal["cost-tuned"] = "cost-tuned"
    ratios: Annotated[Floats, Field(min_length=2)]

    @field_validator("ratios", mode="after")
    @classmethod
    def _positive_and_increasing(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        return _increasing("ratios", values)

    @property
    def candidates(self) -> int:
        """One a ratio."""
        return len(self.ratios)

    def check(self, learner: Learner, strata: int) -> None:
        """As weighing by any of the ratios."""
        CostWeighted(ratio=self.ratios[0]).check(learner, strata)

    def candidate(self, place: int, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams) -> Fit:
        """Weighed by the ratio."""
        return CostWeighted(ratio=self.ratios[place]).fit(learner, real, counts, streams)


class Stopped(Tuned):
    """Another free fix with as many epochs as cross-validation finds best, among given ones: early stopping.

    Attributes
    ----------
    folds : int
        K ≥ 2, stratified.
    inner : Baseline
        What is fitted.
    epochs : tuple of int
        Increasing.
    """

    kind: Literal["stopped"] = "stopped"
    inner: AnyBaseline
    epochs: Annotated[Steps, Field(min_length=2)]

    @field_validator("epochs", mode="after")
    @classmethod
    def _positive_and_increasing(cls, values: tuple[int, ...]) -> tuple[int, ...]:
        return _increasing("epochs", values)

    @property
    def label(self) -> str:
        """Such as ``stopped:reweighted``."""
        return f"{self.kind}:{self.inner.label}"

    @property
    def candidates(self) -> int:
        """One a number of epochs."""
        return len(self.epochs)

    def check(self, learner: Learner, strata: int) -> None:
        """The learner goes by epochs."""
        super().check(learner, strata)
        self.inner.check(learner, strata)
        if "epochs" not in type(learner).model_fields:
            raise DesignError(f"the baseline '{self.label}' stops early: {learner.kind} has no epochs; use 'mlp'")

    def candidate(self, place: int, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams) -> Fit:
        """After that many epochs."""
        shorter = learner.model_copy(update={"epochs": self.epochs[place]})
        return self.inner.fit(shorter, real, counts, streams)


def _increasing(name: str, values: tuple[Number, ...]) -> tuple[Number, ...]:
    if values[0] <= 0 or any(later <= earlier for earlier, later in itertools.pairwise(values)):
        raise ValueError(f"expected increasing {name} above 0, got {', '.join(map(str, values))}")
    return values
