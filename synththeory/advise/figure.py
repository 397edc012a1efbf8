"""A page: how the loss depends on the synthetic size, and every method against the better free fix."""

from __future__ import annotations

from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from synththeory.advise.comparison import Comparison
from synththeory.advise.diagnosis import Report
from synththeory.advise.findings import Findings
from synththeory.advise.methods import AS_IS, Method
from synththeory.advise.panels import calibration, decision_curve, histogram, pooled
from synththeory.figures.parts.axes import multiplier_axis
from synththeory.figures.parts.frame import Header, framed
from synththeory.figures.parts.labels import EndLabel, label_ends, text_size
from synththeory.figures.parts.style import INK, QUIET, RULE, Look, Name, house_style, looks

_ROW = 0.22
"""Inches a method."""
_MARGIN, _AIR = 0.45, 0.08
"""Inches left of a panel that names may stand in, and between a name and its row."""


def drawn(findings: Findings) -> Figure:
    """The figure, in the house style."""
    comparison, setting, method = findings.comparison, findings.setting, findings.recommendation.method
    names = [report.source.name for report in findings.diagnosis.reports]
    with house_style():
        figure, (left, right, *rest) = framed(
            _title(findings),
            [
                Header(r"$\bf{a}$  How many rows?", "Inner folds, prevalence 1/2; bands ± 2 s.e. of the change"),
                Header(
                    r"$\bf{b}$  Is it worth it?",
                    f"Balanced log loss minus that of {comparison.free.name}; bars ± 2 s.e.",
                ),
                Header(
                    r"$\bf{c}$  Are its probabilities right?",
                    f"{method.name}, held-out rows, the table's own prevalence",
                ),
                Header(r"$\bf{d}$  Whom does it tell apart?", "The same probabilities, by class"),
                Header(r"$\bf{e}$  What is a decision worth?", "Hits less weighted false alarms, a row"),
            ],
            f"{setting.counts[1]} rows of '{setting.labels[1]}' against {setting.counts[0]} of '{setting.labels[0]}', "
            f"{setting.estimator}. {findings.recommendation.sentence}",
            columns=2,
            height=max(2.4, _ROW * (len(comparison.methods) + 0.5)),
            air=0.12,
        )
        look = looks(map(Name, names))
        _curves(left, findings.diagnosis.reports, look)
        _differences(right, comparison, look, method)
        found = pooled(comparison, method)
        calibration(rest[0], found)
        histogram(rest[1], found, setting.labels)
        decision_curve(rest[2], found)
    return figure


def _title(findings: Findings) -> str:
    method = findings.recommendation.method
    if method.family == "synthetic":
        return f"Should you oversample? Yes: {method.name}"
    if findings.recommendation.answer == "can't tell":
        return f"Should you oversample? This table can't tell; meanwhile: {method.name}"
    if method == AS_IS:
        return "Should you oversample? No: nothing needs to be done"
    return f"Should you oversample? No: the free fix is enough ({method.name})"


def _curves(axes: Axes, reports: tuple[Report, ...], look: dict[str, Look]) -> None:
    axes.set_xlabel("rows added / class gap, γ", labelpad=1.0)
    axes.set_ylabel("balanced log loss", labelpad=2.0)
    if not reports:
        axes.text(0.5, 0.5, "no generator could be compared", transform=axes.transAxes, ha="center", color=QUIET)
    ends = []
    for report in reports:
        curve, style = report.curve, look[report.source.name]
        low, high = (curve.loss + side * 2.0 * curve.difference_error for side in (-1.0, 1.0))
        axes.fill_between(curve.multipliers, np.maximum(low, 0.0), high, color=style.colour, alpha=0.15, linewidth=0.0)
        axes.plot(curve.multipliers, curve.loss, color=style.colour)
        axes.plot(report.picks["VTSS"].multiplier, curve.loss.min(), marker="o", markersize=6.0,
                  markerfacecolor="none", markeredgecolor=style.colour, markeredgewidth=0.9)  # fmt: skip
        ends.append(EndLabel(report.source.name, float(curve.multipliers[-1]), float(curve.loss[-1]), style.colour))
    multiplier_axis(axes, max((float(report.curve.multipliers[-1]) for report in reports), default=1.0))
    label_ends(axes, ends)


def _differences(axes: Axes, comparison: Comparison, look: dict[str, Look], followed: Method) -> None:
    """One row a method; the raw fit is cut off at the edge where it would hide the others."""
    gaps = [comparison.difference(method, comparison.free) for method in comparison.methods]
    ends = [
        gap.value + side * 2.0 * gap.standard_error
        for method, gap in zip(comparison.methods, gaps, strict=True)
        if method != AS_IS
        for side in (-1.0, 1.0)
    ]
    low, high = min(ends), max(ends)
    air = 0.06 * (high - low) or 0.01
    axes.set_xlim(low - air, high + air)
    axes.set_ylim(len(gaps) - 0.5, -0.8)
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.axvline(0.0, color=RULE, linewidth=0.7, zorder=0.5)
    axes.set_xlabel("difference (left: better)", labelpad=1.0)
    names = []
    for row, (method, gap) in enumerate(zip(comparison.methods, gaps, strict=True)):
        colour = (
            INK if method.source is None else look[method.source.name].colour if method.source.name in look else QUIET
        )
        if gap.value > high + air:
            axes.text(1.0, row, f"{gap.value:+.3f} ± {2.0 * gap.standard_error:.3f}  →", fontsize=7.5, color=colour,
                      transform=axes.get_yaxis_transform(), ha="right", va="center")  # fmt: skip
        else:
            axes.plot([gap.value - 2.0 * gap.standard_error, gap.value + 2.0 * gap.standard_error], [row, row],
                      color=colour, linewidth=0.9)  # fmt: skip
            axes.plot(
                gap.value, row, marker="o", markersize=4.0, color=colour, markeredgecolor="white", markeredgewidth=0.4
            )
        names.append(
            axes.text(0.0, row, method.name, transform=axes.get_yaxis_transform(), fontsize=7.5, color=colour,
                      ha="right", va="center", fontweight="bold" if method == followed else "normal")
        )  # fmt: skip
    _beside(axes, names)


def _beside(axes: Axes, names: list[Text]) -> None:
    """Narrow the axes until the names have room to their left, in the margin as well; bars keep three tenths."""
    figure = cast(Figure, axes.figure)
    width = figure.get_figwidth()
    widest = max(text_size(figure, name)[0] for name in names) / figure.dpi
    box = axes.get_position()
    moved = min(max(widest + _AIR - _MARGIN, 0.0) / width, 0.7 * box.width)
    axes.set_position((box.x0 + moved, box.y0, box.width - moved, box.height))
    for name in names:
        name.set_x(-_AIR / (width * (box.width - moved)))
