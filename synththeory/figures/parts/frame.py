"""The frame of a figure: panels, headers and footnote placed in inches, the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synththeory.figures.parts.labels import wrapped
from synththeory.figures.parts.style import QUIET
from synththeory.figures.parts.table import Plotted

WIDTHS = {1: 4.4, 2: 7.0, 3: 7.4}
"""Width of a figure in inches by its number of columns: two columns of a journal page, or a little more than one."""

_LEFT, _RIGHT, _BETWEEN = 0.58, 0.06, 0.16
_LINE, _WORDS_SIZE = 0.142, 8.0
_TITLE, _HEADING, _AXIS = 0.30, 0.19, 0.42


@dataclass(frozen=True)
class Header:
    """A panel's heading and the words under it."""

    heading: str
    words: str


@dataclass(frozen=True, eq=False)
class Drawing:
    """A finished figure and every number in it."""

    figure: Figure
    points: tuple[Plotted, ...]


def framed(
    title: str,
    headers: Sequence[Header],
    footnote: str,
    columns: int,
    height: float,
    shared: bool = False,
    air: float = 0.06,
) -> tuple[Figure, list[Axes]]:
    """An empty figure with its words in place.

    Parameters
    ----------
    title : str
        Above everything; may be empty.
    headers : sequence of Header
        One a panel, row by row; words that all panels share are written once, under the title.
    footnote : str
        Below everything.
    columns : int
        Panels a row.
    height : float
        Height of a panel in inches.
    shared : bool
        Whether the panels of a row share their vertical axis, so that only the first needs room for it.
    air : float
        Between a panel and the words above it, in inches.
    """
    width = WIDTHS[columns]
    rows = -(-len(headers) // columns)
    margins = [_LEFT if place == 0 or not shared else _BETWEEN for place in range(columns)]
    panel = (width - sum(margins) - _RIGHT * columns) / columns
    figure = Figure(figsize=(width, 1.0))
    common = headers[0].words if len({header.words for header in headers}) == 1 < len(headers) else ""
    subtitle = wrapped(figure, common, _WORDS_SIZE, width - 0.2)
    words = ["" if common else wrapped(figure, header.words, _WORDS_SIZE, panel) for header in headers]
    note = wrapped(figure, footnote, _WORDS_SIZE, width - 0.2)
    heads = [
        _HEADING + _LINE * max(_lines(text) for text in words[row * columns : (row + 1) * columns]) + air
        for row in range(rows)
    ]
    foot = _LINE * _lines(note) + 0.10
    above = _TITLE if title else 0.06
    top = above + _LINE * _lines(subtitle) + (0.08 if subtitle else 0.0)
    total = top + sum(heads) + rows * (height + _AXIS) + foot
    figure.set_size_inches(width, total)
    if title:
        figure.text(0.10 / width, 1.0 - 0.20 / total, title, fontsize=10.5, fontweight="bold", va="baseline")
    figure.text(0.10 / width, 1.0 - above / total, subtitle, fontsize=_WORDS_SIZE, va="top", linespacing=1.15)
    figure.text(0.10 / width, (foot - 0.04) / total, note, fontsize=_WORDS_SIZE, color=QUIET, va="top",
                linespacing=1.15)  # fmt: skip

    panels: list[Axes] = []
    for place, (header, text) in enumerate(zip(headers, words, strict=True)):
        row, column = divmod(place, columns)
        left = sum(margins[: column + 1]) + column * (panel + _RIGHT)
        head = total - top - sum(heads[:row]) - row * (height + _AXIS)
        bottom = head - heads[row] - height
        axes = figure.add_axes((left / width, bottom / total, panel / width, height / total))
        figure.text(left / width, (head - 0.13) / total, header.heading, fontsize=9.5, va="baseline")
        figure.text(left / width, (head - _HEADING) / total, text, fontsize=_WORDS_SIZE, va="top",
                    linespacing=1.15)  # fmt: skip
        if shared and column:
            axes.tick_params(labelleft=False)
        panels.append(axes)
    return figure, panels


def letter(place: int) -> str:
    """Letter of a panel: a to z, then aa, ab, …"""
    first, last = divmod(place, 26)
    return ("" if first == 0 else chr(ord("a") + first - 1)) + chr(ord("a") + last)


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0
