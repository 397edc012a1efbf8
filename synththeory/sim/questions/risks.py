"""How a study knows the risk of its fits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from synththeory.components import Settings
from synththeory.errors import DesignError, NoTheoryError
from synththeory.learners import Learner
from synththeory.losses import ClassLoss
from synththeory.populations import HeldOutRisk, Population, RankedRisk, Risk, SampledRisk, exact_risk, sampled_risk
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.populations.risks.logistic import ExactLogisticRisk
from synththeory.populations.risks.ranked import MARGINS, RankedHeldOutRisk
from synththeory.populations.risks.ranking import Ranking
from synththeory.populations.risks.squared import ExactSquaredRisk

TEST_ROWS, PREVALENCE = 10_000, 0.5


class RiskSettings(Settings):
    """How the balanced risk of a fit is known.

    Attributes
    ----------
    method : {"exact", "test-sample"}, optional
        Where not given: exact for a score that is linear in the rows and a population that knows its risk, a test
        sample for any other.
    test_rows : int
        Rows of each class in the test sample.
    ranking : tuple of str
        Measured beside the risk: ``"auroc"``, ``"auprc"``, ``"brier"``, ``"log_loss"``, ``"minority_loss"``,
        ``"calibration_slope"``, ``"calibration_intercept"``, ``"recall"``, ``"specificity"``, ``"g_mean"``,
        ``"margin_majority"``, ``"margin_minority"``, ``"margin_ratio"``, ``"boundary_share"``.
    prevalence : float
        The minority's share where these depend on one, in (0, 1).
    """

    method: Literal["exact", "test-sample"] | None = None
    test_rows: Annotated[int, Field(ge=2)] = TEST_ROWS
    ranking: Annotated[tuple[Ranking, ...], BeforeValidator(lambda value: tuple(value))] = ()
    prevalence: Annotated[float, Field(gt=0.0, lt=1.0)] = PREVALENCE

    @model_serializer(mode="wrap")
    def _without_an_empty_ranking(self, serialised: SerializerFunctionWrapHandler) -> dict[str, object]:
        """The settings as they were before ranking was measured, where none is: their digest names old results."""
        table: dict[str, object] = serialised(self)
        return table if self.ranking else {key: table[key] for key in table if key not in ("ranking", "prevalence")}

    def check(self, population: Population, learner: Learner) -> None:
        """Refuse an exact risk where there is none.

        Raises
        ------
        DesignError
            With what is wanted and how to mend it.
        """
        if self.method is not None and population.own_risk(learner.loss) is not None:
            raise DesignError(f"risk.method: each replication of {population.kind} has a risk of its own; leave it out")
        if self.method == "exact" and not learner.linear:
            raise DesignError(
                f"risk.method = 'exact' needs a score that is linear in the rows, which that of {learner.kind} is not; "
                "leave it out or use 'test-sample'"
            )
        if self.method == "exact" and not population.exact:
            raise DesignError(
                f"risk.method = 'exact': no exact risk of {population.kind} is known; leave it out or use 'test-sample'"
            )

        if self.prevalence != PREVALENCE and not self.ranking:
            raise DesignError("risk.prevalence: only measures of ranking depend on it; give risk.ranking beside it")
        coded = any(isinstance(stratum.coding, tuple) for stratum in population.strata)
        if coded and not isinstance(learner.loss, ClassLoss):
            raise DesignError(
                f"learner: {population.kind} has classes coded by vectors; use 'multinomial' or 'class-least-squares', "
                f"got '{learner.kind}'"
            )
        if isinstance(learner.loss, ClassLoss) and not coded:
            raise DesignError(
                f"learner: '{learner.kind}' gives every class a score: it needs classes coded by vectors, as "
                f"those of gaussian-classes are; {population.kind} codes its classes by numbers"
            )

    def idle(self, population: Population, learner: Learner) -> str:
        """Why a size of the test sample that was asked for changes nothing; empty where it does, or is not given."""
        if self.test_rows == TEST_ROWS or self.sampled(population, learner):
            return ""
        return "risk.test_rows: this study knows its risk without a test sample; leave it out"

    def of(self, population: Population, learner: Learner, seed: int) -> Risk:
        """The risk of the learner's fits in a population; a test sample comes from its own stream of the seed."""
        risk = self._plain(population, learner, seed)
        if not self.ranking:
            return risk
        if isinstance(risk, HeldOutRisk) and self._ranks(population, learner):
            return RankedHeldOutRisk(risk, self.ranking, self.prevalence)
        ranked = ExactLogisticRisk | ExactSquaredRisk | SampledRisk | ClassSampledRisk
        if not isinstance(risk, ranked) or not self._ranks(population, learner):
            raise NoTheoryError(
                f"measures of ranking are for two classes with one risk, not for {population.kind}; K classes with a "
                f"score each have {', '.join(MARGINS)}"
            )
        return RankedRisk(risk, self.ranking, self.prevalence)

    def _ranks(self, population: Population, learner: Learner) -> bool:
        """Whether the measures asked for are known: all of two classes, margins of classes with a score each."""
        if isinstance(learner.loss, ClassLoss):
            return set(self.ranking) <= set(MARGINS)
        return len(population.strata) == 2

    def _plain(self, population: Population, learner: Learner, seed: int) -> Risk:
        own = population.own_risk(learner.loss)
        if own is not None:
            return own
        if self.sampled(population, learner):
            return sampled_risk(population, learner.loss, self.test_rows, seed)
        return exact_risk(population, learner.loss)

    def settings(self, population: Population, learner: Learner) -> list[object]:
        """What a stored number depends on beyond population, learner and seed."""
        rows: list[object] = [self.test_rows] if self.sampled(population, learner) else []
        return [*rows, *([list(self.ranking), self.prevalence] if self.ranking else [])]

    def sampled(self, population: Population, learner: Learner) -> bool:
        """Whether the learner's fits are scored on one test sample drawn from the population."""
        if population.own_risk(learner.loss) is not None:
            return False
        return self.method == "test-sample" or not (learner.linear and population.exact)
