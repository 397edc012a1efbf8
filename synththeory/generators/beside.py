"""Moments of a generator that looks at the other class, measured beside a majority of n0 rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import NoTheoryError
from synththeory.generators.base import Generator
from synththeory.generators.moments import GeneratorMoments, MeanScore
from synththeory.generators.pilot_scores import PilotRows, RowScores
from synththeory.generators.pilot_sets import pilot
from synththeory.lazy import lazy
from synththeory.losses import ClassLoss, Loss
from synththeory.populations import Population, StratumMoments, exact_risk

_STRETCHES = 4
"""Of the rows of a set, where groups make fixed shares of them; what is left over of a division is left out."""
_FLAT = 1e-12  # of the control's largest direction: one this flat controls nothing


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
        NoTheoryError
            For more than two classes, or where a pilot is costly and not asked for.
        """
        place = exact_risk(population, loss).optimum if theta is None else theta
        return self._pairs(population, loss, stratum, count, place).moments

    def mean_score(self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector) -> MeanScore:
        """The first moment of what `mismatch` says at θ; it raises the same."""
        return self._pairs(population, loss, stratum, count, theta).mean_score

    def _pairs(self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector) -> _Pairs:
        if isinstance(loss, ClassLoss):
            raise NoTheoryError(f"{self.generator.kind} looks at the other class: its theory is for two classes")
        drawn, exact = pilot(self.generator, population, stratum, count, self.majority), exact_risk(population, loss)
        assert drawn.others is not None
        strata = population.strata[stratum], population.strata[1 - stratum]
        laws = population.laws[stratum], population.laws[1 - stratum]
        label, other = (each.response for each in strata)
        sets = (drawn.synthetic, label), (drawn.seeds, label), (drawn.others, other)
        made, own, their = (RowScores(PilotRows(rows.values[..., : theta.size]), loss, y, theta) for rows, y in sets)
        known = tuple(exact.at(each, law, theta) for each, law in zip(strata, laws, strict=True))
        return _Pairs(self.generator, made, (own, their), known, (count, self.majority))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Scores at θ of a pilot's pairs of classes.

    Attributes
    ----------
    generator : Generator
        What looks at both.
    made : RowScores
        Of synthetic rows.
    classes, known
        Of the class imitated and of the other one: scores of the pilot's rows, and their true moments.
    counts : (int, int)
        Rows of each a set.
    """

    generator: Generator
    made: RowScores
    classes: tuple[RowScores, RowScores]
    known: tuple[StratumMoments, ...]
    counts: tuple[int, int]

    @property
    def mean_score(self) -> MeanScore:
        """The first moment alone."""
        return MeanScore(self._gradient, self.made.hessian, lambda: self.moments)

    @property
    def moments(self) -> GeneratorMoments:
        """With all others: the control's covariance is put in place of the pilot's."""
        size, count, share = self.made.theta.shape[0], self.counts[0], self.counts[0] / self.counts[1]
        control, made_of = slice(2 * size), slice(2 * size, None)
        truly = np.zeros((2 * size, 2 * size))
        truly[:size, :size], truly[size:, size:] = self.known[0].covariance, share * self.known[1].covariance
        joint = self._joint + self._gain.T @ (truly - self._joint[control, control]) @ self._gain
        return GeneratorMoments(
            self._gradient,
            self.made.hessian,
            self._within,
            np.zeros(size),
            joint[made_of, made_of] - self._within * (count / self.made.rows.shape[1]),
            joint[:size, made_of] + joint[size : 2 * size, made_of] / share,
            "pilot",
        )

    @lazy
    def _within(self) -> Matrix:
        """Σ_syn."""
        if not self.generator.allotted:
            return self.made.within
        return np.asarray(noise_within(self.generator, self.made.slopes[..., None] * self.made.rows).mean(axis=0))

    @lazy
    def _joint(self) -> Matrix:
        """n1 times the covariance over sets of the mean scores of both classes and of m̂, (3p, 3p)."""
        stacked = np.concatenate([each.deviations for each in (*self.classes, self.made)], axis=1)
        return np.asarray(self.counts[0] * (stacked.T @ stacked))

    @lazy
    def _gain(self) -> Matrix:
        """Coefficients of both classes' mean scores in themselves and in m̂, (2p, 3p)."""
        control = slice(2 * self.made.theta.shape[0])
        return np.asarray(np.linalg.lstsq(self._joint[control, control], self._joint[control], rcond=_FLAT)[0])

    @lazy
    def _gradient(self) -> Vector:
        missed = [scores.mean - known.gradient for scores, known in zip(self.classes, self.known, strict=True)]
        return np.asarray(self.made.mean - np.concatenate(missed) @ self._gain[:, 2 * self.made.theta.shape[0] :])


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


class LooksAround(Generator):
    """What generators share that look at the other class and have no closed form."""

    needs_others: ClassVar[bool] = True

    def given(self, majority: int) -> Beside:
        """Beside n0 rows of the other class, whose moments a pilot measures."""
        return Beside(self, majority)
