"""A generator as a plain sampler: as many synthetic rows of every class as are asked for."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from synththeory.arrays import Array
from synththeory.estimators.choice import named_streams
from synththeory.estimators.containers import appended, appended_labels
from synththeory.estimators.mixed import Coded, as_frame, coded, extended, has_words
from synththeory.estimators.searched import SearchedGenerator
from synththeory.estimators.sources import ByLevels, row_parents, synthetic_rows
from synththeory.estimators.strategies import Strategy, rows_to_add
from synththeory.estimators.tables import read_rows


class SyntheticSampler(OneToOneFeatureMixin, SearchedGenerator):
    """Append synthetic rows of each class up to a count; no real row is moved, changed or removed.

    A step of ``imblearn.pipeline.Pipeline`` for any number of classes. It chooses nothing: whether rows help, and how
    many, `VTSSClassifier`, `TGVTSSSampler` and `synththeory.advise` say.

    Parameters
    ----------
    generator : Generator, sampler or callable
        As in `VTSSClassifier`; it sees the rows of one class as the minority and all others as the majority.
    sampling_strategy : {"auto", "not majority", "minority"}, float, dict or callable
        "auto" and "not majority" fill every class up to the largest, "minority" the rarest alone; a number r in (0, 1]
        fills the rarer of two classes up to r times the larger; a dict maps labels to the rows they should have
        afterwards; a function takes y and returns one of these. As in imbalanced-learn.
    random_state : int, RandomState or None
        Of the synthetic rows.

    Attributes
    ----------
    sampling_strategy_ : dict
        Labels and how many rows were added.
    synthetic_ : array of bool
        Which rows of the table returned are synthetic; they come last, class after class in sorted order.
    parents_ : array of int
        (ñ, 2): rows of the given table that each synthetic row lies between (a single one twice), −1 where it is made
        from all of its class, or by a sampler or function that does not tell.
    classes_, n_features_in_, feature_names_in_
        Of the table given.
    """

    _estimator_type = "sampler"

    def __init__(self, generator: Any, *, sampling_strategy: Strategy = "auto", random_state: Any = None) -> None:
        self.generator = generator
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Count what is to be added; `fit_resample` makes the rows."""
        self._counted(X, y)
        return self

    def fit_resample(self, X: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
        """The table with synthetic rows at its end.

        Parameters
        ----------
        X : array-like
            (n, d) numbers, and names in columns of text or categories; what comes back is of the same container and
            types: whole numbers and flags are rounded, a name is one of those that there are.
        y : array-like
            (n,) labels of two or more classes.

        Returns
        -------
        X, y
            (n + ñ, d) and (n + ñ,).

        Raises
        ------
        ValueError
            Bad input, counts or generator: named, with the remedy.
        """
        rows, labels = self._counted(X, y)
        source = self.generator if self._known is None else ByLevels(self.generator, _names(self._known))
        streams = named_streams(self.random_state)
        made, parents, added = [np.empty((0, rows.shape[1]))], [np.empty((0, 2), dtype=np.int64)], [labels[:0]]
        for place, (label, size) in enumerate(self.sampling_strategy_.items()):
            own, named = np.flatnonzero(labels == label), streams.within(f"class/{place}")
            made.append(synthetic_rows(source, rows[labels != label], rows[own], size, named))
            found = row_parents(source, rows[own], size, named)
            parents.append(np.where(found < 0, -1, own[found]))
            added.append(np.repeat(labels[own[:1]], size))
        self.synthetic_ = np.arange(len(rows) + sum(map(len, made))) >= len(rows)
        self.parents_ = np.concatenate(parents)
        rows = np.concatenate(made)
        whole = appended(X, rows) if self._known is None else extended(X, as_frame(X), self._known, rows)
        return whole, appended_labels(y, np.concatenate(added))

    def _rows(self, X: ArrayLike) -> Array:
        """Numbers, and codes where there are names; how these are coded is kept."""
        frame = as_frame(X) if _may_have_words(X) else None
        self._known = None if frame is None or not has_words(frame) else coded(frame, None)
        rows = read_rows(self, X, raw=self._known is not None, reset=True)
        if self._known is None:
            return np.asarray(rows)
        gaps = int(np.isnan(self._known.rows).any(axis=1).sum())
        if gaps:
            raise ValueError(f"Input X contains NaN: {gaps} rows have missing values; fill them in or drop those rows")
        return self._known.rows

    def _counted(self, X: ArrayLike, y: ArrayLike) -> tuple[Array, NDArray[Any]]:
        rows = self._rows(X)
        labels = np.asarray(column_or_1d(y, warn=True))
        check_consistent_length(rows, labels)
        check_classification_targets(labels)
        self.classes_, counts = np.unique(labels, return_counts=True)
        if len(self.classes_) < 2:
            raise ValueError("y has one class only; two or more are needed. The number of classes was 1")
        known = dict(zip(self.classes_.tolist(), counts.tolist(), strict=True))
        self.sampling_strategy_ = rows_to_add(self.sampling_strategy, y, known)
        return rows, labels


def _may_have_words(X: Any) -> bool:
    if hasattr(X, "iloc"):
        return bool(X.ndim == 2)
    array = np.asarray(X)
    return array.ndim == 2 and array.dtype.kind in "OUS"


def _names(known: Coded) -> tuple[int, ...]:
    return tuple(np.flatnonzero(known.categorical).tolist())
