"""The plotted numbers: everything a figure shows, as one long table that is written beside it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal

Layer = Literal["simulation", "exact", "theory", "leading", "optimum", "floor", "guide", "quantile", "spread"]


@dataclass(frozen=True)
class Plotted:
    """One plotted point.

    Attributes
    ----------
    panel : str
        Letter of the panel.
    cell : str
        Swept values in words; empty where nothing is swept.
    metric, arm : str
        What is measured, and on which arm.
    multiplier : float or None
        γ of the curve's points; None for an arm without synthetic rows.
    layer : {"simulation", "exact", "theory", "leading", "optimum", "floor", "guide", "quantile", "spread"}
        A simulated mean; a point computed without data; theory's curve; the minimum of theory's curve; its bias at the
        last point; a reference slope; a quantile of stored values; where the replications themselves lie.
    x_name : str
        What the horizontal axis is: ``"multiplier"`` or a swept key.
    x, y : float
        Where it is drawn; x is NaN for a horizontal line.
    lower, upper : float or None
        95 % interval of a simulated mean; of a spread, the 2.5 and 97.5 % quantiles of the replications.
    mcse : float or None
        Its Monte Carlo standard error.
    replications, failed : int or None
        Replications on disk, and how many of them failed at this point.
    source : str
        For theory: ``"closed form"`` or ``"pilot"``.
    """

    panel: str
    cell: str
    metric: str
    arm: str
    multiplier: float | None
    layer: Layer
    x_name: str
    x: float
    y: float
    lower: float | None = None
    upper: float | None = None
    mcse: float | None = None
    replications: int | None = None
    failed: int | None = None
    source: str = ""


def csv_text(points: Sequence[Plotted]) -> str:
    """The table as CSV; floats are written so that they read back to the bit, what does not exist is empty."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([field.name for field in fields(Plotted)])
    writer.writerows([_cell(value) for value in astuple(point)] for point in points)
    return file.getvalue()


def _cell(value: object) -> object:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value
