"""What is added to the real rows, how much of it, and what is done without adding."""

from __future__ import annotations

import itertools
from typing import Annotated, Literal

import numpy as np
from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    SerializeAsAny,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from synththeory.components import AS_TUPLE, Count, Floats, Integers, Settings, Strings, component_of
from synththeory.corrections import Correction
from synththeory.corrections.weights import AnyBaseline
from synththeory.errors import DesignError, nearest
from synththeory.generators.base import AnyGenerator
from synththeory.sim.questions.uses import Use
from synththeory.theory import Mixing

Generators = Annotated[tuple[AnyGenerator, ...], AS_TUPLE, Field(min_length=1)]
Baselines = Annotated[tuple[AnyBaseline, ...], AS_TUPLE]
AnyCorrection = Annotated[SerializeAsAny[Correction], component_of(Correction)]


class Grid(Settings):
    """Equispaced multipliers, both ends included."""

    start: Annotated[float, Field(ge=0.0)]
    stop: float
    count: Annotated[int, Field(ge=2)]


def _multipliers_kind(value: object) -> str:
    return "<grid>" if isinstance(value, Grid | dict) else "<list>"


Multipliers = Annotated[
    Annotated[Floats, Tag("<list>")] | Annotated[Grid, Tag("<grid>")],
    Discriminator(_multipliers_kind),
]


def _as_weight(value: object) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value not in (None, "pooled", "optimal") and not (number and 0.0 < float(str(value)) <= 1.0):
        raise ValueError(f"expected 'pooled', 'optimal' or a number above 0 and at most 1, got {value!r}")
    return float(str(value)) if number else value


class ArmSettings(Settings):
    """One way of using generators, plainly or with a correction: the arms ``name:generator``.

    Attributes
    ----------
    name : str
        First half of the arms' names, such as ``"naive"`` or ``"corrected"``.
    correction : Correction or None
        What is done about the generator's bias; None leaves its rows as they are.
    generators : tuple of str or None
        Labels of the generators; every one of the study when not given.
    """

    name: str
    correction: AnyCorrection | None = None
    generators: Strings | None = None


class Augmentation(Settings):
    """How many synthetic rows are added, who makes them, and how they are used.

    Either to the minority of two classes (``multipliers``, ``sizes``), or to every group: as many as make all groups as
    large as the largest (first the shares ``fill`` of them), then ``rows`` more in each, with the share ``weight`` (α)
    of the objective. One arm a generator; with ``arms``, one for each of them and each of its generators, on the same
    synthetic rows. With ``sets`` each arm averages the predictions of so many fits, every one with rows of its own.
    """

    multipliers: Multipliers | None = None
    sizes: Integers | None = None
    rows: Integers | None = None
    fill: Floats = ()
    weight: Annotated[float | Literal["pooled", "optimal"] | None, BeforeValidator(_as_weight)] = None
    generators: Generators
    arms: Annotated[tuple[ArmSettings, ...], AS_TUPLE] = ()
    baselines: Baselines = ()
    diagnostics: Annotated[tuple[Literal["spread", "transfer", "diversity"], ...], AS_TUPLE] = ()
    sets: Count | None = None

    @field_validator("multipliers", "sizes", "rows", "fill", mode="after")
    @classmethod
    def _increasing_from_zero(cls, value: Grid | tuple[float, ...] | None, info: ValidationInfo) -> object:
        values = _grid_values(value)
        if value is not None and not values and info.field_name != "fill":
            raise ValueError("got an empty list, expected at least one value")
        if any(entry < 0 for entry in values):
            raise ValueError(f"expected numbers ≥ 0, got {min(values):g}")
        if any(later <= earlier for earlier, later in itertools.pairwise(values)):
            raise ValueError(f"expected increasing {info.field_name}, got {', '.join(map(str, values))}")
        return value

    @model_validator(mode="after")
    def _uses_go_together(self) -> Augmentation:
        corrected = any(arm.correction is not None for arm in self.arms)
        if self.rows is not None and corrected:
            raise ValueError("corrections are about one minority: not with 'rows'")
        if self.sets is not None and (self.rows is not None or corrected):
            raise ValueError("'sets' averages plain fits to one minority: not with 'rows', nor with corrections")
        return self

    @model_validator(mode="after")
    def _one_scale_and_distinct_arms(self) -> Augmentation:
        if sum(given is not None for given in (self.multipliers, self.sizes, self.rows)) != 1:
            raise ValueError("give one of 'multipliers', 'sizes' or, for groups, 'rows'")
        if self.rows is None and (self.weight is not None or self.fill):
            raise ValueError("'weight' and 'fill' speak of groups: they need 'rows'")
        if self.fill and self.fill[-1] >= 1.0:
            raise ValueError("'fill' takes shares below 1; groups are fully equal from the first value of 'rows' on")
        if self.rows is not None and self.diagnostics:
            raise ValueError("'diagnostics' measure the rows of one minority: not with 'rows'")
        known = [generator.label for generator in self.generators]
        for name in (name for arm in self.arms for name in arm.generators or ()):
            if name not in known:
                raise ValueError(f"arms: no generator is called '{name}'{nearest(name, known)}")
        labels = [use.label for use in self.uses] + [baseline.label for baseline in self.baselines]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"two arms are called '{label}'; give one of them another 'name'")
        return self

    @property
    def uses(self) -> tuple[Use, ...]:
        """What is done with every generator, an arm each."""
        if not self.arms:
            return tuple(map(Use, self.generators))
        return tuple(
            Use(generator, arm.name, arm.correction)
            for arm in self.arms
            for generator in self.generators
            if arm.generators is None or generator.label in arm.generators
        )

    def scale(self, counts: tuple[int, ...]) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Multipliers and synthetic sizes, each (S,), for the rows of every stratum.

        For two classes γ and round(γ · (n0 − n1)); for groups N over the largest group, and Σ m_g + N|G|.

        Raises
        ------
        DesignError
            If multipliers or sizes meet more than two groups, or a majority that is none.
        """
        if self.rows is not None:
            filled = [Mixing(counts, 0, 0.0, share).total for share in self.fill]
            totals = (*filled, *(Mixing(counts, rows, 0.0).total for rows in self.rows))
            return tuple(total / sum(counts) - 1.0 for total in totals), tuple(total - sum(counts) for total in totals)
        if len(counts) > 2 or counts[0] <= counts[1]:
            raise DesignError(
                f"augmentation: multipliers and sizes add to the smaller of two classes, got counts {counts}; give rows"
            )
        gap = counts[0] - counts[1]
        if self.sizes is not None:
            return tuple(size / gap for size in self.sizes), self.sizes
        multipliers = _grid_values(self.multipliers)
        return multipliers, tuple(round(multiplier * gap) for multiplier in multipliers)


ARM_KEYS = ("augmentation.generators", "augmentation.arms", "augmentation.baselines")
"""Keys that name arms."""


def _grid_values(value: Grid | tuple[float, ...] | None) -> tuple[float, ...]:
    if isinstance(value, Grid):
        return tuple(np.linspace(value.start, value.stop, value.count).tolist())
    return value or ()
