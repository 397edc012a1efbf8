"""The random generator against numpy's Philox, SFC64, uniforms and ziggurat normals."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random.bit_generator import ISeedSequence

from synththeory.arrays import Array, Words
from synththeory.kernels import random, ziggurat

WORD = st.integers(0, 2**64 - 1)
REPLICATIONS = np.array([0, 1, 2, 1000, 2**40, 2**64 - 1], dtype=np.uint64)
TAIL = 3.654152885361009


class PresetWords(ISeedSequence):
    """Hands numpy's SFC64 three given words, as `SeedSequence` would."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Words:
        assert np.dtype(dtype) == np.uint64
        return np.ascontiguousarray(self.words[:n_words])


def numpy_philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> Words:
    """numpy's Philox block of a counter; numpy increments the counter before it makes a block."""
    whole = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (whole - 1) % 2**256
    return np.random.Philox(key=key[0] | key[1] << 64, counter=before).random_raw(4)


def numpy_stream(key: tuple[int, int], replication: int, purpose: int) -> np.random.Generator:
    """The named stream, made of numpy's own parts."""
    return np.random.Generator(np.random.SFC64(PresetWords(numpy_philox(key, (0, replication, purpose, 0)))))


def filled(kernel: Any, key: tuple[int, int], purpose: int, size: int, replications: Words = REPLICATIONS) -> Array:
    out = np.empty((replications.size, size))
    kernel(np.uint64(key[0]), np.uint64(key[1]), replications, np.uint64(purpose), out)
    return out


@given(key=st.tuples(WORD, WORD), counter=st.tuples(WORD, WORD, WORD, WORD))
def test_philox_words_are_numpys(key: tuple[int, int], counter: tuple[int, int, int, int]) -> None:
    words = random.philox(*(np.uint64(word) for word in (*key, *counter)))
    assert [int(word) for word in words] == numpy_philox(key, counter).tolist()


@pytest.mark.parametrize("counter", [(0, 0, 0, 0), (0, 1, 0, 0), (0, 0, 0, 1), (2**64 - 1,) * 4])
def test_philox_words_are_numpys_where_the_counter_carries(counter: tuple[int, int, int, int]) -> None:
    words = random.philox(*(np.uint64(word) for word in (5, 7, *counter)))
    assert [int(word) for word in words] == numpy_philox((5, 7), counter).tolist()


@given(key=st.tuples(WORD, WORD), purpose=WORD)
def test_stream_states_and_uniforms_are_numpys(key: tuple[int, int], purpose: int) -> None:
    states = np.empty((REPLICATIONS.size, 4), dtype=np.uint64)
    random.stream_states(np.uint64(key[0]), np.uint64(key[1]), REPLICATIONS, np.uint64(purpose), states)
    uniforms = filled(random.fill_uniform, key, purpose, 33)
    for place, replication in enumerate(REPLICATIONS.tolist()):
        oracle = numpy_stream(key, replication, purpose)
        state: Any = oracle.bit_generator.state
        assert states[place].tolist() == state["state"]["state"].tolist()
        assert uniforms[place].tolist() == oracle.random(33).tolist()


def test_long_fill_of_uniforms_is_numpys() -> None:
    uniforms = filled(random.fill_uniform, (3, 4), 5, 300_000, REPLICATIONS[:2])
    for row, replication in zip(uniforms, REPLICATIONS[:2].tolist(), strict=True):
        np.testing.assert_array_equal(row, numpy_stream((3, 4), replication, 5).random(300_000))


def test_normals_follow_numpys_draw_for_draw() -> None:
    replications = np.arange(8, dtype=np.uint64)
    normals = filled(random.fill_normal, (11, 12), 13, 750_000, replications)
    for row, replication in zip(normals, replications.tolist(), strict=True):
        # numpy's table is off by up to 40 units in the last place; one draw out of step would be off by order one
        np.testing.assert_allclose(row, numpy_stream((11, 12), replication, 13).standard_normal(750_000), rtol=2e-14)
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
