"""Vectors of 16 or 32 numbers as values inside numba kernels.

numba compiles a loop over an array to vector code only if LLVM can prove that what the
loop writes is not what it reads next, and with tables in the loop it cannot.  Here a
vector is a value, as a float is: it is loaded, combined and stored.  LLVM cuts it to
the registers of the processor: a vector of 16 floats is one register of AVX-512, two of
AVX2, four of SSE or NEON.  Each lane is an ordinary IEEE operation, never contracted or
reordered, so the numbers are the same whatever the width.

Vectors combine with vectors, and with numbers of their element type (float32, uint32)
by the usual operators; comparisons give a vector of booleans.
"""

import operator

from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model


class Vector(types.Type):
    """The numba type of a vector: ``lanes`` numbers of type ``element``."""

    def __init__(self, element, lanes):
        self.element, self.lanes = element, lanes
        super().__init__(name=f"Vector({element}, {lanes})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, vector):
        super().__init__(manager, vector, _llvm_type(vector))


def _llvm_type(vector):
    elements = {
        types.float32: ir.FloatType(),
        types.uint32: ir.IntType(32),
        types.boolean: ir.IntType(1),
    }
    return ir.VectorType(elements[vector.element], vector.lanes)


# ---------------------------------------------------------------- memory


@intrinsic
def load(typingctx, array, index, like):
    """Return the vector at a flat index of a contiguous array, of the type of `like`.

    The element type is the array's; only the number of lanes is taken from ``like``.
    """
    vector = Vector(array.dtype, like.lanes)

    def generate(context, builder, signature, args):
        place = _pointer(context, builder, signature, args, _llvm_type(vector))
        return builder.load(place, align=4)

    return vector(array, types.uintp, like), generate


@intrinsic
def store(typingctx, array, index, vector):
    """Write a vector at a flat index of a contiguous array."""

    def generate(context, builder, signature, args):
        place = _pointer(context, builder, signature, args, args[2].type)
        builder.store(args[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.uintp, vector), generate


@intrinsic
def store_mask(typingctx, array, index, mask):
    """Write the 16 booleans of a mask as bits, lane 0 lowest, into a uint64 array.

    ``index`` counts pieces of 16 bits: pieces 4 k … 4 k + 3 make word k.
    """

    def generate(context, builder, signature, args):
        piece = ir.IntType(16)
        place = _pointer(context, builder, signature, args, piece)
        builder.store(builder.bitcast(args[2], piece), place, align=2)
        return context.get_dummy_value()

    return types.void(array, types.uintp, mask), generate


@intrinsic
def load_mask(typingctx, array, index):
    """Return 16 bits of a uint64 array as booleans; as `store_mask` writes them."""
    vector = Vector(types.boolean, 16)

    def generate(context, builder, signature, args):
        piece = ir.IntType(16)
        place = _pointer(context, builder, signature, args, piece)
        return builder.bitcast(builder.load(place, align=2), _llvm_type(vector))

    return vector(array, types.uintp), generate


@intrinsic
def count_bits(typingctx, word):
    """Return the number of bits that are on in a uint64."""

    def generate(context, builder, signature, args):
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), generate


def _pointer(context, builder, signature, args, llvm_type):
    """Return the address of an index, which counts elements of the array or pieces."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    data = array.data
    if isinstance(llvm_type, ir.IntType):
        data = builder.bitcast(data, llvm_type.as_pointer())
    place = builder.gep(data, [args[1]])
    return builder.bitcast(place, llvm_type.as_pointer())


def _spread(builder, number, llvm_type):
    """Return a vector with the same number in each lane."""
    undefined = ir.Constant(llvm_type, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), llvm_type.count), None)
    return builder.shuffle_vector(first, undefined, zeros)


@intrinsic
def lanes_of(typingctx, vector):
    """Return the number of lanes, a constant to the compiler."""

    def generate(context, builder, signature, args):
        return context.get_constant(types.uintp, vector.lanes)

    return types.uintp(vector), generate


def _zeros(lanes):
    vector = Vector(types.float32, lanes)

    @intrinsic
    def zeros(typingctx):
        def generate(context, builder, signature, args):
            return ir.Constant(_llvm_type(vector), None)

        return vector(), generate

    return zeros


zeros_16, zeros_32 = _zeros(16), _zeros(32)


# ---------------------------------------------------------------- arithmetic


def _define(operation, generate, result=None):
    """Make an operator known for vectors; a number is spread over all lanes."""

    @infer_global(operation)
    class Template(AbstractTemplate):
        def generic(self, args, kws):
            vectors = [x for x in args if isinstance(x, Vector)]
            if not vectors or kws or len(args) != 2:
                return None
            vector = vectors[0]
            if not all(x in (vector, vector.element) for x in args):
                return None
            kind = vector if result is None else Vector(result, vector.lanes)
            return signature(kind, *args)

    def lower(context, builder, signature, args):
        vector = next(x for x in signature.args if isinstance(x, Vector))
        full = [
            x if kind == vector else _spread(builder, x, _llvm_type(vector))
            for x, kind in zip(args, signature.args, strict=True)
        ]
        return generate(builder, vector.element == types.float32, *full)

    for kinds in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
        lower_builtin(operation, *kinds)(lower)


def _arithmetic(name):
    def generate(builder, real, x, y):
        return getattr(builder, "f" + name if real else name)(x, y)

    return generate


def _comparison(sign):
    def generate(builder, real, x, y):
        compare = builder.fcmp_ordered if real else builder.icmp_unsigned
        return compare(sign, x, y)

    return generate


def _bitwise(name):
    return lambda builder, real, x, y: getattr(builder, name)(x, y)


for _operation, _name in (
    (operator.add, "add"),
    (operator.sub, "sub"),
    (operator.mul, "mul"),
):
    _define(_operation, _arithmetic(_name))
_define(operator.truediv, _bitwise("fdiv"))
_define(operator.and_, _bitwise("and_"))
_define(operator.xor, _bitwise("xor"))
_define(operator.lshift, _bitwise("shl"))
_define(operator.rshift, _bitwise("lshr"))
_define(operator.lt, _comparison("<"), types.boolean)
_define(operator.gt, _comparison(">"), types.boolean)
_define(operator.ge, _comparison(">="), types.boolean)


@intrinsic
def select(typingctx, mask, yes, no):
    """Return ``yes`` where the mask is on, else ``no``: vectors or numbers."""
    vector = yes if isinstance(yes, Vector) else no

    def generate(context, builder, signature, args):
        kinds = signature.args[1:]
        choices = [
            x if kind == vector else _spread(builder, x, _llvm_type(vector))
            for x, kind in zip(args[1:], kinds, strict=True)
        ]
        return builder.select(args[0], *choices)

    return vector(mask, yes, no), generate


@intrinsic
def as_floats(typingctx, x):
    """Return the same bits as float32."""
    return _cast(x, types.float32, "bitcast")


@intrinsic
def as_integers(typingctx, x):
    """Return the same bits as uint32."""
    return _cast(x, types.uint32, "bitcast")


@intrinsic
def to_floats(typingctx, x):
    """Return uint32 below 2^31 converted to float32 (as signed: one instruction)."""
    return _cast(x, types.float32, "sitofp")


@intrinsic
def to_integers(typingctx, x):
    """Return the integer part of float32 from 0 to below 2^31, as uint32."""
    return _cast(x, types.uint32, "fptosi")


def _cast(x, element, name):
    vector = Vector(element, x.lanes)

    def generate(context, builder, signature, args):
        return getattr(builder, name)(args[0], _llvm_type(vector))

    return vector(x), generate


@intrinsic
def multiply_high(typingctx, x, y):
    """Return the upper 32 bits of the products of uint32."""

    def generate(context, builder, signature, args):
        wide = ir.VectorType(ir.IntType(64), x.lanes)
        product = builder.mul(*(builder.zext(arg, wide) for arg in args))
        half = ir.Constant(wide, [32] * x.lanes)
        return builder.trunc(builder.lshr(product, half), _llvm_type(x))

    return x(x, y), generate
