"""Candidate synthetic sizes, and the choice among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.errors import DesignError

Verdict = Literal["symmetric", "realistic", "biased"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Sizes a rule offers for one data set.

    Attributes
    ----------
    regime : {"symmetric", "realistic", "biased"} or None
        The verdict they come from; None for a fixed grid.
    multipliers : Vector
        γ, (C,), increasing.
    sizes : Integers
        round(γ(n0 − n1)), (C,).
    """

    regime: Verdict | None
    multipliers: Vector
    sizes: Integers


def offered(regime: Verdict | None, multipliers: Sequence[float], gap: int) -> Candidates:
    """Candidates at the given multipliers, sorted, each once.

    Raises
    ------
    DesignError
        Without a class gap n0 − n1 ≥ 1.
    """
    if gap < 1:
        raise DesignError(f"there is nothing to balance: the majority must have more rows, got n0 − n1 = {gap}")
    distinct = np.unique(np.round(multipliers, 10))
    return Candidates(regime, distinct, fold_sizes(distinct, gap))


def fold_sizes(multipliers: Vector, gap: int) -> Integers:
    """Synthetic sizes round(γ · gap) at a fold's own class gap: a candidate keeps its meaning, not its number [P].

    Parameters
    ----------
    multipliers : Vector
        γ ≥ 0, any shape.
    gap : int
        n0 − n1 of the rows that are fitted; sizes are 0 where it is not positive.
    """
    return np.asarray(np.rint(multipliers * max(gap, 0)), dtype=np.int64)


def best(losses: Array) -> Integers:
    """Place of the smallest validation loss, (...), of losses (..., C); the smaller size wins a tie.

    A candidate whose fit failed on any fold has a loss that is not a number, and is passed over; −1 where all are.
    """
    known = np.where(np.isnan(losses), np.inf, losses)
    return np.where(np.isfinite(known).any(axis=-1), known.argmin(axis=-1), -1)
