"""Codes of how a fit ended."""

from synththeory.kernels import cholesky, newton, signed
from synththeory.status import Status


def test_codes_are_those_of_the_kernels() -> None:
    assert (Status.OK, Status.SINGULAR, Status.NOT_FINITE) == (cholesky.OK, cholesky.SINGULAR, cholesky.NOT_FINITE)
    named = (Status.SEPARATED, Status.NORM_BOUND, Status.NOT_CONVERGED)
    assert named == (newton.SEPARATED, newton.NORM_BOUND, newton.NOT_CONVERGED)
    assert signed.DAMPED == Status.DAMPED


def test_every_outcome_has_words_and_fits_a_byte() -> None:
    assert all(status.reason and 0 <= status < 256 for status in Status)
    assert len({status.reason for status in Status}) == len(Status)
