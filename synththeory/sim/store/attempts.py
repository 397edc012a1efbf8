"""Which blocks a process has begun: what is still noted when another comes is what the first may have died at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from synththeory.errors import StoreError

FOLDER = "attempts"


@dataclass(frozen=True)
class Attempts:
    """The notes of a study folder, an empty file a block.

    A note is a suspicion and no more: whoever finds one computes its block in a process of its own.

    Attributes
    ----------
    folder : Path
        The study folder.
    """

    folder: Path

    def begin(self, name: str) -> None:
        """Note that a block is begun.

        Raises
        ------
        StoreError
            If that is not possible.
        """
        path = self._path(name)
        try:
            path.parent.mkdir(exist_ok=True)
            path.touch()
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror or error}") from None

    def end(self, name: str) -> None:
        """Take the note away: the process is alive."""
        with suppress(OSError):  # a note too many costs a process of its own, once
            self._path(name).unlink()

    def __contains__(self, name: str) -> bool:
        """Whether a block was begun by a process that did not take the note away."""
        return self._path(name).exists()

    def _path(self, name: str) -> Path:
        return self.folder / FOLDER / name
