"""What samplers give back, and what can be searched, routed, pickled: tables of any kind, as people use them."""

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as resampling_pipeline
from imblearn.utils import estimator_checks as imblearn_checks
from joblib import dump, load, parallel_config
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from synththeory.estimators import GKSmoteSampler, PriorShiftClassifier, SyntheticSampler, TGVTSSSampler, VTSSClassifier
from synththeory.generators import Bootstrap, GaussianFit, Jitter, Smote
from tests.estimators.data import shifted

X, Y = shifted(8)
THREE = np.where(np.arange(192) % 4 == 0, 2, Y)
LOGISTIC = LogisticRegression()


def typed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": np.rint(50.0 + 10.0 * X[:, 0]).astype("int32"),
            "visits": pd.array(np.rint(np.abs(X[:, 1]) * 3).astype(int), dtype="Int64"),
            "dose": pd.array(X[:, 2], dtype="Float64"),
            "smoker": pd.array(X[:, 1] > 0.5, dtype="boolean"),
            "old": X[:, 0] > 0.0,
            "grade": pd.Categorical(np.clip(np.rint(X[:, 2]), -1, 1).astype(int)),
            "small": X[:, 2].astype("float32"),
        }
    )


@pytest.mark.parametrize(
    "sampler",
    [
        SyntheticSampler(GaussianFit(), random_state=0),
        SyntheticSampler(SMOTE(), random_state=0),
        TGVTSSSampler(LOGISTIC, Smote(), folds=2, random_state=0),
        GKSmoteSampler(random_state=0),
    ],
    ids=["ours", "imbalanced-learn's", "TG-VTSS", "a method's own"],
)
def test_real_rows_and_column_types_come_back_as_they_were(sampler: Any) -> None:
    table, labels = typed(), pd.Series(np.where(Y == 1, "ill", "well"), name="state", dtype="category")
    rows, found = sampler.fit_resample(table, labels)
    pd.testing.assert_frame_equal(rows[: len(table)], table)
    pd.testing.assert_series_equal(found[: len(table)], labels)
    assert sampler.synthetic_.sum() == len(rows) - len(table) > 0
    assert set(found[sampler.synthetic_]) == {"ill"}
    assert rows.loc[sampler.synthetic_, "age"].nunique() > 5


@pytest.mark.parametrize("generator", [Smote(), GaussianFit(), SMOTE()], ids=["smote", "gaussian-fit", "SMOTE"])
def test_names_are_levels_that_exist_and_types_stay(generator: Any) -> None:
    table = typed().assign(
        ward=np.where(X[:, 0] > 0.0, "north", "south"),
        blood=pd.Categorical(np.where(X[:, 1] > 0.0, "A", "B"), list("ABC")),
    )
    sampler = SyntheticSampler(generator, random_state=0)
    rows, _ = sampler.fit_resample(table, Y)
    pd.testing.assert_frame_equal(rows[: len(table)], table)
    made, real = rows[sampler.synthetic_], table[Y == 1]
    assert made["ward"].isin(["north", "south"]).all()
    assert set(made["blood"]) <= {"A", "B"}
    shares = [(each["ward"] == "north").mean() for each in (made, real)]
    assert isinstance(generator, GaussianFit) or abs(shares[0] - shares[1]) < 0.2  # whose shrinkage knows no units
    assert sampler.feature_names_in_.tolist() == list(table)
    found, _ = pickle.loads(pickle.dumps(sampler)).fit_resample(table, Y)
    pd.testing.assert_frame_equal(found, rows)
    if isinstance(generator, Smote):
        ends = table["ward"].to_numpy()[sampler.parents_]
        assert (ends == made["ward"].to_numpy()[:, None]).any(axis=1).all()
    array, _ = sampler.fit_resample(table[["small", "ward"]].to_numpy(), Y)
    assert array.dtype == object
    assert set(array[:, 1]) == {"north", "south"}
    with pytest.raises(ValueError, match="Input X contains NaN: 4 rows have missing values; fill them in"):
        sampler.fit_resample(table.assign(ward=table["ward"].mask(np.arange(192) < 4)), Y)


def test_arrays_of_whole_numbers_stay_so() -> None:
    whole = np.rint(5.0 * X).astype(np.int16)
    rows, labels = SyntheticSampler(GaussianFit(), random_state=0).fit_resample(whole, Y)
    assert (rows.dtype, labels.dtype) == (whole.dtype, Y.dtype)
    np.testing.assert_array_equal(rows[: len(X)], whole)
    flags = SyntheticSampler(Bootstrap(), random_state=0).fit_resample(X > 0.0, Y)[0]
    assert flags.dtype == bool
    assert isinstance(SyntheticSampler(Bootstrap(), random_state=0).fit_resample(X.tolist(), Y.tolist())[0], list)


def test_parents_are_the_rows_a_synthetic_row_lies_between() -> None:
    for generator in (Smote(neighbors=3), Bootstrap(), Jitter(scale=0.0)):
        sampler = SyntheticSampler(generator, random_state=0)
        rows, _ = sampler.fit_resample(X, Y)
        made, (one, other) = rows[sampler.synthetic_], np.moveaxis(X[sampler.parents_], 1, 0)
        assert (Y[sampler.parents_] == 1).all()
        along = ((made - one) * (other - one)).sum(axis=1) / np.maximum(((other - one) ** 2).sum(axis=1), 1e-300)
        assert ((along >= 0.0) & (along <= 1.0)).all()
        np.testing.assert_allclose(made, one + along[:, None] * (other - one), atol=1e-12)
    chosen = TGVTSSSampler(LOGISTIC, Smote(), folds=2, random_state=0)
    rows, _ = chosen.fit_resample(X, Y)
    low, high = (f(X[chosen.parents_], axis=1) for f in (np.min, np.max))
    assert ((rows[chosen.synthetic_] >= low - 1e-12) & (rows[chosen.synthetic_] <= high + 1e-12)).all()
    unknown = SyntheticSampler(GaussianFit(), random_state=0)
    unknown.fit_resample(X, Y)
    assert (unknown.parents_ == -1).all()


@pytest.mark.parametrize(
    ("strategy", "added"),
    [
        ("auto", {1: 122 - 22, 2: 122 - 48}),
        ("minority", {1: 100}),
        ({1: 30}, {1: 8}),
        (lambda y: {2: 60, 1: 22}, {2: 12}),
    ],
    ids=["auto", "minority", "dict", "callable"],
)
def test_counts_are_asked_for_as_in_imbalanced_learn(strategy: Any, added: dict[int, int]) -> None:
    counts = np.bincount(THREE)
    if strategy in ("auto", "minority"):
        added = {label: int(counts.max() - counts[label]) for label in added}
    elif isinstance(strategy, dict):
        added = {1: 30 - int(counts[1])}
    else:
        added = {2: 60 - int(counts[2])}
        strategy = lambda y: {2: 60, 1: int(counts[1])}  # noqa: E731
    sampler = SyntheticSampler(Bootstrap(), sampling_strategy=strategy, random_state=0)
    _, labels = sampler.fit_resample(X, THREE)
    assert sampler.sampling_strategy_ == added
    np.testing.assert_array_equal(np.bincount(labels) - counts, [added.get(label, 0) for label in range(3)])
    assert (THREE[sampler.parents_[:, 0]] == labels[sampler.synthetic_]).all()


@pytest.mark.parametrize(
    ("strategy", "y", "says"),
    [
        (0.5, THREE, "a ratio is for two classes, and y has 3"),
        (0.01, Y, "below that of the table"),
        (2.0, Y, "a ratio in"),
        ("all", Y, "unknown sampling_strategy 'all'"),
        ({7: 10}, Y, "has the label 7"),
        ({1: 10}, Y, "asks for 10 rows of 1, which has 32"),
    ],
)
def test_impossible_counts_are_refused_with_the_remedy(strategy: Any, y: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        SyntheticSampler(Bootstrap(), sampling_strategy=strategy).fit_resample(X, y)


def test_a_ratio_fills_the_rarer_class() -> None:
    sampler = SyntheticSampler(Bootstrap(), sampling_strategy=0.5).fit(X, Y)
    assert sampler.sampling_strategy_ == {1: 80 - 32}


@pytest.mark.parametrize(
    "name",
    ["check_target_type", "check_samplers_one_label", "check_samplers_fit", "check_samplers_fit_resample",
     "check_samplers_sampling_strategy_fit_resample", "check_samplers_list", "check_samplers_preserve_dtype",
     "check_samplers_pandas", "check_samplers_2d_target",
     "check_sampler_get_feature_names_out", "check_sampler_get_feature_names_out_pandas"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
def test_imbalanced_learn_finds_a_sampler_of_any_number_of_classes(name: str) -> None:
    getattr(imblearn_checks, name)("SyntheticSampler", clone(SyntheticSampler(Bootstrap(), random_state=0)))


@pytest.mark.parametrize(
    "model", [VTSSClassifier(LOGISTIC, Smote(), multipliers=(0.0, 1.0), folds=2), SyntheticSampler(Smote())], ids=type
)
def test_a_generators_settings_are_searched(model: Any) -> None:
    assert model.get_params()["generator__neighbors"] == 5
    copy = clone(model).set_params(generator__neighbors=2)
    assert (copy.generator.neighbors, model.generator.neighbors) == (2, 5)
    assert copy.set_params(generator=Smote(neighbors=7), generator__neighbors=3).generator.neighbors == 3
    with pytest.raises(ValueError, match="has no setting 'neighbours'; did you mean 'neighbors'"):
        copy.set_params(generator__neighbours=2)
    with pytest.raises(ValueError, match="neighbors: expected"):
        copy.set_params(generator__neighbors=0)
    pipeline = resampling_pipeline(SyntheticSampler(Smote(), random_state=0), LOGISTIC)
    step = "syntheticsampler__generator__neighbors"
    search = GridSearchCV(pipeline, {step: [2, 4]}, cv=2).fit(X, Y)
    assert search.best_params_[step] == search.best_estimator_[0].generator.neighbors


def test_weights_and_groups_are_routed() -> None:
    groups = np.arange(192) // 3
    model = VTSSClassifier(LOGISTIC, Bootstrap(), multipliers=(0.0, 1.0), folds=2, random_state=0)
    with config_context(enable_metadata_routing=True):
        routed = model.set_fit_request(groups=True, sample_weight=True).set_score_request(sample_weight=True)
        found = cross_validate(
            routed,
            X,
            Y,
            cv=GroupKFold(3),
            params={"groups": groups, "sample_weight": np.ones(192)},
            error_score="raise",
        )
    assert (found["test_score"] > 0.5).all()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, Y, groups=groups[1:])


def test_models_are_kept_on_disk_and_sent_to_workers(tmp_path: Any) -> None:
    columns = make_column_transformer((OneHotEncoder(), ["grade"]), (StandardScaler(), ["age", "dose", "visits"]))
    pipeline = make_pipeline(columns, LOGISTIC)
    model = VTSSClassifier(
        pipeline, Smote(), multipliers=(0.0, 1.0), folds=2, recalibration="isotonic", n_jobs=2, random_state=0
    )
    with parallel_config("threading"):
        model.fit(typed(), Y)
    dump(model, tmp_path / "model.joblib")
    for again in (pickle.loads(pickle.dumps(model)), load(tmp_path / "model.joblib")):
        np.testing.assert_array_equal(again.predict_proba(typed()), model.predict_proba(typed()))
    alone = clone(model).set_params(n_jobs=None).fit(typed(), Y)
    np.testing.assert_array_equal(alone.predict_proba(typed()), model.predict_proba(typed()))


def test_class_weights_inside_a_wrapper_are_refused() -> None:
    inner = CalibratedClassifierCV(RandomForestClassifier(class_weight="balanced"))
    with pytest.raises(
        ValueError, match="estimator__class_weight='balanced', which would shift the probabilities once"
    ):
        PriorShiftClassifier(inner).fit(X, Y)
    assert PriorShiftClassifier(LogisticRegression(class_weight="balanced")).fit(X, Y).log_odds_shift_ == 0.0
