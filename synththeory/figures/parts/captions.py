"""What a panel says in words: its population, its regime, theory's best sizes, and what its marks mean."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from synththeory.arrays import Vector
from synththeory.components import Component
from synththeory.datasets.digits import ROWS
from synththeory.datasets.draws import Digits, OpenTable
from synththeory.figures.parts.style import printed
from synththeory.figures.parts.theory_lines import TheoryLine
from synththeory.learners import LinearLearner
from synththeory.metrics import TEST_SAMPLE_ERROR
from synththeory.populations import RowLaw
from synththeory.sim.design.cells import Cell, kind_words
from synththeory.sim.design.quantities import quantity
from synththeory.sim.results.choices import choices
from synththeory.sim.results.summary import Summary
from synththeory.theory import regime

_LONGEST = 60
"""Characters of a panel's title."""


def key_words(key: str) -> str:
    """Axis label of a horizontal axis."""
    found = quantity("augmentation.multipliers" if key == "multiplier" else key)
    if found is None or not found.tex:
        return key.rpartition(".")[2].replace("_", " ")
    return f"{found.label}, ${found.tex}$"


def population_words(cell: Cell) -> str:
    """Population and dimension, such as ``mean-shift, d = 20``."""
    population = cell.population
    name = population.table if isinstance(population, OpenTable) else population.kind
    return f"{name}, $d={population.dimension}$"


def spread_words(cell: Cell) -> str:
    """Whether two classes have one spread: what the transfer of a bias rests on."""
    zero, one = (float(np.trace(law.covariance)) for law in cell.population.laws)
    same = abs(one / zero - 1.0) < 1e-9
    return "classes of one spread" if same else f"minority's variance {one / zero:.3g} × the majority's"


def shape_words(cell: Cell) -> str:
    """Two mixtures of normals in a few numbers, along the line between their means.

    The means' distance δ; skewness of the majority and of the minority, or their excess kurtosis where there is none;
    the minority's standard deviation over the majority's. Empty where rows are no mixture of normals.
    """
    laws = cell.population.laws
    line = laws[1].mean - laws[0].mean
    distance = float(np.linalg.norm(line))
    if len(laws) != 2 or distance == 0.0 or any(part.noise != "gaussian" for law in laws for _, part in law.components):
        return ""
    (zero, *first), (one, *second) = (_cumulants(law, line) for law in laws)
    told, shape = [rf"$\delta={distance:.3g}$"], False
    for name, pair in zip(("skewness", "excess kurtosis"), zip(first, second, strict=True), strict=True):
        if not shape and max(map(abs, pair)) > 0.05:
            shape = True
            majority, minority = (f"{value:.2g}".replace("-", "−") for value in pair)
            told.append(f"{name} {f'{majority} each' if majority == minority else f'{majority} and {minority}'}")
    if abs(one / zero - 1.0) > 0.01:
        told.append(f"spread × {one / zero:.3g}")
    return ", ".join(told)


def _cumulants(law: RowLaw, line: Vector) -> tuple[float, float, float]:
    """Standard deviation, skewness and excess kurtosis of a mixture of normals along a line."""
    weights = np.array([weight for weight, _ in law.components])
    means = np.array([part.mean @ line for _, part in law.components])
    variances = np.array([line @ part.covariance @ line for _, part in law.components])
    gaps = means - weights @ means
    variance = float(weights @ (variances + gaps**2))
    third = float(weights @ (gaps**3 + 3.0 * gaps * variances))
    fourth = float(weights @ (gaps**4 + 6.0 * gaps**2 * variances + 3.0 * variances**2))
    return math.sqrt(variance), third / variance**1.5, fourth / variance**2 - 3.0


def swept_words(
    cell: Cell, swept: Mapping[str, object] | None = None, beside: Sequence[Mapping[str, object]] = ()
) -> str:
    """Swept values as a panel's title; the population where nothing is swept.

    Parameters
    ----------
    cell : Cell
        Of the panel.
    swept : mapping, optional
        Those of its swept values that the panel stands for; all when not given.
    beside : sequence of mapping
        The same of every panel: of components of one kind, what differs between them is named too.
    """
    values = cell.swept if swept is None else swept
    told = []
    for key, value in values.items():
        words = [_swept_value(cell, key, value)]
        if isinstance(value, Mapping) and "kind" in value:
            others = [other for panel in beside if isinstance(other := panel.get(key), Mapping) and "kind" in other]
            alike = [other for other in others if kind_words(other) == kind_words(value)]
            words += _different(value, alike)
        if key == "population" and sum(map(len, words)) > _LONGEST and (shapes := shape_words(cell)):
            words = [f"$d={cell.population.dimension}$", shapes]
        told.append(", ".join(words))
    return "; ".join(told) or population_words(cell)


def _different(table: Mapping[str, object], others: Sequence[Mapping[str, object]]) -> list[str]:
    """Settings of a component that are not the same in all of its kind, such as ``clip = 0.001``."""
    mine, theirs = dict(_settings(table)), [dict(_settings(other)) for other in others]
    differing = [name for name in mine if any(other.get(name) != mine[name] for other in theirs)]
    return [f"{name.replace('_', ' ')} = {_plain(mine[name])}" for name in differing if name != "name"]


def _settings(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every setting under its last name, those of tables within too."""
    for name, value in table.items():
        yield from _settings(value) if isinstance(value, Mapping) else [(name, value)]


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.3g}" if isinstance(value, float) else json.dumps(value)


def _swept_value(cell: Cell, key: str, value: object) -> str:
    if key == "population":
        return population_words(cell)
    if key == "sample":
        return sample_words([cell])
    if isinstance(value, Mapping | list | Component):
        if isinstance(value, Mapping) and "kind" in value:
            return kind_words(value)
        return f"{key.rpartition('.')[2]} = {json.dumps(value)}"
    name, found = key.rpartition(".")[2].replace("_", " "), quantity(key)
    if isinstance(value, str):
        return f"{value.capitalize()} {name}"
    return f"${found.tex}={value:g}$" if found is not None and found.tex else f"{name} = {value:g}"


def learner_words(cells: Sequence[Cell]) -> str:
    """The learner, where all cells have one; else panels or points name theirs."""
    labels = {cell.learner.title for cell in cells}
    return labels.pop() if len(labels) == 1 else ""


def regime_words(cell: Cell) -> tuple[str, str]:
    """The population's regime under the learner's loss, and the gradient that decides it.

    There is no regime to know where no mean loss of a score linear in the rows is minimised, or its risk is not known:
    then the reason.
    """
    if not isinstance(cell.learner, LinearLearner):
        reason = "minimises no mean loss" if cell.learner.linear else "has a score that is not linear in the rows"
        return "No expansion", f"{cell.learner.title} {reason}"
    if not cell.population.exact:
        return "No theory", f"the law of {cell.population.kind} has no exact risk"
    found = regime(cell.population, cell.learner.loss)
    if found.name == "locally symmetric":
        return "Locally symmetric", r"$g_\varphi=0$"
    return "Locally asymmetric", rf"$\Vert g_\varphi\Vert_{{H^{{-1}}}}={found.strength:.2f}$"


def optimum_words(best: Mapping[str, str]) -> str:
    """Theory's best multipliers, arms with the same one together; an empty one is a curve that falls without end."""
    groups: dict[str, list[str]] = {}
    for arm, words in sorted(best.items(), key=lambda item: float(item[1].removeprefix("≥ ") or "inf")):
        groups.setdefault(words, []).append(arm)
    if not groups:
        return ""
    finite = "; ".join(f"{words} for {_and(arms)}" for words, arms in groups.items() if words)
    endless = f"{_and(groups[''])}: the more the better" if "" in groups else ""
    return f"Best γ in theory: {'; '.join(filter(None, [finite, endless]))}."


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def choice_words(summary: Summary) -> str:
    """What the arms that choose their size have chosen, where there is one cell to speak of."""
    if len(summary.design.cells) > 1:
        return ""
    told = []
    for found in choices(summary):
        verdicts = f"{found.verdicts} of replications; " if found.shares else ""
        name = printed(*summary.arms[found.arm].names)
        told.append(f"{name} (dotted): {verdicts}mean chosen γ {found.multiplier.estimate:.2f}.")
    return " ".join(told)


def footnote(summary: Summary, marks: str, predicted: bool, pilot: Sequence[str], interval: str) -> str:
    """What points, lines and bands are, and how many replications stand behind them.

    Parameters
    ----------
    summary : Summary
        What is drawn.
    marks : str
        Further marks in words, such as what a diamond is.
    predicted : bool
        Whether theory is drawn.
    pilot : sequence of str
        Printed names of the arms whose theory rests on a pilot.
    interval : str
        ``"bars"`` or ``"bands"``.
    """
    held = {row.replications for row in summary.rows}
    count = f"{min(held)}" if len(held) == 1 else f"{min(held)} to {max(held)}"
    failed = sum(entry.failed for entry in summary.failures)
    parts = [f"Points: mean of {count} replication{'s' * (count != '1')}; {interval}: 95 % Monte Carlo interval."]
    if predicted:
        solid = "Lines: theory, no fitted constant"
        dashed = f"; dashed where a pilot measured the generator ({', '.join(pilot)})" if pilot else ""
        parts.append(f"{solid}{dashed}.")
    parts.append(marks)
    parts.append(f"{failed} failed fit{'s' * (failed != 1)} left out." if failed else "")
    parts.append(_test_sample_words(summary))
    return " ".join(part for part in parts if part)


def _test_sample_words(summary: Summary) -> str:
    population = summary.design.cells[0].population
    if isinstance(population, Digits):
        return (
            f"Risk on {population.held_out} held-out rows of each digit, new in every replication, all from the same "
            f"{ROWS} rows a digit."
        )
    if isinstance(population, OpenTable):
        return f"Risk on {population.table}: the rows of the table that a replication does not train on."
    errors = [row.estimate for row in summary.select(metric=TEST_SAMPLE_ERROR.name) if math.isfinite(row.estimate)]
    if not errors:
        return ""
    rows = summary.design.cells[0].scoring.test_rows
    return (
        f"Risk on {rows} test rows a class, the same for every fit; the intervals leave out the standard error of that "
        f"sample, at most {max(errors):.2g} for the balanced risk."
    )


def sample_words(cells: Sequence[Cell]) -> str:
    """Sample sizes of some cells, such as ``n0 = 2000, n1 = 100``; the ratio where only that is the same."""
    joint = {cell.total for cell in cells}
    if joint != {None}:
        means = rf", $n_0\approx{cells[0].counts[0]}$ and $n_1\approx{cells[0].counts[1]}$" if len(joint) == 1 else ""
        return f"{' or '.join(map(str, sorted(total for total in joint if total)))} rows drawn jointly{means}"
    if len(cells[0].counts) > 2:
        return f"{len(cells[0].counts)} classes of {max(cells[0].counts)} to {min(cells[0].counts)} rows"
    majorities, minorities = ({cell.counts[place] for cell in cells} for place in (0, 1))
    ratios = {cell.counts[0] / cell.counts[1] for cell in cells}
    if len(minorities) > 1 and len(ratios) == 1:
        return rf"$n_0={ratios.pop():g}\,n_1$"
    words = [("n_0", majorities), ("n_1", minorities)]
    return ", ".join(rf"${symbol}={values.pop()}$" for symbol, values in words if len(values) == 1)


def aligned_words(lines: Mapping[str, Sequence[TheoryLine]]) -> str:
    """The paper's aligned size of each arm that has the same one in every cell."""
    told = []
    for arm, cells in lines.items():
        sizes = [(line.optimum.aligned, line.gap) for line in cells]
        words = {"" if size is None else f"{size / gap:.3g}" for size, gap in sizes}
        told += [f"{word} for {arm}" for word in words if word and len(words) == 1]
    return f"Aligned size [MZ]: γ = {'; '.join(told)}." if told else ""
