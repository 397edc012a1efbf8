"""Where nets are trained, and the folder that keeps compiled programs."""

from __future__ import annotations

from functools import cache
from typing import Any

import jax

from synththeory.caches import user_folder
from synththeory.errors import SynththeoryError
from synththeory.neural.memory import fits

_SECONDS = 0.5
"""Programs that compile faster are not kept."""


def choose(kind: str) -> None:
    """Train nets on the first device of a kind, from now on and in every thread.

    Parameters
    ----------
    kind : str
        ``"cpu"``, ``"gpu"`` or ``"tpu"``.

    Raises
    ------
    SynththeoryError
        Where JAX finds no device of this kind.
    """
    config: Any = jax.config
    try:
        found = jax.devices(kind)
    except RuntimeError:
        here = ", ".join(dict.fromkeys(device.platform for device in jax.devices()))
        raise SynththeoryError(f"JAX finds no device of the kind '{kind}' here, only: {here}") from None
    fits.clear()
    config.update("jax_default_device", found[0])


@cache
def keep_programs() -> None:
    """Keep compiled programs in the user's cache folder: seconds of compiling become a third of one.

    A folder that the user has given JAX is left as it is. The bits of a fit do not depend on it, and the folder's
    entries are named by JAX after program, compiler and machine.
    """
    config: Any = jax.config
    if config.jax_compilation_cache_dir is not None:
        return
    folder = user_folder("neural")
    if folder is None:
        return
    config.update("jax_compilation_cache_dir", str(folder))
    config.update("jax_persistent_cache_min_compile_time_secs", _SECONDS)
