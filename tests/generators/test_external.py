"""Generators of other packages, and ready-made rows: exact counts, named seeds, nested draws, clear refusals."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synththeory import DesignError, SynththeoryError, load_design, simulate
from synththeory.arrays import Array
from synththeory.generators import External, Pool
from synththeory.generators.diversity import near_copies
from synththeory.generators.pool import suspicious
from synththeory.populations import MeanShift
from synththeory.streams import Streams

POPULATION = MeanShift(dimension=3, shift=1.3, noise="gaussian")
SMOTE = {"class": "imblearn.over_sampling.SMOTE", "settings": {"k_neighbors": 3}}
SOURCES = [
    SMOTE,
    {"class": "imblearn.over_sampling.ADASYN", "settings": {"n_neighbors": 3}},
    {"class": "imblearn.over_sampling.RandomOverSampler"},
    {"class": "sklearn.neighbors.KernelDensity", "settings": {"bandwidth": 0.3}},
    {"class": "sklearn.mixture.GaussianMixture", "settings": {"n_components": 2}},
    {"class": "tests.generators.test_external.Proportional"},
]


class Proportional:
    """Resamples as smote-variants does: by a proportion, the new rows last."""

    def __init__(self, proportion: float = 1.0, random_state: int = 0) -> None:
        self.proportion, self.random_state = proportion, random_state

    def get_params(self) -> dict[str, Any]:
        return vars(self)

    def set_params(self, **settings: Any) -> "Proportional":
        vars(self).update(settings)
        return self

    def fit_resample(self, X: Array, y: Any) -> tuple[Array, Any]:
        count = round(self.proportion * ((y == 0).sum() - (y == 1).sum()))
        added = X[y == 1][np.random.default_rng(self.random_state).integers((y == 1).sum(), size=count)]
        return np.concatenate([X, added]), np.append(y, np.ones(count, dtype=int))


class Broken(Proportional):
    """Its rows have no numbers."""

    def fit_resample(self, X: Array, y: Any) -> tuple[Array, Any]:
        rows, labels = super().fit_resample(X, y)
        rows[len(X) :] = np.nan
        return rows, labels


def rows(source: dict[str, Any], first: int, count: int, size: int) -> Array:
    streams = Streams.named(1, "external", first, count)
    majority, minority = POPULATION.sample(streams, (40, 14))
    return External.model_validate({"kind": "external", **source}).draw(streams, minority, majority, size).rows


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source["class"].rpartition(".")[2])
def test_as_many_rows_as_asked_for_nested_and_alike_in_any_block(source: dict[str, Any]) -> None:
    whole = rows(source, 0, 3, 60)
    assert whole.shape == (3, 60, 3)
    assert np.isfinite(whole).all()
    for size in (0, 1, 26, 27):
        np.testing.assert_array_equal(rows(source, 0, 3, size), whole[:, :size])
    np.testing.assert_array_equal(rows(source, 2, 1, 60), whole[2:])
    assert not np.array_equal(whole[0], whole[1])


def test_a_sampler_copies_seeds_and_a_density_is_their_own() -> None:
    streams = Streams.named(1, "external", 0, 1)
    _, minority = POPULATION.sample(streams, (40, 14))
    made = rows({"class": "imblearn.over_sampling.RandomOverSampler"}, 0, 1, 200)[0]
    assert set(map(tuple, made)) == set(map(tuple, minority.rows[0]))
    tight = rows({"class": "sklearn.neighbors.KernelDensity", "settings": {"bandwidth": 1e-9}}, 0, 1, 40)[0]
    assert near_copies(tight, minority.rows[0]).all()


def study(generator: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "study": "external",
        "population": {"kind": "gaussian-shift", "mean": [1.0, 0.0]},
        "sample": {"majority": 40, "minority": 10},
        "augmentation": {"multipliers": [0.5, 1.0], "generators": [generator]},
        "learner": {"kind": "logistic", "ridge": 0.1},
        "monte_carlo": {"replications": 7},
        **more,
    }


def test_a_study_does_not_depend_on_blocks_and_threads() -> None:
    table = study({"kind": "external", **SMOTE})
    found = [simulate(table, block=block, threads=threads).rows for block in (1, 7) for threads in (1, 2)]
    assert found[0] == found[1] == found[2] == found[3]
    assert {row.arm for row in found[0]} == {"SMOTE"}
    assert all(row.theory is None for row in found[0])
    assert load_design(load_design(table).table) == load_design(table)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"class": "imblearn.over_sampling.SMOT"}, "did you mean 'SMOTE'"),
        ({"class": "sklearn.decomposition.PCA"}, "PCA makes no rows: needs fit_resample, or fit and sample"),
        ({"class": "imblearn.over_sampling.SMOTE", "settings": {"neighbors": 3}}, "did you mean 'k_neighbors'"),
    ],
)
def test_a_class_that_cannot_serve_is_refused(source: dict[str, Any], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        load_design(study({"kind": "external", **source}))


def test_a_generator_that_fails_is_named() -> None:
    with pytest.raises(SynththeoryError, match="generator Broken returned NaN"):
        rows({"class": "tests.generators.test_external.Broken"}, 0, 1, 5)
    with pytest.raises(SynththeoryError, match="generator SMOTE cannot imitate the 14 minority rows"):
        rows({"class": "imblearn.over_sampling.SMOTE", "settings": {"k_neighbors": 14}}, 0, 1, 5)
    with pytest.raises(SynththeoryError, match="generator TomekLinks"):
        rows({"class": "imblearn.under_sampling.TomekLinks"}, 0, 1, 5)
    streams = Streams.named(1, "external", 0, 1)
    _, minority = POPULATION.sample(streams, (40, 14))
    with pytest.raises(SynththeoryError, match="SMOTE resamples two classes"):
        External.model_validate(SMOTE).draw(streams, minority, None, 5)


@pytest.fixture
def table() -> Array:
    return np.random.default_rng(3).normal(1.0, 1.0, (50, 2))


def written(path: Path, table: Array, header: str = "", label: str = "") -> str:
    lines = [",".join([*map(repr, row.tolist()), *([label] if label else [])]) for row in table]
    path.write_text("\n".join([*([header] if header else []), *lines]) + "\n", encoding="utf-8")
    return str(path)


def test_a_pool_gives_its_rows_in_an_order_of_each_replication(tmp_path: Path, table: Array) -> None:
    plain = Pool(file=written(tmp_path / "plain.csv", table))
    named = Pool(file=written(tmp_path / "named.csv", table, "a,b,class", "rare"), label_column="class")
    np.testing.assert_array_equal(plain.table, table)
    np.testing.assert_array_equal(named.table, table)
    streams = Streams.named(2, "pool", 1, 3)
    _, minority = MeanShift(dimension=2).sample(streams, (40, 10))
    whole = plain.draw(streams, minority, None, 50).rows
    for replication in range(3):
        np.testing.assert_array_equal(np.sort(whole[replication], axis=0), np.sort(table, axis=0))
    assert not np.array_equal(whole[0], whole[1])
    np.testing.assert_array_equal(plain.draw(streams, minority, None, 12).rows, whole[:, :12])
    later = Streams.named(2, "pool", 3, 1)
    _, third = MeanShift(dimension=2).sample(later, (40, 10))
    np.testing.assert_array_equal(plain.draw(later, third, None, 50).rows, whole[2:])


def test_a_changed_pool_is_another_arm_and_more_rows_than_there_are_are_refused(tmp_path: Path, table: Array) -> None:
    path = tmp_path / "pool.csv"
    design = load_design(study({"kind": "pool", "file": written(path, table)}))
    assert simulate(design, block=1).rows == simulate(design, block=7).rows
    before = design.cells[0].arms[0].digest
    written(path, table + 1.0)
    assert load_design(design.table).cells[0].arms[0].digest != before
    with pytest.raises(DesignError, match="has 50 rows and 60 are asked for; lower the multipliers"):
        load_design(study({"kind": "pool", "file": str(path)}, augmentation={
            "multipliers": [2.0], "generators": [{"kind": "pool", "file": str(path)}]}))  # fmt: skip


def test_a_pool_that_copies_real_rows_is_reported(
    tmp_path: Path, table: Array, caplog: pytest.LogCaptureFixture
) -> None:
    streams = Streams.named(2, "pool", 0, 1)
    _, minority = MeanShift(dimension=2).sample(streams, (40, 10))
    copied = np.concatenate([table, minority.rows[0] + 1e-5])
    pool = Pool(file=written(tmp_path / "copied.csv", copied))
    with caplog.at_level(logging.WARNING):
        pool.draw(streams, minority, None, 5)
    assert "10 of 60 rows of the pool" in caplog.text
    assert suspicious(table, minority.rows[0]) == 0


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        ("", {}, "has no rows"),
        ("a,b\n1,2\n3,nan\n", {}, "line 3 of the pool .* has 'nan' where a finite number is wanted"),
        ("1,2\n3\n", {}, "line 2 of the pool .* has 1 columns where the first row has 2"),
        ("a,b\n1,x\n", {}, "line 2 of the pool .* has 'x'"),
        ("a,b,c\n1,2,0\n3,4,1\n", {"label_column": "c"}, "has rows of classes 0, 1"),
        ("a,b\n1,2\n", {"label_column": "c"}, "has no column 'c'"),
        ("1,2,3\n4,5,6\n", {}, "has 3 columns of numbers where the real rows have 2"),
    ],
)
def test_a_pool_is_checked(tmp_path: Path, text: str, more: dict[str, str], message: str) -> None:
    path = tmp_path / "pool.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DesignError, match=message):
        load_design(study({"kind": "pool", "file": str(path), **more}))


def test_a_pool_that_is_not_there_or_is_to_imitate_the_majority(tmp_path: Path, table: Array) -> None:
    with pytest.raises(DesignError, match=r"cannot read the pool nowhere\.csv"):
        load_design(study({"kind": "pool", "file": "nowhere.csv"}))
    pool = Pool(file=written(tmp_path / "pool.csv", table))
    streams = Streams.named(2, "pool", 0, 1)
    majority, _ = MeanShift(dimension=2).sample(streams, (40, 10))
    with pytest.raises(SynththeoryError, match="holds rows of one class and cannot imitate majority"):
        pool.draw(streams, majority, None, 5)
