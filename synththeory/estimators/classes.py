"""A user's table, checked once: the rows of two classes in the features of the final step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synththeory.arrays import Array
from synththeory.errors import DesignError
from synththeory.estimators.models import LinearModel
from synththeory.losses import LogisticLoss
from synththeory.selection.batches import smallest_minority

CODES = (-0.5, 0.5)  # of labels that are no numbers, for squared loss


@dataclass(frozen=True, eq=False)
class TwoClasses:
    """Rows of both classes.

    Attributes
    ----------
    majority, minority : Array
        (n0, d) and (n1, d), in the features of the final step.
    labels : tuple of two floats
        Response of each class.
    """

    majority: Array
    minority: Array
    labels: tuple[float, float]


def two_classes(X: ArrayLike, y: ArrayLike, model: LinearModel) -> TwoClasses:
    """Split a table by class, after the model's preprocessing was fitted on all of it.

    The rarer label is the minority (the later of the two in sorted order when they are equally frequent).

    Raises
    ------
    DesignError
        Missing values, not exactly two classes, or too few rows, each with its remedy.
    """
    labels = _labels(y)
    values, places, counts = _distinct(labels)
    if len(values) != 2:
        problem = "y has one class only" if len(values) == 1 else f"y has {len(values)} classes"
        raise DesignError(f"{problem}; the test compares exactly two: keep two, or merge the others into one label")
    minority = 0 if counts[0] < counts[1] else 1
    if counts.min() < 2:
        raise DesignError(f"class {values[minority]!r} has fewer than 2 rows; collect more of them")
    rows = _features(X, labels, model)
    needed = smallest_minority(model.loss.parameters(rows.shape[1]))
    if counts.min() < needed:
        raise DesignError(
            f"class {values[minority]!r} has {counts.min()} rows, and a model of {needed - 2} parameters needs at "
            f"least {needed} (parameters + 2); use fewer features or collect more rows"
        )
    codes = _codes((values[1 - minority], values[minority]), model)
    return TwoClasses(rows[places != minority], rows[places == minority], codes)


def _labels(y: ArrayLike) -> NDArray[Any]:
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not labels.size:
        raise DesignError(f"y must be one column with one label a row, got shape {labels.shape}")
    if labels.dtype.kind in "fO":
        missing = np.array([value is None or bool(value != value) for value in labels.tolist()])
        if missing.any():
            raise DesignError(f"y has {int(missing.sum())} missing labels (NaN or None); drop those rows")
    return labels


def _distinct(labels: NDArray[Any]) -> tuple[list[Any], NDArray[np.int64], NDArray[np.int64]]:
    try:
        values, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    except TypeError as error:
        raise DesignError("y mixes labels of different types; use one type for both classes") from error
    return values.tolist(), places.astype(np.int64), counts.astype(np.int64)


def _features(X: ArrayLike, labels: NDArray[Any], model: LinearModel) -> Array:
    from sklearn.base import clone

    table: Any = X
    shape = np.shape(table)
    if len(shape) != 2 or shape[0] != labels.shape[0] or shape[1] < 1:
        raise DesignError(f"X must be a table of {labels.shape[0]} rows, as y has that many labels, got shape {shape}")
    for part in model.preprocessing:
        try:
            fresh: Any = clone(part)
            table = fresh.fit_transform(table, labels)
        except (ValueError, TypeError) as error:
            raise DesignError(
                f"the pipeline's preprocessing failed on this table: {error}; mend the pipeline or the table"
            ) from error
    try:
        rows = np.asarray(table.toarray() if hasattr(table, "toarray") else table, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise DesignError(
            f"X is not numeric: {error}; encode its categories, for example by a OneHotEncoder in a Pipeline"
        ) from error
    broken = int((~np.isfinite(rows)).any(axis=1).sum())
    if broken:
        raise DesignError(
            f"X has NaN or infinite entries in {broken} rows; drop them or put a SimpleImputer into a Pipeline"
        )
    return rows


def _codes(values: tuple[Any, Any], model: LinearModel) -> tuple[float, float]:
    if isinstance(model.loss, LogisticLoss):
        return (0.0, 1.0)
    if model.signs:
        return (-1.0, 1.0)
    numeric = all(isinstance(value, int | float) for value in values)
    return (float(values[0]), float(values[1])) if numeric else CODES
