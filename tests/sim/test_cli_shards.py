"""The commands of a study that several processes share."""

import pytest
from typer.testing import CliRunner

from synththeory import simulate
from synththeory.sim.cli import app
from synththeory.sim.cli.shared import budget_seconds


@pytest.fixture
def study(design, tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(design(sweep={"sample.minority": [4, 8]}).toml)
    return path


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_study_is_planned_worked_looked_at_and_summarised(study, design, tmp_path):
    folder = tmp_path / "out"
    planned = call("plan", study, "--out", folder, "--block", 7)
    assert planned.exit_code == 0
    assert f"planned: 10 blocks in {folder}" in planned.stderr
    stopped = call("work", folder, "--shard", "1/2", "--budget", "0s")
    assert stopped.exit_code == 75
    assert "shard 1/2: 0 of 5 missing blocks computed in 0 s" in stopped.stderr
    assert call("work", folder, "--shard", "1/2", "--budget", "10m").exit_code == 0
    status = call("status", folder)
    assert status.exit_code == 1
    assert status.stdout.splitlines()[:2] == [
        "5 of 10 blocks are whole; replications missing, over all arms: 60",
        "failed: oracle 0, smote 0",
    ]
    assert "left: about " in status.stdout
    assert call("work", folder, "--shard", "2/2", "--threads", 1).exit_code == 0
    assert call("status", folder).exit_code == 0
    expected = call("run", study, "--out", tmp_path / "straight", "--format", "csv").stdout
    assert call("summary", folder, "--format", "csv").stdout == expected


def test_folders_are_merged(study, tmp_path):
    for number in (1, 2):
        assert call("plan", study, "--out", tmp_path / str(number), "--block", 7).exit_code == 0
        assert call("work", tmp_path / str(number), "--shard", f"{number}/2").exit_code == 0
    done = call("merge", tmp_path / "1", tmp_path / "2", "--out", tmp_path / "whole")
    assert "merged: 20 blocks brought" in done.stderr
    assert call("status", tmp_path / "whole").exit_code == 0
    assert (
        call("summary", tmp_path / "whole", "--format", "csv").stdout
        == "\n".join(call("run", study, "--out", tmp_path / "whole", "--format", "csv").stdout.splitlines()) + "\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("work", "{folder}", "--shard", "1/2"), "is not a study folder"),
        (("work", "{run}", "--shard", "1/2"), "has no plan.json: plan the study with --out"),
        (("work", "{planned}", "--shard", "3/2"), "got the shard 3/2, expected k/K with k from 1 to K"),
        (("work", "{planned}", "--shard", "half"), "got the shard 'half', expected k/K such as 3/7"),
        (("work", "{planned}", "--budget", "soon"), "got the budget 'soon', expected a time such as 50m"),
        (("run", "{study}", "--out", "{run}x", "--cluster", "local:x"), "expected local:N with N at least 1"),
        (("run", "{study}", "--out", "{run}x", "--cluster", "local:2", "--threads", "2"), "give one of them"),
        (("plan", "{study}", "--out", "{planned}", "--block", "3"), "was planned with blocks of 7, got blocks of 3"),
        (("plan", "{study}", "--out", "{planned}", "--seed", "5"), "holds another design"),
        (("status", "{folder}"), "is not a study folder"),
        (("merge", "{folder}", "--out", "{folder}"), "is not a study folder"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(study, design, tmp_path, arguments, message):
    simulate(design().replicated(2), tmp_path / "run")
    assert call("plan", study, "--out", tmp_path / "planned", "--block", 7).exit_code == 0
    words = {"study": study, "folder": tmp_path, "run": tmp_path / "run", "planned": tmp_path / "planned"}
    result = call(*(argument.format(**words) for argument in arguments))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90.0), ("50m", 3000.0), ("1h30m", 5400.0), ("0.5h", 1800.0)])
def test_a_budget_is_a_time(text, seconds):
    assert budget_seconds(text) == seconds
