"""Rows that a small transformer writes, one column after the other (after ImbLLM, arXiv 2510.09783)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Integers as Columns
from synththeory.components import NonNegative, Positive
from synththeory.errors import DesignError, SynththeoryError
from synththeory.generators.base import Generator
from synththeory.generators.imitator import Imitator
from synththeory.generators.learned.base import nearest, singles, standards
from synththeory.generators.learned.tokens import UNSEEN, Codes
from synththeory.neural.extra import needs
from synththeory.sample import Block
from synththeory.streams import Streams

if TYPE_CHECKING:
    from synththeory.neural.transformer import Decoder, Vocabulary

_MOST_COLUMNS = 128
"""A net's block of tokens holds one row at least."""
_MOST_ORDERED = 6
"""Columns whose orders are all gone through."""
_NEIGHBOURS = 5


class RowTransformer(Generator):
    """A transformer learns the minority's rows, cell after cell, and writes new ones.

    A row is its label and then its columns: categories as they are, numbers by quantile bins, uniform within a bin.
    The minority has one label, so that the label is the token that every row starts with. ImbLLM's three ideas
    (`language-rows.md` §2 [F]) are three switches, here on a net that is trained from nothing [D].

    Attributes
    ----------
    prompt : bool
        Whether a row starts from its label and one cell, each column in turn, whose value is drawn from the rows that
        the net was fitted on; otherwise from the label alone. With columns in fixed order it is the first column.
    permute : bool
        Whether columns come in a random order, another one at every step and for every row; otherwise as they stand.
    interpolate : float
        Interpolated rows that are learnt from beside each seed, as SMOTE makes them; 0 for none. Their categories are
        left out, as in the reference.
    temperature : float
        What scores are divided by when rows are drawn.
    width : int
        Channels, a multiple of 4; one head for every 8 where that divides it.
    steps, passes : int
        Of training on batches of ``batch`` rows: so many steps, or passes through the rows if that is less.
    rate : float
        Of AdamW at its highest.
    batch : int
        Rows a step.
    bins : int
        Most bins of a column of numbers; four rows a bin at least.
    categories : tuple of int
        Numbers of the columns, from 0, whose values are names.
    pilot : bool
        Whether theory may train hundreds of nets.
    """

    kind: Literal["row-transformer"] = "row-transformer"
    programs: ClassVar[tuple[str, ...]] = ("transformer", "keys", "ordered")
    pilot_sets: ClassVar[int | None] = 200
    effort: ClassVar[int] = 40_000_000  # a net takes a second: so a replication is a block, kept when it is there
    has_law: ClassVar[bool] = True
    smallest_minority: ClassVar[int] = 2
    prompt: bool = True
    permute: bool = True
    interpolate: NonNegative = 1.0
    temperature: Positive = 1.0
    width: Annotated[int, Field(ge=4, multiple_of=4)] = 32
    steps: Annotated[int, Field(ge=1)] = 400
    passes: Annotated[int, Field(ge=1)] = 50
    rate: Positive = 0.005
    batch: Annotated[int, Field(ge=1)] = 64
    bins: Annotated[int, Field(ge=2)] = 16
    categories: Columns = ()
    pilot: bool = False

    @property
    def piloted(self) -> bool:
        """Where it is asked for."""
        return self.pilot

    def check(self, minority: int, dimension: int) -> None:
        """Refuse one row, too many columns, and categories that no column has."""
        super().check(minority, dimension)
        if dimension > _MOST_COLUMNS:
            raise DesignError(f"{self.kind} takes at most {_MOST_COLUMNS} columns, got {dimension}; leave some out")
        if any(not 0 <= place < dimension for place in self.categories):
            named = ", ".join(map(str, self.categories))
            raise DesignError(f"{self.kind}: categories must be column numbers from 0 to {dimension - 1}, got {named}")

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> WrittenRows:
        """One net a replication.

        Raises
        ------
        SynththeoryError
            Without the extra, or where cells are not finite.
        DesignError
            As ``check``.
        """
        needs(f"the generator {self.kind}")
        self.check(seeds.shape[1], seeds.shape[2])
        if not np.isfinite(seeds.rows).all():
            raise SynththeoryError(f"{self.kind}: rows have NaN or infinite entries; impute them, or code them")
        nets = [self._learnt(single, own) for single, own in zip(singles(streams), seeds.rows, strict=True)]
        return WrittenRows(streams, tuple(nets))

    def _learnt(self, streams: Streams, seeds: Array) -> Learnt:
        from synththeory.neural.transformer import Vocabulary, fitted

        rows, missing = self._learnt_from(streams, seeds)
        codes = Codes.of(seeds, self.categories, self.bins)
        vocabulary, tokens = Vocabulary.of_columns(codes.levels), codes.encoded(rows)
        steps = min(self.steps, -(-self.passes * len(rows) // self.batch))
        net = fitted(
            streams, vocabulary, np.where(missing, 0, tokens), missing, width=self.width, steps=steps, rate=self.rate,
            batch=self.batch, permuted=self.permute,
        )  # fmt: skip
        return Learnt(self, net, vocabulary, codes, codes.shares(tokens, missing))

    def _learnt_from(self, streams: Streams, seeds: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Seeds, then interpolated rows, and which of their cells are missing, both (n, d)."""
        numbers = [place for place in range(seeds.shape[1]) if place not in self.categories]
        further = round(self.interpolate * len(seeds)) if numbers else 0
        rows = np.concatenate([seeds, np.zeros((further, seeds.shape[1]))])
        missing = np.zeros(rows.shape, dtype=bool)
        if further:
            missing[len(seeds) :] = True
            missing[len(seeds) :, numbers] = False
            rows[len(seeds) :, numbers] = interpolated(streams, seeds[:, numbers], further)
        return rows, missing


def interpolated(streams: Streams, seeds: Array, count: int) -> Array:
    """Rows between seeds (n, d) and one of their five nearest, in standardised columns, (count, d)."""
    centre, scale = standards(seeds)
    near = nearest((seeds - centre) / scale, min(_NEIGHBOURS, len(seeds) - 1))
    chances = streams.uniforms("interpolated", count, 3)[0]
    first = (chances[:, 0] * len(seeds)).astype(np.int64)
    other = near[first, (chances[:, 1] * near.shape[1]).astype(np.int64)]
    return np.asarray(seeds[first] + chances[:, 2:] * (seeds[other] - seeds[first]))


@dataclass(frozen=True, eq=False)
class Learnt:
    """What one replication has learnt.

    Attributes
    ----------
    settings : RowTransformer
        How rows are drawn.
    net : Decoder
        The transformer.
    vocabulary : Vocabulary
        Which levels belong to which column.
    codes : Codes
        From rows to tokens and back.
    shares : Vector
        Share of each level among the cells of its column that were learnt from, (V,).
    """

    settings: RowTransformer
    net: Decoder
    vocabulary: Vocabulary
    codes: Codes
    shares: Vector

    def orders(self) -> Integers:
        """Every order in which the columns may come, equally often, (k, d).

        Raises
        ------
        SynththeoryError
            For more than six columns in random order: name some orders instead.
        """
        columns = len(self.codes.columns)
        if not self.settings.permute:
            return np.arange(columns)[None]
        if columns > _MOST_ORDERED:
            raise SynththeoryError(f"{columns} columns have too many orders to go through all; give some of them")
        return np.array(list(permutations(range(columns))), dtype=np.int64)

    def log_law(self, rows: Array, orders: Integers | None = None) -> Vector:
        """Log-probability that a row drawn falls into the same levels as each of these rows, (n,).

        The law of the rows that are drawn: prompt and temperature included, and the mean over the orders, since a
        net's conditionals need not agree between orders.

        Parameters
        ----------
        rows : Array
            (n, d).
        orders : Integers, optional
            Orders of the columns that are averaged over, (k, d); all of them when not given.
        """
        from synththeory.neural.transformer import log_probabilities

        tokens = self.codes.encoded(rows)
        seen = (tokens != UNSEEN).all(axis=1)
        found = np.full(len(rows), -np.inf)
        each = []
        for order in self.orders() if orders is None else orders:
            own = tokens[seen][:, order]
            names = np.tile(order, (len(own), 1))
            logs = log_probabilities(self.net, self.vocabulary, own, names, self.settings.temperature)
            if self.settings.prompt:
                with np.errstate(divide="ignore"):
                    logs[:, 0] = np.log(self.shares[own[:, 0]])
            each.append(logs.sum(axis=1))
        if seen.any():
            found[seen] = np.logaddexp.reduce(each, axis=0) - np.log(len(each))
        return found

    def drawn(self, order: Integers, chances: Array, prompts: Vector, within: Array) -> Array:
        """Rows (m, d) by an order of the columns and chances a cell (m, d), and a chance a prompt (m,)."""
        from synththeory.neural.transformer import drawn

        given = np.full(len(order), -1, dtype=np.int64)
        if self.settings.prompt:
            edges = np.cumsum(self.shares)  # column j's shares take it from j to j + 1
            given = np.searchsorted(edges, order[:, 0] + prompts, side="right")
            last = self.codes.offsets[order[:, 0]] + np.array(self.codes.levels)[order[:, 0]] - 1
            given = np.clip(given, self.codes.offsets[order[:, 0]], last)
        made = drawn(self.net, self.vocabulary, order, chances, given, self.settings.temperature)
        tokens = np.empty_like(made)
        np.put_along_axis(tokens, order, made, axis=1)
        return self.codes.decoded(tokens, within)


@dataclass(frozen=True, eq=False)
class WrittenRows(Imitator):
    """Rows that a transformer writes.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    nets : tuple of Learnt
        One a replication.
    """

    streams: Streams
    nets: tuple[Learnt, ...]

    def rows(self, size: int) -> Array:
        """Rows (B, size, d); the first rows of a longer draw are a shorter one."""
        columns = len(self.nets[0].codes.columns)
        noise = self.streams.uniforms("order", size, columns)
        chances = self.streams.uniforms("cells", size, columns)
        prompts, within = self.streams.uniforms("prompts", size), self.streams.uniforms("within", size, columns)
        made = [
            net.drawn(self._order(net.settings, own), chance, prompt, inside)
            for net, own, chance, prompt, inside in zip(self.nets, noise, chances, prompts, within, strict=True)
        ]
        return np.ascontiguousarray(made)

    def log_law(self, rows: Array) -> Array:
        """Of every net, the mean over all orders of the columns (see `Learnt.log_law`)."""
        return np.stack([net.log_law(rows) for net in self.nets])

    @staticmethod
    def _order(settings: RowTransformer, noise: Array) -> Integers:
        """Order of the columns of every row, (m, d): the prompt's first."""
        size, columns = noise.shape
        if not settings.permute:
            return np.tile(np.arange(columns), (size, 1))
        keys = noise.copy()
        if settings.prompt:
            keys[np.arange(size), np.arange(size) % columns] = -1.0
        return np.argsort(keys, axis=1, kind="stable")


def held_out_likelihood(imitator: WrittenRows, rows: Array, orders: Integers | None = None) -> Vector:
    """Mean log-probability of the levels of rows (B, m, d) that were not learnt from, (B,), in nats a row.

    It is −∞ where a row has a category that the seeds have not.

    Parameters
    ----------
    imitator : WrittenRows
        What has learnt.
    rows : Array
        Rows of the same replications.
    orders : Integers, optional
        As of `Learnt.log_law`.
    """
    each = [net.log_law(own, orders).mean() for net, own in zip(imitator.nets, rows, strict=True)]
    return np.array(each)
