"""The commands that find the number of replications."""

import json

import pytest
from typer.testing import CliRunner

from synththeory.sim.cli import app


@pytest.fixture
def study(design, tmp_path):
    generators = [{"kind": "oracle"}, {"kind": "gaussian", "mean": [0.5, 0.0]}]
    path = tmp_path / "small.toml"
    path.write_text(design({"augmentation.generators": generators}).toml)
    return path


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_run_until_a_precision_stops_there_and_says_so(study, tmp_path):
    options = ("--until-mcse", "excess_risk=0.002", "--out", tmp_path / "out", "--format", "json")
    result = call("run", study, *options)
    assert result.exit_code == 0, result.output
    rows = [row for row in json.loads(result.stdout) if row["metric"] == "excess_risk"]
    assert max(row["mcse"] for row in rows) <= 0.002
    assert rows[0]["replications"] >= 400
    said = f"after {rows[0]['replications']} replications"
    assert "target reached: excess_risk has a Monte Carlo standard error of at most 0.00" in result.stderr
    assert said in result.stderr
    ended = call("run", study, "--until-mcse", "excess_risk=1e-9", "--max", 500, *options[2:])
    assert ended.exit_code == 1
    assert "target not reached: " in ended.stderr
    assert "asked 1e-09; its variance asks for " in ended.stderr


def test_the_replications_that_are_needed_are_said(study):
    result = call("replications", study, "--mcse", "excess_risk=0.002", "--threads", 1)
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    number, rest = first.split(" ", 1)
    assert 100 < int(number) < 5000
    assert rest.startswith("replications give every mean of excess_risk a Monte Carlo standard error of 0.002 (95 %")
    assert second.startswith("the worst is ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--until-mcse", "excess_rik=1"), "no metric 'excess_rik'; did you mean 'excess_risk'?"),
        (("run", "--until-mcse", "excess_risk"), "expected metric=value such as excess_risk=1e-4"),
        (("run", "--until-mcse", "excess_risk=-1"), "expected above 0"),
        (("run", "--until-mcse", "excess_risk=1", "--replications", "5"), "use --max for the most"),
        (("run", "--max", "5"), "--max is the end of a run with --until-mcse"),
        (("replications", "--mcse", "nothing=1"), "no metric 'nothing'"),
    ],
)
def test_a_mistake_is_one_line(study, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    command, *options = arguments
    result = call(command, study, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
