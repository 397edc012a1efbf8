"""The named streams made of numpy's own parts: Philox, SFC64, and numpy's own ziggurat fed with given words."""

import ctypes
from threading import Lock
from typing import Any

import numba
import numpy as np
from numba import types
from numpy.random.bit_generator import ISeedSequence

from synththeory.arrays import Array, Words

LANES = 8
_ADDRESS = ctypes.c_uint64
_played = types.CPointer(types.uint64)


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


def stream_words(key: tuple[int, int], replication: int, purpose: int, size: int) -> Words:
    """Words of a stream: the generators in turn."""
    steps = -(-size // LANES)
    lanes = [generator.random_raw(steps) for generator in generators(key, replication, purpose)]
    return np.ascontiguousarray(np.stack(lanes, axis=1).reshape(-1)[:size])


@numba.cfunc(types.uint64(_played))  # type: ignore[untyped-decorator]
def _next_word(state: Any) -> Any:
    place = state[0]
    state[0] = place + np.uint64(1)
    return state[place + np.uint64(1)]


@numba.cfunc(types.float64(_played))  # type: ignore[untyped-decorator]
def _next_uniform(state: Any) -> Any:
    place = state[0]
    state[0] = place + np.uint64(1)
    return np.float64(state[place + np.uint64(1)] >> np.uint64(11)) / 9007199254740992.0


class PlayedWords:
    """A numpy bit generator that plays given words; it must be given more of them than are used."""

    def __init__(self, words: Words) -> None:
        self.lock = Lock()
        self._state = np.concatenate([np.zeros(1, dtype=np.uint64), words])
        # numpy's bitgen_t: state, next_uint64, next_uint32, next_double, next_raw
        word, uniform = _next_word.address, _next_uniform.address
        self._structure = (_ADDRESS * 5)(self._state.ctypes.data, word, word, uniform, word)
        self._name = ctypes.create_string_buffer(b"BitGenerator")
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p] * 3
        self.capsule = new(ctypes.addressof(self._structure), ctypes.addressof(self._name), None)

    @property
    def used(self) -> int:
        """How many words were played."""
        return int(self._state[0])


def normals(words: Words, size: int) -> Array:
    """numpy's own ``standard_normal`` on given words."""
    player: Any = PlayedWords(words)
    drawn = np.random.Generator(player).standard_normal(size)
    assert player.used < words.size
    return drawn
