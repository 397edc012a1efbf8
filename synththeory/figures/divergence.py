"""How far generators' laws are from the best guess: against the rows learnt from, and against a net's width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from synththeory.figures.methods import Line, in_panels
from synththeory.figures.parts.axes import extent, number_axis, scale_y
from synththeory.figures.parts.captions import footnote, population_words
from synththeory.figures.parts.frame import Drawing, Header, framed
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import Look, Name, looks
from synththeory.figures.parts.table import Plotted
from synththeory.figures.registry import draws
from synththeory.sim.questions.divergence import DIVERGENCE, FLOOR, MISMATCH, PINSKER, Divergence
from synththeory.sim.results.summary import Summary
from synththeory.sim.results.two_terms import TwoTerms, terms_of, widths_of

_ROWS, _WIDTH = "rows", "width"
_HEIGHT = 2.6


@draws(Divergence)
def draw_divergence(summary: Summary, title: str) -> Drawing:
    """One panel over the rows of a class, and one over the width where nets have several.

    Parameters
    ----------
    summary : Summary
        Of a design with ``[divergence]``.
    title : str
        Above the panels.
    """
    if len(summary.design.cells) == 1 and any(row.metric == FLOOR.name for row in summary.rows):
        return _floors(summary, title)
    widths, terms = widths_of(summary), terms_of(summary)
    panels = [_over_rows(summary), *([_over_width(summary, widths, terms)] if len(set(widths.values())) > 1 else [])]
    headings = [r"$\bf{a}$  against the rows read", r"$\bf{b}$  against the width"][: len(panels)]
    cell = summary.design.cells[0]
    lines = _words(terms) if terms and cell.population.exact else ""
    note = f"{population_words(cell)}. {footnote(summary, lines, False, (), 'bars')}"
    figure, axes = framed(title, [Header(heading, "") for heading in headings], note, len(panels), _HEIGHT)
    words = ("rows of a class, $n$", "width of the net, $w$")
    for panel, points, name in zip(axes, panels, words, strict=False):
        scale_y([panel], extent(points))
        number_axis(panel, sorted({point.x for point in points if point.layer == "simulation"}), wide=True)
        panel.set_xlabel(name, labelpad=1.0)
        panel.set_ylabel("KL divergence, nats a row", labelpad=2.0)
        _draw(panel, points, looks([Name(arm) for arm in dict.fromkeys(point.arm for point in points)]))
    return Drawing(figure, tuple(point for points in panels for point in points))


def _floors(summary: Summary, title: str) -> Drawing:
    """One cell: every generator's divergence, and the floor that it leaves, on a line of its own."""
    exact, first, bound, kl = (
        summary.select(metric=metric) for metric in (FLOOR.name, MISMATCH.name, PINSKER.name, DIVERGENCE.name)
    )
    lines = [Line(row.arm, row) for row in kl], [Line("", one, two) for one, two in zip(exact, first, strict=True)]
    bounds = ", ".join(f"{row.estimate:.2g}" for row in bound)
    words = ("", f"Open: to first order. Pinsker's bounds, from the top: {bounds}.")
    (cell,) = summary.design.cells
    note = f"{population_words(cell)}, groups of {cell.counts[0]} and {cell.counts[-1]} rows. "
    note += footnote(summary, "", False, (), "bars")
    headings = ("KL divergence", "Excess risk that no number of rows removes")
    figure, _, points = in_panels(title, headings, words, note, lines)
    return Drawing(figure, points)


def _over_rows(summary: Summary) -> list[Plotted]:
    return [
        Plotted(
            "a", cell.label, DIVERGENCE.name, row.arm, None, "simulation", _ROWS, float(cell.counts[-1]),
            row.estimate, row.lower, row.upper, row.mcse, row.replications, row.failed,
        )
        for cell in summary.design.cells
        for row in summary.select(cell=cell.swept, metric=DIVERGENCE.name)
    ]  # fmt: skip


def _over_width(summary: Summary, widths: Mapping[str, int], terms: TwoTerms | None) -> list[Plotted]:
    points = []
    for cell in summary.design.cells:
        name = f"$n={cell.counts[-1]}$"
        rows = [row for row in summary.select(cell=cell.swept, metric=DIVERGENCE.name) if row.arm in widths]
        points += [
            Plotted(
                "b", cell.label, DIVERGENCE.name, name, None, "simulation", _WIDTH, float(widths[row.arm]),
                row.estimate, row.lower, row.upper, row.mcse, row.replications, row.failed,
            )
            for row in rows
        ]  # fmt: skip
        if terms is not None and cell.population.exact:
            for width in np.geomspace(min(widths.values()), max(widths.values()), 30):
                value = terms.stated(float(width), float(cell.counts[-1]))
                where = "b", cell.label, DIVERGENCE.name, name, None
                points.append(Plotted(*where, "guide", _WIDTH, float(width), value))
    return points


def _words(terms: TwoTerms) -> str:
    capacity, data = terms.capacity.words, terms.data.words
    stated = (
        rf"$a/\sqrt{{w}}+b\,\log(w)/\sqrt{{n}}$ by least squares of relative errors, $a$ = {capacity}, $b$ = {data}"
    )
    powers = rf"$p$ = {terms.width_power.words}, $q$ = {terms.rows_power.words}"
    return rf"Dashed: {stated}. With powers free, $A w^{{-p}}+B\,\log(w)\,n^{{-q}}$: {powers}."


def _draw(axes: Axes, points: Sequence[Plotted], look: Mapping[str, Look]) -> None:
    labels = []
    for arm, style in look.items():
        seen = sorted((p for p in points if p.arm == arm and p.layer == "simulation"), key=lambda point: point.x)
        guide = [point for point in points if point.arm == arm and point.layer == "guide"]
        axes.plot([p.x for p in seen], [p.y for p in seen], color=style.colour, linewidth=1.0)
        axes.plot([p.x for p in guide], [p.y for p in guide], color=style.colour, linewidth=0.8, linestyle=(0, (4, 2)))
        for point in seen:
            low, high = (point.y if end is None else max(end, 1e-9) for end in (point.lower, point.upper))
            axes.plot([point.x] * 2, [low, high], color=style.colour, linewidth=0.8)
            axes.plot([point.x], [point.y], marker=style.mark, color=style.colour, markersize=3.6, zorder=3.0,
                      markeredgecolor="white", markeredgewidth=0.35)  # fmt: skip
        labels.append(EndLabel(style.name, seen[-1].x, seen[-1].y, style.colour))
    label_ends(axes, labels)
