"""The map of when synthetic rows beat every free fix, predicted and simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from synththeory.arrays import Array, Vector
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import INK
from synththeory.figures.parts.table import Plotted
from synththeory.figures.writing import stem_of, versions, written
from synththeory.metrics import EXCESS_RISK
from synththeory.populations import Population
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.summary import Summary
from synththeory.theory.gain_map import FREE, SYNTHETIC, gain_at, two_normals

_LOW, _HIGH = 0.3, 3.0
_TICKS = (0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
_RATIO = 20.0


@dataclass(frozen=True, eq=False)
class Panel:
    """One map.

    Attributes
    ----------
    heading, words, across, up : str
        Heading, explanation and the names of the axes.
    x, y : Vector
        Places, (X,) and (Y,); y is drawn on a logarithmic scale.
    ratio : Array
        Predicted best synthetic over best free, (Y, X).
    checks : tuple of ((float, float), float)
        The same from a simulation, with its place.
    """

    heading: str
    words: str
    across: str
    up: str
    x: Vector
    y: Vector
    ratio: Array
    checks: tuple[tuple[tuple[float, float], float], ...]


def draw_gain_map(distances: Summary, shapes: Summary, path: str | Path, command: str) -> tuple[Path, ...]:
    """Theory as coloured maps with the break-even line; simulated places as discs in the same colours.

    Parameters
    ----------
    distances : Summary
        Sweeps the classes' distance and the class ratio at equal shapes.
    shapes : Summary
        Sweeps the minority's spread and its number of rows.
    path : str or Path
        As for `synththeory.figures.writing`.
    command : str
        What redoes the figure.
    """
    title = "When do synthetic rows beat every free fix?"
    origin = {"title": title, "source": shapes.design.source, "command": command, "versions": versions()}
    designs = f"{distances.design.toml}\n{shapes.design.toml}"
    return written(stem_of(path), lambda: _drawing(distances, shapes, title), designs, origin)


def _drawing(distances: Summary, shapes: Summary, title: str) -> Drawing:
    apart = sorted({_distance(cell.population) for cell in shapes.design.cells})
    panels = (_by_distance(distances), *(_by_shape(shapes, distance) for distance in reversed(apart)))
    headers = [Header(f"$\\bf{{{letter(place)}}}$  {panel.heading}", panel.words) for place, panel in enumerate(panels)]
    replications = distances.design.monte_carlo.replications, shapes.design.monte_carlo.replications
    note = (
        "Excess balanced risk of the best of moved-majority and scaled-majority over that of the best of reweighting, "
        "re-prioring and LDA; logistic regression, balanced, $d = 10$. Colours and lines: theory of first order. "
        f"Discs: means of {replications[0]} (a) and {replications[1]} (others) replications. Blue: synthetic rows win."
    )
    figure, axes = framed(title, headers, note, min(len(panels), 3), 2.7)
    for panel, area in zip(panels, axes, strict=True):
        _draw(figure, area, panel)
    points = (point for place, panel in enumerate(panels) for point in _plotted(letter(place), panel))
    return Drawing(figure, tuple(points))


def simulated_ratio(summary: Summary, cell: Cell) -> float:
    """Best synthetic over best free in one cell."""

    def best(kinds: Sequence[str]) -> float:
        return min(
            row.estimate for kind in kinds for row in summary.select(cell=cell.swept, arm=kind, metric=EXCESS_RISK.name)
        )

    return best([each.kind for each in SYNTHETIC]) / best([fix.kind for fix in FREE])


def _by_distance(summary: Summary) -> Panel:
    x, y = np.linspace(1.0, 4.0, 13), np.geomspace(3.0, 120.0, 9)
    minority = summary.design.cells[0].counts[1]
    ratio = np.array([[gain_at(two_normals(float(at), 1.0, 10), float(up), minority).ratio for at in x] for up in y])
    checks = tuple(
        ((_distance(cell.population), cell.counts[0] / cell.counts[1]), simulated_ratio(summary, cell))
        for cell in summary.design.cells
    )
    words = f"The classes differ by a shift, $n_1 = {minority}$: LDA has the right shape too, and no row beats it."
    return Panel("Equal shapes", words, "distance of the class means, δ", "class ratio, $n_0/n_1$", x, y, ratio, checks)


def _by_shape(summary: Summary, distance: float) -> Panel:
    x, y = np.linspace(0.65, 1.55, 19), np.geomspace(3.0, 120.0, 9)
    population = [two_normals(distance, float(at), 10) for at in x]
    ratio = np.array([[gain_at(each, _RATIO, round(10.0 * up)).ratio for each in population] for up in y])
    checks = tuple(
        ((_spread(cell.population), cell.counts[1] / cell.population.dimension), simulated_ratio(summary, cell))
        for cell in summary.design.cells
        if _distance(cell.population) == distance
    )
    words = f"δ = {distance:g}, $n_0/n_1 = {_RATIO:g}$: one estimated scale repairs what LDA assumes wrongly."
    return Panel("Unequal spreads", words, "spread, minority over majority", "$n_1/d$", x, y, ratio, checks)


def _distance(population: Population) -> float:
    return float(np.linalg.norm(population.laws[1].mean - population.laws[0].mean))


def _spread(population: Population) -> float:
    return float(np.sqrt(np.trace(population.laws[1].covariance) / np.trace(population.laws[0].covariance)))


def _draw(figure: Figure, axes: Axes, panel: Panel) -> None:
    norm = LogNorm(_LOW, _HIGH)
    shown = np.clip(panel.ratio, _LOW, _HIGH)
    mesh = axes.pcolormesh(panel.x, panel.y, shown, norm=norm, cmap="RdBu_r", shading="gouraud", rasterized=True)
    axes.contour(panel.x, panel.y, panel.ratio, levels=[1.0], colors=INK, linewidths=1.4)
    fine = axes.contour(panel.x, panel.y, panel.ratio, levels=[0.5, 0.7, 1.2, 1.5], colors=INK, linewidths=0.5)
    axes.clabel(fine, fmt=lambda level: f"{level:g}", fontsize=6.5, inline_spacing=2)
    for at, value in panel.checks:
        axes.scatter(*at, c=[min(max(value, _LOW), _HIGH)], norm=norm, cmap="RdBu_r", s=34, edgecolors=INK,
                     linewidths=0.8, zorder=3, clip_on=False)  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlim(float(panel.x[0]), float(panel.x[-1]))
    axes.set_ylim(float(panel.y[0]), float(panel.y[-1]))
    axes.yaxis.set_major_locator(FixedLocator([3.0, 5.0, 10.0, 20.0, 50.0, 100.0]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel(panel.across, labelpad=1.0)
    axes.set_ylabel(panel.up, labelpad=1.0)
    box = axes.get_position()
    axes.set_position((box.x0, box.y0 + 0.20 * box.height, box.width, 0.80 * box.height))
    bar = figure.colorbar(mesh, cax=axes.inset_axes((0.0, -0.27, 1.0, 0.04)), orientation="horizontal")
    bar.ax.xaxis.set_major_locator(FixedLocator(_TICKS))
    bar.ax.xaxis.set_minor_locator(NullLocator())
    bar.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _plotted(name: str, panel: Panel) -> Iterator[Plotted]:
    arm, key = "best synthetic over best free", panel.across
    for up, row in zip(panel.y, panel.ratio, strict=True):
        for at, value in zip(panel.x, row, strict=True):
            yield Plotted(name, f"{panel.up}={up:.4g}", "ratio", arm, None, "theory", key, float(at), float(value),
                          source="closed form")  # fmt: skip
    for (place, height), value in panel.checks:
        yield Plotted(name, f"{panel.up}={height:.4g}", "ratio", arm, None, "simulation", key, place, value)
