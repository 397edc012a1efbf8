"""Fits of a block of replications: whatever can score rows, and the ones that are coefficient vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, runtime_checkable

import numpy as np
from scipy.special import log_expit, logsumexp

from synththeory.arrays import Array, Codes
from synththeory.errors import SynththeoryError


class Fit(Protocol):
    """One fitted score for every replication B of a block and every synthetic size S."""

    @property
    def status(self) -> Codes:
        """(B, S), codes of `synththeory.status.Status`."""

    def scores(self, rows: Array) -> Array:
        """Scores of rows by every fit; NaN where there is no fit.

        Parameters
        ----------
        rows : Array
            (m, d), the same for all replications; or (B, m, d), each its own.

        Returns
        -------
        Array
            Log-odds or linear scores, (B, S, m); or logits of K classes, (B, S, m, K).
        """

    def at(self, replications: slice) -> Fit:
        """The fits of some replications of the block."""


class Features(Protocol):
    """A feature map a replication, in which the score of a fit is linear."""

    def of(self, rows: Array) -> Array:
        """Features (B, m, D) of rows (m, d), the same for all replications, or (B, m, d)."""

    def at(self, replications: slice) -> Self:
        """The maps of some replications."""


@dataclass(frozen=True, eq=False)
class LinearFit:
    """Coefficients: what exact risks, theory and corrections ask for.

    Attributes
    ----------
    coefficients : Array
        (B, S, p); NaN where there is no fit. With p = D + 1 for D columns the last one is an intercept.
    status : Codes
        (B, S), codes of `synththeory.status.Status`.
    features : Features or None
        What the coefficients belong to; None where they belong to the rows themselves.
    """

    coefficients: Array
    status: Codes
    features: Features | None = None

    def seen(self, rows: Array) -> Array:
        """Rows as the linear score sees them: their features (B, m, D), or the rows themselves."""
        return rows if self.features is None else self.features.of(rows)

    def scores(self, rows: Array) -> Array:
        """Linear scores (B, S, m) of rows (m, d) or (B, m, d)."""
        seen = self.seen(rows)
        slopes, rest = np.split(self.coefficients, [seen.shape[-1]], axis=-1)
        return np.asarray(slopes @ np.swapaxes(seen, -1, -2) + rest.sum(axis=-1, keepdims=True))

    def at(self, replications: slice) -> LinearFit:
        """The fits of some replications of the block."""
        features = None if self.features is None else self.features.at(replications)
        return LinearFit(self.coefficients[replications], self.status[replications], features)


@dataclass(frozen=True, eq=False)
class ClassFit:
    """Coefficients of K linear scores, one a class.

    Attributes
    ----------
    coefficients : Array
        (B, S, K, p); NaN where there is no fit. With p = d + 1 the last one is an intercept.
    status : Codes
        (B, S), codes of `synththeory.status.Status`.
    """

    coefficients: Array
    status: Codes

    def scores(self, rows: Array) -> Array:
        """Logits or linear scores (B, S, m, K) of rows (m, d) or (B, m, d)."""
        slopes, rest = np.split(self.coefficients, [rows.shape[-1]], axis=-1)
        seen = rows[:, None] if rows.ndim == 3 else rows
        return np.asarray(seen @ np.swapaxes(slopes, -1, -2) + rest.sum(axis=-1)[..., None, :])

    def at(self, replications: slice) -> ClassFit:
        """The fits of some replications of the block."""
        return ClassFit(self.coefficients[replications], self.status[replications])


@dataclass(frozen=True, eq=False)
class AveragedFit:
    """The mean probability of several fits, as log-odds: log of the mean σ(f) over the mean σ(−f).

    Attributes
    ----------
    fits : sequence of Fit
        Log-odds of each, all of one shape.
    """

    fits: Sequence[Fit]

    @property
    def status(self) -> Codes:
        """The largest code of any of them, (B, S)."""
        return np.asarray(np.max([fit.status for fit in self.fits], axis=0))

    def scores(self, rows: Array) -> Array:
        """Log-odds of the mean probability, (B, S, m)."""
        each = np.stack([fit.scores(rows) for fit in self.fits])
        return np.asarray(logsumexp(log_expit(each), axis=0) - logsumexp(log_expit(-each), axis=0))

    def at(self, replications: slice) -> AveragedFit:
        """The fits of some replications of the block."""
        return AveragedFit([fit.at(replications) for fit in self.fits])


def averaged(fits: Sequence[Fit], logistic: bool) -> Fit:
    """The mean prediction of several fits.

    Parameters
    ----------
    fits : sequence of Fit
        At least one; of one shape.
    logistic : bool
        Whether their scores are log-odds, so that probabilities are averaged; other linear fits average their
        coefficients, which is the mean of their scores.

    Raises
    ------
    SynththeoryError
        Where scores are no log-odds and the fits have no coefficients.
    """
    if len(fits) == 1:
        return fits[0]
    if logistic:
        return AveragedFit(fits)
    linear = [linear_fit(fit) for fit in fits]
    status = np.asarray(np.max([fit.status for fit in linear], axis=0))
    return replace(linear[0], coefficients=np.mean([fit.coefficients for fit in linear], axis=0), status=status)


@dataclass(frozen=True, eq=False)
class Assembled:
    """Fits of single replications, as those of a block.

    Attributes
    ----------
    parts : tuple of Fit
        Of one replication each.
    """

    parts: tuple[Fit, ...]

    @property
    def status(self) -> Codes:
        """(B, S)."""
        return np.concatenate([part.status for part in self.parts])

    def scores(self, rows: Array) -> Array:
        """As each replication's own, (B, S, m)."""
        each = np.broadcast_to(rows, (len(self.parts), *rows.shape[-2:]))
        return np.concatenate([part.scores(own) for part, own in zip(self.parts, each, strict=True)])

    def at(self, replications: slice) -> Assembled:
        """The fits of some replications."""
        return Assembled(self.parts[replications])


def assembled(parts: Sequence[Fit]) -> Fit:
    """Fits of one replication each as those of a block; coefficients of the rows themselves stay such.

    Parameters
    ----------
    parts : sequence of Fit
        At least one, of as many sizes each.
    """
    plain = [part for part in parts if isinstance(part, LinearFit) and part.features is None]
    if len(plain) < len(parts):
        return Assembled(tuple(parts))
    coefficients = np.concatenate([part.coefficients for part in plain])
    return LinearFit(coefficients, np.concatenate([part.status for part in plain]))


@runtime_checkable
class Layered(Protocol):
    """A fit of one size whose score is linear in features that were learnt."""

    @property
    def last_layer(self) -> LinearFit:
        """The coefficients of these features, and the features."""


def linear_fit(fit: Fit) -> LinearFit:
    """The fit itself where it is a coefficient vector, or its last layer where it has learnt its features.

    Raises
    ------
    SynththeoryError
        When it is neither: a design refuses such a learner before it runs.
    """
    if isinstance(fit, Layered):
        return fit.last_layer
    if not isinstance(fit, LinearFit):
        raise SynththeoryError(f"exact risks and theory need a fit with coefficients, got a {type(fit).__name__}")
    return fit
