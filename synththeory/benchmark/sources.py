"""A table of the benchmark: what samplers are given of it, and the features that classifiers see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.datasets import Table
from synththeory.errors import DesignError


@dataclass(frozen=True, eq=False)
class Source:
    """A complete table.

    Attributes
    ----------
    table : Table
        Its columns of names are categories, the same for training and test rows.
    """

    table: Table

    @property
    def y(self) -> Integers:
        """1 for the minority, (n,)."""
        return self.table.y

    @property
    def mixed(self) -> bool:
        """Whether some columns hold names."""
        return "category" in self.table.kinds

    def given(self, training: Integers) -> Any:
        """All rows as samplers see them: numbers standardised by the training rows, or a DataFrame with categories."""
        if not self.mixed:
            return self._standardised(self.table.X.to_numpy(dtype=np.float64), training)
        names = [name for name, kind in zip(self.table.X.columns, self.table.kinds, strict=True) if kind == "category"]
        return self.table.X.reset_index(drop=True).astype(dict.fromkeys(names, "category"))

    def features(self, training: Integers) -> Callable[[Any], Array]:
        """From rows as samplers see them to those that classifiers see: a flag a category, numbers standardised."""
        if not self.mixed:
            return lambda rows: np.asarray(rows)
        whole = self.given(training)
        numbers = [name for name in whole.columns if whole[name].dtype.name != "category"]
        centre, scale = whole.loc[training, numbers].mean(), whole.loc[training, numbers].std(ddof=0).replace(0.0, 1.0)

        def seen(rows: Any) -> Array:
            import pandas as pd

            flags = pd.get_dummies(rows.drop(columns=numbers), dtype=np.float64)
            return np.concatenate([((rows[numbers] - centre) / scale).to_numpy(), flags.to_numpy()], axis=1)

        return seen

    @staticmethod
    def _standardised(rows: Array, training: Integers) -> Array:
        centre, scale = rows[training].mean(axis=0), rows[training].std(axis=0)
        return np.asarray((rows - centre) / np.where(scale > 0.0, scale, 1.0))


def source(name: str, folds: int) -> Source:
    """A table of `synththeory.datasets`.

    Raises
    ------
    DesignError
        A file or an unknown name, missing values, no column of numbers, or fewer minority rows than folds.
    """
    from synththeory.datasets import load

    if Path(name).is_file():
        raise DesignError(
            f"'{name}' is a file, and the benchmark takes the named tables that python -m synththeory.datasets lists; "
            "for a table of your own: python -m synththeory.advise"
        )
    table = load(name)
    if table.X.isna().to_numpy().any():
        raise DesignError(f"{name} has missing values: the benchmark takes complete tables")
    if "numeric" not in table.kinds:
        raise DesignError(f"{name} has names alone: the benchmark takes tables with columns of numbers")
    if int(table.y.sum()) < folds:
        raise DesignError(f"{name} has {int(table.y.sum())} minority rows, fewer than {folds} folds; use --folds")
    return Source(table)
