"""How far studies are from what a core must do at least: draw the random numbers, multiply and add, move the bytes.

The floor of a replication is the sum of three times, each at a rate measured here on one core: every uniform and normal
it needs; the operations of one Gram matrix over the synthetic rows and a solution a size (least squares),
of *one* Newton step a size (logistic: a real path takes more), of two passes over the rows (symmetry test), at the rate
of a large matrix product; every row written once and read once, but for least squares, which keeps none. Searches for
neighbours, gathers and everything in Python are left out: it is what one cannot do without, not what one can reach.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from synththeory.learners import LeastSquares
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.streams import Streams
from tests.benchmarks.speed import CASES, ROUNDS, Case, milliseconds

STUDIES = ("F3", "F4", "F5", "F6")
A_ROW = {"smote": 3, "bootstrap": 1}
"""Uniforms that these generators take for a synthetic row; others take a number a coordinate."""
EXPONENTIAL = 20
"""Operations of a logistic function, about."""


@dataclass(frozen=True)
class Work:
    """What a replication needs at least."""

    uniforms: float = 0.0
    normals: float = 0.0
    flops: float = 0.0
    bytes: float = 0.0

    def __add__(self, other: "Work") -> "Work":
        return Work(
            self.uniforms + other.uniforms,
            self.normals + other.normals,
            self.flops + other.flops,
            self.bytes + other.bytes,
        )

    def seconds(self, rates: "Work") -> float:
        """At so many a second."""
        return (
            self.uniforms / rates.uniforms
            + self.normals / rates.normals
            + self.flops / rates.flops
            + self.bytes / rates.bytes
        )


def best(work: Callable[[], object]) -> float:
    """The least processor time of a few calls."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def measured_rates() -> Work:
    """Uniforms, normals, floating-point operations and bytes a second on one core."""
    streams, size = Streams.named(0, "rates", 0, 50), 100_000
    left = np.ones((768, 768))
    row = np.ones(1 << 20)
    other = np.empty_like(row)
    streams.uniforms("x", 10), streams.normals("x", 10)
    return Work(
        uniforms=50 * size / best(lambda: streams.uniforms("x", size)),
        normals=50 * size / best(lambda: streams.normals("x", size)),
        flops=2.0 * 768**3 / best(lambda: left @ left),
        bytes=16.0 * 20 * row.size / best(lambda: [np.copyto(other, row) for _ in range(20)]),
    )


def needed(cell: Cell) -> Work:
    """What one replication of a cell needs at least."""
    dimension, rows = cell.population.dimension, sum(cell.counts)
    noise = getattr(cell.population, "noise", "gaussian")
    real = Work(uniforms=rows * dimension) if noise in ("cube", "rademacher") else Work(normals=rows * dimension)
    total = real + Work(bytes=0.0 if isinstance(cell.learner, LeastSquares) else 16.0 * rows * dimension)
    if cell.question.kind == "test":
        return total + Work(flops=2.0 * pass_over(rows, dimension))
    noises: set[str] = set()
    for arm in cell.arms:
        total += of_arm(arm, cell, noises)
    return total


def of_arm(arm: Arm, cell: Cell, noises: set[str]) -> Work:
    """What one arm adds; noise that an arm before it has drawn is there."""
    sizes = [size for _, size in arm.points]
    dimension, rows, most = cell.population.dimension, sum(cell.counts), max(sizes)
    kind = "" if arm.use is None else arm.use.generator.stream or arm.use.generator.kind
    idealised = kind == "oracle" and getattr(cell.population, "noise", "gaussian") in ("cube", "rademacher")
    each = 0 if kind in noises else A_ROW.get(kind, dimension) * most
    noises.add(kind)
    drawn = Work(uniforms=each) if kind in A_ROW or idealised else Work(normals=each)
    if isinstance(cell.learner, LeastSquares):
        wide = dimension + 1  # a noise drawn before has its Gram matrix too
        added = most * wide * (wide + 1) if each else 0
        return drawn + Work(flops=added + len(sizes) * wide**3 / 3.0)
    passes = float(sum(pass_over(rows + size, dimension) for size in sizes))
    return drawn + Work(flops=passes, bytes=16.0 * most * dimension)


def pass_over(rows: int, dimension: int) -> float:
    """Operations of a score, its logistic function, a gradient and a Hessian over some rows."""
    return rows * (dimension * (dimension + 1) + 6.0 * dimension + EXPONENTIAL)


def ours(case: Case) -> float:
    """Processor seconds a replication on one thread."""
    design = case.design(case.replications)
    Session(case.design(2), executor=Threads(1)).run()
    return best(lambda: Session(design, executor=Threads(1)).run()) / case.replications


def report() -> None:
    """Print the rates and, for every study, its floor, what it takes and how many times the floor that is."""
    with threadpool_limits(1):  # type: ignore[no-untyped-call]
        rates = measured_rates()
        table = Table(title="Milliseconds of one core a replication")
        for heading in ("study", "floor", "taken", "times the floor"):
            table.add_column(heading, justify="right")
        for case in CASES:
            if case.name in STUDIES:
                floor = sum((needed(cell) for cell in case.design(1).cells), Work()).seconds(rates)
                taken = ours(case)
                table.add_row(case.name, milliseconds(floor), milliseconds(taken), f"{taken / floor:.1f}×")
    console = Console(width=120)
    console.print(
        f"a second: {rates.uniforms / 1e6:.0f} million uniforms, {rates.normals / 1e6:.0f} million normals, "
        f"{rates.flops / 1e9:.1f} Gflop, {rates.bytes / 1e9:.1f} GB"
    )
    console.print(table)


if __name__ == "__main__":
    report()
