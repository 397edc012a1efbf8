"""Classes that are Gaussian mixtures: every linear score is a one-dimensional Gaussian mixture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from synththeory.components import AS_TUPLE, FloatRows, Floats, Positive, Settings
from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw
from synththeory.populations.laws.mixtures import MixtureLaw, mixture


class GaussianComponent(Settings):
    """One component N(mean, covariance) of a class.

    Attributes
    ----------
    weight : float
        Share of the class, in (0, 1].
    mean : tuple of float
        (d,).
    covariance : tuple of tuples of float, optional
        (d, d), symmetric positive semi-definite; the identity when neither it nor ``scale`` is given.
    scale : float, optional
        Standard deviation of every coordinate, in place of ``covariance``.
    """

    weight: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    mean: Floats
    covariance: FloatRows | None = None
    scale: Positive | None = None

    @model_validator(mode="after")
    def _covariance_fits(self) -> Self:
        if self.covariance is not None and self.scale is not None:
            raise ValueError("give either covariance or scale, not both")
        if self.covariance is None:
            return self
        size = len(self.mean)
        if len(self.covariance) != size or any(len(row) != size for row in self.covariance):
            raise ValueError(f"the covariance must be {size} × {size}, as the mean has {size} coordinates")
        matrix = np.array(self.covariance)
        if not np.allclose(matrix, matrix.T, rtol=1e-12, atol=1e-12):
            raise ValueError("the covariance is not symmetric")
        smallest = float(np.linalg.eigvalsh(matrix).min())
        if smallest < -1e-12 * max(1.0, float(np.abs(matrix).max())):
            raise ValueError(f"the covariance is not positive semi-definite: its smallest eigenvalue is {smallest:.3g}")
        return self

    @property
    def law(self) -> LocationLaw:
        """N(mean, covariance)."""
        mean = np.array(self.mean)
        if self.scale is not None:
            return LocationLaw(mean, self.scale * np.eye(mean.shape[0]))
        if self.covariance is None:
            return LocationLaw(mean)
        values, vectors = np.linalg.eigh(np.array(self.covariance))
        return LocationLaw(mean, vectors * np.sqrt(np.maximum(values, 0.0)))


Components = Annotated[tuple[GaussianComponent, ...], AS_TUPLE]


class GaussianMixture(Population):
    """X | c ~ Σ_k π_ck N(μ_ck, S_ck), labels 0 and 1 (`theory.md` §5.3 [D]).

    Attributes
    ----------
    majority, minority : tuple of GaussianComponent
        Components of each class; the weights of a class sum to one.
    """

    kind: Literal["gaussian-mixture"] = "gaussian-mixture"
    majority: Components
    minority: Components

    @model_validator(mode="after")
    def _classes_fit(self) -> Self:
        check_components([("majority", self.majority), ("minority", self.minority)])
        return self

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return len(self.majority[0].mean)

    @property
    def laws(self) -> tuple[LocationLaw | MixtureLaw, ...]:
        """The mixture of each class."""
        return (law_of(self.majority), law_of(self.minority))


def check_components(strata: Sequence[tuple[str, Sequence[GaussianComponent]]]) -> None:
    """Refuse strata that are no mixtures of one dimension.

    Parameters
    ----------
    strata : sequence of (str, sequence of GaussianComponent)
        Name and components of each.

    Raises
    ------
    ValueError
        With what is wanted and what came.
    """
    for name, components in strata:
        if not components:
            raise ValueError(f"the {name} needs at least one component")
        total = sum(component.weight for component in components)
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the weights of the {name} must sum to 1, got {total:.10g}")
    sizes = {len(component.mean) for _, components in strata for component in components}
    if len(sizes) > 1 or 0 in sizes:
        raise ValueError(f"all means need the same number of coordinates, got {sorted(sizes)}")


def law_of(components: Sequence[GaussianComponent]) -> LocationLaw | MixtureLaw:
    """The mixture of some components."""
    return mixture([component.weight for component in components], [component.law for component in components])
