"""A training set with its inner folds: what each arm chooses on it, and how its fits score other rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from synththeory.advise.methods import CALIBRATED, WEIGHTED, Method, Source
from synththeory.advise.models import Model
from synththeory.advise.pool import ReadyRows
from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError
from synththeory.estimators.choice import BALANCE, Guidance, Task, fixed, guided, named_streams, tuned
from synththeory.estimators.curve import Prepared, SizeCurve, validation_curve
from synththeory.estimators.diagnosis import Diagnosis
from synththeory.estimators.paths import fitted_log_odds
from synththeory.estimators.pipelines import Steps, transformed
from synththeory.estimators.prior_shift import balanced
from synththeory.estimators.settings import rule_of
from synththeory.estimators.splits import folds_of
from synththeory.estimators.tables import Table, numbers
from synththeory.selection.candidates import best
from synththeory.selection.rules import TGVTSS, VTSS
from synththeory.streams import Streams


@dataclass(frozen=True)
class Pick:
    """What a method chose on a training set.

    Attributes
    ----------
    settings : mapping
        Parameters of the final step.
    multiplier : float
        Synthetic rows in class gaps.
    size : int
        The same as a number of rows.
    """

    settings: Mapping[str, Any]
    multiplier: float = 0.0
    size: int = 0


@dataclass(frozen=True, eq=False)
class Explored:
    """What inner validation says of one generator.

    Attributes
    ----------
    settings : mapping
        Parameters of the final step, chosen at full balance.
    curve : SizeCurve
        Balanced log loss at prevalence ½ of every size that some rule offers.
    guidance : Guidance
        Candidates of TG-VTSS and why.
    picks : mapping of str to Pick
        By rule: "full balance", "VTSS", "TG-VTSS".
    """

    settings: Mapping[str, Any]
    curve: SizeCurve
    guidance: Guidance
    picks: Mapping[str, Pick]


@dataclass(frozen=True, eq=False)
class Ground:
    """A training set, its features and its inner folds.

    Attributes
    ----------
    model : Model
        What is fitted.
    steps : Steps
        Its preprocessing and final step.
    table, features : Table
        Training rows before and after preprocessing.
    parts : tuple
        The fitted preprocessing.
    streams : Streams
        Named as an estimator with the same random_state names them.
    inner : int
        Inner folds asked for.
    """

    model: Model
    steps: Steps
    table: Table
    features: Table
    parts: tuple[Any, ...]
    streams: Streams
    inner: int

    @classmethod
    def of(cls, model: Model, estimator: Any, table: Table, inner: int, seed: int) -> Ground:
        """Fit the preprocessing to a training set."""
        steps = Steps.of(estimator)
        features, parts = steps.fitted(table)
        return cls(model, steps, table, features, parts, named_streams(seed), inner)

    def rows(self, X: Any) -> Array:
        """Other rows in the features of the final step."""
        return numbers(transformed(self.parts, X))

    def log_odds(self, method: Method, rows: Array) -> Vector:
        """What a method's fit says of rows, at prevalence ½; untouched for the fit as it is.

        Raises
        ------
        Exception
            Whatever the model or generator raises.
        """
        pick = self.pick(method)
        training = balanced(self.features) if method == WEIGHTED else self.features
        made = self._made(method, pick.size)
        final = self._calibrated(pick) if method == CALIBRATED else self._final(pick.settings)
        found = fitted_log_odds(final, training, made, np.array([pick.size]), rows)
        shift = 0.0 if method.family == "as is" else found.priors[0]
        return np.asarray(found.log_odds[0] - shift)

    def pick(self, method: Method) -> Pick:
        """What a method chooses here."""
        if method.source is None:
            return self._weighted if method == WEIGHTED else self.plain
        assert method.rule is not None
        return self.explored(method.source).picks[method.rule]

    @cached_property
    def plain(self) -> Pick:
        """Parameters of the fit to the real rows as they are, at prevalence ½."""
        return Pick(tuned(self.steps.final, self.model.tune, self._folds, 0.0, re_priored=True))

    @cached_property
    def _weighted(self) -> Pick:
        if not has_fit_parameter(self.steps.final, "sample_weight"):
            raise DesignError(f"{type(self.steps.final).__name__}.fit takes no sample_weight")
        folds = [replace(fold, training=balanced(fold.training)) for fold in self._folds]
        return Pick(tuned(self.steps.final, self.model.tune, folds, 0.0, re_priored=True))

    def explored(self, source: Source) -> Explored:
        """Inner validation of a generator, made once; its failure is raised again."""
        if source.name not in self._known:
            try:
                self._known[source.name] = self._explored(source)
            except Exception as error:
                self._known[source.name] = error
        found = self._known[source.name]
        if isinstance(found, Exception):
            raise found
        return found

    @cached_property
    def _known(self) -> dict[str, Explored | Exception]:
        return {}

    @cached_property
    def _rule(self) -> VTSS:
        return rule_of(
            VTSS, self.table.counts[1], multipliers=self.model.multipliers, validation="cross-validation",
            folds=self.inner,
        )  # fmt: skip

    @cached_property
    def _folds(self) -> tuple[Prepared, ...]:
        named = self.streams.within("validation")
        return tuple(
            Prepared.of(self.steps, self.table, fold) for fold in folds_of(self.table, self._rule.splits, named)
        )

    def _task(self, source: Source) -> Task:
        return Task(self.steps, _maker(source, self.parts), self.table, "re-priored", self.streams)

    def _largest(self, source: Source) -> float:
        """The largest multiplier that a source has rows for."""
        if not isinstance(source.generator, ReadyRows):
            return np.inf
        return len(source.generator.frame) / max(self.table.gap, 1)

    def _guided(self, source: Source) -> Guidance:
        guide = rule_of(
            TGVTSS, self.table.counts[1], validation="cross-validation", folds=self.inner, gqs_folds=self.inner,
            calibration="small-sample", **self.model.guided,
        )  # fmt: skip
        if self._largest(source) >= BALANCE:
            return guided(self._task(source), self.features, guide, None)
        note = "no GQS: the pool has fewer rows than balance the classes"
        return Guidance(fixed(guide.biased, self.table.gap), Diagnosis(None, None, None, note))

    def _explored(self, source: Source) -> Explored:
        guidance, gap, largest = self._guided(source), self.table.gap, self._largest(source)
        offers = {
            "full balance": np.array([BALANCE]),
            "VTSS": fixed(self._rule.multipliers, gap).multipliers,
            "TG-VTSS": guidance.candidates.multipliers,
        }
        if np.isfinite(largest):  # beyond the pool's rows stands all of the pool
            offers = {rule: np.unique(np.minimum(sizes, largest)) for rule, sizes in offers.items()}
        union = np.unique(np.concatenate(list(offers.values())))
        named = self.streams.within("validation")
        folds = [
            fold.imitated(_maker(source, fold.parts), float(union[-1]), named.within(f"fold/{number}"))
            for number, fold in enumerate(self._folds)
        ]
        settings = tuned(self.steps.final, self.model.tune, folds, min(BALANCE, largest), re_priored=True)
        curve = validation_curve(self._final(settings), folds, union, gap, re_priored=True)
        picks = {rule: _picked(curve.at(offered), settings) for rule, offered in offers.items()}
        return Explored(settings, curve, guidance, picks)

    def _made(self, method: Method, size: int) -> Array:
        if method.source is None:
            return np.empty((0, self.features.rows.shape[1]))
        return self._task(method.source).rows(self.features, size)

    def _final(self, settings: Mapping[str, Any]) -> Any:
        return clone(self.steps.final).set_params(**settings)

    def _calibrated(self, pick: Pick) -> Any:
        from sklearn.calibration import CalibratedClassifierCV

        if self.table.times is not None:
            raise DesignError("forward splits leave the first rows without a score to calibrate on")
        cut = folds_of(self.table, self._rule.splits, self.streams.within("validation"))
        return CalibratedClassifierCV(
            self._final(pick.settings), cv=[(fold.training, fold.held_out) for fold in cut], ensemble=False
        )


def _maker(source: Source, parts: tuple[Any, ...]) -> Any:
    """The generator, in the features that fitted preprocessing makes."""
    return source.generator.featured(parts) if isinstance(source.generator, ReadyRows) else source.generator


def _picked(curve: SizeCurve, settings: Mapping[str, Any]) -> Pick:
    place = int(best(curve.loss))
    if place < 0:
        raise DesignError("no size has a finite validation loss; scale the features or mend the model's settings")
    return Pick(settings, float(curve.multipliers[place]), int(curve.sizes[place]))
