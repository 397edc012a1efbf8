"""What can go wrong with a folder that is written: one clear line each, and never a store that is not whole."""

import errno
import os
import threading
from functools import partial

import pytest

from synththeory import StoreError, simulate, summarise
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.sim.store import whole_files
from synththeory.sim.store.files import FileStore
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
    everyone = [
        threading.Thread(target=Session(design(), FileStore.existing(tmp_path), Threads(1), 5).run) for _ in range(3)
    ]
    for each in everyone:
        each.start()
    for each in everyone:
        each.join()
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
