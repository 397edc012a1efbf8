"""Pictures of any study, whatever it asks: convergence, replications, differences, theory, intervals, grids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from synththeory.figures.parts.frame import Drawing
from synththeory.report.panels.grid import is_grid, nested_loop
from synththeory.report.panels.intervals import has_intervals, lollipop, zip_plot
from synththeory.report.panels.replications import convergence, has_replications, has_values, swarm
from synththeory.report.panels.rows import differences, has_contrasts, has_theory, theory_scores
from synththeory.sim.results.summary import Summary

__all__ = ["PANELS", "Panel"]


@dataclass(frozen=True)
class Panel:
    """A picture of a study.

    Attributes
    ----------
    name : str
        Of its file.
    title : str
        Above it.
    words : str
        What to read off it.
    suits : callable
        Whether a study has something of the kind.
    draw : callable
        Draws it.
    """

    name: str
    title: str
    words: str
    suits: Callable[[Summary], bool]
    draw: Callable[[Summary], Drawing]


PANELS = (
    Panel("convergence", "Convergence with replications",
          "The running mean of every arm with its 95 % Monte Carlo interval: a curve that still drifts needs more "
          "replications.", has_replications,
          convergence),
    Panel("swarm", "The replications themselves",
          "Every replication is a point; bars are the 2.5, 50 and 97.5 % quantiles. A long tail is seen here, not in "
          "a mean.", has_values, swarm),
    Panel("differences", "Paired differences",
          "Every arm less the first on the same data, with 95 % intervals.", has_contrasts, differences),
    Panel("theory", "Theory: z-scores",
          "(simulation − theory)/MCSE of every point; between the lines lie 95 % if theory is exact. The table says "
          "how close theory is shown to be.", has_theory, theory_scores),
    Panel("lollipop", "Bias and root mean square error",
          "Of every estimator, with 95 % Monte Carlo intervals.", has_intervals, lollipop),
    Panel("zip", "Zip plot",
          "Every replication's 95 % interval, sorted by how far its centre is from the truth; those that miss dark. "
          "The axis is the share of replications: a calibrated method darkens above 95 %.", has_intervals, zip_plot),
    Panel("grid", "Nested-loop plot",
          "Every cell of the grid from left to right, the swept values as stairs below.", is_grid, nested_loop),
)  # fmt: skip
"""In the order of the report."""
