"""Markdown, and the same as one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

_STYLE = """
body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #1a1a1a }
body { margin: 2.5rem auto; max-width: 62rem; padding: 0 1rem }
h1, h2, h3 { line-height: 1.2; font-weight: 600 } h2 { margin-top: 2.4rem; border-bottom: 1px solid #b8b8b8 }
table { border-collapse: collapse; font-size: 14px; margin: 1rem 0; display: block; overflow-x: auto }
th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid #e4e4e4; vertical-align: top }
img { max-width: 100% } code { font-size: 85% } pre { background: #f6f6f4; padding: .6rem .8rem; overflow-x: auto }
"""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def image(path: Path, words: str, beside: Path) -> str:
    """A Markdown image, its path relative to the folder of the page."""
    return f"![{words}]({path.relative_to(beside).as_posix()})"


def number(value: float, digits: int = 3) -> str:
    """A number for people: significant digits, no exponent where none is needed."""
    if value == 0.0:
        return "0"
    return f"{value:.{digits}g}" if 1e-4 <= abs(value) < 1e5 else f"{value:.{digits - 1}e}"


def shortened(value: object, longest: int = 60) -> str:
    """A value in words, cut where it is long."""
    text = str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def self_contained(markdown: str, title: str, beside: Path) -> str:
    """One HTML page with its pictures inside.

    Parameters
    ----------
    markdown : str
        Text with tables; HTML in it stays text.
    title : str
        Of the page.
    beside : Path
        The folder that the pictures' paths are relative to.
    """
    from markdown_it import MarkdownIt  # comes with rich

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    inlined = re.sub(r'src="([^"]+\.png)"', lambda found: f'src="{_data(beside / found.group(1))}"', body)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body>\n{inlined}</body></html>\n"
    )


def _data(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()
