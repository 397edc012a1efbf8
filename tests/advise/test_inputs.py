"""What a table must be, and what is said when it is not."""

import numpy as np
import pandas as pd
import pytest

from synththeory.advise.inputs import labelled, preprocessing, read_csv
from synththeory.errors import DesignError
from tests.advise.tables import mixed

ROWS = np.arange(60.0).reshape(30, 2)
RARE = np.repeat(["no", "yes"], [20, 10])


@pytest.mark.parametrize(
    ("X", "y", "positive", "says"),
    [
        (ROWS, np.repeat("no", 30), None, r"one class only: 'no' \(30\); two are needed"),
        (ROWS, np.repeat(["a", "b", "c"], 10), None, r"3 classes: 'a' \(10\), .*say which one is the minority"),
        (ROWS, RARE, "maybe", r"no row has the label 'maybe'; the labels are 'no' \(20\), 'yes' \(10\)"),
        (ROWS, RARE, "no", r"class 'no' has 20 of 30 rows: it is no minority"),
        (ROWS, np.repeat([0, 1], 15), None, "nothing to balance"),
        (ROWS, np.repeat([0, 1], [25, 5]), None, r"class '1' has 5 rows, and the nested folds need at least 10"),
        (ROWS, [*[None] * 2, *[0] * 18, *[1] * 10], None, "2 of 30 labels are missing; drop those rows"),
        (ROWS[:9], RARE, None, r"expected 30 rows, one a label, and a column or more, got a table of shape \(9, 2\)"),
        (np.where(ROWS == 4.0, np.inf, ROWS), RARE, None, "column 'x1' has infinite entries"),
        (pd.DataFrame({"when": pd.date_range("2020", periods=30)}), RARE, None, "column 'when' holds dates"),
        (np.arange(30.0), RARE, None, r"expected a table of rows and columns, got shape \(30,\)"),
    ],
)
def test_a_bad_table_is_refused_with_the_remedy(X: object, y: object, positive: object, says: str) -> None:
    with pytest.raises(DesignError, match=says):
        labelled(X, y, positive, 10)  # type: ignore[arg-type]


@pytest.mark.parametrize(("positive", "others"), [(None, "0"), (1, "0"), ("1", "0")])
def test_the_minority_is_the_rarer_or_the_one_named(positive: object, others: str) -> None:
    table = labelled(ROWS, np.repeat([0, 1], [20, 10]), positive, 10)
    assert (table.labels, table.counts) == ((others, "1"), (20, 10))
    assert (table.y == np.repeat([0, 1], [20, 10])).all()


def test_one_class_against_all_others() -> None:
    table = labelled(ROWS, np.repeat(["a", "b", "c"], 10), "b", 10)
    assert table.labels == ("all others", "b")
    assert table.counts == (20, 10)


def test_features_are_finite_and_fitted_to_the_training_rows_only() -> None:
    table = labelled(*mixed(), None, 10)
    steps = preprocessing(table.X)
    training, rest = np.arange(80), np.arange(80, 114)
    features = steps.fit(table.X.iloc[training]).transform(table.X)
    assert np.isfinite(features).all()
    np.testing.assert_allclose(features[training, :2].mean(axis=0), 0.0, atol=1e-12)
    moved = table.X.copy()
    moved.loc[rest, ["dose", "age"]] += 1e6
    again = preprocessing(table.X).fit(moved.iloc[training])
    np.testing.assert_array_equal(again.transform(table.X), features)
    unseen = table.X.iloc[rest].assign(ward="never seen")
    assert np.isfinite(steps.transform(unseen)).all()  # and no warning: warnings are errors here


@pytest.mark.parametrize(
    ("text", "label", "says"),
    [
        (None, "y", "no file '.*table.csv'"),
        ("", "y", "is not a table of comma-separated values"),
        ("a,state\n1,2\n", "stat", "has no column 'stat'; did you mean 'state'"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: object, text: str | None, label: str, says: str) -> None:
    path = tmp_path / "table.csv"  # type: ignore[operator]
    if text is not None:
        path.write_text(text)
    with pytest.raises(DesignError, match=says):
        read_csv(path, label)
