"""MOMS (arXiv 2509.11511): majority rows mapped onto the minority by a small maximum mean discrepancy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from synththeory.arrays import Array
from synththeory.components import NonNegative, Positive
from synththeory.errors import SynththeoryError
from synththeory.generators.given import finite
from synththeory.generators.learned.base import Learned, nearest
from synththeory.streams import Streams

Kernel = Literal["gaussian", "laplacian", "inverse-multiquadric", "rational-quadratic"]
_PUBLISHED_STEPS, _PUBLISHED_RATE = 1000, 0.01


def mmd(x: ArrayLike, y: ArrayLike, kernel: Kernel = "gaussian", bandwidth: float | Literal["median"] = 1.0) -> float:
    """Biased MMD², mean K(x, x) + mean K(y, y) − 2 mean K(x, y) [F].

    Parameters
    ----------
    x, y : array-like
        (n, d) and (m, d).
    kernel : str
        exp(−r²/(2h²)); exp(−‖·‖₁/h); (r² + 1)^(−1/2); (1 + r²/(2h²))^(−1).
    bandwidth : float or "median"
        h; the lower median of the distances between x and y.

    Raises
    ------
    SynththeoryError
        An unknown kernel, or a bandwidth that is not positive, as the median of equal rows is.
    """
    one, other = finite(x, "moms", "x"), finite(y, "moms", "y")
    width = _lower_median(one, other) if bandwidth == "median" else float(bandwidth)
    if not width > 0.0:
        raise SynththeoryError(f"moms: the bandwidth must be above 0, got {width:g}; equal rows have none")
    means = [_kernel(a, b, kernel, width).mean() for a, b in ((one, one), (other, other), (one, other))]
    return float(means[0] + means[1] - 2.0 * means[2])


def danger(minority: ArrayLike, majority: ArrayLike, neighbors: int = 5) -> NDArray[np.bool_]:
    """Minority rows whose k nearest other rows are mostly, and not all, of the majority, (n1,): more than ⌊k/2⌋ [F]."""
    own, others = finite(minority, "moms", "minority"), finite(majority, "moms", "majority")
    if neighbors >= len(own) + len(others):
        raise SynththeoryError(f"moms: neighbors must be fewer than the {len(own) + len(others)} rows, got {neighbors}")
    found = nearest(np.concatenate([own, others]), neighbors)[: len(own)]
    count = (found >= len(own)).sum(axis=1)
    return np.asarray((count > neighbors // 2) & (count < neighbors))


def safe_majority(minority: ArrayLike, majority: ArrayLike, quantile: float = 0.75) -> NDArray[np.bool_]:
    """Majority rows farther from the nearest minority row than the quantile of all these distances, (n0,) [F].

    None is where all are equally far: the triplet term is then left out.
    """
    from scipy.spatial.distance import cdist

    distances = cdist(finite(majority, "moms", "majority"), finite(minority, "moms", "minority")).min(axis=1)
    return np.asarray(distances > np.quantile(distances, quantile))


def margin_of(danger_rows: ArrayLike, base: float = 1.0, share: float = 0.3) -> float:
    """m = base + share · mean distance within the danger rows, where there are two at least [F]."""
    from scipy.spatial.distance import pdist

    rows = np.asarray(danger_rows, dtype=np.float64)
    return base + (share * float(pdist(rows).mean()) if len(rows) > 1 else 0.0)


def triplet(rows: ArrayLike, danger_rows: ArrayLike, safe_rows: ArrayLike, margin: float) -> float:
    """Mean of max(0, distance to the nearest danger row − distance to the nearest safe majority row + m) [F]."""
    from scipy.spatial.distance import cdist

    made = finite(rows, "moms", "mapped")
    near, far = (cdist(made, finite(each, "moms", "anchor")).min(axis=1) for each in (danger_rows, safe_rows))
    return float(np.maximum(near - far + margin, 0.0).mean())


def parameters(dimension: int, widths: Sequence[int], latent: int) -> int:
    """Number of weights, biases and normalisation parameters of the published net of these widths."""
    chain = [dimension, *widths, latent, *reversed(widths)]
    normed = sum((fan + 1) * out + 2 * out for fan, out in pairwise(chain))
    return normed + (chain[-1] + 1) * dimension


class Moms(Learned):
    """Majority rows mapped onto the minority's law, a triplet term pulling them to minority rows in danger.

    The map is x + g(x) with widths 2d and 4d, trained on mini-batches by the unbiased MMD² of three Gaussian kernels
    about the median distance between both classes; a row is the image of a random majority row plus a little noise, so
    that any number can be made [D]. With ``faithful`` it is the published net at its library's widths, full batches and
    biased MMD² [F]: its rows are the images of the majority's rows in their order, again and again beyond n0.

    Attributes
    ----------
    neighbors : int
        k of `danger`.
    quantile : float
        Of `safe_majority`.
    triplet : float
        λ ≥ 0.
    steps, batch : int
        Of the training; the published one is of 1000 full batches.
    noise : float
        Added to majority rows, in standard deviations of the columns.
    faithful, pilot
        As in `Learned`.
    """

    kind: Literal["moms"] = "moms"
    programs: ClassVar[tuple[str, ...]] = ("maps", "keys", "ordered")
    smallest_minority: ClassVar[int] = 3
    neighbors: Annotated[int, Field(ge=1)] = 5
    quantile: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.75
    triplet: NonNegative = 0.01
    steps: Annotated[int, Field(ge=1)] = 600
    rate: Positive = 0.003
    batch: Annotated[int, Field(ge=2)] = 256
    noise: NonNegative = 0.1

    def learnt(self, streams: Streams, minority: Array, majority: Array) -> Map | Images:
        """A map of majority rows."""
        from synththeory.neural.maps import Anchors, Recipe, published, residual

        anchors = Anchors(*self._anchors(minority, majority))
        if self.faithful:
            count = max(len(majority) - len(minority), 2)
            chosen = np.argsort(streams.uniforms("trained", len(majority))[0], kind="stable")[:count]
            recipe = Recipe(_PUBLISHED_STEPS, _PUBLISHED_RATE, self.triplet, 0, 0.0)
            return Images(published(recipe, streams, majority, minority, anchors, chosen))
        width = _lower_median(minority, majority) or 1.0
        recipe = Recipe(self.steps, self.rate, self.triplet, self.batch, self.noise)
        return Map(majority, residual(recipe, streams, majority, minority, anchors, width), self.noise)

    def _anchors(self, own: Array, others: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
        endangered = danger(own, others, min(self.neighbors, len(own) + len(others) - 1))
        return endangered, safe_majority(own, others, self.quantile), margin_of(own[endangered])


def chunked(size: int, minority: int) -> int:
    """Rows the published code makes where it is asked for ``size``: whole chunks of n1, ⌈size/n1⌉ n1 [F]."""
    return -(-size // minority) * minority


@dataclass(frozen=True, eq=False)
class Map:
    """Random majority rows moved a little and mapped.

    Attributes
    ----------
    majority : Array
        (n0, d).
    layers : tuple of Array
        Of g in x + g(x).
    noise : float
        Standard deviation of what is added before.
    """

    majority: Array
    layers: tuple[Array, ...]
    noise: float

    def rows(self, streams: Streams, size: int) -> Array:
        """Their images."""
        from synththeory.neural.maps import residual_rows

        count, dimension = self.majority.shape
        places = (streams.uniforms("rows", size)[0] * count).astype(np.int64)
        moves = self.noise * streams.normals("noise", size, dimension)[0]
        return residual_rows(self.layers, self.majority[places] + moves)


@dataclass(frozen=True, eq=False)
class Images:
    """Ready images of all majority rows.

    Attributes
    ----------
    made : Array
        (n0, d), in the majority's order.
    """

    made: Array

    def rows(self, streams: Streams, size: int) -> Array:
        """In their order, again and again."""
        return self.made[np.arange(size) % len(self.made)]


def _lower_median(one: Array, other: Array) -> float:
    from scipy.spatial.distance import cdist

    distances = cdist(one, other).ravel()
    middle = (distances.size - 1) // 2
    return float(np.partition(distances, middle)[middle])


def _kernel(one: Array, other: Array, kernel: Kernel, width: float) -> Array:
    from scipy.spatial.distance import cdist

    if kernel == "laplacian":
        return np.asarray(np.exp(-cdist(one, other, "cityblock") / width))
    squares = cdist(one, other, "sqeuclidean")
    if kernel == "gaussian":
        return np.asarray(np.exp(-squares / (2.0 * width**2)))
    if kernel == "inverse-multiquadric":
        return np.asarray((squares + 1.0) ** -0.5)
    if kernel == "rational-quadratic":
        return np.asarray(1.0 / (1.0 + squares / (2.0 * width**2)))
    raise SynththeoryError(
        f"moms: unknown kernel {kernel!r}; valid: gaussian, laplacian, inverse-multiquadric, rational-quadratic"
    )
