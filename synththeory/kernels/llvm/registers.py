"""Height and width of every tile, by the vector registers that code is compiled for.

A tile keeps its running sums in registers. Too many of them are moved to memory and back at every step, too few wait
for each other. Only how many sums run side by side depends on the machine, never the order within a sum, so that every
row of the table gives the same bits. Why, and what was measured: `docs/devdocs/tiles.md`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
from llvmlite import binding


class Tiles(NamedTuple):
    """Sizes of tiles; a running sum is a vector of eight doubles.

    Attributes
    ----------
    name : str
        Of the registers.
    side : int
        Rows and columns of a tile of dot products.
    rows : int
        Rows of an 8 × 8 tile of a matrix product that are summed at a time.
    height, width : int
        Most rows and columns of a tile of products of two and three columns, and most columns mapped at a time.
    together : int
        Eights of rows that a map of columns takes at a time.
    """

    name: str
    side: int
    rows: int
    height: int
    width: int
    together: int


_TILES = {
    "avx512f": Tiles("avx512", side=4, rows=8, height=4, width=6, together=4),  # 32 registers of eight doubles
    "avx2": Tiles("avx2", side=2, rows=4, height=2, width=2, together=2),  # 16 of four
    "neon": Tiles("neon", side=2, rows=4, height=2, width=2, together=2),  # 32 of two
}
_OTHERS = Tiles("other", side=1, rows=2, height=1, width=2, together=2)  # 16 of two, as all of x86-64 has


def tiles(features: str) -> Tiles:
    """The tiles for a processor's features, in LLVM's writing ``+avx2,-avx512f,…``."""
    has = set(features.split(","))
    return next((sizes for name, sizes in _TILES.items() if f"+{name}" in has), _OTHERS)


def _compiled_for() -> str:
    """The features that numba compiles for: those of NUMBA_CPU_FEATURES, or else the host's."""
    config: Any = numba.config
    given: str | None = config.CPU_FEATURES
    host: str = binding.get_host_cpu_features().flatten()
    return host if given is None else given


TILES = tiles(_compiled_for())
"""The tiles of this process."""
