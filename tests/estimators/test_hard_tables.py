"""Tables that are hard for seed systems: named with a remedy, or a defined result."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from synththeory.estimators import GKSmoteSampler, KotaroClassifier, LEOCVAESampler, MOMSSampler

RNG = np.random.default_rng(0)
Y = np.repeat([0, 1], [24, 8])
X = RNG.standard_normal((32, 2)) + 1.5 * Y[:, None]
SAMPLERS: dict[str, Callable[[], Any]] = {
    "gk-smote": lambda: GKSmoteSampler(random_state=0),
    "leo-cvae": lambda: LEOCVAESampler(neighbors=5, epochs=2, random_state=0),
    "moms": lambda: MOMSSampler(steps=3, random_state=0),
}
EVERY = pytest.mark.parametrize("name", SAMPLERS)


@EVERY
def test_one_minority_row_is_too_few(name: str) -> None:
    needed = {"gk-smote": 2, "leo-cvae": 5, "moms": 3}[name]
    with pytest.raises(ValueError, match=f"{name} needs at least {needed} minority rows, got 1; collect more"):
        SAMPLERS[name]().fit_resample(X[:25], Y[:25])


def test_kotaro_fits_one_minority_row() -> None:
    model = KotaroClassifier().fit(X[:25], Y[:25])
    assert model.decision_function(X[24:25])[0] > model.decision_function(X[:24]).mean()


@EVERY
def test_missing_entries_are_named_with_the_step_that_mends_them(name: str) -> None:
    broken = X.copy()
    broken[3, 1] = np.nan
    for model in (SAMPLERS[name](), KotaroClassifier()):
        with pytest.raises(ValueError, match="NaN"):
            (model.fit_resample if name in str(type(model)) else model.fit)(broken, Y)


@EVERY
def test_a_constant_column_stays_constant(name: str) -> None:
    rows = X.copy()
    rows[:, 1] = 7.0
    made, _ = SAMPLERS[name]().fit_resample(rows, Y)
    assert len(made) == 48
    np.testing.assert_array_equal(made[:, 1], 7.0)
    assert np.isfinite(made).all()
    assert np.isfinite(KotaroClassifier().fit(rows, Y).decision_function(rows)).all()


@EVERY
def test_rows_given_twice_are_a_defined_result(name: str) -> None:
    rows = X.copy()
    rows[25:28], rows[1:6] = rows[24], rows[0]
    made, _ = SAMPLERS[name]().fit_resample(rows, Y)
    assert made.shape == (48, 2)
    assert np.isfinite(made).all()
    assert np.isfinite(KotaroClassifier().fit(rows, Y).decision_function(rows)).all()
    with pytest.raises(ValueError, match=r"8 rows equal an earlier one.*give it a ridge"):
        KotaroClassifier(ridge=0.0).fit(rows, Y)


def lonely_table() -> np.ndarray:
    """Each minority row in the middle of three majority rows, far from the others."""
    minority = 100.0 * np.stack([np.arange(8.0), [0.0, 3.0, 6.0, 1.0, 4.0, 7.0, 2.0, 5.0]], axis=1)
    corners = np.array([[1.0, 0.0], [-1.0, 1.0], [-1.0, -1.0]])
    return np.concatenate([(minority[:, None] + corners).reshape(-1, 2), minority])


@EVERY
def test_a_minority_that_is_all_noise_is_said(name: str) -> None:
    words = {
        "gk-smote": "0 of 8 minority rows have a minority row among their 3 nearest, so all minority rows are seeds",
        "leo-cvae": "no minority row has another among its 3 nearest, so all are seeds; raise neighbors",
        "moms": "no minority row has mostly, and not only, majority rows among its 3 nearest.*raise neighbors",
    }[name]
    with pytest.warns(UserWarning, match=words):
        made, _ = SAMPLERS[name]().set_params(neighbors=3).fit_resample(lonely_table(), Y)
    assert np.isfinite(made).all()


def test_a_minority_out_of_danger_is_said_where_there_is_a_triplet_term() -> None:
    rows = X + 50.0 * Y[:, None]
    with pytest.warns(UserWarning, match="so the triplet term is left out; raise neighbors, or say triplet=0"):
        SAMPLERS["moms"]().fit_resample(rows, Y)
    assert MOMSSampler(steps=3, triplet=0.0).fit_resample(rows, Y)[0].shape == (48, 2)  # nothing to say
