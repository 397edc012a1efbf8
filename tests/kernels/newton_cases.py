"""Small logistic problems of every outcome; run as a script it saves what the interpreter makes of them."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array
from synththeory.kernels.newton import logistic_path
from synththeory.status import Status

Answer = tuple[Array, NDArray[np.uint8]]


def path(
    real: tuple[Array, Array, Array],
    synthetic: tuple[Array, Array, Array],
    sizes: NDArray[np.int64],
    penalty: float = 0.0,
    intercept: bool = True,
    bound: float = 1e6,
) -> Answer:
    """Coefficients (B, S, p) and status (B, S) of rows, labels and weights, (B, n, d), (B, n) and (B, n)."""
    coefficients = np.full((*sizes.shape, real[0].shape[2] + intercept), 7.0)
    status = np.full(sizes.shape, 99, dtype=np.uint8)
    logistic_path(*real, *synthetic, sizes, np.full(sizes.shape, penalty), intercept, bound, coefficients, status)
    return coefficients, status


def problem(seed: int, count: int, size: int, dimension: int) -> tuple[Array, Array, Array]:
    """Overlapping classes: soft and hard labels, positive weights."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, size, dimension))
    labels = (rng.random((count, size)) < 1.0 / (1.0 + np.exp(0.5 - rows[..., 0]))).astype(np.float64)
    labels[:, ::3] = rng.random((count, len(range(0, size, 3))))
    return rows, labels, 0.2 + rng.random((count, size))


def single(rows: Array, labels: Array, **settings: Any) -> tuple[Array, Status]:
    """One fit of rows (n, d) with unit weights, no synthetic row."""
    real = (np.ascontiguousarray(rows)[None], np.asarray(labels, dtype=np.float64)[None], np.ones((1, len(rows))))
    empty = (np.empty((1, 0, rows.shape[1])), np.empty((1, 0)), np.empty((1, 0)))
    coefficients, status = path(real, empty, np.zeros((1, 1), dtype=np.int64), **settings)
    return coefficients[0, 0], Status(int(status[0, 0]))


def outcomes() -> dict[str, tuple[Array, Status]]:
    """One problem an outcome, by name."""
    rows, labels, _ = (part[0] for part in problem(1, 1, 40, 3))
    sides = (rows[:, 0] > 0.1).astype(np.float64)
    tied = np.concatenate([rows[rows[:, 0] != 0.0], [[0.1, 1.0, 2.0], [0.1, 1.0, 2.0]]])
    tied_sides = np.append(sides, [0.0, 1.0])
    with_nan = rows.copy()
    with_nan[3, 1] = np.nan
    return {
        "regular": single(rows, labels),
        "ridge, no intercept": single(rows, labels, penalty=0.7, intercept=False),
        "separated": single(rows, sides),
        "separated, ridge": single(rows, sides, penalty=1e-3),
        "quasi-separated": single(tied, tied_sides, bound=15.0),
        "quasi-separated, ridge": single(tied, tied_sides, penalty=1e-3),
        "norm bound": single(1e-3 * rows, labels, bound=10.0),
        "singular": single(np.column_stack([rows, rows[:, 1]]), labels),
        "not finite": single(with_nan, labels),
    }


EXPECTED = {
    "regular": Status.OK,
    "ridge, no intercept": Status.OK,
    "separated": Status.SEPARATED,
    "separated, ridge": Status.SEPARATED,
    "quasi-separated": Status.NORM_BOUND,
    "quasi-separated, ridge": Status.OK,
    "norm bound": Status.NORM_BOUND,
    "singular": Status.SINGULAR,
    "not finite": Status.NOT_FINITE,
}

if __name__ == "__main__":
    with np.errstate(invalid="ignore", over="ignore"):  # words of the exponential wrap; hostile input is not a number
        answers: dict[str, Any] = {name: np.append(*answer) for name, answer in outcomes().items()}
        np.savez(sys.argv[1], **answers)
