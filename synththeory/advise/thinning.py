"""Large tables: a part of the majority says nearly as much, and what it cannot say is put right exactly."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np

from synththeory.advise.reading.table import Labelled
from synththeory.advise.remedies import remedies
from synththeory.arrays import Integers
from synththeory.streams import Streams


def thinned(table: Labelled, largest: int, seed: int) -> tuple[Labelled, float, tuple[str, ...]]:
    """At most so many rows: of the minority up to half of them, of the majority the rest, drawn at random.

    Given the class, rows have the same law as before; only the prior odds change, by a known factor. Its logarithm is
    taken off the log-odds of the fit as it is, and majority rows weigh as many as they stand for in measures at the
    table's own prevalence [D].

    Parameters
    ----------
    table : Labelled
        (n, d).
    largest : int
        Rows that are kept.
    seed : int
        Of the draw.

    Returns
    -------
    table, thinning, notes
        The rows kept; log of (n0/n1 before)/(n0/n1 after); what to say.
    """
    n0, n1 = table.counts
    if n0 + n1 <= largest:
        return table, 0.0, ()
    ones = min(n1, largest // 2)
    zeros = min(n0, largest - ones)
    streams = Streams.named(seed, "advise", 0, 1)
    kept = np.sort(
        np.concatenate(
            [_drawn(np.flatnonzero(table.y == label), count, streams) for label, count in ((0, zeros), (1, ones))]
        )
    )
    note = (
        f"The table is large: {zeros} of {n0} majority rows and {ones} of {n1} minority rows were drawn for the "
        f"comparison; numbers at the table's own prevalence are corrected for it. {remedies().rows} takes more."
    )
    frame = table.X.iloc[kept].reset_index(drop=True)
    part = replace(table, X=frame, y=table.y[kept], rows=table.rows[kept])
    return part, log(n0 / n1) - log(zeros / ones), (note,)


def _drawn(places: Integers, count: int, streams: Streams) -> Integers:
    order = np.argsort(streams.uniforms(f"thinning/{places.size}", places.size)[0], kind="stable")
    return np.asarray(places[order[:count]])
