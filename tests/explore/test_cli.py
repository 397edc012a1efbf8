"""``python -m synththeory.explore`` and ``page()`` where something is missing."""

import sys
from contextlib import closing
from http.client import HTTPConnection
from types import ModuleType, SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from typer.testing import CliRunner

from synththeory.errors import DesignError, SynththeoryError
from synththeory.explore import page
from synththeory.explore.cli import app
from synththeory.explore.state import State


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    finished = CliRunner().invoke(app, ["--port", "0", "--no-browser"])
    assert finished.exit_code == 2
    assert finished.output.count("\n") == 1
    assert 'python -m pip install "synththeory[explore]"' in finished.output


def test_outside_a_notebook_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(SynththeoryError, match=r"python -m synththeory\.explore"):
        page()


class _Frame:
    """What a notebook would show."""

    def __init__(self, src: str, width: str, height: int) -> None:
        self.src, self.size = src, (width, height)


def test_a_notebook_gets_a_frame_on_a_server_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(IFrame=_Frame))
    frame, other = page("local_symmetry_linear", 0, height=500), page()
    assert frame.size == ("100%", 500)
    where, asked = urlsplit(frame.src), parse_qsl(urlsplit(frame.src).query)
    assert urlsplit(other.src).netloc == where.netloc  # one server for all frames
    assert State.of(asked) == State("local_symmetry_linear", 0)
    with closing(HTTPConnection(where.hostname or "", where.port, timeout=60)) as connection:
        connection.request("GET", f"/?{where.query}")
        assert b"When does synthetic data help?" in connection.getresponse().read()
    with pytest.raises(DesignError, match="no study"):
        page("nothing")
