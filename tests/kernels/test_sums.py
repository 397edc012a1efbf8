"""Sums of rows that are never kept, against numpy's sums of the rows themselves."""

import numpy as np
import pytest

from synththeory.arrays import Array, Integers
from synththeory.kernels import draw, neighbours, random, sums
from synththeory.kernels.llvm.tile import WIDTH

KEY = (np.uint64(3), np.uint64(4))
PURPOSE = np.uint64(5)
KINDS = (sums.CUBE, sums.RADEMACHER, sums.GAUSSIAN, sums.SPHERE)
SIZES = np.array([[0, 0, 1, 63, 64, 65, 200], [2, 7, 8, 128, 129, 129, 130]])


def oracle(rows: Array, sizes: Integers) -> Array:
    extended = np.concatenate([rows, np.ones((*rows.shape[:2], 1))], axis=2)
    first = [[extended[r, :size] for size in sizes[r]] for r in range(len(sizes))]
    return np.array([[part.T @ part for part in parts] for parts in first])


def noise(kind: int, size: int, dimension: int) -> Array:
    rows = np.empty((2, size, dimension))
    flat = rows.reshape(2, -1)
    fill = random.fill_normal if kind in (sums.GAUSSIAN, sums.SPHERE) else random.fill_uniform
    fill(*KEY, np.arange(2, dtype=np.uint64), PURPOSE, flat)
    if kind == sums.CUBE:
        draw.centre_uniforms(flat)
    elif kind == sums.RADEMACHER:
        draw.sign_uniforms(flat)
    elif kind == sums.SPHERE:
        draw.project_to_sphere(rows)
    return rows


def summed(kind: int, dimension: int, sizes: Integers) -> Array:
    out = np.empty((*sizes.shape, dimension + 1, dimension + 1))
    sums.noise_sums(kind, *KEY, np.arange(2, dtype=np.uint64), PURPOSE, sizes, out)
    return out


def segments(dimension: int, size: int) -> tuple[Array, Integers, Array]:
    rng = np.random.default_rng(dimension)
    seeds, near = rng.standard_normal((2, 15, dimension)), np.empty((2, 15, 4), dtype=np.int64)
    neighbours.nearest_neighbours(seeds, near)
    return seeds, near, rng.random((2, size, 3))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 5, 7, WIDTH, 9, 12, 13, 2 * WIDTH, 20, 22])
def test_noise_sums_are_those_of_the_rows(kind: int, dimension: int) -> None:
    expected = oracle(noise(kind, 200, dimension), SIZES)
    np.testing.assert_allclose(summed(kind, dimension, SIZES), expected, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", [2, 5, 20])
def test_a_size_has_the_same_bits_whatever_sizes_come_before(kind: int, dimension: int) -> None:
    fine, coarse = np.tile(np.arange(0, 201, 3), (2, 1)), np.full((2, 1), 198)
    np.testing.assert_array_equal(summed(kind, dimension, fine)[:, -1], summed(kind, dimension, coarse)[:, 0])


@pytest.mark.parametrize("dimension", [1, 4, 7, 20])
def test_segment_sums_are_those_of_the_rows(dimension: int) -> None:
    seeds, near, uniforms = segments(dimension, 200)
    rows = np.empty((2, 200, dimension))
    draw.interpolate_rows(seeds, near, uniforms, rows)
    made = np.empty((*SIZES.shape, dimension + 1, dimension + 1))
    sums.segment_sums(seeds, near, uniforms, SIZES, made)
    np.testing.assert_allclose(made, oracle(rows, SIZES), rtol=1e-12, atol=1e-11)
    last = np.empty((2, 1, dimension + 1, dimension + 1))
    sums.segment_sums(seeds, near, uniforms, np.ascontiguousarray(SIZES[:, -1:]), last)
    np.testing.assert_array_equal(made[:, -1:], last)


@pytest.mark.parametrize("dimension", [1, 3, 7, 8, 20])
def test_moved_mapped_and_labelled_sums_follow_the_rows(dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    rows = rng.standard_normal((2, 200, dimension))
    centre, factor = rng.standard_normal((2, dimension)), rng.standard_normal((2, dimension, dimension))
    base = oracle(rows, SIZES)
    moved, mapped = np.empty_like(base), np.empty_like(base)
    sums.shifted_sums(base, centre, moved)
    np.testing.assert_allclose(moved, oracle(rows + centre[:, None], SIZES), rtol=1e-11, atol=1e-10)
    sums.mapped_sums(base, factor, mapped)
    turned = np.einsum("rab,rib->ria", factor, rows)
    np.testing.assert_allclose(mapped, oracle(turned, SIZES), rtol=1e-11, atol=1e-10)
    labelled = np.empty((*SIZES.shape, dimension + 2, dimension + 2))
    sums.labelled_sums(base, -1.5, labelled)
    both = np.concatenate([rows, np.full((2, 200, 1), -1.5)], axis=2)
    order = [*range(dimension), dimension + 1, dimension]  # the oracle puts its column of ones last
    np.testing.assert_allclose(labelled, oracle(both, SIZES)[..., order, :][..., order], rtol=1e-12, atol=1e-11)
