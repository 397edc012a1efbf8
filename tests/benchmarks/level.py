"""How often does the rule of `advise` err? ``python -m tests.benchmarks.level [200-219] [NAME …] [-RULE …]``.

Two laws in which rows change nothing, or those named of `tests.advise.laws`. Gains of every method over every free fix
are centred at their mean over the tables: then nothing helps, and what lies beyond the bar would be a false "yes".
Printed is the table of `docs/advise.md`; two minutes of a core for twenty tables of the two. ``-VTSS -TG-VTSS`` leaves
these rules out.
"""

import sys
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from synththeory.advise.advice import Advice
from synththeory.advise.comparison import Comparison, corrected
from synththeory.advise.methods import Method, Source, methods
from synththeory.advise.run import advise
from synththeory.arrays import Array
from tests.advise.laws import ANY_FREE, LAWS, Law, normals

NOTHING = (
    Law(
        "30 minority rows", normals(1.5, 4), (200, 30), ANY_FREE,
        settings={"inner": 3, "tune": {"C": [0.1, 1.0, 100.0]}},
    ),
    Law(
        "copies for a tree", normals(2.0, 4), (600, 60), ANY_FREE, DecisionTreeClassifier(random_state=0),
        ("bootstrap",),
    ),
)  # fmt: skip
HEAD = (
    "| law | tables | rms of gain/s.e. | with Nadeau and Bengio's | beyond the bar | beyond two | answers |\n"
    "|---|---|---|---|---|---|---|"
)


def line(name: str, comparisons: Sequence[Comparison], answers: Sequence[str]) -> str:
    """One row of the table; methods that lose to a free fix for certain are left out beside it."""
    first = comparisons[0]
    shared = [each for each in first.synthetic if all(each in other.methods for other in comparisons)]
    ratios, plain, beyond, twice, asked = list[Array](), list[Array](), 0, 0, 0
    for free in (each for each in first.methods if each.family == "free"):
        gains, errors, folds = _gains(comparisons, shared, free)
        able = gains.mean(axis=0) < 2.0 * gains.std(axis=0, ddof=1)
        if able.any():
            centred = (gains - gains.mean(axis=0)) * np.sqrt(len(gains) / (len(gains) - 1.0))
            own, other = (_over(centred[:, able], each[:, able]) for each in (errors, folds))
            bars = _bars(comparisons, [method for method, kept in zip(shared, able, strict=True) if kept], free)
            ratios.append(own.ravel())
            plain.append(other.ravel())
            beyond += int((own.min(axis=1) < -bars).sum())
            twice += int((own.min(axis=1) < -2.0).sum())
            asked += len(gains)
    told = ", ".join(f"{answer} {count}" for answer, count in Counter(answers).most_common())
    rms = " | ".join(f"{np.sqrt(np.mean(np.concatenate(each) ** 2)):.2f}" for each in (ratios, plain))
    return f"| {name} | {len(comparisons)} | {rms} | {beyond} of {asked} | {twice} of {asked} | {told} |"


def _over(gains: Array, errors: Array) -> Array:
    """Ratios; 0 of a method that chose no row in any fold."""
    return np.divide(gains, errors, out=np.zeros_like(gains), where=errors > 0.0)


def _gains(comparisons: Sequence[Comparison], tried: Sequence[Method], free: Method) -> Array:
    """Differences, their standard errors and Nadeau and Bengio's, (3, tables, methods)."""
    found = np.array([[_both(each, method, free) for method in tried] for each in comparisons])
    return np.moveaxis(found, -1, 0)


def _both(comparison: Comparison, method: Method, free: Method) -> tuple[float, float, float]:
    gain, places = comparison.difference(method, free), [comparison.methods.index(each) for each in (method, free)]
    folds = corrected(comparison.scores[:, places[0], 0] - comparison.scores[:, places[1], 0], comparison.ratio)
    return gain.value, gain.standard_error, folds.standard_error


def _bars(comparisons: Sequence[Comparison], tried: Sequence[Method], free: Method) -> Array:
    places = [([each.methods.index(method) for method in tried], each.methods.index(free)) for each in comparisons]
    return np.array([each.by_row.bar(*own) for each, own in zip(comparisons, places, strict=True)])


def advised(law: Law, seed: int, without: Collection[str] = ()) -> Advice:
    """What is said of one table, rules left out."""
    X, y = law.table(law.counts, seed)
    X, groups = law.parted(X)
    asked: dict[str, Any] = {"estimator": law.model, "generators": law.generators, **law.settings}

    def entered(sources: Sequence[Source], linear: bool = False) -> tuple[Method, ...]:
        return tuple(method for method in methods(sources, linear) if method.rule not in without)

    with patch("synththeory.advise.run.methods", entered):
        return advise(X, y, attribute=groups, **asked)


def report(seeds: Sequence[int], words: Sequence[str]) -> None:
    """Print a row as it is done."""
    print(HEAD, flush=True)
    names, without = [each for each in words if each[0] != "-"], [each[1:] for each in words if each[0] == "-"]
    for law in (*NOTHING, *LAWS):
        if any(name in law.name for name in names) or (not names and law in NOTHING):
            found = [advised(law, seed, without) for seed in seeds]
            answers = [each.recommendation.answer for each in found]
            print(line(law.name, [each.comparison for each in found], answers), flush=True)


if __name__ == "__main__":
    first, last = map(int, (sys.argv[1] if len(sys.argv) > 1 else "200-219").split("-"))
    report(range(first, last + 1), sys.argv[2:])
