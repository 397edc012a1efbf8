"""Do the classes lean the same way? Skewness compared beside covariances: a permutation test, and how far they differ.

Rows that move or scale the majority (`MovedMajority`, `ScaledMajority`, mean-shift transport) presume one shape up to a
scale. With z the rows centred by class, whitened by the pooled covariance and scaled to one total variance in each
class, E[‖z‖²z] is a vector of skewness that turns with the coordinates (Móri, Rohatgi & Székely 1994); for independent
coordinates it is their skewness. The test compares Q = ‖mean_1 ‖z‖²z − mean_0 ‖z‖²z‖² with its values when the class
labels of the z are permuted. [D]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.corrections.covariances import (
    FEWEST,
    PERMUTATIONS,
    CovarianceAgreement,
    centred_and_whitened,
    covariance_agreement,
)
from synththeory.errors import DesignError
from synththeory.streams import Streams


@dataclass(frozen=True)
class SkewAgreement:
    """How the minority's skewness compares with the majority's, whatever their spreads.

    Attributes
    ----------
    p_value : float
        Of the null hypothesis that the classes have one shape up to shift and scale, in [1/400, 1]: it sees unequal
        skewness.
    effect_size : float
        √(max(Q − noise, 0)/r), r the rank, noise the expected square of the sampling error: the root mean square over
        directions of the difference in skewness.
    majority, minority : float
        Root mean square over directions of each class's own skewness, freed of noise in the same way.
    """

    p_value: float
    effect_size: float
    majority: float
    minority: float


@dataclass(frozen=True)
class ShapeAgreement:
    """Whether the classes have one shape, as far as second and third moments tell.

    Attributes
    ----------
    covariance : CovarianceAgreement
        Equal covariances? ``spread_ratio`` away from 1 with little else asks for `ScaledMajority`.
    skew : SkewAgreement
        Equal skewness up to scale?
    """

    covariance: CovarianceAgreement
    skew: SkewAgreement


def shape_agreement(majority: Array, minority: Array, streams: Streams) -> ShapeAgreement:
    """Compare covariances and skewness of two classes.

    Parameters
    ----------
    majority, minority : Array
        (n0, d) and (n1, d), at least four rows each.
    streams : Streams
        One replication; names the permutations.

    Raises
    ------
    DesignError
        Too few rows, or rows that do not vary.
    """
    return ShapeAgreement(
        covariance_agreement(majority, minority, streams), skew_agreement(majority, minority, streams.within("skew"))
    )


def skew_agreement(majority: Array, minority: Array, streams: Streams) -> SkewAgreement:
    """Compare the skewness of two classes.

    Parameters
    ----------
    majority, minority, streams
        As for `shape_agreement`.

    Raises
    ------
    DesignError
        Too few rows, or a class that does not vary.
    """
    whitened = centred_and_whitened(majority, minority)
    counts = (len(majority), len(minority))
    parts = np.split(whitened, counts[:1])
    spreads = [np.sqrt(np.square(part).sum(axis=1).mean() / part.shape[1]) for part in parts]
    if min(spreads) <= 0.0:
        raise DesignError(f"skewness needs two classes that vary, at least {FEWEST} rows each")
    cubes = _cubes(np.concatenate([part / spread for part, spread in zip(parts, spreads, strict=True)]))
    total = cubes.sum(axis=0)
    keys = (streams.uniforms(f"permutation/{number}", len(cubes))[0] for number in range(PERMUTATIONS))
    drawn = (np.argpartition(key, counts[1] - 1)[: counts[1]] for key in keys)
    permuted = [_gap(cubes[places].sum(axis=0), total, counts) for places in drawn]
    found = _gap(cubes[counts[0] :].sum(axis=0), total, counts)
    noises = [float(part.var(axis=0, ddof=1).sum() / len(part)) for part in np.split(cubes, counts[:1])]
    own = [float(np.square(part.mean(axis=0)).sum()) for part in np.split(cubes, counts[:1])]
    rank = cubes.shape[1]
    sizes = [
        float(np.sqrt(max(square - noise, 0.0) / rank))
        for square, noise in ((found, sum(noises)), *zip(own, noises, strict=True))
    ]
    return SkewAgreement((1 + int(np.sum(np.array(permuted) >= found))) / (1 + PERMUTATIONS), *sizes)


def _cubes(rows: Array) -> Array:
    """What a row z adds to the skewness about an estimated mean and in units of an estimated spread, (n, r).

    ‖z‖²z − (r + 2)z − (3/2) m (‖z‖²/r − 1), m the mean of ‖z‖²z. Over a class the last two terms sum to zero; over
    permuted rows, whose mean and spread are not their own, they take away what these would add to the variance.
    """
    squares = np.square(rows).sum(axis=1, keepdims=True)
    cubes, rank = squares * rows, rows.shape[1]
    return np.asarray(cubes - (rank + 2.0) * rows - 1.5 * cubes.mean(axis=0) * (squares / rank - 1.0))


def _gap(minority: Array, total: Array, counts: tuple[int, int]) -> float:
    """‖mean_1 − mean_0‖² from the sum over one class and over both."""
    return float(np.square(minority / counts[1] - (total - minority) / counts[0]).sum())
