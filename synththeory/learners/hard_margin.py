"""The maximum-margin classifier of separable rows, with a certificate of optimality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Positive
from synththeory.errors import DesignError
from synththeory.fits import LinearFit
from synththeory.learners.base import Learner
from synththeory.losses import LogisticLoss
from synththeory.sample import Sample
from synththeory.status import Status
from synththeory.streams import Streams

_SLACK = 1e-7
"""Relative violation of a margin or of a multiplier's sign that still counts as optimal."""
_STEPS = 200_000


class HardMargin(Learner):
    """Maximise the margin κ: y_i(wᵀx_i + b) ≥ κ for the majority and ≥ ratio · κ for the minority, ‖w‖ = 1.

    The limit of logistic regression's gradient descent on separable rows. Weights say only which rows are there, and
    rows that keep the margin change no bit of a solution: that of a smaller size serves again. The dual is solved by
    scikit-learn's SVC, its active rows then by one linear system, and the fit is kept where the Karush–Kuhn–Tucker
    conditions certify it, so that the solution depends on the active rows alone.

    Attributes
    ----------
    ratio : float
        τ > 0, the minority's margin over the majority's; the direction does not depend on it.
    """

    linear: ClassVar[bool] = True

    kind: Literal["hard-margin"] = "hard-margin"
    ratio: Positive = 1.0

    @property
    def loss(self) -> LogisticLoss:
        """Logistic loss of the distance to the boundary: for measures; it is not what is minimised."""
        return LogisticLoss(True)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> LinearFit:
        """Solve every size; "not converged" where no certificate is found, as where the classes overlap."""
        if (real.weights < 0.0).any() or (synthetic.weights < 0.0).any():
            raise DesignError("hard-margin takes rows of weight ≥ 0: a correction with negative weights has no margin")
        coefficients = np.full((*sizes.shape, real.shape[2] + 1), np.nan)
        status = np.full(sizes.shape, np.uint8(Status.NOT_CONVERGED))
        found: Margin | None = None
        for replication, place in np.ndindex(*sizes.shape):
            found = found if place else None
            size = sizes[replication, place]
            rows = np.concatenate([real.rows[replication], synthetic.rows[replication, :size]])
            labels = np.concatenate([real.labels[replication], synthetic.labels[replication, :size]])
            weights = np.concatenate([real.weights[replication], synthetic.weights[replication, :size]])
            rows, signs = rows[weights > 0.0], np.where(labels > 0.0, 1.0, -1.0)[weights > 0.0]
            if found is None or not found.holds(rows, signs):
                found = maximum_margin(rows, signs)
            if found is not None:
                coefficients[replication, place] = found.at(self.ratio)
                status[replication, place] = np.uint8(Status.OK)
        return LinearFit(coefficients, status)


@dataclass(frozen=True, eq=False)
class Margin:
    """A certified solution of min ½‖w‖² subject to y_i(wᵀx_i + b) ≥ 1.

    Attributes
    ----------
    slopes : Vector
        w, (d,).
    intercept : float
        b.
    certificate : float
        Largest relative violation of a margin or of a multiplier's sign; the duality gap is of its order.
    """

    slopes: Vector
    intercept: float
    certificate: float

    def holds(self, rows: Array, signs: Vector) -> bool:
        """Whether every row keeps the margin: then the solution of some of the rows is that of all."""
        return bool((signs * (rows @ self.slopes + self.intercept)).min() >= 1.0 - _SLACK)

    def at(self, ratio: float) -> Vector:
        """(w, b) of unit norm with margins in the given ratio, (d + 1,): the same w, the boundary moved."""
        norm = float(np.linalg.norm(self.slopes))
        moved = self.intercept + (ratio - 1.0) / (ratio + 1.0)
        return np.append(self.slopes, moved) / norm


def maximum_margin(rows: Array, signs: Vector) -> Margin | None:
    """The maximum-margin solution; None where it is not certified.

    Parameters
    ----------
    rows : Array
        (n, d).
    signs : Vector
        ±1, both present, (n,).
    """
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import SVC

    if np.unique(signs).size < 2:
        return None
    scale = float(np.sqrt(np.square(rows - rows.mean(axis=0)).mean())) or 1.0
    for tolerance in (1e-3, 1e-6):  # the coarse one finds the active rows nearly always, ten times as fast
        solver = SVC(kernel="linear", C=1e6 / scale**2, tol=tolerance, max_iter=_STEPS)  # type: ignore[no-untyped-call]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the certificate decides
            solver.fit(rows, signs)
        found = _certified(rows, signs, np.sort(solver.support_))
        if found is not None:
            return found
    return None


def _certified(rows: Array, signs: Vector, active: Integers) -> Margin | None:
    """Solve the margins of the active rows as equations, dropping rows with a negative multiplier."""
    while active.size:
        signed = signs[active, None] * rows[active]
        count = active.size
        system = np.zeros((count + 1, count + 1))
        system[:count, :count] = signed @ signed.T
        system[:count, count] = system[count, :count] = signs[active]
        solution = np.linalg.lstsq(system, np.append(np.ones(count), 0.0), rcond=1e-12)[0]
        multipliers, intercept = solution[:count], float(solution[count])
        largest = float(np.abs(multipliers).max())
        if multipliers.min() < -_SLACK * largest:
            active = np.delete(active, int(multipliers.argmin()))
            continue
        slopes = multipliers @ signed
        short = 1.0 - float((signs * (rows @ slopes + intercept)).min())
        certificate = max(short, float(-multipliers.min()) / largest)
        return Margin(slopes, intercept, certificate) if certificate <= _SLACK else None
    return None
