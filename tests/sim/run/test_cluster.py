"""Blocks over a Dask scheduler: the same bits, and whatever dies costs no more than itself."""

import logging
import os
import signal
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest

from synththeory import DesignError, StoreError, SynththeoryError
from synththeory.sim.design.studies import load_design
from synththeory.sim.run.executors.cluster import Cluster, Piece, Sender, cluster, computed
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Plan
from synththeory.sim.session import Session
from synththeory.sim.store.blocks import QUARANTINED, Results
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import environment, lock_digest
from synththeory.sim.store.memory import MemoryStore

REPLICATIONS = 40
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
KILLER = """
import os, signal
from typing import Literal
from synththeory.generators import Oracle

class Killer(Oracle):
    kind: Literal["killer-for-tests"] = "killer-for-tests"

    def sums(self, streams, seeds, sizes):
        if 2 in streams.replications:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().sums(streams, seeds, sizes)
"""


def stored(store, design):
    return {
        (cell.label, arm.label): Results.joined(list(store.windows(cell, arm, design.monte_carlo.replications)))
        for cell in design.cells
        for arm in cell.arms
    }


def straight(design):
    session = Session(design, executor=Threads(1))
    session.run()
    return stored(session.store, design)


@cache
def reference():
    return straight(DESIGN)


def same(store, design, expected):
    results = stored(store, design)
    return results.keys() == expected.keys() and all(results[key].same_bits(expected[key]) for key in expected)


def extended(store, executor, block):
    Session(DESIGN.replicated(15), store, executor, block).run()


def begun_by_threads(store, executor, block):
    Session(DESIGN.replicated(15), store, Threads(2), 4).run()


def arm_added_later(store, executor, block):
    generators = STUDY["augmentation"]["generators"][1:]
    fewer = load_design(STUDY, {"augmentation.generators": generators})
    Session(fewer, FileStore.create(store.folder, fewer), executor, block).run()
    FileStore.create(store.folder, DESIGN)


@pytest.mark.parametrize("block", [1, 7, 100])
@pytest.mark.parametrize("history", [None, extended, begun_by_threads, arm_added_later])
def test_same_bits(two_processes, tmp_path, history, block):
    store = FileStore.create(tmp_path, DESIGN)
    if history is not None:
        history(store, two_processes, block)
    Session(DESIGN, store, two_processes, block).run()
    assert same(store, DESIGN, reference())


def test_a_killed_worker_costs_nothing_that_is_kept(two_processes, tmp_path):
    """A 200-block study, a worker killed when some blocks are there."""
    many = DESIGN.replicated(1000)
    store = FileStore.create(tmp_path, many)
    victim = next(iter(two_processes.client.run(os.getpid).values()))
    killed = []

    def kill(done, total):
        if done > 50 and not killed:
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)

    Session(many, store, two_processes, 5).run(kill)
    assert killed
    assert len(list(tmp_path.rglob("*.npy"))) == 2 * 200
    assert same(store, many, straight(many))
    two_processes.client.wait_for_workers(2, timeout=60)


def test_a_replication_that_kills_its_worker_is_quarantined_and_all_else_is_kept(tmp_path, caplog):
    (tmp_path / "killer.py").write_text(KILLER)
    generators = [{"kind": "killer-for-tests"}]
    modules = {"components.modules": [str(tmp_path / "killer.py")]}
    deadly = load_design(STUDY, {"augmentation.generators": generators, "monte_carlo.replications": 4, **modules})
    store = FileStore.create(tmp_path / "study", deadly)
    with caplog.at_level(logging.WARNING, "synththeory"), cluster("local:1") as executor:
        Session(deadly, store, executor, 1).run()
    assert "killer-for-tests, cell 0, replication 2 killed its worker twice: kept as failed" in caplog.text
    assert f"replay {tmp_path}/study --cell 0 --replication 2" in caplog.text
    (killer,) = stored(store, deadly).values()
    assert [message for message in killer.messages if message] == [QUARANTINED]
    assert np.isnan(killer.values[:, 2]).all()
    assert np.isfinite(np.delete(killer.values, 2, axis=1)).all()
    assert QUARANTINED in (tmp_path / "study" / "failures.jsonl").read_text()


def test_components_of_other_packages_run_there_too(two_processes, tmp_path):
    tree = {"kind": "external", "class": "sklearn.tree.DecisionTreeClassifier", "settings": {"max_depth": 2}}
    tables = {key: entry for key, entry in STUDY.items() if key != "learner"}
    design = load_design({**tables, "learner": tree, "risk": {"test_rows": 50}}, {"monte_carlo.replications": 6})
    store = FileStore.create(tmp_path, design)
    Session(design, store, two_processes, 2).run()
    assert same(store, design, straight(design))


class Answer:
    """A future whose task has been computed, or has killed its worker, when it is asked for."""

    def __init__(self, status, error=None):
        self.status, self._error = status, error

    def exception(self):
        return self._error

    def add_done_callback(self, tell):
        tell(self)


class KilledWorker(Exception):
    """By this name it is known."""


class Scheduler:
    """Computes at once, in this process; what touches the poison dies."""

    status = "running"

    def __init__(self, poison):
        self.poison, self.sent = poison, []

    def nthreads(self):
        return {"here": 2}

    def wait_for_workers(self, count, timeout):
        """They are there."""

    def submit(self, function, sender, piece, **settings):
        self.sent.append(piece)
        if any(arm in piece.arms and piece.first <= number < piece.stop for arm, number in self.poison):
            return Answer("error", KilledWorker())
        function(sender, piece)
        return Answer("finished")


@pytest.mark.parametrize("poison", [[(0, 13)], [(0, 13), (1, 13), (1, 14)], [(0, 0), (0, 39)]])
def test_a_killer_is_found_by_halving(tmp_path, poison, caplog, monkeypatch):
    monkeypatch.setattr("synththeory.sim.run.executors.cluster.SETTLED", 0.0)
    scheduler, store = Scheduler(poison), FileStore.create(tmp_path, DESIGN)
    seen = []
    with caplog.at_level(logging.WARNING, "synththeory"):
        Session(DESIGN, store, Cluster(scheduler), 10).run(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (REPLICATIONS, REPLICATIONS)
    for place, ((_, _), expected) in enumerate(reference().items()):
        arm = DESIGN.cells[0].arms[place]
        results = Results.joined(list(store.windows(DESIGN.cells[0], arm, REPLICATIONS)))
        bad = [number for killer, number in poison if killer == place]
        assert np.flatnonzero(results.messages == QUARANTINED).tolist() == bad
        keep = [number for number in range(REPLICATIONS) if number not in bad]
        assert results.values[:, keep].tobytes() == expected.values[:, keep].tobytes()
    assert caplog.text.count("killed its worker twice") == len(poison)
    assert len(scheduler.sent) < 4 + 2 * len(poison) * 8


def test_a_lost_scheduler_is_one_line_and_nothing_kept_is_lost(tmp_path, monkeypatch):
    """Scheduler and worker in a process of their own, killed when some blocks are there."""
    monkeypatch.setattr("synththeory.sim.run.executors.cluster.WAIT", 3)
    code = (
        "import time; from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    local = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=':0',\n"
        "                         protocol='tcp', silence_logs=50)\n"
        "    print(local.scheduler_address, flush=True); time.sleep(600)\n"
    )
    many = DESIGN.replicated(2000)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        store = FileStore.create(tmp_path, many)

        def kill(done, total):
            if done > 20:
                process.kill()

        with cluster(process.stdout.readline().strip()) as executor, pytest.raises(StoreError) as caught:
            Session(many, store, executor, 5).run(kill)
    assert str(caught.value).startswith("the scheduler or its last worker is lost; whole blocks are kept in")
    assert "to go on: python -m synththeory.sim run" in str(caught.value)
    Session(many, store, Threads(2)).run()
    assert same(store, many, straight(many))


def sender(folder, **changes):
    return Sender(str(folder), lock_digest(folder), tuple({**environment(), **changes}.items()))


def test_a_worker_refuses_what_does_not_fit(tmp_path):
    piece = Piece(0, (0,), 0, 2)
    store = FileStore.create(tmp_path / "study", DESIGN)
    with pytest.raises(SynththeoryError, match=r"a worker runs other software: numpy 1.0 → "):
        computed(sender(store.folder, numpy="1.0"), piece)
    with pytest.raises(StoreError, match=r"a worker does not see .*: the study folder must be on a disk that all"):
        computed(Sender(str(tmp_path / "nowhere"), "", ()), piece)
    with pytest.raises(StoreError, match="a worker sees another study in"):
        computed(Sender(str(store.folder), "", ()), piece)
    assert not list(tmp_path.rglob("*.npy"))


def test_memory_is_no_place_for_a_cluster():
    with pytest.raises(DesignError, match="keep the study in one"):
        Session(DESIGN, MemoryStore(), Cluster(Scheduler([]))).run()


@pytest.mark.parametrize("address", ["local:0", "local:many", "local:", "tcp://127.0.0.1:9", "nonsense"])
def test_a_cluster_that_there_is_not_is_refused(address, monkeypatch):
    monkeypatch.setattr("synththeory.sim.run.executors.cluster.WAIT", 0.5)
    with pytest.raises(DesignError, match=r"expected local:N|no scheduler answers"), cluster(address):
        pass


def test_nothing_is_left_running(two_processes, tmp_path):
    store = FileStore.create(tmp_path, DESIGN.replicated(400))
    plan = Plan(DESIGN.replicated(400), 5)
    running = two_processes.execute(store, plan.dealt(plan.lacking(store.missing, 400), 2))
    next(running)
    running.close()
    kept = len(list(tmp_path.rglob("*.npy")))
    time.sleep(0.3)
    assert len(list(tmp_path.rglob("*.npy"))) == kept < 2 * 80
