"""How far studies are from what a core must do at least: draw the random numbers, multiply and add, move the bytes.

The floor of a replication is the sum of some times, each at a rate measured here on one core: every uniform and normal
it needs; the operations of one Gram matrix over the synthetic rows and a solution a size (least squares), of every
pass of its Newton steps over the rows (logistic, counted by `passes`), of two passes over the rows (symmetry test), at
the rate of a large matrix product; a logistic function a row and pass; every row written once and read once, but for
least squares, which keeps none, and read from the second-level cache by every pass. Searches for neighbours, gathers
and everything in Python are left out: it is what one cannot do without, not what one can reach.
"""

import time
from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from synththeory.kernels.llvm.registers import TILES
from synththeory.learners import LeastSquares, Logistic
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.streams import Streams
from tests.benchmarks.passes import Passes, logistic_functions_a_second, passes
from tests.benchmarks.speed import CASES, ROUNDS, Case, milliseconds, processor

STUDIES = ("F3", "F4", "F5", "F6")
A_ROW = {"smote": 3, "bootstrap": 1}
"""Uniforms that these generators take for a synthetic row; others take a number a coordinate."""


@dataclass(frozen=True)
class Work:
    """What a replication needs at least."""

    uniforms: float = 0.0
    normals: float = 0.0
    flops: float = 0.0
    bytes: float = 0.0
    logistic: float = 0.0
    reads: float = 0.0

    def __add__(self, other: "Work") -> "Work":
        return Work(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def seconds(self, rates: "Work") -> "Work":
        """Of every kind, at so many a second."""
        return Work(*(amount / rate for amount, rate in zip(astuple(self), astuple(rates), strict=True)))

    @property
    def total(self) -> float:
        """Of all kinds."""
        return float(sum(astuple(self)))


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
    near = np.ones((2, 1 << 15))
    streams.uniforms("x", 10), streams.normals("x", 10)
    return Work(
        uniforms=50 * size / best(lambda: streams.uniforms("x", size)),
        normals=50 * size / best(lambda: streams.normals("x", size)),
        flops=2.0 * 768**3 / best(lambda: left @ left),
        bytes=16.0 * 20 * row.size / best(lambda: [np.copyto(other, row) for _ in range(20)]),
        logistic=logistic_functions_a_second(),
        reads=16.0 * 500 * near.shape[1] / best(lambda: [near[0] @ near[1] for _ in range(500)]),
    )


def needed(cell: Cell, counted: Passes | None) -> Work:
    """What one replication of a cell needs at least; a logistic path so many passes."""
    dimension, rows = cell.population.dimension, sum(cell.counts)
    noise = getattr(cell.population, "noise", "gaussian")
    real = Work(uniforms=rows * dimension) if noise in ("cube", "rademacher") else Work(normals=rows * dimension)
    total = real + Work(bytes=0.0 if isinstance(cell.learner, LeastSquares) else 16.0 * rows * dimension)
    if cell.question.kind == "test":
        return total + Work(flops=2.0 * rows * (dimension * (dimension + 1) + 6.0 * dimension))
    if counted is not None:
        total += of_passes(counted)
    noises: set[str] = set()
    for arm in cell.arms:
        total += of_arm(arm, cell, noises)
    return total


def of_arm(arm: Arm, cell: Cell, noises: set[str]) -> Work:
    """What one arm adds; noise that an arm before it has drawn is there."""
    sizes = [size for _, size in arm.points]
    dimension, most = cell.population.dimension, max(sizes)
    kind = "" if arm.use is None else arm.use.generator.stream or arm.use.generator.kind
    idealised = kind == "oracle" and getattr(cell.population, "noise", "gaussian") in ("cube", "rademacher")
    each = 0 if kind in noises else A_ROW.get(kind, dimension) * most
    noises.add(kind)
    drawn = Work(uniforms=each) if kind in A_ROW or idealised else Work(normals=each)
    if isinstance(cell.learner, LeastSquares):
        wide = dimension + 1  # a noise drawn before has its Gram matrix too
        added = most * wide * (wide + 1) if each else 0
        return drawn + Work(flops=added + len(sizes) * wide**3 / 3.0)
    return drawn + Work(bytes=16.0 * most * dimension)


def of_passes(counted: Passes) -> Work:
    """What the passes over the rows take: a score and a gradient each, some a Hessian, which is then factorised."""
    size, rows = counted.coefficients, counted.rows + counted.curved_rows
    hessians = counted.curved_rows * size * (size + 2.0) + counted.hessians * size**3 / 3.0
    return Work(flops=4.0 * size * rows + hessians, logistic=rows, reads=8.0 * (size + 2) * rows)


def ours(case: Case) -> float:
    """Processor seconds a replication on one thread."""
    design = case.design(case.replications)
    Session(case.design(2), executor=Threads(1)).run()
    return best(lambda: Session(design, executor=Threads(1)).run()) / case.replications


def report() -> None:
    """Print the rates and, for every study, its floor and what that is made of, and what the study takes."""
    with threadpool_limits(1):  # type: ignore[no-untyped-call]
        rates = measured_rates()
        table = Table(title="Milliseconds of one core a replication")
        for heading in ("study", "random", "flops", "logistic", "bytes", "floor", "taken", "times the floor"):
            table.add_column(heading, justify="right")
        steps = []
        for case in CASES:
            if case.name in STUDIES:
                cells = case.design(1).cells
                counted = [passes(cell) if isinstance(cell.learner, Logistic) else None for cell in cells]
                spent = sum(map(needed, cells, counted), Work()).seconds(rates)
                parts = (spent.uniforms + spent.normals, spent.flops, spent.logistic, spent.bytes + spent.reads)
                taken = ours(case)
                table.add_row(
                    case.name, *map(milliseconds, (*parts, spent.total, taken)), f"{taken / spent.total:.1f}×"
                )  # fmt: skip
                steps += [f"{case.name}: {each}" for each in counted if each is not None]
    console = Console(width=120)
    console.print(f"{processor()}, tiles {TILES.name}")
    console.print(
        f"a second: {rates.uniforms / 1e6:.0f} million uniforms, {rates.normals / 1e6:.0f} million normals, "
        f"{rates.flops / 1e9:.1f} Gflop, {rates.logistic / 1e6:.0f} million logistic functions, "
        f"{rates.bytes / 1e9:.1f} GB copied, {rates.reads / 1e9:.0f} GB read from the second-level cache"
    )
    console.print(table)
    console.print("\n".join(steps))


if __name__ == "__main__":
    report()
