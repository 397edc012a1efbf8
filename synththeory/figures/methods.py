"""Methods down the page, balanced log loss and AUROC side by side: a threshold-free measure beside a calibrated one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from synththeory.figures.parts.captions import choice_words, footnote, population_words, sample_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import INK, RULE, printed
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import BALANCED_LOSS, metric_of
from synththeory.sim.questions.selected import AFTER_PLATT
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

_ROW = 0.19  # inches a method
_NAMES = 0.8  # room for names, over the width of the numbers
_SCALED = "platt:"
_COIN = math.log(2.0)


@dataclass(frozen=True)
class Method:
    """One line of the figure.

    Attributes
    ----------
    name : str
        As printed.
    row : Row
        Its balanced loss.
    scaled : Row or None
        Its balanced loss after Platt scaling.
    """

    name: str
    row: Row
    scaled: Row | None


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
    methods = list(_methods(summary))
    headers = [
        Header(rf"$\bf{{{letter(0)}}}$  Balanced log loss", "Open: after Platt scaling. Dashed: a coin, ln 2."),
        Header(rf"$\bf{{{letter(1)}}}$  AUROC", "What no change of prior or scale can move."),
    ]
    note = f"{population_words(cell)}, {sample_words((cell,))}, {cell.learner.kind}. "
    note += footnote(summary, choice_words(summary).replace(" (dotted)", ""), False, (), "bars")
    figure, (losses, areas) = framed(title, headers, note, 2, _ROW * len(methods) + 0.1, air=0.08)
    points = [*_drawn(losses, methods, summary, BALANCED_LOSS.name, "a")]
    points += _drawn(areas, methods, summary, "auroc", "b")
    losses.axvline(_COIN, color=INK, linewidth=0.7, linestyle="dashed", zorder=0.6)
    return Drawing(figure, tuple(points))


def _methods(summary: Summary) -> Iterator[Method]:
    """The free fixes, the chosen sizes, then the fixed sizes; a scaled fix belongs to the fix it scales."""
    last = {row.arm: row for row in summary.select(metric=BALANCED_LOSS.name)}
    chosen = {row.arm: row for row in summary.select(metric=AFTER_PLATT)}
    plain = {arm: row for arm, row in last.items() if not arm.startswith(_SCALED)}
    for arm, row in sorted(plain.items(), key=lambda item: _place(summary, item[1])):
        name = printed(*summary.arms[arm].names)
        size = "" if row.multiplier is None else f", γ = {row.multiplier:g}"
        yield Method(f"{name}{size}", row, last.get(f"{_SCALED}{arm}", chosen.get(arm)))


def _place(summary: Summary, row: Row) -> int:
    if summary.arms[row.arm].use is None:
        return 0
    return 1 if row.multiplier is None else 2


def _drawn(axes: Axes, methods: Sequence[Method], summary: Summary, metric: str, panel: str) -> Iterator[Plotted]:
    found = [summary.select(arm=each.row.arm, metric=metric)[-1] for each in methods]
    scaled = [each.scaled if metric == BALANCED_LOSS.name else None for each in methods]
    shown = [row for row in (*found, *scaled) if row is not None]
    low, high = min(row.estimate for row in shown), max(row.estimate for row in shown)
    named = metric == BALANCED_LOSS.name
    axes.set_xlim(low - (_NAMES if named else 0.08) * (high - low), high + 0.08 * (high - low))
    axes.set_ylim(len(methods) - 0.4, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.set_xlabel(metric_of(metric).label, labelpad=1.0)
    axes.set_xticks([tick for tick in axes.get_xticks() if low - 0.08 * (high - low) <= tick <= high])
    for place, (method, row, other) in enumerate(zip(methods, found, scaled, strict=True)):
        axes.axhline(place, color=RULE, linewidth=0.3, zorder=0.4)
        if named:
            axes.text(0.0, place, f"{method.name} ", transform=axes.get_yaxis_transform(), fontsize=7.5, va="center",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip
        for each, face in ((row, INK), (other, "white")):
            if each is not None:
                axes.plot([each.lower, each.upper], [place, place], color=INK, linewidth=0.9, zorder=2.0)
                axes.plot([each.estimate], [place], marker="o", markersize=3.8, markerfacecolor=face,
                          markeredgecolor=INK, markeredgewidth=0.8, zorder=3.0)  # fmt: skip
                yield _point(each, panel)


def _point(row: Row, panel: str) -> Plotted:
    return Plotted(
        panel, "", row.metric, row.arm, row.multiplier, "simulation", row.metric, row.estimate, row.estimate,
        row.lower, row.upper, row.mcse, row.replications, row.failed,
    )  # fmt: skip
