"""What do synthetic rows do for every group: a curve a generator in the rows added to all of them."""

from __future__ import annotations

from typing import ClassVar, Literal

from synththeory.errors import DesignError
from synththeory.learners import Learner
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.augmentation import ARM_KEYS, Augmentation
from synththeory.sim.questions.base import AnyLearner, Question, Scale, Setting
from synththeory.sim.questions.curves import check_added, free_fixes
from synththeory.sim.questions.group_risks import group_metrics
from synththeory.sim.questions.oversampled import GroupRows, Oversampled
from synththeory.sim.questions.risks import RiskSettings
from synththeory.sim.questions.uses import Use


class GroupCurves(Question):
    """Curves in the rows that are added to every group, once all groups are as large as the largest.

    Attributes
    ----------
    augmentation : Augmentation
        What is added, with its ``rows``, and what is done without adding.
    learner : Learner
        What is fitted.
    risk : RiskSettings or None
        How the risk of a fit is known: exactly.
    """

    kind: Literal["groups"] = "groups"
    augmentation: Augmentation
    learner: AnyLearner
    risk: RiskSettings | None = None

    mark: ClassVar[str] = "augmentation.rows"
    free: ClassVar[tuple[str, ...]] = ARM_KEYS
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
    def added(self) -> GroupRows:
        """Rows a group and their weight."""
        table = self.augmentation
        return GroupRows(table.fill, table.rows or (), table.weight or "pooled")

    def scale(self, counts: tuple[int, ...]) -> Scale:
        """Rows over the largest group, and all synthetic rows."""
        return self.augmentation.scale(counts)

    def check(self, setting: Setting) -> None:
        """Every generator against every group, and an exact risk."""
        population = setting.population
        if setting.total is not None:
            raise DesignError("augmentation.rows equalises groups of known sizes: give sample.groups, not sample.total")
        check_added(self.augmentation, setting, setting.counts)
        if not population.exact:
            raise DesignError(
                f"augmentation.rows reports every group's exact risk; that of {population.kind} is not known"
            )
        if setting.scoring.sampled(population, setting.learner):
            raise DesignError(
                "augmentation.rows reports every group's exact risk: leave out risk.method = 'test-sample'"
            )

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """The curves and the free fixes."""
        metrics = setting.risk.metrics + group_metrics(setting.population.strata)
        curves = (self._curve(use, setting, metrics) for use in self.augmentation.uses)
        return (*curves, *free_fixes(self.augmentation, setting, metrics))

    def _curve(self, use: Use, setting: Setting, metrics: tuple[str, ...]) -> Oversampled:
        mixings = self.added.mixings(setting.population, use.generator, setting.learner.loss, setting.counts)
        return Oversampled(use, setting.learner, self.added.weight, mixings, metrics)
