"""A user's table of two classes, checked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import _safe_indexing, check_consistent_length
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, column_or_1d, validate_data

from synththeory.arrays import Array, Integers, Vector

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of two classes.

    Attributes
    ----------
    rows : array, DataFrame or sparse matrix
        (n, …); an Array (n, d) once they are features.
    labels : array
        The user's labels, (n,).
    minority : array of bool
        Which rows are of the rarer class, (n,); in a tie, the later label in sorted order.
    weights : Vector or None
        Weights > 0, (n,); None when all are alike.
    groups : array or None
        (n,): rows of one group are on one side of every split.
    times : array or None
        (n,): rows are judged by fits to earlier ones.
    """

    rows: Any
    labels: NDArray[Any]
    minority: Flags
    weights: Vector | None = None
    groups: NDArray[Any] | None = None
    times: NDArray[Any] | None = None

    @property
    def counts(self) -> tuple[int, int]:
        """n0 and n1, in rows."""
        one = int(self.minority.sum())
        return self.minority.size - one, one

    @property
    def totals(self) -> tuple[float, float]:
        """W0 and W1, the classes' weights; the counts when there are none."""
        if self.weights is None:
            return float(self.counts[0]), float(self.counts[1])
        return float(self.weights[~self.minority].sum()), float(self.weights[self.minority].sum())

    @property
    def gap(self) -> int:
        """Synthetic rows of mean minority weight w̄₁ that make the classes weigh the same: (W0 − W1)/w̄₁, at least 0.

        Without weights this is n0 − n1.
        """
        majority, minority = self.totals
        return max(round((majority - minority) / (minority / self.counts[1])), 0)

    def take(self, places: Integers) -> Table:
        """Some of the rows."""
        ties = (None if each is None else each[places] for each in (self.weights, self.groups, self.times))
        return Table(_safe_indexing(self.rows, places), self.labels[places], self.minority[places], *ties)

    def features(self, rows: Any) -> Table:
        """The same rows as finite numbers, (n, d).

        Raises
        ------
        ValueError
            When they are not numbers.
        """
        return replace(self, rows=numbers(rows))


def numbers(rows: Any) -> Array:
    """What came out of the preprocessing, as a dense float64 array.

    Raises
    ------
    ValueError
        When it is not numeric or not finite.
    """
    try:
        found = np.asarray(rows.toarray() if hasattr(rows, "toarray") else rows, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"the preprocessing leaves features that are no numbers: {error}; add an encoder") from error
    broken = int((~np.isfinite(found)).any(axis=1).sum())
    if broken:
        raise ValueError(
            f"the preprocessing leaves NaN or infinite features in {broken} rows; add a SimpleImputer to the Pipeline"
        )
    return found


def read_rows(estimator: Any, X: Any, raw: bool, reset: bool = False) -> Any:
    """Check rows against what the estimator saw, and set its ``n_features_in_`` and ``feature_names_in_`` on reset.

    Parameters
    ----------
    estimator : BaseEstimator
        Whose input it is.
    X : array-like
        (n, d).
    raw : bool
        Leave the table as it is, for the preprocessing of a pipeline to read; otherwise finite numbers are wanted.
    reset : bool
        Whether this is a fit.

    Raises
    ------
    ValueError
        Rows that are no finite numbers, or not those that were fitted.
    """
    if not raw:
        try:
            return validate_data(estimator, X, dtype=np.float64, reset=reset)
        except ValueError as error:
            if "could not convert string" not in str(error):
                raise
            raise ValueError(
                f"X is not numeric: {error}; encode its categories by a OneHotEncoder in a Pipeline"
            ) from error
    rows = X if hasattr(X, "iloc") or hasattr(X, "tocsr") else np.asarray(X)
    if rows.ndim != 2:
        raise ValueError(f"expected a 2D table, got shape {rows.shape}. Reshape your data: one row for each case")
    validate_data(estimator, rows, skip_check_array=True, reset=reset)
    return rows


def read_table(
    estimator: Any, X: Any, y: ArrayLike | None, sample_weight: ArrayLike | None, raw: bool, fewest: int = 2,
    groups: ArrayLike | None = None,
) -> tuple[Table, NDArray[Any]]:  # fmt: skip
    """Check a training table; rows of weight 0 are dropped.

    Parameters
    ----------
    estimator : BaseEstimator
        Whose input it is.
    X, y, sample_weight : array-like
        (n, d), (n,), and (n,) or None.
    raw : bool
        As in `read_rows`.
    fewest : int
        Rows that each class must have.
    groups : array-like, optional
        (n,): rows of one value stay on one side of every split.

    Returns
    -------
    Table, array
        And both classes, sorted.

    Raises
    ------
    ValueError
        Missing labels, not exactly two classes, too few rows in a class, bad weights: with the remedy.
    """
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
    rows = read_rows(estimator, X, raw, reset=True)
    labels = _labels(y)
    check_consistent_length(rows, labels)
    tied = None if groups is None else column_or_1d(groups)
    check_consistent_length(rows, tied)
    weights = None
    if sample_weight is not None:
        weights = np.asarray(
            _check_sample_weight(sample_weight, labels, dtype=np.float64, ensure_non_negative=True), dtype=np.float64
        )
        kept = np.flatnonzero(weights > 0.0)
        rows, labels, weights = _safe_indexing(rows, kept), labels[kept], weights[kept]
        tied = None if tied is None else tied[kept]
    classes, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    _check_classes(classes, counts, labels, fewest)
    rare = 0 if counts[0] < counts[1] else 1
    return Table(rows, labels, np.asarray(places == rare), weights, tied), classes


def _labels(y: ArrayLike) -> NDArray[Any]:
    labels = np.asarray(column_or_1d(y, warn=True))
    if labels.dtype.kind in "fO":
        missing = sum(value is None or bool(value != value) for value in labels.tolist())
        if missing:
            raise ValueError(f"Input y contains NaN: {missing} labels are missing (NaN or None); drop those rows")
    if labels.dtype.kind == "f" and np.isinf(labels).any():
        raise ValueError("Input y contains infinity, which is no label; drop those rows")
    check_classification_targets(labels)
    return labels


def _check_classes(classes: NDArray[Any], counts: NDArray[Any], labels: NDArray[Any], fewest: int) -> None:
    if classes.size == 1:
        raise ValueError(
            f"y has one class only, {classes.tolist()[0]!r} (rows of weight 0 do not count); two classes are needed"
        )
    if classes.size > 2:
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {type_of_target(labels)}: y has "
            f"{classes.size} classes; keep two, or merge the others into one label"
        )
    if counts.min() < fewest:
        raise ValueError(
            f"class {classes.tolist()[counts.argmin()]!r} has 1 row; at least 2 are needed, one to fit and one to "
            "validate, and for K folds K of them"
        )
