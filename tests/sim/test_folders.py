"""Whole folders: exported, verified, compared."""

import csv
import io
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from synththeory import StoreError
from synththeory.sim.cli import app
from synththeory.sim.results.comparing import compared, ulps
from synththeory.sim.run.verifying import verify
from synththeory.sim.session import Session
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore


@pytest.fixture
def light(design):
    generators = [{"kind": "oracle"}, {"kind": "jitter", "scale": 0.5}]
    return design({"augmentation.generators": generators}, sweep={"sample.minority": [4, 8]})


@pytest.fixture
def folder(light, tmp_path):
    Session(light, FileStore.create(tmp_path / "study", light), block=10).run()
    return tmp_path / "study"


def call(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def changed(folder, arm, cell, replication, change):
    """Write one value of a folder anew, as a good file."""
    store = FileStore.existing(folder)
    found = store.lock.design.cells[cell]
    (held,) = (window.between(10, 20) for window in store.windows(found, found.arms[arm], 30))
    values = held.values.copy()
    values[0, replication - 10, 2] = change(values[0, replication - 10, 2])
    store.write(found, found.arms[arm], Results(held.replications, values, held.status, held.messages))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_every_number_is_exported(light, folder, tmp_path, kind):
    result = call("export", folder, "--to", kind, "--out", tmp_path / f"all.{kind}")
    assert f"exported: 360 rows to {tmp_path}/all.{kind}" in result.stderr
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text())))
    else:
        from pyarrow.parquet import read_table

        rows = read_table(tmp_path / "all.parquet").to_pylist()
    assert len(rows) == 2 * 2 * 30 * 3
    assert list(rows[0])[:4] == ["cell", "sample.minority", "arm", "replication"]
    store = FileStore.existing(folder)
    cell = light.cells[1]
    held = Results.joined(list(store.windows(cell, cell.arms[1], 30)))
    mine = [row for row in rows if int(row["cell"]) == 1 and row["arm"] == "jitter"]
    assert [int(row["replication"]) for row in mine] == np.repeat(np.arange(30), 3).tolist()
    assert [int(row["synthetic_size"]) for row in mine[:3]] == [size for _, size in cell.arms[1].points]
    assert [float(row["excess_risk"]) for row in mine] == held.values[0].ravel().tolist()
    assert {row["status"] for row in rows} == {"ok"}


def test_a_failed_fit_is_exported_empty(folder, tmp_path):
    changed(folder, 0, 0, 15, lambda value: np.nan)
    call("export", folder, "--out", tmp_path / "all.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text())))
    assert sum(row["excess_risk"] == "" for row in rows) == 1


def test_an_export_that_cannot_be_written_is_one_line(folder, tmp_path):
    result = call("export", folder, "--out", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"error: cannot write {tmp_path}: it is a folder; name a file in it\n"
    (tmp_path / "file").write_text("")
    result = call("export", folder, "--out", tmp_path / "file" / "all.csv")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_a_good_folder_is_verified(folder):
    result = call("verify", folder, "--sample", 4)
    assert result.exit_code == 0, result.output
    assert "12 files read, 0 wrong; 4 replications computed again: " in result.stdout
    assert verify(FileStore.existing(folder), 1000).replayed == 60


def test_verify_finds_a_changed_number_a_damaged_file_a_wrong_name_and_a_wrong_digest(folder):
    changed(folder, 0, 1, 17, lambda value: np.nextafter(value, 1.0))
    result = call("verify", folder, "--sample", 60)
    assert result.exit_code == 1
    assert "cell 1, replication 17: oracle, synthetic size 80: excess_risk" in result.stdout
    victim = sorted(folder.rglob("*.npy"))[0]
    whole = victim.read_bytes()
    victim.rename(victim.with_name("000000090-000000099.npy"))
    assert "holds other replications than its name says" in call("verify", folder).stdout
    victim.with_name("000000090-000000099.npy").write_bytes(whole[:-3])
    result = call("verify", folder)
    assert (result.exit_code, "is damaged: its checksum" in result.stdout) == (1, True)
    lock = json.loads((folder / "lock.json").read_text())
    lock["cells"][0]["arms"]["oracle"] = "another"
    (folder / "lock.json").write_text(json.dumps(lock))
    assert "the arm oracle of cell 0 has another digest" in call("verify", folder).stdout


def test_two_runs_are_compared_to_the_bit(light, folder, tmp_path):
    Session(light, FileStore.create(tmp_path / "other", light), block=7).run()
    result = call("compare", folder, tmp_path / "other")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2 * 2 * 2
    assert "minority=4, oracle: excess_risk: all 90 numbers are equal to the bit" in result.stdout
    changed(folder, 1, 1, 12, lambda value: np.nextafter(np.nextafter(value, 1.0), 1.0))
    changed(folder, 1, 1, 14, lambda value: np.nextafter(value, 1.0))
    result = call("compare", folder, tmp_path / "other")
    assert result.exit_code == 1
    assert (
        "minority=8, jitter: excess_risk: 2 of 90 numbers differ, by up to 2 ulp, first in replication 12"
        in result.stdout
    )
    changed(folder, 1, 1, 14, lambda value: np.nan)
    (worse,) = [each for each in compared(*map(FileStore.existing, (folder, tmp_path / "other"))) if each.different]
    assert (worse.different, worse.only_one, worse.ulps) == (2, 1, 2)


def test_other_designs_are_not_compared(light, folder, tmp_path, design):
    FileStore.create(tmp_path / "seed", design({"monte_carlo.seed": 5}))
    with pytest.raises(StoreError, match="holds another design"):
        list(compared(FileStore.existing(folder), FileStore.existing(tmp_path / "seed")))


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        (1.0, 1.0, 0),
        (1.0, np.nextafter(1.0, 2.0), 1),
        (-0.0, 0.0, 0),
        (-5e-324, 5e-324, 2),
        (-1.7976931348623157e308, 1.7976931348623157e308, 2 * 0x7FEFFFFFFFFFFFFF),
    ],
)
def test_a_distance_in_units_of_the_last_place(left, right, distance):
    assert ulps(np.array([left]), np.array([right])) == distance
