"""The real rows of both classes, and the training and held-out rows of their folds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from synththeory.arrays import Array, Integers
from synththeory.sample import Block, GivenBlock, Sample, taken
from synththeory.selection.folds import Split
from synththeory.streams import Streams


@dataclass(frozen=True)
class Classes:
    """The real rows of both classes.

    Attributes
    ----------
    majority, minority : Block
        (B, n0, d) and (B, n1, d).
    """

    majority: Block
    minority: Block

    @property
    def counts(self) -> tuple[int, int]:
        """(n0, n1)."""
        return self.majority.rows.shape[1], self.minority.rows.shape[1]

    @property
    def gap(self) -> int:
        """n0 − n1."""
        return self.counts[0] - self.counts[1]

    @property
    def sample(self) -> Sample:
        """Both, as one training set."""
        return Sample.of(self.majority, self.minority)

    def at(self, places: Integers) -> Classes:
        """Some of the data sets."""
        return Classes(*(_block(block.rows[places], block) for block in (self.majority, self.minority)))

    def rows(self, majority: Integers, minority: Integers) -> Classes:
        """Some rows of every data set, by number: (B, m0) and (B, m1)."""
        pairs = ((self.majority, majority), (self.minority, minority))
        return Classes(*(_block(taken(block.rows, places), block) for block, places in pairs))


def _block(rows: Array, whole: Block) -> Block:
    """Some rows of a block, which itself may be drawn by name."""
    return GivenBlock(rows, whole.stratum, whole.law)


@dataclass(frozen=True)
class Fold:
    """One split of a block of data sets.

    Attributes
    ----------
    streams : Streams
        Names of the fold's draws.
    training, held_out : Classes
        Rows to fit on, and rows to judge by.
    """

    streams: Streams
    training: Classes
    held_out: Classes


def cut(real: Classes, splits: Callable[[Array], tuple[Split, ...]], streams: Streams) -> Iterator[Fold]:
    """The stratified folds of a block, one after the other.

    Parameters
    ----------
    real : Classes
        Their rows.
    splits : callable
        From uniforms (B, n), one a row of one class, to that class's splits.
    streams : Streams
        Where the uniforms and the names of the folds come from; folds do not depend on generators and rules.
    """
    n0, n1 = real.counts
    pairs = zip(splits(streams.uniforms("majority", n0)), splits(streams.uniforms("minority", n1)), strict=True)
    for place, (zero, one) in enumerate(pairs):
        training, held_out = real.rows(zero.training, one.training), real.rows(zero.held_out, one.held_out)
        yield Fold(streams.within(f"fold/{place}"), training, held_out)
