"""The regime map: optimal amount and its gains over the direction and size of the generator's error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from synththeory.arrays import Array
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import INK
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import EXCESS_RISK
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.free_fix import FreeFix
from synththeory.sim.results.summary import Summary
from synththeory.theory.maps import regime_map
from synththeory.theory.sizes import best_multiplier

ANGLE, RATIO = "augmentation.generators.0.angle", "augmentation.generators.0.ratio"
_ANGLES, _RATIOS = 31, 21


@dataclass(frozen=True)
class Quantity:
    """One panel: what is mapped, and how it is coloured.

    Attributes
    ----------
    name, heading, words : str
        Name in the CSV, heading and explanation.
    low, high : float
        Ends of the logarithmic colour scale.
    colours : str
        Colour map, safe for colour-blind readers.
    ticks : tuple of float
        Labelled values and contour lines.
    """

    name: str
    heading: str
    words: str
    low: float
    high: float
    colours: str
    ticks: tuple[float, ...]


QUANTITIES = (
    Quantity("optimal_multiplier", "Optimal γ", "Risk-optimal amount.", 0.5, 8.0, "cividis", (0.5, 1.0, 2.0, 4.0, 8.0)),
    Quantity("gain_over_balancing", "Gain over balancing", "Excess at γ = 1 over its minimum.", 1.0, 100.0, "cividis",
             (1.0, 3.0, 10.0, 30.0, 100.0)),
    Quantity("gain_over_free_fix", "Gain over reweighting", "Above 1, synthetic rows win.", 0.03, 30.0, "PuOr",
             (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)),
)  # fmt: skip


def draw_regime_map(summary: Summary, title: str) -> Drawing:
    """Theory as coloured maps with contour lines; the simulated check as discs in the same colours.

    Parameters
    ----------
    summary : Summary
        A study that sweeps `ANGLE` and `RATIO` of a steered Gaussian generator.
    title : str
        Above the panels.
    """
    cell = summary.design.cells[0]
    ratios = [float(str(value)) for value in summary.design.sweep[RATIO]]
    angles, heights = np.linspace(0.0, 180.0, _ANGLES), np.linspace(0.0, max(ratios) * 1.1, _RATIOS)
    majority, minority = cell.counts
    fix = next(arm.baseline for arm in cell.arms if isinstance(arm, FreeFix))
    theory = regime_map(cell.population, cell.learner, (majority, minority), fix, angles, heights)
    maps = [getattr(theory, quantity.name) for quantity in QUANTITIES]
    checks = [(_at(each), simulated(summary, each)) for each in summary.design.cells]
    headers = [Header(f"$\\bf{{{letter(place)}}}$  {entry.heading}", entry.words)
               for place, entry in enumerate(QUANTITIES)]  # fmt: skip
    figure, panels = framed(title, headers, _note(summary, cell), 3, 2.6)
    points: list[Plotted] = []
    for place, (quantity, panel) in enumerate(zip(QUANTITIES, panels, strict=True)):
        found = [(at, values[place]) for at, values in checks]
        _panel(figure, panel, quantity, angles, heights, maps[place], found)
        points.extend(_plotted(letter(place), quantity, angles, heights, maps[place], found))
    panels[0].set_ylabel(r"size of the error, $\Vert g_\psi\Vert / \Vert g_\varphi\Vert$", labelpad=2.0)
    return Drawing(figure, tuple(points))


def simulated(summary: Summary, cell: Cell) -> tuple[float, float, float]:
    """The three quantities from the simulation of one cell.

    The gains are taken at the simulated multiplier nearest to theory's optimum, not at the best of the noisy curve.
    """
    curve = summary.select(cell=cell.swept, arm=cell.arms[0].label, metric=EXCESS_RISK.name)
    (free,) = summary.select(cell=cell.swept, arm=cell.arms[1].label, metric=EXCESS_RISK.name)
    multipliers = np.array([row.multiplier for row in curve], dtype=np.float64)
    estimates = np.array([row.estimate for row in curve])
    theory = summary.theory(cell, cell.arms[0].label)
    best = multipliers[estimates.argmin()] if theory is None else best_multiplier(theory)
    chosen = estimates[np.abs(multipliers - best).argmin()]
    balanced = estimates[np.abs(multipliers - 1.0).argmin()]
    return float(multipliers[estimates.argmin()]), float(balanced / chosen), float(free.estimate / chosen)


def _at(cell: Cell) -> tuple[float, float]:
    return float(str(cell.swept[ANGLE])), float(str(cell.swept[RATIO]))


def _panel(
    figure: Figure,
    panel: Axes,
    quantity: Quantity,
    angles: Array,
    ratios: Array,
    values: Array,
    checks: Sequence[tuple[tuple[float, float], float]],
) -> None:
    norm = LogNorm(quantity.low, quantity.high)
    shown = np.clip(values, quantity.low, quantity.high)
    mesh = panel.pcolormesh(angles, ratios, shown, norm=norm, cmap=quantity.colours, shading="gouraud", rasterized=True)
    inner = [tick for tick in quantity.ticks if quantity.low < tick < quantity.high]
    lines = panel.contour(angles, ratios, values, levels=inner, colors=INK, linewidths=0.6)
    panel.clabel(lines, fmt=lambda level: f"{level:g}", fontsize=6.5, inline_spacing=2)
    for (angle, ratio), value in checks:
        panel.scatter(angle, ratio, c=[min(max(value, quantity.low), quantity.high)], norm=norm, cmap=quantity.colours,
                      s=34, edgecolors="white", linewidths=0.9, zorder=3, clip_on=False)  # fmt: skip
    panel.set_xlim(0.0, 180.0)
    panel.set_ylim(0.0, float(ratios[-1]))
    panel.xaxis.set_major_locator(FixedLocator([0.0, 45.0, 90.0, 135.0, 180.0]))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}°"))
    panel.set_xlabel(r"angle between $g_\psi$ and $g_\varphi$", labelpad=1.0)
    box = panel.get_position()
    panel.set_position((box.x0, box.y0 + 0.20 * box.height, box.width, 0.80 * box.height))
    bar = figure.colorbar(mesh, cax=panel.inset_axes((0.0, -0.27, 1.0, 0.04)), orientation="horizontal")
    bar.ax.xaxis.set_major_locator(FixedLocator(quantity.ticks))
    bar.ax.xaxis.set_minor_locator(NullLocator())
    bar.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    for axis in (panel.xaxis, bar.ax.xaxis):  # the outer numbers stay within the panel
        labels = axis.get_ticklabels()
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")


def _plotted(
    name: str,
    quantity: Quantity,
    angles: Array,
    ratios: Array,
    values: Array,
    checks: Sequence[tuple[tuple[float, float], float]],
) -> list[Plotted]:
    def point(at: tuple[float, float], value: float, simulation: bool) -> Plotted:
        return Plotted(
            name, f"ratio={at[1]:.6g}", quantity.name, "steered-gaussian", None,
            "simulation" if simulation else "theory", "angle", at[0], value,
            source="" if simulation else "closed form",
        )  # fmt: skip

    theory = [
        point((float(angle), float(ratio)), float(values[row, column]), False)
        for row, ratio in enumerate(ratios)
        for column, angle in enumerate(angles)
    ]
    return theory + [point(at, value, True) for at, value in checks]


def _note(summary: Summary, cell: Cell) -> str:
    majority, minority = cell.counts
    return (
        f"{cell.population.kind}, $d = {cell.population.dimension}$, $n_0 = {majority}$, $n_1 = {minority}$, "
        "least squares; fixed Gaussian generator steered to $g_\\psi$. Colours and lines: theory, clipped at the ends "
        f"of the bar. Discs: mean of {summary.design.monte_carlo.replications} replications at the same place "
        "(b, c: at the multiplier nearest to theory's optimum)."
    )
