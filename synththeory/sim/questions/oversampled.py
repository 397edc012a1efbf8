"""An arm that fills every group up to the largest and then adds N synthetic rows to each (`theory.md` §6 [R])."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from synththeory.arrays import Array, Codes, Vector
from synththeory.components import digest
from synththeory.fits import LinearFit, linear_fit
from synththeory.generators import Generator
from synththeory.learners import Learner, path_of
from synththeory.losses import Loss
from synththeory.populations import Population
from synththeory.sample import GivenSample, Sample, Stratum
from synththeory.sim.questions.arms import Data, Scores, scored
from synththeory.sim.questions.group_risks import WORST, group_metrics, measured, of_groups
from synththeory.sim.questions.uses import UsingArm
from synththeory.theory import GroupPrediction, Mixing, predict_groups, scaling_law


@dataclass(frozen=True)
class GroupRows:
    """How many further rows every group gets, and what they weigh.

    Attributes
    ----------
    fill : tuple of float
        Shares of equalising before it is complete, in [0, 1), increasing; 0 is the raw fit.
    rows : tuple of int
        N once it is complete, increasing.
    weight : float, "pooled" or "optimal"
        α: a number in (0, 1]; N|G|/(n + m + N|G|), which weighs all rows alike; or the scaling law's best [R].
    """

    fill: tuple[float, ...]
    rows: tuple[int, ...]
    weight: float | Literal["pooled", "optimal"]

    def mixings(
        self, population: Population, generator: Generator, loss: Loss, counts: tuple[int, ...]
    ) -> tuple[Mixing, ...]:
        """Weights of the fit at every point, (S,)."""
        return (
            *(Mixing(counts, 0, 0.0, share) for share in self.fill),
            *(Mixing(counts, rows, self._weight(population, generator, loss, counts, rows)) for rows in self.rows),
        )

    def _weight(
        self, population: Population, generator: Generator, loss: Loss, counts: tuple[int, ...], rows: int
    ) -> float:
        if self.weight == "pooled":
            return rows / (max(counts) + rows)
        if self.weight == "optimal":
            return scaling_law(population, generator, loss, counts).optimal_weight(rows)
        return self.weight if rows else 0.0


@dataclass(frozen=True, eq=False)
class GroupForecast:
    """Theory of an arm, metric by metric.

    Attributes
    ----------
    expected : GroupPrediction
        Balanced and group risks at every N.
    strata, counts : tuples
        The groups and their real rows.
    """

    expected: GroupPrediction
    strata: tuple[Stratum, ...]
    counts: tuple[int, ...]

    @property
    def source(self) -> str:
        """``"closed form"`` or ``"pilot"``."""
        return self.expected.balanced.source

    def curve(self, metric: str) -> Vector | None:
        """Theory's values of a metric, (S,); None for the worst group, whose expectation is no worst expectation."""
        if metric == WORST:
            return None
        if metric in group_metrics(self.strata):
            return of_groups(metric, self.strata, self.counts, self.expected.risks)
        return self.expected.balanced.curve(metric)


@dataclass(frozen=True)
class Oversampled(UsingArm):
    """The learner's fits to equalised groups with growing numbers N of further rows in each.

    Attributes
    ----------
    use : Use
        What imitates each group.
    learner : Learner
        What is fitted.
    policy : str or float
        How the weights were chosen (see `GroupRows`); with the generator it names the arm's numbers.
    mixings : tuple of Mixing
        Weights of each fit, (S,), with more and more synthetic rows.
    metrics : tuple of str
        What is measured of every fit.
    """

    learner: Learner
    policy: str | float
    mixings: tuple[Mixing, ...]
    metrics: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of the generator without its name, and of the policy."""
        return digest("oversampled", self.generator.identity, self.policy)

    @property
    def points(self) -> tuple[tuple[float | None, int], ...]:
        """Synthetic over real rows, and synthetic rows, (S,)."""
        added = [mixing.total - sum(mixing.counts) for mixing in self.mixings]
        return tuple((size / sum(self.mixings[0].counts), size) for size in added)

    def run(self, data: Data) -> Scores:
        """Draw once at the largest N; one path for all fits with the same first rows that weigh a row alike."""
        drawn = self._drawn(data)
        coefficients: Array = np.empty(
            (data.streams.count, len(self.mixings), self.learner.loss.parameters(data.real.rows.shape[2]))
        )
        status: Codes = np.empty(coefficients.shape[:2], dtype=np.uint8)
        kinds = [(mixing.filled, self._row_weights(mixing)) for mixing in self.mixings]
        for filled, pair in dict.fromkeys(kinds):
            places = [place for place, kind in enumerate(kinds) if kind == (filled, pair)]
            sizes = [self.mixings[place].rows * len(data.blocks) for place in places]
            fit = path_of(
                self.learner,
                _weighed(_equalised(data, drawn, filled), pair[0]),
                _weighed(_in_turn(drawn, filled, max(sizes) // len(data.blocks)), pair[1]),
                np.tile(sizes, (data.streams.count, 1)),
                data.streams,
            )
            coefficients[:, places], status[:, places] = linear_fit(fit).coefficients, fit.status
        strata = [block.stratum for block in data.blocks]
        return scored(measured(data.risk, strata, data.counts, self.metrics, LinearFit(coefficients, status)), status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> GroupForecast:
        """Balanced excess risk and group risks at every N."""
        expected = predict_groups(population, self.generator, self.learner, self.mixings)
        return GroupForecast(expected, population.strata, counts)

    def _drawn(self, data: Data) -> tuple[Sample, ...]:
        """The synthetic rows of each group: those that equalise it come first."""
        blocks, last = data.blocks, self.mixings[-1]
        return tuple(
            self.generator.draw(
                data.streams.within(f"group/{block.stratum.name}"),
                block,
                blocks[1 - place] if len(blocks) == 2 else None,
                filled + last.rows,
            )
            for place, (block, filled) in enumerate(zip(blocks, last.filled, strict=True))
        )

    def _row_weights(self, mixing: Mixing) -> tuple[float, float]:
        """Weight of an equalising and of a further row, summing to the number of rows."""
        if self.policy == "pooled" or not mixing.rows:
            return 1.0, 1.0
        return mixing.total * mixing.equalising, mixing.total * mixing.further


def _equalised(data: Data, drawn: tuple[Sample, ...], filled: tuple[int, ...]) -> Sample:
    parts = [data.real, *(_slice(made, 0, count) for made, count in zip(drawn, filled, strict=True))]
    return GivenSample(*(np.concatenate(values, axis=1) for values in _columns(parts)))


def _in_turn(drawn: tuple[Sample, ...], filled: tuple[int, ...], rows: int) -> Sample:
    """The further rows, one of each group after the other, so that a prefix is an equal number from each."""
    parts = [_slice(made, count, count + rows) for made, count in zip(drawn, filled, strict=True)]
    stacked = (np.stack(values, axis=2) for values in _columns(parts))
    return GivenSample(*(values.reshape(values.shape[0], -1, *values.shape[3:]) for values in stacked))


def _columns(parts: Sequence[Sample]) -> Iterator[list[Array]]:
    yield [part.rows for part in parts]
    yield [part.labels for part in parts]
    yield [part.weights for part in parts]


def _slice(sample: Sample, start: int, stop: int) -> Sample:
    return GivenSample(sample.rows[:, start:stop], sample.labels[:, start:stop], sample.weights[:, start:stop])


def _weighed(sample: Sample, weight: float) -> Sample:
    return sample if weight == 1.0 else GivenSample(sample.rows, sample.labels, weight * sample.weights)
