"""The rule by which a column is typed, what is left out, and that nothing vanishes without a word."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from synththeory.advise.features import steps_for
from synththeory.advise.reading.columns import Column, typed
from synththeory.advise.reading.contents import Format
from synththeory.advise.reading.files import contents
from synththeory.advise.reading.table import Wishes, labelled
from synththeory.errors import DesignError

N = 60
RNG = np.random.default_rng(1)
NUMBERS = RNG.normal(size=N).round(3)


def one(cells: Any, **wanted: Any) -> Column:
    return typed(pd.DataFrame({"c": cells}), **{"wanted": {}, **wanted}).columns[0]


def texts(*odd: str) -> list[str]:
    return [*map(str, NUMBERS[: N - len(odd)]), *odd]


@pytest.mark.parametrize(
    ("cells", "kind", "says"),
    [
        (NUMBERS, "numeric", ""),
        (NUMBERS > 0, "numeric", ""),
        (texts("?", "", "NA", "-"), "numeric", ""),
        (texts("broken", "worse"), "numeric", "2 cells are no number ('broken', 'worse'), taken as missing"),
        ([f"$ {abs(cell)}" for cell in NUMBERS], "numeric", "signs such as $, % or spaces taken off"),
        ([f"1,{place:03d}.5" for place in range(N)], "numeric", "thousands separators"),
        ([f"{place},5" for place in range(N)], "numeric", "decimal commas"),
        ([f"({place + 0.5})" for place in range(N)], "numeric", "signs such as"),
        (np.where(np.arange(N) == 3, np.inf, NUMBERS), "numeric", "1 infinite cells count as missing"),
        (pd.array(RNG.integers(0, 9, N), dtype="Int64"), "numeric", ""),
        (pd.date_range("2021", periods=N, freq="17h"), "date", "used as a number of days and the hour"),
        ([f"{1 + place % 28}/{1 + place % 12}/2020" for place in range(N)], "date", ""),
        ([f"2020-01-{1 + place % 28:02d}T10:00:00Z" for place in range(N)], "date", "used as a number of days"),
        (pd.to_timedelta(range(N), unit="h"), "numeric", "in days"),
        (RNG.choice(["a", "b"], N), "category", ""),
        (pd.Categorical(RNG.choice([1, 2], N)), "category", ""),
        (range(1000, 1000 + N), "left out", "a row number"),
        ([f"name {place}" for place in range(N)], "left out", "text that hardly repeats (60 different in 60 rows)"),
        (["x"] * N, "left out", "constant"),
        ([None] * N, "left out", "empty"),
    ],
)  # fmt: skip
def test_what_a_column_holds(cells: Any, kind: str, says: str) -> None:
    column = one(cells)
    assert column.kind == kind
    assert says in column.note


def test_days_and_months_are_told_apart_by_the_cells() -> None:
    days = pd.date_range("2020-01-01", periods=N, freq="5D")
    read = typed(pd.DataFrame({"c": days.strftime("%m/%d/%Y")}), {}).frame["c"]
    assert (read.diff().dropna() == 5.0).all()


def test_types_and_keep_overrule() -> None:
    assert one(RNG.integers(0, 3, N), wanted={"c": "category"}).kind == "category"
    assert one(NUMBERS, wanted={"c": "left out"}).note == "as asked for"
    assert one(range(N), keep=("c",)).kind == "numeric"
    assert one([f"n{place}" for place in range(N)], keep=("c",)).kind == "category"
    with pytest.raises(DesignError, match="no cell of column 'c' is a number"):
        one(["a", "b"] * (N // 2), wanted={"c": "numeric"})
    with pytest.raises(DesignError, match="column 'd', which is not there"):
        one(NUMBERS, wanted={"d": "numeric"})
    with pytest.raises(DesignError, match="unknown type 'number' of column 'c'; did you mean 'numeric'"):
        one(NUMBERS, wanted={"c": "number"})


Y = np.repeat(["no", "yes"], [45, 15])


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (np.where(Y == "yes", 7, 2), "the label again, under other names"),
        (np.where(Y == "yes", "left", "stays"), "the label again, under other names"),
        (np.arange(N) + RNG.random(N), "it alone tells the classes apart"),
        (np.where(Y == "yes", NUMBERS, np.nan), "missing in one class and present in the other"),
    ],
)
def test_a_column_that_gives_the_label_away_is_left_out_unless_kept(cells: Any, says: str) -> None:
    frame = pd.DataFrame({"honest": NUMBERS, "leak": cells})
    table = labelled(frame, Y)
    assert list(table.X) == ["honest"]
    assert says in table.notes[0]
    assert "keep=['leak']" in table.notes[0]
    kept = labelled(frame, Y, wishes=Wishes(keep=["leak"]))
    assert list(kept.X) == ["honest", "leak"]
    assert says in kept.notes[0]


def test_copies_are_left_out_where_rows_do_not_repeat_by_chance() -> None:
    frame = pd.DataFrame({"a": NUMBERS, "b": RNG.normal(size=N)})
    again = frame.iloc[np.r_[0:N, 50:60, 50:60]]
    table = labelled(again, Y[again.index])
    assert table.counts == (45, 15)
    assert table.rows.tolist() == list(range(N))
    assert "20 rows (20 of 'yes') repeat an earlier row in every column and are left out" in table.notes[0]
    assert labelled(again, Y[again.index], wishes=Wishes(keep_copies=True)).counts == (45, 35)
    coarse = pd.DataFrame({"a": RNG.integers(0, 3, N), "b": RNG.choice(["x", "y"], N)})
    assert labelled(coarse, Y).counts == (45, 15)


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-1000, 1000), st.floats(), st.text(max_size=6), st.dates(), st.datetimes(),
    st.sampled_from(["?", "NA", "", "1,5", "1.234,5", "$3", "12/05/2021", "None", "inf", "-"]),
)  # fmt: skip


@given(
    st.integers(2, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=3),
            st.lists(st.sampled_from(["no", "no", "yes"]), min_size=n, max_size=n),
        )
    )
)
@settings(max_examples=40, deadline=None)
def test_any_small_table_is_read_or_refused(made: tuple[list[list[Any]], list[str]]) -> None:
    columns, y = made
    frame = pd.DataFrame({f"c{place}": pd.Series(column, dtype=object) for place, column in enumerate(columns)})
    try:
        table = labelled(frame, y, wishes=Wishes(keep_copies=True))
    except DesignError:
        return
    assert [column.name for column in table.columns] == list(frame)
    assert list(table.X) == [name for column in table.columns for name in column.features]
    assert all(column.note for column in table.columns if not column.features)
    assert set(map(str, table.X.dtypes)) <= {"float64", "object", "str"}
    assert not np.isinf(table.X.select_dtypes("float64")).any(axis=None)
    features, _ = steps_for(LogisticRegression(), table.X)
    assert features is not None


@given(
    st.lists(st.sampled_from(["x", "y", "größe", "naïve", "x"]), min_size=1, max_size=4),
    st.lists(st.lists(st.sampled_from(["1", "2,5", "a", "ß", "", '"q"', "7"]), min_size=4, max_size=4), max_size=12),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=30, deadline=None)
def test_any_small_file_is_read_whole_or_refused(
    names: list[str], rows: list[list[str]], encoding: str, sep: str
) -> None:
    lines = [names, *(row[: len(names)] for row in rows)]
    content = "\n".join(sep.join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines)
    try:
        found = contents(content.encode(encoding), Path("table.csv"), None, Format())
    except DesignError:
        return
    assert len(set(names)) == len(names)  # names that repeat are refused
    assert set(map(str, found.frame.columns)) == set(names)
