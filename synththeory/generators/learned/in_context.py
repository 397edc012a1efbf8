"""Rows by a transformer that reads the seeds and is not trained on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array
from synththeory.components import Positive
from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators.base import Generator
from synththeory.generators.imitator import Imitator
from synththeory.neural.extra import needs
from synththeory.populations.enumerable import flag_rows, row_types
from synththeory.populations.laws.finite import places
from synththeory.sample import Block
from synththeory.streams import Streams

_PLACES, _BATCH, _MOST_COLUMNS = 64, 32, 5


class InContextTransformer(Generator):
    """Rows of flags, drawn from what a transformer says of the next row after it has read the seeds.

    It was trained once on sequences of 64 rows whose laws came from a Dirichlet prior on all 2ᵈ rows; the net is kept
    on disk. No seed is learnt from: with few seeds it falls back on the prior. `DirichletRows.best_guess` is what it
    should say.

    Attributes
    ----------
    concentration : float
        c of the prior.
    width, steps : int
        Channels, a multiple of 4; steps of 32 sequences.
    rate : float
        Of AdamW at its highest.
    """

    kind: Literal["in-context-transformer"] = "in-context-transformer"
    programs: ClassVar[tuple[str, ...]] = ("in_context", "transformer", "ordered")
    has_law: ClassVar[bool] = True
    concentration: Positive = 0.3
    width: Annotated[int, Field(ge=4, multiple_of=4)] = 32
    steps: Annotated[int, Field(ge=1)] = 700
    rate: Positive = 0.003

    def check(self, minority: int, dimension: int) -> None:
        """Refuse more rows than the net reads, and more columns than it knows rows of."""
        super().check(minority, dimension)
        if minority >= _PLACES:
            raise DesignError(f"{self.kind} reads at most {_PLACES - 1} rows, got {minority}; take fewer")
        if dimension > _MOST_COLUMNS:
            raise DesignError(f"{self.kind} takes at most {_MOST_COLUMNS} flags, got {dimension}; leave some out")

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> ReadRows:
        """Read the seeds.

        Raises
        ------
        SynththeoryError
            Without the extra, or where cells are not 0 or 1.
        DesignError
            As ``check``.
        """
        needs(f"the generator {self.kind}")
        self.check(seeds.shape[1], seeds.shape[2])
        if not np.isin(seeds.rows, (0.0, 1.0)).all():
            raise SynththeoryError(f"{self.kind} reads flags, 0 or 1, and some cells are neither; code them")
        from synththeory.neural.in_context import Prior, log_predictive, trained

        prior = Prior(
            2 ** seeds.shape[2], self.concentration, _PLACES, self.width, self.steps, _BATCH, self.rate
        )  # fmt: skip
        types = np.stack([row_types(own) for own in seeds.rows])
        return ReadRows(streams, seeds.shape[2], log_predictive(trained(prior), prior, types))


@dataclass(frozen=True, eq=False)
class ReadRows(Imitator):
    """Independent rows of the law that a net has read out of the seeds.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    columns : int
        Flags d.
    log_laws : Array
        Of all rows, (B, 2ᵈ).
    """

    streams: Streams
    columns: int
    log_laws: Array

    def rows(self, size: int) -> Array:
        """Rows (B, size, d); the first rows of a longer draw are a shorter one."""
        chances, every = self.streams.uniforms("rows", size), flag_rows(self.columns)
        found = [places(np.cumsum(np.exp(law)), own) for law, own in zip(self.log_laws, chances, strict=True)]
        return np.ascontiguousarray(every[np.array(found)])

    def log_law(self, rows: Array) -> Array:
        """Of rows of flags."""
        return self.log_laws[:, row_types(rows)]
