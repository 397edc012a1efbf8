"""Answers on the small tables whose right answer is known, by the command line as a stranger uses it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from synththeory.advise.cli import app

FIELD = Path(__file__).parent / "field"
QUICK = ["--folds", "3", "--repeats", "1", "--jobs", "1", "--generator", "bootstrap", "--json"]


def asked(name: str, label: str, *more: str) -> dict[str, Any]:
    ran = CliRunner().invoke(app, [str(FIELD / name), "--label", label, *QUICK, *more])
    assert ran.exit_code == 0, ran.output
    read: dict[str, Any] = json.loads(ran.stdout)
    return read


def loss(read: dict[str, Any], method: str = "re-priored") -> float:
    return float(next(m["measures"]["balanced log loss"]["value"] for m in read["methods"] if m["name"] == method))


def test_one_odd_cell_costs_nothing() -> None:
    clean, odd = asked("telco_clean.csv", "Churn"), asked("telco_one_question.csv", "Churn")
    assert loss(clean) == pytest.approx(0.28, abs=0.03)
    assert loss(odd) == pytest.approx(loss(clean), abs=0.01)
    assert odd["recommendation"]["method"] == clean["recommendation"]["method"]
    assert odd["columns"][1] == {
        "name": "TotalCharges", "type": "numeric", "missing": 1, "levels": 416, "merged_rows": 0, "note": "",
    }  # fmt: skip


def test_a_date_carries_its_signal() -> None:
    assert loss(asked("date_signal.csv", "y")) < 0.45


def test_five_rows_can_say_something() -> None:
    read = asked("minority_5.csv", "y")
    assert read["recommendation"]["answer"] == "can't tell"
    assert "5 minority rows are too few to judge a generator" in read["recommendation"]["sentence"]
    assert [method["name"] for method in read["methods"]] == ["as is", "re-priored", "class weights"]


def test_patients_stay_together() -> None:
    read = asked("patients.csv", "died", "--group", "patient")
    assert "patient" not in [column["name"] for column in read["columns"]]
    ran = CliRunner().invoke(app, [str(FIELD / "patients.csv"), "--label", "died", "--group", "patients"])
    assert "no column 'patients'; did you mean 'patient'" in ran.stderr
