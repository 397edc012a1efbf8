"""Generators that warn of their own, as samplers of imbalanced-learn's pipelines for two classes."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin

from synththeory.arrays import Array
from synththeory.estimators.choice import named_streams
from synththeory.estimators.containers import appended, appended_labels
from synththeory.estimators.settings import built
from synththeory.estimators.sources import synthetic_rows
from synththeory.estimators.strategies import rows_to_add
from synththeory.estimators.tables import Table, read_table
from synththeory.generators import Generator, GkSmote, LeoCvae, Moms
from synththeory.generators.gk_smote import groups
from synththeory.generators.learned.base import standards
from synththeory.generators.learned.leo_cvae import lonely, published_gap
from synththeory.generators.learned.moms import chunked, danger


class Appending(OneToOneFeatureMixin, BaseEstimator):
    """A sampler that appends synthetic minority rows to a table of two classes; subclasses say whose."""

    _estimator_type = "sampler"
    sampling_strategy: Any
    random_state: Any

    @abstractmethod
    def _source(self) -> Any:
        """What makes the rows."""

    def _made(self, table: Table, size: int) -> int:
        """How many of the rows asked for the method makes; says so where it is not all."""
        return size

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Check the table and how many rows it wants."""
        self._read(X, y)
        return self

    def fit_resample(self, X: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
        """The table with synthetic minority rows appended.

        Parameters
        ----------
        X : array-like
            (n, d) numbers; a DataFrame or list comes back as one. Text is encoded before, in the pipeline.
        y : array-like
            (n,), two values; the rarer is the minority.

        Returns
        -------
        X, y
            (n + ñ, d) and (n + ñ,), the rows given first and untouched. Types are kept: synthetic entries of integer
            columns and flags are rounded.

        Raises
        ------
        ValueError
            Bad input or settings: named, with the remedy.
        """
        table, size = self._read(X, y)
        size = self._made(table, size)
        majority, minority = (np.ascontiguousarray(table.rows[each]) for each in (~table.minority, table.minority))
        made = synthetic_rows(self._source(), majority, minority, size, named_streams(self.random_state))
        label = table.labels[table.minority][:1]
        self.synthetic_ = np.arange(len(table.rows) + size) >= len(table.rows)
        return appended(X, made), appended_labels(y, np.repeat(label, size))

    def _read(self, X: ArrayLike, y: ArrayLike) -> tuple[Table, int]:
        table, self.classes_ = read_table(self, X, y, None, raw=False, fewest=1)
        size = rows_wanted(self.sampling_strategy, table)
        self.sampling_strategy_ = {table.labels[table.minority].tolist()[0]: size}
        return table, size


class GKSmoteSampler(Appending):
    """GK-SMOTE (`generators.md` §1).

    Parameters
    ----------
    neighbors : int
        k.
    faithful : bool
        As published: rows of a group of one seed, and all where fewer than two seeds are left, are not made.
    sampling_strategy, random_state
        As in `SyntheticSampler`.

    Attributes
    ----------
    groups_ : Groups
        Noise, border and safe rows among the minority.
    synthetic_, sampling_strategy_, classes_, n_features_in_, feature_names_in_
        As in `SyntheticSampler`.

    Warns
    -----
    UserWarning
        Where fewer than two minority rows are seeds: says what is done then. Where rows are not made.
    """

    def __init__(
        self, *, neighbors: int = 5, faithful: bool = False, sampling_strategy: Any = "auto", random_state: Any = None
    ) -> None:
        self.neighbors = neighbors
        self.faithful = faithful
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _source(self) -> Generator:
        return built(GkSmote, neighbors=self.neighbors, faithful=self.faithful)

    def _made(self, table: Table, size: int) -> int:
        self._source()  # refuses wrong settings first
        minority = table.rows[table.minority]
        self.groups_ = groups(minority, table.rows[~table.minority], self.neighbors, self.faithful)
        seeds = int((~self.groups_.noise).sum())
        made = sum(self.groups_.quotas(size, self.faithful))
        if size and seeds < 2:
            done = "no row is made" if self.faithful else "all minority rows are seeds"
            _say(
                f"gk-smote: {seeds} of {len(minority)} minority rows have a minority row among their {self.neighbors} "
                f"nearest, so {done}; raise neighbors, or use 'smote'"
            )
        elif made < size:
            _say(
                f"gk-smote: {size - made} of {size} rows are not made, as published: a group has one seed; leave out "
                "faithful"
            )
        return made


class LEOCVAESampler(Appending):
    """LEO-CVAE (`generators.md` §6); needs the extra ``neural``.

    Parameters
    ----------
    neighbors : int
        k of the neighbourhood's entropy.
    gamma : float
        γ of weights and seeds.
    epochs : int
        Most epochs.
    faithful : bool
        As published; asked to balance, it makes the gap of the 80 % that it trains on.
    sampling_strategy, random_state
        As in `SyntheticSampler`.

    Attributes
    ----------
    synthetic_, sampling_strategy_, classes_, n_features_in_, feature_names_in_
        As in `SyntheticSampler`.

    Warns
    -----
    UserWarning
        Where no minority row has another one near it: says that all are seeds.
    """

    def __init__(
        self, *, neighbors: int = 15, gamma: float = 2.5, epochs: int = 500, faithful: bool = False,
        sampling_strategy: Any = "auto", random_state: Any = None,
    ) -> None:  # fmt: skip
        self.neighbors = neighbors
        self.gamma = gamma
        self.epochs = epochs
        self.faithful = faithful
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _source(self) -> Generator:
        settings = {"neighbors": self.neighbors, "gamma": float(self.gamma), "epochs": self.epochs}
        return built(LeoCvae, **settings, faithful=self.faithful)

    def _made(self, table: Table, size: int) -> int:
        self._source().check(table.counts[1], table.rows.shape[1])
        balanced = size == table.counts[0] - table.counts[1]
        if self.faithful:
            return published_gap(*table.counts) if balanced else size
        near = min(self.neighbors, len(table.rows) - 1)
        if size and lonely(_standardised(table.rows), table.minority.astype(int), near).all():
            _say(f"leo-cvae: no minority row has another among its {near} nearest, so all are seeds; raise neighbors")
        return size


class MOMSSampler(Appending):
    """MOMS (`generators.md` §7); needs the extra ``neural``.

    Parameters
    ----------
    neighbors : int
        k of the danger set.
    triplet : float
        λ.
    steps : int
        Of the training.
    faithful : bool
        As published; rows are made in whole chunks of the minority's size, and not cut.
    sampling_strategy, random_state
        As in `SyntheticSampler`.

    Attributes
    ----------
    synthetic_, sampling_strategy_, classes_, n_features_in_, feature_names_in_
        As in `SyntheticSampler`.

    Warns
    -----
    UserWarning
        Where no minority row is in danger: says that the triplet term is left out.
    """

    def __init__(
        self, *, neighbors: int = 5, triplet: float = 0.01, steps: int = 600, faithful: bool = False,
        sampling_strategy: Any = "auto", random_state: Any = None,
    ) -> None:  # fmt: skip
        self.neighbors = neighbors
        self.triplet = triplet
        self.steps = steps
        self.faithful = faithful
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _source(self) -> Generator:
        settings = {"neighbors": self.neighbors, "triplet": float(self.triplet), "steps": self.steps}
        return built(Moms, **settings, faithful=self.faithful)

    def _made(self, table: Table, size: int) -> int:
        self._source().check(table.counts[1], table.rows.shape[1])
        near, rows = min(self.neighbors, len(table.rows) - 1), _standardised(table.rows)
        if size and self.triplet and not danger(rows[table.minority], rows[~table.minority], near).any():
            _say(
                f"moms: no minority row has mostly, and not only, majority rows among its {near} nearest, so the "
                "triplet term is left out; raise neighbors, or say triplet=0"
            )
        return chunked(size, table.counts[1]) if self.faithful else size


def _standardised(rows: Array) -> Array:
    """As the nets see them."""
    centre, scale = standards(rows)
    return np.asarray((rows - centre) / scale)


def _say(words: str) -> None:
    """A warning at the line that resamples."""
    warnings.warn(words, UserWarning, stacklevel=4)


def rows_wanted(strategy: Any, table: Table) -> int:
    """Synthetic minority rows that a ``sampling_strategy`` asks for.

    Raises
    ------
    ValueError
        As of `rows_to_add`, and where rows of the majority are asked for.
    """
    counts = {table.labels[each].tolist()[0]: int(each.sum()) for each in (~table.minority, table.minority)}
    common, rare = counts
    added = rows_to_add(strategy, table.labels, counts)
    if common in added:
        raise ValueError(f"sampling_strategy: rows are added to the minority {rare!r} only; leave {common!r} out")
    return added.get(rare, 0)
