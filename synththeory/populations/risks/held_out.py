"""Balanced risk on rows that every replication holds out of a finite pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synththeory.arrays import Array
from synththeory.fits import Fit
from synththeory.losses import ClassLoss, Loss
from synththeory.metrics import BALANCED_ERROR, BALANCED_LOSS
from synththeory.populations.risks.class_sampled import ClassSampledRisk
from synththeory.populations.risks.per_replication import ReplicationRisk
from synththeory.populations.risks.sampled import SampledRisk
from synththeory.sample import Block, GivenBlock


@dataclass(frozen=True, kw_only=True)
class HeldOutBlock(GivenBlock):
    """Rows of one stratum, and others of it that no fit sees.

    Attributes
    ----------
    rows, stratum, law
        As of `GivenBlock`, which it is.
    held_out : Array
        (B, m, d).
    """

    held_out: Array


@dataclass(frozen=True)
class HeldOutRisk(ReplicationRisk):
    """Mean over the strata of the mean loss on each replication's own held-out rows.

    The Monte Carlo standard error of a mean over replications contains what the held-out rows add, but not that all
    replications draw from one pool.

    Attributes
    ----------
    loss : Loss
        Of a fit's scores.
    blocks : sequence of HeldOutBlock
        Empty before there are rows.
    """

    loss: Loss
    blocks: Sequence[HeldOutBlock] = ()

    risk_method = "test-sample"
    metrics = (BALANCED_LOSS.name, BALANCED_ERROR.name)

    def on(self, blocks: Sequence[Block]) -> HeldOutRisk:
        """On the rows these blocks hold out."""
        return HeldOutRisk(self.loss, [block for block in blocks if isinstance(block, HeldOutBlock)])

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """Balanced loss and balanced 0–1 error."""
        return self.sampled.measures(metrics, fit)

    @property
    def sampled(self) -> SampledRisk | ClassSampledRisk:
        """The risk on the rows that each replication holds out."""
        strata, rows = [block.stratum for block in self.blocks], [block.held_out for block in self.blocks]
        if isinstance(self.loss, ClassLoss):
            return ClassSampledRisk(strata, rows, self.loss)
        return SampledRisk(strata, rows, self.loss)
