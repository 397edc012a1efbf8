"""Studies of the symmetry test: how often each calibration rejects, beside the power that theory predicts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from synththeory.arrays import Array, Vector
from synththeory.caches import bounded
from synththeory.components import AS_TUPLE, Settings, digest
from synththeory.errors import DesignError
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.losses import LogisticLoss, Loss
from synththeory.metrics import REJECTION_RATE
from synththeory.populations import ClassSampledRisk, Population, RankedRisk, ReplicationRisk, Risk, SampledRisk
from synththeory.selection import symmetry_power
from synththeory.selection.batches import smallest_minority
from synththeory.selection.power import power_at
from synththeory.selection.resampled import FEWEST, SizedCalibration, bootstrap_symmetry
from synththeory.sim.questions.arms import Arm, Data, Scores
from synththeory.sim.questions.base import Question, Setting
from synththeory.status import Status

_RESAMPLES = 199


class SymmetryStudy(Settings):
    """How the symmetry test behaves in a population, one arm a calibration.

    Attributes
    ----------
    level : float
        α, in (0, 1).
    calibrations : tuple of {"chi2", "small-sample", "bootstrap"}
        Which are run, on the same data.
    resamples : int or None
        Of ``"bootstrap"``; 199 when not given, so that designs without a bootstrap keep their digests.
    loss : {"squared", "logistic"}
        Of the tested model; squared is the loss of `cube-pair`.
    intercept : bool
        Whether the tested model has one; then no population is locally symmetric.
    """

    kind: Literal["symmetry"] = "symmetry"
    level: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.05
    calibrations: Annotated[tuple[SizedCalibration, ...], AS_TUPLE, Field(min_length=1)] = ("chi2", "small-sample")
    resamples: Annotated[int, Field(ge=FEWEST)] | None = None
    loss: Literal["squared", "logistic"] = "squared"
    intercept: bool = False

    @field_validator("calibrations", mode="after")
    @classmethod
    def _distinct(cls, value: tuple[SizedCalibration, ...]) -> tuple[SizedCalibration, ...]:
        if len(set(value)) < len(value):
            raise ValueError(f"expected each calibration once, got {', '.join(value)}")
        return value

    @property
    def pilot(self) -> Learner:
        """The model whose balanced, unpenalised fit the test starts from."""
        if self.loss == "squared":
            return LeastSquares(intercept=self.intercept)
        return Logistic(intercept=self.intercept)


class RejectionRates(Question):
    """How often does the symmetry test reject: nothing is added, and the test's own pilot is fitted.

    Attributes
    ----------
    test : SymmetryStudy
        Which test, how calibrated.
    """

    kind: Literal["test"] = "test"
    test: SymmetryStudy

    mark: ClassVar[str] = "test"
    free: ClassVar[tuple[str, ...]] = ("test.calibrations",)

    @property
    def fitted(self) -> Learner:
        """The test's pilot."""
        return self.test.pilot

    def check(self, setting: Setting) -> None:
        """Refuse what the test cannot take.

        Raises
        ------
        DesignError
            More than two classes, no exact moments, fewer than p + 2 minority rows, or labels that the loss does not
            take.
        """
        population, counts, loss = setting.population, setting.counts, setting.learner.loss
        if len(counts) != 2:
            raise DesignError(f"test: the test compares two classes; {population.kind} has {len(counts)} groups")
        if not population.exact:
            raise DesignError(f"test: power needs exact moments, which are not known for {population.kind}")
        needed = smallest_minority(loss.parameters(population.dimension))
        labels = [stratum.response for stratum in population.strata]
        if counts[1] < needed:
            raise DesignError(f"test: {needed - 2} parameters need at least {needed} minority rows, got {counts[1]}")
        if isinstance(loss, LogisticLoss) and labels != [0.0, 1.0]:
            raise DesignError(
                f"test: logistic loss takes the labels 0 and 1; {population.kind} has {labels[0]:g} and {labels[1]:g}; "
                "use loss = 'squared'"
            )

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """One arm a calibration."""
        loss, resamples = setting.learner.loss, self.test.resamples or _RESAMPLES
        return tuple(
            Tested(calibration, self.test.level, loss, resamples if calibration == "bootstrap" else 0)
            for calibration in self.test.calibrations
        )


@dataclass(frozen=True, eq=False)
class Power:
    """Theory of a test: noncentral χ² with λ from the exact moments [P]; the level itself under local symmetry.

    Attributes
    ----------
    power : float
        P(T_sym > χ²_p(1 − α)).
    """

    power: float

    source = "closed form"

    def curve(self, metric: str) -> Vector | None:
        """The power, (1,), for ``"rejection_rate"``."""
        return np.array([self.power]) if metric == REJECTION_RATE.name else None


@dataclass(frozen=True)
class Tested:
    """One calibration of the symmetry test: no synthetic row, one point without a multiplier.

    Attributes
    ----------
    calibration : {"chi2", "small-sample", "bootstrap"}
        How T_sym becomes a p-value.
    level : float
        α.
    loss : Loss
        Of the tested model.
    resamples : int
        Of the bootstrap; 0 otherwise.
    """

    calibration: SizedCalibration
    level: float
    loss: Loss
    resamples: int = 0

    points = ((None, 0),)
    metrics = (REJECTION_RATE.name, "statistic", "p_value", "predicted_power")
    use = None

    @property
    def names(self) -> tuple[str, ...]:
        """The calibration."""
        return (self.calibration,)

    @property
    def label(self) -> str:
        """The calibration."""
        return self.calibration

    @cached_property
    def digest(self) -> str:
        """Digest of calibration and level, and of the number of resamples if any; the loss is in the cell's."""
        return digest("symmetry", self.calibration, self.level, *((self.resamples,) if self.resamples else ()))

    def run(self, data: Data) -> Scores:
        """Test every data set of a block; one without a test (dependent columns, separated classes) has failed."""
        statistic, p_value = self._tested(data)
        power = _power(data.risk, data.counts, self.level)
        # a bootstrap's p-value can be the level itself, and then rejects
        reached = p_value <= self.level * (1.0 + 1e-12) if self.resamples else p_value < self.level
        rejects = np.where(np.isnan(p_value), np.nan, reached)
        values = np.stack([rejects, statistic, p_value, np.where(np.isnan(p_value), np.nan, power)])
        failure = Status.NOT_CONVERGED if isinstance(self.loss, LogisticLoss) else Status.SINGULAR
        status = np.where(np.isnan(p_value), np.uint8(failure), np.uint8(Status.OK))
        return Scores(values[..., None], status[:, None])

    def _tested(self, data: Data) -> tuple[Array, Array]:
        """Statistic and p-value, (B,) each."""
        if self.calibration == "chi2":
            return data.symmetry.wald, data.symmetry.chi2_p_value
        if self.calibration == "small-sample":
            return data.symmetry.scaled, data.symmetry.p_value
        majority, minority = data.majority, data.minority
        labels = (majority.stratum.response, minority.stratum.response)
        penalty = np.zeros(self.loss.parameters(majority.shape[2]))
        found = bootstrap_symmetry(
            majority.rows, minority.rows, self.loss, labels, penalty, data.streams, self.resamples
        )
        return np.where(found.singular, np.nan, found.statistic), found.p_value

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Power:
        """The power that theory predicts."""
        majority, minority = counts
        return Power(symmetry_power(population, self.loss, (majority, minority), self.level))


@bounded(128)
def _power(risk: Risk, counts: tuple[int, ...], level: float) -> float:
    """Computed once a cell: all its blocks share one risk."""
    if isinstance(risk, SampledRisk | RankedRisk | ClassSampledRisk | ReplicationRisk):
        raise DesignError("the predicted power needs exact moments, not a test sample")
    return power_at(risk.moments, counts, level)
