"""KOTARO (arXiv 2510.04046): a kernel interpolation whose basis functions are as wide as their neighbourhoods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from synththeory.arrays import Array, Integers, Vector
from synththeory.caches import Cache
from synththeory.components import NonNegative
from synththeory.errors import SynththeoryError
from synththeory.learners.base import Learner
from synththeory.learners.scorers import ScorerFits, each_fitted
from synththeory.losses import ZeroOneLoss
from synththeory.sample import Sample
from synththeory.streams import Streams

Threshold = Literal["g-mean", "zero"]
_CHUNK = 1024
"""Rows whose distances to all centres are held at once."""
_PLACES: Cache[tuple[Array, Vector]] = Cache(4)
"""Centres and reaches of the tables fitted last: class weights are another fit to the same rows."""


@dataclass(frozen=True, eq=False)
class Kernels:
    """f(x) = Σ_i w_i exp(−γ_i ‖x − c_i‖²).

    Attributes
    ----------
    centres : Array
        c, (m, d).
    reaches : Vector
        Distance from each centre to its n-th nearest training row, (m,).
    gammas : Vector
        γ = 1/reach^power, (m,).
    weights : Vector
        w, (m,).
    left_out : Vector
        The value at each training row of the fit without it, bandwidths held, (n,).
    signs : Vector
        The training rows' classes, ±1, (n,).
    """

    centres: Array
    reaches: Vector
    gammas: Vector
    weights: Vector
    left_out: Vector
    signs: Vector

    def scores(self, rows: Array) -> Vector:
        """f at rows (m, d); it falls to 0, which is no class, far from all centres."""
        made = [
            _kernel(rows[first : first + _CHUNK], self.centres, self.gammas) @ self.weights
            for first in range(0, len(rows), _CHUNK)
        ]
        return np.concatenate([np.empty(0), *made])

    @property
    def threshold(self) -> float:
        """The cut on f that maximises the G-mean of the left-out values, halfway between two of them."""
        return g_mean_cut(self.left_out, self.signs)


def fit(
    X: ArrayLike, y: ArrayLike, neighbors: int = 5, ridge: float = 1.0, *, power: int = 1, centres: int = 5000,
    seed: int = 0, weights: ArrayLike | None = None,
) -> Kernels:  # fmt: skip
    """Interpolate labels ±1 by one kernel a row.

    With K_ab = exp(−γ_b ‖x_a − x_b‖²), γ_b = 1/d_b the inverse distance to the n-th nearest row of either class [P] (or
    1/d_b²), the weights solve (K + αI)w = y [P for α = 0, R]. K is not symmetric. Without row i its value is
    y_i − w_i/((K + αI)⁻¹)_ii [D]. With row weights ω the ridge of row i is α/ω_i, of which the same holds [D].

    Beyond ``centres`` rows the kernels sit at the rarer class's rows and at k-means centres of the other class, and w
    minimises Σ ω_i(Kw − y)_i² + α‖w‖² [R].

    Parameters
    ----------
    X : array-like
        (n, d); γ depends on the units, so standardise first.
    y : array-like
        −1 or +1, (n,), both present; the minority is +1.
    neighbors : int
        n ≥ 1, fewer than the rows.
    ridge : float
        α ≥ 0; 0 interpolates exactly.
    power : {1, 2}
        Of the distance in γ.
    centres : int
        Most kernels.
    seed : int
        Of k-means.
    weights : array-like, optional
        ω > 0, (n,); ones when not given.

    Returns
    -------
    Kernels

    Raises
    ------
    SynththeoryError
        Rows or labels that are no finite table of two classes, too few rows, rows that are all alike, or exact
        interpolation of rows of which some are equal; with the remedy.
    """
    rows, signs = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    shares = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
    _check(rows, signs, neighbors, ridge, power)
    if shares.shape != signs.shape or not (shares > 0.0).all():
        raise SynththeoryError("kotaro: expected a weight > 0 for every row; leave out rows of weight 0")
    here, reaches = _placed(rows, signs, neighbors, centres, seed)
    gammas = reaches**-power
    kernel = _kernel(rows, here, gammas)
    solved = _interpolated if here is rows else _least_squares
    found, left_out = solved(kernel, signs, ridge, shares)
    return Kernels(here, reaches, gammas, found, left_out, signs)


def g_mean_cut(values: Vector, signs: Vector) -> float:
    """The cut c that maximises √(share of +1 above c · share of −1 at or below c), halfway between two values.

    Parameters
    ----------
    values, signs : Vector
        (n,), and ±1, both present.
    """
    order = np.argsort(values, kind="stable")
    ordered, minority = values[order], signs[order] > 0.0
    recall = 1.0 - np.cumsum(minority)[:-1] / minority.sum()
    specificity = np.cumsum(~minority)[:-1] / (~minority).sum()
    quality = np.where(ordered[1:] > ordered[:-1], recall * specificity, -1.0)
    place = int(quality.argmax())
    return float(0.5 * (ordered[place] + ordered[place + 1]))


class Kotaro(Learner):
    """KOTARO: exact or ridged interpolation by kernels whose width follows the local density.

    Attributes
    ----------
    neighbors : int
        n ≥ 1: a kernel reaches to the n-th nearest row.
    ridge : float
        α ≥ 0; 0 interpolates, as published.
    power : {1, 2}
        γ = 1/d^power; the published power is 1.
    threshold : {"g-mean", "zero"}
        Where the score is cut: the leave-one-out cut, or 0.
    standardised : bool
        Whether columns are scaled to unit variance first; constant ones are left.
    centres : int
        Most kernels.
    """

    kind: Literal["kotaro"] = "kotaro"
    neighbors: Annotated[int, Field(ge=1)] = 5
    ridge: NonNegative = 1.0
    power: Literal[1, 2] = 1
    threshold: Threshold = "g-mean"
    standardised: bool = True
    centres: Annotated[int, Field(ge=10)] = 5000
    batch: ClassVar[int | None] = None

    @property
    def loss(self) -> ZeroOneLoss:
        """0–1 loss of the sign: its score is no log-odds."""
        return ZeroOneLoss(intercept=True)

    def columns(self, dimension: int) -> int:
        """Many: a kernel matrix has as many columns as rows."""
        return max(dimension, 1000)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> ScorerFits:
        """A fit at every size of every replication."""
        return each_fitted(real, synthetic, sizes, self.fitted)

    def fitted(self, rows: Array, signs: Vector, weights: Vector | None = None) -> Cut:
        """One fit, (n, d), ±1, (n,), and weights, (n,).

        Raises
        ------
        SynththeoryError
            As `fit`.
        """
        spread = rows.std(axis=0) if self.standardised else np.ones(rows.shape[1])
        scale = np.where(spread > 0.0, spread, 1.0)
        found = fit(
            rows / scale, signs, self.neighbors, self.ridge, power=self.power, centres=self.centres, weights=weights
        )
        return Cut(found, scale, found.threshold if self.threshold == "g-mean" else 0.0)


@dataclass(frozen=True, eq=False)
class Cut:
    """A fit, the units of its columns, and where it is cut.

    Attributes
    ----------
    kernels : Kernels
        In standardised columns.
    scale : Vector
        (d,).
    threshold : float
        On f.
    """

    kernels: Kernels
    scale: Vector
    threshold: float

    def scores(self, rows: Array) -> Vector:
        """f less its threshold, (m,)."""
        return self.kernels.scores(rows / self.scale) - self.threshold


def _check(rows: Array, signs: Vector, neighbors: int, ridge: float, power: int) -> None:
    if rows.ndim != 2 or signs.shape != rows.shape[:1]:
        raise SynththeoryError(f"kotaro: expected rows (n, d) and labels (n,), got {rows.shape} and {signs.shape}")
    broken = int((~np.isfinite(rows)).any(axis=1).sum())
    if broken:
        raise SynththeoryError(f"kotaro: {broken} rows have NaN or infinite entries; impute or drop them")
    if set(np.unique(signs)) != {-1.0, 1.0}:
        raise SynththeoryError(f"kotaro: expected labels −1 and +1, both present, got {np.unique(signs)[:5].tolist()}")
    if not 1 <= neighbors < len(rows):
        raise SynththeoryError(
            f"kotaro: neighbors must be at least 1 and fewer than the {len(rows)} rows, got {neighbors}"
        )
    if not ridge >= 0.0 or power not in (1, 2):
        raise SynththeoryError(f"kotaro: expected ridge ≥ 0 and power 1 or 2, got ridge {ridge!r} and power {power!r}")
    twins = len(rows) - len(np.unique(rows, axis=0))
    if ridge == 0.0 and twins:
        raise SynththeoryError(
            f"kotaro: {twins} rows equal an earlier one, and exact interpolation of them has no solution; give it a "
            "ridge, such as 1, or drop the duplicates"
        )


def _kernel(rows: Array, centres: Array, gammas: Vector) -> Array:
    from scipy.spatial.distance import cdist

    squares = cdist(rows, centres, "sqeuclidean")
    squares *= -gammas
    return np.asarray(np.exp(squares, out=squares))


def _placed(rows: Array, signs: Vector, neighbors: int, most: int, seed: int) -> tuple[Array, Vector]:
    """Centres and their reaches, which no weight moves: rows that were fitted with others a moment ago have theirs."""
    if len(rows) <= most:
        return rows, _reaches(rows, rows, neighbors)

    def place() -> tuple[Array, Vector]:
        here = _chosen_centres(rows, signs, most, seed)
        return here, _reaches(rows, here, neighbors)

    table = np.column_stack([rows, signs])
    return _PLACES.get((table.tobytes(), table.shape, neighbors, most, seed), place)


def _reaches(rows: Array, centres: Array, neighbors: int) -> Vector:
    """Distance from each centre to its n-th nearest row; a row is no neighbour of its own, and zeros are raised."""
    from scipy.spatial.distance import cdist

    own = int(centres is rows)  # a centre of k-means is no row
    found = [
        np.partition(cdist(centres[first : first + _CHUNK], rows), neighbors - 1 + own, axis=1)[:, neighbors - 1 + own]
        for first in range(0, len(centres), _CHUNK)
    ]
    reaches = np.concatenate(found)
    positive = reaches[reaches > 0.0]
    if not positive.size:
        raise SynththeoryError(
            f"kotaro: every row equals its {neighbors} nearest ones, so no kernel has a width; raise neighbors, or "
            "drop the duplicates and constant columns"
        )
    return np.asarray(np.maximum(reaches, positive.min()))


def _interpolated(kernel: Array, signs: Vector, ridge: float, shares: Vector) -> tuple[Vector, Vector]:
    kernel[np.diag_indices_from(kernel)] += ridge / shares
    inverse = np.linalg.inv(kernel)
    weights: Vector = np.linalg.solve(kernel, signs).astype(np.float64)
    return weights, signs - weights / np.diag(inverse)


def _least_squares(kernel: Array, signs: Vector, ridge: float, shares: Vector) -> tuple[Vector, Vector]:
    from scipy.linalg import cho_solve, cholesky, solve_triangular

    level = max(ridge, 1e-10 * float(np.square(kernel).sum()) / kernel.shape[1])
    weighed = kernel.T if (shares == 1.0).all() else kernel.T * shares
    gram = weighed @ kernel
    gram[np.diag_indices_from(gram)] += level
    factor = cholesky(gram, lower=True, overwrite_a=True)
    weights: Vector = cho_solve((factor, True), weighed @ signs)
    reach = solve_triangular(factor, kernel.T, lower=True)  # (m, n): half the operations of a solution
    leverage = shares * np.einsum("ij,ij->j", reach, reach)
    return weights, signs - (signs - kernel @ weights) / np.maximum(1.0 - leverage, 1e-12)


def _chosen_centres(rows: Array, signs: Vector, most: int, seed: int) -> Array:
    """The rarer class's rows and k-means centres of the other; of the rarer too where it has more than half of them."""
    from sklearn.cluster import MiniBatchKMeans

    def some(own: Array, count: int) -> Array:
        if len(own) <= count:
            return own
        model = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=max(4096, count))  # type: ignore[no-untyped-call]
        return np.asarray(model.fit(own).cluster_centers_, dtype=np.float64)

    classes = sorted((rows[signs < 0.0], rows[signs > 0.0]), key=len)
    rare = some(classes[0], most // 2)
    return np.concatenate([rare, some(classes[1], most - len(rare))])
