"""The answer in three sentences: the regime; whether it helps and how much to add; what the free fixes do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synththeory.sim.design.cells import Cell
from synththeory.theory import regime

if TYPE_CHECKING:
    from synththeory.explore.views import Level, Line

_IDEAL = ("oracle", "semi-oracle")
"""Generators that know the true law, which no table does: a sentence is about them only where nothing else is drawn."""
_LITTLE = 0.02
"""A gain or a loss below this share is called none."""


def answer(cell: Cell, lines: Sequence[Line], levels: Sequence[Level]) -> tuple[str, ...]:
    """Sentences with their numbers; fewer where theory is silent."""
    majority, minority = cell.counts[0], cell.counts[-1]
    rows = f"n₀ = {majority}, n₁ = {minority}"
    if not lines:
        return (f"Theory is silent here ({rows}): the points will tell.",)
    found = regime(cell.population, cell.learner.loss)
    if found.name == "locally symmetric":
        first = f"Locally symmetric (g_φ = 0; {rows}): both classes agree on the fit, imbalance itself costs nothing."
    else:
        strength = f"‖g_φ‖ = {found.strength:.2f} in the H⁻¹ norm"
        first = f"Locally asymmetric ({strength}; {rows}): imbalance pulls the fit to the majority."
    real = [line for line in lines if line.arm not in _IDEAL] or lines
    best = min(real, key=lambda line: _least(line)[1])
    return (first, _amount(best, majority - minority), _free(best, levels))


def _helps(line: Line) -> bool:
    return _least(line)[1] <= (1.0 - _LITTLE) * line.points[0][1]


def _amount(line: Line, gap: int) -> str:
    """Of the best generator: whether adding helps, how much, what balancing costs instead."""
    multiplier, least = _least(line)
    balancing = f"balancing costs {_times(_at(line, 1.0) / least)} that"
    if not _helps(line):
        return f"Adding rows does not help: {line.words} is lowest at γ = {multiplier:.2g}, {balancing}."
    amount = f"γ = {multiplier:.3g} ({round(multiplier * gap)} rows){'' if line.best else ' or more'}"
    return (
        f"Rows of {line.words} help most, at {amount}: {least:.3g}; adding nothing costs "
        f"{_times(line.points[0][1] / least)} that, {balancing}."
    )


def _free(line: Line, levels: Sequence[Level]) -> str:
    """Of the best free fix: what it costs beside the best curve."""
    if not levels:
        return "No free fix is drawn: switch one on under More."
    free = min(levels, key=lambda level: level.value)
    ratio = free.value / _least(line)[1]
    best = f"The best free fix, {free.words},"
    if ratio > 1.0 + _LITTLE:
        rival = f"the best curve: {line.words} beats it here" if _helps(line) else "adding nothing"
        return f"{best} costs {_times(ratio)} {rival}."
    if ratio < 1.0 - _LITTLE:
        return f"{best} does better without a row: {free.value:.3g}, {1.0 / ratio:.3g} times less."
    return f"{best} does as well without a row: {free.value:.3g}."


def _least(line: Line) -> tuple[float, float]:
    return line.best or min(line.points, key=lambda point: point[1])


def _times(ratio: float) -> str:
    return f"{ratio:.0f} times" if ratio >= 1000.0 else f"{ratio:.3g} times"


def _at(line: Line, multiplier: float) -> float:
    return min(line.points, key=lambda point: abs(point[0] - multiplier))[1]
