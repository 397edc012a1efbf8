"""Stratified splits of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.estimators.tables import Table
from synththeory.selection.folds import Split
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class Fold:
    """One split of a table.

    Attributes
    ----------
    training, held_out : Integers
        Row numbers.
    """

    training: Integers
    held_out: Integers


def folds_of(table: Table, cut: Callable[[Array], tuple[Split, ...]], streams: Streams) -> tuple[Fold, ...]:
    """Cut each class alike and join the parts.

    Parameters
    ----------
    table : Table
        What is split.
    cut : callable
        From one uniform number a row of a class to its splits.
    streams : Streams
        One replication.
    """
    classes = {"majority": np.flatnonzero(~table.minority), "minority": np.flatnonzero(table.minority)}
    cuts = [[(rows, split) for split in cut(streams.uniforms(name, rows.size)[0])] for name, rows in classes.items()]
    return tuple(
        Fold(
            np.sort(np.concatenate([rows[split.training] for rows, split in pair])),
            np.sort(np.concatenate([rows[split.held_out] for rows, split in pair])),
        )
        for pair in zip(*cuts, strict=True)
    )
