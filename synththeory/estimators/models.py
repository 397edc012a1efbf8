"""What the symmetry test needs to know of a model: its loss, its penalty, how it codes labels, its preprocessing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synththeory.errors import DesignError
from synththeory.losses import LogisticLoss, Loss, SquaredLoss

_VALID = (
    "SquaredLoss, LogisticLoss, LogisticRegression, LinearRegression, Ridge, RidgeClassifier, "
    "SGDClassifier(loss='log_loss' or 'squared_error'), SGDRegressor(loss='squared_error'), or a Pipeline ending in one"
)


@dataclass(frozen=True)
class LinearModel:
    """A linear model as the balanced pilot sees it.

    Attributes
    ----------
    loss : Loss
        Squared or logistic.
    ridge : callable
        From the total weight n of the rows to the penalty's Hessian on each slope, on the scale of the mean loss.
    signs : bool
        Whether a squared loss codes its labels −1 and 1 (classifiers) in place of taking them as they are.
    preprocessing : tuple of pipelines
        Unfitted, in their order.
    """

    loss: Loss
    ridge: Callable[[float], float]
    signs: bool = False
    preprocessing: tuple[Any, ...] = ()


def linear_model(model: object) -> LinearModel:
    """Read a loss, a scikit-learn linear model, or a pipeline ending in one.

    The penalty is taken over as the model would apply it to n rows with ``class_weight="balanced"``: C on the summed
    logistic loss is 1/(Cn) on the mean, α of a ridge is 2α/n, α of stochastic gradient descent stays (doubled for
    its ½(y − f)²). Fitted coefficients, class weights and solver settings of the model play no part.

    Raises
    ------
    DesignError
        Anything else: the test needs a differentiable loss of a linear score and a quadratic penalty.
    """
    if isinstance(model, SquaredLoss | LogisticLoss):
        return LinearModel(model, _none)
    preprocessing, final = unpiped(model)
    found = _final(final)
    return LinearModel(found.loss, found.ridge, found.signs, preprocessing)


def unpiped(model: Any) -> tuple[tuple[Any, ...], Any]:
    """Take a pipeline apart: the preprocessing, in order, and the final step; nested pipelines too.

    Raises
    ------
    DesignError
        A step that resamples rows.
    """
    from sklearn.pipeline import Pipeline

    preprocessing = []
    while isinstance(model, Pipeline):
        for name, step in model.steps[:-1]:
            if hasattr(step, "fit_resample"):
                raise DesignError(
                    f"step '{name}' of the pipeline resamples rows, and the real ones are needed; remove that step"
                )
        if len(model.steps) > 1:
            preprocessing.append(model[:-1])
        model = model.steps[-1][1]
    return tuple(preprocessing), model


def _none(rows: float) -> float:
    return 0.0


def _final(model: Any) -> LinearModel:
    from sklearn.linear_model import (
        LinearRegression,
        LogisticRegression,
        LogisticRegressionCV,
        Ridge,
        RidgeClassifier,
        SGDClassifier,
        SGDRegressor,
    )

    name = model.__name__ if isinstance(model, type) else type(model).__name__
    if isinstance(model, LogisticRegressionCV):
        raise DesignError("LogisticRegressionCV has no penalty before it is fitted; pass LogisticRegression(C=…)")
    if isinstance(model, LogisticRegression):
        return LinearModel(LogisticLoss(bool(model.fit_intercept)), _logistic_ridge(model))
    if isinstance(model, LinearRegression | Ridge | RidgeClassifier):
        if getattr(model, "positive", False):
            raise DesignError(f"{name}(positive=True) is not a minimiser with zero gradient; use positive=False")
        alpha = _number(getattr(model, "alpha", 0.0), f"{name}.alpha")
        loss = SquaredLoss(bool(model.fit_intercept))
        return LinearModel(loss, lambda rows: 2.0 * alpha / rows, signs=isinstance(model, RidgeClassifier))
    if isinstance(model, SGDClassifier | SGDRegressor):
        return _stochastic(model, name, signs=isinstance(model, SGDClassifier))
    raise DesignError(f"{name} is not a linear model whose scores are known; valid: {_VALID}")


def _logistic_ridge(model: Any) -> Callable[[float], float]:
    penalty = getattr(model, "penalty", "l2")
    ratio = getattr(model, "l1_ratio", None) or 0.0
    if penalty == "l1" or (penalty in ("elasticnet", "deprecated") and ratio > 0.0):
        raise DesignError("an l1 penalty has no smooth score; use LogisticRegression with C alone, or C=inf")
    if penalty is None:
        return _none
    strength = _number(model.C, "LogisticRegression.C", infinite=True)
    if strength == 0.0:
        raise DesignError("LogisticRegression.C must be positive, got 0")
    return lambda rows: 1.0 / (strength * rows)


def _stochastic(model: Any, name: str, signs: bool) -> LinearModel:
    if model.penalty not in ("l2", None):
        raise DesignError(f"{name}(penalty={model.penalty!r}) has no smooth score; use penalty='l2' or None")
    alpha = 0.0 if model.penalty is None else _number(model.alpha, f"{name}.alpha")
    if signs and model.loss == "log_loss":
        return LinearModel(LogisticLoss(bool(model.fit_intercept)), lambda rows: alpha)
    if model.loss == "squared_error":
        return LinearModel(SquaredLoss(bool(model.fit_intercept)), lambda rows: 2.0 * alpha, signs)
    raise DesignError(f"{name}(loss={model.loss!r}) is not a loss whose scores are known; valid: {_VALID}")


def _number(value: object, what: str, infinite: bool = False) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise DesignError(f"{what} must be one number, got {value!r}") from error
    if not (0.0 <= number < float("inf") or (infinite and number == float("inf"))):
        raise DesignError(f"{what} must be a number ≥ 0, got {value!r}")
    return number
