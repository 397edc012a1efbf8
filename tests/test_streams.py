"""Named streams: what a name determines, and what it does not depend on."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array
from synththeory.streams import Streams
from tests.statistical import assert_mean

Draw = Callable[..., Array]


def streams(first: int = 0, count: int = 3, seed: int = 1, point: str = "point") -> Streams:
    return Streams.named(seed, point, first, count)


def draw(source: Streams, kind: str, purpose: str, *shape: int) -> Array:
    return source.normals(purpose, *shape) if kind == "normals" else source.uniforms(purpose, *shape)


KINDS = pytest.mark.parametrize("kind", ["uniforms", "normals"])


@KINDS
@given(short=st.integers(0, 30), more=st.integers(0, 30), width=st.integers(1, 4))
def test_a_longer_draw_begins_with_a_shorter_one(kind: str, short: int, more: int, width: int) -> None:
    whole = draw(streams(), kind, "x", short + more, width)
    assert whole.shape == (3, short + more, width)
    np.testing.assert_array_equal(whole[:, :short], draw(streams(), kind, "x", short, width))


@KINDS
@pytest.mark.parametrize("block", [1, 2, 5, 7])
def test_numbers_do_not_depend_on_the_grouping_into_blocks(kind: str, block: int) -> None:
    whole = draw(streams(3, 7), kind, "x", 10)
    parts = [draw(streams(first, min(block, 10 - first)), kind, "x", 10) for first in range(3, 10, block)]
    np.testing.assert_array_equal(whole, np.concatenate(parts))


@KINDS
def test_a_repeated_draw_is_the_same_whatever_is_drawn_between(kind: str) -> None:
    source = streams()
    first = draw(source, kind, "x", 5)
    source.normals("y", 100)
    np.testing.assert_array_equal(first, draw(source, kind, "x", 5))


def test_every_part_of_the_name_matters() -> None:
    words = [
        number
        for seed, point, purpose in product((0, 1, 2**64, -1), ("a", "b", "a/b"), ("x", "y", "xy", ""))
        for number in streams(0, 50, seed, point).uniforms(purpose, 1).ravel()
    ]
    assert len(set(words)) == len(words) == 4 * 3 * 4 * 50


def test_a_further_name_separates_purposes_and_nests() -> None:
    plain, inner = streams(), streams().within("a")
    assert not np.array_equal(plain.uniforms("x", 3), inner.uniforms("x", 3))
    assert not np.array_equal(streams().within("b").uniforms("x", 3), inner.uniforms("x", 3))
    assert not np.array_equal(plain.uniforms("a/x", 3), inner.uniforms("x", 3))
    np.testing.assert_array_equal(inner.within("b").uniforms("x", 3), plain.uniforms("a|b|x", 3))


def test_numpy_generators_are_the_first_generator_of_the_stream() -> None:
    source = streams(5, 4)
    for place, generator in enumerate(source.numpy("x")):
        np.testing.assert_array_equal(generator.random(20), source.uniforms("x", 160)[place, ::8])
    first, again = ([generator.integers(2**40) for generator in source.numpy(name)] for name in ("x", "x"))
    assert first == again
    assert len({*first, *(generator.integers(2**40) for generator in source.numpy("y"))}) == 8


def test_shapes() -> None:
    assert streams().count == 3
    assert streams().uniforms("x").shape == (3,)
    assert streams().normals("x", 0, 4).shape == (3, 0, 4)
    assert streams().normals("x", 2, 3, 4).shape == (3, 2, 3, 4)
    assert streams(2**40, 2).replications.tolist() == [2**40, 2**40 + 1]


def test_neighbouring_streams_are_uncorrelated() -> None:
    """Null: draws of neighbouring replications, seeds, points and purposes have correlation zero, and unit variance."""
    base = streams(0, 5000).normals("x", 1).ravel()
    others = [
        streams(1, 5000).normals("x", 1),
        streams(0, 5000, seed=2).normals("x", 1),
        streams(0, 5000, point="points").normals("x", 1),
        streams(0, 5000).normals("y", 1),
        streams(0, 5000).normals("x", 2)[:, 1:],
    ]
    products = np.stack([base * base, *(base * other.ravel() for other in others)], axis=1)
    assert_mean(products, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0], "streams are independent standard normals")


def test_the_root_has_no_further_name() -> None:
    inner = streams().within("selection").within("fold/0")
    np.testing.assert_array_equal(inner.root.uniforms("x", 5), streams().uniforms("x", 5))
    assert not np.isin(inner.uniforms("x", 5), streams().uniforms("x", 5)).any()
