"""What the loops of this folder say to LLVM: places of flat arrays, vectors of eight there, fused multiply–add."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from llvmlite import ir
from numba.core import cgutils

LANES = 8
INDEX = ir.IntType(64)
VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_LANE = ir.IntType(32)
_NOTHING = ir.Constant(VECTOR, ir.Undefined)


class Writer:
    """Writes LLVM instructions into one function; values are LLVM's, indices of 64 bits.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write; its own instructions are at hand as ``builder``.
    """

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def index(self, value: int) -> Any:
        """A constant index."""
        return ir.Constant(INDEX, value)

    def offset(self, start: Any, stride: Any, place: int) -> Any:
        """start + place · stride."""
        return self.builder.add(start, self.builder.mul(stride, self.index(place)))

    def shifted(self, start: Any, places: int) -> Any:
        """start + places."""
        return self.builder.add(start, self.index(places))

    def times(self, value: Any, factor: int) -> Any:
        """value · factor."""
        return self.builder.mul(value, self.index(factor))

    def loop(self, steps: Any) -> AbstractContextManager[Any]:
        """A loop over 0, …, steps − 1, its ``index`` the step."""
        loop: AbstractContextManager[Any] = cgutils.for_range(self.builder, steps)
        return loop

    def number(self, base: Any, offset: Any) -> Any:
        """One number."""
        return self.builder.load(self.builder.gep(base, [offset]))

    def eight(self, base: Any, offset: Any, vector: Any = VECTOR) -> Any:
        """Pointer to eight numbers."""
        return self.builder.bitcast(self.builder.gep(base, [offset]), vector.as_pointer())

    def load(self, base: Any, offset: Any) -> Any:
        """Eight numbers."""
        return self.builder.load(self.eight(base, offset), align=8)

    def store(self, value: Any, base: Any, offset: Any) -> None:
        """Put eight numbers in their place."""
        self.builder.store(value, self.eight(base, offset), align=8)

    def every(self, value: float) -> Any:
        """One constant in every lane."""
        return ir.Constant(VECTOR, [value] * LANES)

    def spread(self, value: Any) -> Any:
        """One number in every lane."""
        single = self.builder.insert_element(_NOTHING, value, ir.Constant(_LANE, 0))
        return self.builder.shuffle_vector(single, _NOTHING, ir.Constant(ir.VectorType(_LANE, LANES), [0] * LANES))

    def gathered(self, numbers: list[Any]) -> Any:
        """Eight numbers in one vector."""
        value = _NOTHING
        for lane, number in enumerate(numbers):
            value = self.builder.insert_element(value, number, ir.Constant(_LANE, lane))
        return value

    def folded(self, value: Any) -> Any:
        """The sum of eight lanes, in pairs of neighbours."""
        lanes = [self.builder.extract_element(value, ir.Constant(_LANE, lane)) for lane in range(LANES)]
        while len(lanes) > 1:
            lanes = [self.builder.fadd(lanes[k], lanes[k + 1]) for k in range(0, len(lanes), 2)]
        return lanes[0]

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a · b + c with one rounding, of vectors or of numbers."""
        return self._call("fma", a, b, c)

    def sqrt(self, value: Any) -> Any:
        """Square roots of eight numbers."""
        return self._call("sqrt", value)

    def slot(self, value: Any) -> Any:
        """A running sum that begins at ``value``; LLVM keeps it in registers."""
        slot = cgutils.alloca_once(self.builder, value.type)
        self.builder.store(value, slot)
        return slot

    def add_product(self, slot: Any, a: Any, b: Any) -> None:
        """Add a · b to a running sum, with one rounding."""
        self.builder.store(self.fma(a, b, self.builder.load(slot)), slot)

    def cases(self, key: Any, writes: Mapping[int, Callable[[], None]]) -> None:
        """Write the code of every case and branch to the one that is asked for."""
        done = self.builder.append_basic_block("done")
        choice = self.builder.switch(key, done)
        for value, write in writes.items():
            block = self.builder.append_basic_block(f"case{value}")
            choice.add_case(self.index(value), block)
            with self.builder.goto_block(block):
                write()
                self.builder.branch(done)
        self.builder.position_at_end(done)

    def _call(self, name: str, *values: Any) -> Any:
        kind = values[0].type
        width = f"v{LANES}f64" if kind == VECTOR else "f64"
        function = ir.FunctionType(kind, [kind] * len(values))
        return self.builder.call(
            cgutils.get_or_insert_function(self.builder.module, function, f"llvm.{name}.{width}"), values
        )
