"""Linear regression tasks at random places with slopes that differ: one is scarce, the others are rich (B5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array
from synththeory.components import Floats, NonNegative, Positive
from synththeory.errors import NoTheoryError
from synththeory.fits import Fit
from synththeory.losses import Loss, SquaredLoss
from synththeory.metrics import EXCESS_RISK
from synththeory.populations.base import Population
from synththeory.populations.risks.measures import coefficients_of
from synththeory.populations.risks.per_replication import ReplicationRisk
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams


@dataclass(frozen=True, kw_only=True)
class TaskBlock(GivenBlock):
    """Joint rows (x, y) of one task, the response last, and the law they were drawn from.

    Attributes
    ----------
    place : Array
        Mean of the covariates' law, (B, d); ``mean`` is that of the rows.
    coefficients : Array
        Slopes and intercept, (B, d + 1).
    """

    place: Array
    coefficients: Array


class LinearTasks(Population):
    """Task k: x ~ N(m_k, I), y = β_kᵀx + b_k + N(0, σ²), β_k = β + h u_k (`theory.md` §4 [R], B5).

    Places m_k and intercepts b_k are normal with standard deviation τ, u_k is uniform on the sphere; all are drawn anew
    in every replication, so no law is known beforehand. The first task is the scarce one.

    Attributes
    ----------
    slopes : tuple of float
        β, (d,).
    tasks : int
        How many, ≥ 2.
    spread : float
        h ≥ 0, the distance of a task's slopes from the common ones.
    place : float
        τ ≥ 0.
    noise : float
        σ > 0.
    """

    kind: Literal["linear-tasks"] = "linear-tasks"
    slopes: Annotated[Floats, Field(min_length=1)]
    tasks: Annotated[int, Field(ge=2)]
    spread: NonNegative = 0.0
    place: NonNegative = 2.0
    noise: Positive = 1.0

    @property
    def dimension(self) -> int:
        """Covariates d; a joint row has one column more."""
        return len(self.slopes)

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The tasks; their rows carry their own responses."""
        return tuple(Stratum(f"task {task}", 0, 0.0) for task in range(self.tasks))

    @property
    def laws(self) -> tuple[()]:
        """None: they differ from replication to replication."""
        return ()

    def own_risk(self, loss: Loss) -> TaskRisk:
        """Excess risk for the scarce task.

        Raises
        ------
        NoTheoryError
            For any loss but the squared one with an intercept.
        """
        if not (isinstance(loss, SquaredLoss) and loss.intercept):
            raise NoTheoryError("the tasks are regressions: needs least-squares with intercept = true")
        return TaskRisk()

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[TaskBlock, ...]:
        """Joint rows of every task, (B, count, d + 1), with the truth of each."""
        return tuple(
            self._task(streams, f"population/{stratum.name}", stratum, count)
            for stratum, count in zip(self.strata, counts, strict=True)
        )

    def _task(self, streams: Streams, purpose: str, stratum: Stratum, count: int) -> TaskBlock:
        place = self.place * streams.normals(f"{purpose}/place", self.dimension + 1)
        away = streams.normals(f"{purpose}/slopes", self.dimension)
        slopes = np.array(self.slopes) + self.spread * away / np.linalg.norm(away, axis=1, keepdims=True)
        rows = streams.normals(f"{purpose}/rows", count, self.dimension + 1)
        rows[..., :-1] += place[:, None, :-1]
        rows[..., -1] = self.noise * rows[..., -1] + place[:, -1:] + np.einsum("bnd,bd->bn", rows[..., :-1], slopes)
        truth = np.concatenate([slopes, place[:, -1:]], axis=1)
        return TaskBlock(rows, stratum, place=place[:, :-1], coefficients=truth)


@dataclass(frozen=True)
class TaskRisk(ReplicationRisk):
    """E[(zᵀ(θ̂ − θ))²] = ‖β̂ − β‖² + (mᵀ(β̂ − β) + b̂ − b)² for x ~ N(m, I) and z = (x, 1): exact [D].

    Attributes
    ----------
    scarce : TaskBlock or None
        Whose law it is; None before there are rows.
    """

    scarce: TaskBlock | None = None

    risk_method = "exact"
    metrics = (EXCESS_RISK.name,)

    def on(self, blocks: Sequence[Block]) -> TaskRisk:
        """For the first of the blocks."""
        scarce = blocks[0]
        assert isinstance(scarce, TaskBlock)
        return TaskRisk(scarce)

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """Excess risk of every fit."""
        assert self.scarce is not None
        error = coefficients_of(fit) - self.scarce.coefficients[:, None]
        centre = np.einsum("bsd,bd->bs", error[..., :-1], self.scarce.place) + error[..., -1]
        excess = np.square(error[..., :-1]).sum(axis=-1) + centre**2
        return np.stack([excess for _ in metrics])
