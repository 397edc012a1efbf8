"""What each generator is: generators down the page, one panel a measure, one mark a population."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from synththeory.figures.parts.captions import population_words, sample_words
from synththeory.figures.parts.frame import Drawing
from synththeory.figures.parts.style import QUIET, RULE, Look, Name, looks, printed
from synththeory.figures.parts.table import Plotted
from synththeory.figures.registry import draws
from synththeory.sim.questions.anatomy import BIAS, Dissected, GeneratorAnatomy
from synththeory.sim.results.summary import Summary

_ROW, _TOP, _BOTTOM = 0.20, 0.72, 0.62
_LEFT, _WIDTH = 1.45, 9.2
_HEADINGS = {
    "bias": "bias / error of the\nseeds' mean score",
    "fluctuation": r"$\mathrm{tr}\,V_m\,/\,\mathrm{tr}\,\Sigma_1$" + "\n(0: fresh, 1: bootstrap)",
    "coupling": r"$\mathrm{tr}\,C\,/\,\mathrm{tr}\,\Sigma_1$" + "\n(1: follows the seeds)",
    "spread": "spread over the\nminority's",
    "near_copies": "share of\nnear-copies",
    "coverage": "share of fresh\nrows covered",
}
_GUIDES = {"bias": 0.0, "fluctuation": 1.0, "coupling": 1.0, "spread": 1.0, "near_copies": 0.0, "coverage": 1.0}


@draws(GeneratorAnatomy)
def draw_anatomy(summary: Summary, title: str) -> Drawing:
    """Simulated marks with theory's bars through them.

    Parameters
    ----------
    summary : Summary
        Of a design with ``[anatomy]``.
    title : str
        Above the panels.
    """
    cells, arms = summary.design.cells, [arm.label for arm in summary.design.cells[0].arms]
    metrics = Dissected.metrics
    height = _TOP + _BOTTOM + _ROW * len(arms)
    figure = Figure(figsize=(_WIDTH, height))
    figure.text(0.01, 1.0 - 0.16 / height, title, va="center", weight="bold")
    names = [cell.label or "the population" for cell in cells]
    look = looks(map(Name, names))
    points = tuple(_points(summary))
    width = (1.0 - _LEFT / _WIDTH - 0.01) / len(metrics)
    for place, metric in enumerate(metrics):
        box = (_LEFT / _WIDTH + place * width, _BOTTOM / height, 0.88 * width, _ROW * len(arms) / height)
        axes = figure.add_axes(box)
        axes.set_title(_HEADINGS[metric], fontsize=8.0)
        axes.axvline(_GUIDES[metric], color=RULE, linewidth=0.8)
        for number, (cell, name) in enumerate(zip(cells, names, strict=True)):
            offset = (number - 0.5 * (len(cells) - 1)) * 0.22
            _marks(axes, [p for p in points if p.metric == metric and p.cell == cell.label], arms, offset, look[name])
        axes.set_ylim(len(arms) - 0.5, -0.5)
        axes.set_yticks(range(len(arms)), [printed(arm) for arm in arms] if place == 0 else [""] * len(arms))
        axes.tick_params(axis="y", length=0.0)
        if metric == BIAS.name:  # a fixed wrong law is tens of standard errors off
            axes.set_xscale("symlog", linthresh=1.0)
            axes.set_xticks([0.0, 1.0, 3.0, 10.0], ["0", "1", "3", "10"])
            axes.minorticks_off()
        else:
            axes.locator_params(axis="x", nbins=4)
    _words_below(figure, summary, look, height)
    return Drawing(figure, points)


def _points(summary: Summary) -> Iterator[Plotted]:
    letters = {metric: "abcdef"[place] for place, metric in enumerate(Dissected.metrics)}
    for cell in summary.design.cells:
        for row in summary.select(cell=cell.swept):
            where = letters[row.metric], cell.label, row.metric, row.arm, None
            yield Plotted(
                *where, "simulation", "measure", nan, row.estimate, row.lower, row.upper, row.mcse, row.replications,
                row.failed,
            )  # fmt: skip
            if row.theory is not None:
                yield Plotted(*where, "theory", "measure", nan, row.theory)


def _marks(axes: Axes, points: Sequence[Plotted], arms: Sequence[str], offset: float, look: Look) -> None:
    for point in points:
        height = arms.index(point.arm) + offset
        if point.layer == "theory":
            axes.plot([point.y, point.y], [height - 0.12, height + 0.12], color=look.colour, linewidth=1.2)
            continue
        assert point.lower is not None  # a simulated mean has an interval
        assert point.upper is not None
        axes.plot([point.lower, point.upper], [height, height], color=look.colour, linewidth=0.7)
        axes.plot([point.y], [height], look.mark, color=look.colour, markersize=2.8, markerfacecolor="none")


def _words_below(figure: Figure, summary: Summary, looks_of: dict[str, Look], height: float) -> None:
    """Which mark is which population, and what was run."""
    cells = summary.design.cells
    handles = [
        Line2D([], [], color=look.colour, marker=look.mark, linestyle="", markersize=4, markerfacecolor="none")
        for look in looks_of.values()
    ]
    figure.legend(
        handles, [population_words(cell) for cell in cells], loc="lower left", ncols=len(cells), frameon=False,
        bbox_to_anchor=(0.005, 0.14 / height), handletextpad=0.2,
    )  # fmt: skip
    runs = max(row.replications for row in summary.rows)
    note = (
        f"{sample_words(cells)}, {cells[0].learner.title} score at its optimum, {runs} replications, 95 % intervals; "
    )
    figure.text(0.01, 0.10 / height, note + "bars: theory, by a pilot where no closed form is known.", color=QUIET)
