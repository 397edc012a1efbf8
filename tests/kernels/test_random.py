"""The random generator against numpy's Philox, SFC64, uniforms and ziggurat normals."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array, Words
from synththeory.kernels import random, ziggurat
from tests.kernels import oracle

WORD = st.integers(0, 2**64 - 1)
REPLICATIONS = np.array([0, 1, 2, 1000, 2**40, 2**64 - 1], dtype=np.uint64)
TAIL = 3.654152885361009


def filled(kernel: Any, key: tuple[int, int], purpose: int, size: int, replications: Words = REPLICATIONS) -> Array:
    out = np.empty((replications.size, size))
    kernel(np.uint64(key[0]), np.uint64(key[1]), replications, np.uint64(purpose), out)
    return out


@given(key=st.tuples(WORD, WORD), counter=st.tuples(WORD, WORD, WORD, WORD))
def test_philox_words_are_numpys(key: tuple[int, int], counter: tuple[int, int, int, int]) -> None:
    words = random.philox(*(np.uint64(word) for word in (*key, *counter)))
    assert [int(word) for word in words] == oracle.philox(key, counter).tolist()


@pytest.mark.parametrize("counter", [(0, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1), (2**64 - 1,) * 4])
def test_philox_words_are_numpys_where_the_counter_carries(counter: tuple[int, int, int, int]) -> None:
    words = random.philox(*(np.uint64(word) for word in (5, 7, *counter)))
    assert [int(word) for word in words] == oracle.philox((5, 7), counter).tolist()


@given(key=st.tuples(WORD, WORD), purpose=WORD)
def test_a_stream_starts_in_the_state_of_its_first_generator(key: tuple[int, int], purpose: int) -> None:
    states = np.empty((REPLICATIONS.size, 4), dtype=np.uint64)
    random.stream_states(np.uint64(key[0]), np.uint64(key[1]), REPLICATIONS, np.uint64(purpose), states)
    for state, replication in zip(states, REPLICATIONS.tolist(), strict=True):
        expected: Any = oracle.generators(key, replication, purpose)[0].state
        assert state.tolist() == expected["state"]["state"].tolist()


@given(key=st.tuples(WORD, WORD), purpose=WORD, size=st.integers(0, 40))
def test_uniforms_are_numpys_of_eight_generators_in_turn(key: tuple[int, int], purpose: int, size: int) -> None:
    uniforms = filled(random.fill_uniform, key, purpose, size)
    for row, replication in zip(uniforms, REPLICATIONS.tolist(), strict=True):
        for lane, generator in enumerate(oracle.generators(key, replication, purpose)):
            own = row[lane :: oracle.LANES]
            assert own.tolist() == np.random.Generator(generator).random(own.size).tolist()


@pytest.mark.parametrize("size", [255, 256, 257, 300_000])
def test_long_fills_of_uniforms_are_numpys(size: int) -> None:
    uniforms = filled(random.fill_uniform, (3, 4), 5, size, REPLICATIONS[:2])
    for row, replication in zip(uniforms, REPLICATIONS[:2].tolist(), strict=True):
        lanes = [np.random.Generator(bits).random(size) for bits in oracle.generators((3, 4), replication, 5)]
        np.testing.assert_array_equal(row, np.stack(lanes, axis=1).ravel()[:size])


def test_normals_follow_numpys_draw_for_draw() -> None:
    replications, size = np.arange(8, dtype=np.uint64), 750_000
    normals = filled(random.fill_normal, (11, 12), 13, size, replications)
    for row, replication in zip(normals, replications.tolist(), strict=True):
        first = np.random.Generator(oracle.generators((11, 12), replication, 13)[0])
        # numpy's table is off by up to 40 units in the last place; one draw out of step would be off by order one
        np.testing.assert_allclose(row, first.standard_normal(size), rtol=2e-14)
    tails = normals[np.abs(normals) > TAIL]
    assert tails.size > 1000
    assert (tails > 0.0).any()
    assert (tails < 0.0).any()


def test_ziggurat_tables_satisfy_the_recursion() -> None:
    accept, width, density = ziggurat.tables()
    edges = width * 2.0**52
    np.testing.assert_allclose(density[1:], np.exp(-0.5 * edges[1:] ** 2), rtol=1e-14)
    areas = edges[1:] * (np.append(density[:1], density[1:-1]) - density[1:])
    np.testing.assert_allclose(areas, 0.004928673233974655, rtol=1e-12)
    np.testing.assert_allclose(accept[2:] / 2.0**52, edges[1:-1] / edges[2:], rtol=1e-14)
    assert edges[-1] == pytest.approx(TAIL, rel=1e-15)
    np.testing.assert_allclose(edges[0] * density[-1], 0.004928673233974655, rtol=1e-14)
