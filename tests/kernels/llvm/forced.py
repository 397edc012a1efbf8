"""Every tile on small input: run as a script it saves what they make with the sizes this process was given."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array
from synththeory.kernels.compile import kernel
from synththeory.kernels.llvm.dots import SIDE, add_dots
from synththeory.kernels.llvm.registers import TILES
from synththeory.kernels.llvm.tile import WIDTH, add_tile
from synththeory.kernels.panels import STRIDE, add_cumulants, cumulants, map_panel

SIZE, EIGHTS = 8, 5


@kernel
def dots(columns: Array, out: Array) -> None:
    """All dot products of eight columns of forty rows, and a matrix product of them, into the flat ``out``."""
    for a in range(0, SIZE, SIDE):
        for b in range(0, SIZE, SIDE):
            add_dots(columns, a * 40, 40, columns, b * 40, 40, EIGHTS, out, a * SIZE + b, SIZE)
    add_tile(columns, 0, WIDTH, 1, columns, 3, WIDTH, 30, out, SIZE * SIZE, WIDTH)


@kernel
def panels(panel: Array, turn: Array, lanes: Array, lengths: Array) -> None:
    """A panel mapped, and its products of two and three columns."""
    map_panel(panel, turn, EIGHTS, lengths)
    add_cumulants(panel, SIZE - 1, EIGHTS, lanes)


def outputs() -> dict[str, NDArray[Any]]:
    """What the tiles make, by name."""
    rng = np.random.default_rng(1)
    columns, products = rng.standard_normal(SIZE * 40), np.zeros(SIZE * SIZE + WIDTH * WIDTH)
    dots(columns, products)
    panel, turn = rng.standard_normal((SIZE + 1) * STRIDE), np.triu(rng.standard_normal((SIZE - 1, SIZE)))
    lanes, lengths = np.zeros(cumulants(SIZE - 1) * WIDTH), np.zeros(STRIDE)
    panels(panel, turn, lanes, lengths)
    return {"products": products, "panel": panel, "lanes": lanes, "lengths": lengths}


if __name__ == "__main__":
    given: dict[str, Any] = {"tiles": np.array(TILES.name), **outputs()}
    np.savez(sys.argv[1], **given)
