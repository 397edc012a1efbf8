"""Seconds a replication of the package and of the plain NumPy and scikit-learn reference, side by side.

Everything is timed warm, in one process, in turns: a few rounds of every contender, of which the fastest counts. The
package's time is that of a whole run, the files it writes included.
"""

import os
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from synththeory.kernels.llvm.registers import TILES
from synththeory.sim.api import simulate
from synththeory.sim.design.design import Design
from synththeory.sim.design.studies import load_design, studies
from synththeory.sim.run.cores import available_threads
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.session import Session
from synththeory.sim.store.files import FileStore
from synththeory.sim.store.lock import environment
from tests.benchmarks.peak import fresh
from tests.reference import generators, least_squares, logistic, random_fourier, symmetry, tg_vtss

ROUNDS = 5
MANY = (10_000, 100_000)
"""Replications of the small study; the environment variable BENCHMARK_REPLICATIONS adds a larger number."""


@dataclass(frozen=True)
class Case:
    """One study as both sides know it.

    Attributes
    ----------
    name, what : str
        Name of the study, and what one replication of it is.
    tables : dict
        The design.
    reference : callable
        Runs so many replications of the reference.
    reference_replications, replications : int
        How many replications a round takes of the reference and of the package.
    """

    name: str
    what: str
    tables: dict[str, object]
    reference: Callable[[int], object]
    reference_replications: int
    replications: int

    def design(self, replications: int) -> Design:
        """The design with a number of replications."""
        return load_design(self.tables, {"monte_carlo.replications": replications})


@dataclass(frozen=True)
class Times:
    """Seconds a replication: the reference with one and with the default BLAS threads, the package with 1 and 2."""

    serial: float
    default: float
    one: float
    two: float


def shipped(name: str) -> dict[str, object]:
    """The tables of a study that comes with the package."""
    return tomllib.loads(studies()[name].read_text())


def headline() -> dict[str, object]:
    """F3 with cube noise alone."""
    tables = shipped("local_symmetry_linear")
    del tables["sweep"]
    return tables  # cube is the population's default


def small() -> dict[str, object]:
    """Gaussian shift in the plane, 500 rows against 25, one generator at two sizes."""
    return shipped("alignment_biased") | {"sample": {"minority": 25, "ratio": 20}, "sweep": {}}


def small_reference(replications: int) -> object:
    """The reference of `small`."""
    population = least_squares.gaussian_shift(np.array([1.0, 0.0]))
    arms = {"gaussian": generators.gaussian(np.array([0.5, 0.0]))}
    return least_squares.simulate(population, arms, (500, 25), np.array([1.0, 4.0]), 1e-6, replications, 0)


def size_curve(name: str) -> dict[str, object]:
    """F6's or F7's curve without the size that is chosen on it."""
    tables = shipped(name)
    del tables["selection"]
    return tables


def chosen() -> dict[str, object]:
    """F6's TG-VTSS, and of the curve the raw fit alone."""
    tables = shipped("size_curve_smote")
    generators = [{"kind": "smote", "neighbors": 5}]
    return tables | {"augmentation": {"multipliers": [0.0], "generators": generators}}


CASES = (
    Case("F3", "d = 20, 2000 : 100, 4 generators, 20 sizes", headline(), least_squares.study_f3, 30, 300),
    Case("F1", "d = 2, 10 sample sizes to 64000 : 3200, 2 sizes", shipped("alignment_biased"), least_squares.study_f1,
         10, 40),
    Case("F4", "d = 20, logistic, 5000 rows, 3 generators, 21 sizes", shipped("local_symmetry_logistic"),
         logistic.study_f4, 1, 16),
    Case("F5", "18 null data sets, d = 2, 5, 10, 300 to 10500 rows, both calibrations", shipped("symmetry_test"),
         symmetry.study_f5, 10, 400),
    Case("F6", "d = 5, logistic, 4000 : 200, SMOTE, 41 sizes", size_curve("size_curve_smote"),
         logistic.study_f6, 2, 40),
    Case("F6, size", "d = 5, 4000 : 200, TG-VTSS with SMOTE: test, GQS, hold-out, refit", chosen(), tg_vtss.study_f6,
         4, 60),
    Case("F7", "d = 5, logistic on 100 random features, 4000 : 200, jitter, 41 sizes", size_curve("size_curve_jitter"),
         random_fourier.study_f7, 1, 8),
    Case("d = 2", "500 : 25, one generator, 2 sizes", small(), small_reference, 500, 20_000),
)  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def timed(case: Case) -> Times:
    """The fastest of a few rounds of every contender, in turns, after a round that warms up."""
    design = case.design(case.replications)

    def reference(threads: int | None) -> float:
        with threadpool_limits(threads):  # type: ignore[no-untyped-call]
            return seconds(lambda: case.reference(case.reference_replications)) / case.reference_replications

    def ours(threads: int) -> float:
        with TemporaryDirectory() as folder:
            session = Session(design, FileStore.create(Path(folder), design), Threads(threads))
            return seconds(session.run) / case.replications

    simulate(case.design(2))
    case.reference(1)
    rounds = [(reference(1), reference(None), ours(1), ours(2)) for _ in range(ROUNDS)]
    return Times(*map(min, zip(*rounds, strict=True)))


def processor() -> str:
    """Its name, as the lock of a study has it."""
    return environment()["processor"]


def milliseconds(value: float) -> str:
    """Three significant digits."""
    return f"{1e3 * value:#.3g}".rstrip(".")


def speed_table(names: Sequence[str] = ()) -> Table:
    """Every case: milliseconds a replication and how many times faster the package is, threads : reference's threads.

    Of some names, if any are given. ``better`` is the faster of the reference's two settings: BLAS threads do not
    always help it.
    """
    table = Table(title="Milliseconds a replication (reference: one BLAS thread, and its default)")
    for heading in ("study", "one replication"):
        table.add_column(heading)
    for heading in ("reference, 1", "default", "ours, 1 thread", "2 threads"):
        table.add_column(heading, justify="right")
    for heading in ("1 : 1", "2 : default", "2 : better", "threads 1 → 2"):
        table.add_column(heading, justify="right")
    for case in (case for case in CASES if not names or case.name in names):
        times = timed(case)
        table.add_row(
            case.name, case.what, *map(milliseconds, (times.serial, times.default, times.one, times.two)),
            f"{times.serial / times.one:.1f}×", f"{times.default / times.two:.1f}×",
            f"{min(times.serial, times.default) / times.two:.1f}×", f"{times.one / times.two:.2f}×",
        )  # fmt: skip
    return table


def growth_table() -> Table:
    """The small study over replications: time is linear in them and memory does not grow."""
    table = Table(title="d = 2, 500 : 25, multipliers 1 and 4: whole study with summary, a process each")
    for heading in ("replications", "threads", "seconds", "µs a replication", "peak resident MB"):
        table.add_column(heading, justify="right")
    more = os.environ.get("BENCHMARK_REPLICATIONS")
    for replications in (*MANY, *([int(more)] if more else [])):
        for threads in (1, 2):
            elapsed, peak = fresh(small(), replications, threads)
            each = 1e6 * elapsed / replications
            table.add_row(f"{replications:,}", str(threads), f"{elapsed:.2f}", f"{each:.2f}", f"{peak:.0f}")
    return table


def report(names: Sequence[str] = ()) -> None:
    """Print both tables, or of the first the studies of some names."""
    console = Console(width=160)
    console.print(
        f"{processor()}, {available_threads()} cores, tiles {TILES.name}; best of {ROUNDS} rounds, warm, in turns"
    )
    console.print(speed_table(names))
    if not names:
        console.print(growth_table())
