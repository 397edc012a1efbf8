"""The symmetry test on people's own tables: scikit-learn models, pipelines, labels, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from synththeory.errors import DesignError
from synththeory.estimators import symmetry_test
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import CubePair, Population
from synththeory.selection import symmetry_noncentrality, symmetry_power, symmetry_statistics
from tests.selection import plain
from tests.selection.tables import table

ZERO, ONE, Y = table(11)
X = np.concatenate([ZERO, ONE])


@pytest.mark.parametrize(
    ("model", "logistic", "labels", "slope_penalty"),
    [
        (LogisticRegression(C=0.02), True, (0.0, 1.0), 1.0 / (0.02 * 144)),
        (LogisticRegression(C=np.inf, fit_intercept=False), True, (0.0, 1.0), 0.0),
        (LinearRegression(), False, (0.0, 1.0), 0.0),
        (Ridge(alpha=30.0, fit_intercept=False), False, (0.0, 1.0), 60.0 / 144),
        (RidgeClassifier(alpha=30.0), False, (-1.0, 1.0), 60.0 / 144),
        (SGDClassifier(loss="log_loss", alpha=0.3), True, (0.0, 1.0), 0.3),
        (SGDClassifier(loss="squared_error", penalty=None), False, (-1.0, 1.0), 0.0),
        (SGDRegressor(alpha=0.3), False, (0.0, 1.0), 0.6),
    ],
    ids=repr,
)
def test_a_model_is_its_loss_and_penalty(
    model: Any, logistic: bool, labels: tuple[float, float], slope_penalty: float
) -> None:
    loss = SquaredLoss(intercept=model.fit_intercept)
    penalty = np.full(loss.parameters(3), slope_penalty)
    penalty[3:] = 0.0
    other = plain.symmetry([loss.design(ZERO), loss.design(ONE)], labels, logistic, penalty)
    test = symmetry_test(X, Y, model)
    np.testing.assert_allclose([test.statistic, test.p_value], [other.scaled, other.small_p], rtol=1e-7)
    np.testing.assert_allclose(test.g_phi, other.g_phi, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("model", "slope"),
    [
        (LogisticRegression(C=0.05, class_weight="balanced", tol=1e-12, max_iter=5000), lambda f: expit(f) - Y),
        (Ridge(alpha=20.0), lambda f: 2.0 * (f - Y)),
    ],
)
def test_the_pilot_is_scikit_learns_balanced_fit(model: Any, slope: Callable[[np.ndarray], np.ndarray]) -> None:
    weights = np.where(Y == 1.0, 144 / 48, 144 / 240)
    fitted = model.fit(X, Y, **({} if "class_weight" in model.get_params() else {"sample_weight": weights}))
    scores = slope(X @ fitted.coef_.ravel() + fitted.intercept_)[:, None] * np.column_stack([X, np.ones(144)])
    expected = scores[Y == 0.0].mean(axis=0) - scores[Y == 1.0].mean(axis=0)
    np.testing.assert_allclose(symmetry_test(X, Y, model).g_phi, expected, atol=1e-6)


def test_a_pipeline_is_its_last_step_on_transformed_rows() -> None:
    frame = pd.DataFrame(X.copy(), columns=["a", "b", "c"])
    frame["group"] = np.where(X[:, 0] + np.arange(144) % 3 > 0.5, "left", "right")
    frame.loc[3, "b"] = np.nan
    numbers = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler()), ("turn", PCA(2))])
    before = make_pipeline(numbers, LogisticRegression(C=0.4))
    moved = numbers.fit_transform(frame[["a", "b", "c"]])
    direct = symmetry_test(moved, Y, LogisticRegression(C=0.4))
    test = symmetry_test(frame[["a", "b", "c"]], pd.Series(Y), before)
    nested = symmetry_test(frame[["a", "b", "c"]], Y, make_pipeline("passthrough", before))
    np.testing.assert_allclose([test.statistic, nested.statistic], direct.statistic, rtol=1e-12)
    sparse = symmetry_test(frame[["group"]], Y, make_pipeline(OneHotEncoder(), LogisticRegression(fit_intercept=False)))
    assert 0.0 <= sparse.p_value <= 1.0
    assert not hasattr(before[-1], "coef_")


@pytest.mark.parametrize("names", [("yes", "no"), (True, False), (7, 3), ("a", "b")])
def test_logistic_labels_are_any_two_values(names: tuple[Any, Any]) -> None:
    expected = symmetry_test(X, Y, LogisticLoss())
    y = [names[0] if label else names[1] for label in Y]
    assert symmetry_test(X, y, LogisticLoss()).statistic == expected.statistic


def test_squared_loss_takes_numbers_as_they_are_and_names_as_halves() -> None:
    halves = symmetry_test(X, Y - 0.5, SquaredLoss())
    named = symmetry_test(X, np.where(Y == 1.0, "rare", "common"), SquaredLoss())
    assert named.statistic == halves.statistic
    assert symmetry_test(X, Y, SquaredLoss()).statistic != halves.statistic


def test_equally_frequent_labels_make_the_later_one_the_minority() -> None:
    test = symmetry_test(np.concatenate([ZERO[:24], ONE]), np.repeat(["a", "b"], 24), LogisticLoss())
    expected = symmetry_statistics(ZERO[None, :24], ONE[None], LogisticLoss(), (0.0, 1.0))
    np.testing.assert_allclose(test.g_phi, expected.g_phi[0], rtol=1e-10)


def nan_in(values: np.ndarray) -> np.ndarray:
    out = values.copy()
    out[2] = np.nan
    return out


class Resampler:
    """What imbalanced-learn's samplers look like to a pipeline."""

    def fit_resample(self, X: object, y: object) -> None: ...

    def fit(self, X: object, y: object = None) -> "Resampler":
        return self

    transform = fit


LOGISTIC = LogisticRegression()
REFUSED: dict[str, tuple[Any, Any, Any, str]] = {
    "one class": (X, np.ones(144), LOGISTIC, "one class only.*keep two"),
    "three classes": (X, np.arange(144) % 3, LOGISTIC, "3 classes.*merge"),
    "one row": (X, np.arange(144) == 5, LOGISTIC, "fewer than 2 rows; collect"),
    "few rows": (X, np.arange(144) < 5, LOGISTIC, "has 5 rows.*at least 6.*fewer features"),
    "NaN in X": (nan_in(X), Y, LOGISTIC, "NaN or infinite entries in 1 rows.*SimpleImputer"),
    "NaN in y": (X, nan_in(Y), LOGISTIC, "1 missing labels.*drop"),
    "None in y": (X, [None, *Y[1:]], LOGISTIC, "1 missing labels.*drop"),
    "mixed labels": (X, np.array([1, *["a"] * 143], dtype=object), LOGISTIC, "different types"),
    "text": (np.full((144, 1), "red"), Y, LOGISTIC, "not numeric.*OneHotEncoder"),
    "lengths": (X[:-1], Y, LOGISTIC, "144 rows.*shape"),
    "two columns of y": (X, np.column_stack([Y, Y]), LOGISTIC, "one column"),
    "copied column": (X[:, [0, 1, 1]], Y, LinearRegression(), "drop redundant columns"),
    "separated": (X + 100.0 * Y[:, None], Y, LogisticLoss(intercept=True), "separates.*penalty"),
    "tree": (X, Y, DecisionTreeClassifier(), "DecisionTreeClassifier is not a linear model.*valid: SquaredLoss"),
    "class, not model": (X, Y, LogisticRegression, "LogisticRegression is not a linear model"),
    "hinge": (X, Y, LinearSVC(), "LinearSVC is not a linear model"),
    "hinge by SGD": (X, Y, SGDClassifier(), "loss='hinge'"),
    "l1": (X, Y, LogisticRegression(l1_ratio=1.0, solver="saga"), "l1 penalty.*C alone"),
    "l1 by SGD": (X, Y, SGDRegressor(penalty="l1"), "penalty='l2' or None"),
    "positive": (X, Y, LinearRegression(positive=True), "positive=False"),
    "unfitted penalty": (X, Y, LogisticRegressionCV(), "pass LogisticRegression"),
    "penalties": (X, Y, Ridge(alpha=np.ones(2)), "Ridge.alpha must be one number"),
    "negative penalty": (X, Y, Ridge(alpha=-1.0), "Ridge.alpha must be a number ≥ 0"),
    "no C": (X, Y, LogisticRegression(C=0.0), "must be positive"),
    "resampler": (X, Y, Pipeline([("smote", Resampler()), ("fit", LOGISTIC)]), "'smote'.*remove that step"),
    "preprocessing": (nan_in(X), Y, make_pipeline(PCA(2), LOGISTIC), "preprocessing failed.*mend"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_named_with_its_remedy(name: str) -> None:
    x, y, model, message = REFUSED[name]
    with pytest.raises(DesignError, match=f"(?s){message}"):
        symmetry_test(x, y, model)


def test_unknown_calibration_names_the_nearest() -> None:
    with pytest.raises(DesignError, match="did you mean 'chi2'"):
        symmetry_test(X, Y, LOGISTIC, calibration="chi")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zero", "one", "loss", "labels", "message"),
    [
        (ZERO, ONE[None], SquaredLoss(), (0.0, 1.0), "expected rows"),
        (ZERO[None], ONE[None, :4], SquaredLoss(), (0.0, 1.0), "at least 5 rows"),
        (ZERO[None], ONE[None], LogisticLoss(), (-0.5, 0.5), "labels 0 and 1"),
        (ZERO[None], ONE[None], SquaredLoss(), (1.0, 1.0), "different labels"),
        (ZERO[None], ONE[None], "squared", (0.0, 1.0), "expected SquaredLoss or LogisticLoss, got str"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(zero: Any, one: Any, loss: Any, labels: Any, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        symmetry_statistics(zero, one, loss, labels)


def test_a_data_set_without_a_test_is_nan_and_leaves_the_others_alone() -> None:
    copied = ZERO[:, [0, 1, 1]], ONE[:, [0, 1, 1]]
    far = ZERO, ONE + np.array([100.0, 0.0, 0.0]) * 1e3
    sets = [(ZERO, ONE), copied, far]
    stacked = [np.stack(rows) for rows in zip(*sets, strict=True)]
    found = symmetry_statistics(stacked[0], stacked[1], LogisticLoss(intercept=True), (0.0, 1.0))
    alone = symmetry_statistics(ZERO[None], ONE[None], LogisticLoss(intercept=True), (0.0, 1.0))
    assert found.p_value[0] == pytest.approx(alone.p_value[0], rel=1e-9)
    assert np.isnan(found.p_value[1:]).all()
    assert np.isnan(found.g_phi[1:]).all()


@pytest.mark.parametrize(("counts", "level"), [((0, 5), 0.05), ((50, 5), 0.0), ((50, 5), 1.0), ((50, 5, 5), 0.05)])
def test_power_refuses_impossible_questions(counts: Any, level: float) -> None:
    with pytest.raises(DesignError):
        symmetry_power(CubePair(dimension=2), SquaredLoss(), counts, level)


def test_noncentrality_needs_known_moments() -> None:
    population: Population = CubePair(dimension=2)
    with pytest.raises(DesignError):
        symmetry_noncentrality(population, LogisticLoss(), (50, 5))
