"""The site: Sphinx with MyST, built offline by ``python -m sphinx -W -n docs OUT``."""

from importlib.metadata import version as installed

from sphinx.application import Sphinx

project = "synththeory"
author = "the synththeory authors"
version = release = installed("synththeory")
extensions = ["myst_parser", "sphinx-mathjax-offline", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "synththeory"
html_copy_source = False
html_show_sphinx = False
exclude_patterns = ["_build"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
nitpick_ignore_regex = [("py:.*", ".*")]  # types in signatures name no page of their own


def setup(app: Sphinx) -> None:
    """Bars in docstrings are absolute values, not substitutions."""
    app.connect("autodoc-process-docstring", _escape_bars)


def _escape_bars(*event: object) -> None:
    lines = event[-1]
    assert isinstance(lines, list)
    lines[:] = [line.replace("|", "\\|") for line in lines]
