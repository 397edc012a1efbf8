"""Rows of a panel with their names inside it, above the row: no name is too long."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from synththeory.figures.parts.style import Look

ROW = 0.36
"""Height of a row in inches."""


def name_rows(axes: Axes, rows: Sequence[Look]) -> None:
    """Write the names of rows 0, 1, … and set the limits; the first row is on top.

    Parameters
    ----------
    axes : Axes
        A panel whose vertical axis counts rows.
    rows : sequence of Look
        One a row.
    """
    axes.set_ylim(len(rows) - 0.4, -0.75)
    axes.set_yticks([])
    axes.grid(visible=False)
    for place, look in enumerate(rows):
        axes.text(
            0.006, place - 0.32, look.name, transform=axes.get_yaxis_transform(), fontsize=7.0, color=look.colour,
            va="center",
        )  # fmt: skip
