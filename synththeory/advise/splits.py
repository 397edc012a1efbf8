"""Outer folds: stratified, by groups whose rows stay together, or forward in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Integers
from synththeory.errors import DesignError
from synththeory.estimators.splits import Fold, forward


@dataclass(frozen=True, eq=False)
class Keys:
    """What ties rows to each other.

    Attributes
    ----------
    groups : array or None
        (n,): rows of one value stay on one side of every split.
    times : array or None
        (n,), sortable: rows are judged by fits to earlier ones.
    """

    groups: NDArray[Any] | None = None
    times: NDArray[Any] | None = None


def outer_folds(y: Integers, keys: Keys, folds: int, repeats: int, seed: int) -> tuple[Fold, ...]:
    """All outer folds, one cut of the table after the other; forward splits are made once.

    Raises
    ------
    DesignError
        Too few groups, or times that leave a side without one of the classes.
    """
    from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedGroupKFold

    if keys.times is not None:
        found = forward(keys.times, y == 1, folds)
        if len(found) < 2:
            raise DesignError(
                "fewer than two forward splits have rows of both classes on both sides; use fewer folds or leave the "
                "time out"
            )
        return found
    if keys.groups is None:
        cuts = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed).split(y, y)
        return tuple(Fold(*split) for split in cuts)
    fewest = min(np.unique(keys.groups[y == label]).size for label in (0, 1))
    if fewest < folds:
        raise DesignError(
            f"{fewest} groups have rows of one class, and {folds} folds need as many; ask for fewer folds"
        )
    return tuple(
        Fold(*split)
        for repeat in range(repeats)
        for split in StratifiedGroupKFold(folds, shuffle=True, random_state=seed + repeat).split(y, y, keys.groups)
    )
