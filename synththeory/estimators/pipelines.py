"""An estimator as preprocessing and a final step: synthetic rows are made between the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sklearn.base import clone

from synththeory.estimators.models import unpiped
from synththeory.estimators.tables import Table


@dataclass(frozen=True)
class Steps:
    """Unfitted parts of a classifier.

    Attributes
    ----------
    preprocessing : tuple of pipelines
        What comes before the final step, in order; empty for an estimator that is no Pipeline.
    final : classifier
        The final step; it sees real and synthetic rows in the features that the preprocessing makes.
    """

    preprocessing: tuple[Any, ...]
    final: Any

    @classmethod
    def of(cls, estimator: Any) -> Steps:
        """Take a classifier or a Pipeline ending in one apart.

        Raises
        ------
        ValueError
            A pipeline that resamples, or a final step without ``predict_proba`` and ``decision_function``.
        """
        if isinstance(estimator, type):
            raise ValueError(f"the estimator must be an object, got the class {estimator.__name__}; write it with ()")
        preprocessing, final = unpiped(estimator)
        if not hasattr(final, "fit") or not (hasattr(final, "predict_proba") or hasattr(final, "decision_function")):
            raise ValueError(
                f"{type(final).__name__} has no predict_proba and no decision_function, so its fit cannot be judged by "
                "a loss; pass a classifier that has one, for example LogisticRegression()"
            )
        _no_hidden_weights(final)
        return cls(preprocessing, final)

    def fitted(self, table: Table) -> tuple[Table, tuple[Any, ...]]:
        """Fit the preprocessing on the table; its features, and the fitted parts."""
        rows, parts = table.rows, []
        for part in self.preprocessing:
            fresh = clone(part)
            rows = fresh.fit_transform(rows, table.labels)
            parts.append(fresh)
        return table.features(rows), tuple(parts)


def _no_hidden_weights(final: Any) -> None:
    """Class weights of the final step itself are accounted for; those of a model wrapped in it cannot be seen.

    Raises
    ------
    ValueError
        A wrapped model with a ``class_weight``.
    """
    parameters = final.get_params(deep=True) if hasattr(final, "get_params") else {}
    hidden = [name for name, value in parameters.items() if name.endswith("__class_weight") and value is not None]
    if hidden:
        raise ValueError(
            f"{type(final).__name__} wraps a model with {hidden[0]}={parameters[hidden[0]]!r}, which would shift the "
            "probabilities once more; leave it out (PriorShiftClassifier(…, reweighted=True) weighs both classes alike)"
        )


def transformed(parts: tuple[Any, ...], rows: Any) -> Any:
    """Rows through fitted preprocessing."""
    for part in parts:
        rows = part.transform(rows)
    return rows
