"""Which figure a study gets: by the shape of its design, or its own where a paper's figure has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synththeory.figures.curves import draw_curves
from synththeory.figures.effects import draw_effects
from synththeory.figures.gains import draw_gains
from synththeory.figures.groups import draw_groups
from synththeory.figures.parts.frame import Drawing
from synththeory.figures.ratios import DIMENSION, SIZE, draw_ratios
from synththeory.figures.regime_map import ANGLE, RATIO, draw_regime_map
from synththeory.figures.sweeps import draw_sweep
from synththeory.figures.symmetry_test import draw_symmetry
from synththeory.figures.tasks import draw_tasks
from synththeory.figures.treatments import draw_treatments
from synththeory.sim.design.design import Design
from synththeory.sim.results.summary import Summary

_FEW_MULTIPLIERS = 4
_MANY_CELLS = 6


@dataclass(frozen=True)
class Layout:
    """Choices a figure leaves open.

    Attributes
    ----------
    metrics : tuple of str
        One panel each.
    key : str
        The swept key of the horizontal axis; empty for curves in the multiplier.
    shared : bool
        Whether the panels of a metric share their vertical scale.
    spread : bool
        Whether a sweep shows where the replications lie, beside the intervals of their means.
    ratio : bool
        Whether the second arm is drawn over the first.
    gain : bool
        Whether what a correction gains is drawn in place of the risks.
    """

    metrics: tuple[str, ...]
    key: str = ""
    shared: bool = False
    spread: bool = False
    ratio: bool = False
    gain: bool = False


PAPERS = {
    "alignment_biased": Layout(("excess_risk", "parameter_error"), key="sample.minority"),
    "alignment_realistic": Layout(("excess_risk", "parameter_error"), key="sample.minority", spread=True),
    "local_symmetry_linear": Layout(("excess_risk",), shared=True),
    "craft": Layout(("balanced_error",), shared=True),
    "headline": Layout(("excess_risk",)),
    "local_symmetry_logistic": Layout(("excess_risk", "parameter_error")),
    "size_curve_jitter": Layout(("balanced_loss", "balanced_error")),
    "size_curve_smote": Layout(("balanced_loss", "excess_risk")),
    "bias_correction_gain": Layout(("excess_risk",), key="sample.minority", gain=True),
    "bias_correction_rates": Layout(("excess_risk", "bias_error"), key="sample.minority"),
    "smote_or_bootstrap": Layout(("excess_risk",), key="population.dimension", ratio=True),
}
"""Layouts of the papers' figures, by study; one that does not fit its design (a changed sweep) is not used."""


def figure_of(summary: Summary) -> Drawing:
    """Draw a summary with the layout of its study, or of its design's shape."""
    design = summary.design
    title = design.title or design.study.replace("_", " ")
    if design.test is not None:
        return draw_symmetry(summary, title)
    if design.tasks is not None:
        return draw_tasks(summary, title)
    if design.cells[0].grouped is not None:
        return draw_groups(summary, title)
    if design.effect is not None:
        return draw_effects(summary, title)
    if {ANGLE, RATIO} <= set(design.sweep) and design.cells[0].baselines:
        return draw_regime_map(summary, title)
    layout = PAPERS.get(design.study)
    if layout is None or (layout.key and layout.key not in numeric_keys(design)):
        layout = shape_of(design, present_metrics(summary))
    if design.augmentation is not None and design.augmentation.arms and not layout.key:
        return draw_treatments(summary, title)
    if layout.ratio and len(design.cells[0].sizes) == 1 and {SIZE, DIMENSION} == set(design.sweep):
        return draw_ratios(summary, title)
    if layout.gain:
        return draw_gains(summary, title)
    if layout.key:
        return draw_sweep(summary, layout.key, layout.metrics, title, layout.spread)
    return draw_curves(summary, layout.metrics, layout.shared, title)


def shape_of(design: Design, metrics: Sequence[str]) -> Layout:
    """The layout a design asks for.

    A sweep over three numbers or more is drawn over that number when the multipliers are few or the cells many;
    everything else is drawn over the multiplier, one panel a cell.

    Parameters
    ----------
    design : Design
        The study.
    metrics : sequence of str
        What it has measured.
    """
    keys = [key for key in numeric_keys(design) if len(design.sweep[key]) >= 3]
    few = len(design.cells[0].multipliers) <= _FEW_MULTIPLIERS
    if keys and (few or len(design.cells) > _MANY_CELLS):
        key = max(keys, key=lambda key: len(design.sweep[key]))
        alone = len(design.cells) == len(design.sweep[key])
        return Layout(tuple(metrics) if alone else tuple(metrics[:1]), key)
    same_population = not any(key.startswith("population") and key != "population.noise" for key in design.sweep)
    return Layout(tuple(metrics) if len(design.cells) == 1 else tuple(metrics[:1]), shared=same_population)


def numeric_keys(design: Design) -> tuple[str, ...]:
    """Swept keys all of whose values are numbers."""
    return tuple(
        key
        for key, values in design.sweep.items()
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    )


def present_metrics(summary: Summary) -> tuple[str, ...]:
    """What is asked of the synthetic rows; else excess risk and parameter error; else the first two there are."""
    found = tuple(dict.fromkeys(row.metric for row in summary.rows))
    usual = tuple(metric for metric in ("excess_risk", "parameter_error") if metric in found)
    return tuple(metric for metric in ("spread",) if metric in found) or usual or found[:2]
