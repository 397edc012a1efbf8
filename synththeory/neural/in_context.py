"""A transformer that has learnt to learn: it reads rows of an unknown law and says what the next one will be.

Trained once on sequences whose laws are drawn from a prior, it needs no training where it is used. What it says is held
against Bayes' predictive under the same prior, which no predictor can beat on average.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from scipy.special import gammaincinv

from synththeory.arrays import Array, Integers
from synththeory.caches import bounded, user_folder
from synththeory.neural import transformer
from synththeory.neural.device import keep_programs
from synththeory.neural.ordered import BLOCK
from synththeory.neural.precision import single
from synththeory.neural.transformer import Decoder, Vocabulary, initial, optimiser, pace, scores, slope
from synththeory.streams import Streams


@dataclass(frozen=True)
class Prior:
    """What a net is trained on, and how.

    Attributes
    ----------
    types : int
        Rows that are possible, M.
    concentration : float
        c of the prior p ~ Dirichlet(c, …, c).
    places : int
        Rows of a sequence: the net reads one less at most.
    width, steps, batch : int
        Channels; steps of AdamW; sequences a step.
    rate : float
        The full rate.
    """

    types: int
    concentration: float
    places: int
    width: int
    steps: int
    batch: int
    rate: float

    @property
    def vocabulary(self) -> Vocabulary:
        """Every type may stand at every place."""
        return Vocabulary.of_rows(self.types, self.places)


def sequences(prior: Prior) -> Integers:
    """Types of the rows that a net is trained on, (steps, batch, places), each sequence of a law of its own."""
    streams = Streams.named(0, "in-context", 0, 1)
    chances = streams.uniforms("laws", prior.steps * prior.batch, prior.types)[0]
    gammas = gammaincinv(prior.concentration, np.maximum(chances, 1e-12))
    edges = np.cumsum(gammas / gammas.sum(axis=1, keepdims=True), axis=1)
    rows = streams.uniforms("rows", prior.steps * prior.batch, prior.places)[0]
    found = np.zeros(rows.shape, dtype=np.int64)
    for edge in edges.T[:-1]:  # as many running sums as a uniform has passed
        found += rows >= edge[:, None]
    return found.reshape(prior.steps, prior.batch, prior.places)


@jax.jit
def _follow(net: Decoder, tokens: jax.Array, allowed: jax.Array, rate: jax.Array) -> Decoder:
    method, steps = optimiser(), jnp.int32(tokens.shape[0])
    ahead = jnp.broadcast_to(jnp.arange(tokens.shape[2]), tokens.shape[1:])
    counted = jnp.ones(tokens.shape[1:], bool)

    def step(number: jax.Array, state: tuple[Decoder, optax.OptState]) -> tuple[Decoder, optax.OptState]:
        now, moments = state
        change, moments = method.update(slope(now, tokens[number], ahead, counted, allowed), moments, now)
        size = rate * pace(jnp.asarray(number, jnp.int32), steps)
        moved: Decoder = jax.tree.map(lambda values, by: values - size * by, now, change)
        return moved, moments

    ended: tuple[Decoder, optax.OptState] = jax.lax.fori_loop(0, tokens.shape[0], step, (net, method.init(net)))
    return ended[0]


@bounded(8)
@single
def trained(prior: Prior) -> Decoder:
    """The net of a prior: from the user's cache folder where it is there, trained and kept otherwise.

    The file's name holds the settings, the text of the code that trains and the version of jaxlib.
    """
    keep_programs()
    path = _place(prior)
    start = initial(Streams.named(0, "in-context", 0, 1), "weights", prior.vocabulary, prior.width)
    kept = _read(path, start)
    if kept is not None:
        return kept
    net: Decoder = _follow(
        start, jnp.asarray(sequences(prior), jnp.int32), jnp.asarray(prior.vocabulary.allowed), jnp.float32(prior.rate)
    )
    if path is not None:
        part = path.with_name(f"{path.stem}-{os.getpid()}.part")
        with part.open("wb") as file:
            np.save(file, np.concatenate([np.asarray(leaf).ravel() for leaf in net]))
        part.replace(path)
    return net


def _place(prior: Prior) -> Path | None:
    folder = user_folder("in-context")
    own = [Path(transformer.__file__), Path(__file__)]
    text = b"".join(each.read_bytes() for each in own) + repr((astuple(prior), version("jaxlib"))).encode()
    return None if folder is None else folder / f"{hashlib.blake2b(text, digest_size=8).hexdigest()}.npy"


def _read(path: Path | None, like: Decoder) -> Decoder | None:
    try:
        numbers = np.zeros(0) if path is None else np.load(path)
    except (OSError, ValueError, EOFError):  # not there, or cut short by something that broke
        return None
    sizes = [leaf.size for leaf in like]
    if numbers.size != sum(sizes):
        return None
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    return Decoder(*(jnp.asarray(part.reshape(leaf.shape)) for part, leaf in zip(parts, like, strict=True)))


@jax.jit
def _says(net: Decoder, read: jax.Array, count: jax.Array, allowed: jax.Array) -> jax.Array:
    def of_block(own: jax.Array) -> jax.Array:
        ahead = jnp.broadcast_to(jnp.arange(own.shape[1]), own.shape)
        return jax.nn.log_softmax(scores(net, own, ahead, allowed)[:, count], axis=-1)

    found: jax.Array = jax.lax.map(of_block, read)
    return found


@single
def log_predictive(net: Decoder, prior: Prior, types: Integers) -> Array:
    """Log-probability of every type of the next row after the rows read, (B, M).

    Parameters
    ----------
    net, prior
        What `trained` gives, and of what.
    types : Integers
        Types of the rows read, (B, n), n < places.
    """
    count, vocabulary = types.shape[1], prior.vocabulary
    each = max(1, BLOCK // prior.places)
    blocks = -(-len(types) // each)
    read = np.full((blocks * each, prior.places), vocabulary.start)
    read[: len(types), 1 : count + 1] = types  # what stands after place n is not looked at
    found = _says(
        net, jnp.asarray(read.reshape(blocks, each, -1), jnp.int32), jnp.int32(count), jnp.asarray(vocabulary.allowed)
    )
    return np.asarray(found, dtype=np.float64).reshape(blocks * each, -1)[: len(types)]
