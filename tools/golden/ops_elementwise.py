#!/usr/bin/env python3
"""Golden values and gradients of the elementwise operations that ops.py lacks, of the half types and of type promotion.

Usage: ops_elementwise.py [--check]

Writes tests/golden/ops/{exponential,trigonometric,division,bits,composed,special,half,promotion}.safetensors.
"""
import warnings

import torch

import ops_activations  # their operations, for halves
import ops_index
import ops_losses
from golden import Output, integers, setup
from operations import INF, NAN, OPS, Family, I, Pos, U, V

HALF = {"f16": torch.float16, "bf16": torch.bfloat16}
TYPES = {"f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16, "i64": torch.int64,
         "i32": torch.int32, "i8": torch.int8, "u8": torch.uint8, "bool": torch.bool}
SPECIAL = """erfc erfinv erfcx lgamma digamma i0 i0e i1 i1e ndtr ndtri log_ndtr entr zeta gammainc gammaincc""".split()


def N(*shape, low, high):
    """Whole numbers in the dtype of the case."""
    return lambda key, dtype: integers(key, shape, low, high, dtype)


def in_double(fn):
    """PyTorch's special functions lose digits in f32: computed in f64 and rounded."""
    return lambda a, *xs: fn(*(x.double() for x in xs)).to(xs[0].dtype)


def half(a, *xs):
    """A function on inputs rounded to a half type, its result as f32."""
    return OPS[a["function"]](a.get("attrs", {}), *(x.to(HALF[a["type"]]) for x in xs)).float()


def half_once(a, *xs):
    """A composition on inputs rounded to a half type: computed in f32, its result rounded once."""
    kind = HALF[a["type"]]
    ys = [x.to(kind).float() if x.is_floating_point() else x for x in xs]
    return OPS[a["function"]](a.get("attrs", {}), *ys).to(kind).float()


def promotions(a):
    """The types that pairs promote to: tensors; a tensor and one of rank 0; a tensor and a number; both of rank 0."""
    names = list(TYPES)
    code = {t: i for i, t in enumerate(TYPES.values())}
    code[torch.int16] = names.index("i32")  # Fathom has no int16
    axes, flat = [torch.zeros(2, dtype=t) for t in TYPES.values()], [torch.zeros((), dtype=t) for t in TYPES.values()]
    table = lambda left, right: torch.tensor([[code[torch.result_type(x, y)] for y in right] for x in left])
    return table(axes, axes), table(axes, flat), table(axes, [True, 1, 1.5]), table(flat, flat), table(flat, [True, 1, 1.5])


for name in """exp2 log2 log10 log1p expm1 tan asin acos atan sinh cosh asinh acosh atanh sinc ceil round trunc frac deg2rad rad2deg
        logaddexp logaddexp2 xlogy atan2 hypot copysign nextafter heaviside fmax fmin fmod remainder floor_divide
        bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift gcd lcm ldexp logical_xor
        isnan isinf isfinite isposinf isneginf signbit""".split():
    OPS[name] = lambda a, *xs, fn=getattr(torch, name): fn(*xs)
for name in SPECIAL:
    OPS[name] = in_double(getattr(torch.special, {"lgamma": "gammaln"}.get(name, name)))
BESSEL = """bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0
        scaled_modified_bessel_k1 spherical_bessel_j0""".split()
for name in BESSEL:
    OPS[name] = in_double(getattr(torch.special, name))
POLYNOMIALS = """chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w
        shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v
        shifted_chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l
        legendre_polynomial_p""".split()
for name in POLYNOMIALS:
    OPS[name] = lambda a, x, fn=getattr(torch.special, name): fn(x.double(), a["n"]).to(x.dtype)
OPS.update({
    "xlog1py": lambda a, x, y: torch.special.xlog1py(x, y),
    "div_rounded": lambda a, x, y: torch.div(x, y, rounding_mode=a["mode"]),
    "round_decimals": lambda a, x: torch.round(x, decimals=a["decimals"]),
    "clamp_tensors": lambda a, x, y, z: torch.clamp(x, y, z),
    "clamp_min": lambda a, x, y: torch.clamp_min(x, y),
    "clamp_max": lambda a, x, y: torch.clamp_max(x, y),
    "clamp_min_number": lambda a, x: torch.clamp_min(x, a["bound"]),
    "clamp_max_number": lambda a, x: torch.clamp_max(x, a["bound"]),
    "sinc": in_double(torch.sinc),
    "nan_to_num": lambda a, x: torch.nan_to_num(x, a.get("nan", 0.0), a.get("posinf"), a.get("neginf")),
    "lerp": lambda a, x, y, w: torch.lerp(x, y, w),
    "addcmul": lambda a, x, y, z: torch.addcmul(x, y, z, value=a["value"]),
    "addcdiv": lambda a, x, y, z: torch.addcdiv(x, y, z, value=a["value"]),
    "isclose": lambda a, x, y: torch.isclose(x, y, a["rtol"], a["atol"], a["equal_nan"]),
    "polygamma": lambda a, x: torch.polygamma(a["n"], x.double()).to(x.dtype),
    "multigammaln": lambda a, x: torch.special.multigammaln(x.double(), a["p"]).to(x.dtype),
    "logit": lambda a, x: torch.logit(x, a.get("eps")),
    "frexp": lambda a, x: tuple(torch.frexp(x)),
    "float_power": lambda a, x, y: torch.float_power(x, y),
    "pow_number": lambda a, x: torch.pow(x, a["exponent"]),
    "half": half,
    "half_once": half_once,
    "promotions": promotions,
})
FINITE = [0.0, -0.0, NAN, 1.0, -1.0, 0.5, -2.5, 1e-30]
EDGE = FINITE + [INF, -INF, 3e38]


def unary_rows(f, ops, ranges, edge=EDGE):
    for op in ops:
        low, high = ranges.get(op, (-2, 2))
        f.add(op, op, U(5, 7, low=low, high=high), f64=op != "digamma")  # PyTorch's trigamma has 11 digits
        f.add(op + "_scalar", op, U(low=low, high=high))
        f.add(op + "_empty", op, U(0, 3, low=low, high=high))
        f.add(op + "_special", op, V(edge), grad=False)
        f.add(op + "_special_f64", op, V(edge), grad=False, dtype="f64")


def binary_rows(f, ops, ranges):
    for op in ops:
        (low, high), (low2, high2) = ranges.get(op, ((-2, 2), (-2, 2)))
        grad = op not in ("floor_divide", "nextafter", "heaviside")  # PyTorch has none
        f.add(op, op, U(5, 7, low=low, high=high), U(5, 7, low=low2, high=high2), grad=grad, f64=True)
        f.add(op + "_broadcast", op, U(3, 1, low=low, high=high), U(2, 1, 5, low=low2, high=high2), grad=grad)
        f.add(op + "_empty", op, U(0, 3, low=low, high=high), U(3, low=low2, high=high2), grad=grad)
        edge = [[x] for x in EDGE]
        f.add(op + "_special", op, V(EDGE), V(edge), grad=False)
        f.add(op + "_special_f64", op, V(EDGE), V(edge), grad=False, dtype="f64")


def exponential():
    f = Family()
    unary_rows(f, ("exp2", "log2", "log10", "log1p", "expm1"),
               {"exp2": (-20, 20), "log2": (0.01, 9), "log10": (0.01, 9), "log1p": (-0.9, 9)})
    f.add("exp2_range", "exp2", V([-160, -150, -149, -126.5, 127.5, 128, 10, -3]), grad=False)
    f.add("log10_powers", "log10", V([1e-3, 1e-2, 0.1, 1, 10, 100, 1e10]), grad=False)
    binary_rows(f, ("logaddexp", "logaddexp2", "xlogy", "xlog1py"),
                {"logaddexp": ((-30, 30), (-30, 30)), "xlogy": ((-2, 2), (0.1, 4)), "xlog1py": ((-2, 2), (-0.9, 4))})
    f.add("xlogy_zero", "xlogy", V([0.0, 0.0, 2.0]), V([0.0, 3.0, 1.0]), fixed=(1,))
    return f


def trigonometric():
    f = Family()
    unary_rows(f, ("tan",), {"tan": (-1.4, 1.4)}, FINITE)
    unary_rows(f, ("asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "sinc"),
               {"asin": (-0.95, 0.95), "acos": (-0.95, 0.95), "atan": (-9, 9), "sinh": (-8, 8),
                "cosh": (-8, 8), "asinh": (-30, 30), "acosh": (1.05, 30), "atanh": (-0.95, 0.95), "sinc": (-9, 9)})
    f.add("tan_wide", "tan", U(67, low=-40, high=40), grad=False)
    f.add("sinc_zero", "sinc", V([0.0, 1e-4, -1.0]))
    f.add("asin_ends", "asin", V([-1, 1, 1.5]), grad=False)
    binary_rows(f, ("atan2", "hypot"), {})
    return f


def division():
    f = Family()
    binary_rows(f, ("fmod", "remainder", "floor_divide", "copysign", "nextafter", "heaviside", "fmax", "fmin"),
                {"fmod": ((-9, 9), (0.5, 3)), "remainder": ((-9, 9), (-3, -0.5)), "floor_divide": ((-9, 9), (-3, -0.5))})
    f.add("frexp", "frexp", U(5, 7, low=-90, high=90), f64=True)
    f.add("frexp_special", "frexp", V(FINITE + [8.0, 1e-40, 3e38]), grad=False)
    f.add("float_power", "float_power", Pos(5, 7), U(7))
    f.add("float_power_i64", "float_power", N(9, low=1, high=9), N(9, low=-3, high=4), dtype="i64")
    for mode in ("trunc", "floor"):
        f.add("div_" + mode, "div_rounded", U(5, 7, low=-9, high=9), Pos(7), mode=mode, f64=True)
        f.add("div_special_" + mode, "div_rounded", V(EDGE), V([[x] for x in EDGE]), grad=False, mode=mode)
        f.add("div_i64_" + mode, "div_rounded", N(5, 7, low=-50, high=50), N(7, low=1, high=9), dtype="i64", mode=mode)
        f.add("div_i8_" + mode, "div_rounded", N(5, 7, low=-128, high=128), N(7, low=-9, high=0), dtype="i8", mode=mode)
    for dtype in ("i64", "i32", "i8", "u8"):
        low = 0 if dtype == "u8" else -100
        for op in ("fmod", "remainder", "floor_divide"):
            f.add(f"{op}_{dtype}", op, N(5, 7, low=low, high=100), N(7, low=1, high=9), dtype=dtype)
            if low:
                f.add(f"{op}_{dtype}_negative", op, N(5, 7, low=low, high=100), N(5, 1, low=-9, high=0), dtype=dtype)
        f.add(f"pow_{dtype}", "pow", N(5, 7, low=0, high=9), N(7, low=0, high=5), dtype=dtype)
        f.add(f"pow_number_{dtype}", "pow_number", N(9, low=max(low, -9), high=9), dtype=dtype, exponent=3)
    f.add("pow_fraction_i64", "pow_number", N(9, low=0, high=9), dtype="i64", exponent=0.5)
    f.add("fmax_ties", "fmax", V([1, 2, 4]), V([1, 3, 2]))
    f.add("fmin_ties", "fmin", V([1, 2, 4]), V([1, 3, 2]))
    for op in ("maximum", "minimum", "fmax", "fmin"):
        f.add(op + "_nan", op, V([NAN, 1, NAN, 1]), V([1, NAN, NAN, 2]))
    for op in ("ceil", "round", "trunc"):
        f.add(op, op, U(5, 7, low=-5, high=5), f64=True)
        f.add(op + "_special", op, V(EDGE + [1.5, 2.5, -0.5]), grad=False)
        f.add(op + "_i64", op, N(9, low=-9, high=9), dtype="i64")
    f.add("frac", "frac", U(5, 7, low=-5, high=5), f64=True)
    for decimals in (2, 0, -1):
        f.add(f"round_decimals_{decimals}".replace("-", "minus_"), "round_decimals", U(40, low=-99, high=99), f64=True,
              decimals=decimals)
    return f


def bits():
    f = Family()
    for dtype in ("i64", "i32", "i8", "u8"):
        low = 0 if dtype == "u8" else -100
        for op in ("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm"):
            size = 12 if op == "lcm" else 100
            f.add(f"{op}_{dtype}", op, N(5, 7, low=max(low, -size), high=size), N(7, low=max(low, -size), high=size), dtype=dtype)
        f.add("bitwise_not_" + dtype, "bitwise_not", N(9, low=low, high=100), dtype=dtype)
        for op in ("bitwise_left_shift", "bitwise_right_shift"):
            f.add(f"{op}_{dtype}", op, N(5, 7, low=low, high=100), N(7, low=0, high=8), dtype=dtype)
    for op in ("bitwise_and", "bitwise_or", "bitwise_xor", "logical_xor"):
        f.add(op + "_bool", op, V([False, False, True, True], "bool"), V([False, True, False, True], "bool"))
    for op in ("add", "mul", "maximum", "minimum", "fmax", "fmin", "heaviside"):
        f.add(op + "_bool", op, V([False, False, True, True], "bool"), V([False, True, False, True], "bool"))
    for op in ("bitwise_not", "sign"):
        f.add(op + "_bool", op, V([False, True], "bool"))
    for op in ("any", "all"):
        f.add(op + "_u8", op, N(3, 4, low=0, high=3), dtype="u8", axes=[1])
    for op in ("isnan", "isinf", "isfinite", "isposinf", "isneginf", "signbit"):
        f.add(op, op, V(EDGE), f64=True)
    return f


def composed():
    f = Family()
    for op in ("deg2rad", "rad2deg"):
        f.add(op, op, U(5, 7, low=-9, high=9), f64=True)
    f.add("deg2rad_i64", "deg2rad", N(9, low=-180, high=180), dtype="i64")
    f.add("ldexp", "ldexp", U(5, 7), V([-3, 0, 1, 2, 5, 9, -20], "i32"), fixed=(1,))
    for op in ("clamp_min", "clamp_max"):
        f.add(op, op, U(5, 7), U(7), f64=True)
        f.add(op + "_ties", op, V([-1, 0, 1]), V([-1, 0.5, 0]))
        f.add(op + "_special", op, V(EDGE), V([[x] for x in EDGE]), grad=False)
        f.add(op + "_number", op + "_number", V([-1, 0.25, 1, NAN, INF]), bound=0.25)
    f.add("nan_to_num", "nan_to_num", V(EDGE), f64=True)
    f.add("nan_to_num_numbers", "nan_to_num", V(EDGE), nan=1.0, posinf=2.0, neginf=-3.0)
    f.add("lerp", "lerp", U(5, 7), U(5, 7), U(5, 7, low=-1, high=2), f64=True)
    ends = [INF, 1, 1, -INF], [1, INF, -INF, 2]
    f.add("lerp_infinite", "lerp", V([ends[0]] * 2), V([ends[1]] * 2), V([[0.25], [0.75]]))
    f.add("lerp_broadcast", "lerp", U(3, 1), U(5), V(0.25), fixed=(2,))
    f.add("addcmul", "addcmul", U(5, 7), U(7), U(5, 1), value=0.5, f64=True)
    f.add("addcdiv", "addcdiv", U(5, 7), U(7), Pos(5, 1), value=-1.5, f64=True)
    for name, equal_nan in (("", False), ("_equal_nan", True)):
        f.add("isclose" + name, "isclose", V(EDGE), V([[x] for x in EDGE]), rtol=1e-5, atol=1e-8, equal_nan=equal_nan)
        f.add("isclose_near" + name, "isclose", V([1.0, 1.0, 100.0]), V([1.00001, 1.0001, 100.0005]), rtol=1e-5, atol=1e-8,
              equal_nan=equal_nan)
    f.add("clamp_tensors", "clamp_tensors", U(5, 7), U(7, low=-2, high=0), U(5, 1, low=0, high=2), f64=True)
    f.add("clamp_tensors_ties", "clamp_tensors", V([-1.0, 0.0, 0.5, 1.0, 2.0, NAN]), V([0.0]), V([1.0]))
    f.add("logit", "logit", U(5, 7, low=0.05, high=0.95), f64=True)
    f.add("logit_eps", "logit", U(40, low=-0.5, high=1.5), eps=0.1)
    return f


def special():
    f = Family()
    unary_rows(f, ("i0", "i1"), {"i0": (-9, 9), "i1": (-9, 9)}, FINITE)  # PyTorch's i0(inf) is inf times 0
    unary_rows(f, [op for op in SPECIAL[:13] if op not in ("i0", "i1")], {"erfc": (-4, 9), "erfinv": (-0.99, 0.99), "erfcx": (-3, 30), "lgamma": (0.1, 20), "digamma": (0.1, 20),
                                 "i0e": (-40, 40), "i1e": (-40, 40), "ndtr": (-6, 6),
                                 "ndtri": (0.001, 0.999), "log_ndtr": (-30, 6), "entr": (0.1, 9)})
    for op in ("lgamma", "digamma"):
        f.add(op + "_negative", op, U(9, low=-5, high=-0.1), f64=op != "digamma")
    for op in BESSEL:  # PyTorch has no gradients of these
        signed = op.startswith(("bessel_j", "spherical"))
        f.add(op, op, U(5, 7, low=-30 if signed else 0.01, high=30), grad=False, f64=not op.startswith("bessel"))
        f.add(op + "_special", op, V([0.0, NAN, 1e-3, 0.5, 2.0, 8.0]), grad=False)
    for op in POLYNOMIALS:
        for n in (-1, 0, 1, 2, 5):
            f.add(f"{op}_{n}", op, U(7, low=-0.95, high=0.95), n=n, grad=False)
    f.add("ndtri_tails", "ndtri", V([1e-30, 1e-10, 1e-4, 0.9999]), f64=True)
    for n in (0, 1, 2, 4):
        f.add(f"polygamma_{n}", "polygamma", Pos(5, 7), n=n, f64=n > 1)
    f.add("multigammaln", "multigammaln", Pos(5, 7, low=1.6), p=4, f64=True)
    f.add("zeta", "zeta", U(5, 7, low=1.2, high=9), Pos(5, 7), fixed=(0,), f64=True)
    f.add("zeta_edges", "zeta", V([1.0, 0.5, 2.0, 3.0, 2.5, NAN]), V([2.0, 2.0, -1.0, -1.5, -1.5, 1.0]), grad=False)
    for op in ("gammainc", "gammaincc"):
        f.add(op, op, Pos(5, 7), Pos(5, 7), fixed=(0,), f64=True)
        f.add(op + "_large", op, V([50, 50, 1e3, 1e4, 0.01]), V([40, 60, 1010, 1e4, 5]), fixed=(0,))
        f.add(op + "_edges", op, V([0.0, 0.0, 1.0, -1.0, 2.0, INF, 2.0]), V([0.0, 1.0, 0.0, 1.0, INF, 2.0, -1.0]), grad=False)
    return f


def halves():
    f = Family()
    for dtype in HALF:
        for op in ("exp", "tanh", "sigmoid", "erf", "sin", "log2", "sinh", "atan", "digamma", "silu", "abs", "square", "sqrt"):
            make = Pos(5, 7) if op in ("log2", "sqrt", "digamma") else U(5, 7)
            f.add(f"{dtype}_{op}", "half", make, function=op, type=dtype)
        for op in ("add", "sub", "mul", "div", "maximum", "atan2", "fmod"):
            f.add(f"{dtype}_{op}", "half", U(5, 7), Pos(7), function=op, type=dtype)
        for op, a in (("sum", {"axes": [1]}), ("mean", {"axes": [1]}), ("softmax", {"axis": 1}), ("log_softmax", {"axis": 1})):
            f.add(f"{dtype}_{op}", "half", U(3, 131, low=-1, high=2), function=op, attrs=a, type=dtype)
        once = lambda op, *inputs, fixed=(), **a: f.add(f"{dtype}_{op}_once", "half_once", *inputs, fixed=fixed, function=op,
                                                        attrs=a, type=dtype)
        for op in ("mish", "selu", "hardswish", "hardsigmoid", "softsign", "tanhshrink"):
            once(op, U(7, 9, low=-5, high=5))
        once("softplus", U(7, 9), beta=2.5)
        once("glu", U(5, 8), axis=-1)
        for op in ("mse_loss", "l1_loss", "huber_loss", "kl_div", "hinge_embedding_loss"):
            once(op, Pos(12, 9), Pos(12, 9), reduction="sum")
        once("binary_cross_entropy_with_logits", U(12, 9, low=-6, high=6), Pos(12, 9, high=0.9), reduction="none")
        once("gaussian_nll_loss", U(12), U(12), Pos(12), reduction="none")
        once("cross_entropy", U(12, 9, low=-6, high=6), I(12, high=9), reduction="none", label_smoothing=0.1)
        once("nll_loss", U(12, 9), I(12, high=9), Pos(9), reduction="mean", fixed=(2,))
        once("layer_norm", U(9, 33), Pos(33), U(33), normalized_shape=[33])
        once("group_norm", U(3, 6, 7), Pos(6), U(6), num_groups=2, eps=1e-5)
        once("rms_norm", U(9, 33), Pos(33), normalized_shape=[33], eps=1e-3)
        f.add(f"{dtype}_rms_norm_small", "half_once", U(5, 7, low=-0.02, high=0.02), function="rms_norm", type=dtype,
              attrs={"normalized_shape": [7]})
        once("scatter_add", U(5, 3), I(9, 3, high=5), U(9, 3), axis=0)
        once("normalize", U(9, 33), axis=1)
        once("cosine_similarity", U(9, 33), U(9, 33), axis=1)
        once("pairwise_distance", U(9, 33), U(9, 33))
        once("embedding_bag", I(5, 12, high=9), U(9, 4), mode="mean")
        f.add(f"{dtype}_matmul", "half", U(5, 33), U(33, 3), function="matmul", type=dtype)
    return f


def promotion():
    f = Family()
    f.add("promotions", "promotions")
    return f


def main():
    setup()
    warnings.filterwarnings("ignore")
    out = Output("ops_elementwise.py", "ops")
    for make in (exponential, trigonometric, division, bits, composed, special, halves, promotion):
        family = make()
        out.write(make.__name__, family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
