"""How diverse synthetic rows are, and what that is worth: every arm on a line of its own in four panels."""

from __future__ import annotations

from collections.abc import Iterator

from synththeory.figures.methods import Line, in_panels
from synththeory.figures.parts.captions import footnote, population_words, sample_words
from synththeory.figures.parts.frame import Drawing
from synththeory.figures.parts.style import printed
from synththeory.metrics import BALANCED_LOSS
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.diversity import COPIES, MASS_COVERED, ROW_ENTROPY
from synththeory.sim.results.summary import Summary

_HEADINGS = ("Entropy of the rows", "Probability of the rows that were made", "Balanced log loss", "AUROC")


def draw_diversity(summary: Summary, title: str) -> Drawing:
    """Entropy, mass reached and copies of every generator's rows; loss and AUROC of every arm by two learners.

    Parameters
    ----------
    summary : Summary
        Whose cells differ in the learner alone, with the diagnostic ``"diversity"`` and the measure ``"auroc"``.
    title : str
        Above the panels.
    """
    first, last = summary.design.cells[0], summary.design.cells[-1]
    lines = (
        list(_lines(summary, (first, ROW_ENTROPY.name))),
        list(_lines(summary, (first, MASS_COVERED.name), (first, COPIES.name), named=False)),
        list(_lines(summary, (last, BALANCED_LOSS.name), (first, BALANCED_LOSS.name))),
        list(_lines(summary, (last, "auroc"), (first, "auroc"), named=False)),
    )
    learners = f"Filled: {last.learner.title}; open: {first.learner.title}."
    words = ("", "Open: share of rows that are a seed.", learners, learners)
    note = (
        f"{population_words(first)}, {sample_words(summary.design.cells)}. {footnote(summary, '', False, (), 'bars')}"
    )
    figure, _, points = in_panels(title, _HEADINGS, words, note, lines)
    return Drawing(figure, points)


def _lines(
    summary: Summary, shown: tuple[Cell, str], beside: tuple[Cell, str] | None = None, named: bool = True
) -> Iterator[Line]:
    """Every arm that has the measure, at its last multiplier."""
    rows = [
        {row.arm: row for row in summary.select(metric=metric, cell=cell.swept)}
        for cell, metric in (shown, *([] if beside is None else [beside]))
    ]
    for arm, row in rows[0].items():
        yield Line(printed(*summary.arms[arm].names) if named else "", row, rows[1][arm] if beside else None)
