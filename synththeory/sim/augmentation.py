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

from synththeory.components import Floats, Integers, Settings, Strings, component_of
from synththeory.corrections import Baseline, Correction
from synththeory.errors import nearest
from synththeory.generators import Generator

AnyGenerator = Annotated[SerializeAsAny[Generator], component_of(Generator)]
AnyBaseline = Annotated[SerializeAsAny[Baseline], component_of(Baseline)]
AnyCorrection = Annotated[SerializeAsAny[Correction], component_of(Correction)]


class Grid(Settings):
    """Equispaced multipliers, both ends included."""

    start: Annotated[float, Field(ge=0.0)]
    stop: float
    count: Annotated[int, Field(ge=2)]


def _multipliers_kind(value: object) -> str:
    return "<grid>" if isinstance(value, Grid | dict) else "<list>"


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _as_baselines(value: object) -> object:
    """Baselines by name, as a design writes them, or as tables, as a design is stored."""
    names = _as_tuple(value)
    if not isinstance(names, tuple):
        return names
    return tuple({"kind": name} if isinstance(name, str) else name for name in names)


Multipliers = Annotated[
    Annotated[Floats, Tag("<list>")] | Annotated[Grid, Tag("<grid>")],
    Discriminator(_multipliers_kind),
]


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

    One arm a generator; with ``arms``, one for each of them and each of its generators, on the same synthetic rows.
    """

    multipliers: Multipliers | None = None
    sizes: Integers | None = None
    generators: Annotated[tuple[AnyGenerator, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    arms: Annotated[tuple[ArmSettings, ...], BeforeValidator(_as_tuple)] = ()
    baselines: Annotated[tuple[AnyBaseline, ...], BeforeValidator(_as_baselines)] = ()
    diagnostics: Annotated[tuple[Literal["spread", "transfer"], ...], BeforeValidator(_as_tuple)] = ()

    @field_validator("multipliers", "sizes", mode="after")
    @classmethod
    def _increasing_from_zero(cls, value: Grid | tuple[float, ...] | None, info: ValidationInfo) -> object:
        values = _grid_values(value)
        if value is not None and not values:
            raise ValueError("got an empty list, expected at least one value")
        if any(entry < 0 for entry in values):
            raise ValueError(f"expected numbers ≥ 0, got {min(values):g}")
        if any(later <= earlier for earlier, later in itertools.pairwise(values)):
            raise ValueError(f"expected increasing {info.field_name}, got {', '.join(map(str, values))}")
        return value

    @model_validator(mode="after")
    def _one_scale_and_distinct_arms(self) -> Augmentation:
        if (self.multipliers is None) == (self.sizes is None):
            raise ValueError("give either 'multipliers' or 'sizes'")
        known = [generator.label for generator in self.generators]
        for name in (name for arm in self.arms for name in arm.generators or ()):
            if name not in known:
                raise ValueError(f"arms: no generator is called '{name}'{nearest(name, known)}")
        labels = [generator.label for generator, _ in self.uses] + [baseline.label for baseline in self.baselines]
        for label in labels:
            if labels.count(label) > 1:
                raise ValueError(f"two arms are called '{label}'; give one of them another 'name'")
        return self

    @property
    def uses(self) -> tuple[tuple[Generator, Correction | None], ...]:
        """Every arm with synthetic rows: its generator, under the arm's name, and its correction."""
        if not self.arms:
            return tuple((generator, None) for generator in self.generators)
        return tuple(
            (generator.model_copy(update={"name": f"{arm.name}:{generator.label}"}), arm.correction)
            for arm in self.arms
            for generator in self.generators
            if arm.generators is None or generator.label in arm.generators
        )

    def scale(self, gap: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Multipliers γ and synthetic sizes round(γ · gap), each (S,), for the class gap n0 − n1."""
        if self.sizes is not None:
            return tuple(size / gap for size in self.sizes), self.sizes
        multipliers = _grid_values(self.multipliers)
        return multipliers, tuple(round(multiplier * gap) for multiplier in multipliers)


NOTHING_ADDED = Augmentation.model_construct(sizes=(), generators=(), baselines=(), diagnostics=())
"""No arm at all: what a study adds that has none of its own; a design cannot ask for it."""


def _grid_values(value: Grid | tuple[float, ...] | None) -> tuple[float, ...]:
    if isinstance(value, Grid):
        return tuple(np.linspace(value.start, value.stop, value.count).tolist())
    return value or ()
