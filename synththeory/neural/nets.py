"""Nets of fully connected layers with rectified units, as pure functions of their layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import jax
import jax.numpy as jnp

Layers: TypeAlias = tuple[tuple[jax.Array, jax.Array], ...]
"""Weights (in, out) and biases (out,) of each layer."""


def as_layers(numbers: Sequence[tuple[object, object]]) -> Layers:
    """Layers in single precision."""
    return tuple((jnp.asarray(w, jnp.float32), jnp.asarray(b, jnp.float32)) for w, b in numbers)


def outputs(layers: Layers, rows: jax.Array) -> jax.Array:
    """The last layer's linear outputs, (m, K), of rows (m, d): max(0, ·) between the layers."""
    seen = rows
    for weights, biases in layers[:-1]:
        seen = jax.nn.relu(seen @ weights + biases)
    weights, biases = layers[-1]
    return seen @ weights + biases


def cosines(layers: Layers, rows: jax.Array) -> jax.Array:
    """Cosines (m, K) between the last hidden units and each output's weights; the last biases have no part."""
    seen = rows
    for weights, biases in layers[:-1]:
        seen = jax.nn.relu(seen @ weights + biases)
    weights, _ = layers[-1]
    return (seen * _inverse_length(seen, 1)) @ (weights * _inverse_length(weights, 0))


def _inverse_length(values: jax.Array, axis: int) -> jax.Array:
    return jax.lax.rsqrt(jnp.maximum(jnp.sum(values**2, axis=axis, keepdims=True), 1e-12))


def block_loss(layers: Layers, rows: jax.Array, labels: jax.Array, weights: jax.Array) -> jax.Array:
    """Σ w[log(1 + e^f) − yf] over the rows of a block, f the net's one output."""
    scores = outputs(layers, rows)[:, 0]
    return jnp.sum(weights * (jax.nn.softplus(scores) - labels * scores))
