"""Risks that differ from replication to replication, because each has a truth or test rows of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from synththeory.arrays import Array
from synththeory.fits import Fit
from synththeory.sample import Block


class ReplicationRisk(ABC):
    """The risk of fits where the blocks carry what it is measured by."""

    @property
    @abstractmethod
    def risk_method(self) -> str:
        """``"exact"`` or ``"test-sample"``."""

    @property
    @abstractmethod
    def metrics(self) -> tuple[str, ...]:
        """What a study reports, the first of them in its table."""

    @abstractmethod
    def on(self, blocks: Sequence[Block]) -> ReplicationRisk:
        """The risk in the replications of these blocks."""

    @abstractmethod
    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit to the blocks, (M, B, S); NaN where there is no fit."""
