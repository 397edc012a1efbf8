"""Blocks over a Dask scheduler: the same bits, and whatever dies costs no more than itself."""

import logging
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from synththeory import DesignError, StoreError, SynththeoryError
from synththeory.sim.results.precision import Target
from synththeory.sim.run.executors.cluster import Cluster, cluster
from synththeory.sim.run.executors.pieces import Piece, Sender, computed
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Plan
from synththeory.sim.session import Session
from synththeory.sim.store.blocks import QUARANTINED, Results
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import environment
from synththeory.sim.store.memory import MemoryStore
from synththeory.sim.until import run_until
from tests.sim import matrix
from tests.sim.forked import dying
from tests.sim.matrix import deadly_design

REPLICATIONS = 40
DESIGN = matrix.DESIGN.replicated(REPLICATIONS)
MANY = matrix.DESIGN.replicated(600)
BLOCK = 3
"""Of which the latter has 200."""


def same(store, design):
    return matrix.same(store, design.monte_carlo.replications, design)


def test_a_killed_worker_costs_nothing_that_is_kept(cluster_of_3, tmp_path):
    """A random one of a 200-block study, when some blocks are there."""
    store = FileStore.create(tmp_path, MANY)
    victim = random.choice(list(cluster_of_3.client.run(os.getpid).values()))
    killed = []

    def kill(done, total):
        if done > 50 and not killed:
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)

    Session(MANY, store, cluster_of_3, BLOCK).run(kill)
    assert killed
    assert len(list(tmp_path.rglob("*.npy"))) == 2 * 200
    assert same(store, MANY)
    cluster_of_3.client.wait_for_workers(3, timeout=60)


def by_cluster(folder, design, address):
    with cluster(address) as executor:
        Session(design, FileStore.create(folder, design), executor, BLOCK).run(lambda done, total: die(done))


def die(done):
    if done > 50:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_that_deals_out_the_blocks_is_run_again(cluster_of_3, tmp_path):
    """What its workers are at is kept too."""
    assert dying(by_cluster, tmp_path, MANY, cluster_of_3.client.scheduler.address)
    store = FileStore.create(tmp_path, MANY)
    assert not same(store, MANY)
    Session(MANY, store, cluster_of_3, 7).run()
    assert same(store, MANY)


def test_a_replication_that_kills_its_worker_is_quarantined_and_all_else_is_kept(cluster_of_3, tmp_path, caplog):
    deadly = deadly_design(tmp_path)
    store = FileStore.create(tmp_path / "study", deadly)
    with caplog.at_level(logging.WARNING, "synththeory"):
        Session(deadly, store, cluster_of_3, 1).run()
    assert "killer-for-tests, cell 0, replication 2 killed its worker twice: kept as failed" in caplog.text
    assert f"replay {tmp_path}/study --cell 0 --replication 2" in caplog.text
    (killer,) = matrix.stored(store, deadly).values()
    assert [message for message in killer.messages if message] == [QUARANTINED]
    assert np.isnan(killer.values[:, 2]).all()
    assert np.isfinite(np.delete(killer.values, 2, axis=1)).all()
    assert QUARANTINED in (tmp_path / "study" / "failures.jsonl").read_text()


def test_a_precision_takes_as_many_replications_there_as_anywhere(cluster_of_3, tmp_path):
    target = Target("excess_risk", 0.003)  # 744, the third look
    alone = run_until(DESIGN, target, lambda staged: MemoryStore(), Threads(1))
    there = run_until(DESIGN, target, lambda staged: FileStore.create(tmp_path, staged), cluster_of_3, 100)
    assert there.precision.replications == alone.precision.replications
    assert there.precision.mcse == alone.precision.mcse


def test_components_of_other_packages_run_there_too(cluster_of_2, tmp_path):
    design = matrix.with_tree(6)
    store = FileStore.create(tmp_path, design)
    Session(design, store, cluster_of_2, 2).run()
    assert same(store, design)


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
    for place, expected in enumerate(matrix.straight(DESIGN).values()):
        arm = DESIGN.cells[0].arms[place]
        results = Results.joined(list(store.windows(DESIGN.cells[0], arm, REPLICATIONS)))
        bad = [number for killer, number in poison if killer == place]
        assert np.flatnonzero(results.messages == QUARANTINED).tolist() == bad
        keep = [number for number in range(REPLICATIONS) if number not in bad]
        assert results.values[:, keep].tobytes() == expected.values[:, keep].tobytes()
    assert caplog.text.count("killed its worker twice") == len(poison)
    assert len(scheduler.sent) < 4 + 2 * len(poison) * 8


def test_a_lost_scheduler_is_one_line_and_nothing_kept_is_lost(tmp_path, monkeypatch):
    """Scheduler and worker in a process of their own, killed when some of 200 blocks are there."""
    code = (
        "import time; from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    local = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=':0',\n"
        "                         protocol='tcp', silence_logs=50)\n"
        "    print(local.scheduler_address, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        store = FileStore.create(tmp_path, MANY)

        def kill(done, total):
            if done > 20:
                process.kill()

        try:
            with cluster(process.stdout.readline().strip()) as executor:
                monkeypatch.setattr("synththeory.sim.run.executors.cluster.WAIT", 3)
                with pytest.raises(StoreError) as caught:
                    Session(MANY, store, executor, BLOCK).run(kill)
        finally:
            process.kill()
    assert str(caught.value).startswith("the scheduler or its last worker is lost; whole blocks are kept in")
    assert "to go on: python -m synththeory.sim run" in str(caught.value)
    assert not same(store, MANY)
    Session(MANY, store, Threads(2)).run()
    assert same(store, MANY)


def sender(store, **changes):
    return replace(Sender.of(store), environment=tuple({**environment(), **changes}.items()))


def test_a_worker_refuses_what_does_not_fit(tmp_path):
    piece = Piece(0, (0,), 0, 2)
    store = FileStore.create(tmp_path / "study", DESIGN)
    with pytest.raises(SynththeoryError, match=r"a worker runs other software: numpy 1.0 → "):
        computed(sender(store, numpy="1.0"), piece)
    with pytest.raises(StoreError, match=r"a worker does not see .*: the study folder must be on a disk that all"):
        computed(Sender(str(tmp_path / "nowhere"), "", ()), piece)
    with pytest.raises(StoreError, match="a worker sees another design in"):
        computed(Sender(str(store.folder), "", ()), piece)
    assert not list(tmp_path.rglob("*.npy"))


def test_memory_is_no_place_for_a_cluster():
    with pytest.raises(DesignError, match="keep the study on disk"):
        Session(DESIGN, MemoryStore(), Cluster(Scheduler([]))).run()


@pytest.mark.parametrize("address", ["local:0", "local:many", "local:", "tcp://127.0.0.1:9", "nonsense"])
def test_a_cluster_that_there_is_not_is_refused(address, monkeypatch):
    monkeypatch.setattr("synththeory.sim.run.executors.cluster.WAIT", 0.5)
    with pytest.raises(DesignError, match=r"expected local:N|no scheduler answers"), cluster(address):
        pass


def test_nothing_is_left_running(cluster_of_2, tmp_path):
    store = FileStore.create(tmp_path, DESIGN.replicated(400))
    plan = Plan(DESIGN.replicated(400), 5)
    running = cluster_of_2.execute(store, plan.dealt(plan.lacking(store.missing, 400), 2))
    next(running)
    running.close()
    kept = len(list(tmp_path.rglob("*.npy")))
    time.sleep(0.3)
    assert len(list(tmp_path.rglob("*.npy"))) == kept < 2 * 80
