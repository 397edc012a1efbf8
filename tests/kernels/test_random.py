"""The random generator against numpy's Philox, SFC64 and uniforms, a plain ziggurat, and the normal law."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from synththeory.arrays import Array, Words
from synththeory.kernels import random, ziggurat
from tests.kernels import oracle
from tests.statistical import assert_agrees, must_reject

WORD = st.integers(0, 2**64 - 1)
REPLICATIONS = np.array([0, 1, 2, 1000, 2**40, 2**64 - 1], dtype=np.uint64)
TAIL, AREA = 3.852046150368391, 0.0024567663515413558


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


def test_normals_follow_the_plain_ziggurat_draw_for_draw() -> None:
    replications, size = np.arange(3, dtype=np.uint64), 100_000
    normals = filled(random.fill_normal, (11, 12), 13, size, replications)
    plain = oracle.Ziggurat(TAIL, AREA, 512)
    for row, replication in zip(normals, replications.tolist(), strict=True):
        ninth = oracle.generator((11, 12), oracle.NINTH, replication, 13)
        expected = [plain.normal(word, ninth) for word in oracle.words((11, 12), replication, 13, size)]
        # the oracle's edges are made in double precision; one draw out of step would be off by order one
        np.testing.assert_allclose(row, expected, rtol=1e-12)
    tails = normals[np.abs(normals) > TAIL]
    assert tails.size > 10
    assert (tails > 0.0).any()
    assert (tails < 0.0).any()


def test_a_longer_draw_of_normals_begins_with_a_shorter_one() -> None:
    whole = filled(random.fill_normal, (3, 4), 5, 3000)
    for size in (1, 7, 8, 511, 512, 513, 2999):
        np.testing.assert_array_equal(filled(random.fill_normal, (3, 4), 5, size), whole[:, :size])


def test_normals_are_normal() -> None:
    normals = filled(random.fill_normal, (21, 22), 23, 1_000_000, np.arange(12, dtype=np.uint64)).ravel()
    edges = np.concatenate([norm.ppf(np.arange(1, 512) / 512), [-4.5, -TAIL, -3.0, 3.0, TAIL, 4.5]])
    edges.sort()
    chances = np.diff(norm.cdf(edges), prepend=0.0, append=1.0)
    error = np.sqrt(chances * (1.0 - chances) / normals.size)

    def shares(draws: Array) -> Array:
        return np.asarray(np.bincount(np.searchsorted(edges, draws), minlength=chances.size) / draws.size)

    assert_agrees(shares(normals), chances, error, "the draws have the standard normal law")
    with must_reject():
        assert_agrees(shares(1.01 * normals), chances, error, "1.01 times the draws have it")


def test_ziggurat_tables_satisfy_the_recursion() -> None:
    width, inner, density = ziggurat.tables()
    edges = width * 2.0**53
    np.testing.assert_array_equal(inner[:-1], edges[1:])
    assert inner[-1] == 0.0
    assert edges[1] == ziggurat.TAIL == pytest.approx(TAIL, rel=1e-15)
    np.testing.assert_allclose(density[1:-1], np.exp(-0.5 * edges[1:] ** 2), rtol=1e-14)
    assert density[-1] == 1.0  # the last strip ends at the density's peak: the areas fit
    np.testing.assert_allclose(edges[1:] * np.diff(density[1:]), AREA, rtol=1e-12)
    below = TAIL * norm.pdf(TAIL) + norm.sf(TAIL)
    np.testing.assert_allclose([edges[0] * density[0], np.sqrt(2.0 * np.pi) * below], AREA, rtol=1e-14)
