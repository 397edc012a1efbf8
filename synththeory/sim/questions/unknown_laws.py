"""Generators that rows without a known law can have."""

from __future__ import annotations

from collections.abc import Sequence

from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators import Generator
from synththeory.sample import GivenBlock, Stratum
from synththeory.streams import Streams


def check_imitable(table: str, generators: Sequence[Generator], seeds: int, columns: int, others: bool) -> None:
    """Refuse generators that cannot imitate rows of an unknown law: each draws one row from noise.

    Those that learn nets need no law, and a design is read without the extra: they are asked for their counts alone.

    Parameters
    ----------
    table : str
        Of the design, for the message.
    generators : sequence of Generator
    seeds, columns : int
        Shape of the rows to imitate.
    others : bool
        Whether there are rows of another class to look at.

    Raises
    ------
    DesignError
        With the generator's place and its reason.
    """
    streams = Streams.named(0, "lawless", 0, 1)
    noise = GivenBlock(streams.normals("rows", seeds, columns), Stratum("seeds", 1, 1.0))
    for place, generator in enumerate(generators):
        try:
            generator.check(seeds, columns)
            if not generator.effort:
                _ = generator.draw(streams, noise, noise if others else None, 1).rows
        except SynththeoryError as error:
            raise DesignError(f"{table}.generators[{place}] ({generator.label}): {error}") from None
