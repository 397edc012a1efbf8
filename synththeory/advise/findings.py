"""Everything that `advise` finds out about a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synththeory.advise.by_group import ByGroup
from synththeory.advise.comparison import Comparison
from synththeory.advise.decisions import Decision
from synththeory.advise.diagnosis import Diagnosis
from synththeory.advise.reading.columns import Column
from synththeory.advise.verdict import Recommendation


@dataclass(frozen=True)
class Setting:
    """What was asked.

    Attributes
    ----------
    labels : tuple of two str
        Names of the majority and the minority.
    counts : tuple of two ints
        Their rows n0 and n1.
    columns : tuple of Column
        How each column was read.
    notes : tuple of str
        What reading the table cost: a line each.
    estimator : str
        The classifier, as scikit-learn prints it.
    folds, repeats, inner : int
        Outer folds, how often the table is cut anew, and folds within a training set.
    random_state : int
    as_given : bool
        Whether the model reads the columns as they are given: then their report says what was found, not what is done.
    """

    labels: tuple[str, str]
    counts: tuple[int, int]
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    estimator: str
    folds: int
    repeats: int
    inner: int
    random_state: int
    as_given: bool = False


@dataclass(frozen=True, eq=False)
class Findings:
    """What was asked, what was measured, and what follows.

    Attributes
    ----------
    setting : Setting
    recommendation : Recommendation
        ``method`` to follow and ``sentence`` that says why.
    comparison : Comparison
        Every method on the same outer folds.
    diagnosis : Diagnosis
        ``symmetry``: the test and its p-value; ``reports``: regime, GQS, alignment, theory's size, sizes chosen and
        validation curve of each generator.
    pipeline : estimator
        Unfitted: what was advised, for the whole table as it came.
    decisions : tuple of Decision
        Thresholds that were asked for, by the method to follow.
    groups : ByGroup or None
        Every method in every group of the attribute that was asked about.
    """

    setting: Setting
    recommendation: Recommendation
    comparison: Comparison
    diagnosis: Diagnosis
    pipeline: Any
    decisions: tuple[Decision, ...] = ()
    groups: ByGroup | None = None
