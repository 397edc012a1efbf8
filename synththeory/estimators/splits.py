"""Stratified splits of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from synththeory.arrays import Array, Integers
from synththeory.estimators.tables import Flags, Table
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

    Rows of one group are on one side of every split; with times, rows are held out after those that are fitted.
    """
    if table.times is not None or table.groups is not None:
        return _tied(table, cut(streams.uniforms("minority", table.counts[1])[0]), streams)
    classes = {"majority": np.flatnonzero(~table.minority), "minority": np.flatnonzero(table.minority)}
    cuts = [[(rows, split) for split in cut(streams.uniforms(name, rows.size)[0])] for name, rows in classes.items()]
    return tuple(
        Fold(
            np.sort(np.concatenate([rows[split.training] for rows, split in pair])),
            np.sort(np.concatenate([rows[split.held_out] for rows, split in pair])),
        )
        for pair in zip(*cuts, strict=True)
    )


def _tied(table: Table, wanted: tuple[Split, ...], streams: Streams) -> tuple[Fold, ...]:
    """As many splits of about the same size, but of groups or in time; those with both classes on both sides."""
    count = len(wanted) if len(wanted) > 1 else round(table.counts[1] / max(len(wanted[0].held_out), 1))
    if table.times is not None:
        found = forward(table.times, table.minority, count)
    else:
        known = np.unique(np.asarray(table.groups)).size
        if known < 2:
            raise ValueError(
                "the rows to be fitted are of one group, which stays on one side of a split; use more groups"
            )
        count = min(count, known)
        seed = streams.seed("groups")
        cuts = StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(
            table.minority, table.minority, table.groups
        )
        found = tuple(Fold(*split) for split in cuts if _both(table.minority, *split))
    if not found:
        raise ValueError("no split of groups or times has rows of both classes on both sides; use fewer folds")
    return found[: len(wanted)]


def forward(times: NDArray[Any], minority: Flags, count: int) -> tuple[Fold, ...]:
    """Splits in time: each block of rows is held out after all earlier ones; rows of one time stay together.

    Parameters
    ----------
    times : array
        (n,), sortable.
    minority : array of bool
        (n,).
    count : int
        Blocks that are held out; fewer where a side would lack a class.
    """
    moments, places = np.unique(times, return_inverse=True)
    if moments.size <= count:
        count = moments.size - 1
    counts = np.cumsum(np.bincount(places, minlength=moments.size))
    block = np.minimum(((counts - 1) * (count + 1)) // counts[-1], count)[places]
    splits = ((np.flatnonzero(block < number), np.flatnonzero(block == number)) for number in range(1, count + 1))
    return tuple(Fold(*split) for split in splits if _both(minority, *split))


def _both(minority: Flags, *sides: Integers) -> bool:
    return all(0 < minority[side].sum() < side.size for side in sides)
