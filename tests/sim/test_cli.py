import csv
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import load_design, simulate
from synththeory.sim.cli import app
from synththeory.sim.design.studies import studies
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore


@pytest.fixture
def study(design, tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(design(sweep={"sample.minority": [4, 8]}).toml)
    return path


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_line_imports_nothing_heavy():
    code = (
        "import sys, synththeory.sim.cli, synththeory.sim.__main__;"
        "print([m for m in ('numba', 'scipy', 'matplotlib', 'numpy', 'pydantic', 'statsmodels') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_every_command():
    done = subprocess.run(
        [sys.executable, "-m", "synththeory.sim", "--help"], capture_output=True, text=True, check=True
    )
    assert all(name in done.stdout for name in ("list", "run", "summary", "figure", "replay"))


def test_list_names_every_study():
    result = call("list")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in studies())


def test_run_writes_json_rows_to_stdout_and_messages_to_stderr(study, tmp_path):
    result = call("run", study, "--out", tmp_path / "out", "--format", "json")
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert len(rows) == 2 * 2 * 2 * 3
    assert list(rows[0]) == [
        "study", "cell", "arm", "multiplier", "synthetic_size", "metric", "estimate", "mcse", "lower", "upper",
        "replications", "failed", "theory", "risk_method",
    ]  # fmt: skip
    assert rows[0]["cell"] == {"sample.minority": 4}
    assert rows[0]["replications"] == 30
    assert rows[0]["risk_method"] == "exact"
    assert "failed: oracle 0 of 60, smote 0 of 60" in result.stderr
    assert call("summary", tmp_path / "out", "--format", "json").stdout == result.stdout


def test_csv_has_a_column_for_every_swept_key(study, tmp_path):
    result = call("run", study, "--out", tmp_path / "out", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 24
    assert {row["sample.minority"] for row in rows} == {"4", "8"}
    expected = simulate(load_design(study)).rows
    assert [float(row["estimate"]) for row in rows] == [row.estimate for row in expected]


def test_the_table_shows_every_point(study, tmp_path):
    result = call("run", study, "--out", tmp_path / "out")
    assert result.exit_code == 0
    for word in ("multiplier", "excess risk", "± MCSE", "theory", "failed", "minority=8", "smote"):
        assert word in result.stdout
    assert "minority=8: oracle within" in result.stderr


def test_options_change_the_design(study, tmp_path):
    options = ("--replications", 12, "--seed", 3, "--set", "population.mean=[0.5, 0.5]", "--threads", 2, "--block", 5)
    result = call("run", study, "--out", tmp_path / "out", *options, "--format", "json")
    assert json.loads(result.stdout)[0]["replications"] == 12
    design = FileStore.existing(tmp_path / "out").lock.design
    assert design.monte_carlo.seed == 3
    assert design.population.mean == (0.5, 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "local_symetry_linear"), "no study 'local_symetry_linear'; did you mean 'local_symmetry_linear'?"),
        (("run", "{study}", "--set", "learner.rigde=1"), "learner: unknown key 'rigde'; did you mean 'ridge'?"),
        (("run", "{study}", "--set", "sample.majority=-4"), "sample.majority: expected greater than or equal to 1"),
        (("run", "{study}", "--set", "augmentation.generators.1.neighbors=7"), "in the cell minority=4"),
        (("run", "nowhere.toml"), "cannot read nowhere.toml: No such file"),
        (("run", "{half}"), "half.toml is not a TOML file"),
        (("run", "{study}", "--out", "{half}/study"), "cannot write"),
        (("summary", "{folder}"), "is not a study folder"),
        (("replay", "{folder}"), "is not a study folder"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(study, tmp_path, arguments, message):
    half = tmp_path / "half.toml"
    half.write_text("[population")
    words = {"study": study, "half": half, "folder": tmp_path}
    result = call(*(argument.format(**words) for argument in arguments))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "option", [("--replications", "0"), ("--threads", "0"), ("--block", "-1"), ("--nonsense", "1")]
)
def test_impossible_options_are_exit_code_2(study, option):
    assert call("run", study, *option).exit_code == 2


def test_another_design_is_refused_with_its_difference(study, tmp_path):
    assert call("run", study, "--out", tmp_path / "out").exit_code == 0
    result = call("run", study, "--out", tmp_path / "out", "--seed", 9)
    assert result.exit_code == 2
    assert "monte_carlo.seed: 1 → 9" in result.stderr


def test_replay_says_equal_or_where_not(study, tmp_path):
    folder = tmp_path / "out"
    assert call("run", study, "--out", folder, "--block", 10).exit_code == 0
    result = call("replay", folder, "--cell", 1, "--replication", 17)
    assert result.exit_code == 0
    assert "all 18 stored numbers are equal to the bit" in result.stdout

    store = FileStore.existing(folder)
    cell = store.lock.design.cells[1]
    (held,) = (window.between(10, 20) for window in store.windows(cell, cell.arms[0], 30))
    values = held.values.copy()
    values[0, 7, 2] = np.nextafter(values[0, 7, 2], 1.0)
    store.write(cell, cell.arms[0], Results(held.replications, values, held.status, held.messages))
    result = call("replay", folder, "--cell", 1, "--replication", 17)
    assert result.exit_code == 1
    assert re.search(r"oracle, synthetic size 80: excess_risk 0\.\d+ → 0\.\d+", result.stdout)
    assert len(result.stdout.splitlines()) == 1
    assert call("replay", folder, "--cell", 2).exit_code == 2
    assert call("replay", folder, "--replication", 30).exit_code == 2


def test_ctrl_c_is_exit_code_130(study, tmp_path, monkeypatch):
    def stopped(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("synththeory.sim.session.Session._computed", stopped)
    result = call("run", study, "--out", tmp_path / "out", "--block", 5)
    assert result.exit_code == 130
    assert "to go on: python -m synththeory.sim run" in result.stderr
