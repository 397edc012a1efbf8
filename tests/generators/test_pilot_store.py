"""Pilots of nets are made once: kept set by set, under the settings and the code that made them."""

import logging
from pathlib import Path

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.generators import LeoCvae, Moms, Smote
from synththeory.generators.pilot_store import kept_on_disk

NET = LeoCvae(pilot=True)


class Made:
    """Rows that are the number of their set, and which sets were asked for."""

    def __init__(self, broken_at: int = 10**9) -> None:
        self.asked: list[int] = []
        self.broken_at = broken_at

    def __call__(self, places: slice) -> Array:
        if places.start >= self.broken_at:
            raise KeyboardInterrupt
        self.asked.extend(range(places.start, places.stop))
        return np.arange(places.start, places.stop, dtype=np.float64)[:, None, None] * np.ones((1, 2, 3))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "synththeory" / "pilots"


def test_a_stopped_pilot_goes_on_and_a_whole_one_is_read(cache: Path) -> None:
    stopped, rest, none = Made(broken_at=20), Made(), Made()
    with pytest.raises(KeyboardInterrupt):
        kept_on_disk(NET, "a", 25, stopped)
    rows = kept_on_disk(NET, "a", 25, rest)
    assert (stopped.asked, rest.asked) == (list(range(20)), list(range(20, 25)))
    np.testing.assert_array_equal(rows[:, 0, 0], np.arange(25.0))
    np.testing.assert_array_equal(kept_on_disk(NET, "a", 25, none), rows)
    assert none.asked == []
    assert not list(cache.rglob("*.part"))


def test_a_file_that_is_cut_short_is_made_again(cache: Path) -> None:
    kept_on_disk(NET, "a", 20, Made())
    first, _ = sorted(cache.rglob("*.npy"))
    first.write_bytes(first.read_bytes()[:40])
    again = Made()
    kept_on_disk(NET, "a", 20, again)
    assert again.asked == list(range(10))


def test_other_settings_or_another_generators_code_are_another_pilot(cache: Path) -> None:
    for generator, point in ((NET, "a"), (NET, "b"), (Moms(pilot=True), "a"), (Smote(), "a")):
        made = Made()
        kept_on_disk(generator, point, 3, made)
        assert made.asked == [0, 1, 2]
    assert len(list(cache.iterdir())) == 4


def test_without_a_folder_it_is_made_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    for _ in range(2):
        made = Made()
        kept_on_disk(NET, "a", 3, made)
        assert made.asked == [0, 1, 2]


def test_the_time_left_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    seconds = iter(range(0, 10_000, 60))
    monkeypatch.setattr("synththeory.generators.pilot_store.time.perf_counter", lambda: float(next(seconds)))
    with caplog.at_level(logging.INFO, logger="synththeory"):
        kept_on_disk(NET, "a", 30, Made())
    assert [record.getMessage() for record in caplog.records] == [
        "pilot of leo-cvae: 10 of 30 sets, about 2 min left", "pilot of leo-cvae: 20 of 30 sets, about 60 s left",
    ]  # fmt: skip
