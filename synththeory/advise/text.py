"""The page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from synththeory.advise.by_group import ByGroup, Group, shown
from synththeory.advise.code import code_of
from synththeory.advise.comparison import Comparison
from synththeory.advise.decisions import sentence
from synththeory.advise.diagnosis import Diagnosis, Report
from synththeory.advise.findings import Findings, Setting
from synththeory.advise.measures import MEASURES
from synththeory.advise.methods import Method
from synththeory.advise.reading.columns import KINDS, Column
from synththeory.advise.verdict import signed
from synththeory.estimators import SymmetryTest

_WIDTH, _SHOWN = 118, 20
_INDENT: dict[str, Any] = {"initial_indent": "  ", "subsequent_indent": "    "}
_LEVEL = 0.05
_SETS = (1, 2, 4, 16)
_SHORT = {"Brier score": "Brier"}


def page(findings: Findings) -> str:
    """Everything a reader needs to judge the recommendation."""
    setting = findings.setting
    blocks = [
        textwrap.fill(_heading(setting), _WIDTH),
        "\n".join(textwrap.fill(note, _WIDTH) for note in setting.notes),
        "\n".join(textwrap.fill(warning, _WIDTH) for warning in findings.recommendation.warnings),
        textwrap.fill(findings.recommendation.sentence, _WIDTH),
        "\n".join(textwrap.fill(sentence(decision), _WIDTH) for decision in findings.decisions),
        "\n".join(_table(findings.comparison, findings.recommendation.method)),
        "\n".join(_by_group(findings)),
        "\n".join(_generators(findings.diagnosis)),
        textwrap.fill(_symmetry(findings.diagnosis), _WIDTH),
        textwrap.fill(_shape(findings.diagnosis), _WIDTH),
        textwrap.fill(_savings(findings.diagnosis), _WIDTH),
        "\n".join(_code(findings.pipeline)),
        "\n".join(() if setting.as_given else _columns(setting.columns)),
    ]
    return "\n\n".join(filter(None, blocks))


def _code(pipeline: Any) -> Iterator[str]:
    code = code_of(pipeline)
    if code is not None:
        yield textwrap.fill(
            f"In Python, with your model or a Pipeline that ends in {code.last} as `estimator` (advice.pipeline is all "
            "of what was compared here):",
            _WIDTH,
        )
        yield from (f"  {line}" for line in code.lines)


def _columns(columns: tuple[Column, ...]) -> Iterator[str]:
    """How the table was read: the columns about which there is something to say, then the plain ones together."""
    plain = [column for column in columns if not (column.note or column.missing)]
    noted = [column for column in columns if column not in plain]
    yield "How the columns were read:"
    for column in noted[:_SHOWN]:
        missing = f"{column.missing} missing" if column.missing else ""
        words = "; ".join(filter(None, (missing, column.note)))
        yield textwrap.fill(f"{column.name}: {column.kind}; {words}", _WIDTH, **_INDENT)
    if len(noted) > _SHOWN:
        yield f"  … and {len(noted) - _SHOWN} more (--json has all)"
    for kind in KINDS:
        names = [column.name for column in plain if column.kind == kind]
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            yield textwrap.fill(f"{kind}: {', '.join(names[:_SHOWN])}{more}", _WIDTH, **_INDENT)


def _heading(setting: Setting) -> str:
    (majority, minority), (n0, n1) = setting.labels, setting.counts
    return (
        f"Should you oversample? {n1} rows of '{minority}' against {n0} of '{majority}' (ratio {n0 / n1:.1f}), "
        f"{len(setting.columns)} columns, {setting.estimator}"
    )


def _table(comparison: Comparison, followed: Method) -> Iterator[str]:
    measures = [measure for measure in MEASURES if measure != MEASURES[0]]
    width = max(len(method.name) for method in comparison.methods)
    heads = "".join(f"{_SHORT.get(name, name):>8}" for name in measures)
    yield f"  {'':{width}}{'balanced log loss':>18}  {'minus better free fix':>21}{heads}"
    for method in comparison.methods:
        loss = comparison.mean(method)
        gap = "" if method == comparison.free else signed(comparison.difference(method, comparison.free))
        yield (
            f"{'>' if method == followed else ' '} "
            f"{method.name:{width}}{f'{loss.value:.4f} ± {loss.standard_error:.4f}':>18}"
            f"  {gap:>21}" + "".join(f"{comparison.mean(method, name).value:8.4f}" for name in measures)
        )
    yield textwrap.fill(
        f"± one standard error {_over(comparison)}. Lower is better for log loss and Brier score, which is at the "
        "table's own prevalence; the other columns are at prevalence 1/2, except 'as is'.",
        _WIDTH,
    )
    for reason in dict.fromkeys(left.reason for left in comparison.left_out):
        names = ", ".join(left.method.name for left in comparison.left_out if left.reason == reason)
        yield textwrap.fill(f"left out, {names}: {reason}", _WIDTH)


def _over(comparison: Comparison) -> str:
    folds = f"{comparison.done} outer folds, all methods on the same rows"
    if comparison.keys.times is not None:
        return f"over {folds} (Nadeau and Bengio's, which allows for rows that training sets share)"
    units = "rows" if comparison.keys.groups is None else "groups of rows"
    bar = f"; rows are advised beyond {comparison.bar:.1f} of them" if comparison.synthetic else ""
    if len(comparison.looks) > 1:
        bar = f"{bar}, which allows for looks at {', '.join(map(str, comparison.looks))} cuts: fits are unstable"
    return f"over {units} and from fit to fit, {folds}{bar}"


def _by_group(findings: Findings) -> Iterator[str]:
    found = findings.groups
    if found is None:
        return
    methods = shown(findings.comparison, findings.recommendation.method)
    width = max(len(group.name) for group in found.groups)
    yield f"By {found.attribute}, balanced log loss on each group's own held-out rows:"
    heads = "".join(f"  {method.name:>{_wide(method)}}" for method in methods)
    yield f"  {'':{width}}{'n1 : n0':>14}{heads}"
    for group in found.groups:
        rows = f"{group.counts[1]} : {group.counts[0]}"
        cells = "".join(f"  {_cell(group, method, found):>{_wide(method)}}" for method in methods)
        yield f"  {group.name:{width}}{rows:>14}{cells}"
    worst = "".join(f"  {found.worst(method).name:>{_wide(method)}}" for method in methods)
    yield f"  {'worst':{width}}{'':>14}{worst}"
    few = f" Too few to judge: {', '.join(found.few)}." if found.few else ""
    yield textwrap.fill(
        f"± one standard error. Beside {found.free.name}: ! shown to do harm, by a twentieth and more than chance does "
        f"in any of the groups; ? a harm of a twentieth can't be excluded.{few}",
        _WIDTH,
    )


def _wide(method: Method) -> int:
    return max(len(method.name), 18)


def _cell(group: Group, method: Method, found: ByGroup) -> str:
    loss = group.losses[method]
    harm = "!" if group in found.harmed(method) else "?" if group in found.unsure(method) else " "
    return f"{loss.value:.4f} ± {loss.standard_error:.4f}{harm}"


def _generators(diagnosis: Diagnosis) -> Iterator[str]:
    if not diagnosis.reports:
        yield "No generator is left to be described."
        return
    yield "On the whole table:"
    heads = f"{'GQS':>9}{'alignment':>11}{'theory’s size':>15}{'VTSS rows':>11}{'TG-VTSS rows':>14}"
    yield f"  {'generator':22}{'verdict':>13}{heads}"
    for report in diagnosis.reports:
        rows = {rule: pick.size for rule, pick in report.picks.items()}
        quality = "–" if report.quality is None else f"{report.quality:.2f}"
        alignment = "–" if report.alignment is None else f"{report.alignment:+.2f}"
        theory = "–" if report.theory_size is None else f"{report.theory_size}"
        yield (
            f"  {report.source.name:22}{report.regime:>13}{quality:>9}{alignment:>11}{theory:>15}"
            f"{rows['VTSS']:11}{rows['TG-VTSS']:14}"
        )
        if report.note:
            yield textwrap.fill(
                f"{report.source.name}: {report.note}", _WIDTH, initial_indent="  ", subsequent_indent="  "
            )
    yield from _several(diagnosis.reports)
    yield textwrap.fill(
        "GQS: squared bias over variance at full balance; above 10 the generator counts as biased. Alignment c: how "
        "much of the class asymmetry the generator's error repeats. Theory's size is (n0 − n1)/(1 − 2c), for a fit "
        "whose probabilities are not moved afterwards; the rules judge probabilities at prevalence 1/2.",
        _WIDTH,
    )


def _several(reports: tuple[Report, ...]) -> Iterator[str]:
    told = [
        f"{report.source.name} {', '.join(f'{float(found.at(sets)):.4f}' for sets in _SETS)} (two sets gain "
        f"{found.gain:.4f} ± {found.gain_error:.4f})"
        for report in reports
        if (found := report.several) is not None
    ]
    if told:
        words = ", ".join(map(str, _SETS))
        yield textwrap.fill(
            f"Mean of fits to {words} synthetic sets at balance (sets=m), Brier score at prevalence 1/2, foretold from "
            f"two: {'; '.join(told)}.",
            _WIDTH,
        )


def _savings(diagnosis: Diagnosis) -> str:
    if not diagnosis.savings:
        return ""
    free = {"mean": "a free mean", "covariance": "free mean and covariances"}
    told = "; ".join(
        f"{each.r_squared:.2f} with {free[each.family]}, saving at most {1.0 - each.r_squared:.0%}"
        for each in diagnosis.savings
    )
    return (
        f"Of what the minority's rows tell the fit, a Gaussian law explains R² = {told} of what class weights lose to "
        "having few minority rows. That holds for rows of that law, if it is the right one."
    )


def _symmetry(diagnosis: Diagnosis) -> str:
    test, slopes = diagnosis.symmetry, diagnosis.slopes
    if test is None:
        return "Symmetry test: not possible on this table (see the notes above)."
    caution = f" Beware: {test.caution}." if test.caution else ""
    return f"{_asked(test, slopes)}{caution}"


def _asked(test: SymmetryTest, slopes: SymmetryTest | None) -> str:
    rows = test.counts[1]
    if not test.intercept:
        says = "the classes pull the fit differently" if test.p_value < _LEVEL else _unseen(rows)
        return f"Symmetry test: {_law(test)}: {says}."
    line = (
        f"Symmetry test: {_law(test)}. A model with an intercept is never exactly symmetric, because the class sizes "
        "alone move its intercept: a small p says only that the table is large enough to see this, not that rows help "
        "more than moving the intercept, which is a free fix."
    )
    if slopes is None:
        return line
    moved = (
        "imbalance moves the slopes too, which re-prioring does not mend; the comparison says whether rows or class "
        "weights mend it better"
        if slopes.p_value < _LEVEL
        else f"{_unseen(rows)}, so that moving the intercept may be all that is needed"
    )
    return f"{line} Slopes alone: {_law(slopes)}: {moved}."


def _shape(diagnosis: Diagnosis) -> str:
    if diagnosis.shape is None:
        return ""
    covariance, skew = diagnosis.shape.covariance, diagnosis.shape.skew
    if skew.p_value < _LEVEL:
        means = "rows that copy the majority's shape (moved-majority, scaled-majority, a bias correction) keep a bias"
    elif covariance.p_value < _LEVEL:
        means = (
            "Fisher's discriminant assumes what is not so; scaled-majority, if one scale is the difference, may help"
        )
    else:
        means = "no difference is seen, so that Fisher's discriminant may know as much as any generator, for nothing"
    return (
        f"Shape of the classes: equal covariances p = {covariance.p_value:.2g} (variances of the minority "
        f"{covariance.spread_ratio:.2f} times the majority's, effect {covariance.effect_size:.2f}), equal skewness "
        f"p = {skew.p_value:.2g} (effect {skew.effect_size:.2f}): {means}. A small table sees little."
    )


def _law(test: SymmetryTest) -> str:
    size, denominator = test.degrees_of_freedom
    return f"F({size:.0f}, {denominator:.1f}) = {test.statistic:.2f}, p = {test.p_value:.2g}"


def _unseen(rows: int) -> str:
    return f"no effect of the imbalance is seen, perhaps because minority rows are few ({rows})"
