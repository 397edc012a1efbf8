"""Means over classifiers and folds, paired differences with errors that allow for shared rows, ranks, cost."""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from synththeory.advise.comparison import corrected
from synththeory.arrays import Array
from synththeory.benchmark.methods import CLASSIFIERS, LOWER_IS_BETTER, METRICS
from synththeory.benchmark.run import Found, Plan, values_of

ALL = "all"


@dataclass(frozen=True)
class Line:
    """One method, classifier and metric of one table.

    Attributes
    ----------
    table, method, classifier, metric : str
        Which; the classifier ``"all"`` is the mean over those that every method of the table has (`shared`).
    mean : float
        Over folds.
    against_none, error : float
        Mean paired difference from "none", and its corrected standard error (Nadeau & Bengio); 0 of "none" itself.
    rank : float
        Mean rank among the methods over the folds, 1 the best.
    resolved : bool
        Whether the difference is beyond two standard errors.
    """

    table: str
    method: str
    classifier: str
    metric: str
    mean: float
    against_none: float
    error: float
    rank: float
    resolved: bool


def summary(plan: Plan, found: list[Found]) -> list[Line]:
    """Every line of every table."""
    names = list(dict.fromkeys(each.method for each in found))
    lines = []
    for table in plan.tables:
        for classifier in (*CLASSIFIERS, ALL):
            for metric in METRICS:
                averaged = shared(found, table) if classifier == ALL else (classifier,)
                values = {name: _values(found, table, name, averaged, metric) for name in names}
                values = {name: each for name, each in values.items() if each.size}
                lines += _lines(plan, table, classifier, metric, values)
    return lines


def shared(found: list[Found], table: str) -> tuple[str, ...]:
    """The classifiers that every method of a table has: class weights have no k-NN.

    A mean over three of them beside a mean over four would be another classifier's doing, not the method's.
    """
    has: dict[str, set[str]] = {}
    for each in found:
        if each.table == table:
            has.setdefault(each.method, set()).add(each.classifier)
    return tuple(name for name in CLASSIFIERS if all(name in each for each in has.values()))


def _values(found: list[Found], table: str, method: str, averaged: tuple[str, ...], metric: str) -> Array:
    return np.asarray(np.mean([values_of(found, table, method, name, metric) for name in averaged], axis=0))


def _lines(plan: Plan, table: str, classifier: str, metric: str, values: dict[str, Array]) -> list[Line]:
    signed = np.array(list(values.values())) * (1.0 if metric in LOWER_IS_BETTER else -1.0)
    ranks = rankdata(signed, axis=0).mean(axis=1)
    lines = []
    for (method, each), rank in zip(values.items(), ranks, strict=True):
        gap = corrected(each - values["none"], 1.0 / (plan.folds - 1))
        resolved = abs(gap.value) > 2.0 * gap.standard_error
        lines.append(
            Line(
                table,
                method,
                classifier,
                metric,
                float(each.mean()),
                gap.value,
                gap.standard_error,
                float(rank),
                resolved,
            )
        )
    return lines


def write(lines: list[Line], path: Path) -> None:
    """As CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Line)])
        writer.writerows(astuple(line) for line in lines)


def text(lines: list[Line], table: str, classifier: str, words: str) -> str:
    """A table of one classifier, which the head names in these words.

    Means with the paired difference's error, for a terminal; * where the difference from none is resolved.
    """
    chosen = [line for line in lines if (line.table, line.classifier) == (table, classifier)]
    names = list(dict.fromkeys(line.method for line in chosen))
    width = max(map(len, names))
    shown = [f"{table}, {words}", " ".join([" " * width, *(f"{metric:>14}" for metric in METRICS)])]
    for name in names:
        cells = []
        for metric in METRICS:
            (line,) = [line for line in chosen if (line.method, line.metric) == (name, metric)]
            mark = "*" if line.resolved else " "
            cells.append(f"{line.mean:.3f}±{line.error:.3f}".rjust(13) + mark)
        shown.append(" ".join([name.ljust(width), *cells]))
    return "\n".join(shown)
