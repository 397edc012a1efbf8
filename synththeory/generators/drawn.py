"""Synthetic rows that are drawn when a learner asks for them: least squares asks only for their sums."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.kernels.sums import labelled_sums
from synththeory.lazy import lazy
from synththeory.sample import Sample


class Drawn(Sample):
    """Rows of unit weight and one label.

    Parameters
    ----------
    shape : (int, int)
        B replications of m rows.
    label : float
        The response of every row.
    rows : callable
        Draws them, (B, m, d).
    sums : callable
        Σ (x, 1)(x, 1)ᵀ over the first rows for sizes (B, S), or None where only the rows can tell.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        label: float,
        rows: Callable[[], Array],
        sums: Callable[[Integers], Array | None],
    ) -> None:
        for name, value in {"_shape": shape, "_label": label, "_draw": rows, "_sums": sums}.items():
            object.__setattr__(self, name, value)

    _shape: tuple[int, int]
    _label: float
    _draw: Callable[[], Array]
    _sums: Callable[[Integers], Array | None]

    @lazy
    def rows(self) -> Array:
        """(B, m, d)."""
        return self._draw()

    @lazy
    def labels(self) -> Array:
        """(B, m), all equal."""
        return np.full(self._shape, self._label)

    @lazy
    def weights(self) -> Array:
        """(B, m) ones."""
        return np.ones(self._shape)

    def nested_gram(self, sizes: Integers) -> Array:
        """As for any sample; from the sums where they are known."""
        sums = self._sums(sizes)
        if sums is None:
            return super().nested_gram(sizes)
        out = np.empty((*sizes.shape, sums.shape[2] + 1, sums.shape[2] + 1))
        labelled_sums(sums, self._label, out)
        return out
