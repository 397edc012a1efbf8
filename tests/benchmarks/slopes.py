"""Do intervals of log–log slopes cover? ``python -m tests.benchmarks.slopes [STUDIES]``; the table of `simulation.md`.

A study has five cells, 25 to 400 rows, whose numbers are 1/n times independent draws of a law of mean one. Printed is
the share of studies (5000) whose interval holds −1, with the normal quantile → with Student's, as `fitted_rate` has it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.rates import fitted_rate

SIZES = (25.0, 50.0, 100.0, 200.0, 400.0)
LAWS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {
    "normal, 10 % of its mean": lambda rng, shape: 1.0 + 0.1 * rng.standard_normal(shape),
    "gamma(2.5)": lambda rng, shape: rng.gamma(2.5, size=shape) / 2.5,
    "exponential": lambda rng, shape: rng.exponential(size=shape),
    "log-normal(1)": lambda rng, shape: rng.lognormal(-0.5, 1.0, size=shape),
}


@dataclass(frozen=True)
class Mean:
    """A point of a rate."""

    estimate: float
    mcse: float
    replications: int


def coverage(law: str, replications: int, studies: int) -> str:
    """Both shares."""
    rng, hits = np.random.default_rng(replications), np.zeros(2)
    for _ in range(studies):
        values = LAWS[law](rng, (replications, len(SIZES))) / SIZES
        means, errors = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(replications)
        rate = fitted_rate(SIZES, [Mean(*pair, replications) for pair in zip(means, errors, strict=True)])
        hits += [abs(rate.slope + 1.0) <= NORMAL_QUANTILE * rate.standard_error, rate.contains(-1.0)]
    return " → ".join(f"{share:.3f}".lstrip("0") for share in hits / studies)


if __name__ == "__main__":
    print(f"| replications | {' | '.join(LAWS)} |\n|---|{'---|' * len(LAWS)}")
    for count in (5, 20, 40, 100, 200):
        cells = [coverage(law, count, int(sys.argv[1]) if len(sys.argv) > 1 else 5000) for law in LAWS]
        print(f"| {count} | {' | '.join(cells)} |", flush=True)
