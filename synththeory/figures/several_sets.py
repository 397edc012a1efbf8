"""Averages over several synthetic sets: simulated, and as two sets foretell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from synththeory.figures.parts.axes import extent, fixed_ticks, scale_y
from synththeory.figures.parts.captions import footnote, population_words, sample_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import Look, looks
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import metric_of
from synththeory.sim.results.sets import SETS, SetsPoint, several_sets
from synththeory.sim.results.summary import Summary
from synththeory.theory.several_sets import averaged_error

_METRIC = "brier"
_ERRORS = 1.959964


def draw_sets(summary: Summary, title: str) -> Drawing:
    """Brier score over the number of sets, a panel a learner; the law is drawn through its first two points.

    Parameters
    ----------
    summary : Summary
        Of a study that sweeps the number of sets, with ``risk.ranking = ["brier"]``.
    title : str
        Above the panels.
    """
    groups: dict[str, list[SetsPoint]] = {}
    for point in several_sets(summary, _METRIC):
        groups.setdefault(repr(point.cell.learner), []).append(point)
    tables = [_table(summary, letter(place), points) for place, points in enumerate(groups.values())]
    headers = [
        Header(rf"$\bf{{{letter(place)}}}$  {points[0].cell.learner.title}", "")
        for place, points in enumerate(groups.values())
    ]
    cells = summary.design.cells
    note = (
        f"{population_words(cells[0])}, {sample_words(cells)}, γ = {cells[0].multipliers[-1]:g}. "
        f"{footnote(summary, '', False, (), 'bars')} Lines: what one and two sets foretell of m. "
        "Horizontal: class weights, no synthetic row."
    )
    figure, axes = framed(title, headers, note, len(groups), 2.3, air=0.1)
    look = looks(cells[0].arms)
    for panel, table in zip(axes, tables, strict=True):
        scale_y([panel], extent(table))
        panel.set_xscale("log")
        counts = sorted({point.x for point in table if point.layer == "simulation" and not np.isnan(point.x)})
        fixed_ticks(panel.xaxis, counts, [f"{count:g}" for count in counts])
        panel.set_xlabel("synthetic sets averaged, $m$", labelpad=1.0)
        panel.set_ylabel(metric_of(_METRIC).label, labelpad=2.0)
        _draw(panel, table, look, counts[-1])
    return Drawing(figure, tuple(point for table in tables for point in table))


def _table(summary: Summary, panel: str, points: Sequence[SetsPoint]) -> list[Plotted]:
    found = []
    for point in points:
        reach = _ERRORS * point.mcse
        found.append(
            Plotted(
                panel, point.cell.label, _METRIC, point.arm, point.multiplier, "simulation", SETS, float(point.sets),
                point.estimate, point.estimate - reach, point.estimate + reach, point.mcse,
            )
        )  # fmt: skip
    errors = {(point.arm, point.sets): point.estimate for point in points}
    for arm in dict.fromkeys(point.arm for point in points):
        for sets in np.geomspace(1.0, max(point.sets for point in points), 40):
            law = float(averaged_error(errors[arm, 1], errors[arm, 2], sets))
            found.append(Plotted(panel, "", _METRIC, arm, points[0].multiplier, "theory", SETS, float(sets), law))
    cell = points[0].cell
    for arm in (arm.label for arm in cell.arms if arm.use is None):
        (row,) = summary.select(cell=cell.swept, arm=arm, metric=_METRIC)
        found.append(
            Plotted(
                panel, cell.label, _METRIC, arm, None, "simulation", SETS, float("nan"), row.estimate, row.lower,
                row.upper, row.mcse, row.replications, row.failed,
            )
        )  # fmt: skip
    return found


def _draw(axes: Axes, table: Sequence[Plotted], look: dict[str, Look], last: float) -> None:
    labels = []
    for arm, style in look.items():
        mine = [point for point in table if point.arm == arm]
        law = [point for point in mine if point.layer == "theory"]
        simulated = [point for point in mine if point.layer == "simulation"]
        axes.plot([point.x for point in law], [point.y for point in law], color=style.colour)
        if np.isnan(simulated[0].x):
            axes.plot([1.0, last], [simulated[0].y] * 2, color=style.colour, linewidth=1.1, linestyle=(0, (1.0, 1.2)))
        for point in (point for point in simulated if not np.isnan(point.x)):
            axes.plot([point.x] * 2, [point.lower or 0.0, point.upper or 0.0], color=style.colour, linewidth=0.8)
            axes.plot([point.x], [point.y], marker=style.mark, color=style.colour, markersize=3.6, zorder=3.0,
                      markeredgecolor="white", markeredgewidth=0.35)  # fmt: skip
        labels.append(EndLabel(style.name, last, simulated[-1].y, style.colour))
    label_ends(axes, labels)
