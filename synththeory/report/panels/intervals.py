"""Studies whose replications give an estimate and an interval: bias and RMSE as lollipops, and the zip plot."""

from __future__ import annotations

import numpy as np

from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import INK, QUIET, RULE, looks
from synththeory.figures.parts.table import Plotted
from synththeory.report.panels.names import ROW, name_rows
from synththeory.sim.questions.effects import TreatmentEffects
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

MOST = 4
"""Arms with a zip plot: the first ones."""


def has_intervals(summary: Summary) -> bool:
    """Whether replications give an estimate of an effect with an interval."""
    return isinstance(summary.design.question, TreatmentEffects)


def lollipop(summary: Summary) -> Drawing:
    """Bias and root mean square error of every estimator in the first cell; MCSE of the RMSE is MCSE(MSE)/(2 RMSE)."""
    cell = summary.design.cells[0]
    look, arms = looks(cell.arms), [arm.label for arm in cell.arms]
    heads = [Header("Bias", cell.label), Header("Root mean square error", cell.label)]
    figure, panels = framed("", heads, "", 2, ROW * len(arms))
    points = []
    for place, arm in enumerate(arms):
        for panel, axes, (value, error, row) in zip("ab", panels, _bias_and_root(summary, arm), strict=True):
            half = NORMAL_QUANTILE * error
            axes.plot([0.0, value], [place, place], color=RULE, linewidth=1.0)
            axes.plot([value - half, value + half], [place, place], color=look[arm].colour, linewidth=1.6)
            axes.plot([value], [place], look[arm].mark, color=look[arm].colour, markersize=4.0)
            points.append(
                Plotted(panel, cell.label, row.metric, arm, None, "simulation", row.metric, value, float(place),
                        value - half, value + half, error, row.replications, row.failed)
            )  # fmt: skip
    for axes in panels:
        axes.axvline(0.0, color=QUIET, linewidth=0.8)
        name_rows(axes, [look[arm] for arm in arms])
    return Drawing(figure, tuple(points))


def zip_plot(summary: Summary) -> Drawing:
    """Every replication's interval in the first cell, sorted by |estimate − truth| in standard errors."""
    cell = summary.design.cells[0]
    look, arms = looks(cell.arms), [arm.label for arm in cell.arms][:MOST]
    heads = [Header(f"({letter(place)}) {look[arm].name}", "") for place, arm in enumerate(arms)]
    figure, panels = framed("", heads, "", 2, 2.2)
    points = []
    for place, (arm, axes) in enumerate(zip(arms, panels, strict=True)):
        errors, spreads, covered = (
            summary.values(cell, arm, metric)[:, -1] for metric in ("ate_error", "standard_error", "covered")
        )
        kept = np.isfinite(errors) & np.isfinite(spreads)
        order = np.argsort(np.abs(errors[kept]) / spreads[kept], kind="stable")
        error, half, inside = errors[kept][order], NORMAL_QUANTILE * spreads[kept][order], covered[kept][order] > 0.5
        rank = 100.0 * (np.arange(error.size) + 1) / error.size
        for chosen, colour in ((inside, RULE), (~inside, INK)):
            axes.hlines(rank[chosen], (error - half)[chosen], (error + half)[chosen], color=colour, linewidth=0.5)
        axes.axvline(0.0, color=QUIET, linewidth=0.8)
        axes.axhline(95.0, color=QUIET, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.set_ylim(0.0, 100.0)
        points.append(Plotted(letter(place), cell.label, "covered", arm, None, "simulation", "covered",
                              float(inside.mean()), float(inside.mean()), replications=int(error.size)))  # fmt: skip
    return Drawing(figure, tuple(points))


def _bias_and_root(summary: Summary, arm: str) -> tuple[tuple[float, float, Row], tuple[float, float, Row]]:
    cell = summary.design.cells[0]
    bias, square = (
        summary.select(arm=arm, metric=metric, cell=cell.swept)[-1] for metric in ("ate_error", "squared_error")
    )
    root = float(np.sqrt(square.estimate))
    return (bias.estimate, bias.mcse, bias), (root, square.mcse / (2.0 * root), square)
