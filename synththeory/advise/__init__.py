"""Should I oversample, and how much? Advice on people's own tables.

The public names are imported when they are first used, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synththeory.advise.advice import Advice
    from synththeory.advise.comparison import Comparison, Estimate
    from synththeory.advise.run import advise

_HOMES = {
    "Advice": "synththeory.advise.advice",
    "Comparison": "synththeory.advise.comparison",
    "Estimate": "synththeory.advise.comparison",
    "advise": "synththeory.advise.run",
}

__all__ = ["Advice", "Comparison", "Estimate", "advise"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'synththeory.advise' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
