"""Theory of an arm, made once for every view that asks: to first order at once, and the best known.

On one thread of BLAS, as a study's: the page's theory is the command line's to the last bit.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from synththeory.caches import Cache
from synththeory.errors import SynththeoryError
from synththeory.generators import Generator
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.augmented import Augmented
from synththeory.sim.questions.forecasts import Forecast, SizeForecast
from synththeory.sim.results.summary import forecast_of
from synththeory.sim.run.cores import serial_blas
from synththeory.theory import Curve, best_curve
from synththeory.theory.expansion import Expansion, expand

_KEPT = 128
_BEST: Cache[Forecast | None] = Cache(_KEPT)
_FIRST: Cache[Expansion | None] = Cache(_KEPT)


def best_forecast(cell: Cell, arm: Arm) -> Forecast | None:
    """The best theory known, as the command line prints it; None where there is none."""
    with serial_blas():
        return _BEST.get(_name(cell, arm), partial(forecast_of, cell, arm))


def first_order(cell: Cell, arm: Arm) -> Expansion | None:
    """The curve to first order at θ*, within milliseconds but for a pilot; None where there is no such curve."""
    with serial_blas():
        return _FIRST.get(_name(cell, arm), partial(_expanded, cell, arm))


def generator_curve(cell: Cell, generator: Generator) -> Curve:
    """The best curve of a generator's rows as they are, drawn on the page or not."""
    for arm in cell.arms:
        forecast = best_forecast(cell, arm) if isinstance(arm, Augmented) and arm.generator == generator else None
        if isinstance(forecast, SizeForecast):
            return forecast.theory
    majority, minority = cell.counts
    with serial_blas():
        return best_curve(cell.population, generator, cell.learner, majority, minority)


def _name(cell: Cell, arm: Arm) -> Hashable:
    return cell.population, cell.counts, cell.learner, arm


def _expanded(cell: Cell, arm: Arm) -> Expansion | None:
    if not cell.theorised or not isinstance(arm, Augmented):
        return None
    majority, minority = cell.counts
    try:
        return expand(cell.population, arm.generator, arm.learner, majority, minority)
    except SynththeoryError:
        return None
