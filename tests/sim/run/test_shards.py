"""Shards of a study: the same bits whoever computes what, when they are stopped, killed, extended and merged."""

import io
import itertools
import json
import logging
import signal
import subprocess
import sys
import time
from dataclasses import asdict

import numpy as np
import pytest

from synththeory import DesignError, StoreError, summarise
from synththeory.sim.design.studies import load_design
from synththeory.sim.run.executors.pieces import Piece, Sender
from synththeory.sim.run.executors.processes import _child
from synththeory.sim.run.plan import Plan
from synththeory.sim.run.shards import Shard, planned_block, read_plan, write_plan
from synththeory.sim.run.standing import standing
from synththeory.sim.store.attempts import Attempts
from synththeory.sim.store.blocks import QUARANTINED
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.merging import merged
from tests.sim import matrix
from tests.sim.forked import dying
from tests.sim.matrix import STUDY, by_shard, deadly_design, planned, worked

REPLICATIONS = 30
DESIGN = matrix.DESIGN.replicated(REPLICATIONS)
FEWER_ARMS = matrix.FEWER_ARMS.replicated(REPLICATIONS)


def same(store):
    return matrix.same(store, REPLICATIONS)


def everything(folder, parts, threads):
    for number in range(1, parts + 1):
        worked(folder, Shard(number, parts), threads)


def after(calls):
    """Told to stop at the so manieth question."""
    asked = itertools.count(1)
    return lambda: next(asked) >= calls


def nothing(folder):
    planned(folder, DESIGN, 7)


def stopped(folder):
    nothing(folder)
    for number in (1, 2, 3):
        worked(folder, Shard(number, 3), 2, after(number))


def arm_added_later(folder):
    planned(folder, FEWER_ARMS, 7)
    everything(folder, 3, 2)
    nothing(folder)


@pytest.mark.parametrize("history", [nothing, stopped, arm_added_later])
def test_same_bits_in_one_folder_without_a_merge(tmp_path, history):
    history(tmp_path)
    everything(tmp_path, 3, 2)
    assert same(FileStore.existing(tmp_path))
    assert (tmp_path / "failures.jsonl").is_file()  # the last shard wrote it
    assert not list((tmp_path / "attempts").iterdir())


def process(folder, *options):
    command = [sys.executable, "-m", "synththeory.sim", "work", str(folder), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def test_a_killed_shard_resumes_and_computes_what_it_may_have_died_at_in_a_process_of_its_own(tmp_path):
    assert dying(by_shard, tmp_path, DESIGN, 1, 7, "2/3")
    (suspected,) = (tmp_path / "attempts").iterdir()
    assert suspected.name == f"{DESIGN.cells[0].digest}-2"  # of the blocks 0, …, 4 it has number 2
    everything(tmp_path, 3, 2)
    assert not suspected.exists()
    assert same(FileStore.existing(tmp_path))


def test_a_replication_that_kills_a_shard_is_quarantined_and_all_else_is_kept(tmp_path, caplog):
    """Replication 2 of 0, …, 3, in blocks of two: the second block kills its shard, then two further processes."""
    folder, deadly = tmp_path / "study", deadly_design(tmp_path)
    planned(folder, deadly, 2)
    assert dying(worked, folder, Shard(1, 2), 1)
    with caplog.at_level(logging.WARNING, "synththeory"):
        everything(folder, 2, 1)
    assert "killer-for-tests, cell 0, replication 2 killed its worker twice: kept as failed" in caplog.text
    assert f"replay {folder} --cell 0 --replication 2" in caplog.text
    store = FileStore.existing(folder)
    (results,) = matrix.stored(store, deadly).values()
    assert np.flatnonzero(results.messages == QUARANTINED).tolist() == [2]
    assert np.isfinite(np.delete(results.values, 2, axis=1)).all()
    found = standing(store, read_plan(store))
    assert found.complete
    assert found.quarantined == ("killer-for-tests, cell 0, replication 2",)


NET = {
    "study": "nets",
    "population": {"kind": "mixed-marginals"},
    "sample": {"majority": 100, "minority": 30},
    "augmentation": {"multipliers": [0.0], "generators": [{"kind": "bootstrap"}]},
    "learner": {"kind": "mlp", "hidden": [4], "epochs": 2},
    "risk": {"test_rows": 50},
}


@pytest.mark.parametrize("learner", ["external", "neural"])
def test_components_of_other_packages_are_shared_out_too(tmp_path, learner):
    """One of two shards stops after a block; of the tree's, a process of its own computes another."""
    design = matrix.with_tree(6) if learner == "external" else load_design(NET, {"monte_carlo.replications": 6})
    planned(tmp_path, design, 2)
    worked(tmp_path, Shard(1, 2), 1, after(2))
    if learner == "external":
        Attempts(tmp_path).begin(f"{design.cells[0].digest}-1")
    everything(tmp_path, 2, 1)
    assert matrix.same(FileStore.existing(tmp_path), 6, design)


def test_a_child_says_in_one_line_what_a_user_can_mend(tmp_path, capsys):
    planned(tmp_path, DESIGN, 7)
    sender = Sender.of(FileStore.existing(tmp_path))
    FileStore.create(tmp_path, DESIGN.replicated(40))  # by another process, after this one has read the folder
    _child(io.StringIO(json.dumps([asdict(sender), asdict(Piece(0, (0,), 7, 14))])))
    assert capsys.readouterr().out.startswith(f"error: a worker sees another design in {tmp_path}: the folder must")


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_stops_a_shard_cleanly(tmp_path, told):
    planned(tmp_path, DESIGN.replicated(10_000), 5)
    with process(tmp_path) as running:
        while running.poll() is None and len(list(tmp_path.rglob("*.npy"))) < 3:
            time.sleep(0.001)
        running.send_signal(told)
        try:
            said = running.communicate(timeout=60)[1]
        finally:
            running.kill()
    assert running.returncode == 75, said
    assert "stopped: the same command goes on" in said
    store = FileStore.existing(tmp_path)
    (cell,) = store.lock.design.cells
    kept = [len(list(store.inspected(cell, arm))) for arm in cell.arms]
    assert kept[0] == kept[1] >= 2  # every block has all its arms
    assert not list(tmp_path.rglob("*.partial"))
    (path,) = (tmp_path / "shards").iterdir()
    assert json.loads(path.read_text())["drawn"] > 0


def test_shards_part_the_blocks_and_follow_their_order(tmp_path):
    swept = load_design(STUDY, {"sweep": {"sample.minority": [4, 8]}}).replicated(REPLICATIONS)
    plan = Plan(swept, 7)
    pieces = plan.numbered(plan.lacking(lambda cell, arm, replications: (range(replications),), REPLICATIONS))
    assert [piece.block for piece in pieces] == list(range(len(plan.blocks)))
    assert [piece.task.replications for piece in pieces] == [task.replications for task in plan.blocks]
    for parts in (1, 3, 7):
        shards = [Shard(number, parts) for number in range(1, parts + 1)]
        assert all(sum(shard.has(block) for shard in shards) == 1 for block in range(30))


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2"])
def test_a_shard_that_there_is_not_is_refused(text):
    with pytest.raises(DesignError, match="expected k/K"):
        Shard.named(text)


def test_a_plan_is_kept_and_asked_for(tmp_path):
    store = FileStore.create(tmp_path, DESIGN)
    with pytest.raises(StoreError, match=r"has no plan\.json: plan the study"):
        read_plan(store)
    write_plan(store, Plan(DESIGN, 7))
    assert planned_block(tmp_path) == 7
    with pytest.raises(StoreError, match="was planned with blocks of 7, got blocks of 11"):
        write_plan(store, Plan(DESIGN, 11))
    FileStore.create(tmp_path, FEWER_ARMS)
    with pytest.raises(StoreError, match="is not the plan of the design in the folder"):
        read_plan(FileStore.existing(tmp_path))


def test_the_standing_counts_what_is_missing_damaged_and_left(tmp_path):
    planned(tmp_path, DESIGN, 7)
    store = FileStore.existing(tmp_path)
    plan = read_plan(store)
    empty = standing(store, plan)
    assert (empty.blocks, empty.missing_blocks, empty.missing, empty.seconds_left) == (5, 5, 60, None)
    worked(tmp_path, Shard(1, 3), 1)
    victim = sorted(tmp_path.rglob("*.npy"))[0]
    victim.write_bytes(victim.read_bytes()[:200])
    found = standing(store, plan)
    assert (found.missing_blocks, found.missing) == (4, 60 - 2 * 9 + 7)
    assert found.damaged[0].startswith(str(victim))
    assert victim.exists()  # looked at, not touched
    assert found.seconds_left > 0.0
    assert dict(found.failed) == {"smote": 0, "gaussian-fit": 0}
    everything(tmp_path, 3, 1)
    assert standing(store, plan).complete


def test_other_software_is_refused_and_another_processor_is_noted(tmp_path, monkeypatch):
    planned(tmp_path, DESIGN, 7)
    here = FileStore.existing(tmp_path).lock.environments[0]
    monkeypatch.setattr("synththeory.sim.store.lock.environment", lambda: {**here, "numpy": "1.0"})
    with pytest.raises(StoreError, match=f"planned with other software \\(numpy {here['numpy']} → 1.0\\)"):
        worked(tmp_path, Shard(1, 3), 1)
    assert not list(tmp_path.rglob("*.npy"))
    monkeypatch.setattr("synththeory.sim.store.lock.environment", lambda: {**here, "processor": "another"})
    worked(tmp_path, Shard(1, 3), 1)
    assert len(FileStore.existing(tmp_path).lock.environments) == 2
    assert any("→ another" in line for line in standing(FileStore.existing(tmp_path), Plan(DESIGN, 7)).foreign)


def test_a_merge_leaves_out_what_is_damaged_and_refuses_another_design(tmp_path, caplog):
    for name in ("a", "b"):
        planned(tmp_path / name, DESIGN, 7)
    worked(tmp_path / "a", Shard(1, 2), 1)
    worked(tmp_path / "b", Shard(2, 2), 1)
    victim = sorted((tmp_path / "b").rglob("*.npy"))[0]
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-1])
    with caplog.at_level(logging.WARNING, "synththeory"):
        merged([FileStore.existing(tmp_path / name) for name in ("a", "b")], tmp_path / "c")
    assert f"{victim} is damaged" in caplog.text
    victim.write_bytes(whole)
    again = merged([FileStore.existing(tmp_path / "b")], tmp_path / "c")
    assert (again.blocks, again.present) == (1, 5)
    assert same(FileStore.existing(tmp_path / "c"))
    assert summarise(tmp_path / "c").rows[0].replications == REPLICATIONS
    planned(tmp_path / "d", load_design(STUDY, {"monte_carlo.seed": 8}), 7)
    with pytest.raises(StoreError, match=r"another design than .*: monte_carlo.seed: 7 → 8"):
        merged([FileStore.existing(tmp_path / name) for name in ("a", "d")], tmp_path / "e")
    planned(tmp_path / "f", FEWER_ARMS, 7)
    with pytest.raises(StoreError, match="arms or the values of the sweep"):
        merged([FileStore.existing(tmp_path / name) for name in ("a", "f")], tmp_path / "e")
    assert not (tmp_path / "e").exists()
