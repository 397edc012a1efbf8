"""What every question about synthetic rows has in common: its checks, its curves and its free fixes."""

from __future__ import annotations

from collections.abc import Sequence

from synththeory.corrections import TunedCorrection
from synththeory.errors import DesignError
from synththeory.losses import LogisticLoss
from synththeory.populations import LinearTasks
from synththeory.populations.laws.finite import FiniteLaw
from synththeory.sim.questions.augmentation import Augmentation
from synththeory.sim.questions.augmented import Augmented
from synththeory.sim.questions.base import Setting
from synththeory.sim.questions.corrected import Corrected
from synththeory.sim.questions.free_fix import FreeFix
from synththeory.sim.questions.tuned import Tuned
from synththeory.sim.questions.unknown_laws import check_imitable


def augmented(augmentation: Augmentation, setting: Setting) -> tuple[Augmented | Corrected | Tuned, ...]:
    """One arm a use of a generator: the learner's path over growing numbers of its synthetic minority rows."""
    multipliers, sizes = augmentation.scale(setting.counts)
    metrics, joint, sets = setting.risk.metrics, setting.total is not None, augmentation.sets or 1
    arms: list[Augmented | Corrected | Tuned] = []
    for use in augmentation.uses:
        plain = Augmented(use, setting.learner, multipliers, sizes, metrics, joint, augmentation.diagnostics, sets)
        if use.correction is None:
            arms.append(plain)
        elif isinstance(use.correction, TunedCorrection):
            arms.append(Tuned(plain, use.correction))
        else:
            arms.append(Corrected(plain, use.correction, setting.population, setting.counts))
    return tuple(arms)


def free_fixes(augmentation: Augmentation, setting: Setting, metrics: tuple[str, ...]) -> tuple[FreeFix, ...]:
    """One arm a fit to the real rows alone."""
    return tuple(FreeFix(baseline, setting.learner, metrics) for baseline in augmentation.baselines)


def check_curves(augmentation: Augmentation, setting: Setting) -> None:
    """Refuse curves in the synthetic size of the minority that cannot be drawn from the setting's sample.

    Raises
    ------
    DesignError
        With what is wanted, what came and how to mend it.
    """
    check_added(augmentation, setting, setting.counts[1:])
    _, sizes = augmentation.scale(setting.counts)
    for use in augmentation.uses:
        if use.correction is None:
            continue
        try:
            use.correction.check(setting.counts[0], setting.counts[-1], setting.learner)
        except DesignError as error:
            raise DesignError(f"augmentation.arms ({use.label}): {error}") from None
    linear = setting.learner.linear and not setting.scoring.sampled(setting.population, setting.learner)
    if augmentation.sets is not None and linear and isinstance(setting.learner.loss, LogisticLoss):
        raise DesignError(
            "augmentation.sets averages probabilities, whose risk has no closed form: give risk.method = 'test-sample'"
        )
    if {"spread", "diversity"} & set(augmentation.diagnostics) and sizes[0] < 1:
        raise DesignError("augmentation.diagnostics measure synthetic rows: the sizes must begin at 1 or more, got 0")


def check_added(augmentation: Augmentation, setting: Setting, seeds: Sequence[int]) -> None:
    """Refuse generators that cannot imitate the strata, and fixes that do not apply.

    Parameters
    ----------
    augmentation : Augmentation
    setting : Setting
    seeds : sequence of int
        Real rows of each stratum that is imitated.

    Raises
    ------
    DesignError
        With the place of the generator or the name of the fix.
    """
    population, counts = setting.population, setting.counts
    if isinstance(population, LinearTasks):
        raise DesignError("population: linear-tasks draws joint rows of many tasks: it needs [tasks]")
    for place, generator in enumerate(augmentation.generators):
        try:
            for count in seeds:
                generator.check(count, population.dimension)
            generator.check_size(max(augmentation.scale(counts)[1]))
        except DesignError as error:
            raise DesignError(f"augmentation.generators[{place}] ({generator.label}): {error}") from None
    if not population.laws:
        if augmentation.diagnostics:
            raise DesignError(
                f"augmentation.diagnostics need the law of the rows, which is not known for {population.kind}"
            )
        check_imitable("augmentation", augmentation.generators, counts[-1], population.dimension, others=True)
    if "diversity" in augmentation.diagnostics and not isinstance(population.laws[-1], FiniteLaw):
        raise DesignError(
            f"augmentation.diagnostics: 'diversity' needs a law on finitely many rows, such as mixed-types; "
            f"{population.kind} has none"
        )
    for baseline in augmentation.baselines:
        baseline.check(setting.learner, len(counts))
