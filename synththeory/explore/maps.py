"""View (b): theory's best amount over the direction and size of a generator's error, and where the page is on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.corrections import Reweighted
from synththeory.explore.state import State
from synththeory.generators import SteeredGaussian
from synththeory.losses import SquaredLoss
from synththeory.sim.design.cells import Cell
from synththeory.theory import regime
from synththeory.theory.maps import regime_map

_ANGLES, _RATIOS, _LARGEST = 31, 21, 0.45
_WORDS = (
    "Theory’s best γ over the direction and size of a generator’s error. Click, or focus the ring and use the arrow "
    "keys, to move."
)
_LOW, _HIGH, _TICKS = 0.5, 8.0, (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Change:
    """What moving along an axis writes into the design: the value itself, or a table beside it."""

    key: str
    written: Any


@dataclass(frozen=True)
class Axis:
    """One side of the map.

    Attributes
    ----------
    name : str
    values : Vector
        Increasing.
    scale : {"linear", "log"}
    changes : tuple of Change
        What a move writes; ``written`` None stands for the value.
    """

    name: str
    values: Vector
    scale: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Map:
    """What view (b) draws.

    Attributes
    ----------
    x, y : Axis
    values : Matrix
        (y, x); empty where there is no map.
    here : (float, float)
        Where the page is.
    value : float
        The quantity there.
    quantity : str
        Its name.
    low, high, ticks
        Of the logarithmic colours.
    words : str
        Caption.
    """

    x: Axis
    y: Axis
    values: Matrix
    here: tuple[float, float]
    value: float
    quantity: str
    low: float
    high: float
    ticks: tuple[float, ...]
    words: str


def error_map(state: State) -> Map:
    """The regime map of a state's population, learner and sample."""
    (cell,) = state.design.cells
    place = next((k for k, each in enumerate(cell.generators) if isinstance(each, SteeredGaussian)), None)
    if not _has_map(cell):
        return _none("No map: it is about least squares under local asymmetry, with a Gaussian minority.")
    angles, ratios = np.linspace(0.0, 180.0, _ANGLES), np.linspace(0.0, _LARGEST, _RATIOS)
    majority, minority = cell.counts
    around = partial(regime_map, cell.population, cell.learner, (majority, minority), Reweighted())
    steered = SteeredGaussian() if place is None else cell.generators[place]
    assert isinstance(steered, SteeredGaussian)
    here = (steered.angle, steered.ratio)
    at = around(np.array(here[:1]), np.array(here[1:]))
    key = f"augmentation.generators.{len(cell.generators) if place is None else place}"
    with_one = Change("augmentation.generators", [*_tables(state), {"kind": "steered-gaussian"}])
    first = () if place is not None else (with_one,)
    return Map(
        Axis("angle between g_ψ and g_φ", angles, "linear", (*first, Change(f"{key}.angle", None))),
        Axis("‖g_ψ‖/‖g_φ‖", ratios, "linear", (Change(f"{key}.ratio", None),)),
        around(angles, ratios).optimal_multiplier,
        here,
        float(at.optimal_multiplier[0, 0]),
        "best γ",
        _LOW,
        _HIGH,
        _TICKS,
        _WORDS,
    )


def _has_map(cell: Cell) -> bool:
    if len(cell.counts) != 2 or not cell.theorised or not isinstance(cell.learner.loss, SquaredLoss):
        return False
    asymmetric = regime(cell.population, cell.learner.loss).name == "locally asymmetric"
    return asymmetric and cell.population.kind == "gaussian-shift"


def _tables(state: State) -> list[dict[str, Any]]:
    generators: list[dict[str, Any]] = state.table["augmentation"]["generators"]
    return generators


def _none(words: str) -> Map:
    nowhere = Axis("", np.empty(0), "linear", ())
    return Map(nowhere, nowhere, np.empty((0, 0)), (0.0, 0.0), 0.0, "", _LOW, _HIGH, _TICKS, words)
