"""Rows of a summary: paired differences, and theory's z-scores."""

from __future__ import annotations

import numpy as np

from synththeory.figures.parts.axes import fixed_ticks
from synththeory.figures.parts.frame import Drawing, Header, framed
from synththeory.figures.parts.style import QUIET, looks
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import metric_of
from synththeory.report.panels.names import ROW, name_rows
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.rows import Contrast
from synththeory.sim.results.summary import Summary

_TICKS = (0, 2, 4, 10, 30, 100, 300, 1000)


def has_contrasts(summary: Summary) -> bool:
    """Whether the first cell has an arm beside its first one."""
    return bool(_last_contrasts(summary))


def has_theory(summary: Summary) -> bool:
    """Whether some row has a theory and an MCSE."""
    return any(row.theory is not None and row.mcse > 0.0 for row in summary.rows)


def differences(summary: Summary) -> Drawing:
    """Every arm less the first, paired, at the last point they share, in the first cell."""
    cell = summary.design.cells[0]
    metric, look = cell.arms[0].metrics[0], looks(cell.arms)
    shown = _last_contrasts(summary)
    words = f"arm − {look[shown[0].baseline].name}; {cell.label or 'the only cell'}; last point that both have"
    heading = Header(f"Difference in {metric_of(metric).heading.lower()}", words)
    figure, (axes,) = framed("", [heading], "", 1, ROW * len(shown))
    points = []
    for place, found in enumerate(shown):
        half = NORMAL_QUANTILE * found.mcse
        lower, upper = found.difference - half, found.difference + half
        axes.plot([lower, upper], [place, place], color=look[found.arm].colour, linewidth=1.0)
        axes.plot([found.difference], [place], look[found.arm].mark, color=look[found.arm].colour, markersize=4.0)
        points.append(
            Plotted("a", cell.label, metric, found.arm, found.multiplier, "simulation", "difference", found.difference,
                    float(place), lower, upper, found.mcse, found.replications)
        )  # fmt: skip
    axes.axvline(0.0, color=QUIET, linewidth=0.8)
    name_rows(axes, [look[found.arm] for found in shown])
    return Drawing(figure, tuple(points))


def theory_scores(summary: Summary) -> Drawing:
    """z = (simulation − theory)/MCSE of every row that has both, arm by arm, over all cells."""
    rows = [row for row in summary.rows if row.theory is not None and row.mcse > 0.0]
    look = looks(summary.arms.values())
    arms = list(dict.fromkeys(row.arm for row in rows))
    figure, (axes,) = framed(
        "", [Header("Distance from theory in Monte Carlo standard errors", "")], "", 1, ROW * len(arms)
    )
    points = []
    for row in rows:
        score, place = (row.estimate - float(row.theory or 0.0)) / row.mcse, arms.index(row.arm)
        points.append(
            Plotted("a", ", ".join(map(str, row.cell.values())), row.metric, row.arm, row.multiplier, "simulation", "z",
                    score, float(place), mcse=row.mcse, replications=row.replications)
        )  # fmt: skip
    for place, arm in enumerate(arms):
        scores = np.sort([point.x for point in points if point.arm == arm])
        height = place + 0.16 * np.sin(2.4 * np.arange(scores.size))
        axes.plot(
            scores, height, look[arm].mark, color=look[arm].colour, markersize=2.6, alpha=0.7, markeredgewidth=0.0
        )
    for bound in (-NORMAL_QUANTILE, NORMAL_QUANTILE):
        axes.axvline(bound, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.axvline(0.0, color=QUIET, linewidth=0.6)
    farthest = 1.1 * max(4.0, *(abs(point.x) for point in points))
    axes.set_xscale("symlog", linthresh=4.0)
    axes.set_xlim(-farthest, farthest)
    ticks = [sign * tick for tick in _TICKS if tick < farthest for sign in ((-1, 1) if tick else (1,))]
    fixed_ticks(axes.xaxis, ticks, [f"{tick:g}" for tick in ticks])
    name_rows(axes, [look[arm] for arm in arms])
    return Drawing(figure, tuple(points))


def _last_contrasts(summary: Summary) -> list[Contrast]:
    cell = summary.design.cells[0]
    metric = cell.arms[0].metrics[0]
    mine = (found for found in summary.contrasts if found.cell == cell.swept and found.metric == metric)
    return [found for found in {each.arm: each for each in mine}.values() if np.isfinite(found.mcse)]
