"""How often the logistic path goes over its rows: counted, as no formula says how many steps Newton takes.

The path's own code is run interpreted; only its derivatives, where it goes over the rows, are numpy's and counted.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any
from unittest.mock import patch

import numba
import numpy as np

from synththeory.arrays import Array
from synththeory.kernels import logistic_loss, newton
from synththeory.kernels.logistic_loss import PANEL, Room, Rows
from synththeory.sim.design.cells import Cell
from synththeory.sim.run.compute import compute

REPLICATIONS = 2


@dataclass(frozen=True)
class Passes:
    """What one replication takes on average: fits, gradients without and with a Hessian, and the rows of either."""

    coefficients: int
    fits: int
    gradients: float
    hessians: float
    rows: float
    curved_rows: float

    def __str__(self) -> str:
        """A fit's."""
        every, rows = self.gradients + self.hessians, self.rows + self.curved_rows
        return (
            f"{self.fits} fits of {self.coefficients} coefficients; {every / self.fits:.1f} passes over the rows a "
            f"fit, {self.hessians / self.fits:.1f} with a Hessian; {rows / 1e6:.2f} million rows a replication"
        )


def passes(cell: Cell) -> Passes:
    """Of a cell whose learner is logistic."""
    counted: dict[bool, list[int]] = {False: [], True: []}
    sizes = []

    def differentiate(real: Rows, synthetic: Rows, penalty: float, slopes: int, room: Room, curved: bool) -> None:
        size = room.theta.shape[0]
        sizes.append(size)
        counted[curved].append(real.used + synthetic.used)
        room.gradient[:], room.hessian[:] = 0.0, 0.0
        for rows in (real, synthetic):
            columns, weights = rows.columns[:size, : rows.used], rows.weights[: rows.used]
            chance = 1.0 / (1.0 + np.exp(-(room.theta @ columns)))
            room.gradient[:size] += columns @ (weights * (chance - rows.labels[: rows.used]))
            if curved:
                room.hessian[:size, :size] += (columns * (weights * chance * (1.0 - chance))) @ columns.T
        for j in range(min(slopes, size)):
            room.gradient[j] += penalty * room.theta[j]
            room.hessian[j, j] += penalty

    with patch("synththeory.learners.logistic.logistic_path", _interpreted(differentiate)):
        compute(cell, cell.arms, range(REPLICATIONS))
    plain, curved = counted[False], counted[True]
    return Passes(
        max(sizes), sum(len(arm.points) for arm in cell.arms), len(plain) / REPLICATIONS, len(curved) / REPLICATIONS,
        sum(plain) / REPLICATIONS, sum(curved) / REPLICATIONS,
    )  # fmt: skip


def _interpreted(differentiate: Callable[..., None]) -> Callable[..., None]:
    """The path as Python, with other derivatives; whether rows are separated is not asked."""
    names: dict[str, Any] = dict(vars(newton))

    def plain(name: str) -> Any:
        compiled = names[name].py_func
        return FunctionType(compiled.__code__, names, name, compiled.__defaults__)

    for name in ("_guess", "_factorised", "_slope", "_full_step", "_verdict", "_minimise"):
        names[name] = plain(name)
    names |= {"differentiate": differentiate, "_separates": lambda rows, theta: False}
    return plain("logistic_path")  # type: ignore[no-any-return]


@numba.njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _pulls(rows: Rows, work: Array, times: int) -> None:
    for _ in range(times):
        logistic_loss._pulls(rows, 0, PANEL, work)


def logistic_functions_a_second(times: int = 2000) -> float:
    """With the weights of gradient and Hessian that are made of them, in the first-level cache."""
    rng = np.random.default_rng(0)
    rows = Rows(np.zeros((1, PANEL)), (rng.random(PANEL) < 0.5) * 1.0, np.ones(PANEL), PANEL)
    work = rng.standard_normal((5, PANEL))
    _pulls(rows, work, 1)
    taken = []
    for _ in range(5):
        started = time.process_time()
        _pulls(rows, work, times)
        taken.append(time.process_time() - started)
    return PANEL * times / min(taken)
