"""The named streams made of numpy's own parts, Philox and SFC64, and the ziggurat as its authors tell it."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

from synththeory.arrays import Words

LANES = 8
NINTH = 8


class PresetWords(ISeedSequence):
    """Hands numpy's SFC64 three given words, as `SeedSequence` would."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> Words:
        """The first words."""
        assert np.dtype(dtype) == np.uint64
        return np.ascontiguousarray(self.words[:n_words])


def philox(key: tuple[int, int], counter: tuple[int, int, int, int]) -> Words:
    """numpy's Philox block of a counter; numpy increments the counter before it makes a block."""
    whole = sum(word << (64 * place) for place, word in enumerate(counter))
    before = (whole - 1) % 2**256
    return np.random.Philox(key=key[0] | key[1] << 64, counter=before).random_raw(4)


def generator(key: tuple[int, int], lane: int, replication: int, purpose: int) -> np.random.SFC64:
    """One SFC64 of a stream, fresh; the Philox counter (lane, replication, purpose, 0) names it."""
    seed: Any = PresetWords(philox(key, (lane, replication, purpose, 0)))
    return np.random.SFC64(seed)


def generators(key: tuple[int, int], replication: int, purpose: int) -> list[np.random.SFC64]:
    """The eight SFC64 generators of a stream, which make its numbers in turn."""
    return [generator(key, lane, replication, purpose) for lane in range(LANES)]


def words(key: tuple[int, int], replication: int, purpose: int, size: int) -> list[int]:
    """The first words of a stream."""
    steps = -(-size // LANES)
    every = [np.asarray(bits.random_raw(steps)) for bits in generators(key, replication, purpose)]
    return [int(word) for word in np.stack(every, axis=1).ravel()[:size]]


class Ziggurat:
    """The normal ziggurat of equal areas with a tail from ``tail`` on, edges from the recursion in double precision."""

    def __init__(self, tail: float, area: float, levels: int) -> None:
        self.edges = [area * math.exp(0.5 * tail * tail), tail]
        while len(self.edges) < levels:
            height = math.exp(-0.5 * self.edges[-1] ** 2) + area / self.edges[-1]
            self.edges.append(math.sqrt(-2.0 * math.log(height)))
        self.edges.append(0.0)
        self.heights = [math.exp(-0.5 * edge * edge) for edge in self.edges]
        self.heights[0] = 0.0
        self.rectangles = list(pairwise(self.edges))

    def normal(self, word: int, more: np.random.SFC64) -> float:
        """One normal from a word: strip in its lowest 9 bits, sign and abscissa in its highest 54; else from others."""
        while True:
            strip, signed = word & 511, (word - 2**64 if word >> 63 else word) >> 10
            outer, inner = self.rectangles[strip]
            x = signed * (outer / 2.0**53)
            if abs(x) < inner:
                return x
            if strip == 0:
                far, high = 0.0, 0.0
                while 2.0 * high <= far * far:
                    far = -math.log1p(-self._unit(more)) / self.edges[1]
                    high = -math.log1p(-self._unit(more))
                return math.copysign(self.edges[1] + far, x)
            below, above = math.exp(-0.5 * outer * outer), self.heights[strip + 1]
            if below + (above - below) * self._unit(more) < math.exp(-0.5 * x * x):
                return x
            word = int(more.random_raw())

    def _unit(self, more: np.random.SFC64) -> float:
        return (int(more.random_raw()) >> 11) * 2.0**-53
