"""The kernels that shape uniforms and normals into rows, against numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.kernels import draw
from synththeory.kernels.llvm.tile import WIDTH

LAST_UNIFORM = 1.0 - 2.0**-53


def test_cube_and_sign_maps() -> None:
    uniforms = np.array([[0.0, 0.25, 0.5, LAST_UNIFORM], [0.75, 0.1, 0.9, 0.4999999]])
    cube, signs = uniforms.copy(), uniforms.copy()
    draw.centre_uniforms(cube)
    draw.sign_uniforms(signs)
    np.testing.assert_allclose(cube, (uniforms - 0.5) * np.sqrt(12.0), rtol=1e-15)
    np.testing.assert_array_equal(signs, np.where(uniforms < 0.5, 1.0, -1.0))


@pytest.mark.parametrize("dimension", [1, 2, 5, 20])
def test_sphere_projection(dimension: int) -> None:
    rows = np.random.default_rng(dimension).standard_normal((3, 40, dimension))
    expected = rows * np.sqrt(dimension) / np.linalg.norm(rows, axis=2, keepdims=True)
    draw.project_to_sphere(rows)
    np.testing.assert_allclose(rows, expected, rtol=1e-14)


def test_a_vector_is_added_to_every_row() -> None:
    rng = np.random.default_rng(1)
    rows, mean = rng.standard_normal((3, 5, 4)), rng.standard_normal((3, 4))
    expected = rows + mean[:, None]
    draw.add_to_rows(rows, mean)
    np.testing.assert_array_equal(rows, expected)


@pytest.mark.parametrize("dimension", [1, 2, WIDTH - 1, WIDTH, WIDTH + 1, 20])
@pytest.mark.parametrize("count", [0, 1, WIDTH - 1, WIDTH, WIDTH + 1, 50])
def test_affine_rows_are_a_matrix_product_also_in_place(dimension: int, count: int) -> None:
    rng = np.random.default_rng(count)
    noise, mean = rng.standard_normal((2, count, dimension)), rng.standard_normal((2, dimension))
    factor = rng.standard_normal((2, dimension, dimension))
    expected = mean[:, None] + np.einsum("rab,rib->ria", factor, noise)
    out = np.empty_like(noise)
    draw.affine_rows(noise, mean, factor, out)
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-13)
    draw.affine_rows(noise, mean, factor, noise)
    np.testing.assert_array_equal(noise, out)


def test_a_longer_affine_map_begins_with_a_shorter_one() -> None:
    rng = np.random.default_rng(2)
    noise, mean, factor = rng.standard_normal((1, 50, 5)), rng.standard_normal((1, 5)), rng.standard_normal((1, 5, 5))
    whole, part = np.empty((1, 50, 5)), np.empty((1, 13, 5))
    draw.affine_rows(noise, mean, factor, whole)
    draw.affine_rows(np.ascontiguousarray(noise[:, :13]), mean, factor, part)
    np.testing.assert_array_equal(whole[:, :13], part)


def test_rows_are_picked_by_uniforms() -> None:
    rng = np.random.default_rng(3)
    rows, places = rng.standard_normal((2, 7, 3)), rng.random((2, 100))
    out = np.empty((2, 100, 3))
    draw.pick_rows(rows, places, out)
    chosen = np.floor(places * 7).astype(int)
    np.testing.assert_array_equal(out, np.take_along_axis(rows, chosen[:, :, None], axis=1))


def test_rows_are_taken_by_number() -> None:
    rng = np.random.default_rng(5)
    rows, places = rng.standard_normal((2, 7, 3)), rng.integers(0, 7, (2, 11))
    out = np.empty((2, 11, 3))
    draw.take_rows(rows, places, out)
    np.testing.assert_array_equal(out, np.take_along_axis(rows, places[:, :, None], axis=1))


@given(seed=st.integers(0, 10**6), count=st.integers(1, 40))
def test_places_are_split_and_sorted(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    order = np.array([rng.permutation(count) for _ in range(2)])
    first, stop = sorted(rng.integers(0, count + 1, 2).tolist())
    outside, inside = np.empty((2, count - stop + first), dtype=np.int64), np.empty((2, stop - first), dtype=np.int64)
    draw.split_places(order, first, stop, outside, inside)
    np.testing.assert_array_equal(inside, np.sort(order[:, first:stop], axis=1))
    np.testing.assert_array_equal(outside, np.sort(np.delete(order, np.s_[first:stop], axis=1), axis=1))


@given(count=st.integers(1, 5000))
def test_the_largest_uniform_picks_the_last_row(count: int) -> None:
    rows = np.arange(count, dtype=np.float64).reshape(1, count, 1)
    out = np.empty((1, 2, 1))
    draw.pick_rows(rows, np.array([[0.0, LAST_UNIFORM]]), out)
    assert out.ravel().tolist() == [0.0, count - 1.0]


def test_smote_rows_interpolate_seed_and_neighbour() -> None:
    rng = np.random.default_rng(4)
    rows, uniforms = rng.standard_normal((2, 9, 3)), rng.random((2, 60, 3))
    uniforms[0, 0] = LAST_UNIFORM
    near = rng.integers(0, 9, (2, 9, 4))
    out = np.empty((2, 60, 3))
    draw.interpolate_rows(rows, near, uniforms, out)
    for r in range(2):
        seed = np.floor(uniforms[r, :, 0] * 9).astype(int)
        other = near[r, seed, np.floor(uniforms[r, :, 1] * 4).astype(int)]
        step = uniforms[r, :, 2:]
        np.testing.assert_allclose(out[r], (1.0 - step) * rows[r, seed] + step * rows[r, other], rtol=1e-12, atol=1e-14)
