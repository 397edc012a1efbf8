"""Scales and ticks: logarithmic where that helps, printed as plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from synththeory.figures.parts.style import QUIET, RULE
from synththeory.figures.parts.table import Plotted

_WORTH_A_LOG = 8.0
_LEAST_SHARE = 0.02


def scale_y(axes: Sequence[Axes], values: Iterable[float], share: bool = False) -> None:
    """Limits around the values with a little air; logarithmic where they span more than a factor of eight.

    Parameters
    ----------
    axes : sequence of Axes
        Panels that share the scale.
    values : iterable of float
        Everything drawn on them.
    share : bool
        Whether they are shares: the scale is as long as two hundredths at least, and differences of none look it.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    if share and high - low < _LEAST_SHARE:
        low = min(max(0.5 * (low + high - _LEAST_SHARE), 0.0), 1.0 - _LEAST_SHARE)
        high = low + _LEAST_SHARE
    logarithmic = low > 0.0 and high / low > _WORTH_A_LOG
    for panel in axes:
        if logarithmic:
            air = (high / low) ** 0.06
            panel.set_yscale("log")
            panel.set_ylim(low / air, high * air)
            log_ticks(panel.yaxis, low / air, high * air)
        else:
            air = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
            panel.set_ylim(0.0 if 0.0 <= low < 0.25 * high else low - air, high + air)


def extent(points: Iterable[Plotted]) -> Iterator[float]:
    """Everything of some points that should be seen: means, and their intervals unless these nearly reach zero."""
    for point in points:
        yield point.y
        yield from (bound for bound in (point.lower, point.upper) if bound is not None and bound > 0.3 * point.y)


def log_ticks(axis: Axis, low: float, high: float) -> None:
    """Ticks of a logarithmic axis: 1, 2, 5 over two decades or less, otherwise decades with small ticks between."""
    decades = math.log10(high / low)
    subs = (1.0, 2.0, 5.0) if decades <= 2.2 else (1.0,)
    axis.set_major_locator(LogLocator(subs=subs, numticks=20))
    words = plain_number if low > 0.7e-4 else power_of_ten
    axis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))
    axis.set_minor_locator(LogLocator(subs=tuple(range(2, 10)), numticks=20))
    axis.set_minor_formatter(NullFormatter())


def fixed_ticks(axis: Axis, values: Sequence[float], words: Sequence[str]) -> None:
    """Ticks at given values with given words and none between."""
    axis.set_major_locator(FixedLocator(list(values)))
    axis.set_major_formatter(FuncFormatter(lambda _, place: words[place] if place is not None else ""))
    axis.set_minor_locator(NullLocator())


def multiplier_axis(axes: Axes, last: float) -> None:
    """The axis of γ from 0 to ``last``, with a vertical line at balance, γ = 1."""
    pad = 0.02 * last or 0.05
    axes.set_xlim(-pad, last + pad)
    step = next((step for step in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if last / step <= 5.0), last / 4.0 or 1.0)
    ticks = [round(step * place, 10) for place in range(int(last / step + 1e-9) + 1)]
    ticks = sorted({*ticks, 1.0}) if last >= 1.0 else ticks
    fixed_ticks(axes.xaxis, ticks, [f"{tick:g}" for tick in ticks])
    if last >= 1.0:
        axes.axvline(1.0, color=RULE, linewidth=0.7, zorder=0.5)
        axes.text(1.0, 1.012, "balance", transform=axes.get_xaxis_transform(), ha="center", fontsize=7.5, color=QUIET)


def number_axis(axes: Axes, values: Sequence[float], wide: bool = False) -> None:
    """The axis of a swept number: ticks at its values, at most six of them labelled; logarithmic over a wide range.

    Parameters
    ----------
    axes : Axes
        Whose horizontal axis it is.
    values : sequence of float
        The swept values.
    wide : bool
        Whether marks beside the first and the last value need room.
    """
    low, high = min(values), max(values)
    share = 0.06 if wide else 0.03
    if low > 0.0 and high / low > _WORTH_A_LOG:
        axes.set_xscale("log")
        air = (high / low) ** share
        axes.set_xlim(low / air, high * air)
    else:
        pad = share * (high - low) or 0.5
        axes.set_xlim(low - pad, high + pad)
    every = _labelled_every(len(values))
    apart = _far_apart(axes, [value for i, value in enumerate(values) if i % every == 0])
    fixed_ticks(axes.xaxis, values, [f"{value:g}" if value in apart else "" for value in values])


def plain_number(value: float) -> str:
    """0.002 rather than 2 × 10⁻³."""
    return f"{value:g}"


def power_of_ten(value: float) -> str:
    """10⁻³, or 2 × 10⁻³."""
    exponent = math.floor(math.log10(value) + 1e-9)
    lead = round(value / 10.0**exponent)
    power = rf"10^{{{exponent}}}"
    return f"${power}$" if lead == 1 else rf"${lead}\times {power}$"


def _far_apart(axes: Axes, values: Sequence[float]) -> list[float]:
    """Values whose labels do not touch, on the axis' own scale, the first and the last among them."""
    places = axes.xaxis.get_transform().transform(np.array(values))
    near = 0.12 * (places[-1] - places[0])
    kept = [0]
    for i in range(1, len(values)):
        if places[i] - places[kept[-1]] >= near and (i == len(values) - 1 or places[-1] - places[i] >= near):
            kept.append(i)
    return [values[i] for i in {*kept, len(values) - 1}]


def _labelled_every(count: int) -> int:
    """Step between labelled ticks: at most six, both ends among them where some step allows it."""
    return next((step for step in range(-(-count // 6), count) if (count - 1) % step == 0), 1)
