"""Methods down the page, a loss or an error and AUROC side by side: one that a threshold moves, and one it does not."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synththeory.figures.parts.captions import choice_words, footnote, population_words, sample_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import INK, RULE, printed
from synththeory.figures.parts.table import Plotted
from synththeory.learners import SGDMLP
from synththeory.metrics import BALANCED_ERROR, BALANCED_LOSS, metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.quantities import quantity
from synththeory.sim.questions.selected import AFTER_PLATT
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

_ROW = 0.19  # inches a method
_NAMES = 0.8  # least room for names, over the width of the numbers
_LETTER = 0.016  # width of a letter, over the panel's
_SCALED = "platt:"
_COIN = math.log(2.0)
_MOVED_BY_NOTHING = {
    "auroc": "What no threshold can move.",
    "margin_ratio": "Rare over frequent classes: no scale can move it.",
}


@dataclass(frozen=True)
class Line:
    """One line of a panel.

    Attributes
    ----------
    name : str
        As printed; empty where another panel says it.
    row : Row
        The filled point.
    other : Row or None
        The open one.
    """

    name: str
    row: Row
    other: Row | None = None


def draw_methods(summary: Summary, title: str) -> Drawing:
    """Every arm at its last multiplier: balanced log loss, the same after Platt scaling, and AUROC.

    Parameters
    ----------
    summary : Summary
        Of one cell, with a balanced log loss and the ranking measure ``"auroc"``.
    title : str
        Above the panels.
    """
    (cell,) = summary.design.cells
    losses = list(_methods(summary))
    areas = [Line("", summary.select(arm=each.row.arm, metric="auroc")[-1]) for each in losses]
    headers = ("Open: after Platt scaling. Dashed: a coin, ln 2.", "What no change of prior or scale can move.")
    note = f"{population_words(cell)}, {sample_words((cell,))}, {cell.learner.title}. "
    note += footnote(summary, choice_words(summary).replace(" (dotted)", ""), False, (), "bars")
    figure, panels, points = in_panels(title, ("Balanced log loss", "AUROC"), headers, note, (losses, areas))
    panels[0].axvline(_COIN, color=INK, linewidth=0.7, linestyle="dashed", zorder=0.6)
    return Drawing(figure, points)


def draw_variants(summary: Summary, title: str, beside: str = "auroc") -> Drawing:
    """Every cell of a sweep over the learner: balanced error, the same re-priored, and a measure beside it.

    A learner that weighs the classes alike has moved the prior already: it is not re-priored.

    Parameters
    ----------
    summary : Summary
        Whose cells differ in the learner alone, with the fix ``re-priored``.
    title : str
        Above the panels.
    beside : {"auroc", "margin_ratio"}
        The measure of the second panel.
    """
    cells = summary.design.cells
    errors, others = [], []
    for cell, words in zip(cells, _variant_words(cells), strict=True):
        plain, moved = (summary.select(arm=arm, cell=cell.swept) for arm in (cell.arms[0].label, "re-priored"))
        error, other, second = (
            next(row for row in rows if row.metric == metric)
            for rows, metric in ((plain, BALANCED_ERROR.name), (moved, BALANCED_ERROR.name), (plain, beside))
        )
        balanced = isinstance(cell.learner, SGDMLP) and cell.learner.balances
        errors.append(Line(words, error, None if balanced else other))
        others.append(Line("", second))
    headers = (r"Open: with the log of the class sizes taken off.", _MOVED_BY_NOTHING[beside])
    headings = ("Balanced error", metric_of(beside).heading if beside != "auroc" else "AUROC")
    note = f"{population_words(cells[0])}, {sample_words(cells)}, {cells[0].learner.title}. "
    note += footnote(summary, "", False, (), "bars")
    figure, _, points = in_panels(title, headings, headers, note, (errors, others))
    return Drawing(figure, points)


def in_panels(
    title: str, headings: Sequence[str], words: Sequence[str], note: str, lines: Sequence[Sequence[Line]]
) -> tuple[Figure, list[Axes], tuple[Plotted, ...]]:
    """Panels of lines, two in a row.

    Parameters
    ----------
    title, note : str
        Above and below them.
    headings, words : sequence of str
        Of each panel, and what is under its heading.
    lines : sequence of sequence of Line
        Of each panel, from the top.
    """
    headers = [
        Header(rf"$\bf{{{letter(place)}}}$  {heading}", under)
        for place, (heading, under) in enumerate(zip(headings, words, strict=True))
    ]
    figure, panels = framed(title, headers, note, 2, _ROW * max(map(len, lines)) + 0.1, air=0.08)
    points = [
        point
        for place, (axes, own) in enumerate(zip(panels, lines, strict=True))
        for point in _drawn(axes, own, letter(place))
    ]
    return figure, panels, tuple(points)


def _variant_words(cells: Sequence[Cell]) -> list[str]:
    """What sets each cell's learner apart from the others, in the words of its settings."""
    every = [dict(_settings(cell)) for cell in cells]
    told = []
    for own in every:
        differing = {word: value for word, value in own.items() if any(other.get(word) != value for other in every)}
        words = [_setting_words(word, entry) for word, entry in differing.items()]
        told.append(", ".join(words).replace("_", " ") or "plain")
    return told


def _setting_words(word: str, value: object) -> str:
    """A learner's setting by its value, its symbol or its name."""
    if isinstance(value, str):
        return value
    found = quantity(f"learner.{word}")
    return f"{found.symbol} = {value:g}" if found is not None and found.tex else f"{word} {json.dumps(value)}"


def _settings(cell: Cell) -> Iterator[tuple[str, object]]:
    """The swept settings of a cell, from tables and one by one."""
    for key, value in cell.swept.items():
        yield from value.items() if isinstance(value, Mapping) else ((key.rpartition(".")[2], value),)


def _methods(summary: Summary) -> Iterator[Line]:
    """The free fixes, the chosen sizes, then the fixed sizes; a scaled fix belongs to the fix it scales."""
    last = {row.arm: row for row in summary.select(metric=BALANCED_LOSS.name)}
    chosen = {row.arm: row for row in summary.select(metric=AFTER_PLATT)}
    plain = {arm: row for arm, row in last.items() if not arm.startswith(_SCALED)}
    for arm, row in sorted(plain.items(), key=lambda item: _place(summary, item[1])):
        name = printed(*summary.arms[arm].names)
        size = "" if row.multiplier is None else f", γ = {row.multiplier:g}"
        yield Line(f"{name}{size}", row, last.get(f"{_SCALED}{arm}", chosen.get(arm)))


def _place(summary: Summary, row: Row) -> int:
    if summary.arms[row.arm].use is None:
        return 0
    return 1 if row.multiplier is None else 2


def _drawn(axes: Axes, lines: Sequence[Line], panel: str) -> Iterator[Plotted]:
    shown = [row for line in lines for row in (line.row, line.other) if row is not None]
    ends = [end for row in shown for end in (row.estimate, row.lower, row.upper) if math.isfinite(end)]
    low, high = min(ends), max(ends)
    named = any(line.name for line in lines)
    share = min(_LETTER * max(len(line.name) for line in lines), 0.7)
    names = max(_NAMES, 1.08 * share / (1.0 - share))
    axes.set_xlim(low - (names if named else 0.08) * (high - low), high + 0.08 * (high - low))
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.set_xlabel(metric_of(lines[0].row.metric).label, labelpad=1.0)
    axes.set_xticks([tick for tick in axes.get_xticks() if low - 0.08 * (high - low) <= tick <= high])
    for place, line in enumerate(lines):
        axes.axhline(place, color=RULE, linewidth=0.3, zorder=0.4)
        if named:
            axes.text(0.0, place, f"{line.name} ", transform=axes.get_yaxis_transform(), fontsize=7.5, va="center",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
        for each, face in ((line.row, INK), (line.other, "white")):
            if each is not None:
                axes.plot([each.lower, each.upper], [place, place], color=INK, linewidth=0.9, zorder=2.0)
                axes.plot([each.estimate], [place], marker="o", markersize=3.8, markerfacecolor=face,
                          markeredgecolor=INK, markeredgewidth=0.8, zorder=3.0)  # fmt: skip
                yield _point(each, line.name, panel)


def _point(row: Row, cell: str, panel: str) -> Plotted:
    return Plotted(
        panel, cell, row.metric, row.arm, row.multiplier, "simulation", row.metric, row.estimate, row.estimate,
        row.lower, row.upper, row.mcse, row.replications, row.failed,
    )  # fmt: skip
