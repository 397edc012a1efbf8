"""The package's import graph, read from its syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import synththeory

ROOT = Path(synththeory.__file__).parent
PACKAGE = ROOT.name


@dataclass(frozen=True)
class Module:
    """One source file.

    Attributes
    ----------
    name : str
        Dotted, the package included.
    path : Path
        Its file.
    tree : ast.Module
        Its syntax tree.
    """

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether it is an ``__init__``."""
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str:
        """The folder or top-level file it belongs to; the empty string for the package itself."""
        return self.name.partition(".")[2].partition(".")[0]


@dataclass(frozen=True)
class Import:
    """One imported module.

    Attributes
    ----------
    target : str
        Dotted name.
    line : int
        Where.
    deferred : bool
        Inside a function, or for the type checker only.
    typing : bool
        For the type checker only.
    """

    target: str
    line: int
    deferred: bool
    typing: bool


@cache
def modules() -> dict[str, Module]:
    """Every module by name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = (PACKAGE, *path.relative_to(ROOT).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def _walk(node: ast.AST, deferred: bool, typing: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, deferred, typing
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _walk(child, True, typing)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for part in child.body:
                yield from _walk(ast.Module([part], []), True, True)
        else:
            yield from _walk(child, deferred, typing)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    base = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*base, node.module] if node.module else base)


@cache
def imports(module: Module) -> tuple[Import, ...]:
    """What a module imports; ``from package import module`` counts as that module."""
    return tuple(_imports(module))


def _imports(module: Module) -> Iterator[Import]:
    for node, deferred, typing in _walk(module.tree, False, False):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            base = _absolute(module, node)
            longer = [f"{base}.{alias.name}" for alias in node.names]
            targets = [target if target in modules() else base for target in longer]
        for target in targets:
            yield Import(target, node.lineno, deferred, typing)


def loaded_by(name: str) -> set[str]:
    """Everything loaded when a module is imported: package modules, and others by their top-level name."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current not in modules():
            continue
        parent = current.rpartition(".")[0]
        waiting.extend([parent] if parent else [])
        for found in imports(modules()[current]):
            if not found.deferred:
                waiting.append(found.target if found.target in modules() else found.target.partition(".")[0])
    return seen
