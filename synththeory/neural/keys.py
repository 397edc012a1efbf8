"""From named streams to the keys of JAX."""

from __future__ import annotations

import jax
import numpy as np

from synththeory.streams import Streams


def key_of(streams: Streams, purpose: str) -> jax.Array:
    """The key of one replication's draws, two words of its named stream."""
    words = (streams.uniforms(purpose, 2)[0] * 2.0**32).astype(np.uint32)
    key: jax.Array = jax.random.wrap_key_data(jax.numpy.asarray(words), impl="threefry2x32")
    return key


def uniform_layers(streams: Streams, purpose: str, shapes: tuple[tuple[int, int], ...]) -> list[jax.Array]:
    """Weights (in, out) and biases (out,) of layers of one replication, uniform on ±1/√in, one after the other."""
    count = sum((fan + 1) * out for fan, out in shapes)
    numbers, place, layers = streams.uniforms(purpose, count)[0], 0, []
    for fan, out in shapes:
        for shape in ((fan, out), (out,)):
            size = int(np.prod(shape))
            bound = 1.0 / np.sqrt(fan)
            values = (2.0 * numbers[place : place + size] - 1.0) * bound
            layers.append(jax.numpy.asarray(values.reshape(shape), dtype=jax.numpy.float32))
            place += size
    return layers
