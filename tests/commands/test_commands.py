"""Every command of README and docs, reduced: ``python -m pytest -m commands``; `.ci/run` runs those of the pages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory.sim.cli import app
from synththeory.sim.design.studies import studies
from tests.commands.listed import ROOT, Command, commands

LISTED = [command for command in commands() if command.why_not is None]


def sequences() -> dict[str, list[Command]]:
    """The commands of every page in order, without studies that nothing there needs and what ran on an earlier page."""
    found: dict[str, list[Command]] = {}
    seen: set[str] = set()
    for command in LISTED:
        again = command.reduced in seen and "report reproduce" in command.text
        seen.add(command.reduced)
        folder = f"synththeory_output/{command.study}"
        needed = any(folder in other.text for other in LISTED if other.page == command.page)
        if (command.study is None or needed) and not again:
            found.setdefault(command.page, []).append(command)
    return found


SEQUENCES = sequences()
STUDY = """
study = "mine"
[population]
kind = "gaussian-shift"
mean = [1.0, 0.0]
[sample]
ratio = 10
minority = 30
[augmentation]
multipliers = [0.0, 1.0]
generators = [{ kind = "mirror" }, { kind = "bootstrap" }]
[learner]
kind = "least-squares"
[monte_carlo]
replications = 2
"""


def run(command: str, folder: Path) -> None:
    """Run a command in a shell as a user would; what it printed is the failure's message."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def prepare(folder: Path, sequence: list[Command]) -> None:
    """What the commands of a page take for granted: a table, a design with a component, folders of a study, ledgers."""
    rng = np.random.default_rng(1)
    columns = np.column_stack([rng.normal(size=(150, 3)), rng.permuted(np.arange(150) < 30)]).tolist()
    lines = [",".join(str(value) for value in row) for row in columns]
    (folder / "table.csv").write_text("\n".join(["a,b,c,outcome", *lines]))
    (folder / "study.toml").write_text(STUDY)
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    (folder / "my_module.py").write_text(
        "from typing import Literal" + page.split("from typing import Literal")[1].split("```")[0]
    )
    texts = [command.text for command in sequence]
    if "python -m synththeory.report pages docs" in texts:
        shutil.copytree(ROOT / "docs" / "papers", folder / "docs" / "papers")
    if any(" DIR" in text for text in texts) and not any("--out DIR" in text for text in texts):
        run("python -m synththeory.sim run alignment_biased --replications 8 --out DIR", folder)


def test_every_study_has_a_command_and_no_page_is_without() -> None:
    assert {command.study for command in LISTED} >= set(studies())
    assert {"README.md", "docs/cluster.md", "docs/reproduction.md", "docs/advise.md"} <= {c.page for c in commands()}


@pytest.mark.commands
@pytest.mark.parametrize("study", sorted(studies()))
def test_a_study_and_its_figure(study: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which has imported everything and keeps its theory for the figure."""
    monkeypatch.chdir(tmp_path)
    for command in (f"run {study} --replications 2", f"figure synththeory_output/{study} --save figure.png"):
        done = CliRunner().invoke(app, command.split())
        assert done.exit_code == 0, f"{command}\n{done.output}"
    assert Path("figure.png").stat().st_size > 10_000


@pytest.mark.commands
@pytest.mark.parametrize("page", sorted(SEQUENCES))
def test_a_pages_commands_in_their_order(page: str, tmp_path: Path) -> None:
    prepare(tmp_path, SEQUENCES[page])
    for command in SEQUENCES[page]:
        if " merge A B C " in command.text:
            for name in "ABC":
                shutil.copytree(tmp_path / "DIR", tmp_path / name)
            shutil.rmtree(tmp_path / "DIR")
        run(command.reduced, tmp_path)
