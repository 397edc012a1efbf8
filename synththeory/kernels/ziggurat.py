"""Tables of the 256-level ziggurat for the normal density (Marsaglia & Tsang 2000; the layout numpy uses).

The half-normal density exp(−x²/2) is covered by 255 horizontal strips and a tail of equal area; the strip
edges follow from the recursion f(x_{i−1}) = f(x_i) + area / x_i. Forty decimal digits make every entry the nearest
double. numpy's own table was made in double precision and is off by up to 40 units in the last place, so normals agree
with ``numpy.random.Generator(SFC64).standard_normal`` draw for draw to 1e-14, not to the bit.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

TAIL = 3.6541528853610087963519472518  # where the tail begins
TAIL_INVERSE = 1.0 / TAIL
_LEVELS = 256


def _edges() -> tuple[list[Decimal], list[Decimal], Decimal]:
    """Strip edges x_255 = TAIL > … > x_1, their densities, and the area of a strip."""
    tail = Decimal("3.6541528853610087963519472518")
    area = Decimal("0.004928673233974654931590913431847148883305")
    edges = [tail]
    for _ in range(_LEVELS - 2):
        level = (-edges[-1] * edges[-1] / 2).exp() + area / edges[-1]
        edges.append((-2 * level.ln()).sqrt())
    return edges, [(-edge * edge / 2).exp() for edge in edges], area


def tables() -> tuple[NDArray[np.uint64], NDArray[np.float64], NDArray[np.float64]]:
    """Acceptance bounds, widths and densities of the strips.

    Returns
    -------
    accept : array of uint64
        (256,); a 52-bit integer below it falls inside strip i at once.
    width : array
        (256,); the factor from a 52-bit integer to an abscissa of strip i.
    density : array
        (256,); exp(−x_i²/2) at the strip's edge.
    """
    scale = Decimal(2) ** 52
    with localcontext() as context:
        context.prec = 40
        edges, densities, area = _edges()
        accept = np.zeros(_LEVELS, dtype=np.uint64)
        width = np.zeros(_LEVELS)
        density = np.ones(_LEVELS)
        base = area / densities[0]
        accept[0] = int(edges[0] / base * scale)
        width[0] = float(base / scale)
        for place, (edge, level) in enumerate(zip(edges, densities, strict=True)):
            strip = _LEVELS - 1 - place
            inner = edges[place + 1] if place + 1 < len(edges) else Decimal(0)
            accept[strip] = int(inner / edge * scale)
            width[strip] = float(edge / scale)
            density[strip] = float(level)
    return accept, width, density
