"""TG-VTSS as a sampler, for imbalanced-learn's pipelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import OneToOneFeatureMixin

from synththeory.estimators.choice import Judged, Task, choose, guided, named_streams
from synththeory.estimators.classifiers import note_choice, note_guidance, tgvtss_rule
from synththeory.estimators.containers import appended, appended_labels
from synththeory.estimators.diagnosis import viewed
from synththeory.estimators.pipelines import Steps
from synththeory.estimators.searched import SearchedGenerator
from synththeory.estimators.settings import Validation
from synththeory.estimators.sources import by_levels
from synththeory.estimators.tables import Table, read_table
from synththeory.selection.calibration import Calibration


class TGVTSSSampler(OneToOneFeatureMixin, SearchedGenerator):
    """Append the synthetic minority rows that TG-VTSS chooses; no real row is moved, changed or removed.

    A step of ``imblearn.pipeline.Pipeline``: put preprocessing before it and the classifier after it. The classifier
    after it gives probabilities at the class ratio of the enlarged table, not at the one you have; `TGVTSSClassifier`
    re-priors them.

    Parameters
    ----------
    estimator : classifier
        Whose validation loss chooses the size, usually the one that ends the pipeline. Not itself a Pipeline: rows are
        made and returned in the columns of X.
    generator : Generator, sampler or callable
        As in `TGVTSSClassifier`.
    validation, folds, fraction, gqs_folds, tau, alpha, calibration, symmetric, realistic, biased, pilot, judged, \
tune, n_jobs, random_state
        As in `TGVTSSClassifier`.

    Attributes
    ----------
    synthetic_ : array of bool
        Which rows of the table returned are synthetic; they come last.
    parents_ : array of int
        (ñ, 2): rows of the given table that each synthetic row lies between (a single one twice); −1 where it is made
        from all of them, or by a sampler or function that does not tell.
    sampling_strategy_ : dict
        Label of the minority and how many rows were added, as imbalanced-learn's samplers have it.
    regime_, symmetry_, gqs_, pilot_, note_, candidates_, curve_, multiplier_, synthetic_size_, settings_, classes_, \
n_features_in_, feature_names_in_
        As in `TGVTSSClassifier`.
    """

    _estimator_type = "sampler"

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
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Choose the synthetic size; `fit_resample` makes the rows too."""
        self._chosen(X, y)
        return self

    def fit_resample(self, X: ArrayLike, y: ArrayLike) -> tuple[Any, Any]:
        """The table with the chosen synthetic rows appended.

        Parameters
        ----------
        X : array-like
            (n, d) numbers; a DataFrame or list comes back as one.
        y : array-like
            (n,), two values; the rarer is the minority.

        Returns
        -------
        X, y
            (n + ñ, d) and (n + ñ,), of the container and types given: in columns of whole numbers and flags synthetic
            entries are rounded. The size was validated before rounding.

        Raises
        ------
        ValueError
            Bad input, settings, estimator or generator: named, with the remedy.
        """
        table, task = self._chosen(X, y)
        size = sum(self.sampling_strategy_.values())
        made, own = task.rows(table, size), np.flatnonzero(table.minority)
        found = task.parents(table, size)
        self.parents_ = np.where(found < 0, -1, own[found])
        self.synthetic_ = np.arange(len(table.rows) + size) >= len(table.rows)
        return appended(X, made), appended_labels(y, np.repeat(table.labels[table.minority][:1], size))

    def _chosen(self, X: ArrayLike, y: ArrayLike) -> tuple[Table, Task]:
        steps = Steps.of(self.estimator)
        if steps.preprocessing:
            raise ValueError(
                "the estimator of TGVTSSSampler must not be a Pipeline: put its preprocessing before the sampler in "
                "the imblearn Pipeline, and pass its final step"
            )
        table, self.classes_ = read_table(self, X, y, None, raw=False)
        streams = named_streams(self.random_state)
        source = by_levels(self.generator, steps.final)
        task = Task(steps, source, table, self.judged, streams, self.tune, self.n_jobs)
        rule = tgvtss_rule(self, table)
        found = guided(task, table, rule, viewed(self.pilot, steps.final, table, rule))
        choice = choose(task, found.candidates, rule)
        note_guidance(self, found)
        note_choice(self, choice)
        self.sampling_strategy_ = {table.labels[table.minority].tolist()[0]: choice.size}
        return table, task
