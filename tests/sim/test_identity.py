"""The same bits for any threads, block size and store, after a stop or kill −9, an extension, an arm added later."""

import signal
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest

from synththeory.sim.design.studies import load_design
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Interrupted, Session
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.memory import MemoryStore

REPLICATIONS = 300
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


def stored(store):
    (cell,) = DESIGN.cells
    return {arm.label: Results.joined(list(store.windows(cell, arm, REPLICATIONS))) for arm in cell.arms}


def same(store):
    results = stored(store)
    return results.keys() == reference().keys() and all(
        results[arm].same_bits(expected) and np.array_equal(results[arm].replications, np.arange(REPLICATIONS))
        for arm, expected in reference().items()
    )


@cache
def reference():
    session = Session(DESIGN, executor=Threads(1), block=REPLICATIONS)
    session.run()
    return stored(session.store)


def straight(store, threads, block):
    Session(DESIGN, store, Threads(threads), block).run()


def stopped_and_resumed(store, threads, block):
    """Closed between two steps, then stopped within a run, then finished with other settings."""
    steps = Session(DESIGN, store, Threads(threads), block).steps()
    next(steps)
    steps.close()
    with pytest.raises(Interrupted):
        Session(DESIGN, store, Threads(threads), block).run(stop)
    Session(DESIGN, store, Threads(3 - threads), 11).run()


def extended(store, threads, block):
    Session(DESIGN.replicated(100), store, Threads(threads), block).run()
    Session(DESIGN, store, Threads(threads), block).run()


def arm_added_later(store, threads, block):
    fewer = load_design(STUDY, {"augmentation.generators": STUDY["augmentation"]["generators"][1:]})
    Session(fewer, store, Threads(threads), block).run()
    Session(DESIGN, store, Threads(threads), block).run()


def stop(done, total):
    raise KeyboardInterrupt


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", [1, 7, 100])
@pytest.mark.parametrize("history", [straight, stopped_and_resumed, extended, arm_added_later])
@pytest.mark.parametrize("kept", ["files", "memory"])
def test_same_bits(tmp_path, kept, history, threads, block):
    store = FileStore.create(tmp_path / "study", DESIGN) if kept == "files" else MemoryStore()
    history(store, threads, block)
    assert same(store)


@pytest.mark.parametrize(("threads", "block"), [(1, 1), (2, 7)])
def test_same_bits_after_a_kill(tmp_path, threads, block):
    """Kill the command line as soon as it has written a few blocks."""
    source, folder = tmp_path / "matrix.toml", tmp_path / "study"
    source.write_text(DESIGN.toml)
    command = [sys.executable, "-m", "synththeory.sim", "run", str(source), "--out", str(folder)]
    process = subprocess.Popen(
        [*command, "--threads", str(threads), "--block", str(block)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and len(list(folder.rglob("*.npy"))) < 3:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    store = FileStore.create(folder, DESIGN)
    (cell,) = DESIGN.cells
    left = sum(len(gap) for arm in cell.arms for gap in store.missing(cell, arm, REPLICATIONS))
    assert left < 2 * REPLICATIONS
    if block == 1:
        assert left > 0
    Session(DESIGN, store, Threads(threads), 11).run()
    assert same(store)
