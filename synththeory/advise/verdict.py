"""From the comparison to one recommendation in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from synththeory.advise.comparison import Comparison, Estimate
from synththeory.advise.diagnosis import Report
from synththeory.advise.methods import RE_PRIORED, Method


@dataclass(frozen=True)
class Recommendation:
    """What to do.

    Attributes
    ----------
    method : Method
        To be followed.
    sentence : str
        The same in plain words, with its numbers.
    """

    method: Method
    sentence: str


def chosen(comparison: Comparison) -> Method:
    """The method to follow, by balanced log loss.

    Synthetic rows must beat the better free fix by more than two paired standard errors; of several synthetic methods
    that do, the one with the smallest loss. Otherwise the smallest of what costs nothing: the fit as it is,
    re-prioring, class weights.
    """
    as_is, free = comparison.methods[0], comparison.free
    winners = tuple(each for each in comparison.synthetic if comparison.difference(each, free).beyond)
    return comparison.best(winners or (as_is, free))


def recommended(comparison: Comparison, counts: tuple[int, int], reports: tuple[Report, ...]) -> Recommendation:
    """The chosen method, and why.

    Parameters
    ----------
    comparison : Comparison
        Of all methods.
    counts : tuple of two ints
        n0 and n1 of the whole table.
    reports : tuple of Report
        For the number of rows to add.
    """
    method = chosen(comparison)
    if method.family == "synthetic":
        sentence = _synthetic(comparison, method, counts, reports)
    else:
        sentence = _as_is(comparison) if method.family == "as is" else _free(comparison, counts)
    return Recommendation(method, f"{sentence}{_otherwise(comparison, method)}")


def signed(estimate: Estimate) -> str:
    """A difference with its standard error."""
    return f"{estimate.value:+.4f} ± {estimate.standard_error:.4f}"


def _as_is(comparison: Comparison) -> str:
    free, as_is = comparison.free, comparison.methods[0]
    return (
        f"No: leave the model as it is. Its balanced log loss is {comparison.mean(as_is).value:.3f}; the better free "
        "fix, "
        f"{free.name}, changes it by {signed(comparison.difference(free, as_is))}, and {_best_synthetic(comparison)}."
    )


def _free(comparison: Comparison, counts: tuple[int, int]) -> str:
    free, as_is = comparison.free, comparison.methods[0]
    shift = log(counts[0] / counts[1])
    how = (
        f"Keep the model you have and add log(n0/n1) = {shift:.2f} to its log-odds (for classes: the threshold 1/2 "
        f"becomes {counts[1] / sum(counts):.3f})"
        if free == RE_PRIORED
        else "Fit with balanced class weights and no synthetic row"
    )
    return (
        f"No: the free fix is enough. {how}. Balanced log loss {comparison.mean(free).value:.3f} against "
        f"{comparison.mean(as_is).value:.3f} as is ({signed(comparison.difference(free, as_is))}); "
        f"{_best_synthetic(comparison)}."
    )


def _synthetic(comparison: Comparison, method: Method, counts: tuple[int, int], reports: tuple[Report, ...]) -> str:
    assert method.source is not None
    size, multiplier = counts[0] - counts[1], 1.0
    for report in reports:
        for rule, own_multiplier, own_size in report.sizes:
            if report.source == method.source and rule == method.rule:
                size, multiplier = own_size, own_multiplier
    free = comparison.free
    return (
        f"Yes: add {size} synthetic rows by {method.source.name} (multiplier {multiplier:.2f}, by {method.rule}) and "
        "move "
        f"the probabilities to prevalence 1/2. Against the better free fix ({free.name}, "
        f"{comparison.mean(free).value:.3f}) "
        f"the balanced log loss changes by {signed(comparison.difference(method, free))}. It is the best of "
        f"{len(comparison.synthetic)} synthetic methods, so expect a little less."
    )


def _best_synthetic(comparison: Comparison) -> str:
    if not comparison.synthetic:
        return "no synthetic method could be fitted"
    best = comparison.best(comparison.synthetic)
    gain = comparison.difference(best, comparison.free)
    if gain == Estimate(0.0, 0.0):
        return f"the best synthetic method, {best.name}, adds no row in any fold"
    return f"the best synthetic method, {best.name}, changes the better free fix by {signed(gain)}"


def _otherwise(comparison: Comparison, method: Method) -> str:
    """What holds for a reader who needs no balanced loss."""
    as_is = comparison.methods[0]
    if method == as_is:
        return ""
    if method == RE_PRIORED:
        return (
            " Its ranking, and its probabilities at the table's own prevalence, are those of the model as it is: "
            "where you "
            "need only these, do nothing."
        )
    ranking = comparison.difference(as_is, method, "AUROC")
    brier = comparison.difference(method, as_is, "Brier score")
    if ranking.beyond or brier.beyond:
        return ""
    return (
        " If you only rank rows, or need probabilities at the table's own prevalence, the model as it is loses "
        "nothing that "
        f"can be measured here: as is minus {method.name}, AUROC {signed(ranking)}, Brier score "
        f"{signed(comparison.difference(as_is, method, 'Brier score'))}."
    )
