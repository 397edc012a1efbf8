"""Whom does a method help, and whom does it harm? Losses within the groups of an attribute, the worst one named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synththeory.advise.by_row import influences
from synththeory.advise.comparison import Comparison, Estimate, margin_of
from synththeory.advise.methods import AS_IS, Method
from synththeory.arrays import Integers, Vector
from synththeory.errors import DesignError

FEWEST = 10
"""Rows of each class from which on a group is judged."""
_MOST = 30


@dataclass(frozen=True)
class Attribute:
    """What divides the rows into groups.

    Attributes
    ----------
    name : str
    values : array
        (n,), as text.
    """

    name: str
    values: NDArray[Any]

    @classmethod
    def of(cls, values: ArrayLike, rows: Integers) -> Attribute:
        """Of the rows that are compared.

        Raises
        ------
        DesignError
            One value only, or more than a page can hold.
        """
        name = str(getattr(values, "name", None) or "attribute")
        found = cls(name, np.asarray(values, dtype=object)[rows].astype(str))
        levels = len(np.unique(found.values))
        if not 2 <= levels <= _MOST:
            raise DesignError(
                f"attribute '{name}' has {levels} values, and a page by group holds 2 to {_MOST}; give a column of few "
                "values"
            )
        return found


@dataclass(frozen=True)
class Group:
    """The rows of one value.

    Attributes
    ----------
    name : str
    counts : tuple of two ints
        n0 and n1.
    losses, differences : dict of Method to Estimate
        Balanced log loss on the group's held-out rows, and minus that of the better free fix; standard errors over
        rows, given the fits.
    """

    name: str
    counts: tuple[int, int]
    losses: dict[Method, Estimate]
    differences: dict[Method, Estimate]

    def harmed_by(self, method: Method, free: Method) -> bool:
        """Whether a method loses to the better free fix here, by more than two standard errors and the margin."""
        gap = self.differences[method]
        return gap.value > max(2.0 * gap.standard_error, margin_of(self.losses[free].value))


@dataclass(frozen=True)
class ByGroup:
    """Every method in every group.

    Attributes
    ----------
    attribute : str
    free : Method
        The better free fix over all rows.
    groups : tuple of Group
        Those with enough rows of both classes.
    few : tuple of str
        The others.
    """

    attribute: str
    free: Method
    groups: tuple[Group, ...]
    few: tuple[str, ...]

    def harmed(self, method: Method) -> tuple[Group, ...]:
        """The groups that a method harms."""
        return tuple(group for group in self.groups if group.harmed_by(method, self.free))

    def worst(self, method: Method) -> Group:
        """The group of a method's largest loss."""
        return max(self.groups, key=lambda group: group.losses[method].value)


def by_group(comparison: Comparison, attribute: Attribute) -> ByGroup:
    """Judge every method in every group.

    Raises
    ------
    DesignError
        No group with enough rows.
    """
    found = tuple(_groups(comparison, attribute))
    few = tuple(name for name in map(str, np.unique(attribute.values)) if name not in {group.name for group in found})
    if not found:
        raise DesignError(
            f"no group of attribute '{attribute.name}' has {FEWEST} held-out rows of both classes; nothing can be said "
            "by group"
        )
    return ByGroup(attribute.name, comparison.free, found, few)


def _groups(comparison: Comparison, attribute: Attribute) -> Iterator[Group]:
    found, free = comparison.by_row, comparison.methods.index(comparison.free)
    values = attribute.values[found.held_out]
    for name in np.unique(values):
        within = values == name
        losses, y = found.means[:, within], found.y[within]
        gaps = losses - losses[free]
        counts = int((y == 0).sum()), int((y == 1).sum())
        if min(counts) >= FEWEST:
            yield Group(
                str(name), counts,
                {method: _balanced(row, y) for method, row in zip(comparison.methods, losses, strict=True)},
                {method: _balanced(row, y) for method, row in zip(comparison.methods, gaps, strict=True)},
            )  # fmt: skip


def _balanced(losses: Vector, y: Integers) -> Estimate:
    """½ the sum of the classes' means, and its standard error over rows."""
    value = 0.5 * float(losses[y == 0].mean() + losses[y == 1].mean())
    return Estimate(value, float(np.sqrt((influences(losses, y) ** 2).sum())))


def shown(comparison: Comparison, followed: Method) -> tuple[Method, ...]:
    """The methods of the page: as is, the better free fix, the one to follow, the best with rows."""
    best = (comparison.best(comparison.synthetic),) if comparison.synthetic else ()
    return tuple(dict.fromkeys((AS_IS, comparison.free, followed, *best)))
