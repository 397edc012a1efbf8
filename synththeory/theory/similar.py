"""A generator in closed form that is like one without: what terms of order 1/n² are taken from [D].

SMOTE, kernel densities and fitted mixtures have a mean that follows the seeds' and a covariance that is, on average,
some share of theirs. Third cumulants and products of covariances of their Gram matrix are taken from rows drawn with
replacement whose deviations from the mean are scaled to that share, or have noise added up to it. The terms are a few
per cent of the excess risk from ten rows a parameter on; the leading terms are the generator's own, from the pilot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synththeory.generators import Generator
from synththeory.generators.pilot_sets import pilot
from synththeory.generators.response import Response
from synththeory.populations import Population, RowLaw


class Following(Protocol):
    """What second-order theory must know of a generator."""

    @property
    def kind(self) -> str:
        """Its name."""

    @property
    def response(self) -> Response | None:
        """As of `synththeory.generators.Generator`."""

    def fixed_law(self, population: Population, stratum: int, count: int) -> RowLaw | None:
        """As of `synththeory.generators.Generator`."""


@dataclass(frozen=True)
class Similar:
    """A generator known by its response alone.

    Attributes
    ----------
    kind : str
        Of the generator it is like.
    response : Response
        How its mean and covariance follow the seeds'.
    """

    kind: str
    response: Response

    def fixed_law(self, population: Population, stratum: int, count: int) -> None:
        """It follows the seeds."""
        return


def similar(generator: Generator, population: Population, minority: int) -> Similar:
    """Rows drawn with replacement of as large a spread, measured in the generator's pilot.

    Parameters
    ----------
    generator, population
        What it is like, and who the seeds come from.
    minority : int
        Seeds n1.
    """
    level = float(np.trace(population.laws[1].covariance))
    share = pilot(generator, population, 1, minority).synthetic.variance / level
    noise = max(share - 1.0, 0.0) * level / population.dimension
    return Similar(generator.kind, Response(keep=min(share, 1.0), noise=noise))
