"""House rules that a reader of the tree relies on."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.graph import ROOT, modules

LONGEST = 400
LONGEST_TEST = 300
TESTS = Path(__file__).parents[1]
PUBLIC = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


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


def length(path: Path) -> int:
    """Lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_stay_short() -> None:
    assert [module.name for module in modules().values() if length(module.path) > LONGEST] == []
    assert [path for path in sorted(TESTS.rglob("*.py")) if length(path) > LONGEST_TEST] == []


def test_modules_and_what_they_export_have_docstrings() -> None:
    bare = [
        f"{module.name}.{name}"
        for module in modules().values()
        for name, node in (("", module.tree), *definitions(module.tree))
        if not ast.get_docstring(node) and not re.search(r"(^|\.)(model_post_init)$", name)
    ]
    assert bare == []


def test_functions_are_annotated() -> None:
    bare = [
        f"{module.name}.{name}"
        for module in modules().values()
        for name, node in definitions(module.tree)
        if not isinstance(node, ast.ClassDef) and node.returns is None
    ]
    assert bare == []


def test_kernels_are_serial_and_bring_their_own_random_numbers() -> None:
    kernels = [module for module in modules().values() if module.room == "kernels"]
    assert len(kernels) > 20
    for module in kernels:
        used = set(names(module.tree))
        foreign = {name for name in used if name.endswith(("prange", "np.random")) or ".random." in name}
        keywords = {node.arg for node in ast.walk(module.tree) if isinstance(node, ast.keyword)}
        raising = [node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Raise)]
        found = foreign, keywords & {"parallel", "fastmath"}, raising, used & {"print"}
        assert found == (set(), set(), [], set()), module.name


def test_no_global_random_state_and_no_wall_clock_seed() -> None:
    allowed = {"np.random.Generator", "np.random.SFC64", "np.random"}
    used = {
        (module.name, name)
        for module in modules().values()
        for name in names(module.tree)
        if name.startswith(("np.random", "numpy.random")) and name not in allowed
    }
    assert used == set()


def test_no_bare_except_and_no_silent_one() -> None:
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or all(isinstance(part, ast.Pass) for part in node.body)
    ]
    assert wrong == []


def test_comments_are_few() -> None:
    """Comments give reasons; a tree that needs one line in ten explained is not clear enough."""
    comments = lines = 0
    for module in modules().values():
        lines += length(module.path)
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
