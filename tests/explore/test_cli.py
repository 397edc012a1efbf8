"""``python -m synththeory.explore`` and ``page()`` where something is missing."""

import sys

import pytest
from typer.testing import CliRunner

from synththeory.errors import SynththeoryError
from synththeory.explore import page
from synththeory.explore.cli import app


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
