"""How fast the package is beside `tests.reference`: ``python -m tests.benchmarks``. No time is ever asserted."""
