"""Single precision, whatever a user has switched on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import jax

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def single(compute: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
    """What ``compute`` finds where JAX's double precision is off, for this call and this thread.

    With ``JAX_ENABLE_X64`` some of optax's constants, and integers without a type, would be double: other bits.
    """

    @wraps(compute)
    def computed(*arguments: Arguments.args, **named: Arguments.kwargs) -> Value:
        with jax.enable_x64(False):
            return compute(*arguments, **named)

    return computed
