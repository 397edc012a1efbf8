"""The free fixes: what imbalance costs to mend without one synthetic row."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field, SerializeAsAny

from synththeory.arrays import Array, Codes, Vector
from synththeory.components import Component, Positive, component_of
from synththeory.errors import DesignError
from synththeory.fits import Fit, LinearFit
from synththeory.generators import pooled_covariance
from synththeory.generators.fitted import shrink
from synththeory.learners import Learner, path_of
from synththeory.losses import LogisticLoss, MultinomialLoss
from synththeory.sample import GivenSample, Sample
from synththeory.status import Status
from synththeory.streams import Streams


class Baseline(Component):
    """A fit to the real rows alone, drawn beside every curve in the synthetic size."""

    @property
    def label(self) -> str:
        """Name of the arm."""
        return self.kind

    @abstractmethod
    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Fit:
        """Fit the real rows.

        Parameters
        ----------
        learner : Learner
            What is fitted.
        real : Sample
            (B, n, d), the strata one after the other.
        counts : sequence of int
            Rows of each stratum, the majority first.
        streams : Streams, optional
            Names of the learner's own draws, for learners that have any.

        Returns
        -------
        Fit
            One a replication, status (B, 1).
        """

    def prior(self, majority: int, minority: int) -> float:
        """log(N1/N0), the classes' odds at which the fit's log-odds hold; balanced unless the fix says otherwise."""
        return 0.0

    def check(self, learner: Learner, strata: int) -> None:
        """Refuse a learner or a number of strata the fix does not apply to.

        Raises
        ------
        DesignError
            With what is wanted and how to mend it.
        """


def by_name(value: object) -> object:
    """A baseline by its name, as a design may write it, as a table."""
    return {"kind": value} if isinstance(value, str) else value


AnyBaseline = Annotated[SerializeAsAny[Baseline], component_of(Baseline), BeforeValidator(by_name)]


class Raw(Baseline):
    """The real rows as they are: what imbalance costs where nothing is done."""

    kind: Literal["raw"] = "raw"

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Fit:
        """Plain fit."""
        return _plain(learner, real, streams)

    def prior(self, majority: int, minority: int) -> float:
        """log(n1/n0)."""
        return log(minority / majority)


class Constant(Baseline):
    """The score 0 for every row, probability ½: what balanced log loss, ln 2 here, must fall below to say anything."""

    kind: Literal["constant"] = "constant"

    def check(self, learner: Learner, strata: int) -> None:
        """A score of 0 is a probability of ½ as a log-odds, between two classes."""
        _check_log_odds(self.kind, learner, strata)

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> LinearFit:
        """Zero coefficients."""
        shape = (real.shape[0], 1, learner.loss.parameters(real.shape[2]))
        return LinearFit(np.zeros(shape), np.full(shape[:2], np.uint8(Status.OK)))


class Weighted(Baseline):
    """Every row of a class counts as often as every other: class weights."""

    @abstractmethod
    def shares(self, counts: Sequence[int]) -> tuple[float, ...]:
        """The weight of a row of each stratum.

        Parameters
        ----------
        counts : sequence of int
            Rows of each stratum, the majority first.
        """

    def check(self, learner: Learner, strata: int) -> None:
        """The learner takes weights."""
        if not learner.weighs:
            raise DesignError(
                f"the baseline '{self.label}' weighs rows, and this {learner.kind} learner takes no weights"
            )

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Fit:
        """Weighted fit."""
        return _plain(learner, real.shared(self.shares(counts), counts), streams)


class CostWeighted(Weighted):
    """Each minority row counts ``ratio`` times; ratio = n0/n1 is reweighting up to the total weight.

    Attributes
    ----------
    ratio : float
        Cost of a minority row over that of a majority row, > 0.
    """

    kind: Literal["cost-weighted"] = "cost-weighted"
    ratio: Positive

    @property
    def label(self) -> str:
        """Such as ``cost-weighted:3``."""
        return f"{self.kind}:{self.ratio:g}"

    def check(self, learner: Learner, strata: int) -> None:
        """A cost is one class's over one other's."""
        super().check(learner, strata)
        if strata != 2:
            raise DesignError(f"the baseline 'cost-weighted' weighs one of two classes, got {strata} classes")

    def shares(self, counts: Sequence[int]) -> tuple[float, ...]:
        """A majority row has weight one."""
        return (1.0, self.ratio)

    def prior(self, majority: int, minority: int) -> float:
        """log(ratio · n1/n0)."""
        return log(self.ratio * minority / majority)


class Reweighted(Weighted):
    """Each class with total weight N/2, N all rows: the balanced risk on the real rows."""

    kind: Literal["reweighted"] = "reweighted"

    def shares(self, counts: Sequence[int]) -> tuple[float, ...]:
        """The weights sum to the number of rows."""
        return tuple(sum(counts) / (len(counts) * count) for count in counts)


class RePriored(Baseline):
    """The plain fit with log(n0/n1) added to the log-odds: the prior is balanced afterwards, no row is touched."""

    kind: Literal["re-priored"] = "re-priored"

    def check(self, learner: Learner, strata: int) -> None:
        """Only a logistic model with an intercept can move its prior, of two classes or, if multinomial, of K."""
        if isinstance(learner.loss, MultinomialLoss) and learner.loss.intercept:
            return
        _check_log_odds(self.kind, learner, strata)

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Fit:
        """Plain fit, then the intercept moved by log(n0/n1); of K classes, each by the log of mean n over n_c."""
        if isinstance(learner.loss, MultinomialLoss):
            return ShiftedFit(_plain(learner, real, streams), np.log(np.mean(counts) / np.array(counts)))
        return shifted(_plain(learner, real, streams), log(counts[0] / counts[1]))


@dataclass(frozen=True, eq=False)
class ShiftedFit:
    """Another fit's scores plus a number: log-odds at another prior.

    Attributes
    ----------
    fit : Fit
        Whose scores.
    amount : float or Vector
        What is added; to K scores, (K,).
    """

    fit: Fit
    amount: float | Vector

    @property
    def status(self) -> Codes:
        """The fit's, (B, S)."""
        return self.fit.status

    def scores(self, rows: Array) -> Array:
        """The fit's scores plus the amount, (B, S, m) or (B, S, m, K)."""
        return self.fit.scores(rows) + self.amount

    def at(self, replications: slice) -> ShiftedFit:
        """The fits of some replications."""
        return ShiftedFit(self.fit.at(replications), self.amount)


def shifted(fit: Fit, amount: float) -> Fit:
    """A fit with a number added to its log-odds: to the intercept, its last coefficient, where it has one.

    Parameters
    ----------
    fit : Fit
        Log-odds; a linear one has an intercept.
    amount : float
        What is added.
    """
    if not isinstance(fit, LinearFit):
        return ShiftedFit(fit, amount)
    coefficients = fit.coefficients.copy()
    coefficients[..., -1] += amount
    return replace(fit, coefficients=coefficients)


class LDA(Baseline):
    """Linear discriminant analysis at balanced prior: log-odds wᵀ(x − ½(μ̂_0 + μ̂_1)) with w = Ŝ⁻¹(μ̂_1 − μ̂_0).

    What knowing that the classes are normal with one covariance is worth, without a synthetic row (Efron 1975). Of more
    than two groups, each class is the equal mixture of its groups: μ̂_c the mean of their means, Ŝ the covariance within
    groups plus that of the G group means about their class's, Σ_g (m̂_g − μ̂_c)(m̂_g − μ̂_c)ᵀ/G [D].

    Attributes
    ----------
    shrinkage : float
        ρ in [0, 1]: the covariance is moved towards its mean variance.
    """

    kind: Literal["lda"] = "lda"
    shrinkage: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0

    def check(self, learner: Learner, strata: int) -> None:
        """Its log-odds are those of a logistic model with an intercept."""
        _check_log_odds(self.kind, learner, 2)

    def fit(self, learner: Learner, real: Sample, counts: Sequence[int], streams: Streams | None = None) -> Fit:
        """Means and covariance; singular where rows are too few and nothing is shrunk."""
        groups = np.split(real.rows, np.cumsum(counts)[:-1], axis=1)
        labels = real.labels[0, np.cumsum(counts) - 1]
        centres = [rows.mean(axis=1) for rows in groups]
        classes = [[mean for mean, label in zip(centres, labels, strict=True) if label == c] for c in (0.0, 1.0)]
        means = [np.mean(members, axis=0) for members in classes]
        covariance = pooled_covariance(*groups)
        if len(groups) > 2:
            apart = np.stack([one - mean for mean, each in zip(means, classes, strict=True) for one in each], axis=1)
            covariance = covariance + np.swapaxes(apart, 1, 2) @ apart / len(groups)
        covariance = shrink(covariance, self.shrinkage, 0.0)
        regular = np.linalg.matrix_rank(covariance, hermitian=True) == covariance.shape[-1]
        covariance[~regular] = np.eye(covariance.shape[-1])
        slopes = np.linalg.solve(covariance, (means[1] - means[0])[..., None])[..., 0]
        intercept = -0.5 * np.einsum("bd,bd->b", slopes, means[0] + means[1]) + log(len(classes[1]) / len(classes[0]))
        coefficients = np.concatenate([slopes, intercept[:, None]], axis=1)
        coefficients[~regular] = np.nan
        status = np.where(regular, np.uint8(Status.OK), np.uint8(Status.SINGULAR))
        return LinearFit(coefficients[:, None], status[:, None])


def _check_log_odds(kind: str, learner: Learner, strata: int) -> None:
    if strata != 2:
        raise DesignError(f"the baseline '{kind}' is for two classes, got {strata} groups")
    if not (isinstance(learner.loss, LogisticLoss) and learner.loss.intercept):
        raise DesignError(
            f"the baseline '{kind}' gives log-odds of two classes: it needs the logistic learner with intercept = true"
        )


def _plain(learner: Learner, real: Sample, streams: Streams | None) -> Fit:
    count, _, dimension = real.shape
    nothing = GivenSample(
        np.empty((count, 0, dimension)), np.empty((count, 0, *real.label_shape)), np.empty((count, 0))
    )
    return path_of(learner, real, nothing, np.zeros((count, 1), dtype=np.int64), streams)
