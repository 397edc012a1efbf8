"""One pass over a cell's stored blocks: moments, contrasts and failures of its arms, in bounded memory."""

from __future__ import annotations

import operator
from collections import Counter
from dataclasses import dataclass
from functools import reduce

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.results.measures import Moments
from synththeory.sim.store.base import Store
from synththeory.sim.store.blocks import Results
from synththeory.status import Status


@dataclass(frozen=True, eq=False)
class ArmTally:
    """What the blocks of one arm add up to.

    Attributes
    ----------
    replications, failures : int
        Replications kept, and how many of them failed at one point or more.
    failed : Integers
        (S,) failures at each point.
    reasons : Counter
        Replications by status code, for every code but ``OK``.
    moments : Moments
        Entries (M, S), one column: the metric.
    """

    replications: int
    failures: int
    failed: Integers
    reasons: Counter[int]
    moments: Moments

    @classmethod
    def of(cls, results: Results) -> ArmTally:
        """Tally of one window."""
        failed = np.asarray(np.isnan(results.values).any(axis=0))
        codes = [code for code in Status if code != Status.OK]
        return cls(
            len(results.replications),
            int(failed.any(axis=1).sum()),
            failed.sum(axis=0),
            Counter({int(code): int((results.status == code).any(axis=1).sum()) for code in codes}),
            Moments.of(np.moveaxis(results.values, 0, 1)[..., None]),
        )

    def __add__(self, other: ArmTally) -> ArmTally:
        """Tally of both sets of replications."""
        return ArmTally(
            self.replications + other.replications,
            self.failures + other.failures,
            self.failed + other.failed,
            self.reasons + other.reasons,
            self.moments + other.moments,
        )


@dataclass(frozen=True, eq=False)
class CellTally:
    """Tallies of a cell's arms, and the paired moments of every arm with the first.

    Attributes
    ----------
    arms : tuple of ArmTally
        In the order of the cell.
    pairs : tuple of Moments
        For every arm but the first, entries (shared metrics, shared points) and two columns: the arm's and the first's.
    """

    arms: tuple[ArmTally, ...]
    pairs: tuple[Moments, ...]

    @classmethod
    def of(cls, store: Store, cell: Cell, replications: int) -> CellTally:
        """Tally of everything kept among the replications 0, …, R − 1."""
        windows = zip(*(store.windows(cell, arm, replications) for arm in cell.arms), strict=True)
        return reduce(operator.add, (cls._of_window(cell.arms, window) for window in windows))

    @classmethod
    def _of_window(cls, arms: tuple[Arm, ...], window: tuple[Results, ...]) -> CellTally:
        pairs = (
            Moments.of(_paired(arm, results, arms[0], window[0]))
            for arm, results in zip(arms[1:], window[1:], strict=True)
        )
        return cls(tuple(map(ArmTally.of, window)), tuple(pairs))

    def __add__(self, other: CellTally) -> CellTally:
        """Tally of both sets of replications."""
        return CellTally(
            tuple(mine + theirs for mine, theirs in zip(self.arms, other.arms, strict=True)),
            tuple(mine + theirs for mine, theirs in zip(self.pairs, other.pairs, strict=True)),
        )


def shared_points(arm: Arm, baseline: Arm) -> tuple[tuple[int, int], ...]:
    """Places of the points at which two arms have the same multiplier."""
    places = {multiplier: place for place, (multiplier, _) in enumerate(baseline.points)}
    return tuple(
        (place, places[multiplier]) for place, (multiplier, _) in enumerate(arm.points) if multiplier in places
    )


def shared_metrics(arm: Arm, baseline: Arm) -> tuple[str, ...]:
    """Names of the metrics that both arms have."""
    return tuple(metric for metric in arm.metrics if metric in baseline.metrics)


def _paired(arm: Arm, results: Results, baseline: Arm, reference: Results) -> Array:
    """(n, metrics, points, 2): shared values of both arms in the replications that both have."""
    _, mine, theirs = np.intersect1d(results.replications, reference.replications, True, return_indices=True)
    points = np.array(shared_points(arm, baseline), dtype=np.intp).reshape(-1, 2)
    metrics = np.array(
        [(arm.metrics.index(metric), baseline.metrics.index(metric)) for metric in shared_metrics(arm, baseline)],
        dtype=np.intp,
    ).reshape(-1, 2)
    left = results.values[np.ix_(metrics[:, 0], mine, points[:, 0])]
    right = reference.values[np.ix_(metrics[:, 1], theirs, points[:, 1])]
    return np.moveaxis(np.stack([left, right], axis=-1), 0, 1)
