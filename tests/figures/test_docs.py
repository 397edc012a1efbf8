"""The documentation is run: its Python, its TOML, its links, its tables of names."""

import importlib
import json
import re
import tomllib
from pathlib import Path

import pytest

import synththeory
from synththeory import load_design
from synththeory.components import Component
from synththeory.sim.design.studies import studies

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
THEOREMS = sorted((ROOT / "docs" / "theorems").glob("*.md"))
FIELDS = ("Label", "Condition", "Function", "Test", "Figure", "Where it fails")
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name)
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rooms = [room for room in Component.__subclasses__() if hasattr(room, "registry")]
    before = [(room, dict(room.registry)) for room in rooms]
    try:
        exec(compile("\n".join(blocks(page, "python")), str(page), "exec"), {"__name__": "documentation"})
    finally:
        for room, registry in before:
            room.registry = registry


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=lambda page: page.name)
def test_toml_is_a_possible_design(page: Path) -> None:
    for block in blocks(page, "toml"):
        assert load_design(tomllib.loads(block)).cells


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^    .*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)  # no formulas
    targets = [target for target in LINK.findall(prose) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_readmes_first_commands_are_the_two_set_ups() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line.strip() for line in text.splitlines()[:12] if line.startswith("    ")]
    assert commands == [
        "python -m pip install -e . && python -m synththeory.sim",
        'python -m pip install -e ".[dev]" && python -m pytest',
    ]


def test_every_study_has_a_line() -> None:
    text = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
    assert [name for name in studies() if f"| `{name}` |" not in text] == []


def test_api_page_names_what_exists_and_all_of_it() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [name for name in synththeory.__all__ if name != "__version__" and f"`{name}" not in text] == []
    for room, names in re.findall(r"^\| `(synththeory\.[\w.]+)` \| (.*) \|$", text, re.MULTILINE):
        module = importlib.import_module(room)
        named = re.findall(r"`([A-Za-z_]\w*)", names.partition(":")[0] if room.endswith("summary") else names)
        assert [name for name in named if not hasattr(module, name)] == [], room
        assert [name for name in getattr(module, "__all__", []) if f"`{name}" not in text] == [], room


def settings(kind: type[Component]) -> str:
    """The settings of a kind as its page has them: bold where they are needed, else with a default that is one word."""
    told = []
    for name, field in kind.model_fields.items():
        simple = isinstance(field.default, bool | int | float | str)
        entry = f"`{field.alias or name}{f' = {json.dumps(field.default)}' if simple else ''}`"
        told += [f"**{entry}**" if field.is_required() else entry] if name not in ("kind", "name") else []
    return ", ".join(told) or "–"


@pytest.mark.parametrize("word", ["population", "generator", "learner", "baseline", "rule", "correction"])
def test_every_kind_is_documented(word: str) -> None:
    text = (ROOT / "docs" / "kinds.md").read_text(encoding="utf-8")
    (room,) = (room for room in Component.__subclasses__() if room.__name__.lower() == word)
    own = {kind: each for kind, each in room.registry.items() if each.__module__.startswith("synththeory.")}
    lines = [f"| `{kind}` | {settings(each)} | " for kind, each in own.items()]
    assert [line for line in lines if f"\n{line}" not in text] == []


@pytest.mark.parametrize("page", THEOREMS, ids=lambda page: page.name)
def test_a_theorem_says_everything_that_is_asked_of_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    statements = text.split("**Statement.**")[1:]
    assert statements
    for statement in statements:
        assert re.findall(r"^- \*\*(.+):\*\*", statement, re.MULTILINE) == list(FIELDS)
    assert [name for name in re.findall(r"`(tests/[\w/]+\.py)`", text) if not (ROOT / name).exists()] == []
    for line in re.findall(r"\*\*Function:\*\* (.*)", text):
        for room, _, name in (dotted.rpartition(".") for dotted in re.findall(r"`(\w+(?:\.\w+)+)`", line)):
            module = importlib.import_module(f"synththeory.{room}")
            assert hasattr(module, name) or importlib.import_module(f"synththeory.{room}.{name}"), f"{room}.{name}"
