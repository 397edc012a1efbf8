"""Rows from objects with ``fit_resample``: imbalanced-learn's over-samplers, and others that keep to its ways."""

from __future__ import annotations

import warnings
from copy import deepcopy
from typing import Any

import numpy as np

from synththeory.arrays import Array
from synththeory.errors import SynththeoryError
from synththeory.streams import Streams

_ATTEMPTS = 3


def resampled_rows(sampler: Any, majority: Array, minority: Array, size: int, streams: Streams) -> Array:
    """Rows a sampler adds to the minority, in random order: the first m are a random m of those it made.

    Parameters
    ----------
    sampler : object
        With ``fit_resample`` and ``sampling_strategy = {class: count}``, or smote-variants' ``proportion``; it must
        return the rows it was given first and unchanged. It is left as it was.
    majority, minority : Array
        (n0, d) and (n1, d).
    size : int
        m ≥ 1.
    streams : Streams
        One replication; names the draw.

    Returns
    -------
    Array
        (m, d).

    Raises
    ------
    SynththeoryError
        When it cannot imitate these rows, changes real ones or returns too few; it is named, with the remedy.
    """
    wanted = max(size, len(minority))  # ADASYN rounds the count for each seed row, and makes none of a small one
    for attempt in range(_ATTEMPTS):
        added = _added(sampler, majority, minority, wanted, streams.seed(f"sampler/{attempt}"))
        if len(added) >= size:
            return shuffled(added, size, streams)
        wanted += 2 * (size - len(added))
    raise SynththeoryError(
        f"generator {type(sampler).__name__} returned {len(added)} rows where {wanted} were asked for; use a sampler "
        "whose sampling_strategy = {class: count} sets the number of rows"
    )


def shuffled(rows: Array, size: int, streams: Streams) -> Array:
    """Some rows (size, d) of rows (m, d), in an order named by one replication's streams."""
    order = np.argsort(streams.uniforms("order", len(rows))[0], kind="stable")
    return np.asarray(rows[order[:size]])


def cannot_imitate(name: str, minority: int, error: Exception) -> SynththeoryError:
    """What is said of a generator that fails on a training set."""
    return SynththeoryError(
        f"generator {name} cannot imitate the {minority} minority rows of a training set: "
        f"{str(error).rstrip(chr(46))}. Give it other settings, use fewer folds, or collect more minority rows"
    )


def _added(sampler: Any, majority: Array, minority: Array, size: int, seed: int) -> Array:
    rows = np.concatenate([majority, minority])
    labels = np.repeat([0, 1], [len(majority), len(minority)])
    name, count = type(sampler).__name__, len(rows)
    fresh = _asked(sampler, len(majority), len(minority), size, seed)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="After over-sampling")
            made, tags = fresh.fit_resample(rows, labels)
    except ValueError as error:
        raise cannot_imitate(name, len(minority), error) from error
    made, tags = np.asarray(made, dtype=np.float64), np.asarray(tags)
    if not (np.array_equal(made[:count], rows) and np.array_equal(tags[:count], labels) and (tags[count:] == 1).all()):
        raise SynththeoryError(
            f"generator {name} removes, moves or changes real rows; use one that only appends minority rows, such as "
            "SMOTE, ADASYN or RandomOverSampler, and clean the table beforehand"
        )
    return np.asarray(made[count:])


def _asked(sampler: Any, majority: int, minority: int, size: int, seed: int) -> Any:
    """A copy that is asked for a number of rows."""
    known = sampler.get_params()
    if "sampling_strategy" in known:
        settings: dict[str, Any] = {"sampling_strategy": {1: minority + size}}
    elif "proportion" in known and majority > minority:
        settings = {"proportion": size / (majority - minority)}
    else:
        raise SynththeoryError(
            f"generator {type(sampler).__name__} has no sampling_strategy; use an over-sampler such as SMOTE"
        )
    if "random_state" in known:
        settings["random_state"] = seed
    return deepcopy(sampler).set_params(**settings)
