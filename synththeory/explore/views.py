"""What the page is told of a state: its controls, theory's curves, the map, the geometry, a comparison with another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.errors import DesignError
from synththeory.explore.answers import answer
from synththeory.explore.controls import Control, Problem, controls, problems
from synththeory.explore.presets import presets
from synththeory.explore.state import State
from synththeory.figures.parts.style import Look, looks
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.forecasts import SizeForecast
from synththeory.theory import Curve
from synththeory.theory.sizes import best_multiplier

FINE = 97
"""Sizes of a curve that is a formula."""


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
    """

    study: str
    cell: int
    settings: tuple[str, ...]
    notice: str
    controls: tuple[Control, ...]
    problems: tuple[Problem, ...]
    command: str


def page(state: State) -> Page:
    """Controls, and what is wrong with their values.

    Raises
    ------
    DesignError
        If there is no such study or cell.
    """
    shown = controls(state.table)
    try:
        _ = state.design
        wrong: tuple[Problem, ...] = ()
    except DesignError as error:
        wrong = problems(error, shown)
    notice = next(
        (each.notice for each in presets() if (each.state.study, each.state.cell) == (state.study, state.cell)), ""
    )
    return Page(state.study, state.cell, state.settings, notice, shown, wrong, state.command)


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
    """

    lines: tuple[Line, ...]
    levels: tuple[Level, ...]
    metric: str
    metric_key: str
    last: float
    caption: str
    answer: tuple[str, ...]


def theory(state: State) -> Theory:
    """Theory's curves and levels, and the answer in words."""
    (cell,) = state.design.cells
    metric = cell.arms[0].metrics[0]
    last = max([multiplier or 0.0 for arm in cell.arms for multiplier, _ in arm.points] + [1e-9]) or 1.0
    drawn = looks(cell.arms)
    lines, levels = [], []
    for arm in cell.arms if cell.theorised else ():
        forecast = arm.prediction(cell.population, cell.counts)
        look = drawn[arm.label]
        if isinstance(forecast, SizeForecast):
            lines.append(_line(cell, arm, forecast, last, look))
        elif forecast is not None and len(arm.points) == 1:
            values = forecast.curve(metric)
            levels += [] if values is None else [Level(arm.label, look.name, look.colour, float(values[0]))]
    caption = _caption(cell, bool(lines))
    return Theory(
        tuple(lines), tuple(levels), metric.replace("_", " "), metric, last, caption, answer(cell, lines, levels)
    )


def _line(cell: Cell, arm: Arm, forecast: SizeForecast, last: float, look: Look) -> Line:
    gap, curve = cell.counts[0] - cell.counts[1], forecast.theory
    multipliers = np.linspace(0.0, last, FINE) if curve.at_once else np.array([point[0] or 0.0 for point in arm.points])
    values = curve.at(multipliers * gap).total
    points = tuple(zip(multipliers.tolist(), values.tolist(), strict=True))
    return Line(arm.label, look.name, look.colour, curve.source, points, _best(curve, points, gap, last))


def _best(curve: Curve, points: tuple[tuple[float, float], ...], gap: int, last: float) -> tuple[float, float] | None:
    if not curve.at_once:
        lowest = min(points, key=lambda point: point[1])
        return None if lowest[0] == points[-1][0] else lowest
    multiplier = best_multiplier(curve)
    return (multiplier, float(curve.at([multiplier * gap]).total[0])) if multiplier <= last else None


def _caption(cell: Cell, predicted: bool) -> str:
    points = "Points: simulation with 95 % intervals. Horizontal: free fixes, without a synthetic row."
    if predicted:
        return f"How much to add. Lines: theory, nothing fitted; dashed where a pilot measured the generator. {points}"
    if not cell.population.exact:
        return f"No theory: {cell.population.kind} has no exact risk, fits are scored on a test sample. {points}"
    if not cell.theorised:
        return f"No theory: the score of {cell.learner.kind} is not linear in the rows. {points}"
    return f"No theory of this kind of study over the synthetic size. {points}"
