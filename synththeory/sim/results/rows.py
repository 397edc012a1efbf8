"""One line of a summary: an estimate that is never without its MCSE and its n."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Mean of one metric at one point of one arm.

    Attributes
    ----------
    study : str
        Name of the study.
    cell : mapping
        The swept keys and their values.
    arm : str
        Name of the arm.
    multiplier : float or None
        γ; None for an arm without synthetic rows.
    synthetic_size : int or None
        Synthetic rows ñ; None where each replication chose its own.
    metric : str
        Such as ``"excess_risk"``, ``"parameter_error"``, ``"balanced_loss"``.
    estimate, mcse : float
        Mean over the replications that did not fail, and its Monte Carlo standard error.
    lower, upper : float
        95 % interval of the mean.
    replications : int
        Replications on disk.
    failed : int
        How many of them failed at this point.
    theory : float or None
        What the expansion predicts.
    risk_method : str
        ``"exact"`` or ``"test-sample"``.
    """

    study: str
    cell: Mapping[str, object]
    arm: str
    multiplier: float | None
    synthetic_size: int | None
    metric: str
    estimate: float
    mcse: float
    lower: float
    upper: float
    replications: int
    failed: int
    theory: float | None
    risk_method: str


@dataclass(frozen=True)
class Contrast:
    """Paired difference of two arms' means at one multiplier, on the same data.

    Attributes
    ----------
    cell : mapping
        The swept keys and their values.
    arm, baseline : str
        The arms; the difference is arm − baseline.
    multiplier : float or None
        γ of both.
    metric : str
        What is compared.
    difference, mcse : float
        Mean difference and its paired Monte Carlo standard error.
    replications : int
        Replications in which both succeeded.
    """

    cell: Mapping[str, object]
    arm: str
    baseline: str
    multiplier: float | None
    metric: str
    difference: float
    mcse: float
    replications: int


@dataclass(frozen=True)
class Failures:
    """How often an arm failed in a cell.

    Attributes
    ----------
    cell : mapping
        The swept keys and their values.
    arm : str
        Name of the arm.
    replications, failed : int
        Replications on disk, and how many of them failed at one point or more.
    reasons : tuple of (str, int)
        Each reason with its number of replications.
    """

    cell: Mapping[str, object]
    arm: str
    replications: int
    failed: int
    reasons: tuple[tuple[str, int], ...]


def plain(value: object) -> object:
    """A swept value as one entry of a table: text and numbers as they are, all else as JSON."""
    return value if isinstance(value, str | int | float) else json.dumps(value)
