"""The answer of `advise`: what was measured, and what follows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synththeory.advise.comparison import Comparison, Estimate
from synththeory.advise.diagnosis import Diagnosis, Report
from synththeory.advise.measures import MEASURES
from synththeory.advise.methods import Method
from synththeory.advise.text import page
from synththeory.advise.verdict import Recommendation
from synththeory.estimators import SymmetryTest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Setting:
    """What was asked.

    Attributes
    ----------
    labels : tuple of two str
        Names of the majority and the minority.
    counts : tuple of two ints
        Their rows n0 and n1.
    columns : int
        Of the table, without the label.
    estimator : str
        The classifier, as scikit-learn prints it.
    folds, repeats, inner : int
        Outer folds, how often the table is cut anew, and folds within a training set.
    random_state : int
    """

    labels: tuple[str, str]
    counts: tuple[int, int]
    columns: int
    estimator: str
    folds: int
    repeats: int
    inner: int
    random_state: int


@dataclass(frozen=True, eq=False)
class Advice:
    """Whether, and how, to deal with imbalance; `print` shows a page of text.

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
    """

    setting: Setting
    recommendation: Recommendation
    comparison: Comparison
    diagnosis: Diagnosis

    def __str__(self) -> str:
        """A page of text, at most 120 characters wide."""
        return page(self)

    def figure(self) -> Figure:
        """A page: validation curves with bands beside the paired differences to the better free fix."""
        from synththeory.advise.figure import drawn

        return drawn(self)

    def to_json(self) -> str:
        """Every number, as indented JSON."""
        setting = self.setting
        return json.dumps(
            {
                "recommendation": {
                    "method": self.recommendation.method.name,
                    "sentence": self.recommendation.sentence,
                },
                "setting": {
                    "majority": setting.labels[0],
                    "minority": setting.labels[1],
                    "n0": setting.counts[0],
                    "n1": setting.counts[1],
                    "columns": setting.columns,
                    "estimator": setting.estimator,
                    "outer_folds": setting.folds,
                    "repeats": setting.repeats,
                    "inner_folds": setting.inner,
                    "random_state": setting.random_state,
                },
                "symmetry": _test(self.diagnosis.symmetry),
                "slopes": _test(self.diagnosis.slopes),
                "generators": [_report(report) for report in self.diagnosis.reports],
                "methods": [self._method(method) for method in self.comparison.methods],
                "left_out": [{"method": each.method.name, "reason": each.reason} for each in self.comparison.left_out],
            },
            indent=2,
            allow_nan=False,
        )

    def _method(self, method: Method) -> dict[str, object]:
        comparison = self.comparison
        return {
            "name": method.name,
            "family": method.family,
            "measures": {measure: _estimate(comparison.mean(method, measure)) for measure in MEASURES},
            "minus_better_free_fix": {
                measure: _estimate(comparison.difference(method, comparison.free, measure)) for measure in MEASURES
            },
        }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"value": estimate.value, "standard_error": estimate.standard_error}


def _test(test: SymmetryTest | None) -> dict[str, object] | None:
    if test is None:
        return None
    return {
        "statistic": test.statistic,
        "degrees_of_freedom": list(test.degrees_of_freedom),
        "p_value": test.p_value,
        "calibration": test.calibration,
        "intercept": test.intercept,
    }


def _report(report: Report) -> dict[str, object]:
    curve = report.curve
    return {
        "name": report.source.name,
        "regime": report.regime,
        "gqs": report.quality,
        "alignment": report.alignment,
        "theory_size": report.theory_size,
        "chosen": [{"rule": rule, "multiplier": gamma, "size": size} for rule, gamma, size in report.sizes],
        "curve": {
            "multipliers": curve.multipliers.tolist(),
            "sizes": curve.sizes.tolist(),
            "loss": curve.loss.tolist(),
            "standard_error": curve.standard_error.tolist(),
        },
        "note": report.note,
    }
