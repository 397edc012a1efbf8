"""The registrar: a function of Python, and what compiled code does in its place.

The Python is the interpreted twin. It says what is computed, runs where numba is off, and is what the tests compare
with. The registered writer writes one LLVM function of pointers, indices and numbers, which every call shares.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, type_callable

from synththeory.kernels.llvm.writer import Writer

Write = TypeVar("Write", bound=Callable[..., Any])


def compiled(twin: Callable[..., Any], returns: Any = types.void) -> Callable[[Write], Write]:
    """Decorate the function that writes what compiled code does where ``twin`` is called.

    Parameters
    ----------
    twin : callable
        Of flat arrays, integers and floats, given by position.
    returns : numba type
        Of what the writer returns, nothing unless given.

    Returns
    -------
    callable
        Decorator of ``write(writer, *arguments)``: an array's argument is the pointer to its first number.
    """
    parameters = inspect.signature(twin)

    @type_callable(twin)  # type: ignore[untyped-decorator]
    def typed(_context: Any) -> Any:
        def signature(*kinds: Any) -> Any:
            return returns(*map(_kind, kinds))

        signature.pysig = parameters  # type: ignore[attr-defined]
        return signature

    def register(write: Write) -> Write:
        @lower_builtin(twin, types.VarArg(types.Any))  # type: ignore[untyped-decorator]
        def called(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            values = [
                context.make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
                for kind, value in zip(signature.args, arguments, strict=True)
            ]
            result = ir.VoidType() if returns == types.void else context.get_value_type(returns)
            kind = ir.FunctionType(result, [value.type for value in values])
            name = f"{twin.__module__}.{twin.__name__}"
            answer = builder.call(_function(builder.module, name, kind, write), values)
            return context.get_dummy_value() if returns == types.void else answer

        return write

    return register


def _kind(kind: Any) -> Any:
    if isinstance(kind, types.Array):
        return kind
    return types.float64 if isinstance(kind, types.Float) else types.int64


def _function(module: Any, name: str, kind: Any, write: Callable[..., Any]) -> Any:
    """The function of that name, written into the module at its first call."""
    function = cgutils.get_or_insert_function(module, kind, name)
    if function.is_declaration:
        function.linkage = "linkonce_odr"
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        answer = write(Writer(builder), *function.args)
        if answer is None:
            builder.ret_void()
        else:
            builder.ret(answer)
    return function
