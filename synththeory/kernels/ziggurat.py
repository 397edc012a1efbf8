"""Tables of a 512-level ziggurat for the normal density (Marsaglia & Tsang 2000).

The half-normal density exp(−x²/2) is covered by 511 horizontal strips and a tail of equal area; the strip edges follow
from the recursion f(x_{i+1}) = f(x_i) + area / x_i down from where the tail begins. Forty decimal digits make every
entry the nearest double. Twice the usual 256 levels halve the draws that need more than one comparison, and both
tables of the fast path still leave half the first-level cache free. Equations: `docs/devdocs/ziggurat.md`.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

LEVELS = 512
BITS = 53
"""Of an abscissa, beside its sign."""
_TAIL = Decimal("3.85204615036839124811789769722224772077766214")
_AREA = Decimal("0.00245676635154135573373275663838710425096286843")
TAIL = float(_TAIL)
"""Where the tail begins."""


def _edges() -> list[Decimal]:
    """Outer edges of the strips: that of the base, widened to its share of the area, then x_1 = TAIL > x_2 > …."""
    edges = [_AREA * (_TAIL * _TAIL / 2).exp(), _TAIL]
    while len(edges) < LEVELS:
        level = (-edges[-1] * edges[-1] / 2).exp() + _AREA / edges[-1]
        edges.append((-2 * level.ln()).sqrt())
    return edges


def tables() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Widths, inner edges and densities of the strips, the base first.

    Returns
    -------
    width : array
        (512,); the factor from a signed integer of 53 bits and a sign to an abscissa of strip i.
    inner : array
        (512,); an abscissa below it in absolute value lies under the density at once.
    density : array
        (513,); exp(−x²/2) at the outer edge of strip i, which for the base is TAIL, and at 0.
    """
    with localcontext() as context:
        context.prec = 40
        edges = _edges()
        width = [float(edge / 2**BITS) for edge in edges]
        inner = [*map(float, edges[1:]), 0.0]
        density = [float((-edge * edge / 2).exp()) for edge in (_TAIL, *edges[1:], Decimal(0))]
    return np.array(width), np.array(inner), np.array(density)
