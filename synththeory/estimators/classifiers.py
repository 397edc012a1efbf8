"""VTSS and TG-VTSS as scikit-learn classifiers."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from synththeory.estimators.base import PriorAware
from synththeory.estimators.choice import Choice, Guidance, Judged, Task, choose, fixed, guided, named_streams
from synththeory.estimators.diagnosis import viewed
from synththeory.estimators.pipelines import Steps
from synththeory.estimators.prior import Probability
from synththeory.estimators.recalibration import Recalibration, known
from synththeory.estimators.searched import SearchedGenerator
from synththeory.estimators.sets import checked_sets, fit_sets, forecast
from synththeory.estimators.settings import Validation, rule_of
from synththeory.estimators.sources import by_levels, in_features
from synththeory.estimators.tables import Table
from synththeory.selection.calibration import Calibration
from synththeory.selection.rules import TGVTSS, VTSS

MULTIPLIERS = tuple(np.round(np.arange(0.0, 2.05, 0.1), 10).tolist())


class SizeChosen(SearchedGenerator, PriorAware):
    """A fit with as many synthetic rows as a rule chooses; which rule is the subclass's affair."""

    generator: Any
    judged: Judged
    tune: Mapping[str, Sequence[Any]] | None
    sets: int
    n_jobs: int | None
    random_state: Any
    recalibration: Recalibration | None

    @abstractmethod
    def _choose(self, task: Task, features: Table) -> Choice:
        """Choose a size, given all training rows in the features of the final step."""

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Self:
        """Choose the synthetic size, make the rows, and fit the estimator to real and synthetic rows.

        Parameters
        ----------
        X : array-like
            (n, d); a DataFrame or sparse matrix where the pipeline takes one.
        y : array-like
            (n,), two values; the rarer is the minority (in a tie, the later in sorted order).
        sample_weight : array-like, optional
            (n,), ≥ 0. Rows of weight 0 are dropped; synthetic rows get the mean weight of the minority.
        groups : array-like, optional
            (n,): rows of one value (a patient's) stay on one side of every validation split.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Bad input, settings, estimator or generator: named, with the remedy.
        """
        steps, sets = Steps.of(self.estimator), checked_sets(self.sets)
        table = self._read(X, y, sample_weight, raw=bool(steps.preprocessing), fewest=2, groups=groups)
        streams = named_streams(self.random_state)
        source = by_levels(self.generator, steps.final)
        task = Task(steps, source, table, self.judged, streams, self.tune, self.n_jobs, known(self.recalibration))
        if sets > 1 and self.recalibration is not None:
            raise ValueError("recalibration is learned from single fits; use it with sets=1")
        features, parts = steps.fitted(table)
        choice = self._choose(task, features)
        note_choice(self, choice)
        final = clone(steps.final).set_params(**choice.settings)
        whole = replace(task, generator=in_features(source, parts))
        fitted = fit_sets(final, whole, features, choice.size, sets, self.prevalence_)
        self._keep(parts, fitted, choice.mended)
        self.sets_ = forecast(task, choice) if sets > 1 else None
        return self


class VTSSClassifier(SizeChosen):
    """Validation-tuned synthetic size: the fit whose size has the smallest balanced validation log loss [P].

    The candidates are ñ = γ(n0 − n1) for fixed multipliers γ. Every validation fold fits preprocessing, generator and
    final step to its own training rows, with sizes scaled to its own class gap (`theory.md` §3).

    Parameters
    ----------
    estimator : classifier
        With ``predict_proba`` or ``decision_function``, or a Pipeline ending in one. In a Pipeline the synthetic rows
        are made in the features of the final step.
    generator : Generator, sampler or callable
        One of ``synththeory.generators``, an imbalanced-learn over-sampler that appends rows, or a function
        ``(minority_rows, size, random_state) -> rows``.
    multipliers : sequence of float, optional
        γ ≥ 0, increasing; 0, .1, …, 2 when not given.
    validation : {"cross-validation", "hold-out"}
        Stratified folds, or one stratified split.
    folds : int, optional
        For "cross-validation", at least 2; 5 when not given, and never more than there are minority rows.
    fraction : float, optional
        For "hold-out", the share held out, in (0, 1); .2 when not given.
    judged : {"as-fitted", "re-priored"}
        Whose loss is validated: the augmented fit's own probabilities, as in the paper [P], or the same moved to
        prevalence ½ [D], on which γ = 0 is the free fix and synthetic rows must beat it.
    probability : {"balanced", "prevalence"}
        Prevalence at which `predict_proba` holds: ½, or the one stated next.
    prevalence : float, optional
        Of the minority, in (0, 1), for "prevalence"; the training share (by weight) when not given.
    recalibration : {"sigmoid", "isotonic"}, optional
        Calibrate the fit of the chosen size on the rows that validation held out, by Platt's logistic step or the best
        rising map; no calibration when not given.
    tune : mapping, optional
        Parameters of the final step and values to choose from, ``{"C": [0.1, 1, 10]}``: the one of least validation
        loss at full balance is used at every size. Penalties are per unit of total weight, whatever is added.
    sets : int
        m ≥ 1 fits at the chosen size, each to synthetic rows of its own, whose probabilities are averaged: trees gain
        much, logistic regression next to nothing (`theory.md` §10).
    n_jobs : int, optional
        Folds fitted at once. Results do not depend on it.
    random_state : int, RandomState or None
        Folds and synthetic rows. The estimator keeps its own random_state.

    Attributes
    ----------
    multiplier_, synthetic_size_ : float, int
        The chosen γ, and its synthetic rows beside all training rows.
    settings_ : dict
        Parameters of the final step that were chosen from ``tune``.
    mended_ : Mended or None
        What calibration does to log-odds at prevalence ½.
    candidates_ : Candidates
        What was compared.
    curve_ : SizeCurve
        ``sizes``, ``multipliers``, ``loss``, ``standard_error``; also differences to the smallest size.
    classes_ : array
        Both labels, sorted; ``minority_class_`` is the rarer.
    prevalence_, log_odds_shift_ : float
        Prevalence at which probabilities hold, and what was added to the fit's log-odds for it.
    estimator_, preprocessing_ : classifier, tuple
        The fitted final step (of several sets, the first), and the fitted parts before it.
    sets_ : SetsForecast or None
        For ``sets`` > 1: the balanced Brier score of one fit and of the mean of two on held-out rows, and ``at(m)``,
        what the mean of m has by the law.
    n_features_in_, feature_names_in_ : int, array
        Of the table given to `fit`.
    """

    def __init__(
        self,
        estimator: Any,
        generator: Any,
        *,
        multipliers: Sequence[float] | None = None,
        validation: Validation = "cross-validation",
        folds: int | None = None,
        fraction: float | None = None,
        judged: Judged = "as-fitted",
        tune: Mapping[str, Sequence[Any]] | None = None,
        sets: int = 1,
        probability: Probability = "balanced",
        prevalence: float | None = None,
        recalibration: Recalibration | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.generator = generator
        self.multipliers = multipliers
        self.validation = validation
        self.folds = folds
        self.fraction = fraction
        self.judged = judged
        self.tune = tune
        self.sets = sets
        self.probability = probability
        self.prevalence = prevalence
        self.recalibration = recalibration
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _choose(self, task: Task, features: Table) -> Choice:
        rule = rule_of(
            VTSS,
            task.table.counts[1],
            multipliers=MULTIPLIERS if self.multipliers is None else self.multipliers,
            validation=self.validation,
            folds=self.folds,
            fraction=self.fraction,
        )
        return choose(task, fixed(rule.multipliers, task.table.gap), rule)


class TGVTSSClassifier(SizeChosen):
    """Theory-guided VTSS: the symmetry test and GQS say which sizes are worth validating [P].

    Local symmetry not rejected: γ ∈ {0, .05, …, .2}. Otherwise a realistic generator (GQS ≤ τ): .8 to 1.2 of full
    balance and of ñ* = (n0 − n1)/(1 − 2c). Otherwise: γ ∈ {0, .05, …, 2} (`theory.md` §3). Where the test or GQS cannot
    be had (too few minority rows, separated classes), ``regime_`` is "undetermined" and the widest grid validated [D].

    Parameters
    ----------
    estimator, generator, validation, folds, fraction, judged, tune, sets, probability, prevalence, recalibration, \
n_jobs, random_state
        As in `VTSSClassifier`.
    gqs_folds : int
        Folds of GQS, at least 2 and never more than there are minority rows.
    tau : float
        GQS up to τ means a realistic generator.
    alpha : float
        Level of the symmetry test.
    calibration : {"small-sample", "chi2"}
        Of the symmetry test; the paper's is "chi2" [P], which rejects too often with few minority rows.
    symmetric, realistic, biased : sequence of float, optional
        Candidate multipliers in each regime; in "realistic", factors of full balance and of ñ*.
    pilot : linear model, optional
        Whose scores the test and GQS use; the final step where it is linear, LogisticRegression() otherwise.

    Attributes
    ----------
    regime_ : {"symmetric", "realistic", "biased", "undetermined"}
        The verdict.
    symmetry_ : SymmetryTest or None
        In the features of the final step, of preprocessing fitted to all training rows. No weights.
    gqs_ : GeneratorQuality or None
        Cross-fitted: pilot and generator see the other folds. Features as for ``symmetry_``.
    pilot_ : linear model
        Whose scores were used.
    note_ : str
        Why ``symmetry_`` or ``gqs_`` is missing, in which coordinates they are, or that the test has fewer than five
        minority rows a parameter; often empty.
    multiplier_, synthetic_size_, settings_, mended_, candidates_, curve_, classes_, minority_class_, prevalence_, \
log_odds_shift_, estimator_, preprocessing_, sets_, n_features_in_, feature_names_in_
        As in `VTSSClassifier`.

    Warns
    -----
    UserWarning
        Fewer than five minority rows a parameter: the symmetry test has little power, and "symmetric" says nothing.
    """

    def __init__(
        self,
        estimator: Any,
        generator: Any,
        *,
        validation: Validation = "cross-validation",
        folds: int | None = None,
        fraction: float | None = None,
        gqs_folds: int = 5,
        tau: float = 10.0,
        alpha: float = 0.05,
        calibration: Calibration = "small-sample",
        symmetric: Sequence[float] | None = None,
        realistic: Sequence[float] | None = None,
        biased: Sequence[float] | None = None,
        pilot: Any = None,
        judged: Judged = "as-fitted",
        tune: Mapping[str, Sequence[Any]] | None = None,
        sets: int = 1,
        probability: Probability = "balanced",
        prevalence: float | None = None,
        recalibration: Recalibration | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.generator = generator
        self.validation = validation
        self.folds = folds
        self.fraction = fraction
        self.gqs_folds = gqs_folds
        self.tau = tau
        self.alpha = alpha
        self.calibration = calibration
        self.symmetric = symmetric
        self.realistic = realistic
        self.biased = biased
        self.pilot = pilot
        self.judged = judged
        self.tune = tune
        self.sets = sets
        self.probability = probability
        self.prevalence = prevalence
        self.recalibration = recalibration
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _choose(self, task: Task, features: Table) -> Choice:
        rule = tgvtss_rule(self, task.table)
        found = guided(task, features, rule, viewed(self.pilot, task.steps.final, features, rule))
        note_guidance(self, found)
        return choose(task, found.candidates, rule)


def note_choice(estimator: Any, choice: Choice) -> None:
    """Keep what was chosen in the estimator's fitted attributes."""
    estimator.candidates_, estimator.curve_ = choice.candidates, choice.curve
    estimator.multiplier_, estimator.synthetic_size_ = choice.multiplier, choice.size
    estimator.settings_ = choice.settings


def note_guidance(estimator: Any, found: Guidance) -> None:
    """Keep what TG-VTSS saw in the estimator's fitted attributes, and warn where its test has too few rows."""
    estimator.regime_ = found.candidates.regime or "undetermined"
    symmetry = estimator.symmetry_ = found.diagnosis.symmetry
    estimator.gqs_, estimator.pilot_ = found.diagnosis.quality, found.diagnosis.pilot
    caution = symmetry.caution if symmetry is not None else ""
    estimator.note_ = "; ".join(filter(None, (found.diagnosis.note, caution)))
    if caution:
        warnings.warn(f"{caution}; VTSSClassifier chooses a size without this test", UserWarning, stacklevel=4)


def tgvtss_rule(settings: Any, table: Table) -> TGVTSS:
    """The rule that an estimator with the parameters of `TGVTSSClassifier` asks for."""
    names = ("validation", "folds", "fraction", "gqs_folds", "tau", "alpha", "calibration")
    grids = ("symmetric", "realistic", "biased")
    return rule_of(TGVTSS, table.counts[1], **{name: getattr(settings, name) for name in (*names, *grids)})
