"""The balanced log loss from held-out rows one by one: its standard error over rows and over fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.streams import Streams

_DRAWS = 20_000
LEVEL = float(norm.sf(2.0))
"""One-sided level of two standard errors, .023."""
_ONCE = np.ones(1)


@dataclass(frozen=True, eq=False)
class ByRow:
    """Log loss of every held-out row by M methods, in every fold and on average.

    Attributes
    ----------
    rows, losses, labels : tuple of arrays
        Of each of J outer folds: row numbers (n_j,), log losses (M, n_j), classes (n_j,), 1 for the minority.
    cuts : Integers
        Which cut of the table a fold is of, (J,).
    groups : Integers or None
        By row number: rows of one group depend on each other.
    """

    rows: tuple[Integers, ...]
    losses: tuple[Array, ...]
    labels: tuple[Integers, ...]
    cuts: Integers
    groups: Integers | None = None

    @cached_property
    def held_out(self) -> Integers:
        """Numbers of the rows that some cut held out, increasing, (n,)."""
        return np.unique(np.concatenate(self.rows))

    @cached_property
    def means(self) -> Array:
        """Mean log loss of each of them over the cuts that held it out, (M, n)."""
        places = np.searchsorted(self.held_out, np.concatenate(self.rows))
        total = np.zeros((len(self.losses[0]), self.held_out.size))
        for method, losses in enumerate(np.concatenate(self.losses, axis=1)):
            total[method] = np.bincount(places, losses, self.held_out.size)
        return total / np.bincount(places, minlength=self.held_out.size)

    @cached_property
    def y(self) -> Integers:
        """Their classes, (n,)."""
        found = np.empty(self.held_out.size, dtype=np.int64)
        found[np.searchsorted(self.held_out, np.concatenate(self.rows))] = np.concatenate(self.labels)
        return found

    @cached_property
    def balanced(self) -> Array:
        """Balanced log losses of the folds that hold out rows of both classes, (M, J)."""
        found = [
            0.5 * (self.losses[place][:, y == 0].mean(axis=1) + self.losses[place][:, y == 1].mean(axis=1))
            for place, y in ((place, self.labels[place]) for place in self._both)
        ]
        return np.array(found).reshape(-1, len(self.losses[0])).T

    @cached_property
    def _both(self) -> list[int]:
        """Folds that hold out rows of both classes."""
        return [place for place, y in enumerate(self.labels) if 0 < y.sum() < y.size]

    def variance(self, one: int, other: int | None = None) -> float:
        """Squared standard error of a method's balanced log loss, or of its difference from another method's.

        ¼ Σ_c s_c²/n_c + τ²/J, s_c² over a class's n_c rows (or groups) of their mean over cuts, τ² as `between_fits`
        has it, not below 0, J the folds that hold out rows of both classes [D].

        Parameters
        ----------
        one, other : int
            Places of the methods, 0 to M − 1.
        """
        mean = self.means[one] if other is None else self.means[one] - self.means[other]
        losses = [self.losses[place] for place in self._both]
        each = [own[one] if other is None else own[one] - own[other] for own in losses]
        units = None if self.groups is None else [self.groups[self.rows[place]] for place in self._both]
        fits = between_fits(each, [self.labels[place] for place in self._both], self.cuts[self._both], units)
        return float((self._by_unit(mean) ** 2).sum()) + max(fits, 0.0) / max(len(each), 1)

    def within(self, chosen: NDArray[np.bool_]) -> ByRow:
        """The same of some rows, by row number."""
        kept = [chosen[rows] for rows in self.rows]
        return ByRow(
            tuple(rows[own] for rows, own in zip(self.rows, kept, strict=True)),
            tuple(losses[:, own] for losses, own in zip(self.losses, kept, strict=True)),
            tuple(labels[own] for labels, own in zip(self.labels, kept, strict=True)),
            self.cuts,
            self.groups,
        )

    def units(self, label: int) -> int:
        """Rows of a class that are drawn independently of each other; groups that have such a row."""
        rows = self.held_out[self.y == label]
        return int(rows.size if self.groups is None else np.unique(self.groups[rows]).size)

    def lasting(self, one: int, other: int) -> float:
        """The part of that variance of a difference which stays however often the table is cut anew.

        The mean, over pairs of cuts, of the product of what a row moves the balanced mean by in the one and in the
        other: ¼ Σ_c cov_c/n_c, cov_c the covariance over a class's rows of their differences in two cuts, not below 0
        [D]. All of the variance where one cut was made or a cut is not whole.

        Parameters
        ----------
        one, other : int
            Places of the methods, 0 to M − 1.
        """
        places, count = np.searchsorted(self.held_out, np.concatenate(self.rows)), self.held_out.size
        cuts = np.repeat(self.cuts, [len(rows) for rows in self.rows])
        number = int(self.cuts.max()) + 1
        if number < 2 or places.size != number * count:
            return self.variance(one, other)
        gaps = np.empty((number, count))
        gaps[cuts, places] = np.concatenate([losses[one] - losses[other] for losses in self.losses])
        moves = np.stack([self._by_unit(gap) for gap in gaps])
        pairs = (moves.sum(axis=0) ** 2).sum() - (moves**2).sum()
        return float(np.clip(pairs / (number * (number - 1)), 0.0, self.variance(one, other)))

    def bar(self, ones: Sequence[int], other: int, information: Vector = _ONCE) -> float:
        """Standard errors that the largest of several differences from one method exceeds with chance .023.

        The (1 − .023)-quantile of the maximum, over methods and over looks, of normal variables: with the correlations
        of the differences over rows (Hothorn, Bretz and Westfall's single step), and √(t_k/t_l) between look k and a
        later one l, as means of more and more cuts have (Pocock's constant bar) [D]. Of 20,000 draws; 2 for a single
        difference that is looked at once.

        Parameters
        ----------
        ones : sequence of int
            Places of the methods that are tried, (k,).
        other : int
            Place of the one that they are held against.
        information : Vector
            t: the variance at the last look over that at each, increasing to 1, (L,).
        """
        parts = np.stack([self._by_unit(self.means[one] - self.means[other]) for one in ones])
        lengths = np.sqrt((parts**2).sum(axis=1))
        parts = parts[lengths > 0.0] / lengths[lengths > 0.0, None]
        if len(parts) == 0 or len(parts) * len(information) < 2:
            return 2.0
        values, axes = np.linalg.eigh(parts @ parts.T)
        root = axes * np.sqrt(np.maximum(values, 0.0))
        streams = Streams.named(0, "advise", 0, 1)
        walk, highest = np.zeros((_DRAWS, len(parts))), np.full(_DRAWS, -np.inf)
        for look, step in enumerate(np.diff(information, prepend=0.0)):
            walk += np.sqrt(step) * streams.normals(f"bar/{look}" if look else "bar", _DRAWS, len(parts))[0]
            highest = np.maximum(highest, (walk @ root.T).max(axis=1) / np.sqrt(information[look]))
        return max(float(np.quantile(highest, 1.0 - LEVEL)), 2.0)

    def _by_unit(self, losses: Vector) -> Vector:
        """What each row (n,), or group of rows (G,), moves the balanced mean by: squares sum to its variance.

        A group moves it by what its rows do; what centring takes away is mended class by class, as in `between_fits`.
        """
        moves = influences(losses, self.y)
        if self.groups is None:
            return moves
        units = np.unique(self.groups[self.held_out], return_inverse=True)[1]
        for label in (0, 1):
            own = self.y == label
            shares = np.bincount(units, own) / own.sum()
            left = _left(shares[None])[0, 0]
            if left > 0.0:
                moves[own] *= np.sqrt((1.0 - 1.0 / own.sum()) * (shares**2).sum() / left)
        return np.asarray(np.bincount(units, moves), dtype=np.float64)


def influences(losses: Vector, y: Integers) -> Vector:
    """½(d_i − d̄_c)/√(n_c(n_c − 1)) for a row of class c: squares sum to the variance of ½(d̄₀ + d̄₁), (n,)."""
    found = np.zeros(losses.size)
    for label in (0, 1):
        own = y == label
        count = int(own.sum())
        if count > 1:
            found[own] = 0.5 * (losses[own] - losses[own].mean()) / np.sqrt(count * (count - 1.0))
    return found


def between_fits(
    losses: Sequence[Vector], labels: Sequence[Integers], cuts: Integers, groups: Sequence[Integers] | None = None
) -> float:
    """Variance of the balanced loss from fit to fit of one table: the spread over folds less what their rows explain.

    s² − ¼ Σ_c s_c²/n_c without bias, s² being the variance of the folds' balanced losses within a cut, s_c² that of a
    class's rows within a fold and n_c its rows in one, on average over folds [D]. It may be negative. Where rows come
    in groups, what whole groups explain takes the place of the second term.

    Parameters
    ----------
    losses, labels : sequence of arrays
        Of each outer fold, (n_j,), rows of both classes in each.
    cuts : Integers
        Which cut of the table a fold is of.
    groups : sequence of arrays, optional
        Of each fold's rows, (n_j,).
    """
    freedom = len(losses) - len(np.unique(cuts))
    if not freedom:
        return 0.0
    own = [[fold[y == label] for fold, y in zip(losses, labels, strict=True)] for label in (0, 1)]
    means = np.array([0.5 * (zero.mean() + one.mean()) for zero, one in zip(*own, strict=True)])
    centres = np.bincount(cuts, means) / np.maximum(np.bincount(cuts), 1)
    if groups is None:
        explained = sum(0.25 * _within(parts) * float(np.mean([1.0 / len(part) for part in parts])) for parts in own)
    else:
        explained = _by_groups(losses, labels, groups)
    return float(((means - centres[cuts]) ** 2).sum()) / freedom - explained


def _by_groups(losses: Sequence[Vector], labels: Sequence[Integers], groups: Sequence[Integers]) -> float:
    """Variance of a fold's balanced loss, given the fit, over the groups in it; mean over folds.

    ¼ Σ_{c,c'} Σ_g u_gc u_gc', u_gc the sum of group g's losses of class c less the class's mean in the fold, over the
    class's rows. Each of the four is divided by what `_left` says and multiplied by Σ_g p_gc p_gc', both summed over
    folds [D].
    """
    found, left, whole = np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2))
    for fold, y, own in zip(losses, labels, groups, strict=True):
        unit = np.unique(own, return_inverse=True)[1]
        shares = np.stack([np.bincount(unit, y == label) / (y == label).sum() for label in (0, 1)])
        sums = np.stack([np.bincount(unit, np.where(y == label, fold, 0.0)) / (y == label).sum() for label in (0, 1)])
        moves = sums - shares * sums.sum(axis=1, keepdims=True)
        found += moves @ moves.T
        whole += shares @ shares.T
        left += _left(shares)
    mended = np.divide(whole, left, out=np.zeros((2, 2)), where=left > 1e-12)
    return 0.25 * float((found * mended).sum()) / len(losses)


def _left(shares: Matrix) -> Matrix:
    """Σ_g p_gc p_gc' (1 − p_gc − p_gc') + (Σ_g p_gc p_gc')²: what centring leaves of a covariance between groups.

    p_gc is the share of a class's rows that are in group g, (C, G); the mean's own is Σ_g p_gc p_gc', (C, C). Exact
    where a group's rows move together, and for groups of one size however they do [D].
    """
    joint, square = shares @ shares.T, shares**2
    return np.asarray(joint - square @ shares.T - shares @ square.T + joint**2)


def _within(parts: Sequence[Vector]) -> float:
    """Variance of rows within folds; over all of them where no fold has two."""
    freedom = sum(map(len, parts)) - len(parts)
    if not freedom:
        return float(np.concatenate(parts).var(ddof=1))
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts)) / freedom
