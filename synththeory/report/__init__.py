"""Reproduce everything, and report on one study: what was claimed, what was found, and how sure that is."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synththeory.report.ademp import study_report as study_report
    from synththeory.report.reproduction import reproduce as reproduce

_HOMES = {"reproduce": "synththeory.report.reproduction", "study_report": "synththeory.report.ademp"}

__all__ = ["reproduce", "study_report"]


def __getattr__(name: str) -> Any:
    """The command line starts without what draws and computes."""
    if name not in _HOMES:
        raise AttributeError(f"module 'synththeory.report' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
