import io
import json
import logging
import os

import numpy as np
import pytest

from synththeory import StoreError, simulate, summarise
from synththeory.sim.questions.arms import scored
from synththeory.sim.store.base import gaps as gaps_in
from synththeory.sim.store.blocks import DamagedBlock, Results, decoded, encoded
from synththeory.sim.store.files import FileStore
from tests.sim.bits import same_bits


def blocks(folder):
    return sorted(folder.rglob("*.npy"))


def content(folder):
    return {path.relative_to(folder): path.read_bytes() for path in blocks(folder)}


@pytest.fixture
def results():
    values = np.arange(12.0).reshape(2, 3, 2)
    values[0, 1, 0] = np.inf
    return Results.of(5, scored(values, np.array([[0, 0], [0, 0], [1, 0]], dtype=np.uint8)))


def test_a_block_survives_its_file(results):
    again = decoded(encoded(results, "mine"), "mine")
    assert same_bits(again, results)
    assert again.replications.tolist() == [5, 6, 7]
    assert again.status.tolist() == [[0, 0], [2, 0], [1, 0]]
    assert np.isnan(again.values[:, 1, 0]).all()
    assert np.isnan(again.values[:, 2, 0]).all()


def test_any_single_flipped_byte_is_noticed(results):
    whole = encoded(results, "mine")
    for place in range(len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 1
        with pytest.raises(DamagedBlock):
            decoded(bytes(broken), "mine")


@pytest.mark.parametrize("length", [0, 10, 200, -1, -30])
def test_a_truncated_block_is_noticed(results, length):
    with pytest.raises(DamagedBlock):
        decoded(encoded(results, "mine")[:length], "mine")


def test_a_block_is_a_numpy_file_with_a_checksum_after_it(results):
    records = np.load(io.BytesIO(encoded(results, "mine")))
    assert records["replication"].tolist() == [5, 6, 7]
    np.testing.assert_array_equal(records["values"][1], results.values[:, 1])


def test_a_block_of_another_arm_is_not_trusted(results):
    with pytest.raises(DamagedBlock, match="checksum"):
        decoded(encoded(results, "other"), "mine")


@pytest.mark.parametrize(
    ("held", "gaps"),
    [
        ([], [range(10)]),
        ([range(10)], []),
        ([range(2, 4), range(3, 7)], [range(2), range(7, 10)]),
        ([range(8, 20)], [range(8)]),
        ([range(12, 20), range(5)], [range(5, 10)]),
    ],
)
def test_what_is_missing_is_the_complement_of_what_is_there(held, gaps):
    assert list(gaps_in(held, 10)) == gaps


def test_running_again_computes_nothing(design, tmp_path):
    simulate(design(), tmp_path, block=7)
    before = {path: path.stat().st_mtime_ns for path in blocks(tmp_path)}
    simulate(design(), tmp_path, block=11)
    assert {path: path.stat().st_mtime_ns for path in blocks(tmp_path)} == before


@pytest.mark.parametrize("damage", ["flipped", "truncated", "empty"])
def test_a_damaged_block_is_named_set_aside_and_computed_anew(design, tmp_path, caplog, damage):
    first = simulate(design(), tmp_path, block=10)
    before = content(tmp_path)
    victim = blocks(tmp_path)[2]
    whole = victim.read_bytes()
    broken = {"flipped": whole[:600] + bytes([whole[600] ^ 1]) + whole[601:], "truncated": whole[:700], "empty": b""}
    victim.write_bytes(broken[damage])

    with pytest.raises(StoreError, match=f"{victim.name} is damaged"):
        summarise(tmp_path)
    with caplog.at_level(logging.WARNING, "synththeory"):
        again = simulate(design(), tmp_path, block=3)
    assert f"{victim} is damaged" in caplog.text
    assert victim.with_suffix(".damaged").read_bytes() == broken[damage]
    assert again.rows == first.rows
    kept = content(tmp_path)
    assert all(kept[path] == bytes_ for path, bytes_ in before.items() if path.name != victim.name)


def test_leftovers_of_a_killed_write_are_ignored(design, tmp_path):
    first = simulate(design(), tmp_path)
    victim = blocks(tmp_path)[0]
    victim.rename(victim.with_name(f"{victim.name}.123.partial"))
    assert simulate(design(), tmp_path).rows == first.rows


def test_overlapping_blocks_of_two_runs_at_once_count_once(design, tmp_path):
    first = simulate(design(), tmp_path / "a", block=7)
    simulate(design(), tmp_path / "b", block=10)
    for path in blocks(tmp_path / "b"):
        (tmp_path / "a" / path.relative_to(tmp_path / "b")).write_bytes(path.read_bytes())
    assert summarise(tmp_path / "a").rows == first.rows


def test_the_lock_says_what_the_results_belong_to(design, tmp_path):
    simulate(design(), tmp_path)
    lock = json.loads((tmp_path / "lock.json").read_text())
    assert lock["seed"] == 1
    assert {"synththeory", "numpy", "scipy", "numba", "llvmlite", "pydantic", "python", "processor"} <= set(
        lock["environments"][0]
    )
    cell = design().cells[0]
    assert lock["cells"][0]["digest"] == cell.digest
    assert lock["cells"][0]["arms"] == {arm.label: arm.digest for arm in cell.arms}
    assert FileStore.existing(tmp_path).lock.design == design()


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"monte_carlo.seed": 2}, "monte_carlo.seed: 1 → 2"),
        ({"population.mean": [0.5, 0.0]}, "population.mean: [1.0, 0.0] → [0.5, 0.0]"),
        ({"sample.majority": 50}, "sample.majority: 40 → 50"),
        ({"augmentation.multipliers": [0.0, 1.0]}, "augmentation.multipliers: [0.0, 1.0, 2.5] → [0.0, 1.0]"),
        ({"learner.ridge": 1e-4}, "learner.ridge: 1e-06 → 0.0001"),
        ({"study": "other"}, 'study: "small" → "other"'),
        ({"sweep": {"learner.ridge": [0.1, 0.2]}}, 'sweep.learner.ridge: (not there) → "swept"'),
    ],
)
def test_a_changed_design_is_refused_with_the_difference(design, tmp_path, settings, line):
    simulate(design(), tmp_path)
    before = content(tmp_path)
    with pytest.raises(StoreError, match="holds another design") as caught:
        simulate(design(settings), tmp_path)
    assert line in str(caught.value)
    assert "--out" in str(caught.value)
    assert content(tmp_path) == before
    assert FileStore.existing(tmp_path).lock.design == design()


def test_arms_sweep_values_and_words_may_change(design, tmp_path):
    swept = {"population.mean": [[1.0, 0.0], [0.5, 0.0]]}
    simulate(design(sweep=swept), tmp_path)
    before = content(tmp_path)
    wider = {"population.mean": [[0.2, 0.0], *swept["population.mean"]]}
    arms = [{"kind": "bootstrap"}, {"kind": "oracle", "name": "ideal"}]
    summary = simulate(design({"title": "New", "augmentation.generators": arms}, sweep=wider), tmp_path)
    assert {row.arm for row in summary.rows} == {"bootstrap", "ideal"}
    assert len(summary.design.cells) == 3
    assert before.items() <= content(tmp_path).items()


def test_fewer_replications_summarise_the_first_of_them(design, tmp_path):
    simulate(design(), tmp_path, block=7)
    fewer = simulate(design({"monte_carlo.replications": 10}), tmp_path)
    assert fewer.rows == simulate(design({"monte_carlo.replications": 10})).rows
    assert fewer.rows[0].replications == 10
    assert simulate(design(), tmp_path).rows[0].replications == 30


def test_other_software_is_noted_not_refused(design, tmp_path, caplog):
    simulate(design(), tmp_path)
    path = tmp_path / "lock.json"
    lock = json.loads(path.read_text())
    lock["environments"][0]["numpy"] = "1.0"
    path.write_text(json.dumps(lock))
    with caplog.at_level(logging.WARNING, "synththeory"):
        simulate(design(), tmp_path)
    assert "numpy 1.0 → " in caplog.text
    assert len(json.loads(path.read_text())["environments"]) == 2


def test_an_environment_that_does_not_name_the_tiles_is_the_same_one(design, tmp_path, caplog):
    simulate(design(), tmp_path)
    path = tmp_path / "lock.json"
    lock = json.loads(path.read_text())
    assert lock["environments"][0].pop("tiles") in ("avx512", "avx2", "neon", "other")
    path.write_text(json.dumps(lock))
    with caplog.at_level(logging.WARNING, "synththeory"):
        simulate(design(), tmp_path)
    assert not caplog.text
    assert len(json.loads(path.read_text())["environments"]) == 1


def test_a_damaged_or_absent_lock_is_refused(design, tmp_path):
    with pytest.raises(StoreError, match="not a study folder"):
        summarise(tmp_path)
    simulate(design(), tmp_path)
    path = tmp_path / "lock.json"
    path.write_text(path.read_text().replace('"minority": 8', '"minority": 9'))
    with pytest.raises(StoreError, match=r"lock\.json is damaged"):
        simulate(design(), tmp_path)
    path.unlink()
    with pytest.raises(StoreError, match=r"blocks but no lock\.json"):
        simulate(design(), tmp_path)


def test_a_folder_that_cannot_be_written_is_said(design, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write"):
        simulate(design(), tmp_path / "file" / "study")


def test_an_incomplete_folder_reports_the_rows_on_disk(design, tmp_path, caplog):
    simulate(design(), tmp_path, block=10)
    for path in blocks(tmp_path):
        if path.name.startswith("000000010"):
            path.unlink()
    with caplog.at_level(logging.WARNING, "synththeory"):
        summary = summarise(tmp_path)
    assert {row.replications for row in summary.rows} == {20}
    assert "20 of 30 replications are there" in caplog.text


def test_what_a_killed_run_left_half_written_is_removed_but_not_what_is_being_written(design, tmp_path):
    simulate(design(), tmp_path)
    old, new = (tmp_path / "blocks" / f"0-9.npy.{place}.7.partial" for place in (1, 2))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0.0, 0.0))
    FileStore.create(tmp_path, design())
    assert not old.exists()
    assert new.exists()
