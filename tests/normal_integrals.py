"""Expectations under one-dimensional normals by adaptive quadrature, cut where the integrand bends."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from scipy.integrate import quad

_EDGE = 12.0
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


def expectation(
    function: Callable[[float], float], mean: float, deviation: float, power: int = 0, bend: float = 0.0
) -> float:
    """E h(u)Zᵏ for u = mean + deviation · Z, to about 1e-14; h bends near u = ``bend``."""
    if deviation == 0.0:
        return float(function(mean)) * (1.0, 0.0, 1.0)[power]
    place = (bend - mean) / deviation
    near = [place + step / deviation for step in (-30.0, -8.0, -2.0, 0.0, 2.0, 8.0, 30.0)]
    inside = sorted({cut for cut in (*near, *np.arange(-10.0, 11.0, 2.0)) if -_EDGE < cut < _EDGE})
    cuts = [-_EDGE, *inside, _EDGE]

    def integrand(z: float) -> float:
        return float(function(mean + deviation * z)) * z**power * _PEAK * math.exp(-0.5 * z * z)

    pieces = [quad(integrand, *ends, epsabs=1e-15, epsrel=1e-12, limit=100)[0] for ends in pairwise(cuts)]
    return float(sum(pieces))
