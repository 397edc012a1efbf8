"""Cut the table anew? Where fits differ much from cut to cut, further cuts tell what two do not."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from synththeory.advise.comparison import Comparison
from synththeory.advise.rule import chosen, excluded, margin

_LARGE = 0.5
"""Share of the variance that must go with the number of cuts."""
_HOPE = float(norm.isf(0.1))
"""Cuts are made as long as the chance of "yes" after the last of them is one in ten."""


def looks(comparison: Comparison, most: int) -> tuple[int, ...]:
    """Numbers of cuts after which an answer is asked for: twice as many each time, up to the most.

    One look where fits differ little, rows are in time, or the user stopped: the table is then cut no further.

    Parameters
    ----------
    comparison : Comparison
        After the cuts that were asked for.
    most : int
        Cuts in all.
    """
    found = [comparison.repeats]
    whole = comparison.done == comparison.asked and comparison.keys.times is None
    if whole and comparison.synthetic and comparison.repeats > 1 and comparison.passing >= _LARGE:
        while found[-1] < most:
            found.append(min(2 * found[-1], most))
    return tuple(found)


def still_open(comparison: Comparison) -> bool:
    """Whether the answer is "can't tell" and the looks that are left could well make it a "yes".

    A gain in standard errors Z at a look of information t is Z/√t ± √(1 − t) at the last one, if it stays what it is.
    """
    if comparison.done < comparison.asked or comparison.repeats >= comparison.looks[-1]:
        return False
    return (
        chosen(comparison).family != "synthetic"
        and not excluded(comparison)
        and any(_hopeful(comparison, place) for place in range(len(comparison.synthetic)))
    )


def _hopeful(comparison: Comparison, place: int) -> bool:
    """Whether one method with rows has a chance of one in ten to pass the bar and the margin at the last look."""
    gain = comparison.difference(comparison.synthetic[place], comparison.free)
    if gain.standard_error == 0.0:
        return False
    left = comparison.information[comparison.looks.index(comparison.repeats)]
    highest = -gain.value / gain.standard_error / np.sqrt(left) + _HOPE * np.sqrt(1.0 - left)
    largest = -gain.value + _HOPE * gain.standard_error * np.sqrt(1.0 - left)
    return bool(highest >= comparison.bar and largest >= margin(comparison))
