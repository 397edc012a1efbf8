"""The same bits for any threads, any block size, after kill −9, after an extension, with an arm added later."""

import signal
import subprocess
import sys
import time
from functools import cache

import numpy as np
import pytest

from synththeory.sim.design.studies import load_design
from synththeory.sim.run.engine import run
from synththeory.sim.store.blocks import Results
from synththeory.sim.store.folder import Store

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


def stored(folder):
    store = Store.existing(folder)
    (cell,) = store.design.cells
    return {arm.label: Results.joined(list(store.windows(cell, arm))) for arm in cell.arms}


def same(folder):
    results = stored(folder)
    return results.keys() == reference().keys() and all(
        results[arm].same_bits(expected) and np.array_equal(results[arm].replications, np.arange(REPLICATIONS))
        for arm, expected in reference().items()
    )


@cache
def reference():
    store = Store.temporary(DESIGN)
    run(store, threads=1, block=REPLICATIONS)
    return stored(store.folder)


def straight(folder, threads, block):
    run(Store.create(folder, DESIGN), threads, block)


def extended(folder, threads, block):
    run(Store.create(folder, load_design(STUDY, {"monte_carlo.replications": 100})), threads, block)
    run(Store.create(folder, DESIGN), threads, block)


def arm_added_later(folder, threads, block):
    fewer = load_design(STUDY, {"augmentation.generators": STUDY["augmentation"]["generators"][1:]})
    run(Store.create(folder, fewer), threads, block)
    run(Store.create(folder, DESIGN), threads, block)


def killed_and_resumed(folder, threads, block):
    """Kill the command line as soon as it has written a few blocks; a large block may be finished by then."""
    source = folder.parent / "matrix.toml"
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
    store = Store.create(folder, DESIGN)
    (cell,) = DESIGN.cells
    left = sum(len(gap) for arm in cell.arms for gap in store.missing(cell, arm))
    assert left < 2 * REPLICATIONS
    if block == 1:
        assert left > 0
    run(store, threads, 11)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", [1, 7, 100])
@pytest.mark.parametrize("history", [straight, extended, arm_added_later, killed_and_resumed])
def test_same_bits(tmp_path, history, threads, block):
    history(tmp_path / "study", threads, block)
    assert same(tmp_path / "study")
