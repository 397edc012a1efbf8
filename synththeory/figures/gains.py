"""Predicted and simulated gains of bias correction over the minority size: one panel a population."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from synththeory.errors import DesignError
from synththeory.figures.parts.captions import footnote, key_words, population_words, spread_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.lines import Trace, trace_panel
from synththeory.figures.parts.style import RULE, Name, looks, printed
from synththeory.figures.parts.table import Plotted
from synththeory.sim.results.gains import Gain, gains
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.summary import Summary

SIZE = "sample.minority"
_METRIC = "gain_ratio"
_NOTE = "Lines: first-order theory; 1 is second-order theory, the band ±10 %."


def draw_gains(summary: Summary, title: str) -> Drawing:
    """Simulated gains, and those of first-order theory, over those of second-order theory, at the largest multiplier.

    Parameters
    ----------
    summary : Summary
        A study that sweeps `SIZE`, with a corrected arm and one that is not, and a closed form for some generator.
    title : str
        Above the panels.

    Raises
    ------
    DesignError
        When no gain has a closed form.
    """
    cells = summary.design.cells
    last = cells[0].multipliers[-1]
    found = [gain for gain in gains(summary) if gain.multiplier == last and gain.second_order]
    if not found:
        raise DesignError(
            "no gain has a second-order prediction, which is for least squares, Gaussian classes and closed forms"
        )
    firsts = list({gain.cell.population: gain.cell for gain in found}.values())
    tables = [
        _traces([gain for gain in found if gain.cell.population == cell.population], letter(place))
        for place, cell in enumerate(firsts)
    ]
    headers = [
        Header(rf"$\bf{{{letter(place)}}}$  {population_words(cell)}", f"{spread_words(cell).capitalize()}.")
        for place, cell in enumerate(firsts)
    ]
    facts = f"$n_0={cells[0].counts[0] / cells[0].counts[1]:g}\\,n_1$, {cells[0].learner.title}, γ = {last:g}. {_NOTE}"
    figure, axes = framed(title, headers, footnote(summary, facts, False, (), "bars"), min(len(headers), 2), 2.6)
    for panel, traces in zip(axes, tables, strict=True):
        panel.axhspan(0.9, 1.1, color=RULE, alpha=0.25, linewidth=0.0, zorder=0.4)
        trace_panel(panel, traces, level=1.0, ticks=sorted({float(gain.cell.counts[1]) for gain in found}))
        panel.set_xlabel(key_words(SIZE), labelpad=1.0)
    axes[0].set_ylabel("gain over its second-order prediction", labelpad=2.0)
    return Drawing(figure, tuple(point for traces in tables for trace in traces for point in trace.points))


def _traces(found: Sequence[Gain], panel: str) -> list[Trace]:
    """One curve a generator: simulated over second order as points, first order over second as a line."""
    uses = {gain.arm: gain.use for gain in found}
    look = looks(Name(use.generator.label) for use in uses.values())
    traces = []
    for name, use in uses.items():
        points = [point for gain in found if gain.arm == name for point in _points(gain, panel)]
        style = look[use.generator.label]
        words = style.name if len(look) == len(uses) else printed(*use.names)
        traces.append(Trace(name, words, style, tuple(points)))
    return traces


def _points(gain: Gain, panel: str) -> Iterator[Plotted]:
    unit, size = gain.second_order or math.nan, float(gain.cell.counts[1])
    middle, error = gain.estimate / unit, gain.mcse / abs(unit)
    half = NORMAL_QUANTILE * error
    yield Plotted(
        panel, gain.cell.label, _METRIC, gain.arm, gain.multiplier, "simulation", SIZE, size, middle, middle - half,
        middle + half, error, gain.replications,
    )  # fmt: skip
    if gain.first_order is not None:
        first = gain.first_order / unit
        yield Plotted(
            panel, gain.cell.label, _METRIC, gain.arm, gain.multiplier, "theory", SIZE, size, first,
            source="closed form",
        )  # fmt: skip
