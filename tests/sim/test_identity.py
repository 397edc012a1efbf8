"""The same bits for any threads, block size, shards, workers; stopped, killed −9, extended, an arm added later."""

import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Interrupted, Session
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.memory import MemoryStore
from synththeory.sim.store.merging import merged
from tests.sim.forked import dying
from tests.sim.matrix import BLOCKS, DESIGN, FEWER_ARMS, by_shard, by_threads, same


def run(folders, killed, threads, block, design):
    """A run in one folder, or a shard in each; killed: three of them, each in a process of its own."""
    for number, folder in enumerate(folders, 1):
        how = by_threads if len(folders) == 1 else partial(by_shard, shard=f"{number}/{len(folders)}")
        (partial(dying, how) if killed and number <= 3 else how)(folder, design, threads, block)


def straight(folders, block, computed):
    """Nothing before."""


def extended(folders, block, computed):
    computed(folders, design=DESIGN.replicated(BLOCKS[block] // 2))


def arm_added_later(folders, block, computed):
    computed(folders, design=FEWER_ARMS.replicated(BLOCKS[block]))


HISTORIES = [straight, extended, arm_added_later]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("parts", [1, 3, 7])
def test_same_bits(tmp_path, parts, killed, history, block, threads):
    """A run, or shards with a folder each that are merged; killed: at the second block, then gone on."""
    folders, whole = [tmp_path / str(number) for number in range(parts)], DESIGN.replicated(BLOCKS[block])
    history(folders, block, partial(run, killed=False, threads=threads, block=block))
    run(folders, killed, threads, block, whole)
    merged(list(map(FileStore.existing, folders)), tmp_path / "merged")
    if killed:
        by_threads(tmp_path / "merged", whole, threads, block)
    assert same(FileStore.existing(tmp_path / "merged"), BLOCKS[block])


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("workers", [2, 3])
def test_same_bits_by_workers_of_a_cluster(request, tmp_path, workers, killed, history, block):
    """Killed: a run by threads, for which they go on."""
    cluster = request.getfixturevalue(f"cluster_of_{workers}")

    def computed(folders, design):
        (folder,) = folders
        Session(design, FileStore.create(folder, design), cluster, block).run()

    whole = DESIGN.replicated(BLOCKS[block])
    history([tmp_path], block, computed)
    if killed:
        run([tmp_path], True, 2, block, whole)
    computed([tmp_path], whole)
    assert same(FileStore.existing(tmp_path), BLOCKS[block])


def stop(done, total):
    raise KeyboardInterrupt


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("kept", ["files", "memory"])
def test_same_bits_when_stopped_between_steps_and_within_a_run(tmp_path, kept, block, threads):
    store = FileStore.create(tmp_path / "study", DESIGN) if kept == "files" else MemoryStore()
    steps = Session(DESIGN, store, Threads(threads), block).steps()
    next(steps)
    steps.close()
    with pytest.raises(Interrupted):
        Session(DESIGN, store, Threads(threads), block).run(stop)
    Session(DESIGN, store, Threads(3 - threads), 11).run()
    assert same(store, BLOCKS[100])


def test_same_bits_after_the_command_line_is_killed(tmp_path):
    """As soon as it has written a few blocks, wherever it is then."""
    source, folder = tmp_path / "matrix.toml", tmp_path / "study"
    source.write_text(DESIGN.replicated(3000).toml)
    command = [sys.executable, "-m", "synththeory.sim", "run", str(source), "--out", str(folder), "--block", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and len(list(folder.rglob("*.npy"))) < 3:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    store = FileStore.create(folder, DESIGN)
    Session(DESIGN, store, Threads(2), 11).run()
    assert same(store, BLOCKS[100])
