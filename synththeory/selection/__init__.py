"""What is decided from data: so far, whether a problem is locally symmetric."""

from synththeory.selection.batches import SymmetryStatistics, symmetry_statistics
from synththeory.selection.power import symmetry_noncentrality, symmetry_power
from synththeory.selection.symmetry import SymmetryTest, symmetry_test

__all__ = [
    "SymmetryStatistics",
    "SymmetryTest",
    "symmetry_noncentrality",
    "symmetry_power",
    "symmetry_statistics",
    "symmetry_test",
]
