"""Small tables that were once read wrongly: what is right stands in ``field/cases.toml``."""

from pathlib import Path

import numpy as np
import pytest

from synththeory.advise.reading.contents import Format
from synththeory.advise.reading.files import read_file
from synththeory.advise.reading.table import Labelled, Wishes, labelled
from synththeory.errors import DesignError

WESTERN = "not UTF-8: read as Western European text (Windows-1252); --encoding NAME overrules"
FIELD = Path(__file__).parents[1] / "field"


def read(name: str, label: str, **settings: str) -> tuple[Labelled, tuple[str, ...]]:
    found = read_file(FIELD / name, label, Format(**settings))  # type: ignore[arg-type]
    return labelled(found.X, found.y, None, Wishes(types=found.types)), found.notes


CLEAN, _ = read("telco_clean.csv", "Churn")


def test_a_clean_table_is_read_as_numbers() -> None:
    assert [column.kind for column in CLEAN.columns] == ["numeric", "numeric"]
    assert CLEAN.counts == (360, 60)
    assert CLEAN.notes == ()


@pytest.mark.parametrize("name", ["telco_one_question.csv", "telco_one_blank.csv"])
def test_one_odd_cell_is_one_missing_value(name: str) -> None:
    table, _ = read(name, "Churn")
    charges = table.columns[1]
    assert (charges.kind, charges.missing) == ("numeric", 1)
    gone = table.X["TotalCharges"].isna()
    np.testing.assert_allclose(table.X.loc[~gone, "TotalCharges"], CLEAN.X.loc[~gone, "TotalCharges"])


@pytest.mark.parametrize(
    ("name", "factor", "says"),
    [("telco_thousands.csv", 10.0, "thousands separators"), ("telco_decimal_comma.csv", 1.0, "decimal commas")],
)
def test_separators_within_numbers_are_read_and_said(name: str, factor: float, says: str) -> None:
    table, _ = read(name, "Churn")
    np.testing.assert_allclose(table.X["TotalCharges"], factor * CLEAN.X["TotalCharges"], atol=0.051)
    assert says in table.columns[1].note


def test_a_date_is_a_number_of_days() -> None:
    table, _ = read("date_signal.csv", "y")
    opened = table.columns[1]
    assert (opened.kind, opened.features) == ("date", ("opened",))
    assert table.X["opened"].iloc[0] == (np.datetime64("2023-03-25") - np.datetime64("1970-01-01")).astype(int)


def test_merged_levels_are_named_with_their_share_and_a_way_out() -> None:
    table, _ = read("rare_levels.csv", "y")
    merchant = table.columns[1]
    assert (merchant.kind, merchant.merged, merchant.levels) == ("category", 409, 118)
    assert "merged, 97% of the rows" in table.notes[0]
    assert "groups=X['merchant']" in table.notes[0]


@pytest.mark.parametrize(
    ("name", "label", "says"),
    [
        ("semicolon_decimal_comma.csv", "y", ("separated by semicolons", "decimal commas")),
        ("tab.tsv", "y", ("separated by tabs",)),
        ("latin1.csv", "étiquette", (WESTERN,)),
        ("keel.dat", "Class", ("4 columns and their types from @attribute lines, output column Class",)),
        ("header_spaces.csv", "y", ()),
    ],
)  # fmt: skip
def test_the_kind_of_file_is_detected_and_said(name: str, label: str, says: tuple[str, ...]) -> None:
    table, notes = read(name, label)
    assert notes == says
    assert table.counts == (240, 40)
    numeric = [column.name for column in table.columns if column.kind == "numeric"]
    assert numeric == (["größe"] if name == "latin1.csv" else ["x1", "x2", "x3"])
    np.testing.assert_allclose(table.X.iloc[:3, 0], [-0.2527, 0.7698, 1.5731])


def test_keels_output_column_is_the_label_unless_another_is_asked_for() -> None:
    assert read_file(FIELD / "keel.dat", None, Format()).y.name == "Class"
    with pytest.raises(DesignError, match=r"say which column has the labels \(--label NAME\); .* has x1, x2, x3, y"):
        read_file(FIELD / "tab.tsv", None, Format())


@pytest.mark.parametrize(
    ("name", "label", "says"),
    [
        ("label_twice.csv", "Churn", "two columns of '.*' are named Churn; rename or drop one"),
        ("no_header.csv", "y", "looks like data, not names .*; put a line of names first"),
    ],
)
def test_refused_in_one_line(name: str, label: str, says: str) -> None:
    with pytest.raises(DesignError, match=says) as caught:
        read(name, label)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", ["gz", "bz2", "xz", "zip"])
def test_packed_files(tmp_path: Path, pack: str) -> None:
    import pandas as pd

    path = tmp_path / f"table.csv.{pack}"
    pd.read_csv(FIELD / "telco_clean.csv").to_csv(path, index=False)
    found = read_file(path, "Churn", Format())
    assert list(found.X) == ["age", "TotalCharges"]
    assert len(found.notes) == 1


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    import pandas as pd

    path = tmp_path / "table.parquet"
    pd.read_csv(FIELD / "telco_clean.csv").astype({"age": "Int64", "Churn": "category"}).to_parquet(path)
    found = read_file(path, "Churn", Format())
    assert labelled(found.X, found.y).counts == (360, 60)


ARFF = """% a comment
@RELATION made
@ATTRIBUTE 'size of it' NUMERIC
@ATTRIBUTE code {1,2,3}
@ATTRIBUTE class {good,bad}

@DATA
1.5, 1, good
?, 2, 'bad'
"""


def test_arff_declares_its_types(tmp_path: Path) -> None:
    path = tmp_path / "table.arff"
    path.write_text(ARFF)
    found = read_file(path, "class", Format())
    assert found.types == {"size of it": "numeric", "code": "category"}
    assert found.y.tolist() == ["good", "bad"]
    assert found.X["size of it"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no rows"),
        ("one\n1\n2\n", "is not a table"),
        ("a,b,y\n1,2,0\n1,2\n", r"line 3 of '.*' has 2 fields where the first line has 3 names"),
        ("a,b,y\n1,2,0\n1,2,0,9\n1,2,1\n", "line 3 of '.*' has 4 fields where the first line has 3 names"),
        ("a,y\n1,0\n", "has no column 'stat'"),
    ],
)
def test_what_is_no_table_is_refused_with_the_remedy(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(DesignError, match=says):
        read_file(path, "stat", Format())


@pytest.mark.parametrize(
    ("text", "columns", "notes"),
    [
        ("# made by hand\na,b,y\n1,2,0\n3,4,1\n", ["a", "b"], ("1 comment line skipped",)),
        ("a b y\n1 2 0\n3 4 1\n", ["a", "b"], ("separated by spaces",)),
        ('"a","b","y"\n"1",1,2,0\n"2",3,4,1\n', ["unnamed 1", "a", "b"], ()),  # R's write.table
        (",a,b,y\n0,1,2,0\n1,3,4,1\n", ["unnamed 1", "a", "b"], ()),  # pandas' index
        ("a,b,y\n1,2,0,\n3,4,1,\n", ["a", "b"], ("an empty last field of every row skipped",)),
        ('a,b,y\n"1, or 2",2,0\n3,4,1\n', ["a", "b"], ()),
    ],
)
def test_habits_of_files(tmp_path: Path, text: str, columns: list[str], notes: tuple[str, ...]) -> None:
    path = tmp_path / "table.txt"
    path.write_text(text)
    found = read_file(path, "y", Format())
    assert (list(found.X), found.notes) == (columns, notes)
    assert found.y.tolist() == ["0", "1"]


def test_a_label_spelt_none_is_a_label(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,y\n1,None\n2,high\n3,None\n")
    assert read_file(path, "y", Format()).y.tolist() == ["None", "high", "None"]


def test_the_format_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("größe;y\n1,234;0\n2,5;1\n".encode("cp1252"))
    found = read_file(path, "y", Format(separator=";", decimal=",", encoding="latin-1"))
    assert found.X["größe"].tolist() == ["1,234", "2,5"]
    with pytest.raises(DesignError, match="cannot be read with --encoding utf-8"):
        read_file(path, "y", Format(encoding="utf-8"))
