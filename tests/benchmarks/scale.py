"""Many replications of F3, and how well Dask workers share them: ``python -m tests.benchmarks.scale [REPLICATIONS]``.

Needs two idle cores: what else runs is counted against the workers.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from synththeory.sim.design.studies import load_design
from synththeory.sim.run.cores import available_threads
from synththeory.sim.run.executors.cluster import cluster
from synththeory.sim.session import Session
from synththeory.sim.store.files import FileStore
from tests.benchmarks.peak import fresh
from tests.benchmarks.speed import headline, processor, seconds

MANY = 100_000
BLOCK, BLOCKS = 3000, 8
"""Replications of a block, about three seconds, and blocks."""


def shared(workers: int) -> float:
    """Seconds that so many Dask workers of one thread take for the blocks, once each has run one."""
    with TemporaryDirectory() as folder, cluster(f"local:{workers}") as executor:
        for name, blocks in (("warm", workers), ("timed", BLOCKS)):
            design = load_design(headline(), {"monte_carlo.replications": blocks * BLOCK})
            session = Session(design, FileStore.create(Path(folder) / name, design), executor, BLOCK)
            taken = seconds(session.run)
    return taken


def report(replications: int) -> None:
    """Print both, with the load of the machine."""
    print(f"{processor()}, {available_threads()} cores, load {os.getloadavg()[0]:.1f}")
    taken, peak = fresh(headline(), replications, available_threads())
    print(f"{replications:,} replications of F3, kept in a folder, with summary: {taken:.0f} s, {peak:.0f} MB at most")
    one, two = shared(1), shared(2)
    print(
        f"{BLOCKS} blocks of {BLOCK} replications over Dask: one worker {one:.1f} s ({one / BLOCKS:.1f} s a block), "
        f"two {two:.1f} s, efficiency {one / (2.0 * two):.2f}; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
