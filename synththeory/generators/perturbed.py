"""An oracle that is off by a stated amount: the probe of the scaling law's floor."""

from __future__ import annotations

from math import log
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Floats, NonNegative, Positive
from synththeory.errors import DesignError
from synththeory.generators.base import Generator, known_law
from synththeory.generators.closed_forms import fixed_law
from synththeory.generators.moments import GeneratorMoments
from synththeory.losses import Loss
from synththeory.populations import LocationLaw, MixtureLaw, Population
from synththeory.sample import Block, Law
from synththeory.streams import Streams


class PerturbedOracle(Generator):
    """X̃ = m + t u + s (X − m), m and S mean and covariance of the stratum's true law, u a direction [D].

    t = shift/√(uᵀS⁻¹u), so that ``shift`` is the Mahalanobis length of the error of the mean; the covariance is s²S.

    Attributes
    ----------
    shift : float
        Error of the mean in standard deviations, ≥ 0.
    scale : float
        s > 0: standard deviations over the true ones.
    direction : tuple of float, optional
        u, (d,), of any length but 0; the first coordinate when not given.
    """

    kind: Literal["perturbed-oracle"] = "perturbed-oracle"
    sums_suffice: ClassVar[bool] = True
    shift: NonNegative = 0.0
    scale: Positive = 1.0
    direction: Floats | None = None

    def check(self, minority: int, dimension: int) -> None:
        """The direction must have the population's dimension and not vanish."""
        super().check(minority, dimension)
        if self.direction is not None and (len(self.direction) != dimension or not any(self.direction)):
            raise DesignError(
                f"perturbed-oracle: the direction needs {dimension} coordinates, not all of them 0, "
                f"got {list(self.direction)}"
            )

    def law(self, true: Law) -> LocationLaw | MixtureLaw:
        """The law of the rows that imitate a stratum with a given true law.

        Raises
        ------
        DesignError
            When the law is no mixture of location laws.
        """
        if isinstance(true, LocationLaw):
            return self._moved(true, true.mean, self._step(true))
        if isinstance(true, MixtureLaw):
            step = self._step(true)
            return MixtureLaw(true.weights, tuple(self._moved(part, true.mean, step) for part in true.parts))
        raise DesignError("perturbed-oracle moves Gaussian mixtures and other location laws only")

    def divergence(self, true: LocationLaw | MixtureLaw) -> float:
        """KL(generator ‖ truth) = ½ [shift² + d (s² − 1 − log s²)] for a Gaussian law [D].

        Raises
        ------
        DesignError
            When the law is not Gaussian: no closed form is known.
        """
        if not isinstance(true, LocationLaw) or true.noise != "gaussian":
            raise DesignError("perturbed-oracle: the divergence has a closed form for Gaussian laws only")
        return 0.5 * (self.shift**2 + true.dimension * (self.scale**2 - 1.0 - 2.0 * log(self.scale)))

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of the moved law."""
        return self.law(known_law(seeds, self.kind)).draw(streams, "rows", size)

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array | None:
        """From the sums of the noise, where those are drawn themselves; else the learner adds the rows up."""
        law = self.law(known_law(seeds, self.kind))
        return law.sums(streams, "rows", sizes) if streams.summed and isinstance(law, LocationLaw) else None

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments under the moved law."""
        return fixed_law(population, loss, stratum, self.fixed_law(population, stratum, count), theta)

    def fixed_law(self, population: Population, stratum: int, count: int) -> LocationLaw | MixtureLaw:
        """The moved law."""
        return self.law(population.laws[stratum])

    def _step(self, true: LocationLaw | MixtureLaw) -> Vector:
        if self.shift == 0.0:
            return np.zeros(true.dimension)
        along = np.eye(true.dimension)[0] if self.direction is None else np.array(self.direction)
        return np.asarray(self.shift / np.sqrt(along @ np.linalg.solve(true.covariance, along)) * along)

    def _moved(self, part: LocationLaw, centre: Vector, step: Vector) -> LocationLaw:
        return LocationLaw(centre + step + self.scale * (part.mean - centre), self.scale * part.spread, part.noise)
