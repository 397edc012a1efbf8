"""Drawing: a summary's tables in, figures and their numbers out. Nothing here simulates.

The public names are imported when they are first used: names and colours of arms are wanted where nothing is drawn by
matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synththeory.figures.registry import draws
    from synththeory.figures.sequence import SequenceStudy, draw_sequence
    from synththeory.figures.writing import draw

_HOMES = {
    "SequenceStudy": "synththeory.figures.sequence",
    "draw": "synththeory.figures.writing",
    "draw_sequence": "synththeory.figures.sequence",
    "draws": "synththeory.figures.registry",
}

__all__ = ["SequenceStudy", "draw", "draw_sequence", "draws"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
