"""View (c): rows of replication 0 in the plane of g_φ and g_ψ, the two pulls, and the fitted directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.explore.forecasts import first_order
from synththeory.explore.state import State
from synththeory.fits import LinearFit
from synththeory.generators import Generator
from synththeory.losses import LogisticLoss
from synththeory.sample import Block, Sample
from synththeory.sim.design.cells import Cell
from synththeory.streams import Streams

_MOST = 400
"""Rows shown of a class."""


@dataclass(frozen=True)
class Cloud:
    """Rows of one kind in the plane, (m, 2)."""

    name: str
    words: str
    points: Array


@dataclass(frozen=True)
class Segment:
    """A decision boundary or an arrow, from one point of the plane to another."""

    words: str
    colour: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Geometry:
    """What view (c) draws.

    Attributes
    ----------
    clouds : tuple of Cloud
        None where the rows have one coordinate, or more than two classes.
    lines, arrows : tuple of Segment
        Boundaries of the fits; g_φ and g_ψ, the longer at a fixed length.
    centre : (float, float)
    reach : float
        Middle and half the width of the drawing.
    words : str
        Caption.
    """

    clouds: tuple[Cloud, ...]
    lines: tuple[Segment, ...]
    arrows: tuple[Segment, ...]
    centre: tuple[float, float]
    reach: float
    words: str


def geometry(state: State) -> Geometry:
    """Rows, pulls and fits of replication 0 of a state's cell."""
    (cell,) = state.design.cells
    if len(cell.counts) != 2 or cell.population.dimension < 2 or not _generators(cell):
        return Geometry((), (), (), (0.0, 0.0), 1.0, "")
    gap = cell.counts[0] - cell.counts[1]
    sizes = sorted({0, gap, round(state.handle * gap)})
    streams = Streams.named(cell.seed, cell.point, 0, 1)
    majority, minority = cell.population.sample(streams, cell.counts)
    generator = _shown(cell)
    synthetic = generator.draw(streams, minority, majority, max(*sizes, 1))
    pulls = _pulls(cell, generator)
    plane = _plane(pulls, minority.rows[0].mean(axis=0) - majority.rows[0].mean(axis=0))
    made = synthetic.rows[0][: max(round(state.handle * gap), 1)]
    clouds = [
        Cloud(name, words, rows[:_MOST] @ plane.T)
        for name, words, rows in (
            ("majority", "majority", majority.rows[0]),
            ("synthetic", generator.label, made),
            ("minority", "minority", minority.rows[0]),
        )
    ]
    centre, reach = _frame(clouds)
    lines = _boundaries(cell, (majority, minority), synthetic, sizes, plane, centre, reach)
    words = (
        f"Why: rows of replication 0, the pull of the classes g_φ and of {generator.label}’s error g_ψ, and the fitted "
        "boundaries."
    )
    if cell.population.dimension > 2:
        words += " Plane of g_φ and g_ψ; boundaries at the centre of the other coordinates."
    return Geometry(tuple(clouds), lines, _arrows(pulls, plane, centre, reach), centre, reach, words)


def _shown(cell: Cell) -> Generator:
    """The first generator that errs, or the first."""
    generators = _generators(cell)
    return next((each for each in generators if each.kind != "oracle"), generators[0])


def _generators(cell: Cell) -> tuple[Generator, ...]:
    return tuple(arm.use.generator for arm in cell.arms if arm.use is not None)


def _pulls(cell: Cell, generator: Generator) -> tuple[tuple[str, Vector], ...]:
    """g_φ and g_ψ in the rows' own coordinates, (d,) each; none where theory is silent."""
    arm = next((each for each in cell.arms if each.label == generator.label), None)
    leading = first_order(cell, arm) if arm is not None else None
    if leading is None:
        return ()
    dimension = cell.population.dimension
    return ("g_φ", leading.g_phi[:dimension]), ("g_ψ", leading.g_psi[:dimension])


def _plane(pulls: tuple[tuple[str, Vector], ...], shift: Vector) -> Matrix:
    """Two orthonormal directions, (2, d): of the pulls where they have any, then of the shift, then of the axes."""
    candidates = [pull for _, pull in pulls] + [shift, *np.eye(shift.shape[0])]
    chosen: list[Vector] = []
    for candidate in candidates:
        rest = np.array(candidate, dtype=np.float64)
        for one in chosen:
            rest -= (one @ rest) * one
        if len(chosen) < 2 and np.linalg.norm(rest) > 1e-6 * max(float(np.linalg.norm(candidate)), 1e-6):
            chosen.append(rest / np.linalg.norm(rest))
    return np.array(chosen)


def _frame(clouds: list[Cloud]) -> tuple[tuple[float, float], float]:
    points = np.concatenate([cloud.points for cloud in clouds])
    low, high = np.quantile(points, [0.01, 0.99], axis=0)
    centre = 0.5 * (low + high)
    return (float(centre[0]), float(centre[1])), float(0.6 * (high - low).max())


def _arrows(
    pulls: tuple[tuple[str, Vector], ...], plane: Matrix, centre: tuple[float, float], reach: float
) -> tuple[Segment, ...]:
    longest = max((float(np.linalg.norm(pull)) for _, pull in pulls), default=0.0)
    if longest < 1e-9:
        return ()
    colours = {"g_φ": "#000000", "g_ψ": "#B34700"}
    ends = {
        name: 0.5 * reach / longest * (plane @ pull) for name, pull in pulls if np.linalg.norm(pull) > 1e-6 * longest
    }
    return tuple(
        Segment(name, colours[name], centre, (centre[0] + float(end[0]), centre[1] + float(end[1])))
        for name, end in ends.items()
    )


def _boundaries(
    cell: Cell,
    blocks: tuple[Block, Block],
    synthetic: Sample,
    sizes: list[int],
    plane: Matrix,
    centre: tuple[float, float],
    reach: float,
) -> tuple[Segment, ...]:
    """Where the fitted score crosses the threshold, in the plane through the rows' centre."""
    if not cell.theorised:
        return ()
    gap = cell.counts[0] - cell.counts[1]
    fit = cell.learner.path(Sample.of(*blocks), synthetic, np.array([sizes], dtype=np.int64))
    if not isinstance(fit, LinearFit):
        return ()
    labels = [block.stratum.response for block in blocks]
    threshold = 0.0 if isinstance(cell.learner.loss, LogisticLoss) else float(np.mean(labels))
    middle = np.concatenate([block.rows[0] for block in blocks]).mean(axis=0)
    middle = middle + (np.array(centre) - plane @ middle) @ plane
    found = []
    for size, theta in zip(sizes, fit.coefficients[0], strict=True):
        slopes, rest = theta[: middle.shape[0]], theta[middle.shape[0] :].sum()
        normal, level = plane @ slopes, float(slopes @ middle + rest - threshold)
        length = float(np.linalg.norm(normal))
        if np.isfinite(length) and length > 1e-9:
            near = np.array(centre) - level * normal / length**2
            along = 3.0 * reach * np.array([-normal[1], normal[0]]) / length
            ends = [(float(point[0]), float(point[1])) for point in (near - along, near + along)]
            outside = " (outside)" * (abs(level) / length > 1.4 * reach)
            found.append(Segment(f"fit at γ = {size / gap:.3g}{outside}", "#1a1a1a", *ends))
    return tuple(found)
