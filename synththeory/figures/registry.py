"""Which figure a study gets: the one registered for the kind of question it asks."""

from __future__ import annotations

from collections.abc import Callable

from synththeory.errors import SynththeoryError
from synththeory.figures.parts.frame import Drawing
from synththeory.sim.questions import Question
from synththeory.sim.results.summary import Summary

Figure = Callable[[Summary, str], Drawing]
"""Draws a summary under a title."""

_FIGURES: dict[type[Question], Figure] = {}


def draws(question: type[Question]) -> Callable[[Figure], Figure]:
    """Register the decorated function as the figure of a kind of study.

    Parameters
    ----------
    question : type of Question
        The kind of study; its subclasses are drawn alike unless they have a figure of their own.
    """

    def register(figure: Figure) -> Figure:
        _FIGURES[question] = figure
        return figure

    return register


def figure_of(summary: Summary) -> Drawing:
    """Draw a summary with the figure of its question.

    Raises
    ------
    SynththeoryError
        If no figure is registered for that kind of study.
    """
    design = summary.design
    title = design.title or design.study.replace("_", " ")
    for kind in type(design.question).__mro__:
        if kind in _FIGURES:
            return _FIGURES[kind](summary, title)
    raise SynththeoryError(
        f"no figure is known for studies of the kind '{design.question.kind}': register one with "
        "synththeory.figures.draws"
    )
