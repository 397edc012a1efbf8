"""Synthetic rows from our generators, imbalanced-learn's samplers and functions; what cannot serve is refused."""

from typing import Any

import numpy as np
import pytest
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import ADASYN, SMOTE, SVMSMOTE, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler, TomekLinks

from synththeory.estimators.sources import source_name, synthetic_rows
from synththeory.generators import Bootstrap, GaussianFit, Generator, Jitter, Oracle, Smote
from synththeory.streams import Streams
from tests.estimators.data import copied, repeated, shifted
from tests.generators.settings import SETTINGS

X, Y = shifted(3)
ZERO, ONE = X[Y == 0], X[Y == 1]
STREAMS = Streams.named(5, "sources", 0, 1)
SOURCES = [Smote(), Jitter(scale=0.3), GaussianFit(), SMOTE(), ADASYN(), BorderlineSMOTE(), SVMSMOTE(), copied]


@pytest.mark.parametrize("source", SOURCES, ids=source_name)
@pytest.mark.parametrize("size", [0, 1, 7, 128, 300])
def test_any_size_is_made_and_the_same_name_gives_the_same_rows(source: Any, size: int) -> None:
    rows = synthetic_rows(source, ZERO, ONE, size, STREAMS)
    assert rows.shape == (size, 3)
    assert np.isfinite(rows).all()
    np.testing.assert_array_equal(rows, synthetic_rows(source, ZERO, ONE, size, STREAMS))
    if size > 1:
        assert not np.array_equal(rows, synthetic_rows(source, ZERO, ONE, size, STREAMS.within("other")))


@pytest.mark.parametrize("source", [Bootstrap(), RandomOverSampler(), copied], ids=source_name)
def test_rows_imitate_the_minority_and_no_one_else(source: Any) -> None:
    made = synthetic_rows(source, ZERO, ONE, 200, STREAMS)
    assert {tuple(row) for row in made} <= {tuple(row) for row in ONE}


def test_our_generators_are_drawn_as_in_a_study() -> None:
    """The first rows of a longer draw are a shorter one."""
    long = synthetic_rows(Smote(), ZERO, ONE, 50, STREAMS)
    np.testing.assert_array_equal(synthetic_rows(Smote(), ZERO, ONE, 20, STREAMS), long[:20])


def test_foreign_rows_come_in_random_order() -> None:
    """A sampler that works through the seeds in turn would otherwise show a candidate only the first of them."""
    made = synthetic_rows(repeated, ZERO, ONE, 32, STREAMS)
    ordered = repeated(ONE, 32, 0)
    assert not np.array_equal(made, ordered)
    np.testing.assert_array_equal(np.sort(made, axis=0), np.sort(ordered, axis=0))


def test_a_sampler_and_its_settings_are_left_as_they_were() -> None:
    sampler = SMOTE(k_neighbors=3, random_state=4)
    synthetic_rows(sampler, ZERO, ONE, 10, STREAMS)
    assert sampler.get_params() == SMOTE(k_neighbors=3, random_state=4).get_params()
    assert not hasattr(sampler, "nn_k_")


class Hasty(RandomOverSampler):
    """Stops at half of what was asked for."""

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        self.sampling_strategy = {1: int(y.sum()) + (self.sampling_strategy[1] - int(y.sum())) // 2}
        return super().fit_resample(X, y, **params)


class Empty(RandomOverSampler):
    """Adds one row, whatever is asked for."""

    def fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        return np.concatenate([X, X[y == 1][:1]]), np.append(y, 1)


def test_a_sampler_that_rounds_its_count_is_asked_again() -> None:
    assert synthetic_rows(Hasty(), ZERO, ONE, 40, STREAMS).shape == (40, 3)


class Foreign:
    """Resamples without saying how many."""

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, Any]:
        return X, y

    def get_params(self) -> dict[str, Any]:
        return {}


def wide(rows: np.ndarray, size: int, random_state: int) -> np.ndarray:
    return np.zeros((size, 9))


def few(rows: np.ndarray, size: int, random_state: int) -> np.ndarray:
    return rows[:2]


def missing(rows: np.ndarray, size: int, random_state: int) -> np.ndarray:
    return np.full((size, rows.shape[1]), np.nan)


REFUSED: dict[str, tuple[Any, str]] = {
    "too few": (few, r"generator few returned shape \(2, 3\) where \(40, 3\)"),
    "too wide": (wide, r"generator wide returned shape \(40, 9\) where \(40, 3\)"),
    "NaN": (missing, "generator missing returned NaN .* in 40 of 40 rows"),
    "sampler gives too few": (Empty(), "generator Empty returned 1 rows where .* sampling_strategy"),
    "cleans": (SMOTEENN(random_state=0), "generator SMOTEENN removes, moves or changes real rows; use one that only"),
    "removes": (TomekLinks(), "TomekLinks"),
    "under-samples": (RandomUnderSampler(), "generator RandomUnderSampler cannot imitate the 32 minority rows"),
    "no count": (Foreign(), "generator Foreign has no sampling_strategy"),
    "few neighbours": (SMOTE(k_neighbors=60), "generator SMOTE cannot imitate the 32 minority rows.*fewer folds"),
    "our check": (Smote(neighbors=40), "generator smote cannot imitate the 32.*neighbors ≤ 31"),
    "knows the truth": (Oracle(), "generator oracle cannot imitate.*only simulated data have"),
    "a class": (Smote, r"must be an object, got the class Smote; write it with \(\)"),
    "a word": ("smote", "must be one of synththeory.generators, an imbalanced-learn over-sampler or a function"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_serve_is_named_with_a_remedy(name: str) -> None:
    source, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        synthetic_rows(source, ZERO, ONE, 40, STREAMS)


def test_every_generator_of_the_package_is_drawn_or_refused_in_words() -> None:
    for kind, settings in SETTINGS.items():
        try:
            assert synthetic_rows(Generator.registry[kind](**settings), ZERO, ONE, 12, STREAMS).shape == (12, 3)
        except ValueError as error:
            assert "only simulated data have" in str(error), kind  # noqa: PT017
