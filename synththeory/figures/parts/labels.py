"""Names at the ends of curves, moved apart where they would touch: no legend box, no collision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from synththeory.arrays import Vector

_GAP = 5.0  # points between the end of a curve and its name
_SPACE = 0.27  # a blank, in font sizes
_AIR = 1.1  # line height of a name, in heights of its text


@dataclass(frozen=True)
class EndLabel:
    """The name of a curve and the data coordinates of the curve's last point."""

    text: str
    x: float
    y: float
    colour: str


def label_ends(axes: Axes, labels: Sequence[EndLabel], size: float = 8.5) -> None:
    """Write the names to the right of their curves, inside the axes.

    The horizontal limits are stretched to make room; names are moved up or down by the least squares amount that
    separates them, and a thin line ties each moved name to its curve. Call it last: it needs the final limits.

    Parameters
    ----------
    axes : Axes
        In their final place, limits set.
    labels : sequence of EndLabel
        One a curve; lines of a text are separated by a newline.
    size : float
        Font size in points.
    """
    if not labels:
        return
    figure = cast(Figure, axes.figure)
    texts = [
        axes.text(0.0, 0.0, label.text, color=label.colour, fontsize=size, transform=axes.transAxes, va="center",
                  linespacing=1.0)
        for label in labels
    ]  # fmt: skip
    widths, heights = np.array([text_size(figure, text) for text in texts]).T
    frame = axes.get_window_extent()
    pixel = figure.dpi / 72.0
    _make_room(axes, float(widths.max()) + 2.4 * _GAP * pixel, frame.width)

    ends = axes.transAxes.inverted().transform(axes.transData.transform([(label.x, label.y) for label in labels]))
    half = 0.5 * _AIR * heights / frame.height
    middles = separated(np.clip(ends[:, 1], half, 1.0 - half), half)
    for text, end, middle, label in zip(texts, ends, middles, labels, strict=True):
        start = end[0] + 2.0 * _GAP * pixel / frame.width
        text.set_position((start, middle))
        inset = 0.35 * _GAP * pixel / frame.width
        axes.add_line(
            Line2D([end[0] + 2.0 * inset, start - inset], [min(max(end[1], 0.0), 1.0), middle], color=label.colour,
                   linewidth=0.5, transform=axes.transAxes, clip_on=False)
        )  # fmt: skip


def separated(targets: Vector, half: Vector) -> Vector:
    """Positions nearest to the targets, in the sense of least squares, at which intervals do not overlap.

    With the intervals in the order of their targets, position_i − offset_i must not decrease, where offset_i is the
    stack height below interval i: an isotonic regression, clipped so that the stack stays within [0, 1].

    Parameters
    ----------
    targets : Vector
        (n,) wanted midpoints in [0, 1].
    half : Vector
        (n,) half-lengths.

    Returns
    -------
    Vector
        (n,) midpoints; a stack longer than 1 is centred on ½.
    """
    order = np.argsort(targets, kind="stable")
    lengths = 2.0 * half[order]
    offsets = np.cumsum(lengths) - 0.5 * lengths
    free = 1.0 - float(lengths.sum())
    fitted = rising(targets[order] - offsets)
    fitted = np.clip(fitted, 0.0, free) if free >= 0.0 else np.full(fitted.shape, 0.5 * free)
    result = np.empty_like(targets)
    result[order] = fitted + offsets
    return result


def rising(values: Vector) -> Vector:
    """The nearest sequence that never falls, (n,), in least squares: neighbours that fall are pooled at their mean."""
    pools: list[tuple[float, int]] = []
    for value in values.tolist():
        mean, count = value, 1
        while pools and pools[-1][0] >= mean:
            before, members = pools.pop()
            mean, count = (members * before + count * mean) / (members + count), members + count
        pools.append((mean, count))
    return np.repeat([mean for mean, _ in pools], [count for _, count in pools]) if pools else values


def text_size(figure: Figure, text: Text) -> tuple[float, float]:
    """Width and height of a text in pixels."""
    box = text.get_window_extent(dpi=figure.dpi)
    return float(box.width), float(box.height)


def wrapped(figure: Figure, words: str, size: float, width: float) -> str:
    """Break words into lines of at most ``width`` inches; a formula in dollars is one word."""
    lines: list[str] = []
    used = 0.0
    probe = figure.text(0.0, 0.0, "", fontsize=size)
    space = _SPACE * size / 72.0 * figure.dpi
    for word in filter(None, _whole_words(words)):
        probe.set_text(word)
        length = text_size(figure, probe)[0]
        if lines and used + space + length <= width * figure.dpi:
            lines[-1] += f" {word}"
            used += space + length
        else:
            lines.append(word)
            used = length
    probe.remove()
    return "\n".join(lines)


def _whole_words(words: str) -> list[str]:
    whole: list[str] = []
    for word in words.split(" "):
        if whole and whole[-1].count("$") % 2:
            whole[-1] += f" {word}"
        else:
            whole.append(word)
    return whole


def _make_room(axes: Axes, needed: float, width: float) -> None:
    """Stretch the right limit so that ``needed`` of the ``width`` pixels lie beyond the present one."""
    scale = axes.xaxis.get_transform()
    low, high = scale.transform(np.array(axes.get_xlim()))
    share = min(needed / width, 0.6)
    stretched = low + (high - low) / (1.0 - share)
    axes.set_xlim(float(scale.inverted().transform(np.array([low]))[0]),
                  float(scale.inverted().transform(np.array([stretched]))[0]))  # fmt: skip
