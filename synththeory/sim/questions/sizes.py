"""How does a fit's risk depend on the number of synthetic rows: a curve a generator, beside what needs no row."""

from __future__ import annotations

from typing import ClassVar, Literal

from synththeory.errors import DesignError
from synththeory.learners import Learner
from synththeory.sim.questions.arms import Arm
from synththeory.sim.questions.augmentation import ARM_KEYS, Augmentation
from synththeory.sim.questions.base import AnyLearner, Question, Scale, Setting
from synththeory.sim.questions.curves import augmented, check_curves, free_fixes
from synththeory.sim.questions.risks import RiskSettings
from synththeory.sim.questions.selected import AnyRule, Selected, check_selection


class SizeCurves(Question):
    """Curves in the synthetic size of the minority of two classes.

    Attributes
    ----------
    augmentation : Augmentation
        What is added, how much of it, and what is done without adding.
    selection : TGVTSS, VTSS or None
        How a size is chosen from the data, one further arm a generator; None where no size is.
    learner : Learner
        What is fitted.
    risk : RiskSettings or None
        How the risk of a fit is known.
    """

    kind: Literal["sizes"] = "sizes"
    augmentation: Augmentation
    selection: AnyRule | None = None
    learner: AnyLearner
    risk: RiskSettings | None = None

    mark: ClassVar[str] = ""
    free: ClassVar[tuple[str, ...]] = (*ARM_KEYS, "selection")
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
        """Multipliers and sizes of the curves."""
        return self.augmentation.scale(counts)

    def check(self, setting: Setting) -> None:
        """Every generator, correction, fix and rule against the sample it will meet."""
        check_curves(self.augmentation, setting)
        if self.selection is not None and self.augmentation.sets is not None:
            raise DesignError("augmentation.sets averages fits of a given size: leave it out, or [selection]")
        if self.selection is not None:
            dimension = setting.population.dimension
            check_selection(self.selection, self.augmentation.generators, self.learner, setting.counts, dimension)

    def arms(self, setting: Setting) -> tuple[Arm, ...]:
        """The curves, the chosen sizes, the free fixes."""
        metrics, rules = setting.risk.metrics, () if self.selection is None else (self.selection,)
        selected = (
            Selected(rule, generator, self.learner, metrics)
            for rule in rules
            for generator in self.augmentation.generators
        )
        return (
            *augmented(self.augmentation, setting),
            *selected,
            *free_fixes(self.augmentation, setting, metrics),
        )
