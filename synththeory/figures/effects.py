"""Studies of treatment effects: bias, root mean square error and coverage, propensities down the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from synththeory.figures.parts.axes import fixed_ticks, log_ticks
from synththeory.figures.parts.captions import footnote
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import QUIET, RULE, Name, looks, printed
from synththeory.figures.parts.table import Plotted
from synththeory.figures.registry import draws
from synththeory.metrics import COVERED
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.effects import EffectArm, TreatmentEffects, TruePropensity
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

_MEASURES = {"ate_error": "Bias", "squared_error": "Root mean square error", COVERED.name: "Coverage"}
_ROW = 0.30


@draws(TreatmentEffects)
def draw_effects(summary: Summary, title: str) -> Drawing:
    """Bias, RMSE and coverage of every estimator with every propensity, at the largest multiplier.

    Parameters
    ----------
    summary : Summary
        Of a design with ``[effect]``.
    title : str
        Above the panels.
    """
    cells, arms = summary.design.cells, effects_of(summary.design.cells[0])
    propensities = list(dict.fromkeys(arm.base.names for arm in arms.values()))
    level = next(iter(arms.values())).level
    panels = [(cell, metric) for cell in cells for metric in _MEASURES]
    heads = [
        Header(rf"$\bf{{{letter(place)}}}$  {_MEASURES[metric]}, {cell.total} rows", "")
        for place, (cell, metric) in enumerate(panels)
    ]
    share = cells[0].counts[1] / sum(cells[0].counts)
    marks = f"Lines: no bias; level {level:g}. Largest share of one row in its arm's IPW weight, mean: "
    marks += "; ".join(f"{_heaviest(summary, cell):.2f} at {cell.total} rows" for cell in cells) + " (true propensity)."
    note = f"{100.0 * share:.0f} % treated, effect known exactly. " + footnote(summary, marks, False, (), "bars")
    figure, axes = framed(title, heads, note, 3, _ROW * len(propensities) + 0.1, air=0.02)
    methods = list(dict.fromkeys(arm.method for arm in arms.values()))
    look = looks(map(Name, methods))
    points: list[Plotted] = []
    for place, (panel, (cell, metric)) in enumerate(zip(axes, panels, strict=True)):
        found = [effect_point(row, letter(place), cell) for row in _rows(summary, cell, metric)]
        points.extend(found)
        _frame(panel, metric, level, found, propensities, labelled=place % 3 == 0)
        for point in found:
            method = arms[point.arm].method
            y = propensities.index(arms[point.arm].base.names) + (0.16 if methods.index(method) else -0.16) * (
                len(methods) > 1
            )
            colour = look[method].colour
            panel.plot([point.lower or point.x, point.upper or point.x], [y, y], color=colour, linewidth=0.8)
            panel.plot([point.x], [y], marker=look[method].mark, markersize=3.6, color=colour, linestyle="none")
    legend = [
        Line2D([], [], linestyle="none", marker=look[name].mark, color=look[name].colour, markersize=4.0, label=words)
        for name, words in (("ipw", "IPW (Hájek)"), ("aipw", "AIPW"))
        if name in look
    ]
    figure.legend(handles=legend, loc="upper right", ncol=2, fontsize=8.0, frameon=False, handletextpad=0.1)
    return Drawing(figure, tuple(points))


def effects_of(cell: Cell) -> dict[str, EffectArm]:
    """The arms of a cell by label."""
    return {arm.label: arm for arm in cell.arms if isinstance(arm, EffectArm)}


def effect_point(row: Row, panel: str, cell: Cell) -> Plotted:
    """A row as it is drawn; a mean square as its root, whose MCSE is MCSE/(2 RMSE) by the influence function."""
    point = Plotted(
        panel, cell.label, row.metric, row.arm, row.multiplier, "simulation", row.metric, row.estimate, row.estimate,
        row.lower, row.upper, row.mcse, row.replications, row.failed,
    )  # fmt: skip
    if row.metric != "squared_error":
        return point
    root = math.sqrt(row.estimate)
    error = row.mcse / (2.0 * root)
    lower, upper = root - NORMAL_QUANTILE * error, root + NORMAL_QUANTILE * error
    return replace(point, metric="rmse", x_name="rmse", x=root, y=root, lower=lower, upper=upper, mcse=error)


def _rows(summary: Summary, cell: Cell, metric: str) -> list[Row]:
    return [summary.select(cell=cell.swept, arm=arm.label, metric=metric)[-1] for arm in cell.arms]


def _heaviest(summary: Summary, cell: Cell) -> float:
    true = next(arm for arm in effects_of(cell).values() if isinstance(arm.base, TruePropensity))
    return summary.select(cell=cell.swept, arm=true.label, metric="largest_weight")[0].estimate


def _frame(
    axes: Axes,
    metric: str,
    level: float,
    points: Sequence[Plotted],
    propensities: Sequence[tuple[str, ...]],
    labelled: bool,
) -> None:
    axes.set_ylim(len(propensities) - 0.5, -0.5)
    words = [printed(*names).replace(", ", ",\n") for names in propensities] if labelled else [""] * len(propensities)
    fixed_ticks(axes.yaxis, range(len(propensities)), words)
    axes.tick_params(axis="y", length=0.0, labelsize=7.0, pad=2.0)
    axes.grid(visible=False)
    for place in range(1, len(propensities)):
        axes.axhline(place - 0.5, color=RULE, linewidth=0.4)
    if metric == "squared_error":
        low, high = min(point.lower or point.x for point in points), max(point.upper or point.x for point in points)
        axes.set_xscale("log")
        axes.set_xlim(low / 1.1, high * 1.1)
        log_ticks(axes.xaxis, low / 1.1, high * 1.1)
    else:
        axes.axvline(0.0 if metric == "ate_error" else level, color=QUIET, linewidth=0.8, zorder=0.6)
