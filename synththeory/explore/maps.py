"""View (b): which map a state has; theory over the direction and size of a generator's error."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from synththeory.arrays import Matrix
from synththeory.corrections import Reweighted
from synththeory.explore import gains
from synththeory.explore.forecasts import generator_curve
from synththeory.explore.gains import gain_map, has_gains
from synththeory.explore.state import State
from synththeory.explore.surfaces import Axis, Change, Map, Shown, Surface
from synththeory.generators import SteeredGaussian
from synththeory.learners import Learner
from synththeory.losses import SquaredLoss
from synththeory.populations import Population
from synththeory.sim.design.cells import Cell
from synththeory.theory import predict_baseline, regime
from synththeory.theory.maps import RegimeMap, regime_map
from synththeory.theory.sizes import best_multiplier

_ANGLES, _RATIOS = np.linspace(0.0, 180.0, 31), np.linspace(0.0, 0.45, 21)
NAME = "error of a generator"
_NONE = (
    "No map: there is one of least squares under local asymmetry with a Gaussian minority, and one of two Gaussian "
    "classes (gaussian-shift, or gaussian-mixture of a component each)."
)
_WORDS = "Theory over the direction and size of a generator’s error. Click, or use the arrow keys on the ring, to move."


def shown_map(state: State, name: str = "") -> Shown:
    """One of the maps of a state: of a generator's error, of what synthetic rows gain; or none, with the reason.

    Parameters
    ----------
    state : State
    name : str
        Of the map that is wanted; the first that there is where the state has no such map.
    """
    (cell,) = state.design.cells
    makers: dict[str, Callable[[], Map]] = {}
    if _has_map(cell):
        makers[NAME] = lambda: error_map(cell, _tables(state))
    if has_gains(cell):
        makers[gains.NAME] = lambda: gain_map(cell, state.table)
    if not makers:
        nowhere = Axis("", np.empty(0), (), ())
        return Shown(Map(nowhere, nowhere, (), (0.0, 0.0), _NONE), ())
    made = makers[name if name in makers else next(iter(makers))]
    return Shown(made(), tuple(makers))


def error_map(cell: Cell, generators: list[dict[str, Any]]) -> Map:
    """Theory over the direction and size of a generator's error.

    Parameters
    ----------
    cell : Cell
    generators : list of tables
        As the design writes them.
    """
    place, steered = _steered(cell)
    add = Change("augmentation.generators", [*generators, {"kind": steered.kind}])
    first = () if place < len(generators) else (add,)
    key = f"augmentation.generators.{place}"
    majority, minority = cell.counts
    whole = _map(cell.population, cell.learner, (majority, minority))
    best, over_balancing, over_reweighting = _here(cell, steered)
    return Map(
        Axis(
            "angle between g_ψ and g_φ, degrees", _ANGLES, (0, 45, 90, 135, 180), (*first, Change(f"{key}.angle", None))
        ),
        Axis("‖g_ψ‖/‖g_φ‖", _RATIOS, (0.0, 0.1, 0.2, 0.3, 0.4), (Change(f"{key}.ratio", None),)),
        (
            Surface("best γ", whole.optimal_multiplier, best, (0.5, 1.0, 2.0, 4.0, 8.0)),
            _gain("risk of reweighting over the best", whole.gain_over_free_fix, over_reweighting),
            _gain("risk of balancing over the best", whole.gain_over_balancing, over_balancing),
        ),
        (steered.angle, steered.ratio),
        _WORDS,
        NAME,
    )


def _gain(name: str, whole: Matrix, here: float) -> Surface:
    return Surface(name, whole, here, (0.5, 1.0, 2.0, 5.0, 10.0))


def _here(cell: Cell, steered: SteeredGaussian) -> tuple[float, float, float]:
    """Best γ and the two gains where the page is: by the curve that is drawn, which the map only follows."""
    majority, minority = cell.counts
    gap = majority - minority
    curve = generator_curve(cell, steered)
    best = best_multiplier(curve)
    balanced, least = curve.at([gap, gap * best]).total
    free = predict_baseline(cell.population, Reweighted(), cell.learner, majority, minority)
    return best, float(balanced / least), float("nan") if free is None else float(free.total[0] / least)


@lru_cache(maxsize=8)
def _map(population: Population, learner: Learner, counts: tuple[int, int]) -> RegimeMap:
    """All that does not change while the page moves over the map."""
    return regime_map(population, learner, counts, Reweighted(), _ANGLES, _RATIOS)


def _steered(cell: Cell) -> tuple[int, SteeredGaussian]:
    """The design's steered generator and its place in the list; a new one at the list's end where there is none."""
    generators = list(dict.fromkeys(arm.use.generator for arm in cell.arms if arm.use is not None))
    for place, generator in enumerate(generators):
        if isinstance(generator, SteeredGaussian):
            return place, generator
    return len(generators), SteeredGaussian()


def _has_map(cell: Cell) -> bool:
    if len(cell.counts) != 2 or not cell.theorised or not isinstance(cell.learner.loss, SquaredLoss):
        return False
    asymmetric = regime(cell.population, cell.learner.loss).name == "locally asymmetric"
    return asymmetric and cell.population.kind == "gaussian-shift" and any(arm.use for arm in cell.arms)


def _tables(state: State) -> list[dict[str, Any]]:
    generators: list[dict[str, Any]] = state.table["augmentation"]["generators"]
    return generators
