"""Modules with components: found by path or name, imported once, and named where they fail."""

import logging
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from synththeory import DesignError, plugins
from synththeory.components import component_of
from synththeory.generators import Generator
from synththeory.plugins import load, load_installed, resolved

TEXT = """
from typing import Literal
from synththeory.generators import Bootstrap

class Copies(Bootstrap):
    kind: Literal["{kind}"] = "{kind}"
"""


def test_a_module_is_kept_as_a_full_path_or_a_name(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("")
    for given in ("here.py", "./here.py", "here", str(tmp_path / "here.py")):
        assert resolved(given, tmp_path) == str((tmp_path / "here.py").resolve())
    assert resolved("there.py", tmp_path) == str((tmp_path / "there.py").resolve())
    assert resolved("some.package", tmp_path) == "some.package"


def test_a_file_is_imported_once(tmp_path: Path) -> None:
    path = tmp_path / "plugin_once.py"
    path.write_text(TEXT.format(kind="plugin-once"))
    load(str(path))
    first = Generator.registry["plugin-once"]
    load.cache_clear()
    load(str(path))
    assert Generator.registry["plugin-once"] is first
    assert first.__module__ == "plugin_once"


def test_a_file_whose_name_is_a_modules_gets_another(tmp_path: Path) -> None:
    path = tmp_path / "json.py"
    path.write_text(TEXT.format(kind="plugin-json"))
    before = sys.modules.get("json")
    load(str(path))
    assert sys.modules.get("json") is before
    assert "plugin-json" in Generator.registry


def test_a_file_that_has_moved_is_the_one_of_its_name_that_was_loaded(tmp_path: Path) -> None:
    (tmp_path / "plugin_moved.py").write_text(TEXT.format(kind="plugin-moved"))
    load(str(tmp_path / "plugin_moved.py"))
    load(str(tmp_path / "elsewhere" / "plugin_moved.py"))


@pytest.mark.parametrize(
    ("module", "text", "message"),
    [
        (
            "{folder}/absent.py",
            None,
            "there is no file .*absent.py: if it has moved, say where to with --use absent.py",
        ),
        ("nowhere.at.all", None, "the module nowhere.at.all cannot be imported: ModuleNotFoundError"),
        (
            "{folder}/faulty.py",
            "1 / 0",
            "the module .*faulty.py cannot be imported: ZeroDivisionError: ",
        ),
        ("{folder}/broken.py", "def", "the module .*broken.py cannot be imported: SyntaxError"),
    ],
)
def test_a_module_that_fails_is_named(tmp_path: Path, module: str, text: str | None, message: str) -> None:
    name = module.format(folder=tmp_path)
    if text is not None:
        Path(name).write_text(text)
    with pytest.raises(DesignError, match=message):
        load(name)


def test_installed_packages_offer_components_when_a_kind_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "plugin_installed.py").write_text(TEXT.format(kind="plugin-installed"))
    monkeypatch.syspath_prepend(tmp_path)
    points = [EntryPoint("one", "plugin_installed", plugins.GROUP), EntryPoint("two", "nothing_there", plugins.GROUP)]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points if group == plugins.GROUP else [])
    load_installed.cache_clear()
    with caplog.at_level(logging.WARNING, "synththeory"):
        built = component_of(Generator).func({"kind": "plugin-installed"})  # type: ignore[call-arg]
    assert type(built).__name__ == "Copies"
    assert "nothing_there, offered as synththeory.components, cannot be imported" in caplog.text
    load_installed.cache_clear()
