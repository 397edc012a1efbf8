"""How one fit of one replication ended; anything but ``OK`` is counted and printed, never dropped."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Outcome of one fit (stored as one byte a fit)."""

    OK = 0
    SINGULAR = 1
    NOT_FINITE = 2
    ERROR = 3
    SEPARATED = 4
    NORM_BOUND = 5
    NOT_CONVERGED = 6
    DAMPED = 7

    @property
    def reason(self) -> str:
        """The outcome in words."""
        return _REASONS[self]


_REASONS = {
    Status.OK: "fitted",
    Status.SINGULAR: "the weighted Gram matrix is not positive definite",
    Status.NOT_FINITE: "a result is not finite",
    Status.ERROR: "the component raised an exception",
    Status.SEPARATED: "the classes are separated: the fit exists only by its penalty",
    Status.NORM_BOUND: "a coefficient reached the bound",
    Status.NOT_CONVERGED: "Newton's iteration did not converge",
    Status.DAMPED: "the Hessian was not positive definite on the way: the steps were damped",
}
