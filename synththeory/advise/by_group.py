"""Whom does a method help, and whom does it harm? Losses within the groups of an attribute, the worst one named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t

from synththeory.advise.by_row import LEVEL, ByRow
from synththeory.advise.comparison import Comparison, Estimate, corrected, margin_of
from synththeory.advise.methods import AS_IS, Method
from synththeory.arrays import Integers
from synththeory.errors import DesignError

FEWEST = 10
"""Rows of each class, or groups of rows that belong together, from which on a group is judged."""
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
        Balanced log loss on the group's held-out rows, and minus that of the better free fix, with standard errors of
        the kind that all rows have.
    freedom : int
        Degrees of freedom of these: of the class with fewer rows (or groups of rows that belong together), or of folds.
    """

    name: str
    counts: tuple[int, int]
    losses: dict[Method, Estimate]
    differences: dict[Method, Estimate]
    freedom: int


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

    def bar(self, method: Method, group: Group) -> float:
        """Standard errors by which a method must lose in a group for the harm to be no chance.

        Student's t at the one-sided level of two standard errors, .023, over the number of groups: where a method harms
        none, the chance that it is said to is at most that, however groups depend on each other (Bonferroni's single
        step). Groups in which the method wins by more than two do not count: it loses there by no chance [D].
        """
        gaps = [each.differences[method] for each in self.groups]
        return float(t.isf(LEVEL / max(sum(not gap.beyond() for gap in gaps), 1), group.freedom))

    def harmed(self, method: Method) -> tuple[Group, ...]:
        """The groups in which a method was shown to lose to the better free fix, by the margin and beyond the bar."""
        return tuple(
            group
            for group in self.groups
            if group.differences[method].value
            > max(self.bar(method, group) * group.differences[method].standard_error, self.margin(group))
        )

    def unsure(self, method: Method) -> tuple[Group, ...]:
        """The groups in which neither harm was shown nor a harm of the margin excluded, at the level of one group."""
        harmed = self.harmed(method)
        return tuple(
            group for group in self.groups if group not in harmed and self.most(method, group) > self.margin(group)
        )

    def most(self, method: Method, group: Group) -> float:
        """The largest harm that its standard error leaves room for."""
        gap = group.differences[method]
        return gap.value + float(t.isf(LEVEL, group.freedom)) * gap.standard_error

    def margin(self, group: Group) -> float:
        """The smallest harm that counts in a group."""
        return margin_of(group.losses[self.free].value)

    def spares(self, method: Method) -> bool:
        """Whether a harm of the margin is excluded in every group."""
        return not self.harmed(method) and not self.unsure(method)

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
        units = "rows" if comparison.keys.groups is None else "groups of rows"
        folds = "" if comparison.keys.times is None else " in two folds"
        raise DesignError(
            f"no group of attribute '{attribute.name}' has {FEWEST} held-out {units} of both classes{folds}; nothing "
            "can be said by group"
        )
    return ByGroup(attribute.name, comparison.free, found, few)


def _groups(comparison: Comparison, attribute: Attribute) -> Iterator[Group]:
    free, places = comparison.methods.index(comparison.free), range(len(comparison.methods))
    for name in np.unique(attribute.values):
        own = comparison.by_row.within(attribute.values == name)
        counts = int((own.y == 0).sum()), int((own.y == 1).sum())
        fewest = min(own.units(0), own.units(1))
        judged, freedom = _over_rows, fewest - 1
        if comparison.keys.times is not None:
            judged, freedom = partial(_over_folds, comparison.ratio), len(own.balanced[0]) - 1
        if fewest >= FEWEST and freedom > 0:
            losses, gaps = [judged(own, place) for place in places], [judged(own, place, free) for place in places]
            yield Group(
                str(name), counts, dict(zip(comparison.methods, losses, strict=True)),
                dict(zip(comparison.methods, gaps, strict=True)), freedom,
            )  # fmt: skip


def _over_rows(found: ByRow, one: int, other: int | None = None) -> Estimate:
    """½ the sum of the classes' means over rows, and its standard error over rows and from fit to fit."""
    losses = found.means[one] if other is None else found.means[one] - found.means[other]
    value = 0.5 * float(losses[found.y == 0].mean() + losses[found.y == 1].mean())
    return Estimate(value, sqrt(found.variance(one, other)))


def _over_folds(ratio: float, found: ByRow, one: int, other: int | None = None) -> Estimate:
    """The mean over folds: rows that follow each other in time are not drawn anew."""
    folds = found.balanced[one] if other is None else found.balanced[one] - found.balanced[other]
    return corrected(folds, ratio)


def shown(comparison: Comparison, followed: Method) -> tuple[Method, ...]:
    """The methods of the page: as is, the better free fix, the one to follow, the best with rows."""
    best = (comparison.best(comparison.synthetic),) if comparison.synthetic else ()
    return tuple(dict.fromkeys((AS_IS, comparison.free, followed, *best)))
