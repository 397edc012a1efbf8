"""How many real rows a data set has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from synththeory.components import Count, Integers, Settings
from synththeory.errors import DesignError
from synththeory.populations import JointPopulation, Population


class SampleSizes(Settings):
    """How many real rows a data set has.

    Either the minority's number, and the majority's or its ratio to it; or the total of a joint draw, whose class
    counts are random; or the number of every group; or, of K classes, the largest's number, its ratio to the smallest's
    and the profile between: long-tailed, n_c = ⌊largest · ratio^(−c/(K−1))⌋, or stepped, where the first half of the
    classes (the larger half of an odd number) have ``largest`` rows and the others ⌊largest/ratio⌋.
    """

    minority: Count | None = None
    majority: Count | None = None
    ratio: Annotated[float, Field(gt=0.0)] | None = None
    total: Count | None = None
    groups: Integers | None = None
    largest: Count | None = None
    profile: Literal["long-tailed", "stepped"] | None = None

    @model_validator(mode="after")
    def _one_majority(self) -> SampleSizes:
        if self.largest is not None or self.profile is not None:
            return self._checked_profile()
        if self.groups is not None:
            if not self.minority is self.majority is self.ratio is self.total is None:
                raise ValueError("'groups' counts the rows of every group: give it alone")
            if len(self.groups) < 2 or min(self.groups) < 1:
                raise ValueError(f"expected two groups or more with at least one row each, got {list(self.groups)}")
            return self
        if self.total is not None:
            if not self.minority is self.majority is self.ratio is None:
                raise ValueError("'total' draws the class counts: give it alone, without minority, majority or ratio")
            return self
        if self.minority is None:
            raise ValueError("give 'minority' with 'majority' or 'ratio' (or 'total' for a population drawn jointly)")
        if (self.majority is None) == (self.ratio is None):
            raise ValueError("give either 'majority' or 'ratio'")
        majority, minority = self.fixed
        if minority >= majority:
            raise ValueError(f"minority must be smaller than the majority, got {minority} of {majority}")
        return self

    def _checked_profile(self) -> SampleSizes:
        if self.largest is None or self.profile is None or self.ratio is None or self.ratio < 1.0:
            raise ValueError(
                "classes of decreasing size need 'largest', 'ratio' ≥ 1 (largest over smallest) and 'profile'"
            )
        if any(given is not None for given in (self.minority, self.majority, self.total, self.groups)):
            raise ValueError("'largest', 'ratio' and 'profile' count every class's rows: give them alone")
        if self.largest / self.ratio < 1.0:
            raise ValueError(f"the smallest class would have no row: {self.largest}/{self.ratio:g} is below 1")
        return self

    def _falling(self, classes: int) -> tuple[int, ...]:
        """Rows of every class by the profile; a share that is whole up to rounding counts as whole."""
        largest, ratio = self.largest or 0, self.ratio or 1.0
        steps = [place / (classes - 1) for place in range(classes)]
        if self.profile == "stepped":
            steps = [float(2 * place >= classes) for place in range(classes)]
        return tuple(int(largest * ratio**-step * (1.0 + 1e-12)) for step in steps)

    @property
    def fixed(self) -> tuple[int, int]:
        """Rows of the majority and of the minority, (n0, n1), where they are fixed."""
        minority = self.minority or 0
        return self.majority if self.majority is not None else round((self.ratio or 0.0) * minority), minority

    def counts(self, population: Population) -> tuple[int, ...]:
        """Rows of every stratum, (n0, n1) for two classes; their expectations under a joint law."""
        strata = len(population.strata)
        if self.largest is not None:
            return self._falling(strata)
        if self.groups is not None and len(self.groups) != strata:
            raise DesignError(f"sample.groups: {population.kind} has {strata} groups, got {len(self.groups)} counts")
        if self.groups is not None:
            return self.groups
        if strata != 2:
            raise DesignError(
                f"sample: {population.kind} has {strata} groups; give sample.groups, one count each, or "
                "sample.largest with ratio and profile"
            )
        if self.total is None:
            return self.fixed
        if not isinstance(population, JointPopulation):
            raise DesignError(
                f"sample.total needs a population drawn jointly, which {population.kind} is not; "
                "give sample.minority with sample.majority or sample.ratio"
            )
        majority, minority = (round(share * self.total) for share in population.shares)
        if minority >= majority:
            raise DesignError(f"the minority must be smaller than the majority, expected {minority} of {majority} rows")
        return majority, minority
