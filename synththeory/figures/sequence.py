"""The nonparametric scaling law, drawn without data: exact curves, slopes with intervals, floors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from synththeory.components import Floats, Integers, Positive, Settings
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.lines import Trace, trace_panel
from synththeory.figures.parts.style import Name, looks
from synththeory.figures.parts.table import Layer, Plotted
from synththeory.figures.writing import stem_of, versions, written
from synththeory.metrics import EXCESS_RISK
from synththeory.sim.design.tables import toml_text
from synththeory.theory.sequence import SequenceModel, SequencePoint, fitted_slope, law_region, sequence_curve

_X, _METRIC, _GUIDE_BELOW, _FEWEST = "effective_rows", EXCESS_RISK.name, 0.5, 4


class SequenceStudy(Settings):
    """What is drawn: one panel a smoothness, one curve a generator.

    Attributes
    ----------
    smoothness : tuple of int
        β.
    divergences : tuple of float
        KL of the generator's conditional law, whose error is in the mean of the function: ‖g‖² = 2σ² KL.
    real : int
        Real rows n.
    doublings : int
        N = n · 2^(k/2) for k = 0, …, 2 · doublings.
    radius, noise : float
        Q and σ².
    """

    smoothness: Integers = (1, 2)
    divergences: Floats = (0.0, 1e-9, 1e-6)
    real: Annotated[int, Field(ge=1)] = 100
    doublings: Annotated[int, Field(ge=4)] = 25
    radius: Positive = 1.0
    noise: Positive = 1.0

    def curve(self, smoothness: int, divergence: float) -> tuple[SequencePoint, ...]:
        """The exact law at every N."""
        model = SequenceModel(smoothness, self.radius, self.noise)
        rows = tuple(round(self.real * 2.0 ** (step / 2)) for step in range(2 * self.doublings + 1))
        return sequence_curve(model, self.real, rows, np.array([2.0 * self.noise * divergence]))


def draw_sequence(study: SequenceStudy, path: str | Path, command: str) -> tuple[Path, ...]:
    """Draw the law and write the figure beside its numbers and settings.

    Parameters
    ----------
    study : SequenceStudy
        What is drawn.
    path : str or Path
        As for `draw`.
    command : str
        What redoes the figure.

    Raises
    ------
    SynththeoryError
        If the path asks for a format other than PNG and PDF.
    """
    origin = {"title": _TITLE, "source": _SOURCE, "command": command, "versions": versions()}
    return written(stem_of(path), lambda: _drawing(study), toml_text(study.model_dump(mode="json")), origin)


_TITLE = "Scaling law, nonparametric: slope −2β/(2β + 1), then the generator's floor"
_SOURCE = "NXLZ S2, reconstruction; settings ours"


def _drawing(study: SequenceStudy) -> Drawing:
    headers = [
        Header(rf"$\bf{{{letter(place)}}}$  Smoothness $\beta={beta}$", rf"Exponent $-{2 * beta}/{2 * beta + 1}$.")
        for place, beta in enumerate(study.smoothness)
    ]
    note = (
        f"Gaussian sequence model, Pinsker's filter over a Sobolev ball of radius {study.radius:g}; "
        f"{study.real} real rows, the others synthetic, all weighed alike. Exact, no data drawn. Full marks: where the "
        "slope is fitted (bandwidth at least 20, bias at most .1 % of the excess); its interval reaches to the local "
        "slope farthest from it. Dotted: the generator's squared error, 2σ² KL."
    )
    figure, axes = framed(_TITLE, headers, note, len(study.smoothness), 2.8)
    tables = []
    for place, (panel, beta) in enumerate(zip(axes, study.smoothness, strict=True)):
        traces = _traces(study, letter(place), beta)
        trace_panel(panel, traces, f"slope −{2 * beta}/{2 * beta + 1}")
        panel.set_xlabel(r"rows, $1/v(\alpha)=n+N$", labelpad=1.0)
        tables += [point for trace in traces for point in trace.points]
    axes[0].set_ylabel("excess risk", labelpad=2.0)
    return Drawing(figure, tuple(tables))


def _traces(study: SequenceStudy, panel: str, beta: int) -> list[Trace]:
    look = looks(Name(f"KL {divergence:g}") for divergence in study.divergences)
    traces = []
    for (name, style), divergence in zip(look.items(), study.divergences, strict=True):
        curve = study.curve(beta, divergence)
        region = law_region(curve)
        points = [_point(panel, beta, name, "exact", entry.effective, entry.excess) for entry in curve[::4]]
        points += [_point(panel, beta, name, "theory", entry.effective, entry.excess) for entry in curve]
        label = name.replace("e-0", "e−").replace("e-", "e−")
        if len(region) >= _FEWEST:
            rate = fitted_slope(region)
            label += f"\nslope {rate.slope:.4f} ± {rate.curvature:.4f}".replace("-", "−")
        if curve[-1].bias >= 0.5 * curve[-1].excess:
            points.append(_point(panel, beta, name, "floor", curve[-1].effective, 2.0 * study.noise * divergence))
        if divergence == 0.0:
            ends = (region[0].effective, region[-1].effective)
            start, exponent = _GUIDE_BELOW * region[0].excess, -2.0 * beta / (2.0 * beta + 1.0)
            points += [_point(panel, beta, name, "guide", x, start * (x / ends[0]) ** exponent) for x in ends]
        traces.append(Trace(name, label, style, tuple(points), tuple(entry.effective for entry in region)))
    return traces


def _point(panel: str, beta: int, name: str, layer: Layer, x: float, y: float) -> Plotted:
    return Plotted(panel, f"smoothness={beta}", _METRIC, name, None, layer, _X, x, y, source="closed form")
