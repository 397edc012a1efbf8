"""The named streams made of numpy's own parts, Philox and SFC64."""

from typing import Any

import numpy as np
from numpy.random.bit_generator import ISeedSequence

from synththeory.arrays import Words

LANES = 8


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


def generators(key: tuple[int, int], replication: int, purpose: int) -> list[np.random.SFC64]:
    """The eight SFC64 generators of a stream, fresh; Philox counters (lane, replication, purpose, 0) name them."""
    seeds: list[Any] = [PresetWords(philox(key, (lane, replication, purpose, 0))) for lane in range(LANES)]
    return [np.random.SFC64(seed) for seed in seeds]
