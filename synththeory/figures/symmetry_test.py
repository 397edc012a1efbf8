"""Studies of the symmetry test: quantiles and size under the null, power against the signal and against √λ."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median_low
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from scipy.special import chdtrc, chdtri

from synththeory.figures.parts.axes import fixed_ticks
from synththeory.figures.parts.captions import population_words, sample_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import QUIET, RULE, Look, lightened, looks
from synththeory.figures.parts.table import Plotted
from synththeory.figures.registry import draws
from synththeory.metrics import REJECTION_RATE
from synththeory.populations import CubePair
from synththeory.selection import noncentral_power, symmetry_noncentrality, symmetry_power
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.symmetry import RejectionRates, Tested
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

SIGNAL = "population.signal"
_SYMBOLS = {
    "population.dimension": "d",
    "population.signal": "h",
    "sample.minority": "n_1",
    "sample.majority": "n_0",
    "sample.ratio": "n_0/n_1",
}
_QUANTILES = 60
_FARTHEST = 0.002
_FINE = 41


@draws(RejectionRates)
def draw_symmetry(summary: Summary, title: str) -> Drawing:
    """The figure of a test study: power where signals are swept, otherwise quantiles and size.

    Parameters
    ----------
    summary : Summary
        Of a design with a test.
    title : str
        Above the panels.
    """
    return _power(summary, title) if SIGNAL in summary.design.sweep else _size(summary, title)


def quantile_points(summary: Summary, cell: Cell, arm: str, panel: str) -> tuple[Plotted, ...]:
    """Quantiles of the stored p-values on χ²'s scale against χ²_p, to the share 0.998.

    A p-value becomes the χ²_p value that it is the upper tail of: T_sym itself for ``"chi2"``, and for another
    calibration what its statistic is worth.
    """
    size = cell.learner.loss.parameters(cell.population.dimension)
    x = np.linspace(0.0, chdtri(size, _FARTHEST), _QUANTILES + 1)[1:]
    tails = np.concatenate(summary.quantiles(cell, arm, "p_value", tuple(chdtrc(size, x))))
    return tuple(
        Plotted(panel, cell.label, "statistic", arm, None, "quantile", f"chi2_{size} quantile", float(at), float(value))
        for at, value in zip(x, chdtri(size, tails), strict=True)
    )


def _size(summary: Summary, title: str) -> Drawing:
    cells, shown = summary.design.cells, _shown(summary)
    arms = [arm.label for arm in cells[0].arms]
    look, size = looks(cells[0].arms), shown[0].learner.loss.parameters(shown[0].population.dimension)
    heads = [
        Header(r"$\bf{a}$  " + f"Quantiles, {_cell_words(shown[0], but='sample.minority')}".rstrip(", "), ""),
        Header(r"$\bf{b}$  " + f"Rejection rate at level {_level(summary):g}", ""),
    ]
    note = (
        f"{population_words(cells[0]) if len(cells) == 1 else cells[0].population.kind}, {_count(summary)} data sets a "
        r"cell. a: each p-value as the $\chi^2$ value it stands for; the line is equality. "
        "b: 95 % Wilson intervals; the line is the level."
    )
    figure, axes = framed(title, heads, note, 2, max(2.4, 0.2 * len(cells) + 0.3), air=0.1)
    quantiles = {(cell.label, arm): quantile_points(summary, cell, arm, "a") for cell in shown for arm in arms}
    _quantile_panel(axes[0], shown, quantiles, look, size)
    rates = [point for place, cell in enumerate(cells)
             for row in summary.select(cell=cell.swept, metric=REJECTION_RATE.name)
             for point in _of_row(row, "b", cell, "cell", float(place))]  # fmt: skip
    _size_panel(axes[1], cells, rates, look, _level(summary))
    return Drawing(figure, (*(point for points in quantiles.values() for point in points), *rates))


def _quantile_panel(axes: Axes, cells: Sequence[Cell], quantiles: Mapping[tuple[str, str], Sequence[Plotted]],
                    look: Mapping[str, Look], size: int) -> None:  # fmt: skip
    end = max(point.x for points in quantiles.values() for point in points)
    axes.plot([0.0, end], [0.0, end], color=RULE, linewidth=0.8, zorder=0.5)
    labels = []
    for (label, arm), points in quantiles.items():
        place = [cell.label for cell in cells].index(label)
        colour = lightened(look[arm].colour, 0.55 * place / max(len(cells) - 1, 1))
        axes.plot([point.x for point in points], [point.y for point in points], color=colour, linewidth=1.1)
        minority = rf", $n_1={cells[place].counts[1]}$" if len(cells) > 1 else ""
        labels.append(EndLabel(look[arm].name + minority, points[-1].x, points[-1].y, look[arm].colour))
    axes.set_xlim(0.0, end)
    axes.set_ylim(0.0, 1.04 * max(point.y for points in quantiles.values() for point in points))
    axes.set_xlabel(rf"quantile of $\chi^2_{{{size}}}$", labelpad=1.0)
    axes.set_ylabel("quantile of the test", labelpad=2.0)
    label_ends(axes, labels, size=7.5)
    fixed_ticks(axes.xaxis, *_numbers(range(0, int(end) + 1, 5)))


def _size_panel(axes: Axes, cells: Sequence[Cell], points: Sequence[Plotted], look: Mapping[str, Look],
                level: float) -> None:  # fmt: skip
    arms = list(look)
    end = 1.06 * max(point.upper or point.y for point in points)
    for point in filter(_is_simulated, points):
        place, style = point.x + 0.26 * (arms.index(point.arm) - 0.5 * (len(arms) - 1)), look[point.arm]
        axes.plot([point.lower or 0.0, point.upper or 0.0], [place, place], color=style.colour, linewidth=0.9)
        axes.plot(point.y, place, marker=style.mark, markersize=3.6, color=style.colour, markeredgewidth=0.0)
    for place, cell in enumerate(cells):
        axes.text(0.0, place, _cell_words(cell), fontsize=7.5, va="center", transform=axes.get_yaxis_transform())
    axes.axvline(level, color=QUIET, linewidth=0.7, zorder=0.5)
    axes.set_ylim(len(cells) - 0.4, -0.6)
    axes.set_xlim(-0.62 * end if cells[0].swept else 0.0, end)
    axes.grid(False)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if end / step <= 9.0)
    fixed_ticks(axes.xaxis, *_numbers(np.arange(0.0, end, step)))
    axes.set_xlabel("rejection rate", labelpad=1.0)
    _name_arms(axes, look, 1.0, "right")


def _name_arms(axes: Axes, look: Mapping[str, Look], x: float, side: Literal["center", "right"]) -> None:
    """The arms' names in their colours, one below the other from the top."""
    for place, style in enumerate(look.values()):
        axes.annotate(style.name, (x, 1.0), (0.0, -10.0 * place), xycoords="axes fraction",
                      textcoords="offset points", color=style.colour, ha=side, va="top")  # fmt: skip


def _power(summary: Summary, title: str) -> Drawing:
    groups = _groups(summary.design.cells)
    arms = [arm.label for arm in summary.design.cells[0].arms]
    look, level = looks(summary.design.cells[0].arms), _level(summary)
    names = [letter(place) for place in range(len(groups) + len(arms))]
    least, most = (pick(cell.counts[1] for cell in summary.design.cells) for pick in (min, max))
    hollow = [cell.label for cell in summary.design.cells if cell.counts[1] == least < most]
    heads = [Header(rf"$\bf{{{name}}}$  {_cell_words(group[0], but=SIGNAL)}", "")
             for name, group in zip(names, groups, strict=False)]  # fmt: skip
    heads += [Header(rf"$\bf{{{name}}}$  {look[arm].name}, every cell", "")
              for name, arm in zip(names[len(groups) :], arms, strict=True)]  # fmt: skip
    note = (
        f"{population_words(summary.design.cells[0])}, {sample_words(summary.design.cells)}".rstrip(", ")
        + f", {_count(summary)} data sets a point, level {level:g}; bars: 95 % Wilson intervals. "
        r"Lines: noncentral $\chi^2$ with $\lambda$ from the exact moments, nothing fitted."
        + (rf" Open marks: $n_1={least}$." if hollow else "")
    )
    figure, axes = framed(title, heads, note, min(3, len(heads)), 1.9, shared=True, air=0.1)
    points: list[Plotted] = []
    for name, panel, group in zip(names, axes, groups, strict=False):
        mine = [*_theory_of_signal(group, name, level), *_power_points(summary, group, name, arms, "signal")]
        _power_panel(panel, mine, look, level, "signal, $h$")
        points += mine
    for name, panel, arm in zip(names[len(groups) :], axes[len(groups) :], arms, strict=True):
        found = [point for group in groups for point in _power_points(summary, group, name, [arm], "root lambda")]
        mine = [*_theory_of_root(found, summary.design.cells[0], name, level), *found]
        _power_panel(panel, mine, look, level, r"$\sqrt{\lambda}$", hollow)
        points += mine
    _name_arms(axes[0], look, 0.5, "center")
    for place, panel in enumerate(axes):
        if place % min(3, len(heads)) == 0:
            panel.set_ylabel("rejection rate", labelpad=2.0)
    return Drawing(figure, tuple(points))


def _power_points(summary: Summary, group: Sequence[Cell], panel: str, arms: Iterable[str],
                  axis: str) -> Iterator[Plotted]:  # fmt: skip
    for cell in group:
        signal = float(str(cell.swept[SIGNAL]))
        root = math.sqrt(max(symmetry_noncentrality(cell.population, cell.learner.loss, cell.counts), 0.0))
        for arm in arms:
            (row,) = summary.select(arm=arm, cell=cell.swept, metric=REJECTION_RATE.name)
            yield from _of_row(row, panel, cell, axis, signal if axis == "signal" else root)


def _theory_of_signal(group: Sequence[Cell], panel: str, level: float) -> Iterator[Plotted]:
    """The predicted power at the cells' signals and between them."""
    cell = group[0]
    known = sorted(float(str(each.swept[SIGNAL])) for each in group)
    for signal in sorted({*known, *np.linspace(known[0], known[-1], _FINE).tolist()}):
        population = CubePair(dimension=cell.population.dimension, signal=signal)
        power = symmetry_power(population, cell.learner.loss, cell.counts, level)
        yield _predicted(panel, "signal", signal, power)


def _theory_of_root(points: Sequence[Plotted], cell: Cell, panel: str, level: float) -> Iterator[Plotted]:
    size = cell.learner.loss.parameters(cell.population.dimension)
    for root in np.linspace(0.0, max(point.x for point in points), _FINE):
        yield _predicted(panel, "root lambda", float(root), noncentral_power(float(root) ** 2, size, level))


def _predicted(panel: str, axis: str, x: float, power: float) -> Plotted:
    return Plotted(panel, "", REJECTION_RATE.name, "theory", None, "theory", axis, x, power, source="closed form")


def _power_panel(axes: Axes, points: Sequence[Plotted], look: Mapping[str, Look], level: float, words: str,
                 hollow: Collection[str] = ()) -> None:  # fmt: skip
    """Theory, and simulated rates; those of the cells in ``hollow`` as open marks."""
    theory = [point for point in points if point.arm == "theory"]
    axes.plot([point.x for point in theory], [point.y for point in theory], color=QUIET, linewidth=1.0, zorder=1.0)
    axes.axhline(level, color=RULE, linewidth=0.6, zorder=0.5)
    for arm, style in look.items():
        mine = [point for point in filter(_is_simulated, points) if point.arm == arm]
        lower, upper = [point.lower or 0.0 for point in mine], [point.upper or 0.0 for point in mine]
        axes.vlines([point.x for point in mine], lower, upper, color=style.colour, linewidth=0.8)
        for is_open in (False, True):
            marked = [point for point in mine if (point.cell in hollow) == is_open]
            axes.plot([point.x for point in marked], [point.y for point in marked], linestyle="none",
                      marker=style.mark, markersize=3.4, markerfacecolor="white" if is_open else style.colour,
                      markeredgecolor=style.colour if is_open else "white",
                      markeredgewidth=0.7 if is_open else 0.35)  # fmt: skip
    low, high = min(point.x for point in theory), max(point.x for point in theory)
    axes.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.set_ylim(0.0, 1.02)
    fixed_ticks(axes.xaxis, *_numbers(range(math.ceil(low), math.floor(high) + 1, 2)))
    axes.set_xlabel(words, labelpad=1.0)


def _of_row(row: Row, panel: str, cell: Cell, axis: str, x: float) -> Iterator[Plotted]:
    """A simulated rate and theory's number for it."""
    simulated = Plotted(
        panel, cell.label, row.metric, row.arm, row.multiplier, "simulation", axis, x, row.estimate, row.lower,
        row.upper, row.mcse, row.replications, row.failed,
    )  # fmt: skip
    yield simulated
    if row.theory is not None:
        yield replace(_predicted(panel, axis, x, row.theory), cell=cell.label, arm=row.arm)


def _is_simulated(point: Plotted) -> bool:
    return point.layer == "simulation"


def _shown(summary: Summary) -> list[Cell]:
    """The cells whose quantiles are drawn: the middle dimension, the last value of every other key, every minority."""
    sweep = summary.design.sweep
    wanted = {key: values[-1] for key, values in sweep.items() if key != "sample.minority"}
    if "population.dimension" in sweep:
        wanted["population.dimension"] = median_low(sweep["population.dimension"])
    return [cell for cell in summary.design.cells if all(cell.swept[key] == value for key, value in wanted.items())]


def _groups(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Cells that differ in the signal alone, by the signal."""
    groups: dict[str, list[Cell]] = {}
    for cell in sorted(cells, key=lambda cell: float(str(cell.swept[SIGNAL]))):
        groups.setdefault(repr({key: value for key, value in cell.swept.items() if key != SIGNAL}), []).append(cell)
    return [groups[key] for key in dict.fromkeys(
        repr({key: value for key, value in cell.swept.items() if key != SIGNAL}) for cell in cells)]  # fmt: skip


def _cell_words(cell: Cell, but: str = "") -> str:
    told = ((_SYMBOLS.get(key, key.rpartition(".")[2]), value) for key, value in cell.swept.items() if key != but)
    return ", ".join(rf"${name}={value}$" if len(name) < 8 else f"{name} = {value}" for name, value in told)


def _level(summary: Summary) -> float:
    return next(arm.level for arm in summary.design.cells[0].arms if isinstance(arm, Tested))


def _count(summary: Summary) -> str:
    return str(min(row.replications for row in summary.rows))


def _numbers(values: Iterable[float]) -> tuple[list[float], list[str]]:
    ticks = [float(value) for value in values]
    return ticks, [f"{tick:.3g}".replace("-", "−") for tick in ticks]
