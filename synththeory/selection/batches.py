"""The symmetry test of many simulated data sets at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import chdtrc

from synththeory.arrays import Array, Codes
from synththeory.errors import DesignError
from synththeory.kernels.symmetry import drawn_symmetry_sums, symmetry_sums
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations.laws.drawn import DrawnBlock
from synththeory.sample import Block
from synththeory.selection.calibration import ScaledF, chi_square, small_sample
from synththeory.selection.pilot import fit_pilot

_WORKING_SET = 200_000  # numbers of a chunk's score array, so that its temporaries stay in the cache


@dataclass(frozen=True, eq=False)
class SymmetryStatistics:
    """The test in every data set; NaN where there is none (dependent columns, separated classes).

    Attributes
    ----------
    g_phi : Array
        ĝ_φ, (B, p).
    wald : Array
        T_sym with plain score covariances, (B,).
    chi2_p_value : Array
        Of T_sym against χ²_p, (B,).
    scaled : Array
        The small-sample F statistic, (B,).
    denominator : Array
        Its denominator's degrees of freedom, (B,); the numerator's are p.
    p_value : Array
        Of ``scaled``, (B,).
    """

    g_phi: Array
    wald: Array
    chi2_p_value: Array
    scaled: Array
    denominator: Array
    p_value: Array


def smallest_minority(parameters: int) -> int:
    """Fewest minority rows a test of p parameters takes: p + 2."""
    return parameters + 2


def symmetry_statistics(
    rows_majority: Array, rows_minority: Array, loss: Loss, labels: tuple[float, float]
) -> SymmetryStatistics:
    """Both calibrations of the symmetry test in every data set of a block.

    Parameters
    ----------
    rows_majority, rows_minority : Array
        (B, n0, d) and (B, n1, d).
    loss : Loss
        Squared or logistic; no penalty.
    labels : tuple of two floats
        Response of the majority and of the minority; 0 and 1 in either order for logistic loss.

    Returns
    -------
    SymmetryStatistics

    Raises
    ------
    DesignError
        Shapes that do not fit, too few rows, a loss without an exact score, or labels it cannot take.
    """
    majority, minority = (np.ascontiguousarray(rows, dtype=np.float64) for rows in (rows_majority, rows_minority))
    _check(majority.shape, minority.shape, loss, labels)
    if isinstance(loss, SquaredLoss):
        responses = np.array(labels, dtype=np.float64)
        return _squared(loss, majority.shape, partial(symmetry_sums, majority, minority, responses))
    chunk = max(1, _WORKING_SET // ((majority.shape[1] + minority.shape[1]) * loss.parameters(majority.shape[2])))
    found = [
        _chunk(majority[first : first + chunk], minority[first : first + chunk], loss, labels)
        for first in range(0, len(majority), chunk)
    ]
    return SymmetryStatistics(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def block_symmetry(majority: Block, minority: Block, loss: Loss) -> SymmetryStatistics:
    """`symmetry_statistics` of two strata, with their labels.

    Squared loss draws rows where it uses them, if their law lets it: the numbers are the same to the bit.

    Parameters
    ----------
    majority, minority : Block
        (B, n0, d) and (B, n1, d).
    loss : Loss
        As of `symmetry_statistics`.

    Raises
    ------
    DesignError
        As of `symmetry_statistics`.
    """
    labels = (majority.stratum.response, minority.stratum.response)
    if isinstance(loss, SquaredLoss) and isinstance(majority, DrawnBlock) and isinstance(minority, DrawnBlock):
        zero, one = majority.drawing, minority.drawing
        if zero is not None and one is not None:
            _check(majority.shape, minority.shape, loss, labels)
            fill = partial(
                drawn_symmetry_sums, *zero.streams.key, zero.streams.replications, np.array([zero.word, one.word]),
                np.array([zero.kind, one.kind]), np.array([zero.centre, one.centre]),
                np.array([zero.scale, one.scale]), np.array([majority.shape[1], minority.shape[1]]),
                np.array(labels, dtype=np.float64),
            )  # fmt: skip
            return _squared(loss, majority.shape, fill)
    return symmetry_statistics(majority.rows, minority.rows, loss, labels)


def _squared(loss: Loss, shape: tuple[int, ...], fill: Callable[[Array, Array, Codes], None]) -> SymmetryStatistics:
    """One compiled pass a data set: both calibrations are functions of the same few sums."""
    count, size = shape[0], loss.parameters(shape[2])
    g_phi, sums, status = np.empty((count, size)), np.empty((count, 6)), np.empty(count, dtype=np.uint8)
    fill(g_phi, sums, status)
    g_phi[status != 0], sums[status != 0] = np.nan, np.nan
    wald, corrected, *cumulants = np.ascontiguousarray(sums.T)
    law = ScaledF.matched(size, *cumulants)
    scaled = law.scaled(corrected)
    return SymmetryStatistics(g_phi, wald, chdtrc(size, wald), scaled, law.denominator, law.p_value(scaled))


def _chunk(majority: Array, minority: Array, loss: Loss, labels: tuple[float, float]) -> tuple[Array, ...]:
    pilot = fit_pilot(majority, minority, loss, labels, np.zeros(loss.parameters(majority.shape[2])))
    plain, small = chi_square(pilot), small_sample(pilot)
    lost = pilot.singular | pilot.separated | plain.singular | small.singular
    columns = (plain.statistic, plain.p_value, small.statistic, small.denominator, small.p_value)
    return (
        np.where(lost[:, None], np.nan, pilot.asymmetry),
        *(np.where(lost, np.nan, column) for column in columns),
    )


def _check(majority: tuple[int, ...], minority: tuple[int, ...], loss: Loss, labels: tuple[float, float]) -> None:
    if len(majority) != 3 or len(minority) != 3 or majority[::2] != minority[::2] or not majority[0]:
        raise DesignError(f"expected rows (B, n0, d) and (B, n1, d) with B ≥ 1, got {majority} and {minority}")
    if not isinstance(loss, SquaredLoss | LogisticLoss):
        raise DesignError(f"expected SquaredLoss or LogisticLoss, got {type(loss).__name__}")
    if isinstance(loss, LogisticLoss) and set(labels) != {0.0, 1.0}:
        raise DesignError(f"logistic loss takes the labels 0 and 1, got {labels}")
    if labels[0] == labels[1]:
        raise DesignError(f"the classes need two different labels, got {labels}")
    needed = smallest_minority(loss.parameters(majority[2]))
    if min(majority[1], minority[1]) < needed:
        raise DesignError(
            f"each class needs at least {needed} rows (parameters + 2), got {majority[1]} and {minority[1]}; draw more "
            "rows or use a smaller dimension"
        )
