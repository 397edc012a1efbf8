"""The shipped studies, run once each, and the papers' numbers beside them."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from synththeory import load_design, simulate
from synththeory.report.claims import published
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from tests.statistical import assert_agrees

PAPER_REPLICATIONS = 100
REPLICATIONS = 400
COMBINED = 4.0
PAPERS = 8  # comparisons with the papers' numbers, in this folder: one family


@cache
def study(name: str, multipliers: tuple[float, ...] = (), replications: int = REPLICATIONS) -> Summary:
    """The study of a paper, its settings as shipped but for the number of replications; no fit may fail.

    Where multipliers are given it is made on fewer of them: rows nest and fits depend on their own size alone.
    """
    settings: dict[str, object] = {"monte_carlo.replications": replications}
    if multipliers:
        settings["augmentation.multipliers"] = list(multipliers)
    summary = simulate(load_design(name, settings))
    assert not any(failures.failed for failures in summary.failures)
    return summary


def f6() -> Summary:
    """F6 with TG-VTSS."""
    return study("size_curve_smote", (0.0, 0.5, 0.9, 1.0, 1.1, 1.5, 2.0))


def at(rows: Sequence[Row], multiplier: float) -> Row:
    """The one row of a curve at a multiplier."""
    (row,) = [row for row in rows if row.multiplier == multiplier]
    return row


def column(rows: Sequence[Row], name: str) -> np.ndarray:
    """One column of the rows."""
    return np.array([getattr(row, name) for row in rows], dtype=np.float64)


def assert_lands(summary: Summary, key: str, *words: str) -> None:
    """Null: the study's means are what the paper's code estimates from its replications, known to half a digit.

    The claims of the registry that are published means and not known to differ, or those with the given words. Four
    combined standard errors to a single number, and as seldom a false alarm for all the papers' numbers together.
    """
    claims = [claim for claim in published(key) if not words or claim.words in words]
    assert len(claims) == len(words) or not words
    found = [claim.reading.read(summary) for claim in claims]
    error = [claim.error(number) for claim, number in zip(claims, found, strict=True)]
    numbers, halves = ([getattr(claim, name) for claim in claims] for name in ("published", "half_digit"))
    where = f"the paper's numbers for {key}"
    assert_agrees([number.estimate for number in found], numbers, error, where, halves, COMBINED, PAPERS)
