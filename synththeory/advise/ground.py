"""A training set with its inner folds: what each arm chooses on it, and how its fits score other rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.utils.validation import has_fit_parameter

from synththeory.advise.inner import Inner
from synththeory.advise.methods import AS_IS, Method, Source
from synththeory.advise.models import Model
from synththeory.advise.pool import ReadyRows
from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError
from synththeory.estimators.choice import BALANCE, Choice, Guidance, Task, fixed, guided, named_streams
from synththeory.estimators.curve import Prepared, SizeCurve
from synththeory.estimators.diagnosis import View, viewed
from synththeory.estimators.levels import Spread, coded_features
from synththeory.estimators.paths import fitted_log_odds
from synththeory.estimators.pipelines import Steps, transformed
from synththeory.estimators.prior_shift import balanced
from synththeory.estimators.recalibration import Recalibration
from synththeory.estimators.sets import SetsForecast, forecast
from synththeory.estimators.settings import rule_of
from synththeory.estimators.sources import by_levels, in_features
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
    recalibration : {"sigmoid", "isotonic"} or None
        How the fit is calibrated on inner held-out rows, where it is.
    multiplier : float
        Synthetic rows in class gaps.
    size : int
        The same as a number of rows.
    """

    settings: Mapping[str, Any]
    recalibration: Recalibration | None = None
    multiplier: float = 0.0
    size: int = 0


@dataclass(frozen=True, eq=False)
class Explored:
    """What inner validation says of one generator.

    Attributes
    ----------
    curve : SizeCurve
        Balanced log loss at prevalence ½ of every size that some rule offers.
    guidance : Guidance
        Candidates of TG-VTSS and why.
    picks : mapping of str to Pick
        By rule: "full balance", "VTSS", "TG-VTSS".
    calibrated : Pick
        Full balance with the parameters that are best after calibration.
    inner : Inner
        What the inner folds say.
    """

    curve: SizeCurve
    guidance: Guidance
    picks: Mapping[str, Pick]
    calibrated: Pick
    inner: Inner

    def pick(self, method: Method) -> Pick:
        """What a method with this generator chooses."""
        return self.calibrated if method.calibrated else self.picks[str(method.rule)]


@dataclass(frozen=True, eq=False)
class Arm:
    """What is fitted to which rows.

    Attributes
    ----------
    linear_discriminant, weighted : bool
        Whether Fisher's discriminant takes the place of the model; whether both classes weigh the same.
    source : Source or None
        Of synthetic rows.
    final : classifier
        Unfitted.
    """

    linear_discriminant: bool
    weighted: bool
    source: Source | None
    final: Any


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

    @cached_property
    def plain(self) -> Array:
        """The training rows as linear models see them, (n, p): a column for each level of a category."""
        return Spread.of(coded_features(self.steps.final), self.features.rows).out(self.features.rows)

    @cached_property
    def view(self) -> View:
        """The training rows as the pilot of TG-VTSS sees them, and the test of symmetry there."""
        return viewed(None, self.steps.final, self.features, self._guide)

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
        pick, arm = self.pick(method), self._arm(method)
        found, prior = self._scores(arm, pick, rows)
        if method.family == "as is":
            return found
        if pick.recalibration is None:
            return found - prior
        inner = self._inner(arm) if arm.source is None else self.explored(arm.source).inner
        return inner.mended(pick.recalibration, pick.settings, pick.multiplier)(found - prior)

    def pick(self, method: Method) -> Pick:
        """What a method chooses here."""
        if method.source is not None:
            assert method.rule is not None
            return self.explored(method.source).pick(method)
        tune, arm = {} if method.linear_discriminant else self.model.tune, self._arm(method)
        _check_weights(arm)
        if not (tune or method.calibrated):
            return Pick({})
        inner = self._inner(arm)
        return Pick(*inner.calibrated(tune, 0.0)) if method.calibrated else Pick(inner.tuned(tune, 0.0))

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

    def several(self, source: Source) -> SetsForecast | None:
        """What the mean of fits to several synthetic sets at balance is worth; None where no row can be made anew."""
        found = self.explored(source)
        pick = found.picks["full balance"]
        if not pick.size or isinstance(source.generator, ReadyRows):
            return None
        choice = Choice(
            found.guidance.candidates, found.curve, pick.multiplier, pick.size, dict(pick.settings), found.inner.folds
        )
        return forecast(self._task(source), choice)

    def _arm(self, method: Method) -> Arm:
        final = LinearDiscriminantAnalysis() if method.linear_discriminant else self.steps.final
        return Arm(method.linear_discriminant, method.weighted, method.source, final)

    def _scores(self, arm: Arm, pick: Pick, rows: Array) -> tuple[Vector, float]:
        """Log-odds of the fit to all training rows, and log(N1/N0) that it saw; each fit is made once."""
        source = None if not pick.size or arm.source is None else arm.source.name
        key = (arm.linear_discriminant, arm.weighted, source, pick.size, repr(sorted(pick.settings.items())), id(rows))
        if key not in self._fits:
            training = balanced(self.features) if arm.weighted else self.features
            made = np.empty((0, rows.shape[1])) if source is None else self._made(arm, pick.size)
            final = clone(arm.final).set_params(**pick.settings)
            found = fitted_log_odds(final, training, made, np.array([pick.size]), rows)
            self._fits[key] = np.asarray(found.log_odds[0]), float(found.priors[0]), rows
        log_odds, prior, _ = self._fits[key]
        return log_odds, prior

    @cached_property
    def _fits(self) -> dict[tuple[Any, ...], tuple[Vector, float, Array]]:
        """The scored rows are kept too: as long as they live, no other array has their ``id``."""
        return {}

    @cached_property
    def _known(self) -> dict[str, Explored | Exception]:
        return {}

    @cached_property
    def _inners(self) -> dict[tuple[bool, bool], Inner]:
        return {}

    def _inner(self, arm: Arm) -> Inner:
        """Inner folds of real rows alone."""
        key = (arm.linear_discriminant, arm.weighted)
        if key not in self._inners:
            folds = self._folds
            if arm.weighted:
                folds = tuple(replace(fold, training=balanced(fold.training)) for fold in folds)
            self._inners[key] = Inner(folds, arm.final)
        return self._inners[key]

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
        return Task(self.steps, self._maker(source, self.parts), self.table, "re-priored", self.streams)

    def _maker(self, source: Source, parts: tuple[Any, ...]) -> Any:
        """A generator for the features that fitted preprocessing makes."""
        return in_features(by_levels(source.generator, self.steps.final), parts)

    def _largest(self, source: Source) -> float:
        """The largest multiplier that a source has rows for."""
        if not isinstance(source.generator, ReadyRows):
            return np.inf
        return len(source.generator.frame) / max(self.table.gap, 1)

    @cached_property
    def _guide(self) -> TGVTSS:
        return rule_of(
            TGVTSS, self.table.counts[1], validation="cross-validation", folds=self.inner, gqs_folds=self.inner,
            calibration="small-sample", **self.model.guided,
        )  # fmt: skip

    def _guided(self, source: Source) -> Guidance:
        most = len(source.generator.frame) if isinstance(source.generator, ReadyRows) else None
        return guided(self._task(source), self.features, self._guide, self.view, most)

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
        folds = tuple(
            fold.imitated(self._maker(source, fold.parts), float(union[-1]), named.within(f"fold/{number}"))
            for number, fold in enumerate(self._folds)
        )
        inner = Inner(folds, self.steps.final, self._inner(self._arm(AS_IS)))
        full = min(BALANCE, largest)
        settings = inner.tuned(self.model.tune, full)
        curve = inner.curve(settings, union, gap)
        picks = {rule: _picked(curve.at(offered), settings) for rule, offered in offers.items()}
        offer, kind = inner.calibrated(self.model.tune, full)
        kept = replace(picks["full balance"], settings=offer, recalibration=kind)
        return Explored(curve, guidance, picks, kept, inner)

    def _made(self, arm: Arm, size: int) -> Array:
        assert arm.source is not None
        return self._task(arm.source).rows(self.features, size)


def _check_weights(arm: Arm) -> None:
    if arm.weighted and not has_fit_parameter(arm.final, "sample_weight"):
        raise DesignError(f"{type(arm.final).__name__}.fit takes no sample_weight")


def _picked(curve: SizeCurve, settings: Mapping[str, Any]) -> Pick:
    place = int(best(curve.loss))
    if place < 0:
        raise DesignError("no size has a finite validation loss; scale the features or mend the model's settings")
    return Pick(settings, None, float(curve.multipliers[place]), int(curve.sizes[place]))
