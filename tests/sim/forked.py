"""Processes of their own that are there at once: forked from one that has imported the package and its kernels.

They know no component but the package's, and what they do or die of stays with them.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from synththeory.sim.cli import app
from synththeory.sim.store import whole_files

MOMENT = 2
"""Of its block files, the one before whose renaming a process is killed."""
PATIENCE = 300
"""Seconds that a process is waited for: the first may have to compile."""
_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.sim.warmed"])


@dataclass(frozen=True)
class Done:
    """How a process has ended, and what it said."""

    returncode: int | None
    stdout: str
    stderr: str


def call(*arguments: object, cwd: Path) -> Done:
    """The command line of the studies, in a folder."""
    return forked(_command, cwd, *map(str, arguments))


def script(text: str, cwd: Path) -> Done:
    """A script, in a folder."""
    return forked(_script, cwd, text)


def forked(function: Callable[..., None], cwd: Path, *arguments: object) -> Done:
    """A function in a process of its own."""
    with TemporaryDirectory() as said:
        out, err = Path(said) / "out", Path(said) / "err"
        process = _FORKING.Process(target=_there, args=(function, cwd, out, err, *arguments))
        process.start()
        process.join(PATIENCE)
        return Done(process.exitcode, out.read_text(), err.read_text())


def _there(function: Callable[..., None], cwd: Path, out: Path, err: Path, *arguments: object) -> None:
    for path, stream in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
    os.chdir(cwd)
    sys.path.insert(0, str(cwd))
    function(*arguments)


def _command(*arguments: str) -> None:
    app(list(arguments), prog_name="python -m synththeory.sim")


def _script(text: str) -> None:
    exec(compile(text, "script", "exec"), {"__name__": "__main__"})


def dying(run: Callable[..., None], folder: Path, *arguments: object) -> bool:
    """Call a function in a process that is killed (SIGKILL) at its second block; whether it came so far."""
    process = _FORKING.Process(target=_die, args=(run, folder, *arguments))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _die(run: Callable[..., None], *arguments: object) -> None:
    real, renamed = os.replace, []

    def replace(source: Path, target: Path) -> None:
        renamed.extend([target] if target.suffix == ".npy" else [])
        if len(renamed) == MOMENT:
            os.kill(os.getpid(), signal.SIGKILL)
        real(source, target)

    whole_files.os.replace = replace  # type: ignore[assignment, attr-defined]
    run(*arguments)
