"""Studies of the synthetic size: a paper's own layout where there is one, else the one that fits the design."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from synththeory.figures.curves import draw_curves
from synththeory.figures.diversity import draw_diversity
from synththeory.figures.gains import draw_gains
from synththeory.figures.methods import draw_methods, draw_variants
from synththeory.figures.parts.frame import Drawing
from synththeory.figures.penalty import by_penalty, draw_penalties
from synththeory.figures.ratios import DIMENSION, SIZE, draw_ratios
from synththeory.figures.regime_map import ANGLE, RATIO, draw_regime_map
from synththeory.figures.registry import draws
from synththeory.figures.several_sets import draw_sets
from synththeory.figures.sweeps import draw_sweep
from synththeory.figures.treatments import draw_treatments
from synththeory.metrics import BALANCED_ERROR, BALANCED_LOSS, BIAS_ERROR, EXCESS_RISK, PARAMETER_ERROR, SPREAD, Metric
from synththeory.sim.design.design import Design
from synththeory.sim.questions import SizeCurves
from synththeory.sim.questions.augmented import Augmented
from synththeory.sim.questions.corrected import Corrected
from synththeory.sim.questions.tuned import Tuned
from synththeory.sim.results.sets import SETS
from synththeory.sim.results.summary import Summary

_FEW_MULTIPLIERS = 4
_MANY_CELLS = 6


class Layout(Protocol):
    """One way of drawing a study of the synthetic size."""

    def fits(self, design: Design) -> bool:
        """Whether a design can be drawn so."""

    def draw(self, summary: Summary, title: str) -> Drawing:
        """Draw its summary."""


@dataclass(frozen=True)
class Curves:
    """Curves in the multiplier, one panel a cell and metric.

    Attributes
    ----------
    metrics : tuple of str
        One panel each.
    shared : bool
        Whether the panels of a metric share their vertical scale.
    """

    metrics: tuple[str, ...]
    shared: bool = False

    def fits(self, design: Design) -> bool:
        """Any design without treatments."""
        return not treated(design)

    def draw(self, summary: Summary, title: str) -> Drawing:
        """Over the multiplier."""
        return draw_curves(summary, self.metrics, self.shared, title)


@dataclass(frozen=True)
class Sweep:
    """Curves over a swept number.

    Attributes
    ----------
    metrics : tuple of str
        One panel each.
    key : str
        The swept key of the horizontal axis.
    spread : bool
        Whether to show where the replications lie, beside the intervals of their means.
    """

    metrics: tuple[str, ...]
    key: str
    spread: bool = False

    def fits(self, design: Design) -> bool:
        """A design that sweeps the key."""
        return self.key in numeric_keys(design)

    def draw(self, summary: Summary, title: str) -> Drawing:
        """Over the key."""
        return draw_sweep(summary, self.key, self.metrics, title, self.spread)


@dataclass(frozen=True)
class Fixed:
    """A layout without settings.

    Attributes
    ----------
    fits, draw : callable
        As of every `Layout`.
    """

    fits: Callable[[Design], bool]
    draw: Callable[[Summary, str], Drawing]


def treated(design: Design) -> bool:
    """Whether generators are used under the names of treatments."""
    arms = design.cells[0].arms
    return any(arm.use.treatment for arm in arms if isinstance(arm, Augmented | Corrected | Tuned))


def numeric_keys(design: Design) -> tuple[str, ...]:
    """Swept keys all of whose values are numbers."""
    return tuple(
        key
        for key, values in design.sweep.items()
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    )


def _over_size_and_dimension(design: Design) -> bool:
    return {SIZE, DIMENSION} == set(numeric_keys(design)) == set(design.sweep) and len(design.cells[0].sizes) == 1


def _over_sets(design: Design) -> bool:
    return {1, 2} <= set(design.sweep.get(SETS, ())) and "brier" in design.cells[0].risk.metrics


def _steered(design: Design) -> bool:
    return {ANGLE, RATIO} <= set(design.sweep) and any(arm.use is None for arm in design.cells[0].arms)


def _ranked_in_one_cell(design: Design) -> bool:
    return len(design.cells) == 1 and "auroc" in design.cells[0].scoring.ranking and not treated(design)


def _over_learners(design: Design) -> bool:
    swept = all(key.partition(".")[0] == "learner" for key in design.sweep) and len(design.sweep) > 0
    fixes = {arm.label for arm in design.cells[0].arms if arm.use is None}
    return swept and "re-priored" in fixes and "auroc" in design.cells[0].scoring.ranking


def _diverse(design: Design) -> bool:
    curve = next(arm for arm in design.cells[0].arms if isinstance(arm, Augmented))
    return set(design.sweep) == {"learner"} and "diversity" in curve.diagnostics


TREATMENTS = Fixed(treated, draw_treatments)
"""Generators down the page, what is done about their bias side by side, at the largest multiplier."""
GAINS = Fixed(lambda design: treated(design) and SIZE in numeric_keys(design), draw_gains)
"""What a correction gains over the minority's size, in place of the risks."""
RATIOS = Fixed(_over_size_and_dimension, draw_ratios)
"""The second arm over the first, at one multiplier."""
PENALTIES = Fixed(lambda design: bool(by_penalty(design)), draw_penalties)
"""The same curves under a penalty on the summed loss, on the mean loss, and at each point's best."""
SEVERAL_SETS = Fixed(_over_sets, draw_sets)
"""Averages over several synthetic sets and the law they follow."""
REGIME_MAP = Fixed(_steered, draw_regime_map)
"""The optimal amount and its gains over direction and size of a steered generator's error."""
METHODS = Fixed(_ranked_in_one_cell, draw_methods)
"""Every arm on a line of its own: log loss and AUROC at the largest multiplier."""
VARIANTS = Fixed(_over_learners, draw_variants)
"""Every cell of a sweep over the learner on a line of its own: error and AUROC at the smallest multiplier."""
DIVERSE = Fixed(_diverse, draw_diversity)
"""Every arm on a line of its own: how diverse its rows are, and its loss and AUROC by two learners."""


def _names(*metrics: Metric) -> tuple[str, ...]:
    return tuple(metric.name for metric in metrics)


PAPERS: dict[str, Layout] = {
    "alignment_biased": Sweep(_names(EXCESS_RISK, PARAMETER_ERROR), SIZE),
    "alignment_realistic": Sweep(_names(EXCESS_RISK, PARAMETER_ERROR), SIZE, spread=True),
    "local_symmetry_linear": Curves(_names(EXCESS_RISK), shared=True),
    "craft": Curves(_names(BALANCED_ERROR), shared=True),
    "headline": Curves(_names(EXCESS_RISK)),
    "local_symmetry_logistic": Curves(_names(EXCESS_RISK, PARAMETER_ERROR)),
    "size_curve_jitter": Curves(_names(BALANCED_LOSS, BALANCED_ERROR)),
    "size_curve_smote": Curves(_names(BALANCED_LOSS, EXCESS_RISK)),
    "bias_correction_gain": GAINS,
    "bias_correction_rates": Sweep(_names(EXCESS_RISK, BIAS_ERROR), SIZE),
    "smote_or_bootstrap": RATIOS,
    "regime_map": REGIME_MAP,
    "hard_margin": Curves(("recall", "specificity")),
    "auroc_size": Curves(("auroc",)),
    "penalty_artefact": PENALTIES,
    "several_sets": SEVERAL_SETS,
    "diversity": DIVERSE,
    "synthetic_vs_reweighting": METHODS,
    "curved_minority": Sweep(("auprc",), SIZE),
    "noise_resilience": Sweep(("auprc",), "population.rate"),
    "craft_jasa": Sweep(_names(BALANCED_LOSS), "sample.majority"),
    "severe_imbalance": Sweep(("auroc",), "sample.ratio"),
    "uneven_margins": VARIANTS,
    "soft_smote": VARIANTS,
    "class_smoothing": VARIANTS,
    "sharpness": VARIANTS,
    "sandwiched_minority": VARIANTS,
    "mixing_shares": VARIANTS,
    "cosine_margins": VARIANTS,
    "batch_size": VARIANTS,
    "jitter_and_imbalance": Sweep((*_names(BALANCED_ERROR), "auroc"), "learner.noise"),
    "mixing_exponent": Sweep((*_names(BALANCED_ERROR), "auroc"), "learner.omega"),
}
"""Layouts of the papers' figures, by study; one that does not fit its design (a changed sweep) is not used."""


@draws(SizeCurves)
def draw_sizes(summary: Summary, title: str) -> Drawing:
    """Draw a study of the synthetic size with the first layout that fits its design."""
    fitting = (layout for layout in _layouts(summary) if layout.fits(summary.design))
    return next(fitting).draw(summary, title)


def _layouts(summary: Summary) -> Iterator[Layout]:
    design = summary.design
    if design.study in PAPERS:
        yield PAPERS[design.study]
    yield REGIME_MAP
    yield shape_of(design, present_metrics(summary))
    yield TREATMENTS


def shape_of(design: Design, metrics: tuple[str, ...]) -> Curves | Sweep:
    """The layout that the sweep of a design asks for.

    A sweep over three numbers or more is drawn over that number when the multipliers are few or the cells many;
    everything else is drawn over the multiplier, one panel a cell.

    Parameters
    ----------
    design : Design
        The study.
    metrics : tuple of str
        What it has measured.
    """
    keys = [key for key in numeric_keys(design) if len(design.sweep[key]) >= 3]
    few = len(design.cells[0].multipliers) <= _FEW_MULTIPLIERS
    if keys and (few or len(design.cells) > _MANY_CELLS):
        key = max(keys, key=lambda key: len(design.sweep[key]))
        alone = len(design.cells) == len(design.sweep[key])
        return Sweep(metrics if alone else metrics[:1], key)
    same_population = not any(key.startswith("population") and key != "population.noise" for key in design.sweep)
    return Curves(metrics if len(design.cells) == 1 else metrics[:1], shared=same_population)


def present_metrics(summary: Summary) -> tuple[str, ...]:
    """What is asked of the synthetic rows; else excess risk and parameter error; else the first two there are."""
    found = tuple(dict.fromkeys(row.metric for row in summary.rows))
    usual = tuple(name for name in _names(EXCESS_RISK, PARAMETER_ERROR) if name in found)
    return tuple(name for name in _names(SPREAD) if name in found) or usual or found[:2]
