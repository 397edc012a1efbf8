"""A decoder over tokens, as pure functions of its arrays: the levels of a row's columns, or rows one after the other.

The net reads a start token and then tokens one after the other. At every place it is told which column comes next, and
says how probable each level of that column is. Causal attention keeps it from looking ahead. As in
`synththeory.neural.ordered`, no operation sums over more than `BLOCK` tokens: a batch is a loop over blocks whose
gradients are added in order, so that a fit's bits do not depend on padding, on other fits or on the thread pool.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers
from synththeory.neural.device import keep_programs
from synththeory.neural.keys import key_of
from synththeory.neural.ordered import BLOCK
from synththeory.neural.precision import single
from synththeory.streams import Streams

LAYERS = 2
_HEAD, _WIDER, _DECAY, _WARM = 8, 4, 0.1, 0.05
"""Channels of a head; widening of the inner layer; of AdamW; share of the steps until the rate is full."""
_LEAST, _FILLED = 4096, 32
"""Least room for rows; what the number of levels is a multiple of."""


class Decoder(NamedTuple):
    """The arrays of a net with L layers of width w over V levels and P names of what comes next.

    Attributes
    ----------
    values : Array
        What each level is read as, the start token last, (V + 1, w).
    ahead : Array
        What each name of the next token is read as, (P, w).
    gains : Array
        Of the normalisations before attention, before the inner layer and, in the last row, before the output,
        (L + 1, 2, w).
    attend, mix : Array
        Queries, keys and values of a token, (L, w, 3w); their way back, (L, w, w).
    inner, inner_bias, outer : Array
        (L, w, 4w), (L, 4w) and (L, 4w, w).
    out, out_bias : Array
        Scores of the levels, (w, V) and (V,).
    """

    values: jax.Array
    ahead: jax.Array
    gains: jax.Array
    attend: jax.Array
    mix: jax.Array
    inner: jax.Array
    inner_bias: jax.Array
    outer: jax.Array
    out: jax.Array
    out_bias: jax.Array


class Vocabulary(NamedTuple):
    """Which levels may follow which name.

    Attributes
    ----------
    allowed : array of bool
        (P, V), V filled up to a multiple of 32 by levels that never follow, so that tables share their programs.
    """

    allowed: NDArray[np.bool_]

    @classmethod
    def of_columns(cls, levels: tuple[int, ...]) -> Vocabulary:
        """Columns with so many levels each; the levels of all are numbered through."""
        owner = np.full(-(-sum(levels) // _FILLED) * _FILLED, -1)
        owner[: sum(levels)] = np.repeat(np.arange(len(levels)), levels)
        return cls(np.arange(len(levels))[:, None] == owner[None])

    @classmethod
    def of_rows(cls, types: int, places: int) -> Vocabulary:
        """Rows of one of so many types, at so many places: every type may stand anywhere."""
        return cls(np.ones((places, types), dtype=bool))

    @property
    def start(self) -> int:
        """Number of the start token."""
        return int(self.allowed.shape[1])


def initial(streams: Streams, purpose: str, vocabulary: Vocabulary, width: int) -> Decoder:
    """Normal initial arrays of one replication, 1/√fan-in wide; gains one, biases zero, output zero."""
    names, levels = vocabulary.allowed.shape
    shapes = (
        (levels + 1, width), (names, width), (LAYERS, width, 3 * width), (LAYERS, width, width),
        (LAYERS, width, _WIDER * width), (LAYERS, _WIDER * width, width),
    )  # fmt: skip
    numbers = streams.normals(purpose, sum(int(np.prod(shape)) for shape in shapes))[0]
    made, place = [], 0
    for number, shape in enumerate(shapes):
        size = int(np.prod(shape))
        spread = 1.0 / np.sqrt(width if number < 2 else shape[-2] * (2 * LAYERS if number in (3, 5) else 1))
        made.append(jnp.asarray(spread * numbers[place : place + size].reshape(shape), jnp.float32))
        place += size
    values, ahead, attend, mix, inner, outer = made
    dtype = jnp.float32
    return Decoder(
        values, ahead, jnp.ones((LAYERS + 1, 2, width), dtype), attend, mix, inner,
        jnp.zeros((LAYERS, _WIDER * width), dtype), outer, jnp.zeros((width, levels), dtype),
        jnp.zeros(levels, dtype),
    )  # fmt: skip


def heads_of(width: int) -> int:
    """Heads of a layer: one for every eight channels, or a single one."""
    return width // _HEAD if width % _HEAD == 0 else 1


def _normed(seen: jax.Array, gain: jax.Array) -> jax.Array:
    return seen * gain * jax.lax.rsqrt(jnp.mean(jnp.square(seen), axis=-1, keepdims=True) + 1e-6)


def _inner(net: Decoder, layer: int, seen: jax.Array) -> jax.Array:
    given = _normed(seen, net.gains[layer, 1])
    return seen + jax.nn.gelu(given @ net.inner[layer] + net.inner_bias[layer]) @ net.outer[layer]


def _scores(net: Decoder, seen: jax.Array, allowed: jax.Array) -> jax.Array:
    found = _normed(seen, net.gains[LAYERS, 0]) @ net.out + net.out_bias
    return jnp.where(allowed, found, -jnp.inf)


def scores(net: Decoder, read: jax.Array, ahead: jax.Array, allowed: jax.Array) -> jax.Array:
    """Unnormalised log-probabilities of every level at every place, (R, T, V); −∞ where a level cannot follow.

    Parameters
    ----------
    net : Decoder
        The arrays.
    read : Array
        Tokens that stand before each place, the start token first, (R, T).
    ahead : Array
        Names of what comes next, (R, T).
    allowed : Array
        Of the vocabulary, (P, V).
    """
    rows, length = read.shape
    width = net.mix.shape[-1]
    heads = heads_of(width)
    seen = net.values[read] + net.ahead[ahead]
    before = jnp.tril(jnp.ones((length, length), bool))
    for layer in range(LAYERS):
        parts = (_normed(seen, net.gains[layer, 0]) @ net.attend[layer]).reshape(rows, length, 3, heads, -1)
        query, key, value = (parts[:, :, place] for place in range(3))
        likeness = jnp.einsum("rthc,rshc->rhts", query, key) / np.sqrt(width / heads).astype(np.float32)
        shares = jax.nn.softmax(jnp.where(before, likeness, -jnp.inf), axis=-1)
        taken = jnp.einsum("rhts,rshc->rthc", shares, value).reshape(rows, length, width)
        seen = _inner(net, layer, seen + taken @ net.mix[layer])
    return _scores(net, seen, allowed[ahead])


def _losses(net: Decoder, tokens: jax.Array, ahead: jax.Array, counted: jax.Array, allowed: jax.Array) -> jax.Array:
    """Σ −log p of the counted tokens (R, T)."""
    start = jnp.full((tokens.shape[0], 1), allowed.shape[1], tokens.dtype)
    logs = jax.nn.log_softmax(scores(net, jnp.concatenate([start, tokens[:, :-1]], axis=1), ahead, allowed), axis=-1)
    own = jnp.take_along_axis(logs, tokens[..., None], axis=-1)[..., 0]
    return -jnp.where(counted, own, 0.0).sum()


def slope(net: Decoder, tokens: jax.Array, ahead: jax.Array, counted: jax.Array, allowed: jax.Array) -> Decoder:
    """Gradient of the mean loss a sequence of a batch (N, T), added block after block."""
    count, length = tokens.shape
    each = max(1, BLOCK // length)
    blocks = -(-count // each)

    def cut(values: jax.Array) -> jax.Array:
        return jnp.pad(values, ((0, blocks * each - count), (0, 0))).reshape(blocks, each, length)

    parts = cut(tokens), cut(ahead), cut(counted)

    def add(place: jax.Array, total: Decoder) -> Decoder:
        own = jax.grad(_losses)(net, *(part[place] for part in parts), allowed)
        added: Decoder = jax.tree.map(jnp.add, total, own)
        return added

    found: Decoder = jax.lax.fori_loop(0, blocks, add, jax.tree.map(jnp.zeros_like, net))
    return jax.tree.map(lambda values: values / count, found)  # type: ignore[no-any-return]


def optimiser() -> optax.GradientTransformation:
    """AdamW without its rate, which falls along a cosine (`pace`)."""
    return optax.chain(optax.scale_by_adam(b2=0.99), optax.add_decayed_weights(_DECAY))


def pace(step: jax.Array, steps: jax.Array) -> jax.Array:
    """Share of the full rate at a step: up to one in the first twentieth, then down a cosine to zero."""
    total = steps.astype(jnp.float32)
    done = step.astype(jnp.float32) / total
    return jnp.minimum(1.0, (done + 1.0 / total) / _WARM) * 0.5 * (1.0 + jnp.cos(jnp.pi * done))


def orders(noise: jax.Array, missing: jax.Array, permuted: jax.Array) -> jax.Array:
    """Order of every row's columns, (N, d): by noise, or as they stand; what is missing comes last."""
    columns = jnp.arange(noise.shape[1], dtype=jnp.float32)
    return jnp.argsort(jnp.where(permuted, noise, columns) + jnp.where(missing, jnp.float32(1e6), 0.0), axis=1)


@partial(jax.jit, static_argnames=("batch",))
def _fit(
    net: Decoder, tokens: jax.Array, missing: jax.Array, count: jax.Array, permuted: jax.Array, allowed: jax.Array,
    steps: jax.Array, rate: jax.Array, key: jax.Array, *, batch: int,
) -> Decoder:  # fmt: skip
    method = optimiser()

    def step(number: jax.Array, state: tuple[Decoder, optax.OptState]) -> tuple[Decoder, optax.OptState]:
        now, moments = state
        which, how = jax.random.split(jax.random.fold_in(key, number))
        places = jax.random.randint(which, (batch,), 0, count, jnp.int32)
        noise = jax.random.uniform(how, (batch, tokens.shape[1]), jnp.float32)
        order = orders(noise, missing[places], permuted)
        own = jnp.take_along_axis(tokens[places], order, axis=1)
        counted = ~jnp.take_along_axis(missing[places], order, axis=1)
        change, moments = method.update(slope(now, own, order, counted, allowed), moments, now)
        size = rate * pace(number, steps)
        moved: Decoder = jax.tree.map(lambda values, by: values - size * by, now, change)
        return moved, moments

    ended: tuple[Decoder, optax.OptState] = jax.lax.fori_loop(0, steps, step, (net, method.init(net)))
    return ended[0]


def _padded(values: NDArray[np.generic], room: int) -> NDArray[np.generic]:
    whole = np.zeros((room, *values.shape[1:]), dtype=values.dtype)
    whole[: len(values)] = values
    return whole


def _room(rows: int, least: int) -> int:
    """A power of two of rows, so that few programs are compiled."""
    return max(least, 1 << (max(rows, 1) - 1).bit_length())


@single
def fitted(
    streams: Streams, vocabulary: Vocabulary, tokens: Integers, missing: NDArray[np.bool_], *, width: int, steps: int,
    rate: float, batch: int, permuted: bool,
) -> Decoder:  # fmt: skip
    """A net trained on the rows of one replication.

    Parameters
    ----------
    streams : Streams
        Names of its draws, of one replication.
    vocabulary : Vocabulary
        Of the columns.
    tokens : Integers
        Levels numbered through, (n, d).
    missing : array of bool
        Cells that are not there and are not learnt from, (n, d).
    width, steps, rate, batch
        Channels w; steps of AdamW on so many rows each, drawn with replacement; its full rate.
    permuted : bool
        Whether each row's columns come in an order of its own at every step.
    """
    keep_programs()
    room = _room(len(tokens), _LEAST)
    found: Decoder = _fit(
        initial(streams, "weights", vocabulary, width), jnp.asarray(_padded(tokens, room), jnp.int32),
        jnp.asarray(_padded(missing, room)), jnp.int32(len(tokens)), jnp.asarray(permuted),
        jnp.asarray(vocabulary.allowed), jnp.int32(steps), jnp.float32(rate), key_of(streams, "training"), batch=batch,
    )  # fmt: skip
    return found


@jax.jit
def _logs(net: Decoder, tokens: jax.Array, ahead: jax.Array, allowed: jax.Array, temperature: jax.Array) -> jax.Array:
    """Log-probabilities of the tokens of blocks (blocks, R, T)."""

    def of_block(given: tuple[jax.Array, jax.Array]) -> jax.Array:
        own, names = given
        start = jnp.full((own.shape[0], 1), allowed.shape[1], own.dtype)
        found = scores(net, jnp.concatenate([start, own[:, :-1]], axis=1), names, allowed)
        logs = jax.nn.log_softmax(found / temperature, axis=-1)
        return jnp.take_along_axis(logs, own[..., None], axis=-1)[..., 0]

    found: jax.Array = jax.lax.map(of_block, (tokens, ahead))
    return found


@single
def log_probabilities(
    net: Decoder, vocabulary: Vocabulary, tokens: Integers, order: Integers, temperature: float = 1.0
) -> Array:
    """Log-probability of every token given those before it, (n, T), in double precision of single-precision values.

    Parameters
    ----------
    net, vocabulary
        What is asked.
    tokens, order : Integers
        Tokens, and the names of what they are, in the order in which they are read, (n, T).
    temperature : float
        What scores are divided by, > 0.
    """
    keep_programs()
    count, length = tokens.shape
    each = max(1, BLOCK // length)
    room = _room(-(-count // each), 8) * each

    def cut(values: Integers) -> jax.Array:
        return jnp.asarray(_padded(values, room), jnp.int32).reshape(-1, each, length)

    found = _logs(net, cut(tokens), cut(order), jnp.asarray(vocabulary.allowed), jnp.float32(temperature))
    return np.asarray(found, dtype=np.float64).reshape(-1, length)[:count]


@jax.jit
def _draw(
    net: Decoder, order: jax.Array, chances: jax.Array, prompts: jax.Array, allowed: jax.Array, temperature: jax.Array
) -> jax.Array:
    """Tokens of blocks (blocks, R, T), one place after the other; keys and values of earlier places are kept."""
    width, last = net.mix.shape[-1], allowed.shape[1] - 1 - jnp.argmax(allowed[:, ::-1], axis=1)
    heads, length = heads_of(width), order.shape[-1]

    def of_block(given: tuple[jax.Array, jax.Array, jax.Array]) -> jax.Array:
        names, uniforms, prompt = given
        rows = names.shape[0]
        kept = jnp.zeros((LAYERS, 2, rows, length, heads, width // heads), jnp.float32)

        def place(carried, number):  # type: ignore[no-untyped-def]
            before, memory = carried
            own = names[:, number]
            seen = net.values[before] + net.ahead[own]
            known = jnp.arange(length) <= number
            for layer in range(LAYERS):
                parts = (_normed(seen, net.gains[layer, 0]) @ net.attend[layer]).reshape(rows, 3, heads, -1)
                memory = memory.at[layer, 0, :, number].set(parts[:, 1]).at[layer, 1, :, number].set(parts[:, 2])
                likeness = jnp.einsum("rhc,rshc->rhs", parts[:, 0], memory[layer, 0])
                likeness = likeness / np.sqrt(width / heads).astype(np.float32)
                shares = jax.nn.softmax(jnp.where(known, likeness, -jnp.inf), axis=-1)
                taken = jnp.einsum("rhs,rshc->rhc", shares, memory[layer, 1]).reshape(rows, width)
                seen = _inner(net, layer, seen + taken @ net.mix[layer])
            found = _scores(net, seen, allowed[own])
            edges = jnp.cumsum(jax.nn.softmax(found / temperature, axis=-1), axis=-1)
            level = (edges <= uniforms[:, number, None] * edges[:, -1:]).sum(axis=-1)
            level = jnp.minimum(level, last[own]).astype(jnp.int32)
            level = jnp.where((number == 0) & (prompt >= 0), prompt, level)
            return (level, memory), level

        start = jnp.full(rows, allowed.shape[1], jnp.int32)
        _, made = jax.lax.scan(place, (start, kept), jnp.arange(length))
        turned: jax.Array = made.T
        return turned

    found: jax.Array = jax.lax.map(of_block, (order, chances, prompts))
    return found


@single
def drawn(
    net: Decoder, vocabulary: Vocabulary, order: Integers, chances: Array, prompts: Integers, temperature: float = 1.0
) -> Integers:
    """Tokens (n, T) in the order in which they are drawn.

    Parameters
    ----------
    net, vocabulary
        What is drawn from.
    order : Integers
        Names of what comes next, (n, T).
    chances : Array
        One uniform a token, (n, T).
    prompts : Integers
        A first token that is given, (n,); −1 where it is drawn too.
    temperature : float
        What scores are divided by, > 0.
    """
    keep_programs()
    count, length = order.shape
    room = _room(-(-count // BLOCK), 1) * BLOCK
    uniforms = np.minimum(chances, 1.0 - 2.0**-24).astype(np.float32)
    found = _draw(
        net, jnp.asarray(_padded(order, room), jnp.int32).reshape(-1, BLOCK, length),
        jnp.asarray(_padded(uniforms, room)).reshape(-1, BLOCK, length),
        jnp.asarray(_padded(prompts, room), jnp.int32).reshape(-1, BLOCK),
        jnp.asarray(vocabulary.allowed), jnp.float32(temperature),
    )  # fmt: skip
    return np.asarray(found, dtype=np.int64).reshape(-1, length)[:count]
