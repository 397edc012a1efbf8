"""Balanced risk of K scores, one a class, on a test sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.fits import Fit
from synththeory.losses import ClassLoss
from synththeory.sample import Stratum

_CHUNK = 1000
"""Rows scored together: their scores stay in the second-level cache."""


def class_error(stratum: Stratum) -> str:
    """Name of the metric that is a class's share of wrongly predicted rows, one minus its recall."""
    return f"class_error: {stratum.name}"


@dataclass(frozen=True, eq=False)
class ClassSampledRisk:
    """Balanced risk as the mean over one fixed test sample, the same rows of every class for all fits.

    The predicted class is that of the highest score. ``test_sample_error`` is what
    `synththeory.populations.SampledRisk` says of it.

    Attributes
    ----------
    strata : sequence of Stratum
        K classes, coded by vectors.
    rows : sequence of Array
        (m, d) of each; or (B, m, d), where every replication of the fits has its own.
    loss : ClassLoss
        Of the learner's scores.
    """

    strata: Sequence[Stratum]
    rows: Sequence[Array]
    loss: ClassLoss

    risk_method = "test-sample"

    @property
    def metrics(self) -> tuple[str, ...]:
        """Balanced loss and error, the test sample's own error, and every class's error."""
        return ("balanced_loss", "balanced_error", "test_sample_error", *map(class_error, self.strata))

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S); NaN where there is no fit."""
        every = np.stack([self._of_one(fit, replication) for replication in range(len(fit.status))], axis=1)
        every[:, np.isnan(every[0])] = np.nan  # without a fit there are no scores
        known = dict(zip(self.metrics, every, strict=True))
        return np.stack([known[metric] for metric in metrics])

    def margins(self, fit: Fit) -> tuple[Array, Array]:
        """Mean margins f_y − max_{j≠y} f_j of the first third of the classes and of the last third, (B, S) each."""
        every = np.empty((len(self.strata), *fit.status.shape))
        for replication in range(fit.status.shape[0]):
            for place, parts in enumerate(self._scored(fit, replication)):
                each = [scores[..., place] - np.delete(scores, place, axis=-1).max(axis=-1) for scores in parts]
                every[place, replication] = np.concatenate(each, axis=-1).mean(axis=-1)
        third = max(1, len(self.strata) // 3)
        return every[:third].mean(axis=0), every[-third:].mean(axis=0)

    def _scored(self, fit: Fit, replication: int) -> Iterator[list[Array]]:
        """The scores (S, m, K) of each class's rows, some rows at a time."""
        one = fit.at(slice(replication, replication + 1))
        for every in self.rows:
            rows = every if every.ndim == 2 else every[replication]
            yield [one.scores(rows[start : start + _CHUNK])[0] for start in range(0, rows.shape[0], _CHUNK)]

    def _of_one(self, fit: Fit, replication: int) -> Array:
        """All metrics of one replication, (3 + K, S)."""
        losses, errors = [], []
        for stratum, parts in zip(self.strata, self._scored(fit, replication), strict=True):
            coding = np.array(stratum.coding)
            losses.append(np.concatenate([self.loss.value(scores, coding) for scores in parts], axis=-1))
            wrong = [scores.argmax(axis=-1) != stratum.index for scores in parts]
            errors.append(np.concatenate(wrong, axis=-1).mean(axis=-1))
        means = np.mean([each.mean(axis=-1) for each in losses], axis=0)
        variance = np.sum([each.var(axis=-1, ddof=1) / each.shape[-1] for each in losses], axis=0)
        return np.stack([means, np.mean(errors, axis=0), np.sqrt(variance) / len(self.strata), *errors])
