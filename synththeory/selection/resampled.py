"""The symmetry test calibrated by resampling where the hypothesis is made to hold [D].

If ĝ_φ = 0 holds in the population, both classes' mean scores vanish at θ*, so that any weighting of the classes
estimates it. The balanced pilot is a poor choice for V̂: in the very sets in which ĝ_φ is large by chance, θ̂ has
followed the minority, whose residuals are then short. The pooled fit θ̃, every row with the same weight, hardly moves
with ĝ_φ where the majority is larger. There

    ĝ_φ = A_0 m_0 + A_1 m_1   (with a penalty P: m_c + Pθ̃ in the place of m_c),

the class effects at θ̃ (exactly those of the balanced pilot for squared loss, to first order for others); V̂ comes from
the scores there, divided by √(1 − leverage), and T_sym is made a p-value by the small-sample F of
`synththeory.selection.calibration`. That p-value is then compared with the same p-value in R resamples of the rows, in
each class with replacement, from whose scores the class's mean is taken: so the hypothesis holds in what is drawn from.
Every resample takes its own step to its own θ̃, and its own H_c, V̂ and cumulants. The answer is (1 + k)/(1 + R), k the
number of resamples whose p-value is not larger; one without a V̂ counts as smaller.

T_sym is resampled by way of its p-value (prepivoting, Beran 1988) because that law depends less on the population than
T_sym's own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError
from synththeory.kernels.resampling import resampled_sums
from synththeory.losses import Loss
from synththeory.selection.calibration import ScaledF, Verdict, small_sample
from synththeory.selection.pilot import ClassScores, Pilot, applied, minimised, patched, pilot_at, transposed
from synththeory.streams import Streams

SizedCalibration = Literal["chi2", "small-sample", "bootstrap"]
FEWEST = 19


def pooled_pilot(majority: Array, minority: Array, loss: Loss, labels: tuple[float, float], penalty: Vector) -> Pilot:
    """The classes at the minimiser θ̃ of the pooled risk, and ĝ_φ as they say it there.

    Parameters
    ----------
    majority, minority, loss, labels, penalty
        As for `synththeory.selection.pilot.fit_pilot`.

    Returns
    -------
    Pilot
        Leverages are those in the pooled fit; scores have Pθ̃ added, so that under the hypothesis their mean is zero.
    """
    designs, counts = [loss.design(majority), loss.design(minority)], (majority.shape[1], minority.shape[1])
    total = sum(counts)
    theta, separated = minimised(designs, loss, labels, penalty, (counts[0] / total, counts[1] / total))
    found = pilot_at(theta, majority, minority, loss, labels, penalty)
    curvatures = [loss.curvature(applied(z, theta), label) for z, label in zip(designs, labels, strict=True)]
    hessian = sum(transposed(z * c[..., None]) @ z for z, c in zip(designs, curvatures, strict=True)) / total
    inverse = np.linalg.inv(patched(hessian + np.diag(penalty), found.singular))
    classes, asymmetry = [], np.zeros_like(theta)
    for one, design, curvature in zip(found.classes, designs, curvatures, strict=True):
        scores = one.scores + (penalty * theta)[:, None, :]
        leverages = curvature * ((design @ inverse) * design).sum(axis=2) / total
        classes.append(ClassScores(scores, leverages, one.transfer))
        asymmetry += (one.transfer @ scores.mean(axis=1)[..., None])[..., 0]
    return replace(found, asymmetry=asymmetry, classes=(classes[0], classes[1]), separated=separated)


def bootstrap_symmetry(
    majority: Array,
    minority: Array,
    loss: Loss,
    labels: tuple[float, float],
    penalty: Vector,
    streams: Streams,
    resamples: int,
) -> Verdict:
    """The bootstrap's answer for every data set of a block.

    Parameters
    ----------
    majority, minority, loss, labels, penalty
        As for `synththeory.selection.pilot.fit_pilot`.
    streams : Streams
        Of these B data sets.
    resamples : int
        R ≥ 19: the smallest p-value is 1/(R + 1).

    Returns
    -------
    Verdict
        ``statistic`` and ``denominator`` are those of the small-sample F at θ̃; ``singular`` also tells separated
        classes.

    Raises
    ------
    DesignError
        Fewer than 19 resamples.
    """
    if resamples < FEWEST:
        raise DesignError(f"expected at least {FEWEST} resamples, which can reject at level 0.05, got {resamples}")
    pilot = pooled_pilot(majority, minority, loss, labels, penalty)
    seen = small_sample(pilot)
    lost = pilot.singular | pilot.separated | seen.singular
    rows, slopes, bends = _pooled_rows(pilot, majority, minority, loss, labels)
    size, counts = rows.shape[2], np.array([majority.shape[1], minority.shape[1]])
    half = _solved(pilot.root, np.broadcast_to(np.diag(penalty), pilot.root.shape))
    drawn = np.ascontiguousarray(transposed(_solved(pilot.root, transposed(half))))
    sums, status = np.empty((len(rows), resamples, 5)), np.empty((len(rows), resamples), dtype=np.uint8)
    word = streams.word("symmetry: resamples")
    resampled_sums(*streams.key, streams.replications, word, rows, slopes, bends, counts, drawn, sums, status)
    sums[status != 0] = 1.0
    wald, *cumulants = np.moveaxis(sums, 2, 0)
    law = ScaledF.matched(size, *cumulants)
    made = np.where(status != 0, 0.0, law.p_value(law.scaled(wald)))
    p_value = (1.0 + (made <= seen.p_value[:, None]).sum(axis=1)) / (1.0 + resamples)
    return replace(seen, p_value=np.where(lost, np.nan, p_value), singular=lost)


def _pooled_rows(
    pilot: Pilot, majority: Array, minority: Array, loss: Loss, labels: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """L⁻¹z, (B, N, p), in which the pilot's Hessian is the identity, and the losses' derivatives at θ̃, (B, N)."""
    designs = [loss.design(majority), loss.design(minority)]
    linear = [applied(design, pilot.coefficients) for design in designs]
    slopes = [loss.slope(f, label) for f, label in zip(linear, labels, strict=True)]
    bends = [loss.curvature(f, label) for f, label in zip(linear, labels, strict=True)]
    rows = transposed(_solved(pilot.root, transposed(np.concatenate(designs, axis=1))))
    joined = [np.ascontiguousarray(np.concatenate(parts, axis=1)) for parts in (slopes, bends)]
    return np.ascontiguousarray(rows), joined[0], joined[1]


def _solved(factors: Array, vectors: Array) -> Array:
    return np.asarray(np.linalg.solve(factors, vectors), dtype=np.float64)
