"""Every number of the findings as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from synththeory.advise.by_group import ByGroup
from synththeory.advise.code import code_of
from synththeory.advise.comparison import Comparison, Estimate
from synththeory.advise.decisions import Decision
from synththeory.advise.diagnosis import Report
from synththeory.advise.findings import Findings, Setting
from synththeory.advise.measures import MEASURES
from synththeory.advise.methods import Method
from synththeory.advise.reading.columns import Column
from synththeory.estimators import SymmetryTest


def recorded(findings: Findings) -> str:
    """Indented JSON."""
    comparison, diagnosis = findings.comparison, findings.diagnosis
    return json.dumps(
        {
            "recommendation": {
                "method": findings.recommendation.method.name,
                "answer": findings.recommendation.answer,
                "sentence": findings.recommendation.sentence,
                "warnings": list(findings.recommendation.warnings),
            },
            "setting": _setting(findings.setting),
            "columns": [_column(column) for column in findings.setting.columns],
            "notes": list(findings.setting.notes),
            "symmetry": _test(diagnosis.symmetry),
            "slopes": _test(diagnosis.slopes),
            "shape": None if diagnosis.shape is None else asdict(diagnosis.shape),
            "savings": [asdict(each) for each in diagnosis.savings],
            "generators": [_report(report) for report in diagnosis.reports],
            "bar": comparison.bar,
            "looks": list(comparison.looks),
            "methods": [_method(comparison, method) for method in comparison.methods],
            "groups": _groups(findings.groups),
            "decisions": [_decision(decision) for decision in findings.decisions],
            "code": None if (code := code_of(findings.pipeline)) is None else asdict(code),
            "left_out": [{"method": each.method.name, "reason": each.reason} for each in comparison.left_out],
        },
        indent=2,
        allow_nan=False,
    )


def _setting(setting: Setting) -> dict[str, object]:
    return {
        "majority": setting.labels[0],
        "minority": setting.labels[1],
        "n0": setting.counts[0],
        "n1": setting.counts[1],
        "columns": len(setting.columns),
        "estimator": setting.estimator,
        "outer_folds": setting.folds,
        "repeats": setting.repeats,
        "inner_folds": setting.inner,
        "random_state": setting.random_state,
    }


def _column(column: Column) -> dict[str, object]:
    return {
        "name": column.name,
        "type": column.kind,
        "missing": column.missing,
        "levels": column.levels,
        "merged_rows": column.merged,
        "note": column.note,
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "aim": decision.aim,
        "wanted": decision.wanted,
        "threshold": decision.threshold,
        "interval": list(decision.interval),
        "recall": _estimate(decision.recall),
        "precision": _estimate(decision.precision),
        "flagged": _estimate(decision.flagged),
        "cost": None if decision.cost is None else _estimate(decision.cost),
        "cost_of_flagging_none_or_all": decision.nothing,
    }


def _method(comparison: Comparison, method: Method) -> dict[str, object]:
    return {
        "name": method.name,
        "family": method.family,
        "measures": {measure: _estimate(comparison.mean(method, measure)) for measure in MEASURES},
        "minus_better_free_fix": {
            measure: _estimate(comparison.difference(method, comparison.free, measure)) for measure in MEASURES
        },
    }


def _groups(found: ByGroup | None) -> dict[str, object] | None:
    if found is None:
        return None
    groups = [
        {
            "name": group.name,
            "n0": group.counts[0],
            "n1": group.counts[1],
            "balanced_log_loss": {method.name: _estimate(each) for method, each in group.losses.items()},
            "minus_better_free_fix": {method.name: _estimate(each) for method, each in group.differences.items()},
            "harmed_by": [method.name for method in group.losses if group in found.harmed(method)],
            "harm_not_excluded_by": [method.name for method in group.losses if group in found.unsure(method)],
        }
        for group in found.groups
    ]
    return {"attribute": found.attribute, "groups": groups, "too_few_rows": list(found.few)}


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
        "rows_per_parameter": test.rows_per_parameter,
        "caution": test.caution,
    }


def _report(report: Report) -> dict[str, object]:
    curve = report.curve
    return {
        "name": report.source.name,
        "regime": report.regime,
        "gqs": report.quality,
        "alignment": report.alignment,
        "theory_size": report.theory_size,
        "chosen": [
            {
                "rule": rule,
                "multiplier": pick.multiplier,
                "size": pick.size,
                "settings": dict(pick.settings),
                "calibration": pick.recalibration,
            }
            for rule, pick in {**report.picks, "calibrated balance": report.calibrated}.items()
        ],
        "curve": {
            "multipliers": curve.multipliers.tolist(),
            "sizes": curve.sizes.tolist(),
            "loss": curve.loss.tolist(),
            "standard_error": curve.standard_error.tolist(),
        },
        "several_sets": None if report.several is None else asdict(report.several),
        "note": report.note,
    }
