"""What theory says of an arm: at the arm's own points, and over the synthetic size as an object that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from synththeory.arrays import Vector
from synththeory.theory import Curve, Prediction


class Forecast(Protocol):
    """What theory says of an arm."""

    @property
    def source(self) -> str:
        """``"closed form"`` or ``"pilot"``."""

    def curve(self, metric: str) -> Vector | None:
        """Theory's values of a metric, (S,); None where it says nothing of it."""


@dataclass(frozen=True, eq=False)
class SizeForecast:
    """Theory of an arm over the synthetic size.

    Attributes
    ----------
    theory : Curve
        At any size; figures and the explorer ask it and make none anew.
    prediction : Prediction
        At the arm's own sizes.
    auroc : Vector or None
        There too, (S,); None where it is not asked for or not known.
    """

    theory: Curve
    prediction: Prediction
    auroc: Vector | None = None

    @staticmethod
    def of(theory: Curve, sizes: tuple[int, ...]) -> SizeForecast:
        """A curve, and what it is at an arm's sizes."""
        return SizeForecast(theory, theory.at(sizes))

    @property
    def source(self) -> str:
        """How the generator is known."""
        return self.theory.source

    def curve(self, metric: str) -> Vector | None:
        """The prediction's, (S,)."""
        return self.auroc if metric == "auroc" else self.prediction.curve(metric)
