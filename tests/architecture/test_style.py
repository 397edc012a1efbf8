"""House rules that a reader of the tree relies on."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.graph import ROOT, Module, modules

LONGEST = 400
LONGEST_TEST = 300
TESTS = Path(__file__).parents[1]
PUBLIC = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
EVERY_MODULE = pytest.mark.parametrize("module", modules().values(), ids=lambda module: module.name)


def definitions(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, PUBLIC]]:
    """Public functions and classes at the top level, and public methods of public classes."""
    for child in node.body:
        if isinstance(child, PUBLIC) and not child.name.startswith("_"):
            yield prefix + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from definitions(child, f"{child.name}.")


def names(tree: ast.AST) -> Iterator[str]:
    """Every dotted name that is used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            yield ast.unparse(node)


@EVERY_MODULE
def test_files_stay_short(module: Module) -> None:
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@EVERY_MODULE
def test_modules_and_what_they_export_have_docstrings(module: Module) -> None:
    bare = [name for name, node in definitions(module.tree) if not ast.get_docstring(node)]
    bare = [name for name in bare if not re.search(r"(^|\.)(model_post_init)$", name)]
    assert bare == []
    assert ast.get_docstring(module.tree)


@EVERY_MODULE
def test_functions_are_annotated(module: Module) -> None:
    bare = [
        name for name, node in definitions(module.tree) if not isinstance(node, ast.ClassDef) and node.returns is None
    ]
    assert bare == []  # fmt: skip


@pytest.mark.parametrize(
    "module", [module for module in modules().values() if module.room == "kernels"], ids=lambda module: module.name
)
def test_kernels_are_serial_and_bring_their_own_random_numbers(module: Module) -> None:
    used = set(names(module.tree))
    assert not {name for name in used if name.endswith("prange") or ".random." in name or name.endswith("np.random")}
    keywords = {node.arg for node in ast.walk(module.tree) if isinstance(node, ast.keyword)}
    assert keywords.isdisjoint({"parallel", "fastmath"})
    raising = [node for node in ast.walk(module.tree) if isinstance(node, ast.Raise)]
    printing = [name for name in used if name == "print"]
    assert not raising
    assert not printing


@EVERY_MODULE
def test_no_global_random_state_and_no_wall_clock_seed(module: Module) -> None:
    allowed = {"np.random.Generator", "np.random.SFC64", "np.random"}
    used = {name for name in names(module.tree) if name.startswith(("np.random", "numpy.random"))}
    assert used <= allowed


@EVERY_MODULE
def test_no_bare_except_and_no_silent_one(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}"
            assert not all(isinstance(part, ast.Pass) for part in node.body), f"line {node.lineno}"


def test_comments_are_few() -> None:
    """Comments give reasons; a tree that needs one line in ten explained is not clear enough."""
    comments = lines = 0
    for module in modules().values():
        lines += len(module.path.read_text(encoding="utf-8").splitlines())
        with module.path.open("rb") as file:
            kinds = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
        comments += sum(not re.match(r"#\s*(fmt|type|noqa)", token.string) for token in kinds)
    assert comments <= 0.06 * lines


def test_no_machine_path_is_written_down() -> None:
    pattern = re.compile(r"(?<![\w.])/(home|Users|root|opt|mnt)/\w|/w" + "ork/")
    folders = (ROOT, TESTS, ROOT.parent / "simulations", ROOT.parent / "paper_figures")
    wrong = [
        f"{path.relative_to(ROOT.parent)}:{number}"
        for folder in folders
        for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.toml")))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: str(path.relative_to(TESTS)))
def test_test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_TEST
