"""Generators as samplers: exact counts, kept types, a mask, warnings, and refusals in words."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from synththeory.estimators import (
    GKSmoteSampler,
    KotaroClassifier,
    LEOCVAESampler,
    MOMSSampler,
    SyntheticSampler,
    generated,
)
from synththeory.generators import Smote
from synththeory.generators.gk_smote import groups
from tests.estimators.data import shifted

X, Y = shifted(1)  # 160 and 32
SAMPLERS = [GKSmoteSampler(random_state=3), SyntheticSampler(Smote(), random_state=3)]
EVERY_SAMPLER = pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda each: type(each).__name__)


@EVERY_SAMPLER
@pytest.mark.parametrize(
    ("strategy", "count"),
    [
        ("auto", 160),
        (0.3, 48),
        (0.5, 80),
        (1.0, 160),
        ({1: 50}, 50),
        ({1: 33, 0: 160}, 33),
        (lambda y: {1: 2 * int((y == 1).sum())}, 64),
        (lambda y: 0.5, 80),
    ],
)
def test_counts_are_those_asked_for_and_real_rows_come_first(sampler: Any, strategy: Any, count: int) -> None:
    sampler.set_params(sampling_strategy=strategy)
    rows, labels = sampler.fit_resample(X, Y)
    assert (labels == 1).sum() == count
    np.testing.assert_array_equal(rows[:192], X)
    np.testing.assert_array_equal(labels[:192], Y)
    assert sampler.synthetic_.sum() == count - 32
    assert not sampler.synthetic_[:192].any()
    again, _ = sampler.fit_resample(X, Y)
    np.testing.assert_array_equal(rows, again)


@EVERY_SAMPLER
def test_types_names_and_whole_numbers_are_kept(sampler: Any) -> None:
    sampler.set_params(sampling_strategy="auto")
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    table["b"], table["c"] = np.rint(3 * table["b"]).astype("int32"), table["c"] > 0.0
    rows, labels = sampler.fit_resample(table, pd.Series(np.where(Y, "yes", "no"), name="label"))
    assert dict(rows.dtypes) == dict(table.dtypes)
    assert labels.name == "label"
    assert (labels == "yes").sum() == 160
    assert set(rows["c"]) == {True, False}
    whole, _ = sampler.fit_resample(np.rint(3 * X).astype(np.int64), Y)
    assert whole.dtype == np.int64


def test_categories_go_through_the_pipelines_encoder() -> None:
    table = pd.DataFrame({"a": X[:, 0], "kind": np.where(X[:, 1] > 0.0, "x", "z")})
    encoder = make_column_transformer((OneHotEncoder(sparse_output=False), ["kind"]), remainder="passthrough")
    model = make_pipeline(encoder, GKSmoteSampler(random_state=0), LogisticRegression()).fit(table, Y)
    assert model.predict(table).shape == Y.shape
    with pytest.raises(ValueError, match="encode its categories by a OneHotEncoder in a Pipeline"):
        GKSmoteSampler().fit_resample(table, Y)


def test_fewer_than_two_seeds_warn_and_are_lost_only_as_published() -> None:
    rows = np.array([[0.0], [10.0], [0.1], [-0.1], [10.1], [9.9]])
    labels = np.array([1, 1, 0, 0, 0, 0])
    with pytest.warns(UserWarning, match="0 of 2 minority rows .* so all minority rows are seeds; raise neighbors"):
        made, _ = GKSmoteSampler(neighbors=2).fit_resample(rows, labels)
    assert len(made) == 8
    with pytest.warns(UserWarning, match="so no row is made"):
        made, _ = GKSmoteSampler(neighbors=2, faithful=True).fit_resample(rows, labels)
    assert len(made) == 6


def test_a_lost_quota_is_said() -> None:
    """The first of random tables of 12 minority rows in which the published groups lose a share."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        rows, labels = rng.standard_normal((52, 4)), np.repeat([1, 0], [12, 40])
        rows[12:] += 1.0
        if sum(groups(rows[:12], rows[12:], 5, True).quotas(28, True)) < 28:
            break
    faithful = GKSmoteSampler(faithful=True)
    with pytest.warns(UserWarning, match="of 28 rows are not made, as published"):
        made, _ = faithful.fit_resample(rows, labels)
    assert min(faithful.groups_.safe.sum(), faithful.groups_.border.sum()) == 1
    assert len(made) < 80
    assert len(GKSmoteSampler().fit_resample(rows, labels)[0]) == 80


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampling_strategy": 2.0}, r"one of auto, .*a ratio in \(0, 1\], a dict"),
        ({"sampling_strategy": 0.1}, "the ratio 0.1 is below that of the table, 0.200"),
        ({"sampling_strategy": {2: 50}}, "has the label 2, and y has 0, 1"),
        ({"sampling_strategy": {0: 200}}, "rows are added to the minority 1 only; leave 0 out"),
        ({"neighbors": 0}, "neighbors"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GKSmoteSampler(**change).fit_resample(X, Y)


def test_one_minority_row_missing_values_and_one_class_are_named() -> None:
    few = np.arange(len(Y)) == np.flatnonzero(Y)[0]
    with pytest.raises(ValueError, match="needs at least 2 minority rows, got 1; collect more"):
        GKSmoteSampler().fit_resample(X, few.astype(int))
    broken = X.copy()
    broken[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        GKSmoteSampler().fit_resample(broken, Y)


def test_kotaro_on_a_table() -> None:
    labels = np.where(Y, "a", "b")  # the minority sorts first
    model = KotaroClassifier().fit(X, labels)
    assert model.minority_class_ == "a"
    np.testing.assert_array_equal(model.predict(X) == "a", model.decision_function(X) <= 0.0)
    assert ((model.predict(X) == "a") & (Y == 1)).sum() > 20
    zero = KotaroClassifier(threshold="zero", ridge=0.0).fit(X, labels)
    np.testing.assert_array_equal(zero.predict(X), labels)  # interpolates
    with pytest.raises(ValueError, match="neighbors must be at least 1 and fewer than the 192 rows"):
        KotaroClassifier(neighbors=192).fit(X, Y)


def test_learned_samplers_make_the_gap_and_as_published_other_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a net: rows of zeros stand for those that a net would make."""
    monkeypatch.setattr(
        generated, "synthetic_rows", lambda source, majority, minority, size, streams: np.zeros((size, 3))
    )
    counts = {
        (type(sampler).__name__, sampler.faithful): sampler.fit_resample(X[:150], Y[:150])[1].sum() - Y[:150].sum()
        for kind in (LEOCVAESampler, MOMSSampler)
        for sampler in (kind(), kind(faithful=True))
    }
    majority, minority = int((Y[:150] == 0).sum()), int(Y[:150].sum())
    gap = majority - minority
    assert counts["LEOCVAESampler", False] == counts["MOMSSampler", False] == gap
    assert counts["LEOCVAESampler", True] == majority - round(majority / 5) - (minority - round(minority / 5))
    assert counts["MOMSSampler", True] == -(-gap // minority) * minority >= gap
