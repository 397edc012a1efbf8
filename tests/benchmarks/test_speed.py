"""The speed tables as a test to look at: ``python -m pytest tests/benchmarks -m benchmark -s``."""

import pytest

from tests.benchmarks.speed import report


@pytest.mark.benchmark
def test_speed() -> None:
    """Prints; asserts no time."""
    report()
