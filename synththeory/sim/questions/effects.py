"""Studies of treatment effects: every fit serves as a propensity, and the errors of the estimates are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator
from scipy.special import expit

from synththeory.arrays import Array
from synththeory.causal import Effects, aipw, ipw
from synththeory.causal.effects import Method
from synththeory.components import AS_TUPLE, Settings, digest
from synththeory.errors import DesignError
from synththeory.fits import Fit, LinearFit, linear_fit
from synththeory.learners import Learner, LinearLearner
from synththeory.losses import LogisticLoss
from synththeory.metrics import COVERED
from synththeory.populations import Population
from synththeory.populations.treatment import Treatment
from synththeory.sim.questions.arms import Arm, Data, Fitting, Scores, scored
from synththeory.sim.questions.augmentation import ARM_KEYS, Augmentation
from synththeory.sim.questions.base import AnyLearner, Question, Scale, Setting
from synththeory.sim.questions.curves import augmented, check_curves, free_fixes
from synththeory.sim.questions.risks import RiskSettings
from synththeory.sim.questions.uses import Use, joined


class EffectStudy(Settings):
    """Which estimators of the average treatment effect are run on every fit of the study.

    Attributes
    ----------
    estimators : tuple of {"ipw", "aipw"}
        Hájek's weighting, and weighting augmented by linear outcome regressions.
    level : float
        Of the intervals, in (0, 1).
    """

    kind: Literal["ate"] = "ate"
    estimators: Annotated[tuple[Method, ...], AS_TUPLE, Field(min_length=1)] = ("ipw", "aipw")
    level: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.95

    @field_validator("estimators", mode="after")
    @classmethod
    def _distinct(cls, value: tuple[Method, ...]) -> tuple[Method, ...]:
        if len(set(value)) < len(value):
            raise ValueError(f"expected each estimator once, got {', '.join(value)}")
        return value


class TreatmentEffects(Question):
    """How well is a treatment effect estimated with the fits as propensities.

    Attributes
    ----------
    augmentation : Augmentation
        What is added, how much of it, and what is done without adding.
    learner : Learner
        What is fitted.
    risk : RiskSettings or None
        How the risk of a fit is known.
    effect : EffectStudy
        Which estimators are run on every fit.
    """

    kind: Literal["effect"] = "effect"
    augmentation: Augmentation
    learner: AnyLearner
    risk: RiskSettings | None = None
    effect: EffectStudy

    mark: ClassVar[str] = "effect"
    free: ClassVar[tuple[str, ...]] = (*ARM_KEYS, "effect")
    unswept: ClassVar[tuple[str, ...]] = ("risk",)

    @property
    def fitted(self) -> Learner:
        """The learner."""
        return self.learner

    @property
    def scoring(self) -> RiskSettings:
        """As the table ``[risk]`` says."""
        return self.risk or RiskSettings()

    @property
    def diagnostics(self) -> tuple[str, ...]:
        """What is measured of the synthetic rows and of the corrections."""
        return self.augmentation.diagnostics

    def scale(self, counts: tuple[int, ...]) -> Scale:
        """Multipliers and sizes of the fits."""
        return self.augmentation.scale(counts)

    def check(self, setting: Setting) -> None:
        """Refuse a study whose effect is not known or whose fits are no propensities."""
        check_curves(self.augmentation, setting)
        population, learner = setting.population, setting.learner
        if self.augmentation.sets is not None:
            raise DesignError("augmentation.sets: a propensity is one fit; leave it out")
        if not isinstance(population, Treatment):
            raise DesignError(f"effect: needs a population with an outcome, kind 'treatment', got '{population.kind}'")
        if setting.total is None:
            raise DesignError("effect: who is treated is random: give sample.total alone, without minority or majority")
        if not (isinstance(learner, LinearLearner) and learner.loss == LogisticLoss(intercept=True)):
            raise DesignError("effect: a propensity needs the linear logistic learner with intercept = true")

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """One arm an estimator and fit, the true propensity first."""
        population = setting.population
        assert isinstance(population, Treatment)
        fixes = free_fixes(self.augmentation, setting, setting.risk.metrics)
        every = (TruePropensity(population), *fixes, *augmented(self.augmentation, setting))
        settings = self.effect
        return tuple(
            EffectArm(base, method, settings.level, population) for method in settings.estimators for base in every
        )


@dataclass(frozen=True)
class TruePropensity:
    """The propensity as it is, which no table knows."""

    population: Treatment

    names = ("true",)
    use = None
    points = ((None, 0),)

    @property
    def digest(self) -> str:
        """Its name; the population is in the cell's."""
        return digest("true propensity")

    def fit(self, data: Data) -> Fit:
        """The population's coefficients in every replication."""
        count = data.streams.count
        return LinearFit(np.tile(self.population.propensity, (count, 1, 1)), np.zeros((count, 1), dtype=np.uint8))

    def prior(self, data: Data) -> Array:
        """The table's own odds, so that nothing is moved."""
        majority, minority = data.counts
        return np.full((data.streams.count, 1), np.log(minority / majority))


@dataclass(frozen=True)
class EffectArm:
    """One estimator of the ATE with the propensities of one arm, at the table's own treated share.

    logit e(x) = f(x) − log(N1/N0) + log(n1/n0), N_c the weights of the classes in the fit (`theory.md` §4 [R]).

    Attributes
    ----------
    base : Fitting
        Whose fits are propensities.
    method : {"ipw", "aipw"}
    level : float
        Of the interval.
    population : Treatment
        Whose ATE is estimated; it draws the outcomes.
    """

    base: Fitting
    method: Method
    level: float
    population: Treatment

    metrics = ("ate_error", "squared_error", COVERED.name, "standard_error", "largest_weight")

    @property
    def use(self) -> Use | None:
        """The fits'."""
        return self.base.use

    @property
    def names(self) -> tuple[str, ...]:
        """Estimator, then what its propensities are."""
        return (self.method, *self.base.names)

    @property
    def label(self) -> str:
        """Such as ``aipw:corrected:smote``."""
        return joined(self.names)

    @cached_property
    def digest(self) -> str:
        """Digest of the fits, the estimator and the level."""
        return digest("effect", self.base.digest, self.method, self.level)

    @property
    def points(self) -> tuple[tuple[float | None, int | None], ...]:
        """The fits'."""
        return self.base.points

    def run(self, data: Data) -> Scores:
        """Estimate in every replication, and compare with the exact effect."""
        fit, prior = linear_fit(data.fitted(self.base)), self.base.prior(data)
        majority, minority = data.counts
        outcome = self.population.outcomes(data.streams, (data.majority, data.minority))
        treated = data.real.labels == data.minority.stratum.response
        design = data.loss.design(data.real.rows)
        columns, half = [], NormalDist().inv_cdf(0.5 + 0.5 * self.level)
        for place in range(fit.status.shape[1]):
            log_odds = np.einsum("bnp,bp->bn", design, fit.coefficients[:, place]) - prior[:, place, None]
            chance = expit(log_odds + np.log(minority / majority))
            found = self._effects(outcome, treated, chance, data.real.rows)
            error = found.estimate - self.population.average_effect
            covered = np.where(np.isfinite(error), np.abs(error) <= half * found.error, np.nan)
            columns.append(np.stack([error, error**2, covered, found.error, found.largest]))
        return scored(np.stack(columns, axis=-1), fit.status)

    def prediction(self, population: Population, counts: tuple[int, ...]) -> None:
        """No theory is offered."""
        return

    def _effects(self, outcome: Array, treated: Array, chance: Array, rows: Array) -> Effects:
        flags = np.asarray(treated, dtype=np.bool_)
        chance = np.where(np.isfinite(chance), chance, 0.5)
        return ipw(outcome, flags, chance) if self.method == "ipw" else aipw(outcome, flags, chance, rows)
