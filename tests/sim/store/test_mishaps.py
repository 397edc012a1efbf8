"""What can go wrong with a folder that is written: one clear line each, and never a store that is not whole."""

import errno
import os
import shutil
import subprocess
import threading
from functools import partial

import pytest

from synththeory import StoreError, load_design, simulate, summarise
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.sim.store import whole_files
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import environment
from synththeory.sim.store.whole_files import write_whole


@pytest.fixture
def design(design):
    """Two arms whose theory needs no pilot."""
    return partial(design, {"augmentation.generators": [{"kind": "oracle"}, {"kind": "jitter", "scale": 0.5}]})


def whole(folder, design):
    """Every block file that is there is one that can be trusted."""
    store = FileStore.existing(folder)
    found = [each for cell in design.cells for arm in cell.arms for each in store.inspected(cell, arm)]
    return all(each.results is not None for each in found)


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system")]
)
def test_a_disk_that_takes_no_more_is_one_line_and_keeps_whole_blocks(design, tmp_path, monkeypatch, code, words):
    expected, store = simulate(design()), FileStore.create(tmp_path, design())
    real, written = os.fsync, []

    def full(descriptor):
        written.append(descriptor)
        if len(written) > 5:
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(whole_files.os, "fsync", full)
    with pytest.raises(StoreError, match=f"cannot write .*npy: {words}"):
        Session(design(), store, Threads(1), 3).run()
    monkeypatch.setattr(whole_files.os, "fsync", real)
    assert len(list(tmp_path.rglob("*.npy"))) == 5
    assert not list(tmp_path.rglob("*.partial"))
    assert whole(tmp_path, design())
    assert simulate(design(), tmp_path).rows == expected.rows


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kilobytes of its own, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_real_disk_that_is_full_or_read_only_keeps_whole_blocks(design, small_disk):
    expected = simulate(design())
    with pytest.raises(StoreError, match=r"cannot write .*: No space left on device"):
        simulate(design(), small_disk, block=1)
    kept = sorted(small_disk.rglob("*.npy"))
    assert kept
    assert whole(small_disk, design())
    assert not list(small_disk.rglob("*.partial"))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert summarise(small_disk).rows[0].replications > 0
    with pytest.raises(StoreError, match=r"cannot write .*: Read-only file system"):
        simulate(design(), small_disk)
    assert sorted(small_disk.rglob("*.npy")) == kept
    subprocess.run(["mount", "-o", "remount,rw,size=4m", str(small_disk)], check=True)
    assert simulate(design(), small_disk).rows == expected.rows


def at_once(*calls):
    """Call functions in threads that start together; what they raise."""
    start, raised = threading.Barrier(len(calls)), []

    def called(call):
        start.wait()
        try:
            call()
        except StoreError as error:
            raised.append(error)

    everyone = [threading.Thread(target=called, args=(call,)) for call in calls]
    for each in everyone:
        each.start()
    for each in everyone:
        each.join()
    return raised


def test_a_new_folder_asked_for_by_two_designs_at_once_is_one_of_theirs(design, tmp_path):
    for number in range(10):
        folder = tmp_path / str(number)
        designs = [design(), load_design(design().table, {"monte_carlo.seed": 9})]
        (refused,) = at_once(*(partial(FileStore.create, folder, each) for each in designs))
        assert "holds another design" in str(refused)
        assert (folder / "design.toml").read_text() == FileStore.existing(folder).lock.design.toml


def test_runs_at_once_on_one_folder_lose_nothing_of_its_lock(design, tmp_path, monkeypatch):
    """Machines of eight kinds open it at once: all of them are in the lock."""
    FileStore.create(tmp_path, design())
    here, machine = environment(), threading.local()
    monkeypatch.setattr("synththeory.sim.store.lock.environment", lambda: {**here, "processor": machine.name})

    def opened(name):
        machine.name = name
        FileStore.create(tmp_path, design().replicated(30 + int(name)))

    assert not at_once(*(partial(opened, str(number)) for number in range(8)))
    found = FileStore.existing(tmp_path).lock
    assert {each["processor"] for each in found.environments} == {here["processor"], *map(str, range(8))}
    assert (tmp_path / "design.toml").read_text() == found.design.toml


def test_a_run_of_the_same_design_leaves_the_lock_alone(design, tmp_path):
    FileStore.create(tmp_path, design())
    before = (tmp_path / "lock.json").stat()
    FileStore.create(tmp_path, design())
    assert (tmp_path / "lock.json").stat() == before


def test_a_disk_without_locks_is_used_all_the_same(design, tmp_path, monkeypatch):
    def refused(*arguments):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refused)
    assert simulate(design(), tmp_path).rows == simulate(design()).rows


def test_a_read_only_folder_can_be_summarised_but_not_mended(design, tmp_path, monkeypatch):
    expected = simulate(design(), tmp_path)

    def refused(*arguments):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    for name in ("open", "replace", "rename", "unlink", "mkdir"):
        monkeypatch.setattr(whole_files.os, name, refused)
    monkeypatch.setattr("pathlib.Path.replace", refused)
    assert summarise(tmp_path).rows == expected.rows
    victim = sorted(tmp_path.rglob("*.npy"))[0]
    with open(victim, "r+b") as file:
        file.truncate(100)
    store, cell = FileStore.existing(tmp_path), design().cells[0]
    with pytest.raises(StoreError, match=r"cannot set the damaged .* aside: Read-only file system"):
        [store.missing(cell, arm, 30) for arm in cell.arms]


def test_workers_at_once_on_the_same_blocks_leave_one_whole_file_each(design, tmp_path):
    expected = simulate(design())
    FileStore.create(tmp_path, design())
    assert not at_once(*(Session(design(), FileStore.existing(tmp_path), Threads(1), 5).run for _ in range(3)))
    assert len(list(tmp_path.rglob("*.npy"))) == 2 * 6
    assert not list(tmp_path.rglob("*.partial"))
    assert summarise(tmp_path).rows == expected.rows


def test_a_damaged_file_that_another_worker_has_set_aside_is_no_error(design, tmp_path, monkeypatch):
    expected = simulate(design(), tmp_path, block=10)
    victim = sorted(tmp_path.rglob("*.npy"))[0]
    victim.write_bytes(b"torn")
    real = FileStore.inspected

    def beaten(self, cell, arm):
        for found in real(self, cell, arm):
            if found.results is None:
                found.path.unlink()
            yield found

    monkeypatch.setattr(FileStore, "inspected", beaten)
    assert simulate(design(), tmp_path).rows == expected.rows


def test_a_partial_file_cleared_away_by_a_machine_with_another_clock_is_written_again(tmp_path, monkeypatch):
    real, calls = os.replace, []

    def cleared(source, target):
        calls.append(source)
        if len(calls) == 1:
            os.unlink(source)
        real(source, target)

    monkeypatch.setattr(whole_files.os, "replace", cleared)
    write_whole(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"
    assert len(calls) == 2


@pytest.mark.parametrize("hours", [-1e5, 1e5])
def test_a_clock_that_jumps_decides_nothing(design, tmp_path, monkeypatch, hours):
    expected = simulate(design(), tmp_path, block=10)
    sorted(tmp_path.rglob("*.npy"))[0].unlink()
    real = whole_files.time.time
    monkeypatch.setattr(whole_files.time, "time", lambda: real() + 3600.0 * hours)
    assert simulate(design(), tmp_path).rows == expected.rows
    assert whole(tmp_path, design())
