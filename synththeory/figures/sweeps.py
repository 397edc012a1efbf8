"""Sweeps over a number: a curve for every arm and multiplier, with reference slopes, fitted rates and floors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation, Transform

from synththeory.errors import DesignError
from synththeory.figures.parts.axes import extent, number_axis, scale_y
from synththeory.figures.parts.captions import (
    aligned_words,
    footnote,
    key_words,
    learner_words,
    population_words,
    regime_words,
    sample_words,
    swept_words,
)
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import QUIET, Colour, Look, lightened, looks, printed
from synththeory.figures.parts.table import Layer, Plotted
from synththeory.figures.parts.theory_lines import TheoryLine, arms_of, source_of, theory_line
from synththeory.metrics import EXCESS_RISK, metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.rates import Rate, fitted_rate
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

_FLOOR_SHARE = 0.5
"""A curve has a floor where bias makes up this much of the excess risk at its last point."""
_MOST_PLACES = 4
_ASIDE = 2.8  # points between the bars of two curves
_GUIDE_BELOW = 0.5


@dataclass(frozen=True, eq=False)
class Curve:
    """One arm at one place of its multipliers, over the sweep.

    Attributes
    ----------
    arm, name : str
        Label of the arm, and its name as it is printed.
    multiplier : float or None
        γ at the last cell.
    sizes : tuple of float
        The swept values.
    rows : tuple of Row
        One a cell.
    lines : tuple of (TheoryLine or None)
        Theory of each cell, where it is known at every size at once.
    scaled : bool
        Whether the sweep scales all real rows alike, so that theorems name an exponent.
    source : str
        How theory knows the arm: ``"closed form"`` or ``"pilot"``.
    spread : tuple of (float, float)
        2.5 and 97.5 % quantiles of the replications, one pair a cell; empty where they are not drawn.
    without_rows : str
        What the curve at γ = 0 is called: the learner, where the arm never gets synthetic rows.
    """

    arm: str
    name: str
    multiplier: float | None
    sizes: tuple[float, ...]
    rows: tuple[Row, ...]
    lines: tuple[TheoryLine | None, ...]
    scaled: bool
    source: str
    spread: tuple[tuple[float, float], ...] = ()
    without_rows: str = "no synthetic rows"

    @property
    def metric(self) -> str:
        """What is measured."""
        return self.rows[0].metric

    @cached_property
    def floor(self) -> float | None:
        """The bias that is left at the last cell, where it dominates."""
        size, line = self.rows[-1].synthetic_size, self.lines[-1]
        if line is None or size is None or not self.scaled:
            return None
        excess = EXCESS_RISK.name
        dominant = line.bias(excess, size) >= _FLOOR_SHARE * float(line.values(excess, size)[0])
        return line.bias(self.metric, size) if dominant else None

    @cached_property
    def rate(self) -> Rate | None:
        """Fitted power law, where the curve should be one."""
        chosen = any(row.synthetic_size is None for row in self.rows)
        if not self.scaled or self.floor is not None or len(self.rows) < 3 or chosen:
            return None
        try:
            return fitted_rate(self.sizes, self.rows)
        except DesignError:
            return None

    @property
    def role(self) -> str:
        """What the arm's multiplier does, in words."""
        if self.multiplier is None:
            return self.name
        if self.multiplier == 0.0:
            return self.without_rows
        if len({row.multiplier for row in self.rows}) > 1:
            return rf"$\tilde n={self.rows[-1].synthetic_size}$"
        if self.multiplier == 1.0:
            return "balanced, γ = 1"
        line = self.lines[-1]
        cancelling = None if line is None or line.optimum.bias is None else line.optimum.bias / line.gap
        near = cancelling is not None and abs(cancelling / self.multiplier - 1.0) < 0.02
        return ("bias-cancelling,\n" if near else "") + f"γ = {self.multiplier:.3g}"

    def label(self, single: bool) -> str:
        """Name at the end of the curve: arm and multiplier, then the floor or the fitted slope."""
        name = self.role
        if self.multiplier and not single:
            same = len({row.multiplier for row in self.rows}) == 1
            name = f"{self.name}, {f'γ = {self.multiplier:.3g}' if same else self.role}"
        if self.floor is not None:
            return f"{name}\nbias floor {self.floor:.3g}"
        if self.rate is not None:
            return f"{name}\nslope {_signed(f'{self.rate.slope:.2f}')} ± {self.rate.slope - self.rate.lower:.2f}"
        return name

    def points(self, panel: str, key: str, cells: Sequence[Cell]) -> Iterator[Plotted]:
        """Every number of the curve."""
        for x, row, cell in zip(self.sizes, self.rows, cells, strict=True):
            label = cell.label
            yield Plotted(
                panel, label, self.metric, self.arm, row.multiplier, "simulation", key, x, row.estimate, row.lower,
                row.upper, row.mcse, row.replications, row.failed,
            )  # fmt: skip
            if row.theory is not None:
                yield Plotted(panel, label, self.metric, self.arm, row.multiplier, "theory", key, x, row.theory,
                              source=self.source)  # fmt: skip
        for x, row, (low, high) in zip(self.sizes, self.rows, self.spread, strict=False):
            yield Plotted(panel, "", self.metric, self.arm, row.multiplier, "spread", key, x, row.estimate, low, high,
                          replications=row.replications)  # fmt: skip
        if self.floor is not None:
            yield self._mark(panel, key, "floor", self.sizes[-1], self.floor)

    def guide(self, panel: str, key: str) -> Iterator[Plotted]:
        """A line of the theorem's slope, below the curve."""
        first = self.rows[0].theory or self.rows[0].estimate
        for x in (self.sizes[0], self.sizes[-1]):
            y = _GUIDE_BELOW * first * math.pow(x / self.sizes[0], metric_of(self.metric).exponent or 0.0)
            yield self._mark(panel, key, "guide", x, y)

    def _mark(self, panel: str, key: str, layer: Layer, x: float, y: float) -> Plotted:
        return Plotted(panel, "", self.metric, self.arm, self.multiplier, layer, key, x, y)


def draw_sweep(summary: Summary, key: str, metrics: Sequence[str], title: str, spread: bool = False) -> Drawing:
    """Curves over one numeric key; other swept keys make panels.

    Parameters
    ----------
    summary : Summary
        What is drawn.
    key : str
        The swept key of the horizontal axis.
    metrics : sequence of str
        One panel each.
    title : str
        Above the panels.
    spread : bool
        Whether to show where the replications lie, beside the intervals of their means.
    """
    groups = _groups(summary.design.cells, key)
    places = [(cells, metric) for cells in groups for metric in metrics]
    letters = [letter(place) for place in range(len(places))]
    panels = [curves_of(summary, cells, key, metric, spread) for cells, metric in places]
    tables = [
        points_of(curves, name, key, cells) for name, curves, (cells, _) in zip(letters, panels, places, strict=True)
    ]
    columns = min(len(places), 2)
    heading = [
        Header(_heading(name, cells, metric, key, groups, len(places)), _words(curves, cells))
        for name, curves, (cells, metric) in zip(letters, panels, places, strict=True)
    ]
    figure, axes = framed(title, heading, _note(summary, groups[0], panels), columns, 2.35)
    look = looks(summary.arms[curve.arm] for curves in panels for curve in curves)
    for panel, curves, table, (_, metric) in zip(axes, panels, tables, places, strict=True):
        scale_y([panel], extent(table), metric_of(metric).unit == "share")
        panel.set_ylabel(metric_of(metric).label, labelpad=2.0)
        panel.set_xlabel(key_words(key), labelpad=1.0)
        sweep_panel(panel, curves, table, look)
    return Drawing(figure, tuple(point for table in tables for point in table))


def curves_of(summary: Summary, cells: Sequence[Cell], key: str, metric: str, spread: bool = False) -> list[Curve]:
    """Every arm at every multiplier, or at four of them spread evenly; one curve for no synthetic rows at all."""
    same_ratio = len({cell.counts[0] / cell.counts[1] for cell in cells}) == 1
    scaled = key in ("sample.minority", "sample.majority") and same_ratio
    sizes = tuple(float(str(cell.swept[key])) for cell in cells)
    curves = []
    for arm in arms_of(summary, cells[0], metric):
        rows = [summary.select(arm=arm, metric=metric, cell=cell.swept) for cell in cells]
        lines = tuple(theory_line(summary, cell, arm, metric) for cell in cells)
        source = source_of(summary, cells[-1], arm)
        alone = {row.multiplier for row in rows[0]} == {0.0}
        raw_name = cells[0].learner.title if alone else Curve.without_rows
        lying = [np.array(summary.quantiles(cell, arm, metric)) for cell in cells] if spread else []
        for place in _places([row.multiplier for row in rows[0]]):
            chosen = tuple(row[place] for row in rows)
            pairs = tuple((float(low), float(high)) for low, high in (pair[:, place] for pair in lying))
            name = printed(*summary.arms[arm].names)
            curves.append(
                Curve(arm, name, chosen[-1].multiplier, sizes, chosen, lines, scaled, source, pairs, raw_name)
            )
    raw = [curve for curve in curves if curve.multiplier == 0.0]
    return [curve for curve in curves if curve not in raw[1:]]


def _places(multipliers: Sequence[float | None]) -> list[int]:
    """Places of at most four multipliers: the ends, balance where it is one of them, the rest spread evenly."""
    count = len(multipliers)
    places = {round(place) for place in np.linspace(0, count - 1, min(count, _MOST_PLACES))}
    if 1.0 in multipliers and (balance := multipliers.index(1.0)) not in places:
        inner = sorted(places)[1:-1]
        places -= {min(inner, key=lambda place: abs(place - balance))} if inner else set()
        places.add(balance)
    return sorted(places)


def points_of(curves: Sequence[Curve], panel: str, key: str, cells: Sequence[Cell]) -> list[Plotted]:
    """Every number of a panel, with one line of the theorem's slope under the lowest curve that has a rate."""
    points = [point for curve in curves for point in curve.points(panel, key, cells)]
    falling = [curve for curve in curves if curve.rate is not None and metric_of(curve.metric).exponent is not None]
    if falling:
        points.extend(
            min(falling, key=lambda curve: curve.rows[-1].theory or curve.rows[-1].estimate).guide(panel, key)
        )
    return points


def sweep_panel(axes: Axes, curves: Sequence[Curve], points: Sequence[Plotted], look: Mapping[str, Look]) -> None:
    """Draw one panel on axes whose vertical scale is set.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    curves : sequence of Curve
        What the panel shows.
    points : sequence of Plotted
        Its numbers.
    look : mapping
        Colour and marker by arm.
    """
    number_axis(axes, curves[0].sizes, wide=any(curve.spread for curve in curves))
    labels = []
    single = len({curve.arm for curve in curves if curve.multiplier is not None}) == 1
    for place, curve in enumerate(curves):
        mine = [point for point in points if (point.arm, point.multiplier) in _keys(curve)]
        style, tone = look[curve.arm], _tone(curve, curves, look)
        _theory(axes, [point for point in mine if point.layer == "theory"], tone)
        simulated = [point for point in mine if point.layer == "simulation" and math.isfinite(point.y)]
        aside = _aside(axes, place - 0.5 * (len(curves) - 1)) if curve.spread else None
        for point in (point for point in mine if point.layer == "spread"):
            axes.vlines(point.x, point.lower or 0.0, point.upper or 0.0, color=tone, linewidth=2.4, alpha=0.35,
                        transform=aside)  # fmt: skip
        filled = curve.multiplier == 1.0 or curve.multiplier is None
        _simulation(axes, simulated, style.mark, tone, filled, aside)
        _floor(axes, [point for point in mine if point.layer == "floor"], curve, tone)
        if simulated:
            colour = QUIET if curve.multiplier == 0.0 else style.colour
            labels.append(EndLabel(curve.label(single), simulated[-1].x, simulated[-1].y, colour))
    labels.extend(_guide(axes, [point for point in points if point.layer == "guide"]))
    label_ends(axes, labels)


def _keys(curve: Curve) -> set[tuple[str, float | None]]:
    return {(curve.arm, row.multiplier) for row in curve.rows} | {(curve.arm, curve.multiplier)}


def _tone(curve: Curve, curves: Sequence[Curve], look: Mapping[str, Look]) -> Colour:
    """The arm's colour, lighter for its smaller multipliers; grey without synthetic rows, where all arms are one."""
    if curve.multiplier == 0.0:
        return lightened(QUIET, 0.0)
    own = [other.multiplier for other in curves if other.arm == curve.arm and other.multiplier != 0.0]
    rank = own.index(curve.multiplier) / (len(own) - 1) if len(own) > 1 else 1.0
    return lightened(look[curve.arm].colour, 0.45 * (1.0 - rank))


def _theory(axes: Axes, points: Sequence[Plotted], tone: Colour) -> None:
    dashes = (0, (4.0, 1.6)) if any(point.source == "pilot" for point in points) else "solid"
    axes.plot([point.x for point in points], [point.y for point in points], color=tone, linestyle=dashes)


def _aside(axes: Axes, places: float) -> Transform:
    """Data coordinates moved sideways, so that the bars of several curves can be told apart."""
    return axes.transData + ScaledTranslation(_ASIDE * places / 72.0, 0.0, cast(Figure, axes.figure).dpi_scale_trans)


def _simulation(
    axes: Axes, points: Sequence[Plotted], mark: str, tone: Colour, filled: bool, aside: Transform | None
) -> None:
    x, y = [point.x for point in points], np.array([point.y for point in points])
    lower = np.array([point.lower for point in points], dtype=float)
    upper = np.array([point.upper for point in points], dtype=float)
    place = aside or axes.transData
    axes.errorbar(x, y, np.stack([y - lower, upper - y]), fmt="none", ecolor=tone, elinewidth=0.8, transform=place)
    axes.plot(x, y, linestyle="none", marker=mark, markersize=4.0, markerfacecolor=tone if filled else "white",
              markeredgecolor=tone, markeredgewidth=0.9, zorder=3.0, transform=place)  # fmt: skip


def _floor(axes: Axes, points: Sequence[Plotted], curve: Curve, tone: Colour) -> None:
    for point in points:
        axes.plot([curve.sizes[0], curve.sizes[-1]], [point.y, point.y], color=tone, linewidth=0.8,
                  linestyle=(0, (1.0, 1.5)))  # fmt: skip


def _guide(axes: Axes, points: Sequence[Plotted]) -> Iterator[EndLabel]:
    if points:
        x, y = [point.x for point in points], [point.y for point in points]
        axes.plot(x, y, color=QUIET, linewidth=0.7, linestyle=(0, (3.0, 2.0)), zorder=1.0)
        yield EndLabel(f"slope {_signed(f'{metric_of(points[0].metric).exponent:g}')}", x[-1], y[-1], QUIET)


def _signed(number: str) -> str:
    return number.replace("-", "−")


def _groups(cells: Sequence[Cell], key: str) -> list[list[Cell]]:
    """Cells that differ in one key only, sorted by it."""
    groups: dict[str, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(repr({name: value for name, value in cell.swept.items() if name != key}), []).append(cell)
    return [sorted(group, key=lambda cell: float(str(cell.swept[key]))) for group in groups.values()]


def _heading(
    name: str, cells: Sequence[Cell], metric: str, key: str, groups: Sequence[Sequence[Cell]], panels: int
) -> str:
    others = _others(cells, key)
    words = swept_words(cells[0], others, [_others(group, key) for group in groups]) if others else ""
    told = ", ".join(filter(None, [words, metric_of(metric).heading if len(groups) == 1 or not words else ""]))
    return (rf"$\bf{{{name}}}$  " if panels > 1 else "") + told


def _others(cells: Sequence[Cell], key: str) -> dict[str, object]:
    """What is swept beside the horizontal axis, the same in all of these cells."""
    return {name: value for name, value in cells[0].swept.items() if name != key}


def _words(curves: Sequence[Curve], cells: Sequence[Cell]) -> str:
    name, gradient = regime_words(cells[-1])
    lines = {curve.name: [line for line in curve.lines if line is not None] for curve in curves}
    return f"{name}: {gradient}. {aligned_words(lines)}".strip()


def _note(summary: Summary, cells: Sequence[Cell], panels: Sequence[Sequence[Curve]]) -> str:
    predicted = [curve for curves in panels for curve in curves if any(row.theory is not None for row in curve.rows)]
    pilot = list(dict.fromkeys(curve.name for curve in predicted if curve.source == "pilot"))
    arms = list(dict.fromkeys(curve.name for curves in panels for curve in curves if curve.multiplier))
    varied = any(name.startswith("population") for name in cells[0].swept)
    facts = [
        "" if varied else population_words(cells[0]),
        sample_words(summary.design.cells),
        learner_words(summary.design.cells),
        f"generator {arms[0]}" if len(arms) == 1 else "",
    ]
    marks = "Dotted: what bias alone leaves." if any(curve.floor for curves in panels for curve in curves) else ""
    if any(curve.spread for curves in panels for curve in curves):
        marks = f"Wide bars: 2.5 to 97.5 % of the replications. {marks}".strip()
    return f"{', '.join(filter(None, facts))}. {footnote(summary, marks, bool(predicted), pilot, 'bars')}"
