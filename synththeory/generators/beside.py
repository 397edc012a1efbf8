"""Moments of a generator that looks at the other class, measured beside a majority of n0 rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.generators.pilot_sets import pilot
from synththeory.losses import ClassLoss, Loss
from synththeory.populations import Population, exact_risk

_STRETCHES = 4
"""Of the rows of a set, where groups make fixed shares of them; what is left over of a division is left out."""


@dataclass(frozen=True)
class Beside:
    """A generator beside n0 rows of the other class, as the expansion sees it.

    With m̂ the mean synthetic score, the summed scores of the three parts have the covariance
    n0Σ_0 + n1Σ_1 + ñΣ_syn + ñ² Var m̂ + ñ[n1 Cov(s̄_1, m̂) + n0 Cov(s̄_0, m̂) + ᵀ], s̄_c the mean score of class c, so that
    V_m = n1 Var m̂ and C is the sum of both covariances. [D]

    Attributes
    ----------
    generator : Generator
        What looks at both classes.
    majority : int
        n0.
    """

    generator: Generator
    majority: int

    def given(self, majority: int) -> Beside:
        """Beside another majority."""
        return Beside(self.generator, majority)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments of the synthetic score from independent pairs of classes.

        The regression of m̂ on both classes' mean scores is a control, whose moments are known exactly (see
        `synththeory.generators.pilot.measured`).

        Raises
        ------
        NotImplementedError
            For more than two classes, or where a pilot is costly and not asked for.
        """
        if isinstance(loss, ClassLoss):
            raise NotImplementedError(f"{self.generator.kind} looks at the other class: theory knows two classes of it")
        drawn, exact = pilot(self.generator, population, stratum, count, self.majority), exact_risk(population, loss)
        assert drawn.others is not None
        place = exact.optimum if theta is None else theta
        size = place.shape[0]
        strata = population.strata[stratum], population.strata[1 - stratum]
        laws = population.laws[stratum], population.laws[1 - stratum]
        labels = (strata[0].response, strata[0].response, strata[1].response)
        rows = [each.values[..., :-1] for each in (drawn.synthetic, drawn.seeds, drawn.others)]
        means, own, their = (
            loss.row_scores(each, label, place).mean(axis=1) for each, label in zip(rows, labels, strict=True)
        )
        known = [exact.at(each, law, place) for each, law in zip(strata, laws, strict=True)]
        share = count / self.majority
        controls = np.concatenate([own, their], axis=1)
        joint = count * np.cov(np.concatenate([controls, means], axis=1), rowvar=False)
        control, made_of = slice(2 * size), slice(2 * size, None)
        gain = np.linalg.lstsq(joint[control, control], joint[control], rcond=1e-12)[0]
        truly = np.zeros((2 * size, 2 * size))
        truly[:size, :size], truly[size:, size:] = known[0].covariance, share * known[1].covariance
        joint += gain.T @ (truly - joint[control, control]) @ gain
        missed = controls.mean(axis=0) - np.concatenate([known[0].gradient, known[1].gradient])
        within, hessian = _inside(self.generator, loss, rows[0], labels[0], place)
        return GeneratorMoments(
            means.mean(axis=0) - missed @ gain[:, made_of],
            hessian,
            within,
            np.zeros(size),
            joint[made_of, made_of] - within * (count / drawn.synthetic.values.shape[1]),
            joint[:size, made_of] + joint[size : 2 * size, made_of] / share,
            "pilot",
        )


def noise_within(generator: Generator, scores: Array) -> Array:
    """Each set's estimate of Σ_syn, m times the covariance of a mean of m rows given the seeds, (sets, p, p).

    The covariance of the rows within a set; where groups make fixed shares of the rows (``allotted``), of which the
    shares are no part, b times the covariance of the means of four stretches of b = m/4 rows. [D]

    Parameters
    ----------
    generator : Generator
        Whose rows.
    scores : Array
        (sets, m, p).
    """
    sets, rows, size = scores.shape
    stretch = rows // _STRETCHES if generator.allotted else 1
    means = scores[:, : rows // stretch * stretch].reshape(sets, -1, stretch, size).mean(axis=2)
    centred = means - means.mean(axis=1, keepdims=True)
    return np.asarray(np.swapaxes(centred, 1, 2) @ centred * (stretch / (means.shape[1] - 1)))


def _inside(generator: Generator, loss: Loss, rows: Array, label: float, theta: Vector) -> tuple[Matrix, Matrix]:
    """Σ_syn, and the mean Hessian, (p, p), of rows (sets, m, d)."""
    within = noise_within(generator, loss.row_scores(rows, label, theta)).mean(axis=0)
    flat = loss.design(rows).reshape(-1, theta.shape[0])
    bends = loss.curvature(flat @ theta, label)[:, None]
    return np.asarray(within), np.asarray(flat.T @ (bends * flat) / len(flat))


class LooksAround(Generator):
    """What generators share that look at the other class and have no closed form."""

    needs_others: ClassVar[bool] = True

    def given(self, majority: int) -> Beside:
        """Beside n0 rows of the other class, whose moments a pilot measures."""
        return Beside(self, majority)
