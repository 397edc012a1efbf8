"""Imbalanced tables by name, offline once the extra ``data`` is installed."""

from synththeory.datasets.catalogue import listing, load, names
from synththeory.datasets.table import Entry, Table

__all__ = ["Entry", "Table", "listing", "load", "names"]
