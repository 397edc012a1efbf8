"""Arms whose synthetic size is chosen from the data, and the design table that asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, PlainSerializer

from synththeory.components import digest
from synththeory.errors import DesignError, nearest
from synththeory.generators import Generator
from synththeory.learners import Learner, ScoreLearner, path_of
from synththeory.metrics import BALANCED_LOSS, Metric, registered
from synththeory.populations import Population
from synththeory.selection import TGVTSS, VERDICTS, VTSS, Classes, Rule, choose, scaled_choice, smallest_minority
from synththeory.sim.questions.arms import Data, Scores, scored
from synththeory.sim.questions.uses import Use
from synththeory.status import Status
from synththeory.theory import Prediction

SHARES = tuple(registered(Metric(f"share_{verdict}", unit="share", proportion=True)).name for verdict in VERDICTS)
"""Metrics of TG-VTSS: whether the verdict was that one, in every replication; their means are proportions."""
CHOSEN = "chosen_multiplier"
"""Metric of every arm that chooses: γ̂."""

AFTER_PLATT = registered(Metric("platt_loss", "balanced log loss after Platt scaling", "loss")).name
"""Metric of a rule with ``platt``: the balanced loss of the chosen fit with its log-odds scaled."""


def _as_rule(value: object) -> object:
    """A ``[selection]`` table: the settings of the rule it names."""
    if isinstance(value, Rule):
        return value
    if not isinstance(value, dict):
        raise ValueError(f"expected a table such as {{ rule = 'tg-vtss' }}, got {value!r}")
    if "rule" not in value:
        raise ValueError(f"needs a 'rule'; valid: {', '.join(sorted(Rule.registry))}")
    kind = value["rule"]
    if kind not in Rule.registry:
        raise ValueError(f"unknown rule '{kind}'{nearest(str(kind), Rule.registry)}")
    if kind == "vtss" and "multipliers" not in value:
        raise ValueError("the rule 'vtss' chooses among given sizes: it needs 'multipliers', such as [0.5, 1.0, 1.5]")
    return Rule.registry[kind].model_validate({key: entry for key, entry in value.items() if key != "rule"})


def _as_table(rule: TGVTSS | VTSS) -> dict[str, Any]:
    """The rule as a design writes it."""
    table = rule.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
    return {"rule": rule.kind, **table}


AnyRule = Annotated[TGVTSS | VTSS, BeforeValidator(_as_rule), PlainSerializer(_as_table)]


@dataclass(frozen=True)
class Selected:
    """The learner's fit at a size chosen from the real rows, replication by replication.

    Attributes
    ----------
    rule : TGVTSS or VTSS
        How it is chosen.
    generator, learner
        What is added, and what is fitted.
    fit_metrics : tuple of str
        What is measured of every fit.
    """

    rule: TGVTSS | VTSS
    generator: Generator
    learner: Learner
    fit_metrics: tuple[str, ...]

    points = ((None, None),)

    @property
    def use(self) -> Use:
        """The generator's, treated by the rule."""
        return Use(self.generator, self.rule.kind)

    @property
    def names(self) -> tuple[str, ...]:
        """Rule and generator."""
        return self.use.names

    @property
    def label(self) -> str:
        """Such as ``tg-vtss:smote``."""
        return self.use.label

    @cached_property
    def digest(self) -> str:
        """Digest of the rule and of the generator without its name."""
        return digest(self.rule, self.generator.identity)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Metrics of the fit, the chosen multiplier, and what TG-VTSS saw."""
        seen = (*SHARES, "gqs", "symmetry_p_value") if isinstance(self.rule, TGVTSS) else ()
        return (*self.fit_metrics, CHOSEN, *seen, *((AFTER_PLATT,) if self.rule.platt else ()))

    def run(self, data: Data) -> Scores:
        """Choose, fit all real rows with the chosen number of rows of the curve's own draw, score."""
        real = Classes(data.majority, data.minority)
        choice = choose(self.rule, self.generator, self.learner, data.streams, real)
        sizes = choice.sizes[:, None]
        synthetic = data.synthetic(self.generator, int(sizes.max()))
        fit = path_of(self.learner, data.real, synthetic, sizes, data.streams)
        columns = [*data.risk.measures(self.fit_metrics, fit)[..., 0], choice.multipliers]
        if choice.evidence is not None:
            columns += [*choice.verdicts.T, choice.evidence.quality.value, choice.evidence.p_value]
        if self.rule.platt:
            after = scaled_choice(self.rule, self.generator, self.learner, data.streams, real, choice.multipliers, fit)
            columns.append(data.risk.measures((BALANCED_LOSS.name,), after)[0, :, 0])
        failed = choice.status != Status.OK
        return scored(np.stack(columns)[..., None], np.where(failed[:, None], choice.status[:, None], fit.status))

    def prediction(self, population: Population, counts: tuple[int, ...]) -> Prediction | None:
        """There is no theory of a chosen size."""
        return None


def check_selection(
    rule: Rule, generators: Sequence[Generator], learner: Learner, counts: tuple[int, ...], dimension: int
) -> None:
    """Refuse a rule that cannot split the sample it will meet.

    Raises
    ------
    DesignError
        With what is wanted, what came and how to mend it.
    """
    minority = counts[1]
    if minority < rule.fewest:
        raise DesignError(
            f"selection: {rule.fewest} folds or sides need as many minority rows, got {minority}; use fewer folds or "
            "raise sample.minority"
        )
    if isinstance(rule, TGVTSS) and not isinstance(learner, ScoreLearner):
        raise DesignError(
            f"selection: the rule 'tg-vtss' needs the gradients of an M-estimator, which {learner.kind} is not; "
            "use the rule 'vtss'"
        )
    parameters = learner.penalty(dimension, 1.0).shape[-1] if isinstance(learner, ScoreLearner) else 0
    if isinstance(rule, TGVTSS) and minority < smallest_minority(parameters):
        raise DesignError(
            f"selection: the symmetry test of {parameters} parameters needs at least {smallest_minority(parameters)} "
            f"minority rows, got {minority}; raise sample.minority, or use the rule 'vtss'"
        )
    for generator in generators:
        try:
            generator.check(rule.smallest_training(minority), dimension)
        except DesignError as error:
            raise DesignError(
                f"selection: a fold leaves {rule.smallest_training(minority)} of {minority} minority rows to the "
                f"generator: {error}"
            ) from None
