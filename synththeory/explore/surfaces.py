"""What view (b) draws: surfaces over two settings, and where the page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from synththeory.arrays import Matrix, Vector


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
    ticks : tuple of float
        Where the values are written.
    changes : tuple of Change
        What a move writes; ``written`` None stands for the value.
    scale : str
        Linear or logarithmic.
    """

    name: str
    values: Vector
    ticks: tuple[float, ...]
    changes: tuple[Change, ...]
    scale: Literal["linear", "log"] = "linear"


@dataclass(frozen=True)
class Surface:
    """What theory says at every place of the map.

    Attributes
    ----------
    name : str
        What is shown, as in the list to choose from.
    values : Matrix
        (y, x).
    value : float
        Where the page is.
    ticks : tuple of float
        Of the logarithmic colours, from the lowest to the highest.
    """

    name: str
    values: Matrix
    value: float
    ticks: tuple[float, ...]


@dataclass(frozen=True)
class Map:
    """What view (b) draws.

    Attributes
    ----------
    x, y : Axis
    surfaces : tuple of Surface
        What can be shown over them; none where there is no map.
    here : (float, float)
        Where the page is.
    words : str
        Caption.
    name : str
        What it is over, as in the list of maps.
    """

    x: Axis
    y: Axis
    surfaces: tuple[Surface, ...]
    here: tuple[float, float]
    words: str
    name: str = ""


@dataclass(frozen=True)
class Shown:
    """The map that is shown, and the names of all that this setting has."""

    map: Map
    names: tuple[str, ...]
