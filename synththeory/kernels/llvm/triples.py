"""Tiles of sums of products of two and of three columns of a panel.

A panel is a flat array of columns, ``stride`` apart. Every size of tile is a straight loop of its own, so that no size
pays for another's padding. Sums keep eight partial sums, one a lane: the same order on every machine. What they are
for: `docs/devdocs/triples.md`.
"""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.llvm.registers import TILES
from synththeory.kernels.llvm.twins import compiled
from synththeory.kernels.llvm.writer import LANES, Writer

HEIGHT, WIDTH = TILES.height, TILES.width

Flat = NDArray[np.float64]


def add_pairs(
    panel: Flat, stride: int, left: int, right: int, height: int, width: int, steps: int,
    sums: Flat, out: int, out_stride: int,
) -> None:  # fmt: skip
    """Add products of two columns to a tile of sums, lane by lane, all arrays flat.

    Lane m of sum ``out + r·out_stride + c``, r < height ≤ ``HEIGHT``, c < width ≤ ``WIDTH``, gets
    Σ_s a_r(8s + m) b_c(8s + m), s < steps, of columns ``left + r`` and ``right + c``. This is the interpreted twin of
    the compiled tile.
    """
    lanes = panel[: panel.size // stride * stride].reshape(-1, stride // LANES, LANES)[:, :steps]
    for r in range(height):
        for c in range(width):
            place = (out + r * out_stride + c) * LANES
            sums[place : place + LANES] += (lanes[left + r] * lanes[right + c]).sum(axis=0)


@compiled(add_pairs)
def _write_pairs(write: Writer, panel: Any, stride: Any, left: Any, right: Any, height: Any, width: Any, steps: Any,
                 sums: Any, out: Any, out_stride: Any) -> None:  # fmt: skip
    _write_products(write, panel, stride, None, left, right, height, width, steps, sums, out, out_stride)


def add_triples(
    panel: Flat, stride: int, factor: int, left: int, right: int, height: int, width: int, steps: int,
    sums: Flat, out: int, out_stride: int,
) -> None:  # fmt: skip
    """Add products of three columns: as `add_pairs`, times column ``factor``. The interpreted twin."""
    lanes = panel[: panel.size // stride * stride].reshape(-1, stride // LANES, LANES)[:, :steps]
    for r in range(height):
        for c in range(width):
            place = (out + r * out_stride + c) * LANES
            sums[place : place + LANES] += (lanes[factor] * lanes[left + r] * lanes[right + c]).sum(axis=0)


@compiled(add_triples)
def _write_triples(write: Writer, panel: Any, stride: Any, factor: Any, left: Any, right: Any, height: Any, width: Any,
                   steps: Any, sums: Any, out: Any, out_stride: Any) -> None:  # fmt: skip
    _write_products(write, panel, stride, factor, left, right, height, width, steps, sums, out, out_stride)


def _write_products(write: Writer, panel: Any, stride: Any, factor: Any, left: Any, right: Any, height: Any, width: Any,
                    steps: Any, sums: Any, out: Any, out_stride: Any) -> None:  # fmt: skip
    """Write a tile of every size; ``factor`` is the column that three have in common, or None."""
    builder = write.builder
    left, right = builder.mul(stride, left), builder.mul(stride, right)
    common = None if factor is None else builder.mul(stride, factor)

    def tile(rows: int, columns: int) -> None:
        places = [
            [write.times(write.shifted(write.offset(out, out_stride, r), c), LANES) for c in range(columns)]
            for r in range(rows)
        ]
        slots = [[write.slot(write.load(sums, place)) for place in row] for row in places]
        with write.loop(steps) as loop:
            shift = write.times(loop.index, LANES)
            shared = None if common is None else write.load(panel, builder.add(common, shift))
            ends = [write.load(panel, write.offset(builder.add(right, shift), stride, c)) for c in range(columns)]
            for r, row in enumerate(slots):
                value = write.load(panel, write.offset(builder.add(left, shift), stride, r))
                value = value if shared is None else builder.fmul(shared, value)
                for slot, end in zip(row, ends, strict=True):
                    write.add_product(slot, value, end)
        for row, ends in zip(slots, places, strict=True):
            for slot, place in zip(row, ends, strict=True):
                write.store(builder.load(slot), sums, place)

    sizes = product(range(1, HEIGHT + 1), range(1, WIDTH + 1))
    key = builder.add(write.times(height, WIDTH + 1), width)
    write.cases(key, {rows * (WIDTH + 1) + columns: partial(tile, rows, columns) for rows, columns in sizes})
