"""What is done about imbalance without or beside synthetic rows."""

from synththeory.corrections.weights import Baseline, RePriored, Reweighted

__all__ = ["Baseline", "RePriored", "Reweighted"]
