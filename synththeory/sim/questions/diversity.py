"""How diverse synthetic rows are, where the law of the rows they imitate has finitely many rows."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.errors import DesignError
from synththeory.generators.diversity import entropy, mass_covered
from synththeory.metrics import Metric, registered
from synththeory.populations.laws.finite import FiniteLaw
from synththeory.sample import Block, Sample

ROW_ENTROPY = registered(Metric("row_entropy", "entropy of the synthetic rows", "nats"))
MASS_COVERED = registered(Metric("mass_covered", "probability of the rows that were made", "share"))
COPIES = registered(Metric("copies", "synthetic rows that are a seed", "share"))
METRICS = (ROW_ENTROPY.name, MASS_COVERED.name, COPIES.name)


def diversity(synthetic: Sample, minority: Block, sizes: Integers) -> Array:
    """Entropy of the first synthetic rows, the true law's mass that they reach, and how many of them are a seed.

    Cells count as the nearest value that their column can have. The entropy is estimated from the rows, and is too low
    where they are few: it is to be compared at equal numbers of rows, with fresh ones of the true law.

    Parameters
    ----------
    synthetic : Sample
        (B, m, d).
    minority : Block
        Whose law is on finitely many rows.
    sizes : Integers
        (B, S), each ≥ 1.

    Returns
    -------
    Array
        (3, B, S).

    Raises
    ------
    DesignError
        Another law.
    """
    law = minority.law
    if not isinstance(law, FiniteLaw):
        raise DesignError("the diagnostic 'diversity' needs a law on finitely many rows, such as that of mixed-types")
    found = np.empty((len(METRICS), *sizes.shape))
    for place, (rows, seeds) in enumerate(zip(synthetic.rows, minority.rows, strict=True)):
        made, own = snapped(rows, law.support), {row.tobytes() for row in snapped(seeds, law.support)}
        for step, size in enumerate(sizes[place]):
            first = made[:size]
            found[0, place, step] = entropy(first)
            found[1, place, step] = mass_covered(first, law.support, law.probabilities)
            found[2, place, step] = np.mean([row.tobytes() in own for row in first])
    return found


def snapped(rows: Array, support: Array) -> Array:
    """Every cell as the nearest value that its column has in the support, (m, d)."""
    columns = []
    for place in range(rows.shape[1]):
        values = np.unique(support[:, place])
        columns.append(values[np.abs(rows[:, place, None] - values).argmin(axis=1)])
    return np.ascontiguousarray(np.stack(columns, axis=1))
