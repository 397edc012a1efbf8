"""The sampler of text models: exact counts, kept types, categories and order, and refusals in words."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from synththeory.estimators import ImbLLMSampler
from synththeory.estimators.imbllm import _told
from synththeory.estimators.mixed import coded
from synththeory.generators import Bootstrap, RowTransformer
from synththeory.text import ORDERS
from tests.text.tables import Echo

RNG = np.random.default_rng(2)
N = 90
JOBS = ["cook", "clerk, manager", "what is new", "none"]
TABLE = pd.DataFrame(
    {
        "age": RNG.integers(20, 60, N).astype("int32"),
        "job": pd.Categorical(RNG.choice(JOBS[:3], N), categories=JOBS),
        "hours": np.round(40 + RNG.standard_normal(N), 1),
        "owner": RNG.random(N) < 0.5,
        "code": RNG.choice([3, 5, 8], N),
        "town": RNG.choice(["x", "z"], N),
    },
    index=np.arange(N) + 7,
)  # fmt: skip
LABELS = pd.Series(np.where(np.arange(N) < 20, "yes", "no"), name="y", index=TABLE.index)


def sampler(**settings: Any) -> ImbLLMSampler:
    return ImbLLMSampler(**{"categorical": ["code"], "passes": 2, "random_state": 3, **settings})


@pytest.mark.parametrize(("order", "added"), [(order, 50 if order == "imbllm" else 8) for order in ORDERS])
def test_types_categories_order_and_counts_are_kept(order: str, added: int) -> None:
    own = sampler(order=order, sampling_strategy={"yes": 20 + added})
    rows, labels = own.fit_resample(TABLE, LABELS)
    assert list(rows.columns) == list(TABLE.columns)
    assert dict(rows.dtypes) == dict(TABLE.dtypes)
    assert (labels == "yes").sum() == 20 + added
    assert labels.name == "y"
    assert own.synthetic_.sum() == added
    assert own.sampling_strategy_ == {"yes": added}
    pd.testing.assert_frame_equal(rows[:N], TABLE.reset_index(drop=True))
    made = rows[N:]
    for column in ("job", "owner", "code", "town"):
        assert set(made[column]) <= set(TABLE[column])
    assert made["age"].between(0, 90).all()
    again, _ = own.fit_resample(TABLE, LABELS)
    pd.testing.assert_frame_equal(rows, again)


@pytest.mark.parametrize(("strategy", "added"), [(0.5, 15), ({"yes": 23}, 3), ({"yes": 20}, 0)])
def test_counts_are_those_asked_for(strategy: Any, added: int) -> None:
    rows, labels = sampler(sampling_strategy=strategy).fit_resample(TABLE, LABELS)
    assert len(rows) == len(labels) == N + added


def test_an_echo_gives_exactly_the_gap_and_copies_are_counted() -> None:
    own = sampler(generator=Echo(("salary is 1",)), interpolate=False)
    rows, labels = own.fit_resample(TABLE, LABELS)
    assert len(rows) == 140
    assert (labels[N:] == "yes").all()
    assert own.copies_ == 50
    real = set(TABLE[:20].itertuples(index=False, name=None))
    assert set(rows[N:].itertuples(index=False, name=None)) <= real


def test_every_seed_is_its_own_and_the_switches_matter() -> None:
    few = {"sampling_strategy": {"yes": 30}}
    base, _ = sampler(**few).fit_resample(TABLE, LABELS)
    for change in ({"random_state": 4}, {"prompt_features": False}, {"permute": False}, {"interpolate": False}):
        other, _ = sampler(**few, **change).fit_resample(TABLE, LABELS)
        assert not other.equals(base), change


def test_missing_values_stay_where_the_minority_misses_some() -> None:
    table = TABLE.copy()
    table.loc[table.index[:12], "hours"] = np.nan
    table.loc[table.index[30:], "job"] = np.nan  # of majority rows alone
    rows, _ = sampler(sampling_strategy={"yes": 60}).fit_resample(table, LABELS)
    made = rows[N:]
    assert 0 < made["hours"].isna().sum() < 40
    assert not made["job"].isna().any()


def test_a_generator_of_numbers_writes_codes() -> None:
    rows, _ = sampler(generator=Bootstrap()).fit_resample(TABLE, LABELS)
    assert set(rows[N:].itertuples(index=False, name=None)) <= set(TABLE[:20].itertuples(index=False, name=None))
    table = TABLE.assign(hours=np.nan)
    with pytest.raises(ValueError, match="bootstrap takes no missing values: fill them, or use a text model"):
        sampler(generator=Bootstrap()).fit_resample(table, LABELS)


def test_a_row_transformer_is_told_which_columns_hold_categories() -> None:
    known = coded(TABLE, ["code"])
    assert _told(RowTransformer(), known).categories == (1, 3, 4, 5)
    assert _told(RowTransformer(categories=(1,)), known).categories == (1,)
    assert _told(Bootstrap(), known) == Bootstrap()


def test_arrays_lists_and_pipelines() -> None:
    array = TABLE.to_numpy(dtype=object)
    rows, _ = ImbLLMSampler(random_state=0).fit_resample(array, LABELS.to_numpy())
    assert rows.dtype == object
    assert all(isinstance(row[1], str) for row in rows[N:])
    numbers, _ = ImbLLMSampler(random_state=0).fit_resample(TABLE[["age", "hours"]].to_numpy(), LABELS.to_numpy())
    assert numbers.dtype == np.float64
    listed, _ = ImbLLMSampler(random_state=0).fit_resample(array.tolist(), LABELS.tolist())
    assert len(listed) == 140
    encoder = make_column_transformer((OneHotEncoder(), ["job", "town"]), remainder="passthrough")
    model = make_pipeline(sampler(), encoder, LogisticRegression(max_iter=500)).fit(TABLE, LABELS)
    assert set(model.predict(TABLE)) <= {"yes", "no"}


def test_a_check_of_labels() -> None:
    table = TABLE.assign(age=np.where(LABELS == "yes", 50, 20) + RNG.integers(0, 9, N))
    own = ImbLLMSampler(label_check=DecisionTreeClassifier(max_depth=1), random_state=0)
    rows, _ = own.fit_resample(table[["age", "hours"]], LABELS)
    assert rows["age"][N:].min() > 28


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order": "imblm"}, "unknown order 'imblm'; did you mean 'imbllm'"),
        ({"passes": 0}, "passes: expected a whole number of at least 1, got 0"),
        ({"neighbors": 1.5}, "neighbors: expected a whole number of at least 1, got 1.5"),
        ({"duplicates": "lose"}, "unknown duplicates 'lose'"),
        ({"categorical": ["kode"]}, "categorical: 'kode' is no column; there are age, job"),
        ({"generator": 3}, "generator: expected a text model with fit"),
        ({"sampling_strategy": {"yes": 3}}, "rows are added, not removed"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sampler(**change).fit_resample(TABLE, LABELS)


def test_infinite_numbers_are_named() -> None:
    with pytest.raises(ValueError, match="contains infinity in the column hours"):
        sampler().fit_resample(TABLE.assign(hours=np.inf), LABELS)
