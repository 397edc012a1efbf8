"""The rules that choose a synthetic size from data: VTSS and TG-VTSS (`theory.md` §3)."""

from __future__ import annotations

import itertools
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, SerializerFunctionWrapHandler, field_validator, model_serializer, model_validator

from synththeory.arrays import Array
from synththeory.components import Component, Floats, Positive
from synththeory.errors import DesignError
from synththeory.selection.candidates import Candidates, offered
from synththeory.selection.folds import Split, folds, hold_out
from synththeory.theory.sizes import aligned_multiplier

Share = Annotated[float, Field(gt=0.0, lt=1.0)]
Folds = Annotated[int, Field(ge=2)]
HELD_OUT, FOLDS = 0.2, 5
"""Defaults of the two validations."""


def _steps(start: float, stop: float) -> tuple[float, ...]:
    """start, start + .05, …, stop."""
    return tuple(np.round(np.arange(start, stop + 0.025, 0.05), 10).tolist())


class Rule(Component):
    """How a synthetic size is chosen: candidates, compared by balanced loss on rows that no fit or generator has seen.

    Attributes
    ----------
    validation : {"hold-out", "cross-validation"}
        One stratified split, or stratified folds.
    fraction : float
        Share of each class held out, in (0, 1); of "hold-out" alone.
    folds : int
        At least 2; of "cross-validation" alone.
    platt : bool
        Whether the chosen fit is measured once more after Platt scaling on the validation's held-out scores.
    """

    validation: Literal["hold-out", "cross-validation"] = "hold-out"
    fraction: Share = HELD_OUT
    folds: Folds = FOLDS
    platt: bool = False

    @model_serializer(mode="wrap")
    def _without_idle_platt(self, serialised: SerializerFunctionWrapHandler) -> dict[str, object]:
        """The settings as they were before fits were scaled, where none is: their digest names old results."""
        table: dict[str, object] = serialised(self)
        return table if self.platt else {key: entry for key, entry in table.items() if key != "platt"}

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_ignored(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = {key: value for key, value in data.items() if value is not None}
        name = given.get("validation", "hold-out")
        mine, other, default = ("fraction", "folds", FOLDS) if name == "hold-out" else ("folds", "fraction", HELD_OUT)
        if given.get(other, default) != default:
            raise ValueError(f"'{other}' does not belong to validation = '{name}', which takes '{mine}'")
        return given

    @property
    def fewest(self) -> int:
        """Fewest rows of a class that the validation can split."""
        return 2 if self.validation == "hold-out" else self.folds

    def smallest_training(self, rows: int) -> int:
        """Fewest rows of a class of so many that some split leaves to fit on."""
        held_out = max(round(self.fraction * rows), 1) if self.validation == "hold-out" else -(-rows // self.folds)
        return max(rows - held_out, 1)

    def splits(self, keys: Array) -> tuple[Split, ...]:
        """Validation splits of one class.

        Parameters
        ----------
        keys : Array
            (..., n), one independent uniform number a row.

        Returns
        -------
        tuple of Split
            One for "hold-out", one a fold for "cross-validation".
        """
        return hold_out(keys, self.fraction) if self.validation == "hold-out" else folds(keys, self.folds)


class VTSS(Rule):
    """Validation-tuned synthetic size: the best of a fixed grid [P].

    Attributes
    ----------
    validation, fraction, folds, platt
        As of every `Rule`.
    multipliers : tuple of float
        Candidates γ ≥ 0, increasing.
    """

    kind: Literal["vtss"] = "vtss"
    multipliers: Annotated[Floats, Field(min_length=1)]

    @field_validator("multipliers", mode="after")
    @classmethod
    def _increasing(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        return _checked(values)

    def candidates(self, gap: int) -> Candidates:
        """The grid at a class gap n0 − n1."""
        return offered(None, self.multipliers, gap)


class TGVTSS(Rule):
    """Theory-guided VTSS: the symmetry test and GQS say which sizes are candidates [P].

    Attributes
    ----------
    validation, fraction, folds, platt
        As of every `Rule`.
    gqs_folds : int
        Folds of the cross-fitted GQS, at least 2.
    tau : float
        GQS up to τ means a realistic generator; above it, a biased one.
    alpha : float
        Level of the symmetry test, in (0, 1).
    calibration : {"chi2", "small-sample"}
        Of the symmetry test; the paper's is χ².
    symmetric, biased : tuple of float
        Multipliers γ offered in these regimes.
    realistic : tuple of float
        Factors of full balance and of ñ* offered to a realistic generator.
    farthest : float
        An ñ* beyond so many class gaps is not offered: at 1 − 2c near zero it is noise [D].
    """

    kind: Literal["tg-vtss"] = "tg-vtss"
    gqs_folds: Folds = 5
    tau: Positive = 10.0
    alpha: Share = 0.05
    calibration: Literal["chi2", "small-sample"] = "chi2"
    symmetric: Annotated[Floats, Field(min_length=1)] = _steps(0.0, 0.2)
    realistic: Annotated[Floats, Field(min_length=1)] = _steps(0.8, 1.2)
    biased: Annotated[Floats, Field(min_length=1)] = _steps(0.0, 2.0)
    farthest: Positive = 20.0

    @field_validator("symmetric", "realistic", "biased", mode="after")
    @classmethod
    def _increasing(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        return _checked(values)

    @property
    def fewest(self) -> int:
        """Fewest rows of a class that both the validation and GQS can split."""
        return max(super().fewest, self.gqs_folds)

    def smallest_training(self, rows: int) -> int:
        """Fewest rows of a class of so many that some split of the validation or of GQS leaves to fit on."""
        return min(super().smallest_training(rows), rows - -(-rows // self.gqs_folds))

    def candidates(self, p_value: float, quality: float, alignment: float, gap: int) -> Candidates:
        """Candidate sizes of one data set.

        Parameters
        ----------
        p_value : float
            Of the symmetry test; T_sym ≤ cutoff is p_value ≥ α.
        quality : float
            GQS.
        alignment : float
            c of ñ* = (n0 − n1)/(1 − 2c); NaN where there is none.
        gap : int
            n0 − n1 ≥ 1.

        Raises
        ------
        DesignError
            When the test or GQS is not a number, or there is no class gap.
        """
        if not (np.isfinite(p_value) and np.isfinite(quality)):
            raise DesignError(
                f"tg-vtss needs a symmetry test and a GQS, got p = {p_value} and GQS = {quality}: columns depend on "
                "each other, or the classes are separated; drop columns, or use vtss with multipliers"
            )
        if p_value >= self.alpha:
            return offered("symmetric", self.symmetric, gap)
        if quality > self.tau:
            return offered("biased", self.biased, gap)
        ahead = float(aligned_multiplier(np.asarray(alignment)))
        aimed = [factor * ahead for factor in self.realistic] if ahead <= self.farthest else []
        return offered("realistic", (*self.realistic, *aimed), gap)


def _checked(values: tuple[float, ...]) -> tuple[float, ...]:
    if min(values) < 0.0:
        raise ValueError(f"expected numbers ≥ 0, got {min(values):g}")
    if any(later <= earlier for earlier, later in itertools.pairwise(values)):
        raise ValueError(f"expected increasing numbers, got {', '.join(map(str, values))}")
    return values
