"""What the page is told of a state: its controls, theory's curves, the map, the geometry, a comparison with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.errors import DesignError
from synththeory.explore.answers import answer
from synththeory.explore.controls import Control, Problem, controls, problems
from synththeory.explore.forecasts import best_forecast, first_order
from synththeory.explore.presets import notice, presets
from synththeory.explore.state import State
from synththeory.explore.tables import Column, looks, theory_columns
from synththeory.figures.parts.style import Look
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.forecasts import SizeForecast
from synththeory.theory import Curve
from synththeory.theory.sizes import best_multiplier

FINE = 97
"""Sizes of a curve that is a formula."""
_POINTS = "Points: simulation with 95 % intervals. Horizontal: free fixes, without a synthetic row."


@dataclass(frozen=True)
class Listed:
    """A preset in the page's list."""

    title: str
    notice: str
    question: bool
    study: str
    cell: int
    settings: tuple[str, ...]


def listed() -> tuple[Listed, ...]:
    """Every preset, as the page lists them."""
    return tuple(
        Listed(each.title, each.notice, each.question, each.state.study, each.state.cell, each.state.settings)
        for each in presets()
    )


@dataclass(frozen=True)
class Page:
    """The left side.

    Attributes
    ----------
    study, cell, settings
        The state, as the URL writes it.
    notice : str
        What to notice of the state's preset.
    controls : tuple of Control
    problems : tuple of Problem
        Why the design was refused; none where it was not.
    command : str
        The command line that prints the same numbers.
    theory : Theory or None
        View (a) to first order, where the design was not refused: `theory` has the best known.
    """

    study: str
    cell: int
    settings: tuple[str, ...]
    notice: str
    controls: tuple[Control, ...]
    problems: tuple[Problem, ...]
    command: str
    theory: Theory | None


def page(state: State) -> Page:
    """Controls, what is wrong with their values, and theory to first order.

    Raises
    ------
    DesignError
        If there is no such study or cell.
    """
    shown = controls(state.table)
    drawn: Theory | None = None
    wrong: tuple[Problem, ...] = ()
    try:
        drawn = first_theory(state)
    except DesignError as error:
        wrong = problems(error, shown)
    return Page(state.study, state.cell, state.settings, notice(state), shown, wrong, state.command, drawn)


@dataclass(frozen=True)
class Line:
    """Theory of one arm.

    Attributes
    ----------
    arm, words, colour, source
        Label, as printed, as drawn, how the generator is known.
    points : tuple of (float, float)
        γ and the predicted metric.
    best : (float, float) or None
        The lowest point; None where it lies beyond the curve's end.
    """

    arm: str
    words: str
    colour: str
    source: str
    points: tuple[tuple[float, float], ...]
    best: tuple[float, float] | None


@dataclass(frozen=True)
class Level:
    """A free fix's predicted metric."""

    arm: str
    words: str
    colour: str
    value: float


@dataclass(frozen=True)
class Theory:
    """View (a) without a simulation.

    Attributes
    ----------
    lines, levels : tuples
    metric, metric_key : str
        What is drawn, in words and by name.
    last : float
        Largest γ.
    caption : str
        What the marks are, or why there is no theory.
    answer : tuple of str
        Three sentences.
    columns : tuple of Column or None
        The table's theory. None while the best theory known is not there: then lines are first order, and an arm that
        has no first order is left out.
    """

    lines: tuple[Line, ...]
    levels: tuple[Level, ...]
    metric: str
    metric_key: str
    last: float
    caption: str
    answer: tuple[str, ...]
    columns: tuple[Column, ...] | None


def theory(state: State) -> Theory:
    """Theory's curves as the best known, the free fixes' levels, the answer in words and the table's theory."""
    (cell,) = state.design.cells
    known = ((arm, best_forecast(cell, arm)) for arm in cell.arms)
    curves = [(arm, forecast.theory) for arm, forecast in known if isinstance(forecast, SizeForecast)]
    lines, levels = _lines(cell, curves), _levels(cell)
    return _theory(cell, lines, levels, _caption(cell, bool(lines)), answer(cell, lines, levels), theory_columns(cell))


def first_theory(state: State) -> Theory:
    """What a change shows at once: curves to first order, where an arm has one, and the free fixes' levels."""
    (cell,) = state.design.cells
    if not cell.theorised:
        return theory(state)
    known = ((arm, first_order(cell, arm)) for arm in cell.arms)
    lines, levels = _lines(cell, [(arm, curve) for arm, curve in known if curve is not None]), _levels(cell)
    caption = f"How much to add. Lines: theory to first order; the best known follows. {_POINTS}"
    words = ("To first order:", *answer(cell, lines, levels)) if lines else ("Theory is being worked out.",)
    return _theory(cell, lines, levels, caption, words, None)


def _theory(
    cell: Cell,
    lines: tuple[Line, ...],
    levels: tuple[Level, ...],
    caption: str,
    words: tuple[str, ...],
    columns: tuple[Column, ...] | None,
) -> Theory:
    metric = cell.arms[0].metrics[0]
    return Theory(lines, levels, metric.replace("_", " "), metric, _last(cell), caption, words, columns)


def _last(cell: Cell) -> float:
    return max((multiplier or 0.0 for arm in cell.arms for multiplier, _ in arm.points), default=0.0) or 1.0


def _levels(cell: Cell) -> tuple[Level, ...]:
    """Of the free fixes, whose theory is best at once."""
    metric, drawn, levels = cell.arms[0].metrics[0], looks(cell.arms), []
    for arm in cell.arms:
        forecast = best_forecast(cell, arm) if arm.use is None and len(arm.points) == 1 else None
        values = None if forecast is None else forecast.curve(metric)
        if values is not None:
            levels.append(Level(arm.label, drawn[arm.label].name, drawn[arm.label].colour, float(values[0])))
    return tuple(levels)


def _lines(cell: Cell, curves: Sequence[tuple[Arm, Curve]]) -> tuple[Line, ...]:
    drawn = looks(cell.arms)
    return tuple(_line(cell, arm, curve, drawn[arm.label]) for arm, curve in curves)


def _line(cell: Cell, arm: Arm, curve: Curve, look: Look) -> Line:
    gap, last = cell.counts[0] - cell.counts[1], _last(cell)
    sizes = np.linspace(0.0, last, FINE) * gap if curve.at_once else np.array([size for _, size in arm.points])
    multipliers = sizes / gap if curve.at_once else np.array([multiplier for multiplier, _ in arm.points])
    points = tuple(zip(multipliers.tolist(), curve.at(sizes).total.tolist(), strict=True))
    return Line(arm.label, look.name, look.colour, curve.source, points, _best(curve, points, gap, last))


def _best(curve: Curve, points: tuple[tuple[float, float], ...], gap: int, last: float) -> tuple[float, float] | None:
    if not curve.at_once:
        lowest = min(points, key=lambda point: point[1])
        return None if lowest[0] == points[-1][0] else lowest
    multiplier = best_multiplier(curve)
    return (multiplier, float(curve.at([multiplier * gap]).total[0])) if multiplier <= last else None


def _caption(cell: Cell, predicted: bool) -> str:
    if predicted:
        return f"How much to add. Lines: theory, nothing fitted; dashed where a pilot measured the generator. {_POINTS}"
    if not cell.population.exact:
        return f"No theory: {cell.population.kind} has no exact risk, fits are scored on a test sample. {_POINTS}"
    if not cell.theorised:
        return f"No theory: the score of {cell.learner.title} is not linear in the rows. {_POINTS}"
    return f"No theory of this kind of study over the synthetic size. {_POINTS}"
