"""What a study says: estimates with MCSE and n beside their theory, contrasts, failures, agreement."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError, nearest
from synththeory.metrics import EXCESS_RISK, metric_of
from synththeory.populations import exact_risk
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.forecasts import Forecast, SizeForecast
from synththeory.sim.results.agreement import Agreement, agreement
from synththeory.sim.results.measures import DIFFERENCE, MEAN, NORMAL_QUANTILE, estimate, share_interval
from synththeory.sim.results.rows import Contrast, Failures, Row
from synththeory.sim.results.tally import ArmTally, CellTally, shared_metrics, shared_points
from synththeory.sim.run.cores import serial_blas
from synththeory.sim.store.base import Store
from synththeory.status import Status
from synththeory.theory import Curve

_log = logging.getLogger("synththeory")


@dataclass(frozen=True)
class Summary:
    """The summary of a study.

    Attributes
    ----------
    design : Design
        What was run.
    rows : tuple of Row
        By cell, arm, metric and point.
    contrasts : tuple of Contrast
        Every arm against the first, paired.
    agreements : tuple of Agreement
        Every curve against its theory, where there is one.
    failures : tuple of Failures
        By cell and arm, also where nothing failed.
    forecasts : mapping
        Theory by cell and arm, named by their labels, where there is one: made once and kept.
    store : Store
        The results themselves.
    """

    design: Design
    rows: tuple[Row, ...]
    contrasts: tuple[Contrast, ...]
    agreements: tuple[Agreement, ...]
    failures: tuple[Failures, ...]
    forecasts: Mapping[tuple[str, str], Forecast] = field(repr=False, compare=False)
    store: Store = field(repr=False, compare=False)

    @cached_property
    def arms(self) -> Mapping[str, Arm]:
        """Every arm by its label; arms of several cells with one label differ in nothing that a label says."""
        return {arm.label: arm for cell in reversed(self.design.cells) for arm in cell.arms}

    def select(
        self, *, arm: str | None = None, metric: str | None = None, cell: Mapping[str, object] | None = None
    ) -> tuple[Row, ...]:
        """The rows of an arm, a metric and a cell (its swept values), each optional."""
        return tuple(
            row
            for row in self.rows
            if (arm is None or row.arm == arm)
            and (metric is None or row.metric == metric)
            and (cell is None or row.cell == cell)
        )

    def values(self, cell: Cell, arm: str, metric: str = EXCESS_RISK.name) -> Array:
        """Every stored value of a curve.

        Returns
        -------
        Array
            (n, S), NaN where the fit failed.

        Raises
        ------
        DesignError
            If the cell has no such arm, or the arm no such metric.
        """
        chosen = _named(cell, arm)
        if metric not in chosen.metrics:
            raise DesignError(f"no metric '{metric}'{nearest(metric, chosen.metrics)}")
        place = chosen.metrics.index(metric)
        windows = self.store.windows(cell, chosen, self.design.monte_carlo.replications)
        return np.concatenate([results.values[place] for results in windows])

    def theory(self, cell: Cell, arm: str) -> Curve | None:
        """Theory of an arm over the synthetic size; None where there is none."""
        forecast = self.forecasts.get((cell.label, arm))
        return forecast.theory if isinstance(forecast, SizeForecast) else None

    def quantiles(
        self, cell: Cell, arm: str, metric: str = EXCESS_RISK.name, levels: Sequence[float] = (0.025, 0.975)
    ) -> tuple[Vector, ...]:
        """Quantiles over the replications that did not fail, one vector (S,) a level."""
        return tuple(np.nanquantile(self.values(cell, arm, metric), levels, axis=0))


def forecasts_of(design: Design, threads: int) -> dict[tuple[str, str], Forecast]:
    """Theory of every arm that has one, by the labels of cell and arm.

    Parameters
    ----------
    design : Design
        Its number of replications plays no part.
    threads : int
        Worker threads, for pilots.
    """
    curves = [(cell, arm) for cell in design.cells for arm in sorted(cell.arms, key=_generator_label)]
    with serial_blas(), ThreadPoolExecutor(threads) as workers:
        found = list(workers.map(forecast_of, *zip(*curves, strict=True)))
    pairs = zip(curves, found, strict=True)
    return {(cell.label, arm.label): forecast for (cell, arm), forecast in pairs if forecast is not None}


def _generator_label(arm: Arm) -> str:
    """Arms of one generator, which share its pilots, come one after the other."""
    return "" if arm.use is None else arm.use.generator.label


def summarised(design: Design, store: Store, forecasts: Mapping[tuple[str, str], Forecast]) -> Summary:
    """Summarise what is kept of a design, in bounded memory.

    Parameters
    ----------
    design : Design
        Which results, and how many replications.
    store : Store
        Where they are, complete or not.
    forecasts : mapping
        The theory of its arms, as by `forecasts_of`.

    Raises
    ------
    StoreError
        If a block is damaged.
    """
    rows: list[Row] = []
    contrasts: list[Contrast] = []
    agreements: list[Agreement] = []
    failures: list[Failures] = []
    for cell in design.cells:
        tally = CellTally.of(store, cell, design.monte_carlo.replications)
        contrasts.extend(_contrasts(cell, tally))
        for arm, counted in zip(cell.arms, tally.arms, strict=True):
            _warn_if_incomplete(design, cell, arm, counted)
            prediction = forecasts.get((cell.label, arm.label))
            failures.append(_failures(cell, arm, counted))
            for place, metric in enumerate(arm.metrics):
                curve = _curve(design, cell, arm, counted, place, predicted(prediction, metric, cell))
                rows.extend(curve)
                compared = agreement(curve, prediction.source) if prediction is not None else None
                agreements.extend([compared] if compared is not None else [])
    return Summary(design, tuple(rows), tuple(contrasts), tuple(agreements), tuple(failures), forecasts, store)


def _named(cell: Cell, label: str) -> Arm:
    for arm in cell.arms:
        if arm.label == label:
            return arm
    raise DesignError(f"no arm '{label}'{nearest(label, (arm.label for arm in cell.arms))}")


def forecast_of(cell: Cell, arm: Arm) -> Forecast | None:
    """Theory of an arm; a component that theory cannot handle costs the curve, never the study."""
    if not cell.theorised:
        return None
    try:
        return arm.prediction(cell.population, cell.counts)
    except Exception as error:
        _log.warning("no theory for the arm %s: %s: %s", arm.label, type(error).__name__, error)
        return None


def predicted(forecast: Forecast | None, metric: str, cell: Cell) -> Vector | None:
    """A table's theory of one arm and metric, (S,): of a risk, the excess risk and the least risk there is."""
    if forecast is None:
        return None
    if metric_of(metric).adds_minimum:
        excess = forecast.curve(EXCESS_RISK.name)
        return None if excess is None else excess + exact_risk(cell.population, cell.learner.loss).minimum
    return forecast.curve(metric)


def _curve(design: Design, cell: Cell, arm: Arm, tally: ArmTally, place: int, theory: Vector | None) -> tuple[Row, ...]:
    estimates = estimate(MEAN, tally.moments)
    intervals = _intervals(arm.metrics[place], estimates.value[place], estimates.mcse[place], tally)
    return tuple(
        Row(
            study=design.study,
            cell=cell.swept,
            arm=arm.label,
            multiplier=multiplier,
            synthetic_size=size,
            metric=arm.metrics[place],
            estimate=float(estimates.value[place, point]),
            mcse=float(estimates.mcse[place, point]),
            lower=float(intervals[0][point]),
            upper=float(intervals[1][point]),
            replications=tally.replications,
            failed=int(tally.failed[point]),
            theory=None if theory is None else float(theory[point]),
            risk_method=cell.risk.risk_method,
        )
        for point, (multiplier, size) in enumerate(arm.points)
    )


def _intervals(metric: str, value: Vector, mcse: Vector, tally: ArmTally) -> tuple[Vector, Vector]:
    """95 % intervals of the means, (S,) each: Wilson's for a proportion."""
    if not metric_of(metric).proportion:
        return value - NORMAL_QUANTILE * mcse, value + NORMAL_QUANTILE * mcse
    counts = tally.replications - tally.failed
    bounds = [share_interval(round(float(share * n)), int(n)) if n else (np.nan, np.nan)
              for share, n in zip(value, counts, strict=True)]  # fmt: skip
    lower, upper = np.array(bounds).T
    return lower, upper


def _contrasts(cell: Cell, tally: CellTally) -> list[Contrast]:
    baseline = cell.arms[0]
    contrasts = []
    for arm, moments in zip(cell.arms[1:], tally.pairs, strict=True):
        estimates = estimate(DIFFERENCE, moments)
        for place, metric in enumerate(shared_metrics(arm, baseline)):
            for column, (point, _) in enumerate(shared_points(arm, baseline)):
                contrasts.append(
                    Contrast(
                        cell=cell.swept,
                        arm=arm.label,
                        baseline=baseline.label,
                        multiplier=arm.points[point][0],
                        metric=metric,
                        difference=float(estimates.value[place, column]),
                        mcse=float(estimates.mcse[place, column]),
                        replications=int(moments.count[place, column]),
                    )
                )
    return contrasts


def _failures(cell: Cell, arm: Arm, tally: ArmTally) -> Failures:
    reasons = tuple((Status(code).reason, count) for code, count in sorted(tally.reasons.items()) if count)
    return Failures(cell.swept, arm.label, tally.replications, tally.failures, reasons)


def _warn_if_incomplete(design: Design, cell: Cell, arm: Arm, tally: ArmTally) -> None:
    asked = design.monte_carlo.replications
    if tally.replications < asked:
        where = f" of the cell {cell.label}" if cell.swept else ""
        _log.warning("%s%s: %d of %d replications are there", arm.label, where, tally.replications, asked)
