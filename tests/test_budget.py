"""The false-alarm budget is one for the whole suite, however many processes run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUITE = """
import pytest
from tests.statistical import assert_agrees

@pytest.mark.parametrize("case", range({comparisons}))
def test_agrees(case):
    assert_agrees(0.0, 0.0, 1.0, "nothing differs")
"""


def run(folder: Path, comparisons: int, *options: str) -> subprocess.CompletedProcess[str]:
    """A suite of its own under this suite's conftest."""
    file = folder / "test_many.py"
    file.write_text(SUITE.format(comparisons=comparisons))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        f"--rootdir={folder}",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [*command, *options, str(file)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("options", "comparisons", "code"), [((), 100, 0), (("-n", "2"), 200, 1)], ids=["one process", "two workers"]
)
def test_a_suite_that_overdraws_the_budget_fails(
    tmp_path: Path, options: tuple[str, ...], comparisons: int, code: int
) -> None:
    """Neither worker overdraws it alone."""
    if options:
        pytest.importorskip("xdist")
    finished = run(tmp_path, comparisons, *options)
    assert f"{comparisons} statistical comparisons" in finished.stdout, finished.stdout + finished.stderr
    assert f"{comparisons} passed" in finished.stdout
    assert finished.returncode == code
