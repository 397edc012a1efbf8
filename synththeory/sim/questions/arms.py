"""What is compared within a cell: an arm turns the data of a block into scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Protocol, TypeVar

import numpy as np

from synththeory.arrays import Array, Codes, Integers
from synththeory.components import digest
from synththeory.corrections import Baseline, BiasCorrection, Correction, Raw, Weighted
from synththeory.errors import DesignError
from synththeory.fits import Fit, averaged
from synththeory.generators import Generator, Imitator
from synththeory.lazy import lazy
from synththeory.learners import ClassLeastSquares, HardMargin, Learner, path_of
from synththeory.losses import LogisticLoss, Loss
from synththeory.metrics import SPREAD
from synththeory.populations import Population, Risk
from synththeory.sample import Block, Sample
from synththeory.selection import SymmetryStatistics, block_symmetry
from synththeory.sim.questions.diversity import METRICS as DIVERSITY
from synththeory.sim.questions.diversity import diversity
from synththeory.sim.questions.forecasts import Forecast, SizeForecast
from synththeory.sim.questions.group_risks import measured
from synththeory.sim.questions.uses import Use, UsingArm
from synththeory.status import Status
from synththeory.streams import Streams
from synththeory.theory import best_curve, predict_baseline, predict_class_baseline
from synththeory.theory.margins import margin_prediction
from synththeory.theory.ranking import expected_auroc

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


@dataclass(frozen=True)
class Augmented(UsingArm):
    """The learner's path over growing numbers of one generator's synthetic rows.

    Attributes
    ----------
    use : Use
        What is added.
    learner : Learner
        What is fitted.
    multipliers, sizes : tuples
        (S,) synthetic multipliers γ and sizes ñ; under a joint law, the sizes at the expected class counts.
    fit_metrics : tuple of str
        What is measured of every fit.
    joint : bool
        Whether class counts are random, so that each replication's sizes are round(γ · its own class gap).
    diagnostics : tuple of str
        What is measured beside the fits: ``"spread"`` and ``"diversity"`` of the synthetic rows, ``"transfer"`` of
        corrections.
    sets : int
        m fits, each with synthetic rows of its own, whose predictions are averaged (`theory.md` §10).
    """

    learner: Learner
    multipliers: tuple[float, ...]
    sizes: tuple[int, ...]
    fit_metrics: tuple[str, ...]
    joint: bool = False
    diagnostics: tuple[str, ...] = ()
    sets: int = 1

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics of the fit, then those of the synthetic rows."""
        diverse = DIVERSITY if "diversity" in self.diagnostics else ()
        return (*self.fit_metrics, *(SPREAD.name,) * ("spread" in self.diagnostics), *diverse)

    @cached_property
    def digest(self) -> str:
        """Digest of the generator without its name: a new name does not change a number."""
        return digest(self.generator.identity, *(("sets", self.sets) if self.sets > 1 else ()))

    @property
    def points(self) -> tuple[tuple[float | None, int], ...]:
        """Multiplier and synthetic size, (S,)."""
        return tuple(zip(self.multipliers, self.sizes, strict=True))

    def run(self, data: Data) -> Scores:
        """Draw once at the largest size, walk the sizes, score each fit."""
        return self.scores(data, self.synthetic(data), self.sizes_of(data), self.fit(data))

    def fit(self, data: Data) -> Fit:
        """The learner's path, one fit a size; the mean prediction of ``sets`` paths, the first a single set's."""
        sizes = self.sizes_of(data)
        fits = [path_of(self.learner, data.real, self.synthetic(data), sizes, data.streams)]
        for number in range(1, self.sets):
            rows = data.synthetic(self.generator, int(sizes[0, -1]), number)
            fits.append(path_of(self.learner, data.real, rows, sizes, data.streams.within(f"set/{number}")))
        return averaged(fits, logistic=isinstance(self.learner.loss, LogisticLoss))

    def prior(self, data: Data) -> Array:
        """log(N1/N0) that the fits saw, (B, S)."""
        majority, minority = data.counts
        return np.asarray(np.log((minority + self.sizes_of(data)) / majority))

    def synthetic(self, data: Data) -> Sample:
        """The synthetic rows of the largest size."""
        return data.synthetic(self.generator, int(self.sizes_of(data)[0, -1]))

    def scores(self, data: Data, synthetic: Sample, sizes: Integers, fit: Fit) -> Scores:
        """Every fit scored, and the synthetic rows measured."""
        values = data.risk.measures(self.fit_metrics, fit)
        spreads = [spread(synthetic, data.minority, sizes)] if "spread" in self.diagnostics else []
        found = [*values, *spreads]
        if "diversity" in self.diagnostics:
            found += list(diversity(synthetic, data.minority, sizes))
        return scored(np.stack(found), fit.status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Forecast | None:
        """Theory's curve in the synthetic size, or the limit of the maximum margin; None for several sets."""
        if self.sets > 1:
            return None
        majority, minority = counts
        if isinstance(self.learner, HardMargin):
            return margin_prediction(population, self.learner, (majority, minority), self.generator, self.sizes)
        found = SizeForecast.of(best_curve(population, self.generator, self.learner, majority, minority), self.sizes)
        if "auroc" not in self.metrics:
            return found
        return replace(found, auroc=expected_auroc(population, self.learner.loss, found.prediction))

    def sizes_of(self, data: Data) -> Integers:
        """Synthetic sizes of every replication, (B, S)."""
        chosen = np.array(self.sizes, dtype=np.int64)
        if self.joint:
            gap = max(data.majority.shape[1] - data.minority.shape[1], 0)
            chosen = np.asarray(np.rint(np.array(self.multipliers) * gap), dtype=np.int64)
        return np.repeat(chosen[None], data.streams.count, axis=0)


@dataclass(frozen=True)
class FreeFix:
    """A fit to the real rows alone: no synthetic row, one point without a multiplier."""

    baseline: Baseline
    learner: Learner
    metrics: tuple[str, ...]

    points = ((None, 0),)
    use = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fix's name."""
        return (self.baseline.label,)

    @property
    def label(self) -> str:
        """The fix's name."""
        return self.baseline.label

    @cached_property
    def digest(self) -> str:
        """Digest of the fix."""
        return digest(self.baseline)

    def run(self, data: Data) -> Scores:
        """Fit and score."""
        fit = self.fit(data)
        strata = [block.stratum for block in data.blocks]
        return scored(measured(data.risk, strata, data.counts, self.metrics, fit), fit.status)

    def fit(self, data: Data) -> Fit:
        """The fix's fit."""
        return self.baseline.fit(self.learner, data.real, data.counts, data.streams)

    def prior(self, data: Data) -> Array:
        """log(N1/N0) at which the fit's log-odds hold, (B, 1)."""
        majority, minority = data.counts
        return np.full((data.streams.count, 1), self.baseline.prior(majority, minority))

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Forecast | None:
        """Theory's value of the fix, for two classes, or for K and least squares."""
        if isinstance(self.learner, ClassLeastSquares):
            return predict_class_baseline(population, self.baseline, self.learner, counts)
        if isinstance(self.learner, HardMargin) and isinstance(self.baseline, Raw | Weighted):
            return margin_prediction(population, self.learner, (counts[0], counts[1]), None, (0,))
        return predict_baseline(population, self.baseline, self.learner, *counts) if len(counts) == 2 else None


def spread(synthetic: Sample, minority: Block, sizes: Integers) -> Array:
    """Total variance of the first synthetic rows about the minority's true mean, over the minority's own.

    Below one the generator contracts: SMOTE's segments lie inside the cloud.

    Parameters
    ----------
    synthetic : Sample
        (B, m, d).
    minority : Block
        Its law knows mean and covariance.
    sizes : Integers
        (B, S), each ≥ 1.

    Returns
    -------
    Array
        (B, S).

    Raises
    ------
    DesignError
        Where the law is not known.
    """
    if minority.law is None:
        raise DesignError("the diagnostic 'spread' needs the law of the minority, which only simulated data have")
    squares = np.square(synthetic.rows - minority.law.mean).sum(axis=-1).cumsum(axis=1)
    sums = np.take_along_axis(squares, sizes - 1, axis=1)
    return np.asarray(sums / sizes / np.trace(minority.law.covariance))


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
