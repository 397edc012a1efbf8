"""The limit on BLAS: shared by all who use it at once, and gone when the last of them is."""

import threading

from threadpoolctl import threadpool_info, threadpool_limits

from synththeory.sim.run.cores import serial_blas


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_users_that_overlap_leave_blas_as_they_found_it() -> None:
    """A enters, B enters, A leaves, B leaves: after each step the limit is what it should be."""
    entered, may_leave = threading.Event(), threading.Event()

    def other() -> None:
        with serial_blas():
            entered.set()
            may_leave.wait(timeout=10.0)

    with threadpool_limits(3, user_api="blas"):
        thread = threading.Thread(target=other)
        with serial_blas():
            thread.start()
            assert entered.wait(timeout=10.0)
        assert blas_threads() == {1}
        may_leave.set()
        thread.join()
        assert blas_threads() == {3}


def test_an_exception_lifts_the_limit_too_and_uses_nest() -> None:
    with threadpool_limits(2, user_api="blas"):
        try:
            with serial_blas(), serial_blas():
                assert blas_threads() == {1}
                raise RuntimeError
        except RuntimeError:
            assert blas_threads() == {2}
