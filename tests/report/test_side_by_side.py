"""Experiments in processes of their own: the same numbers, errors in one line, nothing left running."""

import signal
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synththeory.errors import SynththeoryError
from synththeory.report import reproduce, side_by_side
from synththeory.report.claims import Experiment
from synththeory.report.cli import app

PAIR = ["F2", "S1"]
STUDIES = ("alignment_realistic", "scaling_parametric")
CHILD = """
import logging, time
from synththeory.errors import SynththeoryError
from synththeory.report import reproduced, side_by_side

def fulfilled(order, progress):
    print("not a message")
    logging.getLogger("synththeory").warning("a note")
    progress(1, 2)
    time.sleep(60 if order.experiment.key == "F2" else 0)
    raise SynththeoryError("mend me")

reproduced.Order.fulfilled = fulfilled
side_by_side.fulfil()
"""


class Started:
    """Processes that were started, with a text in place of what they do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        self.told: list[tuple[str, int, int]] = []
        start = subprocess.Popen

        def started(*args: object, **settings: object) -> subprocess.Popen[bytes]:
            self.processes.append(start(*args, **settings))  # type: ignore[call-overload]
            return self.processes[-1]

        monkeypatch.setattr(side_by_side, "_CHILD", text)
        monkeypatch.setattr("synththeory.report.side_by_side.subprocess.Popen", started)

    def tell(self, experiment: Experiment, done: int, total: int) -> None:
        """Note a progress."""
        self.told.append((experiment.key, done, total))

    @property
    def ended(self) -> bool:
        """Whether none of them runs."""
        return bool(self.processes) and all(process.returncode is not None for process in self.processes)


def test_the_numbers_are_those_of_one_process(tmp_path: Path) -> None:
    apart, together = tmp_path / "apart", tmp_path / "together"
    command = ["reproduce", "--quick", "--only", "S1,F2", "--threads", "2", "--out", str(together)]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.index("F2") < ran.stdout.index("S1")  # the registry's order, whichever is done first
    done = list(reproduce(apart, PAIR, quick=True, threads=1))
    assert [each.experiment.key for each in done] == PAIR
    for study in STUDIES:
        for suffix in ("png", "csv", "toml"):
            assert (apart / f"{study}.{suffix}").read_bytes() == (together / f"{study}.{suffix}").read_bytes()
    assert (together / "report.html").exists()


def test_what_a_user_can_mend_is_one_line_and_ends_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started = Started(monkeypatch, CHILD)
    with pytest.raises(SynththeoryError, match=r"^mend me$"):
        list(reproduce(tmp_path, PAIR, quick=True, threads=2, progress=started.tell))
    assert ("S1", 1, 2) in started.told
    assert "a note" in caplog.messages
    assert started.ended


def test_a_process_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = Started(monkeypatch, "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(SynththeoryError, match=r"the process at (F2|S1) was killed by signal 9, .*; the same command"):
        list(reproduce(tmp_path, PAIR, quick=True, threads=2))
    assert started.ended


def test_ctrl_c_ends_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = Started(monkeypatch, "import time; time.sleep(60)")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(reproduce(tmp_path, PAIR, quick=True, threads=2))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert started.ended
