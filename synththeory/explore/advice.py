"""The second tab: `advise` on an uploaded table, in memory, with progress and a stop."""

from __future__ import annotations

import base64
import io
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synththeory.errors import SynththeoryError

_CLASSES = 2
_DONE = object()


@dataclass(frozen=True)
class Upload:
    """What an uploaded file holds.

    Attributes
    ----------
    rows : int
    columns : tuple of str
    guess : str
        The last column with two values: where labels usually stand; empty where there is none.
    """

    rows: int
    columns: tuple[str, ...]
    guess: str


def columns(content: bytes, name: str) -> Upload:
    """Names of a table's columns.

    Raises
    ------
    DesignError
        If there is no table in the file.
    """
    from synththeory.advise.reading.contents import Format
    from synththeory.advise.reading.files import contents

    found = contents(content, Path(name), None, Format())
    names = tuple(str(each) for each in found.frame.columns)
    binary = [each for each in names if found.frame[each].nunique(dropna=True) == _CLASSES]
    return Upload(len(found.frame), names, found.output or (binary[-1] if binary else ""))


class Stopped(Exception):
    """The page asked to stop."""


class Advising:
    """One question about one table.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name.
    label : str
        Its column with the labels.
    """

    def __init__(self, content: bytes, name: str, label: str) -> None:
        self._content, self._name, self._label = content, name, label
        self._news: queue.Queue[Any] = queue.Queue()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End it after the fold that is being fitted."""
        self._stopped.set()

    def news(self) -> Iterator[dict[str, str]]:
        """Progress in words, then the page, its figure and its JSON; or one message."""
        threading.Thread(target=self._work, daemon=True).start()
        while (news := self._news.get()) is not _DONE:
            yield news

    def _work(self) -> None:
        try:
            self._news.put(self._answer())
        except SynththeoryError as error:
            self._news.put({"message": str(error)})
        except Stopped:
            self._news.put({"message": "stopped"})
        except Exception as error:
            self._news.put({"message": f"{type(error).__name__}: {error}"})
        finally:
            self._news.put(_DONE)

    def _answer(self) -> dict[str, str]:
        from synththeory.advise import advise
        from synththeory.advise.reading.contents import Format
        from synththeory.advise.reading.files import contents, labelled_columns
        from synththeory.advise.remedies import on_the_command_line

        path = Path(self._name)
        found = labelled_columns(contents(self._content, path, self._label, Format()), path, self._label)
        with on_the_command_line():
            answer = advise(found.X, found.y, types=found.types, progress=self._tell, before=self._foretell)
        figure = io.BytesIO()
        answer.figure().savefig(figure, format="png")
        picture = base64.b64encode(figure.getvalue()).decode()
        return {"page": str(answer), "json": answer.to_json(), "figure": f"data:image/png;base64,{picture}"}

    def _foretell(self, seconds: float) -> None:
        from synththeory.advise.foretold import foretelling

        self._news.put({"progress": foretelling(seconds)})

    def _tell(self, done: int, total: int) -> None:
        if self._stopped.is_set():
            raise Stopped
        self._news.put({"progress": f"{done} of {total} outer folds"})
