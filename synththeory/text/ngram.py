"""A language model without a download: characters after their last few characters, in plain NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Integers, Vector, Words
from synththeory.errors import SynththeoryError

_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Of the polynomial hash of a context modulo 2⁶⁴; odd."""
_BORDER = 0
"""The symbol before and after every sentence."""
_ROOM = 1.5
"""How far beyond the longest sentence a new one may go."""


@dataclass(frozen=True)
class NGram:
    """Characters drawn given the last characters, long contexts backing off to shorter ones (Witten & Bell 1991).

    p_L(c) = (N_L(c) + T_L p_{L'}(c)) / (N_L + T_L), with N_L(c) how often c follows the last L characters, N_L its sum,
    T_L the number of different characters that follow, L' the next shorter length; p is uniform at the bottom [P]. It
    knows neighbouring items of a sentence, not whole rows: far less than a transformer, in seconds and offline.

    Attributes
    ----------
    contexts : tuple of int
        Lengths L, increasing, the first 0.
    temperature : float
        Chances are raised to 1/temperature, > 0.
    """

    contexts: tuple[int, ...] = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)
    temperature: float = 0.7

    def __post_init__(self) -> None:
        if not self.temperature > 0.0:
            raise SynththeoryError(f"NGram: temperature must be above 0, got {self.temperature!r}")
        if self.contexts[:1] != (0,) or list(self.contexts) != sorted(set(self.contexts)):
            raise SynththeoryError(f"NGram: contexts are lengths that increase from 0, got {self.contexts!r}")

    def fit(self, texts: Sequence[str], rng: np.random.Generator) -> NGramModel:
        """Count what follows what; draws nothing.

        Raises
        ------
        SynththeoryError
            Without a sentence.
        """
        if not texts:
            raise SynththeoryError("NGram: there is no sentence to learn from")
        alphabet = "".join(sorted(set().union(*texts)))
        coded = [_coded(text, alphabet) for text in texts]
        symbols = np.concatenate([np.append(each, _BORDER) for each in coded])
        places = np.concatenate([np.arange(len(each) + 1) for each in coded])
        hashes = _hashes(symbols)
        reached = (length for length in self.contexts if length <= places.max())
        levels = tuple(_level(symbols, places, hashes, length) for length in reached)
        return NGramModel(alphabet, levels, self.temperature)


@dataclass(frozen=True, eq=False)
class Level:
    """What follows the contexts of one length.

    Attributes
    ----------
    length : int
        Characters L.
    keys : Words
        (K,) hashes of the contexts seen, sorted.
    starts : Integers
        (K + 1,): context k's followers are entries starts[k], …, starts[k + 1] − 1.
    followers, counts : Integers
        (E,) symbols, and how often each follows.
    """

    length: int
    keys: Words
    starts: Integers
    followers: Integers
    counts: Integers

    def mixed(self, chances: Array, windows: Words, able: Integers) -> None:
        """Mix this length into the chances of shorter ones, (B, V), in place, for the sentences ``able``."""
        found = np.minimum(np.searchsorted(self.keys, windows), len(self.keys) - 1)
        seen = self.keys[found] == windows
        rows, found = able[seen], found[seen]
        if not len(rows):
            return
        starts, kinds = self.starts[found], self.starts[found + 1] - self.starts[found]
        entries = np.repeat(starts - np.append(0, np.cumsum(kinds)[:-1]), kinds) + np.arange(kinds.sum())
        counts = np.zeros((len(rows), chances.shape[1]))
        counts[np.repeat(np.arange(len(rows)), kinds), self.followers[entries]] = self.counts[entries]
        different = kinds[:, None].astype(np.float64)
        chances[rows] = (counts + different * chances[rows]) / (counts.sum(axis=1, keepdims=True) + different)


@dataclass(frozen=True, eq=False)
class NGramModel:
    """Counts of followers, by length of the context.

    Attributes
    ----------
    alphabet : str
        Characters seen; symbol k > 0 is the (k − 1)-th.
    levels : tuple of Level
        From the shortest context to the longest.
    temperature : float
        As in `NGram`.
    """

    alphabet: str
    levels: tuple[Level, ...]
    temperature: float

    def complete(self, prompts: Sequence[str], longest: int, rng: np.random.Generator) -> list[str]:
        """Sentences that begin with the prompts; all grow by a character at a time."""
        starts = [_coded(prompt, self.alphabet) for prompt in prompts]
        ends = np.array([len(start) for start in starts])
        room = max(int(_ROOM * longest), int(ends.max(initial=0)) + longest // 2) + 1
        symbols = np.zeros((len(prompts), room), dtype=np.int64)
        for row, start in enumerate(starts):
            symbols[row, : len(start)] = start
        hashes = np.zeros((len(prompts), room + 1), dtype=np.uint64)
        for row, start in enumerate(starts):
            hashes[row, 1 : len(start) + 1] = _hashes(start)[1:]
        growing = np.arange(len(prompts))
        while len(growing):
            drawn = self._next(hashes, ends, growing, rng.random(len(prompts))[growing])
            symbols[growing, ends[growing]] = drawn
            hashes[growing, ends[growing] + 1] = _grown(hashes[growing, ends[growing]], drawn)
            growing = growing[drawn != _BORDER]
            ends[growing] += 1
            growing = growing[ends[growing] < room]
        return [
            prompt + "".join(self.alphabet[code - 1] for code in symbols[row, len(start) : ends[row]])
            for row, (prompt, start) in enumerate(zip(prompts, starts, strict=True))
        ]

    def chances(self, text: str) -> Vector:
        """Chance of every symbol after a text, (V,): first of the sentence's end, then the alphabet's."""
        start = _coded(text, self.alphabet)
        every = self._chances(_hashes(start)[None], np.array([len(start)]), np.zeros(1, dtype=np.int64))
        return np.asarray(every[0])

    def _next(self, hashes: Words, ends: Integers, growing: Integers, uniforms: Vector) -> Integers:
        sharp = self._chances(hashes, ends, growing) ** (1.0 / self.temperature)
        cumulative = np.cumsum(sharp, axis=1)
        return np.asarray((cumulative < uniforms[:, None] * cumulative[:, -1:]).sum(axis=1))

    def _chances(self, hashes: Words, ends: Integers, growing: Integers) -> Array:
        chances = np.full((len(growing), len(self.alphabet) + 1), 1.0 / (len(self.alphabet) + 1))
        own = ends[growing]
        for level in self.levels:
            able = np.flatnonzero(own >= level.length)
            whole, before = hashes[growing[able], own[able]], hashes[growing[able], own[able] - level.length]
            level.mixed(chances, _windows(whole, before, level.length), able)
        return chances


def _coded(text: str, alphabet: str) -> Integers:
    """The border and a text as symbols; characters never seen are one further symbol."""
    own = (alphabet.find(character) + 1 or len(alphabet) + 1 for character in text)
    return np.array([_BORDER, *own], dtype=np.int64)


def _hashes(symbols: Integers) -> Words:
    """Hashes of the first 0, 1, …, n symbols, (n + 1,)."""
    found = np.zeros(len(symbols) + 1, dtype=np.uint64)
    last = 0
    for place, symbol in enumerate(symbols.tolist()):
        last = (last * int(_BASE) + symbol + 1) & 0xFFFFFFFFFFFFFFFF
        found[place + 1] = last
    return found


def _grown(hashes: Words, symbols: Integers) -> Words:
    return np.asarray(hashes * _BASE + symbols.astype(np.uint64) + np.uint64(1))


def _windows(whole: Words, before: Words, length: int) -> Words:
    """Hashes of the last ``length`` symbols."""
    return np.asarray(whole - before * np.uint64(pow(int(_BASE), length, 2**64)))


def _level(symbols: Integers, places: Integers, hashes: Words, length: int) -> Level:
    """Followers of every context of one length that lies in one sentence."""
    own = np.flatnonzero((places >= length) & (places > 0))
    windows = _windows(hashes[own], hashes[own - length], length)
    order = np.lexsort((symbols[own], windows))
    keys, followers = windows[order], symbols[own][order]
    fresh = np.append(True, (keys[1:] != keys[:-1]) | (followers[1:] != followers[:-1]))
    entries = np.flatnonzero(fresh)
    counts = np.diff(np.append(entries, len(order)))
    contexts = np.flatnonzero(np.append(True, keys[entries][1:] != keys[entries][:-1]))
    return Level(length, keys[entries][contexts], np.append(contexts, len(entries)), followers[entries], counts)
