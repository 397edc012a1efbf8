"""Generators of other packages: anything with ``fit_resample``, or with ``fit`` and ``sample``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, Self

import numpy as np
from pydantic import model_validator

from synththeory.arrays import Array
from synththeory.errors import DesignError, SynththeoryError
from synththeory.external import ExternalClass, seeds
from synththeory.generators.base import Generator
from synththeory.generators.imitator import Imitator
from synththeory.generators.samplers import cannot_imitate, resampled_rows, shuffled
from synththeory.sample import Block
from synththeory.streams import Streams

_BATCH = 500
"""Rows a density is asked for at once."""


class External(ExternalClass, Generator):
    """A class with ``fit_resample`` (imbalanced-learn), or with ``fit`` and ``sample`` (scikit-learn's densities).

    Rows are made in batches, each by a call with a ``random_state`` named by replication and batch: as many as balance
    the classes where it resamples, 500 where it is a density. A longer draw so begins with a shorter one.

    Attributes
    ----------
    class_name, settings
        As of `synththeory.external.ExternalClass`: the class, ``class`` in a design, and its keyword arguments.
    pilot : bool
        Whether theory may simulate its moments: hundreds of fits.
    """

    kind: Literal["external"] = "external"
    pilot: bool = False

    @model_validator(mode="after")
    def _makes_rows(self) -> Self:
        model = self.built()
        if not (self._resamples or (hasattr(model, "fit") and hasattr(model, "sample"))):
            raise DesignError(f"class: {self.short_name} makes no rows: needs fit_resample, or fit and sample")
        return self

    @property
    def label(self) -> str:
        """Name of the arm; the class when not given."""
        return self.name or self.short_name

    @property
    def piloted(self) -> bool:
        """Where it is asked for, of a density: a pilot has no other class to resample with."""
        return self.pilot and not self._resamples

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> BatchedRows:
        """A density is fitted to the seeds of each replication; what resamples looks at both classes in every call."""
        mine = streams.within(self.class_name)
        if self._resamples:
            if others is None:
                raise SynththeoryError(f"{self.short_name} resamples two classes, got one class alone")
            batch = max(others.shape[1] - seeds.shape[1], seeds.shape[1])
            make = partial(_resampled, self.built(), others.rows, seeds.rows, batch)
        else:
            batch = _BATCH
            make = partial(_sampled, [self._density(rows) for rows in seeds.rows], batch)
        return BatchedRows(mine, self.short_name, (seeds.shape[0], batch, seeds.shape[2]), make)

    @property
    def _resamples(self) -> bool:
        return hasattr(self.built(), "fit_resample")

    def _density(self, rows: Array) -> Any:
        try:
            return self.built().fit(rows)
        except ValueError as error:
            raise cannot_imitate(self.short_name, len(rows), error) from error


@dataclass(frozen=True, eq=False)
class BatchedRows(Imitator):
    """Rows made batch by batch.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    name : str
        Whose rows, for messages.
    shape : (int, int, int)
        Of a batch, (B, c, d).
    make : callable
        From the streams of one batch and replication and the replication's place to rows (c, d).
    """

    streams: Streams
    name: str
    shape: tuple[int, int, int]
    make: Callable[[Streams, int], Array]
    _made: list[Array] = field(default_factory=list, repr=False)

    def rows(self, size: int) -> Array:
        """The first of as many batches as are needed."""
        while len(self._made) * self.shape[1] < size:
            self._made.append(self._batch(len(self._made)))
        every = np.concatenate([np.empty((self.shape[0], 0, self.shape[2])), *self._made], axis=1)
        return np.ascontiguousarray(every[:, :size])

    def _batch(self, number: int) -> Array:
        mine = self.streams.within(f"batch/{number}")
        singles = (replace(mine, replications=mine.replications[place : place + 1]) for place in range(mine.count))
        return np.stack([self._checked(self.make(single, place)) for place, single in enumerate(singles)])

    def _checked(self, rows: Array) -> Array:
        if rows.shape != self.shape[1:]:
            raise SynththeoryError(f"generator {self.name} returned rows {rows.shape}, wanted {self.shape[1:]}")
        if not np.isfinite(rows).all():
            raise SynththeoryError(f"generator {self.name} returned NaN or infinite entries; mend it, or use another")
        return rows


def _resampled(sampler: Any, others: Array, own: Array, size: int, streams: Streams, place: int) -> Array:
    return resampled_rows(sampler, others[place], own[place], size, streams)


def _sampled(models: list[Any], size: int, streams: Streams, place: int) -> Array:
    """Rows of a density; scikit-learn's mixtures return them component by component, and their components too."""
    model, seed = models[place], int(seeds(streams, "sample")[0])
    if "random_state" in model.get_params():
        made = model.set_params(random_state=seed).sample(size)
    else:
        made = model.sample(size, random_state=seed)
    rows = np.asarray(made[0] if isinstance(made, tuple) else made, dtype=np.float64)
    return shuffled(rows, size, streams)
