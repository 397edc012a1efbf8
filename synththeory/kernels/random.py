"""Named random streams: Philox blocks name a stream and seed the SFC64 generators that fill it.

Both halves are bit-equal to numpy's, ``Philox4x64-10`` (Salmon et al. 2011) and ``SFC64`` (Doty-Humphrey). Eight
generators take turns: number i is made of word i // 8 of generator i mod 8. A uniform is that word's, as
``Generator.random`` has it, to the bit. So is a normal, by a ziggurat, in 99.3 % of all cases; in the others a ninth
generator is asked for more, in the order of the numbers. Equations: `docs/devdocs/streams.md`.
"""

from __future__ import annotations

from math import exp, log1p

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels import ziggurat
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.lanes import fill_words
from synththeory.kernels.llvm.writer import LANES

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_MULTIPLIERS = (np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157))
_BUMPS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B))
_ONE = np.uint64(1)
_WARM_UP = 12
HELD = 512  # words made at a time: they stay in the first-level cache
_UNIT = 1.0 / 9007199254740992.0  # 2⁻⁵³

_STRIP = np.int64(ziggurat.LEVELS - 1)
_ABSCISSA = 63 - ziggurat.BITS
_WIDTH, _INNER, _DENSITY = ziggurat.tables()
_TAIL = ziggurat.TAIL
_HALF_RANGE = np.int64(2**ziggurat.BITS)

STATE = 4 * LANES + 4
"""Words of a stream's state: of the eight generators, part by part, then of the ninth."""


@inlined
def _wide_product(a: np.uint64, b: np.uint64) -> tuple[np.uint64, np.uint64]:
    """High and low word of the 128-bit product, by 32-bit halves."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    low = a_low * b_low
    middle = a_high * b_low + (low >> _HALF)
    cross = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _HALF) + (cross >> _HALF), a * b


@inlined
def philox(
    k0: np.uint64, k1: np.uint64, c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """One Philox4x64-10 block: ten rounds of multiply, swap and key bump."""
    for _ in range(10):
        high0, low0 = _wide_product(_MULTIPLIERS[0], c0)
        high1, low1 = _wide_product(_MULTIPLIERS[1], c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _BUMPS[0]
        k1 += _BUMPS[1]
    return c0, c1, c2, c3


@inlined
def _step(
    a: np.uint64, b: np.uint64, c: np.uint64, count: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]:
    """One SFC64 step: the new state and the word it puts out."""
    word = a + b + count
    turned = (c << np.uint64(24)) | (c >> np.uint64(40))
    return b ^ (b >> np.uint64(11)), c + (c << np.uint64(3)), turned + word, count + _ONE, word


@inlined
def _seed_one(
    k0: np.uint64, k1: np.uint64, lane: np.uint64, replication: np.uint64, purpose: np.uint64, state: NDArray[np.uint64]
) -> None:
    """Set ``state`` (4,) to the head of one SFC64: Philox counter (lane, …), then numpy's twelve warm-up steps."""
    a, b, c, _ = philox(k0, k1, lane, replication, purpose, np.uint64(0))
    count = _ONE
    for _ in range(_WARM_UP):
        a, b, c, count, _ = _step(a, b, c, count)
    state[0], state[1], state[2], state[3] = a, b, c, count


@kernel
def stream_states(
    k0: np.uint64,
    k1: np.uint64,
    replications: NDArray[np.uint64],
    purpose: np.uint64,
    out: NDArray[np.uint64],
) -> None:
    """Fill ``out`` (B, 4) with the state of the first SFC64 at the head of each replication's stream."""
    for i in range(replications.shape[0]):
        _seed_one(k0, k1, np.uint64(0), replications[i], purpose, out[i])


@inlined
def seed_stream(
    k0: np.uint64, k1: np.uint64, replication: np.uint64, purpose: np.uint64, state: NDArray[np.uint64]
) -> None:
    """Set ``state`` (STATE,) to the head of a replication's stream: Philox counters (lane, …) and warm-up."""
    words = np.empty(LANES * _WARM_UP, dtype=np.uint64)
    for lane in range(LANES):
        a, b, c, _ = philox(k0, k1, np.uint64(lane), replication, purpose, np.uint64(0))
        state[lane], state[LANES + lane], state[2 * LANES + lane], state[3 * LANES + lane] = a, b, c, _ONE
    fill_words(state[: 4 * LANES], words, _WARM_UP)
    _seed_one(k0, k1, np.uint64(LANES), replication, purpose, state[4 * LANES :])


@inlined
def next_uniforms(state: NDArray[np.uint64], words: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Fill ``out`` with the next uniforms; all but the last piece of a stream hold a multiple of eight."""
    held = words.shape[0]
    for start in range(0, out.shape[0], held):
        piece = out[start : start + held]
        fill_words(state[: 4 * LANES], words, -(-piece.shape[0] // LANES))
        for j in range(piece.shape[0]):
            piece[j] = np.float64(words[j] >> np.uint64(11)) * _UNIT


@inlined
def _next_unit(ninth: NDArray[np.uint64]) -> float:
    """A uniform on [0, 1) of the ninth generator."""
    ninth[0], ninth[1], ninth[2], ninth[3], word = _step(ninth[0], ninth[1], ninth[2], ninth[3])
    return np.float64(word >> np.uint64(11)) * _UNIT


@inlined
def _settled(x: float, strip: np.int64, ninth: NDArray[np.uint64]) -> float:
    """The normal of an abscissa outside its strip's inner edge: tail, wedge, or draws anew until one is accepted."""
    while abs(x) >= _INNER[strip]:
        if strip == 0:
            far, y = 0.0, 0.0
            while y + y <= far * far:  # Marsaglia's tail; entered because both are 0
                far = -log1p(-_next_unit(ninth)) / _TAIL
                y = -log1p(-_next_unit(ninth))
            return _TAIL + far if x > 0.0 else -(_TAIL + far)
        edge = _DENSITY[strip]
        if edge + (_DENSITY[strip + 1] - edge) * _next_unit(ninth) < exp(-0.5 * x * x):
            return x
        ninth[0], ninth[1], ninth[2], ninth[3], word = _step(ninth[0], ninth[1], ninth[2], ninth[3])
        strip, abscissa = np.int64(word & np.uint64(_STRIP)), np.int64(word >> np.uint64(_ABSCISSA))
        x = np.float64(abscissa if abscissa < _HALF_RANGE else abscissa - 2 * _HALF_RANGE) * _WIDTH[strip]
    return x


@inlined
def next_normals(state: NDArray[np.uint64], words: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Fill ``out`` with the next standard normals; all but the last piece of a stream hold a multiple of eight.

    The lowest bits of a word choose the strip, the highest are abscissa and sign.
    """
    held = words.shape[0]
    signed, ninth = words.view(np.int64), state[4 * LANES :]
    for start in range(0, out.shape[0], held):
        piece = out[start : start + held]
        fill_words(state[: 4 * LANES], words, -(-piece.shape[0] // LANES))
        for j in range(piece.shape[0]):
            strip = signed[j] & _STRIP
            x = np.float64(signed[j] >> _ABSCISSA) * _WIDTH[strip]
            piece[j] = x
            if not abs(x) < _INNER[strip]:
                piece[j] = _settled(x, strip, ninth)


@kernel
def fill_uniform(
    k0: np.uint64,
    k1: np.uint64,
    replications: NDArray[np.uint64],
    purpose: np.uint64,
    out: NDArray[np.float64],
) -> None:
    """Fill ``out`` (B, m) with uniforms on [0, 1), one stream a replication."""
    state, words = np.empty(STATE, dtype=np.uint64), np.empty(HELD, dtype=np.uint64)
    for i in range(replications.shape[0]):
        seed_stream(k0, k1, replications[i], purpose, state)
        next_uniforms(state, words, out[i])


@kernel
def fill_normal(
    k0: np.uint64,
    k1: np.uint64,
    replications: NDArray[np.uint64],
    purpose: np.uint64,
    out: NDArray[np.float64],
) -> None:
    """Fill ``out`` (B, m) with standard normals, one stream a replication."""
    state, words = np.empty(STATE, dtype=np.uint64), np.empty(HELD, dtype=np.uint64)
    for i in range(replications.shape[0]):
        seed_stream(k0, k1, replications[i], purpose, state)
        next_normals(state, words, out[i])
