"""The rule in numbers: when rows are advised, and when a gain is shown to be none."""

from __future__ import annotations

from synththeory.advise.by_group import ByGroup
from synththeory.advise.comparison import Comparison, margin_of
from synththeory.advise.methods import Method


def margin(comparison: Comparison) -> float:
    """The smallest gain that counts beside the better free fix."""
    return margin_of(comparison.mean(comparison.free).value)


def chosen(comparison: Comparison, groups: ByGroup | None = None) -> Method:
    """The method to follow, by balanced log loss.

    Synthetic rows must beat the better free fix by the margin and by more than the bar: two paired standard errors, or
    more where several are tried; of several that do, the one with the smallest loss. Otherwise the smallest of what
    costs nothing: the fit as it is and the free fixes. Where groups are asked about, rows that harm one of them win
    nothing.
    """
    as_is, free = comparison.methods[0], comparison.free
    gains = {each: comparison.difference(each, free) for each in comparison.synthetic}
    winners = tuple(
        each for each, gain in gains.items() if gain.beyond(comparison.bar) and -gain.value >= margin(comparison)
    )
    fair = tuple(each for each in winners if groups is None or not groups.harmed(each))
    return comparison.best(fair or (as_is, free))


def excluded(comparison: Comparison) -> bool:
    """Whether a gain of the margin by synthetic rows was shown to be none: it lies outside two standard errors."""
    if not comparison.synthetic:
        return False
    gain = comparison.difference(comparison.best(comparison.synthetic), comparison.free)
    return gain.value - 2.0 * gain.standard_error > -margin(comparison)
