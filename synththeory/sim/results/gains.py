"""What correcting a generator's bias gains: simulated on the same data, and predicted to first and to second order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.corrections import BiasCorrection, Correction
from synththeory.errors import DesignError
from synththeory.generators import Generator
from synththeory.learners import LeastSquares
from synththeory.metrics import EXCESS_RISK
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.augmented import Augmented
from synththeory.sim.questions.corrected import Corrected
from synththeory.sim.questions.uses import Use
from synththeory.sim.results.measures import DIFFERENCE, Moments, estimate
from synththeory.sim.results.summary import Summary
from synththeory.theory import second_order

_METRIC = EXCESS_RISK.name


@dataclass(frozen=True)
class Gain:
    """Excess risk without a correction less that with it, at one multiplier, on the same data.

    Attributes
    ----------
    cell : Cell
        Where.
    use : Use
        The corrected generator.
    arm, baseline : str
        Names of the corrected arm and of the same generator's without a correction.
    multiplier : float
        γ of both.
    estimate, mcse : float
        Mean gain and its paired Monte Carlo standard error.
    replications : int
        Replications in which both succeeded.
    first_order : float or None
        The gain at leading order (for losses other than the squared one by the curve, to order 1/n); None where there
        is no theory.
    second_order : float or None
        By `synththeory.theory.second_order`; None where that knows no closed form.
    """

    cell: Cell
    use: Use
    arm: str
    baseline: str
    multiplier: float
    estimate: float
    mcse: float
    replications: int
    first_order: float | None
    second_order: float | None


def gains(summary: Summary) -> tuple[Gain, ...]:
    """The gain of every corrected arm in every cell at every multiplier.

    Parameters
    ----------
    summary : Summary
        A study with ``[[augmentation.arms]]``, one of them without a correction.
    """
    return tuple(gain for cell in summary.design.cells for gain in _cell(summary, cell))


def _cell(summary: Summary, cell: Cell) -> list[Gain]:
    uses = [arm.use for arm in cell.arms if isinstance(arm, Augmented | Corrected)]
    plain = {use.generator: use.label for use in uses if use.correction is None}
    found = []
    for use in uses:
        if use.correction is None or use.generator not in plain:
            continue
        names = plain[use.generator], use.label
        moments = Moments.of(np.stack([summary.values(cell, name, _METRIC) for name in names], axis=-1))
        estimates = estimate(DIFFERENCE, moments)
        refined, leading = _refined(cell, use.generator, use.correction), _leading(summary, cell, names)
        for place, multiplier in enumerate(cell.multipliers):
            first = None if leading is None else float(leading[place])
            second = None if refined is None else float(refined[place])
            value, error = float(estimates.value[place]), float(estimates.mcse[place])
            found.append(
                Gain(cell, use, names[1], names[0], multiplier, value, error, int(moments.count[place]), first, second)
            )
    return found


def _leading(summary: Summary, cell: Cell, names: tuple[str, str]) -> Array | None:
    """Gains by theory: at leading order for least squares, to order 1/n for another loss; None where there is none."""
    curves = [summary.theory(cell, name) for name in names]
    known = [curve.leading if curve.at_once else curve for curve in curves if curve is not None]
    if len(known) < len(names):
        return None
    before, after = (curve.at(cell.sizes).total for curve in known)
    return np.asarray(before - after)


def _refined(cell: Cell, generator: Generator, correction: Correction) -> Array | None:
    """Gains to second order at the cell's sizes, or None where they are not known."""
    if not isinstance(cell.learner, LeastSquares) or not isinstance(correction, BiasCorrection):
        return None
    majority, minority = cell.counts
    try:
        before, after = (
            second_order(cell.population, generator, cell.learner, majority, minority, cell.sizes, each)
            for each in (None, correction)
        )
    except DesignError:
        return None
    return before.total - after.total
