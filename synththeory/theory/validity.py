"""How far a predicted curve can be trusted, told from the sample alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Order = Literal["leading", "1/n", "1/n²"]


@dataclass(frozen=True)
class Validity:
    """Whether a sample is large enough for the order of a prediction.

    What an expansion leaves out is of the next order in parameters over minority rows. The rows from which it is below
    about 10 % were found by simulation (`theory-expansion.md`, "How far to trust it"). [D]

    Attributes
    ----------
    order : {"leading", "1/n", "1/n²"}
        Leading order at θ*; everything of order 1/n; everything of order 1/n² too.
    rows : float
        Minority rows a parameter, n1/p.
    enough : float
        Rows a parameter that this order needs.
    """

    order: Order
    rows: float
    enough: float

    @property
    def holds(self) -> bool:
        """Whether there are enough rows for an error of about 10 %."""
        return self.rows >= self.enough

    def __str__(self) -> str:
        """One sentence."""
        told = "holds to about 10 %" if self.holds else f"is not to be trusted below {self.enough:g}"
        return f"theory to order {self.order} at {self.rows:.3g} minority rows a parameter {told}"
