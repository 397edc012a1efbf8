"""What is compared within a cell: an arm turns the data of a block into scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np

from synththeory.arrays import Array, Codes
from synththeory.components import digest
from synththeory.corrections import BiasCorrection, Correction
from synththeory.fits import Fit
from synththeory.generators import Generator, Imitator
from synththeory.lazy import lazy
from synththeory.losses import Loss
from synththeory.populations import Population, Risk
from synththeory.sample import Block, Sample
from synththeory.selection import SymmetryStatistics, block_symmetry
from synththeory.sim.questions.forecasts import Forecast
from synththeory.sim.questions.uses import Use
from synththeory.status import Status
from synththeory.streams import Streams

Kept = TypeVar("Kept", Imitator, Sample, Array, Fit)
_VALUED = np.isin(np.arange(256), (Status.OK, Status.SEPARATED, Status.NORM_BOUND, Status.DAMPED))


@dataclass(frozen=True)
class Data:
    """The real rows of a block of replications, shared by every arm.

    Attributes
    ----------
    streams : Streams
        The named streams of these replications.
    blocks : tuple of Block
        (B, n, d) of every stratum.
    risk : Risk
        Balanced risk of the fits.
    loss : Loss
        What the cell's fits minimise.
    """

    streams: Streams
    blocks: tuple[Block, ...]
    risk: Risk
    loss: Loss
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @lazy
    def real(self) -> Sample:
        """All strata as one training set; one object, so that a learner's sums over it are made once for all arms."""
        return Sample.of(*self.blocks)

    @lazy
    def symmetry(self) -> SymmetryStatistics:
        """The symmetry test of the real rows: made once for all arms that ask for it."""
        return block_symmetry(self.majority, self.minority, self.loss)

    @property
    def majority(self) -> Block:
        """The first of two classes, (B, n0, d)."""
        return self.blocks[0]

    @property
    def minority(self) -> Block:
        """The second of two classes, (B, n1, d)."""
        return self.blocks[1]

    @property
    def counts(self) -> tuple[int, ...]:
        """Rows of every stratum."""
        return tuple(block.shape[1] for block in self.blocks)

    def synthetic(self, generator: Generator, size: int, number: int = 0) -> Sample:
        """A generator's synthetic minority rows, (B, size, d); learnt and drawn once for all arms that use them.

        Sets with another ``number`` are learnt and drawn independently, and not kept.
        """
        if number:
            return generator.draw(self.streams.within(f"set/{number}"), self.minority, self.majority, size)
        learn = partial(generator.imitator, self.streams, self.minority, self.majority)
        imitator = self._once(digest(generator.identity), learn)
        return self._once(digest(generator.identity, size), partial(generator.sample, imitator, self.minority, size))

    def correction(self, correction: Correction, generator: Generator) -> Sample:
        """A correction's rows; what the generator makes of the majority's blocks is made once for all corrections."""
        if not isinstance(correction, BiasCorrection):
            return correction.rows(self.streams, generator, self.majority, self.minority)
        make = partial(correction.imitated, self.streams, generator, self.majority, self.minority)
        imitated = self._once(digest(generator.identity, "imitated", correction.blocks), make)
        return correction.signed(imitated, self.majority, self.minority)

    def fitted(self, arm: Fitting) -> Fit:
        """The fits of an arm; made once for all arms that build on them."""
        return self._once(digest("fit", arm.digest), partial(arm.fit, self))

    def _once(self, key: str, make: Callable[[], Kept]) -> Kept:
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept


@dataclass(frozen=True)
class Scores:
    """What an arm reached in every replication of a block.

    Attributes
    ----------
    values : Array
        (M, B, S): the arm's metrics, in their order; NaN where the fit failed.
    status : Codes
        (B, S) codes of `Status`.
    """

    values: Array
    status: Codes


class Arm(Protocol):
    """Anything that can be run on the data of a cell; its numbers never depend on which other arms there are."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the arm is made of, in words, the outermost choice first: estimator, treatment or rule, generator."""

    @property
    def label(self) -> str:
        """The names as one, for tables and figures."""

    @property
    def use(self) -> Use | None:
        """How a generator is used; None for an arm without synthetic rows."""

    @property
    def digest(self) -> str:
        """Digest of the settings its numbers depend on beyond the cell's."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of its M metrics."""

    @property
    def points(self) -> tuple[tuple[float | None, int | None], ...]:
        """Multiplier and synthetic size of its S points; None where there is none, or each replication has its own."""

    def run(self, data: Data) -> Scores:
        """Scores of every replication of a block."""

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Forecast | None:
        """Theory over the points, or None where there is no theory."""


class Fitting(Protocol):
    """An arm whose fits may serve for more than their risk."""

    @property
    def names(self) -> tuple[str, ...]:
        """As of `Arm`."""

    @property
    def use(self) -> Use | None:
        """As of `Arm`."""

    @property
    def digest(self) -> str:
        """As of `Arm`."""

    @property
    def points(self) -> tuple[tuple[float | None, int | None], ...]:
        """As of `Arm`."""

    def fit(self, data: Data) -> Fit:
        """One fit a point."""

    def prior(self, data: Data) -> Array:
        """log(N1/N0), the classes' odds at which the log-odds of the fits hold, (B, S)."""


def scored(values: Array, status: Codes) -> Scores:
    """Scores in which every failed fit is NaN and every fit that is not finite has failed.

    A separated sample whose fit exists by its penalty keeps its value, and so does a corrected fit on the bound or with
    damped steps: there the status is a warning, counted and printed.

    Parameters
    ----------
    values : Array
        (M, B, S) as computed, anything where the fit failed.
    status : Codes
        (B, S) as reported by the learner.
    """
    finite = np.isfinite(values).all(axis=0)
    codes = np.where(~finite & (status == Status.OK), np.uint8(Status.NOT_FINITE), status)
    kept = finite & _VALUED[codes]
    return Scores(np.where(kept, values, np.nan), codes)
