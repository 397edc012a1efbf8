"""The estimators as people use them: tables of any kind, clear answers to wrong input."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as resampling_pipeline
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted

from synththeory.estimators import PriorShiftClassifier, TGVTSSClassifier, TGVTSSSampler, VTSSClassifier
from synththeory.generators import Bootstrap, Smote
from tests.architecture.graph import loaded_by
from tests.estimators.data import shifted

X, Y = shifted(8)
LOGISTIC = LogisticRegression()


def frame() -> pd.DataFrame:
    table = pd.DataFrame(X.copy(), columns=["age", "dose", "weight"])
    table["site"] = np.where(X[:, 0] > 0.0, "north", "south")
    table.loc[5, "dose"] = np.nan
    return table


@pytest.mark.parametrize("output", ["default", "pandas"])
def test_frames_with_categories_and_gaps_go_through_a_pipeline(output: str) -> None:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    encoder = OneHotEncoder(sparse_output=output == "default")
    columns = make_column_transformer((numbers, ["age", "dose", "weight"]), (encoder, ["site"]))
    pipeline = make_pipeline(columns.set_output(transform=output), LOGISTIC)
    labels = pd.Series(np.where(Y == 1, "ill", "well"))
    model = TGVTSSClassifier(pipeline, Smote(), folds=3, random_state=0).fit(frame(), labels)
    assert model.feature_names_in_.tolist() == ["age", "dose", "weight", "site"]
    assert model.n_features_in_ == 4
    assert (model.minority_class_, model.classes_.tolist()) == ("ill", ["ill", "well"])
    assert len(model.preprocessing_) == 1
    assert not hasattr(pipeline[-1], "coef_")
    chances = model.predict_proba(frame())
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert model.score(frame(), labels) > 0.6
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame().rename(columns={"age": "years"}))


def test_sparse_tables_go_through_a_pipeline_only() -> None:
    model = PriorShiftClassifier(make_pipeline(StandardScaler(with_mean=False), LOGISTIC))
    sparse = model.fit(scipy.sparse.csr_array(X), Y).predict_proba(scipy.sparse.csr_array(X))
    np.testing.assert_allclose(sparse, model.fit(X, Y).predict_proba(X), rtol=1e-9)


def test_samplers_keep_frames_and_say_which_rows_are_synthetic() -> None:
    table = frame()[["age", "dose", "weight"]].fillna(0.0).astype({"dose": "float32"})
    table["stays"] = np.arange(len(table)) % 5
    sampler = TGVTSSSampler(LOGISTIC, SMOTE(), folds=2, random_state=0)
    rows, labels = sampler.fit_resample(table, pd.Series(Y, name="ill"))
    assert rows.dtypes.astype(str).tolist() == ["float64", "float32", "float64", "int64"]
    assert (labels.name, labels.dtype) == ("ill", Y.dtype)
    pd.testing.assert_frame_equal(rows[~sampler.synthetic_], table)
    assert sampler.fit(table, Y).synthetic_size_ == sampler.synthetic_.sum()


def test_a_sampler_is_a_step_of_an_imbalanced_learn_pipeline() -> None:
    sampler = TGVTSSSampler(LOGISTIC, Smote(), folds=2, random_state=0)
    pipeline = resampling_pipeline(StandardScaler(), sampler, LOGISTIC)
    assert cross_val_score(pipeline, X, Y, cv=3, scoring="roc_auc").mean() > 0.8
    with pytest.raises(NotFittedError):
        check_is_fitted(pipeline)
    assert pipeline.fit(X, Y)[1].sampling_strategy_ == {1: pipeline[1].synthetic_.sum()}
    check_is_fitted(pipeline)  # what imbalanced-learn 0.15 will ask before it predicts


def test_a_classifier_ends_an_imbalanced_learn_pipeline() -> None:
    last = VTSSClassifier(LOGISTIC, Smote(), multipliers=(0.0, 1.0), folds=2, random_state=0)
    pipeline = resampling_pipeline(StandardScaler().set_output(transform="pandas"), last)
    check_is_fitted(pipeline.fit(X, Y))
    np.testing.assert_allclose(pipeline.predict_proba(X).sum(axis=1), 1.0)


@pytest.mark.parametrize(
    "model",
    [
        TGVTSSClassifier(LOGISTIC, Smote(), tau=4.0, random_state=0),
        VTSSClassifier(make_pipeline(StandardScaler(), LOGISTIC), SMOTE(), multipliers=(0.0, 1.0)),
        PriorShiftClassifier(LOGISTIC, reweighted=True),
        TGVTSSSampler(LOGISTIC, Smote()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_settings_are_copied_shown_and_searched(model: Any) -> None:
    copy = clone(model)
    assert repr(copy) == repr(model)
    assert type(model).__name__ in model._repr_html_()
    step = "estimator__C" if "estimator__C" in model.get_params() else "estimator__logisticregression__C"
    assert copy.set_params(**{step: 3.0}).get_params()[step] == 3.0
    assert model.get_params()[step] == 1.0


def test_a_grid_of_penalties_is_searched() -> None:
    search = GridSearchCV(
        VTSSClassifier(LOGISTIC, Bootstrap(), multipliers=(0.0, 1.0), folds=2, random_state=0),
        {"estimator__C": [0.01, 1.0], "folds": np.array([2, 3])},
        scoring="balanced_accuracy",
        cv=2,
    )
    assert search.fit(X, Y).best_params_["estimator__C"] in (0.01, 1.0)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4)
def test_units_do_not_matter_after_standardising(seed: int) -> None:
    """x ↦ a + b x column by column, b > 0."""
    rng = np.random.default_rng(seed)
    moved = 10.0 * rng.standard_normal(3) + X * rng.uniform(0.01, 100.0, 3)
    model = TGVTSSClassifier(make_pipeline(StandardScaler(), LOGISTIC), Smote(), folds=2, random_state=0)
    here, there = clone(model).fit(X, Y), model.fit(moved, Y)
    assert here.synthetic_size_ == there.synthetic_size_
    np.testing.assert_allclose(here.curve_.loss, there.curve_.loss, rtol=1e-4)
    np.testing.assert_allclose(here.predict_proba(X), there.predict_proba(moved), rtol=1e-3)


def test_the_estimators_load_without_imbalanced_learn_and_pandas() -> None:
    assert loaded_by("synththeory.estimators").isdisjoint({"imblearn", "pandas"})


def weights(**places: float) -> np.ndarray:
    out = np.ones(len(Y))
    for place, value in places.items():
        out[int(place[1:])] = value
    return out


def with_missing(values: Any) -> Any:
    out = np.array(values, dtype=float)
    out.flat[4] = np.nan
    return out


TG = TGVTSSClassifier(LOGISTIC, Bootstrap(), folds=2)
REFUSED: dict[str, tuple[Any, Any, Any, Any, str]] = {
    "one class": (TG, X, np.zeros(len(Y)), None, "one class only, 0.0"),
    "three classes": (TG, X, np.arange(len(Y)) % 3, None, "3 classes; keep two, or merge"),
    "one row": (TG, X, np.arange(len(Y)) == 3, None, "class True has 1 row; at least 2 .* for K folds K of them"),
    "NaN label": (TG, X, with_missing(Y), None, "1 labels are missing .*; drop those rows"),
    "None label": (TG, X, [None, *np.where(Y[1:], "a", "b")], None, "1 labels are missing"),
    "numbers as labels": (TG, X, X[:, 0], None, "Unknown label type: continuous"),
    "NaN": (TG, with_missing(X), Y, None, "contains NaN"),
    "words": (TG, np.full((len(Y), 2), "red"), Y, None, "X is not numeric.*OneHotEncoder in a Pipeline"),
    "NaN after preprocessing": (
        VTSSClassifier(make_pipeline(StandardScaler(), LOGISTIC), Bootstrap()), with_missing(X), Y, None,
        "NaN or infinite features in 1 rows; add a SimpleImputer",
    ),
    "words after preprocessing": (
        VTSSClassifier(make_pipeline("passthrough", LOGISTIC), Bootstrap()), np.full((len(Y), 1), "red"), Y, None,
        "features that are no numbers.*add an encoder",
    ),
    "lengths": (TG, X[:-1], Y, None, "inconsistent numbers of samples"),
    "weights of one class": (TG, X, Y, Y, "one class only, 1"),
    "negative weight": (TG, X, Y, weights(p3=-1.0), "Negative values"),
    "no weights taken": (VTSSClassifier(KNeighborsClassifier(), Bootstrap()), X, Y, weights(p3=2.0),
        "KNeighborsClassifier.fit takes no sample_weight; leave the weights out"),
    "reweighting without weights": (PriorShiftClassifier(KNeighborsClassifier(), reweighted=True), X, Y, None,
        "KNeighborsClassifier.fit takes no sample_weight"),
    "regression": (VTSSClassifier(LinearRegression(), Bootstrap()), X, Y, None, "LinearRegression has no predict"),
    "class": (VTSSClassifier(LogisticRegression, Bootstrap()), X, Y, None, "got the class LogisticRegression"),
    "resampling pipeline": (VTSSClassifier(resampling_pipeline(SMOTE(), LOGISTIC), Bootstrap()), X, Y, None,
        "step 'smote' of the pipeline resamples rows"),
    "no generator": (VTSSClassifier(LOGISTIC, None), X, Y, None, "the generator must be one of .* got NoneType"),
    "few neighbours": (VTSSClassifier(LOGISTIC, Smote(neighbors=20), folds=2), X, Y, None,
        "generator smote cannot imitate the 16 minority rows of a training set: .*fewer folds"),
    "folds": (clone(TG).set_params(folds=1), X, Y, None, "folds: expected greater than or equal to 2, got 1"),
    "fraction with folds": (clone(TG).set_params(fraction=0.3), X, Y, None, "'fraction' does not belong"),
    "validation": (clone(TG).set_params(validation="cv"), X, Y, None, "unknown validation 'cv'.*valid: cross-"),
    "level": (clone(TG).set_params(alpha=2.0), X, Y, None, "alpha: expected less than 1, got 2.0"),
    "grid": (VTSSClassifier(LOGISTIC, Bootstrap(), multipliers=[1.0, 0.5]), X, Y, None, "increasing numbers"),
    "judged": (VTSSClassifier(LOGISTIC, Bootstrap(), judged="repriored"), X, Y, None, "did you mean 're-priored'"),
    "pipeline as pilot": (clone(TG).set_params(pilot=make_pipeline(StandardScaler(), LOGISTIC)), X, Y, None,
        "needs no Pipeline; pass its last step alone"),
    "pilot": (clone(TG).set_params(pilot=KNeighborsClassifier()), X, Y, None, "not a linear model"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_named_with_its_remedy(name: str) -> None:
    model, x, y, weight, message = REFUSED[name]
    with pytest.raises(ValueError, match=f"(?s){message}"):
        model.fit(x, y, sample_weight=weight)


def test_a_sampler_refuses_a_pipeline() -> None:
    with pytest.raises(ValueError, match="must not be a Pipeline: put its preprocessing before the sampler"):
        TGVTSSSampler(make_pipeline(StandardScaler(), LOGISTIC), Smote()).fit_resample(X, Y)
