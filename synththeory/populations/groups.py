"""Groups, such as class × attribute, that are Gaussian mixtures: the home of spurious correlation."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from synththeory.components import AS_TUPLE, Settings
from synththeory.populations.base import Population
from synththeory.populations.gaussian_mixture import Components, check_components, law_of
from synththeory.populations.laws.location import LocationLaw
from synththeory.populations.laws.mixtures import MixtureLaw
from synththeory.sample import Stratum


class Group(Settings):
    """One group.

    Attributes
    ----------
    name : str
        Such as ``"waterbird on land"``.
    label : float
        Response of its rows; 0 or 1 for logistic loss.
    components : tuple of GaussianComponent
        Law of its rows; the weights sum to one.
    """

    name: Annotated[str, Field(min_length=1)]
    label: float
    components: Components


class GaussianGroups(Population):
    """X | g ~ Σ_k π_gk N(μ_gk, S_gk) with the label y_g of its group; the balanced risk is the mean over all groups.

    Attributes
    ----------
    groups : tuple of Group
        Two or more, with names of their own.
    """

    kind: Literal["gaussian-groups"] = "gaussian-groups"
    groups: Annotated[tuple[Group, ...], AS_TUPLE, Field(min_length=2)]

    @model_validator(mode="after")
    def _groups_fit(self) -> Self:
        check_components([(f"group '{group.name}'", group.components) for group in self.groups])
        names = [group.name for group in self.groups]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two groups are called '{name}'")
        return self

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return len(self.groups[0].components[0].mean)

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """Name, class and label of each group; groups with one label are one class."""
        labels = sorted({group.label for group in self.groups})
        return tuple(Stratum(group.name, labels.index(group.label), group.label) for group in self.groups)

    @property
    def laws(self) -> tuple[LocationLaw | MixtureLaw, ...]:
        """The mixture of each group."""
        return tuple(law_of(group.components) for group in self.groups)
