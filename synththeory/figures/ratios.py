"""The ratio of two arms' excess risks over dimension and minority size, with the growth that theory names."""

from __future__ import annotations

import math
from collections.abc import Sequence

from synththeory.figures.parts.captions import footnote, key_words
from synththeory.figures.parts.frame import Drawing, Header, framed
from synththeory.figures.parts.lines import Trace, trace_panel
from synththeory.figures.parts.style import Name, looks, printed
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import EXCESS_RISK
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.rates import fitted_rate
from synththeory.sim.results.ratios import Ratio, ratios
from synththeory.sim.results.summary import Summary

SIZE, DIMENSION = "sample.minority", "population.dimension"
_METRIC = f"{EXCESS_RISK.name}_ratio"
_PILOT = "Its own error, up to a tenth in two dimensions, is not drawn."


def draw_ratios(summary: Summary, title: str) -> Drawing:
    """Two panels: the ratio over n1, one curve a dimension with its fitted slope; and over d, one curve a size.

    Parameters
    ----------
    summary : Summary
        A study that sweeps `SIZE` and `DIMENSION` with two generators at one multiplier: the second over the first.
    title : str
        Above the panels.
    """
    first, second = summary.design.cells[0].arms[:2]
    below, above = first.label, second.label
    found = ratios(summary, above, below)
    names = f"{printed(*second.names)}/{printed(*first.names)}"
    slopes = Header(r"$\bf{a}$  Growth in the minority size", "Fitted slope ± 95 %, and XK's asymptotic ½ − 1/d.")
    sizes = Header(r"$\bf{b}$  Growth in the dimension", "The same numbers; above 1 the bootstrap wins.")
    figure, axes = framed(title, [slopes, sizes], _note(summary), 2, 2.8)
    panels = (
        _traces(summary, found, "a", SIZE, DIMENSION, (below, above)),
        _traces(summary, found, "b", DIMENSION, SIZE, (below, above)),
    )
    for panel, traces, key in zip(axes, panels, (SIZE, DIMENSION), strict=True):
        trace_panel(panel, traces, level=1.0, ticks=sorted({_at(ratio, key) for ratio in found}))
        panel.set_xlabel(key_words(key), labelpad=1.0)
    axes[0].set_ylabel(f"ratio of excess risks, {names}", labelpad=2.0)
    return Drawing(figure, tuple(point for traces in panels for trace in traces for point in trace.points))


def _traces(
    summary: Summary, found: Sequence[Ratio], panel: str, along: str, apart: str, arms: tuple[str, str]
) -> list[Trace]:
    values = sorted({_at(ratio, apart) for ratio in found})
    look = looks(Name(f"{apart}={value:g}") for value in values)
    traces = []
    for value, (name, style) in zip(values, look.items(), strict=True):
        mine = sorted((ratio for ratio in found if _at(ratio, apart) == value), key=lambda ratio: _at(ratio, along))
        places = [_at(ratio, along) for ratio in mine]
        pairs = list(zip(places, mine, strict=True))
        points = [_simulated(panel, name, along, x, ratio) for x, ratio in pairs]
        theory = [_predicted(summary, panel, name, along, x, ratio, arms) for x, ratio in pairs]
        label = f"$d={value:g}$: {_slope(places, mine, value)}" if along == SIZE else f"$n_1={value:g}$"
        traces.append(Trace(name, label, style, (*points, *(point for point in theory if point is not None))))
    return traces


def _slope(sizes: Sequence[float], mine: Sequence[Ratio], dimension: float) -> str:
    rate = fitted_rate(sizes, mine)
    return f"{rate.slope:.2f} ± {rate.slope - rate.lower:.2f} ({0.5 - 1.0 / dimension:.2f})".replace("-", "−")


def _simulated(panel: str, name: str, along: str, x: float, ratio: Ratio) -> Plotted:
    half = NORMAL_QUANTILE * ratio.mcse
    return Plotted(
        panel, ratio.cell.label, _METRIC, name, ratio.multiplier, "simulation", along, x, ratio.estimate,
        ratio.estimate - half, ratio.estimate + half, ratio.mcse, ratio.replications,
    )  # fmt: skip


def _predicted(
    summary: Summary, panel: str, name: str, along: str, x: float, ratio: Ratio, arms: tuple[str, str]
) -> Plotted | None:
    theory = [
        row.theory or float("nan")
        for arm in arms
        for row in summary.select(cell=ratio.cell.swept, arm=arm, metric=EXCESS_RISK.name)
        if row.multiplier == ratio.multiplier
    ]
    value = theory[1] / theory[0]
    if not math.isfinite(value):
        return None
    return Plotted(panel, ratio.cell.label, _METRIC, name, ratio.multiplier, "theory", along, x, value, source="pilot")


def _at(ratio: Ratio, key: str) -> float:
    return float(str(ratio.cell.swept[key]))


def _note(summary: Summary) -> str:
    cell = summary.design.cells[0]
    facts = f"{cell.population.kind}, $n_0={cell.counts[0] / cell.counts[1]:g}\\,n_1$, γ = {cell.multipliers[0]:g}"
    return f"{facts}, {cell.learner.title}. {footnote(summary, _PILOT, True, [printed(*cell.arms[1].names)], 'bars')}"
