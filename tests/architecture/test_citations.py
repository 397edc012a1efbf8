"""What a docstring cites is there to be read: a page of docs, and the section it names."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.graph import ROOT, Module, modules

DOCS = ROOT.parent / "docs"
CITED = re.compile(r"`(?:docs/)?(?P<page>[\w/-]+\.md)`(?: §(?P<section>\d+)(?:\.(?P<item>\d+))?)?")


def docstrings(module: Module) -> Iterator[str]:
    """Every docstring of a module, private ones too, and the strings that document constants."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def is_there(page: str, section: str | None, item: str | None) -> bool:
    """Whether a page of docs has the section, and the section the numbered item."""
    path = DOCS / page
    if not path.is_file():
        return False
    if section is None:
        return True
    found = re.search(rf"^## {section}\. .*?(?=^## |\Z)", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    return found is not None and (item is None or re.search(rf"^{item}\. ", found.group(), flags=re.M) is not None)


def test_citations_exist() -> None:
    cited = [
        (module.name, match.groupdict())
        for module in modules().values()
        for text in docstrings(module)
        for match in CITED.finditer(" ".join(text.split()))
    ]
    assert cited
    assert [(name, citation) for name, citation in cited if not is_there(**citation)] == []


def test_a_wrong_citation_would_be_found() -> None:
    assert is_there("theory.md", "5", "1")
    assert not is_there("theory.md", "5", "99")
    assert not is_there("theory.md", "99", None)
    assert not is_there("nowhere.md", None, None)


def test_every_page_is_in_the_sites_index() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8").splitlines()
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    globbed = {page for page in pages if page.startswith(("papers/", "devdocs/", "theorems/"))}
    assert pages - globbed - {"index"} - set(index) == set()
