"""What a ``sampling_strategy`` asks for, as in imbalanced-learn: counts of classes after rows are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import numpy as np

from synththeory.errors import nearest

Fill = Literal["auto", "not majority", "minority"]
FILLS: tuple[Fill, ...] = get_args(Fill)
Target = Fill | float | Mapping[Any, int]
Strategy = Target | Callable[[Any], Target]


def rows_to_add(strategy: Any, y: Any, counts: Mapping[Any, int]) -> dict[Any, int]:
    """Rows that each class lacks, in the order of the classes; classes that lack none are left out.

    Parameters
    ----------
    strategy : {"auto", "not majority", "minority"}, float, mapping or callable
        "auto" and "not majority" fill every class up to the largest, "minority" the rarest alone; a number r in (0, 1]
        fills the rarer of two classes up to r times the larger; a mapping says how many rows labels should have
        afterwards; a function takes y and returns one of these.
    y : array-like
        (n,), the user's labels.
    counts : mapping
        Label of every class and its rows.

    Raises
    ------
    ValueError
        An unknown strategy or label, or fewer rows than there are: named, with the remedy.
    """
    wanted = _wanted(strategy(y) if callable(strategy) else strategy, counts)
    unknown = [label for label in wanted if label not in counts]
    if unknown:
        raise ValueError(f"sampling_strategy has the label {unknown[0]!r}, and y has {', '.join(map(repr, counts))}")
    fewer = [label for label in wanted if wanted[label] < counts[label]]
    if fewer:
        raise ValueError(
            f"sampling_strategy asks for {wanted[fewer[0]]} rows of {fewer[0]!r}, which has {counts[fewer[0]]}: rows "
            "are added, not removed"
        )
    return {label: int(wanted[label]) - count for label, count in counts.items() if wanted.get(label, count) > count}


def _wanted(target: Any, counts: Mapping[Any, int]) -> Mapping[Any, int]:
    """Rows that each class is to have."""
    most, rarest = max(counts.values()), min(counts, key=counts.__getitem__)
    if isinstance(target, Mapping):
        return target
    if isinstance(target, str):
        if target not in FILLS:
            raise ValueError(f"unknown sampling_strategy {target!r}{nearest(target, FILLS)}")
        return {rarest: most} if target == "minority" else dict.fromkeys(counts, most)
    if isinstance(target, bool) or not isinstance(target, int | float | np.number) or not 0.0 < target <= 1.0:
        raise ValueError(
            f"sampling_strategy must be one of {', '.join(FILLS)}, a ratio in (0, 1], a dict of label and rows, or a "
            f"function of y, got {target!r}"
        )
    if len(counts) > 2:
        raise ValueError(
            f"a ratio is for two classes, and y has {len(counts)}; give a dict of label and rows afterwards"
        )
    rows = int(target * most)
    if rows < counts[rarest]:
        raise ValueError(
            f"the ratio {target:g} is below that of the table, {counts[rarest] / most:.3f}, and no row is removed"
        )
    return {rarest: rows}
