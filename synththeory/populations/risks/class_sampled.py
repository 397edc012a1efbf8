"""Balanced risk of K scores, one a class, on a test sample."""

from __future__ import annotations

from collections.abc import Sequence
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
        (m, d) of each.
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
        every = np.stack([self._of_one(fit.at(slice(one, one + 1))) for one in range(len(fit.status))], axis=1)
        every[:, np.isnan(every[0])] = np.nan  # without a fit there are no scores
        known = dict(zip(self.metrics, every, strict=True))
        return np.stack([known[metric] for metric in metrics])

    def _of_one(self, fit: Fit) -> Array:
        """All metrics of one replication, (3 + K, S)."""
        losses, errors = [], []
        for stratum, rows in zip(self.strata, self.rows, strict=True):
            values, wrong = [], []
            for start in range(0, rows.shape[0], _CHUNK):
                (scores,) = fit.scores(rows[start : start + _CHUNK])
                values.append(self.loss.value(scores, np.array(stratum.coding)))
                wrong.append(scores.argmax(axis=-1) != stratum.index)
            losses.append(np.concatenate(values, axis=-1))
            errors.append(np.concatenate(wrong, axis=-1).mean(axis=-1))
        means = np.mean([each.mean(axis=-1) for each in losses], axis=0)
        variance = np.sum([each.var(axis=-1, ddof=1) / each.shape[-1] for each in losses], axis=0)
        return np.stack([means, np.mean(errors, axis=0), np.sqrt(variance) / len(self.strata), *errors])
