"""Theory against simulation: z-scores with a family-wise p-value, and an equivalence statement beside them.

A large p-value is not agreement, so the second statement says how close theory is shown to be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from synththeory.sim.results.rows import Row

ONE_SIDED = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True)
class Agreement:
    """How one arm's curve agrees with its theory.

    Attributes
    ----------
    cell, arm, metric
        Which curve.
    points : int
        Points with a theory and an MCSE.
    largest_z : float
        max |z|, z = (simulation − theory)/MCSE.
    p_value : float
        Family-wise p-value of max |z| by Šidák's inequality, which holds for any correlation of the points.
    margin : float
        Smallest relative margin within which theory and simulation are equivalent at every point: two one-sided
        tests at level 5 % each point, so max (|simulation − theory| + 1.645 MCSE)/theory.
    source : str
        ``"closed form"`` or ``"pilot"``: how theory knows the generator.
    """

    cell: Mapping[str, object]
    arm: str
    metric: str
    points: int
    largest_z: float
    p_value: float
    margin: float
    source: str


def agreement(rows: Sequence[Row], source: str) -> Agreement | None:
    """Compare the rows of one curve with their theory; None where no row has both a theory and an MCSE."""
    compared = [(abs(row.estimate - row.theory), row.mcse, row.theory) for row in rows if row.theory and row.mcse > 0.0]
    if not compared:
        return None
    largest = max(gap / mcse for gap, mcse, _ in compared)
    return Agreement(
        cell=rows[0].cell,
        arm=rows[0].arm,
        metric=rows[0].metric,
        points=len(compared),
        largest_z=largest,
        p_value=family_wise(largest, len(compared)),
        margin=max((gap + ONE_SIDED * mcse) / abs(theory) for gap, mcse, theory in compared),
        source=source,
    )


def family_wise(largest_z: float, points: int) -> float:
    """1 − (1 − p)^points for the two-sided p-value p of the largest |z|."""
    single = math.erfc(largest_z / math.sqrt(2.0))
    return 1.0 if single >= 1.0 else -math.expm1(points * math.log1p(-single))
