"""Shards of a study: the same bits whoever computes what, when they are stopped, killed, extended and merged."""

import itertools
import json
import logging
import signal
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest

from synththeory import DesignError, StoreError, summarise
from synththeory.sim.design.studies import load_design
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Plan
from synththeory.sim.run.shards import Shard, missing_blocks, planned_block, read_plan, work, write_plan
from synththeory.sim.run.standing import standing
from synththeory.sim.session import Session
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.merging import merged

REPLICATIONS = 30
STUDY = {
    "study": "matrix",
    "population": {"kind": "mean-shift", "dimension": 3, "noise": "sphere"},
    "sample": {"majority": 40, "minority": 8},
    "augmentation": {
        "multipliers": [0.0, 1.0, 2.5],
        "generators": [{"kind": "smote", "neighbors": 3}, {"kind": "gaussian-fit", "shrinkage": 0.1}],
    },
    "learner": {"kind": "least-squares", "ridge": 1e-6},
    "monte_carlo": {"replications": REPLICATIONS, "seed": 7},
}
DESIGN = load_design(STUDY)
FEWER_ARMS = load_design(STUDY, {"augmentation.generators": STUDY["augmentation"]["generators"][1:]})


def stored(store):
    (cell,) = DESIGN.cells
    return {arm.label: Results.joined(list(store.windows(cell, arm, REPLICATIONS))) for arm in cell.arms}


@cache
def reference():
    session = Session(DESIGN, executor=Threads(1), block=REPLICATIONS)
    session.run()
    return stored(session.store)


def same(store):
    results = stored(store)
    return results.keys() == reference().keys() and all(
        results[arm].same_bits(expected) and np.array_equal(results[arm].replications, np.arange(REPLICATIONS))
        for arm, expected in reference().items()
    )


def planned(folder, design, block):
    write_plan(FileStore.create(folder, design), Plan(design, block))


def never():
    return False


def after(calls):
    """Told to stop at the so manieth question."""
    asked = itertools.count(1)
    return lambda: next(asked) >= calls


def worked(folder, shard, threads, stop=never):
    store = FileStore.existing(folder)
    return list(work(store, read_plan(store), shard, Threads(threads), stop))


def everything(folders, parts, threads):
    for number in range(1, parts + 1):
        worked(folders[number % len(folders)], Shard(number, parts), threads)


def straight(folders, parts, threads, block):
    for folder in folders:
        planned(folder, DESIGN, block)


def stopped(folders, parts, threads, block):
    straight(folders, parts, threads, block)
    for number in range(1, parts + 1):
        worked(folders[number % len(folders)], Shard(number, parts), threads, after(number))


def extended(folders, parts, threads, block):
    for folder in folders:
        planned(folder, DESIGN.replicated(20), block)
    everything(folders, parts, threads)
    straight(folders, parts, threads, block)


def arm_added_later(folders, parts, threads, block):
    for folder in folders:
        planned(folder, FEWER_ARMS, block)
    everything(folders, parts, threads)
    straight(folders, parts, threads, block)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", [1, 7, 100])
@pytest.mark.parametrize("history", [straight, stopped, extended, arm_added_later])
@pytest.mark.parametrize("parts", [3, 7])
def test_same_bits_merged(tmp_path, parts, history, threads, block):
    folders = [tmp_path / str(number) for number in range(parts)]
    history(folders, parts, threads, block)
    everything(folders, parts, threads)
    merged(list(map(FileStore.existing, folders)), tmp_path / "merged")
    assert same(FileStore.existing(tmp_path / "merged"))


@pytest.mark.parametrize("history", [straight, stopped, extended, arm_added_later])
@pytest.mark.parametrize("parts", [3, 7])
def test_same_bits_in_one_folder_without_a_merge(tmp_path, parts, history):
    history([tmp_path], parts, 2, 7)
    everything([tmp_path], parts, 2)
    assert same(FileStore.existing(tmp_path))
    assert (tmp_path / "failures.jsonl").is_file()  # the last shard wrote it


def process(folder, *options):
    command = [sys.executable, "-m", "synththeory.sim", "work", str(folder), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("threads", "block"), [(1, 1), (2, 7)])
def test_a_killed_shard_resumes(tmp_path, threads, block):
    many = DESIGN.replicated(3000)
    planned(tmp_path, many, block)
    running = process(tmp_path, "--shard", "2/3", "--threads", str(threads))
    while running.poll() is None and len(list(tmp_path.rglob("*.npy"))) < 3:
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert missing_blocks(FileStore.existing(tmp_path), Plan(many, block))
    planned(tmp_path, DESIGN, block)  # fewer replications: the first ones
    everything([tmp_path], 3, threads)
    assert same(FileStore.existing(tmp_path))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGUSR1])
def test_a_signal_stops_a_shard_cleanly(tmp_path, told):
    planned(tmp_path, DESIGN.replicated(10_000), 5)
    running = process(tmp_path)
    while running.poll() is None and len(list(tmp_path.rglob("*.npy"))) < 3:
        time.sleep(0.001)
    running.send_signal(told)
    said = running.communicate(timeout=60)[1]
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
    swept = load_design(STUDY, {"sweep": {"sample.minority": [4, 8]}})
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
    everything([tmp_path], 3, 1)
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
