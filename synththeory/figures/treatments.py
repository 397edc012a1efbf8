"""Generators down the page, what is done about their bias side by side: one panel a cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

from synththeory.figures.parts.axes import fixed_ticks, log_ticks
from synththeory.figures.parts.captions import footnote, population_words, sample_words, spread_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import INK, RULE, Look, Name, looks, printed
from synththeory.figures.parts.table import Plotted
from synththeory.figures.parts.theory_lines import source_of
from synththeory.metrics import metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.uses import Use
from synththeory.sim.results.summary import Summary

_DASHES: dict[str, LineStyleType] = {"reweighted": "solid", "re-priored": "dashed", "lda": "dashdot"}
_DOTTED: LineStyleType = (0, (1.0, 1.5))
_MOST_NAMED = 2  # verticals that have room for their names above the panel
_NAME = 0.25  # share of a panel's width such a name needs
_ROW = 0.40  # inches a generator
_MOST_IN_A_ROW = 7  # marks that fit beside the title


def draw_treatments(summary: Summary, title: str) -> Drawing:
    """Excess risk, or balanced risk on a test sample, of every generator and treatment at the largest multiplier.

    Parameters
    ----------
    summary : Summary
        Of a design with ``[[augmentation.arms]]``.
    title : str
        Above the panels.
    """
    cells = summary.design.cells
    uses = {arm.label: arm.use for arm in cells[0].arms if arm.use is not None}
    generators = list(dict.fromkeys(use.generator.label for use in uses.values()))
    treatments = list(dict.fromkeys(use.treatment for use in uses.values()))
    look = looks(map(Name, treatments))
    tables = [list(_points(summary, cell, letter(place))) for place, cell in enumerate(cells)]
    headers = [
        Header(
            (rf"$\bf{{{letter(place)}}}$  " if len(cells) > 1 else "") + _heading(cell),
            _words(cell),
        )
        for place, cell in enumerate(cells)
    ]
    columns = min(len(cells), 3 if len(cells) != 4 else 2)
    pilot = sorted({point.arm for table in tables for point in table if point.source == "pilot"})
    fixes = [arm.label for arm in cells[0].arms if arm.use is None]
    predicted = any(point.layer == "theory" and point.arm not in fixes for table in tables for point in table)
    note = f"{sample_words(cells)}, {cells[0].learner.title}, γ = {cells[0].multipliers[-1]:g}. "
    note += "Vertical: real rows alone. " + footnote(summary, _acted(summary), False, (), "bars")
    if predicted:
        measured = ", ".join(dict.fromkeys(printed(uses[arm].generator.label) for arm in pilot))
        note += f" Short strokes: theory, no fitted constant{f' (a pilot measured {measured})' if pilot else ''}."
    figure, axes = framed(title, headers, note, columns, _ROW * len(generators) + 0.15, shared=False, air=0.12)
    for place, (panel, table) in enumerate(zip(axes, tables, strict=True)):
        _draw(panel, table, uses, look, named=len(fixes) <= _MOST_NAMED)
        if place % columns:
            panel.tick_params(labelleft=False)
    _legend(figure, treatments, look, [] if len(fixes) <= _MOST_NAMED else fixes)
    return Drawing(figure, tuple(point for table in tables for point in table))


def _points(summary: Summary, cell: Cell, panel: str) -> Iterator[Plotted]:
    metric = cell.arms[0].metrics[0]
    for arm in cell.arms:
        row = summary.select(arm=arm.label, metric=metric, cell=cell.swept)[-1]
        yield Plotted(
            panel, cell.label, metric, row.arm, row.multiplier, "simulation", metric, row.estimate, row.estimate,
            row.lower, row.upper, row.mcse, row.replications, row.failed,
        )  # fmt: skip
        if row.theory is not None:
            source = source_of(summary, cell, row.arm)
            yield Plotted(panel, cell.label, metric, row.arm, row.multiplier, "theory", metric, row.theory,
                          row.theory, source=source)  # fmt: skip


def _draw(
    axes: Axes,
    points: Sequence[Plotted],
    uses: Mapping[str, Use],
    look: Mapping[str, Look],
    named: bool,
) -> None:
    generators, treatments = list(dict.fromkeys(use.generator.label for use in uses.values())), list(look)
    finite = [point.y for point in points if math.isfinite(point.y)]
    low, high = min(finite) / 1.25, max(finite) * 1.25
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    log_ticks(axes.xaxis, low, high)
    axes.set_ylim(len(generators) - 0.45, -0.55)
    fixed_ticks(axes.yaxis, range(len(generators)), [printed(generator) for generator in generators])
    axes.tick_params(axis="y", length=0.0, labelsize=7.5, pad=2.0)
    axes.grid(visible=False)
    for place in range(1, len(generators)):
        axes.axhline(place - 0.5, color=RULE, linewidth=0.4)
    axes.set_xlabel(metric_of(points[0].metric).label, labelpad=1.0)
    reach = min(0.27, 0.16 * (len(treatments) - 1))
    offsets = dict(zip(treatments, np.linspace(-reach, reach, len(treatments)), strict=True))
    room = _NAME * math.log(high / low)
    fixes = [point.y for point in points if point.layer == "simulation" and point.arm not in uses]
    for point in points:
        if point.arm not in uses:
            if point.layer == "simulation":
                axes.axvline(point.y, color=INK, linewidth=0.8, linestyle=_DASHES.get(point.arm, _DOTTED), zorder=0.6)
                if named:
                    close = any(0.0 < math.log(other / point.y) < room for other in fixes)
                    axes.text(point.y, 1.01, point.arm, transform=axes.get_xaxis_transform(), fontsize=7.5,
                              ha="right" if close else "left")  # fmt: skip
            continue
        use = uses[point.arm]
        y, style = generators.index(use.generator.label) + offsets[use.treatment], look[use.treatment]
        if point.layer == "theory":
            axes.plot([point.x] * 2, [y - 0.11, y + 0.11], color=style.colour, linewidth=1.1, zorder=2.0)
            continue
        axes.plot([point.lower or point.x, point.upper or point.x], [y, y], color=style.colour, linewidth=0.8)
        axes.plot([point.x], [y], linestyle="none", marker=style.mark, markersize=4.0, color=style.colour, zorder=3.0)


def _legend(figure: Figure, treatments: Sequence[str], look: dict[str, Look], fixes: Sequence[str]) -> None:
    """Marks and names at the right of the title, and those verticals that have no name above the panel."""
    marks = [
        Line2D([], [], linestyle="none", marker=look[name].mark, markersize=4.0, color=look[name].colour, label=name)
        for name in treatments
    ]
    marks += [
        Line2D([], [], color=INK, linewidth=0.8, linestyle=_DASHES.get(name, _DOTTED), label=name) for name in fixes
    ]
    rows = 1 if len(marks) <= _MOST_IN_A_ROW else 2
    figure.legend(handles=marks, loc="upper right", ncol=-(-len(marks) // rows), fontsize=8.0 if not fixes else 7.5,
                  frameon=False, handletextpad=0.4 if fixes else 0.1, columnspacing=0.9, borderaxespad=0.4 / rows,
                  labelspacing=0.15)  # fmt: skip


def _heading(cell: Cell) -> str:
    words = [value for key, value in cell.swept.items() if key.startswith("population.") and isinstance(value, str)]
    return f"{', '.join(words)}, $d={cell.population.dimension}$" if words else population_words(cell)


def _words(cell: Cell) -> str:
    return f"$n_1={cell.counts[1]}$" + (f", {spread_words(cell)}." if cell.population.laws else "")


def _acted(summary: Summary) -> str:
    """How often a bound or a damped step acted, over all corrected fits."""
    acted = [
        (sum(count for _, count in entry.reasons), entry.replications, entry.arm)
        for entry in summary.failures
        if entry.reasons
    ]
    if not acted:
        return ""
    share, arm = max((count / total, arm) for count, total, arm in acted)
    return f"Bound or damping acted most often in {arm}: {100.0 * share:.0f} % of its fits."
