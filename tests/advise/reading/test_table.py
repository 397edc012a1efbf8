"""What a table must be, and what is said when it is not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from synththeory.advise.features import steps_for
from synththeory.advise.reading.table import labelled
from synththeory.errors import DesignError
from tests.advise.tables import mixed

ROWS = np.random.default_rng(3).normal(size=(30, 2))
RARE = np.repeat(["no", "yes"], [20, 10])


@pytest.mark.parametrize(
    ("X", "y", "positive", "says"),
    [
        (ROWS, np.repeat("no", 30), None, r"one class only: 'no' \(30\); two are needed"),
        (ROWS, np.repeat(["a", "b", "c"], 10), None, r"3 classes: 'a' \(10\), .*say which one is the minority"),
        (ROWS, RARE, "maybe", r"no row has the label 'maybe'; the labels are 'no' \(20\), 'yes' \(10\)"),
        (ROWS, RARE, "no", r"class 'no' has 20 of 30 rows: it is no minority"),
        (ROWS, np.repeat([0, 1], 15), None, "nothing to balance"),
        (ROWS, np.repeat([0, 1], [29, 1]), None, r"class '1' has 1 row, and nothing can be measured on one"),
        (ROWS, [*[None] * 2, *[0] * 18, *[1] * 10], None, "2 of 30 labels are missing; drop those rows"),
        (ROWS[:9], RARE, None, r"expected 30 rows, one a label, and a column or more, got a table of shape \(9, 2\)"),
        (pd.DataFrame(ROWS, columns=["a", "a"]), RARE, None, "two columns are named a; rename or drop one"),
        (pd.DataFrame({"a": 1.0}, index=range(30)), RARE, None, r"no column is left to predict from \(a: constant\)"),
        (np.arange(30.0), RARE, None, r"expected a table of rows and columns, got shape \(30,\)"),
    ],
)
def test_a_bad_table_is_refused_with_the_remedy(X: object, y: object, positive: object, says: str) -> None:
    with pytest.raises(DesignError, match=says):
        labelled(X, y, positive)  # type: ignore[arg-type]


@pytest.mark.parametrize(("positive", "others"), [(None, "0"), (1, "0"), ("1", "0")])
def test_the_minority_is_the_rarer_or_the_one_named(positive: object, others: str) -> None:
    table = labelled(ROWS, np.repeat([0, 1], [20, 10]), positive)
    assert (table.labels, table.counts) == ((others, "1"), (20, 10))
    assert (table.y == np.repeat([0, 1], [20, 10])).all()


def test_one_class_against_all_others() -> None:
    table = labelled(ROWS, np.repeat(["a", "b", "c"], 10), "b")
    assert table.labels == ("all others", "b")
    assert table.counts == (20, 10)


def test_features_are_finite_and_fitted_to_the_training_rows_only() -> None:
    table = labelled(*mixed(), None)
    steps, _ = steps_for(LogisticRegression(), table.X)
    training, rest = np.arange(80), np.arange(80, 114)
    features = steps.fit(table.X.iloc[training]).transform(table.X)
    assert np.isfinite(features).all()
    np.testing.assert_allclose(features[training, :2].mean(axis=0), 0.0, atol=1e-12)
    moved = table.X.copy()
    moved.loc[rest, ["dose", "age"]] += 1e6
    again = clone(steps).fit(moved.iloc[training])
    np.testing.assert_array_equal(again.transform(table.X), features)
    unseen = table.X.iloc[rest].assign(ward="never seen")
    assert np.isfinite(steps.transform(unseen)).all()  # and no warning: warnings are errors here
