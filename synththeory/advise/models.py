"""Which model is asked about: one of scikit-learn's by name with a small grid of penalties, or the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synththeory.errors import DesignError, nearest
from synththeory.estimators.classifiers import MULTIPLIERS
from synththeory.estimators.paths import is_plain_logistic

NAMES = ("logistic", "forest", "gradient-boosting", "mlp")
PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
"""C for as many rows as the table has; the penalty per unit of total weight is 1/(C n) in every arm."""
_COARSE = (0.0, 0.25, 0.5, 1.0, 1.5)
_GRIDS: dict[str, Mapping[str, Sequence[Any]]] = {
    "logistic": {"C": PENALTIES},
    "forest": {"min_samples_leaf": (1, 5, 20)},
    "gradient-boosting": {"learning_rate": (0.02, 0.1)},
    "mlp": {"alpha": (1e-4, 1e-1, 10.0)},
}


@dataclass(frozen=True, eq=False)
class Model:
    """What is fitted.

    Attributes
    ----------
    name : str
        As it is printed.
    estimator : classifier or Pipeline
        Unfitted; a Pipeline brings its own preprocessing.
    tune : mapping
        Parameters of the final step that every arm chooses for itself, and their values; empty where there are none.
    multipliers : tuple of float
        Synthetic sizes that VTSS compares, in class gaps: few where a fit is slow.
    guided : mapping
        Settings of TG-VTSS that keep it to few sizes; empty where fits are quick.
    linear : bool
        Whether the final step is a logistic regression with nothing but a ridge.
    """

    name: str
    estimator: Any
    tune: Mapping[str, Sequence[Any]]
    multipliers: tuple[float, ...]
    guided: Mapping[str, tuple[float, ...]]
    linear: bool = False


def model_of(asked: Any, tune: Mapping[str, Sequence[Any]] | None = None) -> Model:
    """The model of that name, or a user's classifier or Pipeline with the parameters they want tuned.

    Raises
    ------
    DesignError
        An unknown name, or class weights inside the model.
    """
    if asked is None or isinstance(asked, str):
        name = asked or "logistic"
        if name not in NAMES:
            raise DesignError(f"unknown model '{name}'{nearest(name, NAMES)}")
        grid = _GRIDS[name] if tune is None else tune
        return _model(f"{name}{_told(grid)}", _named(name), grid)
    final = final_of(asked)
    weighted = {
        name: value
        for name, value in final.get_params(deep=True).items()
        if name.rpartition("__")[2] == "class_weight" and value is not None
    }
    if weighted:
        name, value = next(iter(weighted.items()))
        raise DesignError(
            f"{type(final).__name__} has {name}={value!r}; leave it out, since class weights are one of the methods "
            "compared, and weights inside would shift the probabilities twice"
        )
    _no_places(asked)
    grid = tune or {}
    return _model(f"{' '.join(repr(final).split())}{_told(grid)}", asked, grid)


def _no_places(asked: Any) -> None:
    """Columns are typed by name here; a model's own list would number the features after that."""
    given = getattr(asked, "categorical_features", None)
    if given is not None and not isinstance(given, str):
        raise DesignError(
            f"{type(asked).__name__} has categorical_features={given!r}; leave it out, since categories are found in "
            "the table (types={'column': 'category'} says so of a column of numbers), or pass a Pipeline"
        )


def final_of(estimator: Any) -> Any:
    """The last step of a Pipeline, or the estimator itself."""
    return estimator.steps[-1][1] if is_pipeline(estimator) else estimator


def is_pipeline(estimator: Any) -> bool:
    """Whether it brings its own preprocessing."""
    from sklearn.pipeline import Pipeline

    return isinstance(estimator, Pipeline)


def _model(name: str, estimator: Any, tune: Mapping[str, Sequence[Any]]) -> Model:
    if is_plain_logistic(final_of(estimator)):
        return Model(name, estimator, tune, MULTIPLIERS, {}, linear=True)
    few = {"symmetric": (0.0, 0.25), "realistic": (1.0,), "biased": _COARSE}
    return Model(name, estimator, tune, _COARSE, few)


def _told(tune: Mapping[str, Sequence[Any]]) -> str:
    return "".join(f", {name} tuned over {', '.join(map(_short, values))}" for name, values in tune.items())


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _named(name: str) -> Any:
    if name == "logistic":
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=1000)
    if name == "mlp":
        from sklearn.neural_network import MLPClassifier

        return MLPClassifier((32,), max_iter=300, random_state=0)
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

    if name == "forest":
        return RandomForestClassifier(100, random_state=0)
    return HistGradientBoostingClassifier(random_state=0)
