"""The one decorator that compiles a kernel: serial, without the interpreter lock, cached on disk.

Numba's own cache does not notice an edit in a callee of another file, so compiled code is kept in a folder named by a
digest of every source in ``kernels/`` and by the tiles chosen; the folder is set only while the decorator runs, other
users of numba are not affected. Where no folder can be written the kernels compile anew in each process.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import types

from synththeory.kernels.llvm.registers import TILES

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def cache_folder() -> Path | None:
    """Folder of the compiled kernels for this very source text and these tiles, or None where none can be written."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    digest = hashlib.blake2b(b"".join(source.read_bytes() for source in sources), digest_size=8).hexdigest()
    name = f"{digest}-{TILES.name}"
    chosen = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(chosen) / "synththeory" / "kernels" / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def kernel(function: Function) -> Function:
    """Compile a kernel on first call: ``nogil``, numpy's rules for division, no reordering of sums."""
    folder = cache_folder()
    config: Any = numba.config
    before = config.CACHE_DIR
    try:
        if folder is not None:
            config.CACHE_DIR = str(folder)
        compiled = numba.njit(function, nogil=True, error_model="numpy", cache=folder is not None)
    finally:
        config.CACHE_DIR = before
    if not config.DISABLE_JIT:
        _treat_constants_as_numbers(compiled)
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """A small helper, compiled like a kernel, that the optimiser folds into those that call it.

    The name tells readers, and the tests, that Python calls it nowhere: where its callers come from the cache, it is
    not compiled at all.
    """
    return kernel(function)


def _treat_constants_as_numbers(compiled: Any) -> None:
    """Let another kernel's call with a constant, such as ``True`` or ``0``, use what is compiled for any number.

    Numba has a type for every constant, and compiles a function anew for each; the code is the same.
    """
    typed, unliteral = compiled.get_call_template, cast(Any, types).unliteral
    compiled.get_call_template = lambda args, kws: typed(
        tuple(unliteral(kind) for kind in args), {name: unliteral(kind) for name, kind in kws.items()}
    )
