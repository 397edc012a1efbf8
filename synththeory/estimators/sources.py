"""Where an estimator's synthetic rows come from: our generators, imbalanced-learn's samplers, or a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.errors import SynththeoryError
from synththeory.estimators.levels import Spread, coded_features
from synththeory.generators import Generator
from synththeory.generators.samplers import cannot_imitate, resampled_rows, shuffled
from synththeory.sample import GivenBlock, Stratum
from synththeory.streams import Streams

_MINORITY, _MAJORITY = Stratum("minority", 1, 1.0), Stratum("majority", 0, 0.0)


@dataclass(frozen=True, eq=False)
class ByLevels:
    """A generator for features some of which are codes of categories.

    It imitates the rows with a column for each level, as it would for a linear model; of the columns that it makes the
    largest is the level, so that SMOTE takes that of the nearer parent [D].

    Attributes
    ----------
    generator : Generator, sampler or callable
    places : tuple of int
        Of the codes.
    """

    generator: Any
    places: tuple[int, ...]

    def rows(self, majority: Array, minority: Array, size: int, streams: Streams) -> Array:
        """As `synthetic_rows` makes them, (size, d)."""
        spread = Spread.of(self.places, np.concatenate([majority, minority]))
        made = synthetic_rows(self.generator, spread.out(majority), spread.out(minority), size, streams)
        return spread.back(made)

    def parents(self, minority: Array, size: int, streams: Streams) -> Integers:
        """As `row_parents` tells them, (size, 2)."""
        return row_parents(self.generator, Spread.of(self.places, minority).out(minority), size, streams)


def by_levels(generator: Any, final: Any) -> Any:
    """The generator for a final step: one that takes features for categories gets rows with levels that exist.

    Ready-made rows have them already.
    """
    places = coded_features(final)
    return ByLevels(generator, places) if places and not hasattr(generator, "featured") else generator


def source_name(generator: Any) -> str:
    """What messages call the generator."""
    if isinstance(generator, ByLevels):
        return source_name(generator.generator)
    if isinstance(generator, Generator):
        return generator.label
    if hasattr(generator, "fit_resample"):
        return type(generator).__name__
    return str(getattr(generator, "__name__", type(generator).__name__))


def in_features(generator: Any, parts: tuple[Any, ...]) -> Any:
    """The generator for the features that fitted preprocessing makes; only ready-made rows depend on it."""
    return generator.featured(parts) if hasattr(generator, "featured") else generator


def synthetic_rows(generator: Any, majority: Array, minority: Array, size: int, streams: Streams) -> Array:
    """Rows that imitate the minority.

    The first m of them may serve as m synthetic rows. Our generators make independent rows; what samplers and
    functions return is put in random order first, so that the first m are a random m of the rows made.

    Parameters
    ----------
    generator : Generator, sampler or callable
        A member of ``synththeory.generators``; an over-sampler with ``fit_resample`` and ``sampling_strategy``, which
        must return the rows it was given first and unchanged; or a function
        ``(minority_rows, size, random_state) -> rows`` with an integer seed.
    majority, minority : Array
        Rows of both classes, (n0, d) and (n1, d).
    size : int
        Number of synthetic rows m ≥ 0.
    streams : Streams
        One replication; names the draw.

    Returns
    -------
    Array
        (m, d).

    Raises
    ------
    ValueError
        A generator that cannot imitate these rows, or returns too few, NaN or rows of another width; named, with the
        remedy.
    """
    if not size:
        return np.empty((0, minority.shape[1]))
    if isinstance(generator, ByLevels):
        return generator.rows(majority, minority, size, streams)
    if isinstance(generator, Generator):
        rows = _drawn(generator, majority, minority, size, streams)
    elif isinstance(generator, type):
        raise ValueError(f"the generator must be an object, got the class {generator.__name__}; write it with ()")
    elif hasattr(generator, "fit_resample"):
        rows = resampled_rows(generator, majority, minority, size, streams)
    elif callable(generator):
        rows = _called(generator, minority, size, streams)
    else:
        raise ValueError(
            f"the generator must be one of synththeory.generators, an imbalanced-learn over-sampler or a function "
            f"(minority_rows, size, random_state) -> rows, got {type(generator).__name__}"
        )
    broken = int((~np.isfinite(rows)).any(axis=1).sum())
    if broken:
        raise ValueError(
            f"generator {source_name(generator)} returned NaN or infinite entries in {broken} of {len(rows)} rows; "
            "mend it, or use another generator"
        )
    return rows


def row_parents(generator: Any, minority: Array, size: int, streams: Streams) -> Integers:
    """Places of the two minority rows that each synthetic row of `synthetic_rows` lies between, (size, 2).

    A single parent stands twice; −1 where a row is made from all of them, or by a sampler or function that does not
    tell.
    """
    if isinstance(generator, ByLevels):
        return generator.parents(minority, size, streams)
    found = None
    if size and isinstance(generator, Generator):
        found = generator.made_from(streams, GivenBlock(minority[None], _MINORITY), size)
    return np.full((size, 2), -1) if found is None else found[0]


def _drawn(generator: Generator, majority: Array, minority: Array, size: int, streams: Streams) -> Array:
    try:
        generator.check(*minority.shape)
        made = generator.draw(
            streams, GivenBlock(minority[None], _MINORITY), GivenBlock(majority[None], _MAJORITY), size
        )
        return np.asarray(made.rows[0])
    except SynththeoryError as error:
        raise cannot_imitate(source_name(generator), len(minority), error) from error


def _called(function: Callable[..., Any], minority: Array, size: int, streams: Streams) -> Array:
    rows = np.asarray(function(minority.copy(), size, streams.seed("callable")), dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != minority.shape[1] or rows.shape[0] < size:
        raise ValueError(
            f"generator {source_name(function)} returned shape {rows.shape} where ({size}, {minority.shape[1]}) was "
            "wanted; return one row for each synthetic row asked for, in the columns of minority_rows"
        )
    return shuffled(rows, size, streams)
