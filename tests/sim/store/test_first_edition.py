"""A folder written before a kind of study was a question goes on where it stopped."""

import logging
import shutil
from pathlib import Path

import pytest

from synththeory import load_design, simulate, summarise

FOLDER = Path(__file__).parent / "first_edition"


def test_an_old_folder_resumes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "old"
    shutil.copytree(FOLDER, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*.npy")}
    read = summarise(folder)
    assert {(row.arm, row.replications, row.failed) for row in read.rows} == {
        (arm, 3, 0) for arm in ("naive:smote", "corrected:smote", "vtss:smote", "reweighted")
    }
    with caplog.at_level(logging.WARNING, "synththeory"):
        again = simulate(folder / "design.toml", folder)
    assert [row.estimate for row in again.rows] == [row.estimate for row in read.rows]
    assert {path: path.read_bytes() for path in folder.rglob("*.npy")} == before
    assert (folder / "design.toml").read_bytes() == (FOLDER / "design.toml").read_bytes()
    more = simulate(load_design(folder / "design.toml", {"monte_carlo.replications": 5}), folder)
    assert {row.replications for row in more.rows} == {5}
    kept = {path: path.read_bytes() for path in folder.rglob("*.npy")}
    assert {path: kept[path] for path in before} == before
    assert not any("damaged" in record.getMessage() for record in caplog.records)
