"""From the comparison to one recommendation in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import Literal

from synththeory.advise.by_group import ByGroup
from synththeory.advise.comparison import Comparison, Estimate
from synththeory.advise.diagnosis import Report
from synththeory.advise.ground import Pick
from synththeory.advise.methods import AS_IS, LDA, RE_PRIORED, Method
from synththeory.advise.rule import chosen, excluded, margin, undecided, winners

Answer = Literal["yes", "no", "can't tell"]
FEW = 10
"""With fewer minority rows only the free fixes are compared, and nothing is tuned."""
_SEPARATED = 0.995
_UNINFORMED = log(2.0)


@dataclass(frozen=True)
class Recommendation:
    """What to do.

    Attributes
    ----------
    method : Method
        To be followed.
    answer : {"yes", "no", "can't tell"}
        Whether to add synthetic rows.
    sentence : str
        The same in plain words, with its numbers.
    warnings : tuple of str
        What a reader must know before the answer: a sentence each.
    """

    method: Method
    answer: Answer
    sentence: str
    warnings: tuple[str, ...] = ()


def recommended(
    comparison: Comparison, counts: tuple[int, int], reports: tuple[Report, ...] = (), groups: ByGroup | None = None
) -> Recommendation:
    """The chosen method, and why.

    Parameters
    ----------
    comparison : Comparison
        Of all methods.
    counts : tuple of two ints
        n0 and n1 of the whole table.
    reports : tuple of Report
        For the number of rows to add.
    groups : ByGroup, optional
        Every method in every group of an attribute.
    """
    method = chosen(comparison, groups)
    warnings = (*_warnings(comparison, reports, method), *_harms(comparison, groups, method))
    if method.family == "synthetic":
        return _oversample(comparison, method, counts, reports, warnings)
    blocked = winners(comparison)
    if blocked and groups is not None:
        open_ones = tuple(each for each in blocked if not groups.harmed(each))
        rows, said = comparison.best(open_ones or blocked), _unsure if open_ones else _unfair
        told = f"{said(groups, rows, comparison.difference(rows, comparison.free))} {how(method, counts)}."
        found: Answer = "can't tell" if open_ones else "no"
        return Recommendation(method, found, f"{told} {_losses(comparison, method)}.", warnings)
    answer: Answer = "no" if excluded(comparison) else "can't tell"
    words = (_no if answer == "no" else _unknown)(comparison, method, counts)
    return Recommendation(method, answer, f"{words}{_otherwise(comparison, method)}", warnings)


def signed(estimate: Estimate) -> str:
    """A difference with its standard error."""
    return f"{estimate.value:+.4f} ± {estimate.standard_error:.4f}"


def how(method: Method, counts: tuple[int, int]) -> str:
    """What following a method that adds no row means."""
    if method == AS_IS:
        return "Leave the model as it is"
    if method == RE_PRIORED:
        return (
            f"Keep the model you have and add log(n0/n1) = {log(counts[0] / counts[1]):.2f} to its log-odds (for "
            f"classes: the threshold 1/2 becomes {counts[1] / sum(counts):.3f})"
        )
    if method == LDA:
        return "Take Fisher's linear discriminant in place of the logistic regression, its log-odds at prevalence 1/2"
    fit = "Fit with balanced class weights and no synthetic row" if method.weighted else "Keep the model you have"
    return f"{fit}, and calibrate it on held-out rows, at prevalence 1/2" if method.calibrated else fit


def _no(comparison: Comparison, method: Method, counts: tuple[int, int]) -> str:
    as_is = comparison.methods[0]
    best = comparison.best(comparison.synthetic)
    gain = comparison.difference(best, comparison.free)
    rows = (
        f"the best synthetic method, {best.name}, adds no row in any fold"
        if gain == Estimate(0.0, 0.0)
        else f"the best synthetic method, {best.name}, changes the better free fix by {signed(gain)}"
    )
    shown = f"a gain of {margin(comparison):.4f} or more can be excluded for every method with rows"
    if method == as_is:
        moved = comparison.difference(comparison.free, as_is)
        return (
            f"No: leave the model as it is. Its balanced log loss is {comparison.mean(as_is).value:.3f}; the better "
            f"free fix, {comparison.free.name}, changes it by {signed(moved)}, and {rows}: {shown}."
        )
    return f"No: the free fix is enough. {how(method, counts)}. {_losses(comparison, method)}; {rows}: {shown}."


def _unfair(groups: ByGroup, rows: Method, gain: Estimate) -> str:
    """Rows that would win over all rows, and do not for their harm to a group."""
    told = "; ".join(f"{group.name}: {signed(group.differences[rows])}" for group in groups.harmed(rows))
    return (
        f"No: {rows.name} changes the better free fix by {signed(gain)} over all rows, but harms a group "
        f"({groups.attribute} {told})."
    )


def _unsure(groups: ByGroup, rows: Method, gain: Estimate) -> str:
    """Rows that would win over all rows, where it is open whether they harm a group."""
    found = groups.unsure(rows)
    worst = max(found, key=lambda group: groups.most(rows, group) - groups.margin(group))
    there, more = signed(worst.differences[rows]), f", nor in {len(found) - 1} more" if len(found) > 1 else ""
    return (
        f"Can't tell whether synthetic rows harm a group: {rows.name} changes the better free fix by {signed(gain)} "
        f"over all rows, which alone would be a yes; but for {groups.attribute} {worst.name} ({there}) a harm of "
        f"{groups.margin(worst):.4f} can't be excluded{more}. Meanwhile use what is free."
    )


def _harms(comparison: Comparison, groups: ByGroup | None, method: Method) -> Iterator[str]:
    """What the method to follow does to the worst group, where it does worse there than the better free fix."""
    for group in () if groups is None or method == comparison.free else groups.harmed(method):
        yield (
            f"{method.name} does worse than {comparison.free.name} for {groups.attribute if groups else ''} "
            f"{group.name} ({signed(group.differences[method])})."
        )


def _unknown(comparison: Comparison, method: Method, counts: tuple[int, int]) -> str:
    start, free = "Can't tell whether synthetic rows help", "Meanwhile use what is free."
    if counts[1] < FEW:
        gap = comparison.difference(comparison.free, comparison.methods[0])
        needed = max(_rows_needed(comparison, counts, gap), 2 * FEW)
        return (
            f"{start}: {counts[1]} minority rows are too few to judge a generator or a size; about {needed} would be "
            f"needed. {free} {how(method, counts)}. {_losses(comparison, method)}; such an interval is itself rough."
        )
    if not comparison.synthetic:
        return f"{start}: none could be compared. {free} {how(method, counts)}. {_losses(comparison, method)}."
    best, likely = comparison.best(comparison.synthetic), comparison.best(undecided(comparison))
    gain = comparison.difference(likely, comparison.free)
    rows = f"the best method with rows, {likely.name}," if likely == best else likely.name
    return (
        f"{start}: {rows} changes the better free fix by {signed(gain)}, which leaves room for a gain of "
        f"{margin(comparison):.4f} and for none; about {_rows_needed(comparison, counts, gain)} minority rows would "
        f"tell. {free} {how(method, counts)}. {_losses(comparison, method)}."
    )


def _rows_needed(comparison: Comparison, counts: tuple[int, int], gain: Estimate) -> int:
    """Minority rows at which two standard errors, falling like 1/√n, are the margin."""
    return max(round(counts[1] * (2.0 * gain.standard_error / margin(comparison)) ** 2), counts[1] + 1)


def _losses(comparison: Comparison, method: Method) -> str:
    as_is = comparison.methods[0]
    if method == as_is:
        return f"Balanced log loss {comparison.mean(as_is).value:.3f}"
    return (
        f"Balanced log loss {comparison.mean(method).value:.3f} against {comparison.mean(as_is).value:.3f} as is "
        f"({signed(comparison.difference(method, as_is))})"
    )


def _oversample(
    comparison: Comparison, method: Method, counts: tuple[int, int], reports: tuple[Report, ...],
    warnings: tuple[str, ...],
) -> Recommendation:  # fmt: skip
    assert method.source is not None
    pick = _picked(method, reports)
    free, gain = comparison.free, comparison.difference(method, comparison.free)
    count = "" if pick is None else f" {round(pick.multiplier * (counts[0] - counts[1]))}"
    by = f"by {method.rule}" if pick is None else f"multiplier {pick.multiplier:.2f}, by {method.rule}"
    mend = (
        " and move the probabilities to prevalence 1/2"
        if not method.calibrated
        else ", and calibrate the fit on held-out real rows, at prevalence 1/2"
    )
    sentence = (
        f"Yes: add{count} synthetic rows by {method.source.name} ({by}){mend}. "
        f"Against the better free fix ({free.name}, {comparison.mean(free).value:.3f}) the balanced log loss changes "
        f"by {signed(gain)}. It is the best of {len(comparison.synthetic)} synthetic methods, so expect a little less."
    )
    return Recommendation(method, "yes", f"{sentence}{_otherwise(comparison, method)}", warnings)


def _picked(method: Method, reports: tuple[Report, ...]) -> Pick | None:
    found = (report.pick(method) for report in reports if report.source == method.source)
    return next(found, None)


def _warnings(comparison: Comparison, reports: tuple[Report, ...], method: Method) -> Iterator[str]:
    losses = {method: comparison.mean(method).value for method in comparison.methods}
    if min(losses.values()) > _UNINFORMED:
        yield (
            f"Every balanced log loss exceeds log 2 = {_UNINFORMED:.3f}, that of answering 1/2 for every row: these "
            "probabilities are worse than none. Calibrate the model, or take one that is calibrated, before anything "
            "else."
        )
    elif losses[AS_IS] > _UNINFORMED and comparison.free.calibrated:
        yield "The model's own probabilities are worse than answering 1/2 for every row; calibration mends them."
    if comparison.mean(AS_IS, "AUROC").value > _SEPARATED:
        yield (
            f"The classes are all but separated (AUROC {comparison.mean(AS_IS, 'AUROC').value:.4f}): every method "
            "ranks them right, and differences are about how sure the probabilities are. Does no column give the "
            "label away?"
        )
    if comparison.done < comparison.asked:
        yield f"Stopped after {comparison.done} of {comparison.asked} outer folds; the numbers are of those."
    pick = _picked(method, reports)
    ends = [report for report in reports if report.source == method.source]
    if pick is not None and method.rule == "VTSS" and pick.multiplier >= ends[0].curve.multipliers[-1] > 0.0:
        yield f"The size chosen, {pick.multiplier:.2f} class gaps, is the end of the grid: more might be better still."


def _otherwise(comparison: Comparison, method: Method) -> str:
    """What holds for a reader who needs no balanced loss."""
    as_is = comparison.methods[0]
    if method == as_is:
        return ""
    if method == RE_PRIORED:
        return (
            " Its ranking, and its probabilities at the table's own prevalence, are those of the model as it is: "
            "where you need only these, do nothing."
        )
    ranking = comparison.difference(as_is, method, "AUROC")
    brier = comparison.difference(method, as_is, "Brier score")
    if ranking.beyond() or brier.beyond():
        return ""
    return (
        " If you only rank rows, or need probabilities at the table's own prevalence, the model as it is loses nothing "
        f"that can be measured here: as is minus {method.name}, AUROC {signed(ranking)}, Brier score "
        f"{signed(comparison.difference(as_is, method, 'Brier score'))}."
    )
