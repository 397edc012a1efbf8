"""Studies with groups: risks against all rows, the scaling law's slope and its floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synththeory.figures.parts.captions import footnote
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.lines import Trace, trace_panel
from synththeory.figures.parts.style import QUIET, RULE, Look, looks
from synththeory.figures.parts.table import Layer, Plotted
from synththeory.figures.registry import draws
from synththeory.metrics import EXCESS_RISK, metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions import GroupCurves
from synththeory.sim.questions.group_risks import LARGE, SMALL, WORST
from synththeory.sim.questions.oversampled import Oversampled
from synththeory.sim.results.rows import Row
from synththeory.sim.results.scaling import SHARE, ScalingFit, scaling_fits
from synththeory.sim.results.summary import Summary

_X = "rows"
_GUIDE_BELOW = 0.6


@draws(GroupCurves)
def draw_groups(summary: Summary, title: str) -> Drawing:
    """One panel a metric: the balanced risk of two classes; with more groups also the worst, large and small ones.

    Parameters
    ----------
    summary : Summary
        A study with ``augmentation.rows`` and one cell, or the first of them.
    title : str
        Above the panels.
    """
    cell = summary.design.cells[0]
    many = len(cell.counts) > 2
    metrics = (EXCESS_RISK.name, WORST, LARGE, SMALL) if many else (EXCESS_RISK.name,)
    fits = {fit.arm: fit for fit in scaling_fits(summary, cell)}
    look = looks(cell.arms)
    pilot = [fit.arm for fit in fits.values() if fit.source == "pilot"]
    letters = [letter(place) for place in range(len(metrics))]
    panels = [
        [_trace(summary, cell, name, metric, arm, look[arm], fits.get(arm), pilot) for arm in look]
        for name, metric in zip(letters, metrics, strict=True)
    ]
    headers = [
        Header((rf"$\bf{{{name}}}$  " if many else "") + metric_of(metric).heading, "")
        for name, metric in zip(letters, metrics, strict=True)
    ]
    figure, axes = framed(
        title,
        headers,
        _note(summary, cell, [look[arm].name for arm in pilot]),
        2 if many else 1,
        2.3 if many else 2.8,
        air=0.2,
    )
    for panel, traces, metric in zip(axes, panels, metrics, strict=True):
        trace_panel(panel, traces, "slope −1")
        panel.set_ylabel(metric_of(metric).label, labelpad=2.0)
        panel.set_xlabel(r"all rows, $n+m+N|G|$", labelpad=1.0)
        equal = len(cell.counts) * max(cell.counts)
        panel.axvline(equal, color=RULE, linewidth=0.7, zorder=0.5)
        panel.text(equal, 1.012, "equal groups", transform=panel.get_xaxis_transform(), ha="center", fontsize=7.5,
                   color=QUIET)  # fmt: skip
    return Drawing(figure, tuple(point for traces in panels for trace in traces for point in trace.points))


def _trace(
    summary: Summary,
    cell: Cell,
    panel: str,
    metric: str,
    arm: str,
    look: Look,
    fit: ScalingFit | None,
    pilot: Sequence[str],
) -> Trace:
    rows = summary.select(cell=cell.swept, arm=arm, metric=metric)
    points = list(_points(cell, panel, rows, "pilot" if arm in pilot else "closed form"))
    words, region = look.name, tuple[float, ...]()
    if fit is not None and metric == EXCESS_RISK.name:
        totals = [point.x for point in points if point.layer == "simulation"]
        region = tuple(totals[place] for place in fit.region) if fit.rate is not None else ()
        if fit.floored:
            points.append(_mark(cell, panel, arm, "floor", totals[-1], fit.floor))
            words += f"\nfloor {fit.floor:.3g}"
        elif fit.rate is not None:
            words += f"\nslope {fit.rate.slope:.2f} ± {fit.rate.slope - fit.rate.lower:.2f}".replace("-", "−")
        if fit.rate is not None and fit.floor <= 1e-6 * fit.variance:
            first = _GUIDE_BELOW * rows[fit.region[0]].estimate
            points += [_mark(cell, panel, arm, "guide", x, first * region[0] / x) for x in (region[0], region[-1])]
    return Trace(arm, words, look, tuple(points), region)


def _points(cell: Cell, panel: str, rows: Sequence[Row], source: str) -> Iterator[Plotted]:
    for row in rows:
        added = None if row.multiplier is None else row.synthetic_size
        x = float("nan") if added is None else float(sum(cell.counts) + added)
        yield Plotted(
            panel, cell.label, row.metric, row.arm, row.multiplier, "simulation", _X, x, row.estimate, row.lower,
            row.upper, row.mcse, row.replications, row.failed,
        )  # fmt: skip
        if row.theory is not None:
            yield Plotted(panel, cell.label, row.metric, row.arm, row.multiplier, "theory", _X, x, row.theory,
                          source=source)  # fmt: skip


def _mark(cell: Cell, panel: str, arm: str, layer: Layer, x: float, y: float) -> Plotted:
    return Plotted(panel, cell.label, EXCESS_RISK.name, arm, None, layer, _X, x, y)


def _note(summary: Summary, cell: Cell, pilot: Sequence[str]) -> str:
    counts = ", ".join(map(str, cell.counts))
    predicted = any(row.theory is not None for row in summary.rows)
    adding = [arm for arm in cell.arms if isinstance(arm, Oversampled)]
    weight = "all rows weighed alike" if adding[0].policy == "pooled" else f"α = {adding[0].policy}"
    marks = (
        f"Full marks: where the slope is fitted (predicted bias at most {100 * SHARE:g} % of the predicted excess). "
        "Dotted: predicted bias alone, or a fit without synthetic rows (solid: its theory)."
    )
    facts = f"{cell.population.kind}, $d={cell.population.dimension}$, groups of {counts} rows, {cell.learner.title}"
    return f"{facts}; {weight}. {footnote(summary, marks, predicted, pilot, 'bars')}"
