"""The rule in numbers: when rows are advised, and when a gain is shown to be none."""

from __future__ import annotations

from synththeory.advise.by_group import ByGroup
from synththeory.advise.comparison import Comparison, margin_of
from synththeory.advise.methods import Method


def margin(comparison: Comparison) -> float:
    """The smallest gain that counts beside the better free fix."""
    return margin_of(comparison.mean(comparison.free).value)


def winners(comparison: Comparison) -> tuple[Method, ...]:
    """The methods with rows that win over all rows.

    They beat the better free fix by the margin and by more than the bar: two paired standard errors, or more where
    several are tried.
    """
    gains = {each: comparison.difference(each, comparison.free) for each in comparison.synthetic}
    return tuple(
        each for each, gain in gains.items() if gain.beyond(comparison.bar) and -gain.value >= margin(comparison)
    )


def chosen(comparison: Comparison, groups: ByGroup | None = None) -> Method:
    """The method to follow, by balanced log loss.

    Of synthetic rows that win over all rows, those with the smallest loss; otherwise the smallest of what costs
    nothing, the fit as it is and the free fixes. Where groups are asked about, rows win nothing unless a harm of the
    margin is excluded in each of them.
    """
    fair = tuple(each for each in winners(comparison) if groups is None or groups.spares(each))
    return comparison.best(fair or (comparison.methods[0], comparison.free))


def undecided(comparison: Comparison) -> tuple[Method, ...]:
    """The methods with rows of which a gain of the margin was not shown to be none: two standard errors reach it."""
    gains = {each: comparison.difference(each, comparison.free) for each in comparison.synthetic}
    bound = -margin(comparison)
    return tuple(each for each, gain in gains.items() if gain.value - 2.0 * gain.standard_error <= bound)


def excluded(comparison: Comparison) -> bool:
    """Whether a gain of the margin was shown to be none for every method with rows.

    At two standard errors each, whatever their number: where one of them gains it, the chance that all are excluded is
    at most that of its own, .023 (an intersection-union test).
    """
    return bool(comparison.synthetic) and not undecided(comparison)
