"""Does the symmetry test hold its level far from normal? ``python -m tests.benchmarks.symmetry [SETS] [CELL …]``.

The tables of `docs/symmetry-test.md` (The bootstrap). A cell is a dimension and a minority, ``3x30``; the majority has
five times as many rows. Laws have independent coordinates of mean 0 and variance 1. Null *same*: both classes are of
one law, so that θ* = 0. Null *moved*: squared loss, 2ξ_1 − 1 against ξ_1 + b_0 as in `cube-pair`; logistic loss,
−ξ_1 − ½ against ξ_1 + ½. With ``power`` as the first word the minority of *same* is shifted along e_1 instead.
Rates are of p ≤ .05, with Wilson's 95 % interval; the bootstrap has 199 resamples. 10 000 sets of the three cells take
75 minutes of one core, power with 2 000 sets of ``3x80`` ten.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import exp, sqrt
from zlib import crc32

import numpy as np

from synththeory.arrays import Array
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations.cube_pair import SYMMETRIC_LOCATION
from synththeory.selection import bootstrap_symmetry, symmetry_statistics
from synththeory.sim.results.measures import share_interval
from synththeory.streams import Streams

LEVEL, RATIO, RESAMPLES, CHUNK = 0.05, 5, 199, 250
LOW, HIGH = 0.035, 0.065
"""What a size may be, as a requirement of ours."""
SHIFTS = (-0.5, -0.3, 0.3, 0.5)
Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]


def _log_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    variance = 0.8**2
    centred = rng.lognormal(sigma=0.8, size=shape) - exp(0.5 * variance)
    return np.asarray(centred / sqrt((exp(variance) - 1.0) * exp(variance)))


LAWS: dict[str, Draw] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "t(5)": lambda rng, shape: rng.standard_t(5, shape) / sqrt(5.0 / 3.0),
    "exponential": lambda rng, shape: rng.exponential(size=shape) - 1.0,
    "log-normal(.8)": _log_normal,
}
LOSSES: tuple[tuple[Loss, tuple[float, float]], ...] = ((SquaredLoss(), (-0.5, 0.5)), (LogisticLoss(), (0.0, 1.0)))


def rows(law: str, null: str, cell: tuple[int, int], sets: int, seed: int) -> tuple[Array, Array]:
    """Majority and minority ξ of many sets, (sets, n_c, d); the same for both losses."""
    rng = np.random.default_rng([seed, crc32(f"{law} {null} {cell}".encode())])
    d, minority = cell
    return LAWS[law](rng, (sets, RATIO * minority, d)), LAWS[law](rng, (sets, minority, d))


def moved(loss: Loss, majority: Array, minority: Array) -> None:
    """Turn *same* into *moved*, in place."""
    if isinstance(loss, SquaredLoss):
        majority[..., 0] = 2.0 * majority[..., 0] - 1.0
        minority[..., 0] += SYMMETRIC_LOCATION
    else:
        majority[..., 0] = -majority[..., 0] - 0.5
        minority[..., 0] += 0.5


def rejected(law: str, null: str, cell: tuple[int, int], sets: int, shift: float = 0.0) -> Array:
    """How many sets each test rejects, (losses, 2): small-sample, bootstrap. A set without a test is not rejected."""
    found = np.zeros((len(LOSSES), 2))
    for seed, first in enumerate(range(0, sets, CHUNK)):
        count = min(CHUNK, sets - first)
        for place, (loss, labels) in enumerate(LOSSES):
            zero, one = rows(law, null, cell, count, seed)
            one[..., 0] += shift
            if null == "moved":
                moved(loss, zero, one)
            streams = Streams.named(seed, f"{law} {null} {cell}", 0, count)
            drawn = bootstrap_symmetry(zero, one, loss, labels, np.zeros(cell[0]), streams, RESAMPLES)
            plain = symmetry_statistics(zero, one, loss, labels)
            found[place] += [(p <= LEVEL).sum() for p in (plain.p_value, drawn.p_value)]
    return found


def interval(count: float, sets: int) -> str:
    """A rate with its interval."""
    low, high = share_interval(int(count), sets)
    return f"{count / sets:.3f} ({low:.3f}, {high:.3f})".replace("0.", ".")


def judged(count: float, sets: int) -> str:
    """A size, and what its interval says of [.035, .065]."""
    low, high = share_interval(int(count), sets)
    if low >= LOW and high <= HIGH:
        return interval(count, sets)
    return f"{interval(count, sets)} {'?' if low <= HIGH and high >= LOW else '**out**'}"


def sizes(sets: int, cells: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Rows of the table of sizes."""
    yield "| law, null | d, n1 | sets | squared: small-sample | bootstrap | logistic: small-sample | bootstrap |"
    yield "|---|---|---|---|---|---|---|"
    for cell, null, law in product(cells, ("same", "moved"), LAWS):
        texts = [judged(count, sets) for count in rejected(law, null, cell, sets).ravel()]
        yield f"| {law}, {null} | {cell[0]}, {cell[1]} | {sets} | {' | '.join(texts)} |"


def powers(sets: int, cells: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Rows of the table of powers."""
    yield "| law | d, n1 | shift | sets | squared: small-sample | bootstrap | logistic: small-sample | bootstrap |"
    yield "|---|---|---|---|---|---|---|---|"
    for cell, law, shift in product(cells, LAWS, SHIFTS):
        texts = [interval(count, sets) for count in rejected(law, "same", cell, sets, shift).ravel()]
        yield f"| {law} | {cell[0]}, {cell[1]} | {shift:+.1f} | {sets} | {' | '.join(texts)} |"


def report(words: Sequence[str]) -> None:
    """Print a row as it is done."""
    made = powers if words[:1] == ["power"] else sizes
    numbers = [word for word in words if word.isdigit()]
    cells = [(int(d), int(n)) for d, _, n in (word.partition("x") for word in words if "x" in word)]
    for line in made(int(numbers[0]) if numbers else 2000, cells or [(3, 30), (3, 80), (8, 80)]):
        print(line, flush=True)


if __name__ == "__main__":
    report(sys.argv[1:])
