"""Odd tables as they come: one clear line and exit code 2, or an answer; never a traceback."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from synththeory.advise.cli import app

RNG = np.random.default_rng(3)
QUICK = ("--folds", "2", "--repeats", "1", "--jobs", "1", "--generator", "bootstrap")


def table(n0: int = 60, n1: int = 16) -> pd.DataFrame:
    y = np.repeat([0, 1], [n0, n1])
    frame = pd.DataFrame({"a": RNG.normal(size=n0 + n1) + y, "c": RNG.choice(list("xyz"), n0 + n1)})
    return frame.assign(label=np.where(y, "bad", "good")).sample(frac=1.0, random_state=1)


def asked(path: Path, *words: str) -> Any:
    found = CliRunner().invoke(app, [str(path), "--label", "label", *QUICK, *words])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def written(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_csv(path, index=False)
    return path


PLAIN = table()
REFUSED = {
    "one class": (PLAIN.assign(label="good").to_csv(index=False), "the labels have one class only"),
    "a column twice": (PLAIN.to_csv(index=False).replace("a,c", "a,a", 1), "two columns of .* are named a"),
    "no separator": (PLAIN.to_csv(index=False).replace(",", "^"), "say the separator"),
    "labels missing": (PLAIN.assign(label=PLAIN["label"].mask(PLAIN["a"] > 1)).to_csv(index=False), "are missing"),
    "labels are numbers": (PLAIN.assign(label=PLAIN["a"]).to_csv(index=False), "the labels have 76 classes"),
    "one minority row": (table(60, 1).to_csv(index=False), "collect more rows"),
    "equal classes": (table(20, 20).to_csv(index=False), "nothing to balance"),
    "a constant column alone": ("c,label\n" + "k,good\n" * 20 + "k,bad\n" * 5, "no column is left to predict from"),
    "nothing": ("", "has no rows"),
    "names alone": ("a,c,label\n", "no rows below it"),
    "no text": ("\0\1\2" * 50, "is not a text file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, says = REFUSED[name]
    path = tmp_path / "table.csv"
    path.write_text(text)
    found = asked(path)
    assert found.exit_code == 2
    assert found.stderr.startswith("error: ")
    assert found.stderr.count("\n") == 1
    assert pd.Series([found.stderr]).str.contains(says).all()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--folds", "1"), "folds must be at least 2"), (("--repeats", "0"), "repeats must be at least 1, got 0"),
        (("--seed", "-1"), "seed .* must be at least 0, got -1"), (("--jobs", "0"), "jobs .* one per core; got 0"),
        (("--rows", "50"), "rows .* must be at least 100, got 50"), (("--cost", "0"), "a cost ratio is a positive"),
        (("--recall", "1"), "a recall is a share"), (("--most-repeats", "0"), "must be at least 1, got 0"),
        (("--cost", "nan"), "a cost ratio is a positive .* got nan"), (("--sep", ""), "--sep is one character"),
        (("--sep", "ab"), "--sep is one character, .* got 'ab'"), (("--attribute", "a"), "has 76 values, .* 2 to 30"),
    ],
)  # fmt: skip
def test_impossible_numbers_are_named_in_one_line(words: tuple[str, str], says: str, tmp_path: Path) -> None:
    found = asked(written(tmp_path / "table.csv", PLAIN), *words)
    assert found.exit_code == 2
    assert found.stderr.count("\n") == 1
    assert pd.Series([found.stderr]).str.contains(says).all()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in asked(tmp_path).stderr
    assert "no file" in asked(tmp_path / "none.csv").stderr


@pytest.mark.parametrize("count", [2, 3])
def test_two_or_three_minority_rows_have_an_answer(count: int, tmp_path: Path) -> None:
    found = asked(written(tmp_path / "table.csv", table(60, count)))
    assert found.exit_code == 0
    assert "Can't tell" in found.stdout
    assert "too few to judge" in " ".join(found.stdout.split())


def test_empty_columns_dates_and_many_levels_are_read(tmp_path: Path) -> None:
    odd = PLAIN.assign(
        void=np.nan, few=["2020-01-01", "5.5.2021", *[""] * 74], many=[f"z{place % 19}" for place in range(76)],
        when=pd.date_range("2020", periods=76).strftime("%d.%m.%Y"), big=np.where(PLAIN["a"] > 0, "1e400", "3"),
    )  # fmt: skip
    found = asked(written(tmp_path / "table.csv", odd))
    assert found.exit_code == 0
    page = " ".join(found.stdout.split())
    assert "Column 'many' is read as category: 19 of 19 levels have fewer than 10 rows" in page
    assert "void: left out; " in page


def test_three_groups_are_split_as_far_as_they_go(tmp_path: Path) -> None:
    found = asked(written(tmp_path / "table.csv", table(90, 30).assign(c=list("xyzw") * 30)), "--group", "c")
    assert found.exit_code == 0
    few = asked(written(tmp_path / "few.csv", table(90, 30).assign(c=list("xy") * 60)), "--group", "c")
    assert few.exit_code == 2
    assert "are of one group, which stays on one side of a split" in few.stderr


def test_a_reason_is_given_once(tmp_path: Path) -> None:
    """Five minority rows in an inner fold are too few for six neighbours."""
    found = asked(written(tmp_path / "table.csv", table(60, 12)), "--generator", "SMOTE")
    assert found.exit_code == 0
    page = " ".join(found.stdout.split())
    names = "full balance: SMOTE, calibrated balance: SMOTE, VTSS: SMOTE, TG-VTSS: SMOTE"
    assert f"left out, {names}: " in page
    assert page.count("left out, ") == 1
