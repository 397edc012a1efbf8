"""A model that takes features for categories: what it says of itself, and synthetic rows with levels that exist."""

from typing import Any, ClassVar

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from synththeory.arrays import Array
from synththeory.estimators import TGVTSSClassifier, TGVTSSSampler, VTSSClassifier
from synththeory.estimators.levels import Spread, coded_features
from synththeory.estimators.sources import ByLevels, by_levels, row_parents, source_name, synthetic_rows
from synththeory.generators import GaussianFit, Smote
from synththeory.streams import Streams
from tests.estimators.data import copied, shifted

BOOSTED = HistGradientBoostingClassifier(max_iter=5, categorical_features=[1], random_state=0)
STREAMS = Streams.named(3, "levels", 0, 1)


def coded(seed: int = 8) -> tuple[Array, Any]:
    """The middle of three columns holds codes 0, 3 and 7; 7 is the minority's."""
    X, y = shifted(seed)
    X[:, ::2] *= 9.0  # so that rows of different codes are neighbours
    chances = np.random.default_rng(seed).random(len(y))
    X[:, 1] = np.where(chances < 0.3, 0.0, np.where(y == 1, 7.0, 3.0))
    return X, y


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ([2, 0], (0, 2)), ([False, True, True], (1, 2)), (None, ()), ("from_dtype", ()), (["age"], ()), ([], ()),
        (np.array([1]), (1,)),
    ],
)  # fmt: skip
def test_a_model_says_which_features_are_codes(asked: Any, places: tuple[int, ...]) -> None:
    model = HistGradientBoostingClassifier(categorical_features=asked)
    assert coded_features(model) == places
    assert coded_features(GridSearchCV(model, {"max_iter": [5]})) == places


def test_a_model_without_categories_is_left_alone() -> None:
    rows = coded()[0]
    assert coded_features(LogisticRegression()) == ()
    assert by_levels(copied, LogisticRegression()) is copied
    assert Spread.of((), rows).out(rows) is rows


def test_rows_go_out_into_columns_and_back() -> None:
    rows = np.array([[0.5, 3.0, 1.0], [1.5, 0.0, 1.0], [2.5, 7.0, 0.0]])
    spread = Spread.of((1, 2), rows)
    np.testing.assert_array_equal(spread.out(rows), [[0.5, 0, 1, 0, 0, 1], [1.5, 1, 0, 0, 0, 1], [2.5, 0, 0, 1, 1, 0]])
    np.testing.assert_array_equal(spread.back(spread.out(rows)), rows)
    np.testing.assert_array_equal(spread.out(np.array([[0.0, 5.0, 1.0]])), [[0, 0, 0, 0, 0, 1]])
    between = 0.6 * spread.out(rows)[:1] + 0.4 * spread.out(rows)[1:2]
    np.testing.assert_allclose(spread.back(between), [[0.9, 3.0, 1.0]])  # the nearer parent's level


@pytest.mark.parametrize("generator", [Smote(), GaussianFit(), SMOTE(), copied], ids=source_name)
def test_synthetic_rows_have_levels_that_exist(generator: Any) -> None:
    X, y = coded()
    found = by_levels(generator, BOOSTED)
    assert source_name(found) == source_name(generator)
    made = synthetic_rows(found, X[y == 0], X[y == 1], 400, STREAMS)
    assert {0.0, 7.0} <= set(made[:, 1]) <= {0.0, 3.0, 7.0}
    if not isinstance(generator, GaussianFit):  # which shrinks to one variance for all columns, and knows all levels
        assert 3.0 not in made[:, 1]
        np.testing.assert_allclose((made[:, 1] == 7.0).mean(), (X[y == 1, 1] == 7.0).mean(), atol=0.12)
    plain = synthetic_rows(generator, X[y == 0], X[y == 1], 400, STREAMS)
    assert (generator is copied) == set(plain[:, 1]).issubset({0.0, 3.0, 7.0})  # as codes alone would be mixed


def test_parents_are_those_of_the_rows_made() -> None:
    X, y = coded()
    one, found = X[y == 1], by_levels(Smote(), BOOSTED)
    made, parents = synthetic_rows(found, X[y == 0], one, 50, STREAMS), row_parents(found, one, 50, STREAMS)
    ends = np.sort(one[parents], axis=1)
    assert ((made >= ends[:, 0] - 1e-9) & (made <= ends[:, 1] + 1e-9)).all()
    assert (made[:, 1, None] == one[parents][:, :, 1]).any(axis=1).all()


class Watched(HistGradientBoostingClassifier):
    """Keeps the codes of all rows that it was fitted to."""

    codes: ClassVar[list[set[float]]] = []

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        Watched.codes.append(set(X[:, 1]))
        return super().fit(X, y, sample_weight)


def test_no_fit_sees_a_level_between_two() -> None:
    X, y = coded()
    Watched.codes.clear()
    model = Watched(max_iter=5, categorical_features=[1], random_state=0)
    settings: dict[str, Any] = {"folds": 2, "random_state": 0}
    VTSSClassifier(model, Smote(), multipliers=(0.0, 1.0), **settings).fit(X, y)
    found = TGVTSSClassifier(model, Smote(), symmetric=(0.0,), realistic=(1.0,), biased=(0.0, 1.0), **settings)
    found.fit(X, y)
    assert found.symmetry_ is not None
    assert found.symmetry_.degrees_of_freedom[0] == 5  # two numbers, three levels in two dimensions, the intercept
    assert len(Watched.codes) > 5
    assert all(each <= {0.0, 3.0, 7.0} for each in Watched.codes)


def test_a_sampler_returns_levels() -> None:
    X, y = coded()
    sampler = TGVTSSSampler(
        BOOSTED, Smote(), folds=2, symmetric=(1.0,), realistic=(1.0,), biased=(1.0,), random_state=0
    )
    rows, _ = sampler.fit_resample(X, y)
    assert set(rows[:, 1]) == {0.0, 3.0, 7.0}
    assert len(rows) > len(X)
    assert (sampler.parents_ >= -1).all()


def test_the_wrapper_says_what_it_wraps() -> None:
    found = by_levels(Smote(), BOOSTED)
    assert isinstance(found, ByLevels)
    assert found.places == (1,)
