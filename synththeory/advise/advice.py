"""The answer of `advise`, with its faces: a page of text, a figure, JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synththeory.advise.findings import Findings
from synththeory.advise.record import recorded
from synththeory.advise.text import page

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Advice(Findings):
    """Whether, and how, to deal with imbalance; `print` shows a page of text.

    Attributes
    ----------
    setting, recommendation, comparison, diagnosis, pipeline, decisions, groups
        As of `synththeory.advise.findings.Findings`.
    """

    def __str__(self) -> str:
        """A page of text, at most 120 characters wide."""
        return page(self)

    def figure(self) -> Figure:
        """A page: validation curves with bands beside the paired differences to the better free fix."""
        from synththeory.advise.figure import drawn

        return drawn(self)

    def to_json(self) -> str:
        """Every number, as indented JSON."""
        return recorded(self)
