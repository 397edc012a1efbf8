"""Studies of K classes: the balanced risk over the multiplier, and beside it who pays: every class by its size."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.axes import Axes

from synththeory.figures.methods import draw_variants
from synththeory.figures.parts.axes import fixed_ticks
from synththeory.figures.parts.captions import footnote
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.lines import Trace, trace_panel
from synththeory.figures.parts.style import Look, looks
from synththeory.figures.parts.table import Plotted
from synththeory.figures.registry import draws
from synththeory.metrics import metric_of
from synththeory.populations.risks.class_sampled import class_error
from synththeory.populations.risks.measures import group_metric
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions import ClassCurves
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary


@draws(ClassCurves)
def draw_classes(summary: Summary, title: str) -> Drawing:
    """A line a learner where the study compares them by margins (see `draw_variants`).

    Otherwise two panels a cell: its first metric over γ, and every class's own risk or error where γ is nearest to one.

    Parameters
    ----------
    summary : Summary
        A study with ``[classes]``.
    title : str
        Above the panels.
    """
    if _of_learners(summary):
        return draw_variants(summary, title, "margin_ratio")
    headers: list[Header] = []
    panels: list[list[Trace]] = []
    for cell in summary.design.cells:
        look, metric, exact = looks(cell.arms), cell.risk.metrics[0], cell.risk.risk_method == "exact"
        one = min(cell.multipliers, key=lambda multiplier: abs(multiplier - 1.0))
        left, right = letter(len(panels)), letter(len(panels) + 1)
        panels.append([_over_multiplier(summary, cell, left, metric, arm, look[arm]) for arm in look])
        panels.append([_by_class(summary, cell, right, one, arm, look[arm]) for arm in look])
        fitted = f"{len(cell.counts)} classes, {cell.learner.title.replace('-', ' ')}"
        headers += [
            Header(rf"$\bf{{{left}}}$  {fitted}", ""),
            Header(rf"$\bf{{{right}}}$  {'Risk' if exact else 'Error'} of each class at γ = {one:g}", ""),
        ]
    points = tuple(point for traces in panels for trace in traces for point in trace.points)
    pilots = {
        trace.look.name for traces in panels for trace in traces for each in trace.points if each.source == "pilot"
    }
    note = footnote(summary, _facts(summary), any(point.layer == "theory" for point in points), sorted(pilots), "bars")
    figure, axes = framed(title, headers, note, 2, 2.0, air=0.14)
    for place, (panel, traces) in enumerate(zip(axes, panels, strict=True)):
        cell = summary.design.cells[place // 2]
        trace_panel(panel, traces, linear=True)
        _join(panel, traces)
        if place % 2 == 0:
            panel.set_ylabel(metric_of(cell.risk.metrics[0]).label, labelpad=2.0)
            panel.set_xlabel(r"synthetic multiplier, $\gamma=\tilde n_c/(\max n-n_c)$", labelpad=1.0)
            halves = sorted({round(2.0 * multiplier) / 2.0 for multiplier in cell.multipliers})
            fixed_ticks(panel.xaxis, halves, [f"{multiplier:g}" for multiplier in halves])
        else:
            exact = cell.risk.risk_method == "exact"
            panel.set_ylabel("balanced risk of the class" if exact else "0–1 error in the class", labelpad=2.0)
            panel.set_xlabel("class, by its real rows", labelpad=1.0)
            last, step = len(cell.counts) - 1, max(1, len(cell.counts) // 5)
            shown = sorted({*range(0, last - step // 2, step), last})
            fixed_ticks(panel.xaxis, [float(c) for c in shown], [f"{cell.counts[c]}" for c in shown])
    return Drawing(figure, points)


def _of_learners(summary: Summary) -> bool:
    """Whether a study sweeps the learner alone and measures its margins, with the fix ``re-priored``."""
    design = summary.design
    fixes = {arm.label for arm in design.cells[0].arms if arm.use is None}
    return (
        set(design.sweep) == {"learner"} and "re-priored" in fixes and "margin_ratio" in design.cells[0].scoring.ranking
    )


def _over_multiplier(summary: Summary, cell: Cell, panel: str, metric: str, arm: str, look: Look) -> Trace:
    points: list[Plotted] = []
    for row in summary.select(cell=cell.swept, arm=arm, metric=metric):
        x = float("nan") if row.multiplier is None else row.multiplier
        points += _plotted(panel, cell, row, "multiplier", x, _source(summary, arm))
    return Trace(arm, look.name, look, tuple(points))


def _by_class(summary: Summary, cell: Cell, panel: str, multiplier: float, arm: str, look: Look) -> Trace:
    points: list[Plotted] = []
    exact = cell.risk.risk_method == "exact"
    for place, stratum in enumerate(cell.population.strata):
        metric = group_metric(stratum) if exact else class_error(stratum)
        for row in summary.select(cell=cell.swept, arm=arm, metric=metric):
            if row.multiplier in (None, multiplier):
                points += _plotted(panel, cell, row, "class", float(place), _source(summary, arm))
    return Trace(arm, look.name, look, tuple(points))


def _plotted(panel: str, cell: Cell, row: Row, name: str, x: float, source: str) -> Iterator[Plotted]:
    yield Plotted(
        panel, cell.label, row.metric, row.arm, row.multiplier, "simulation", name, x, row.estimate, row.lower,
        row.upper, row.mcse, row.replications, row.failed,
    )  # fmt: skip
    if row.theory is not None:
        yield Plotted(panel, cell.label, row.metric, row.arm, row.multiplier, "theory", name, x, row.theory,
                      source=source)  # fmt: skip


def _source(summary: Summary, arm: str) -> str:
    found = {each.source for each in summary.agreements if each.arm == arm}
    return "pilot" if "pilot" in found else "closed form"


def _join(axes: Axes, traces: list[Trace]) -> None:
    """Simulated points that no theory's line joins."""
    for trace in traces:
        joined = [point for point in trace.layer("simulation") if point.x == point.x]
        if not trace.layer("theory") and len(joined) > 1:
            axes.plot([point.x for point in joined], [point.y for point in joined], color=trace.look.colour,
                      linewidth=0.8, alpha=0.6, zorder=2.0)  # fmt: skip


def _facts(summary: Summary) -> str:
    cells = {len(cell.counts): cell for cell in summary.design.cells}
    rows = "; ".join(f"{count} classes of {', '.join(map(str, cell.counts))} rows" for count, cell in cells.items())
    return f"{summary.design.population.kind}: {rows}. Dotted: a fit without synthetic rows (solid: its theory)."
