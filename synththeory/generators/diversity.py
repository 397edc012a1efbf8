"""How diverse rows are: their entropy, what they reach of the true law, and how many copy a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synththeory.arrays import Array
from synththeory.errors import SynththeoryError

_NEAR, _BALL = 0.1, 5


def entropy(rows: ArrayLike) -> float:
    """Entropy in nats of the law of discrete rows, −Σ p̂ log p̂ + (K − 1)/(2m) (Miller's correction).

    K is the number of different rows among m. It is too low where m is not many times K; numbers are binned before.

    Parameters
    ----------
    rows : array-like
        (m, d).

    Raises
    ------
    SynththeoryError
        Rows that are no finite table.
    """
    found = _table(rows, "rows")
    counts = np.unique(found, axis=0, return_counts=True)[1]
    shares = counts / len(found)
    return float(-(shares * np.log(shares)).sum() + (len(counts) - 1) / (2.0 * len(found)))


def mass_covered(rows: ArrayLike, support: ArrayLike, probabilities: ArrayLike) -> float:
    """Probability, by a known law on finitely many rows, of those among them that were made at least once.

    Parameters
    ----------
    rows : array-like
        Rows made, (m, d).
    support : array-like
        All possible rows, (M, d), each once.
    probabilities : array-like
        Of each, (M,).

    Raises
    ------
    SynththeoryError
        Tables that are not finite, or of different columns.
    """
    made, possible = _table(rows, "rows"), _table(support, "support")
    if made.shape[1] != possible.shape[1]:
        raise SynththeoryError(f"rows have {made.shape[1]} columns and the support has {possible.shape[1]}")
    both, places = np.unique(np.concatenate([possible, made]), axis=0, return_inverse=True)
    seen = np.zeros(len(both), dtype=bool)
    seen[places.ravel()[len(possible) :]] = True
    return float(np.asarray(probabilities, dtype=np.float64)[seen[places.ravel()[: len(possible)]]].sum())


def near_copies(rows: ArrayLike, seeds: ArrayLike, near: float = _NEAR) -> NDArray[np.bool_]:
    """Which rows lie closer to a seed than ``near`` times the seeds' median distance to their nearest other, (m,).

    Distances are in the columns' own units.

    Parameters
    ----------
    rows, seeds : array-like
        (m, d) and (n, d), n ≥ 2. Where more than half of the seeds have a twin, only copies count.
    near : float
        A share of that distance.

    Raises
    ------
    SynththeoryError
        Tables that are not finite, or a single seed.
    """
    from scipy.spatial import cKDTree  # slow to import

    made, own = _table(rows, "rows"), _table(seeds, "seeds")
    if len(own) < 2:
        raise SynththeoryError("near-copies need two seeds at least, got 1")
    tree = cKDTree(own)
    reach = near * float(np.median(tree.query(own, k=[2])[0]))
    distances = tree.query(made)[0]
    return np.asarray(distances < reach if reach > 0.0 else distances == 0.0)


def coverage(rows: ArrayLike, fresh: ArrayLike, ball: int = _BALL) -> float:
    """Share of fresh rows of the true law with a made row closer than their ``ball``-th nearest other fresh row.

    Parameters
    ----------
    rows, fresh : array-like
        (m, d) and (f, d), f > ball; as many of one as of the other, or coverage depends on how many were made.
    ball : int
        Which neighbour.

    Raises
    ------
    SynththeoryError
        Tables that are not finite, or too few fresh rows.
    """
    from scipy.spatial.distance import cdist

    made, news = _table(rows, "rows"), _table(fresh, "fresh")
    if len(news) <= ball:
        raise SynththeoryError(f"coverage needs more than {ball} fresh rows, got {len(news)}")
    reach = np.sort(cdist(news, news), axis=1)[:, ball]  # the row itself is the nearest
    return float((cdist(news, made).min(axis=1) < reach).mean())


def _table(rows: ArrayLike, name: str) -> Array:
    found = np.asarray(rows, dtype=np.float64)
    if found.ndim != 2 or not found.size or not np.isfinite(found).all():
        raise SynththeoryError(f"{name} must be a finite table (n, d) with rows, got shape {found.shape}; code others")
    return found
