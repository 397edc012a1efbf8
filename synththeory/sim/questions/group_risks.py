"""What is measured of a fit group by group: the worst group, the large ones, the small ones, and each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synththeory.arrays import Array
from synththeory.fits import Fit
from synththeory.metrics import LARGE_GROUP_RISK, SMALL_GROUP_RISK, WORST_GROUP_RISK
from synththeory.populations import Risk
from synththeory.populations.risks.measures import group_metric
from synththeory.sample import Stratum

WORST, LARGE, SMALL = WORST_GROUP_RISK.name, LARGE_GROUP_RISK.name, SMALL_GROUP_RISK.name


def group_metrics(strata: Sequence[Stratum]) -> tuple[str, ...]:
    """Names of the metrics: the worst group, the mean over the groups above and below the average size, each group."""
    return (WORST, LARGE, SMALL, *map(group_metric, strata))


def of_groups(metric: str, strata: Sequence[Stratum], counts: Sequence[int], risks: Array) -> Array:
    """One metric of group risks.

    Parameters
    ----------
    metric : str
        One of `group_metrics`.
    strata, counts : sequences
        The groups and their real rows.
    risks : Array
        (|G|, ...).

    Returns
    -------
    Array
        (...); where all groups are of one size, large and small ones are all of them.
    """
    if metric == WORST:
        return np.asarray(risks.max(axis=0))
    if metric in (LARGE, SMALL):
        above = np.array(counts) * len(counts) - sum(counts)
        chosen = above > 0 if metric == LARGE else above < 0
        return np.asarray(risks[chosen if chosen.any() else slice(None)].mean(axis=0))
    return np.asarray(risks[[group_metric(stratum) for stratum in strata].index(metric)])


def measured(risk: Risk, strata: Sequence[Stratum], counts: Sequence[int], metrics: Sequence[str], fit: Fit) -> Array:
    """Metrics of a fit, those of the groups among them.

    Parameters
    ----------
    risk : Risk
        Where the rows come from.
    strata, counts : sequences
        The groups and their real rows.
    metrics : sequence of str
        M names; those of the groups come last.
    fit : Fit
        Of B replications and S sizes.

    Returns
    -------
    Array
        (M, B, S).
    """
    grouped = [metric for metric in metrics if metric in group_metrics(strata)]
    whole = risk.measures(metrics[: len(metrics) - len(grouped)], fit)
    if not grouped:
        return whole
    risks = risk.measures([group_metric(stratum) for stratum in strata], fit)
    return np.stack([*whole, *(of_groups(metric, strata, counts, risks) for metric in grouped)])
