"""Seconds and peak memory of one study in a process of its own, which imports no reference and nothing else beside it.

``python -m tests.benchmarks.peak REPLICATIONS THREADS`` reads the design's tables as JSON from standard input.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from synththeory.sim.api import simulate
from synththeory.sim.design.studies import load_design


def fresh(tables: dict[str, object], replications: int, threads: int) -> tuple[float, float]:
    """Seconds of a study kept in a folder, summary included, and peak resident MB of a new process that runs it."""
    command = [sys.executable, "-m", "tests.benchmarks.peak", str(replications), str(threads)]
    done = subprocess.run(command, input=json.dumps(tables), capture_output=True, text=True, check=True)
    elapsed, peak = map(float, done.stdout.split())
    return elapsed, peak


def measured(tables: dict[str, object], replications: int, threads: int) -> tuple[float, float]:
    """The same in this process, once its kernels are compiled.

    The peak is that of the address space: ``ru_maxrss`` would count the parent's.
    """
    simulate(load_design(tables, {"monte_carlo.replications": 10}))
    many = load_design(tables, {"monte_carlo.replications": replications})
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        simulate(many, folder, threads)
        elapsed = time.perf_counter() - start
    status = Path("/proc/self/status").read_text()
    return elapsed, int(status.split("VmHWM:")[1].split()[0]) / 1000


if __name__ == "__main__":
    print(*measured(json.load(sys.stdin), int(sys.argv[1]), int(sys.argv[2])))
