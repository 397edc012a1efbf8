"""How many real rows a data set has."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from synththeory.components import Settings
from synththeory.errors import DesignError
from synththeory.populations import JointPopulation, Population

Count = Annotated[int, Field(ge=1)]


class SampleSizes(Settings):
    """How many real rows a data set has.

    Either the minority's number, and the majority's or its ratio to it; or the total of a joint draw, whose class
    counts are random.
    """

    minority: Count | None = None
    majority: Count | None = None
    ratio: Annotated[float, Field(gt=0.0)] | None = None
    total: Count | None = None

    @model_validator(mode="after")
    def _one_majority(self) -> SampleSizes:
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

    @property
    def fixed(self) -> tuple[int, int]:
        """Rows of the majority and of the minority, (n0, n1), where they are fixed."""
        minority = self.minority or 0
        return self.majority if self.majority is not None else round((self.ratio or 0.0) * minority), minority

    def counts(self, population: Population) -> tuple[int, int]:
        """Rows of the majority and of the minority, (n0, n1); their expectations under a joint law."""
        if self.total is None:
            return self.fixed
        if not isinstance(population, JointPopulation):
            raise DesignError(
                f"sample.total needs a population drawn jointly, {population.kind} is not; "
                "give sample.minority with sample.majority or sample.ratio"
            )
        majority, minority = (round(share * self.total) for share in population.shares)
        if minority >= majority:
            raise DesignError(f"the minority must be smaller than the majority, expected {minority} of {majority} rows")
        return majority, minority
