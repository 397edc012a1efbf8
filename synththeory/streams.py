"""Named random streams: every number is a pure function of what it is for.

A stream's name is (root seed, data point, replication, purpose). The data point is a digest of the population and
sample settings alone, so arms, learners and sizes share their data; the purpose says which draw it is. Nothing depends
on the order of calls, on threads, or on how replications are grouped into blocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from synththeory.arrays import Array, Integers, Words
from synththeory.errors import ComponentError
from synththeory.kernels import random as kernels
from synththeory.kernels.sums import GAUSSIAN, noise_sums
from synththeory.wishart import normal_sums


@dataclass(frozen=True)
class Streams:
    """The streams of a block of replications at one data point.

    Attributes
    ----------
    key : tuple of two np.uint64
        Philox key: a digest of the root seed and the data point.
    replications : Words
        (B,) replication numbers.
    prefix : str
        Put before every purpose (see `within`).
    summed : bool
        Whether sums of normal rows are drawn themselves (`synththeory.wishart`); nobody can have the rows then.
    """

    key: tuple[np.uint64, np.uint64]
    replications: Words
    prefix: str = ""
    summed: bool = False
    _kept: dict[tuple[object, ...], Array] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def named(cls, seed: int, point: str, first: int, count: int) -> Streams:
        """Streams of the replications first, …, first + count − 1.

        Parameters
        ----------
        seed : int
            Root seed, any integer ≥ 0.
        point : str
            Digest of the data point.
        first, count : int
            The block of replications, 0 ≤ first, 1 ≤ count.
        """
        words = _words(f"{seed}/{point}")
        return cls((words[0], words[1]), np.arange(first, first + count, dtype=np.uint64))

    @property
    def count(self) -> int:
        """Number of replications B."""
        return int(self.replications.shape[0])

    def within(self, name: str) -> Streams:
        """The same replications under a further name: its purposes never meet those of another name."""
        return replace(self, prefix=f"{self.prefix}{name}|")

    @property
    def root(self) -> Streams:
        """The same replications under no further name: for draws that all parts of a replication share."""
        return replace(self, prefix="")

    def uniforms(self, purpose: str, *shape: int) -> Array:
        """Uniforms on [0, 1), shape (B, *shape); a longer draw begins with a shorter one."""
        return self._filled(kernels.fill_uniform, purpose, shape)

    def normals(self, purpose: str, *shape: int) -> Array:
        """Standard normals, shape (B, *shape); a longer draw begins with a shorter one."""
        return self._filled(kernels.fill_normal, purpose, shape)

    def sums(self, kind: int, purpose: str, dimension: int, sizes: Integers) -> Array:
        """Σ (ξ, 1)(ξ, 1)ᵀ over the first rows of standard noise ξ; kept, for whoever asks for the same noise again.

        Parameters
        ----------
        kind : int
            Of the noise, see `synththeory.kernels.sums`.
        purpose : str
            Name of the draw: its rows are those of ``uniforms`` or ``normals`` of this name.
        dimension : int
            Coordinates d of ξ.
        sizes : Integers
            (B, S) numbers of rows, not decreasing along S.

        Returns
        -------
        Array
            (B, S, d + 1, d + 1); not to be written to.

        Raises
        ------
        ComponentError
            If sums are drawn themselves and the noise is not Gaussian.
        """
        word = self.word(purpose)
        name = (kind, word, dimension, sizes.shape, sizes.tobytes())
        if name not in self._kept and self.summed:
            self._kept[name] = self._summed(kind, purpose, dimension, sizes)
        if name not in self._kept:
            out = np.empty((*sizes.shape, dimension + 1, dimension + 1))
            noise_sums(kind, *self.key, self.replications, word, sizes, out)
            self._kept[name] = out
        return self._kept[name]

    def _summed(self, kind: int, purpose: str, dimension: int, sizes: Integers) -> Array:
        if kind != GAUSSIAN:
            raise ComponentError(f"sums of rows can be drawn for Gaussian noise alone, and {purpose} asks for others")
        return normal_sums(replace(self, summed=False).within("sums"), purpose, dimension, sizes)

    def _rows_are_there(self, purpose: str) -> None:
        if self.summed:
            raise ComponentError(
                f"the learner draws sums of rows (sufficient = true), and {self.prefix}{purpose} asks for single rows"
            )

    def numpy(self, purpose: str) -> list[np.random.Generator]:
        """A numpy generator a replication, for Python-only components: the first of its stream."""
        self._rows_are_there(purpose)
        states = np.empty((self.count, 4), dtype=np.uint64)
        kernels.stream_states(*self.key, self.replications, self.word(purpose), states)
        generators = []
        for state in states:
            bits = np.random.SFC64(0)
            bits.state = {"bit_generator": "SFC64", "state": {"state": state}, "has_uint32": 0, "uinteger": 0}
            generators.append(np.random.Generator(bits))
        return generators

    def seed(self, purpose: str) -> int:
        """A seed below 2³¹ − 1 for code that draws by itself, of the first replication."""
        return int(self.numpy(purpose)[0].integers(2**31 - 1))

    def _filled(self, fill: Callable[..., None], purpose: str, shape: tuple[int, ...]) -> Array:
        self._rows_are_there(purpose)
        flat = np.empty((self.count, int(np.prod(shape))))
        fill(*self.key, self.replications, self.word(purpose), flat)
        return flat.reshape(self.count, *shape)

    def word(self, purpose: str) -> np.uint64:
        """What kernels call a purpose."""
        return np.uint64(_words(self.prefix + purpose)[0])


def _words(name: str) -> Words:
    return np.frombuffer(hashlib.blake2b(name.encode(), digest_size=16).digest(), dtype="<u8").astype(np.uint64)
