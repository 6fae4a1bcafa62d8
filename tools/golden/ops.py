#!/usr/bin/env python3
"""Golden values and gradients of the operations, from PyTorch: writes tests/golden/ops/*.safetensors.

Usage: ops.py [--check]

One file a family. The tensors of a case are `case.in0...`, `case.out0...`, `case.grad_out0...` (upstream gradients) and
`case.grad_in0...`; the metadata entry `cases` says in JSON what each case is. README.md beside this file has the details.
"""
import warnings

import numpy as np

from golden import Output, setup
from operations import B, Family, I, INF, NAN, Pos, U, V


def binary():
    f = Family()
    for op in ("add", "sub", "mul", "div", "maximum", "minimum"):
        second = Pos if op == "div" else U
        f.add(op, op, U(5, 7), second(5, 7), f64=True)
        f.add(op + "_row", op, U(3, 5), second(5))
        f.add(op + "_column", op, U(3, 1), second(1, 5))
        f.add(op + "_rank3", op, U(2, 1, 3), second(4, 1))
        f.add(op + "_scalar_right", op, U(17), second())
        f.add(op + "_scalar_left", op, U(), second(17))
        f.add(op + "_scalars", op, U(), second())
        f.add(op + "_empty", op, U(0, 3), second(3))
        f.add(op + "_empty_broadcast", op, U(0, 3), second(1, 1))
    f.add("pow", "pow", Pos(5, 7), U(5, 7, low=-3, high=3), f64=True)
    f.add("pow_row", "pow", Pos(3, 5), U(5))
    f.add("pow_scalar_exponent", "pow", Pos(17), V(1.7), fixed=(1,))
    f.add("pow_negative_base", "pow", V([[-2.5, -1, -0.5], [0.5, 1, 2.5]]), V([[2.0], [3.0]]), fixed=(1,))
    for exponent in (0.0, 0.5, 1.0, 2.0, 3.0, -1.0):
        name = f"pow_{exponent:g}".replace(".", "_").replace("-", "minus_")
        f.add(name, "pow", Pos(7), V(exponent), fixed=(1,))
    f.add("pow_empty", "pow", Pos(0), V(2.0), fixed=(1,))
    f.add("pow_special", "pow", V([0, 0, -0.0, INF, INF, -INF, NAN, 1, 2, 0]), V([0, 2, 3, -1, 0, 3, 0, NAN, INF, -1]),
          grad=False)
    f.add("maximum_ties", "maximum", V([1, 2, 3, -1]), V([1, 2, 0, -1]))  # a tie gives half to each side
    f.add("minimum_ties", "minimum", V([1, 2, 3, -1]), V([1, 2, 0, -1]))
    f.add("maximum_special", "maximum", V([NAN, 1, -INF, INF, NAN]), V([1, NAN, 3, 4, NAN]), grad=False)
    f.add("minimum_special", "minimum", V([NAN, 1, -INF, INF, NAN]), V([1, NAN, 3, 4, NAN]), grad=False)
    f.add("div_special", "div", V([1, -1, 0, INF, 1e38, 1]), V([0, 0, 0, INF, 1e-38, -INF]), grad=False)
    for op in ("add", "sub", "mul", "maximum", "minimum"):
        f.add(op + "_i64", op, U(3, 4), U(4), dtype="i64")
        f.add(op + "_i32", op, U(3, 4), U(3, 1), dtype="i32")
    return f


def unary():
    f = Family()
    domain = {"log": Pos, "sqrt": Pos, "rsqrt": Pos}
    wide = {"tanh": 6, "sigmoid": 12, "erf": 4, "exp": 20, "sin": 40, "cos": 40, "floor": 5}
    attrs = {"leaky_relu": [("", {"negative_slope": 0.01}), ("_0_2", {"negative_slope": 0.2})],
             "elu": [("", {"alpha": 1.0}), ("_0_5", {"alpha": 0.5})],
             "gelu": [("_tanh", {"approximate": "tanh"}), ("_erf", {"approximate": "none"})],
             "softplus": [("", {}), ("_beta", {"beta": 2.0, "threshold": 3.0})]}
    for op in """neg abs sign exp log sqrt rsqrt square reciprocal tanh sigmoid relu erf sin cos floor gelu silu leaky_relu
                 softplus elu""".split():
        for suffix, a in attrs.get(op, [("", {})]):
            name, make = op + suffix, domain.get(op, U)
            if op == "reciprocal":
                f.add(name, op, Pos(5, 7), f64=True)
                f.add(name + "_negative", op, U(9, low=-4, high=-0.1))
            else:
                f.add(name, op, make(5, 7), f64=True, **a)
            f.add(name + "_scalar", op, (Pos if op == "reciprocal" else make)(), **a)
            f.add(name + "_empty", op, make(2, 0, 3), **a)
            reach = wide.get(op, 8)
            if op not in domain and op != "reciprocal":
                f.add(name + "_wide", op, U(67, low=-reach, high=reach), **a)
    f.add("log_wide", "log", Pos(67, low=1e-6, high=1e4))
    f.add("sqrt_wide", "sqrt", Pos(67, low=1e-6, high=1e4))
    f.add("rsqrt_wide", "rsqrt", Pos(67, low=1e-6, high=1e4))
    edge = [0.0, -0.0, INF, -INF, NAN, 1.0, -1.0]
    for op in ("neg", "abs", "sign", "exp", "log", "sqrt", "rsqrt", "square", "reciprocal", "tanh", "sigmoid", "relu", "erf",
               "floor"):
        f.add(op + "_special", op, V(edge), grad=False)
    f.add("exp_range", "exp", V([-110, -104, -103, -87.4, -87.3, 88.7, 88.73, 89]), grad=False)
    f.add("exp_range_f64", "exp", V([-750, -745, -708.5, 709.7, 709.8]), dtype="f64", grad=False)
    f.add("log_tiny", "log", V([1e-45, 1e-40, 1.17549435e-38, 3.4e38]), grad=False)
    f.add("sigmoid_range", "sigmoid", V([-120, -90, -30, 17, 30, 120]), grad=False)
    f.add("tanh_range", "tanh", V([-90, -9.1, -1e-4, 1e-8, 1e-4, 9.1, 90]))
    f.add("softplus_range", "softplus", V([-100, -20, 19, 20, 21, 100]))
    f.add("relu_zero", "relu", V([-1, -0.0, 0.0, 1]))  # gradient 0 at 0
    f.add("abs_zero", "abs", V([-1, 0.0, 1]))
    f.add("gelu_tanh_range", "gelu", V([-30, -10, -5, 5, 10, 30]), approximate="tanh")
    f.add("gelu_erf_range", "gelu", V([-30, -10, -5, 5, 10, 30]), approximate="none")
    f.add("silu_range", "silu", V([-80, -30, 30, 80]))
    f.add("elu_range", "elu", V([-100, -1e-4, 0.0, 1e-4, 100]), alpha=1.0)
    for op in ("neg", "abs", "sign", "square"):
        f.add(op + "_i64", op, U(9), dtype="i64")
    return f


def compare():
    f = Family()
    for op in ("eq", "ne", "lt", "le", "gt", "ge"):
        f.add(op, op, V([[1, 2, 3], [-1, 0, 2]]), V([[1, 3, 2], [-1, 0.5, 2]]), f64=True)
        f.add(op + "_broadcast", op, U(4, 1), U(5))
        f.add(op + "_scalar", op, U(17), V(0.25))
        f.add(op + "_empty", op, U(0, 3), U(3))
        f.add(op + "_special", op, V([NAN, NAN, INF, -INF, 0.0]), V([NAN, 1, INF, 0, -0.0]))
        f.add(op + "_i64", op, U(3, 5), U(5), dtype="i64")
    for op in ("logical_and", "logical_or"):
        f.add(op, op, V([False, False, True, True], "bool"), V([False, True, False, True], "bool"))
        f.add(op + "_broadcast", op, B(3, 1), B(5))
    f.add("logical_not", "logical_not", B(3, 5))
    f.add("logical_not_scalar", "logical_not", V(True, "bool"))
    f.add("where", "where", B(5, 7), U(5, 7), U(5, 7), f64=True)
    f.add("where_broadcast", "where", B(3, 1), U(5), U(2, 1, 1))
    f.add("where_scalars", "where", B(3, 5), V(0.5), V(-1.5))
    f.add("where_scalar_condition", "where", V(True, "bool"), U(3), U(3))
    f.add("where_empty", "where", B(0, 3), U(3), U(0, 1))
    f.add("where_i64", "where", B(3, 4), U(3, 4), U(4), dtype="i64")
    f.add("clamp", "clamp", U(5, 7), min=-0.5, max=1.0, f64=True)
    f.add("clamp_min", "clamp", U(17), min=0.25)
    f.add("clamp_max", "clamp", U(17), max=0.25)
    f.add("clamp_crossed", "clamp", U(5), min=1.0, max=-1.0)  # max wins
    f.add("clamp_edges", "clamp", V([-1, -0.5, 0, 1, 2]), min=-0.5, max=1.0)  # no gradient at the bounds
    f.add("clamp_special", "clamp", V([NAN, INF, -INF]), min=-1.0, max=1.0, grad=False)
    f.add("clamp_scalar", "clamp", U(), min=-0.5, max=0.5)
    f.add("clamp_empty", "clamp", U(0), min=-0.5, max=0.5)
    return f


def reduce():
    f = Family()
    ways = [("", {}), ("_axis0", {"axes": [0]}), ("_axis1", {"axes": [1]}), ("_last", {"axes": [-1]}),
            ("_keepdim", {"axes": [1], "keepdim": True}), ("_two", {"axes": [0, 2]}),
            ("_two_keepdim", {"axes": [-1, -3], "keepdim": True}), ("_all_keepdim", {"axes": [0, 1, 2], "keepdim": True})]
    for op in ("sum", "mean", "max", "min", "prod", "var", "std", "logsumexp"):
        for suffix, a in ways:
            f.add(op + suffix, op, U(3, 5, 4), f64=suffix in ("", "_last"), **a)
        f.add(op + "_vector", op, U(131))
        f.add(op + "_long_rows", op, U(2, 131), axes=[1])
        f.add(op + "_size1_axis", op, U(3, 1, 2), axes=[1], **({"correction": 0} if op in ("var", "std") else {}))
        if op not in ("var", "std"):
            f.add(op + "_scalar", op, U())
        f.add(op + "_kept_axis_empty", op, U(0, 3), axes=[1])
    for op in ("sum", "mean", "prod", "logsumexp"):
        f.add(op + "_empty_axis", op, U(3, 0), axes=[1], grad=False)  # 0, nan, 1, -inf
        f.add(op + "_empty", op, U(0), grad=False)
    for op in ("var", "std"):
        f.add(op + "_population", op, U(3, 5), axes=[1], correction=0, f64=True)
        f.add(op + "_one_value", op, U(3, 1), axes=[1], grad=False)  # nan: no degree of freedom
        f.add(op + "_far_mean", op, U(7, 33, low=1000, high=1001), axes=[1])
    for op in ("max", "min"):
        f.add(op + "_ties", op, V([[1, 3, 3, 0, 0], [2, 2, 2, 2, 2]]), axes=[1])
        f.add(op + "_special", op, V([[NAN, 1, 2], [INF, -INF, 0]]), axes=[1], grad=False)
        f.add(op + "_i64", op, U(3, 5), axes=[1], dtype="i64")
    f.add("prod_zeros", "prod", V([[1, 2, 0, 4], [0, 0, 3, 4], [1, 2, 3, 4]]), axes=[1])
    f.add("logsumexp_large", "logsumexp", V([[1000, 1000.5, 999], [-1000, -1001, -1002]]), axes=[1])
    f.add("logsumexp_special", "logsumexp", V([[-INF, 0, 1], [-INF, -INF, -INF], [INF, 0, 1]]), axes=[1], grad=False)
    f.add("sum_special", "sum", V([[INF, 1, 2], [INF, -INF, 0], [NAN, 0, 1]]), axes=[1], grad=False)
    f.add("sum_i64", "sum", U(3, 5), axes=[0], dtype="i64")
    f.add("sum_i32", "sum", U(3, 5), axes=[0], dtype="i32")  # PyTorch's sum of i32 is i64
    f.add("sum_bool", "sum", B(3, 5), axes=[1])  # and so is its sum of bool
    for op in ("argmax", "argmin"):
        f.add(op, op, U(3, 5, 4))  # the place in the flat tensor
        f.add(op + "_axis0", op, U(3, 5, 4), axis=0)
        f.add(op + "_last", op, U(3, 67), axis=-1, f64=True)
        f.add(op + "_keepdim", op, U(3, 5, 4), axis=1, keepdim=True)
        f.add(op + "_ties", op, V([[1, 3, 3, 0, 0], [2, 2, 2, 2, 2]]), axis=1)  # the first one
        f.add(op + "_nan", op, V([[1, NAN, 3, NAN], [2, 2, INF, -INF]]), axis=1)  # NaN wins
        f.add(op + "_scalar", op, U())
        f.add(op + "_kept_axis_empty", op, U(0, 3), axis=1)
        f.add(op + "_i64", op, U(3, 5), axis=1, dtype="i64")
    for op in ("any", "all"):
        for suffix, a in ways[:6]:
            f.add(op + suffix, op, B(3, 5, 2), **a)
        f.add(op + "_rows", op, V([[True, True], [True, False], [False, False]], "bool"), axes=[1])
        f.add(op + "_scalar", op, V(True, "bool"))
        f.add(op + "_empty", op, V([], "bool"))
        f.add(op + "_empty_axis", op, V(np.zeros((3, 0)), "bool"), axes=[1])
    return f


def linalg():
    f = Family()
    f.add("matmul", "matmul", U(5, 7), U(7, 3), f64=True)
    f.add("matmul_tile_edges", "matmul", U(37, 67), U(67, 19))
    f.add("matmul_row", "matmul", U(1, 33), U(33, 17))
    f.add("matmul_column", "matmul", U(17, 33), U(33, 1))
    f.add("matmul_outer", "matmul", U(9, 1), U(1, 11))
    f.add("matmul_one", "matmul", U(1, 1), U(1, 1))
    f.add("matmul_transpose_a", "matmul", U(7, 5), U(7, 3), transpose_a=True, f64=True)
    f.add("matmul_transpose_b", "matmul", U(5, 7), U(3, 7), transpose_b=True, f64=True)
    f.add("matmul_transpose_both", "matmul", U(7, 5), U(3, 7), transpose_a=True, transpose_b=True)
    f.add("matmul_vector_vector", "matmul", U(33), U(33), f64=True)
    f.add("matmul_matrix_vector", "matmul", U(5, 7), U(7))
    f.add("matmul_vector_matrix", "matmul", U(7), U(7, 5))
    f.add("matmul_batch_vector", "matmul", U(2, 5, 7), U(7))
    f.add("matmul_vector_batch", "matmul", U(5), U(2, 5, 3))
    f.add("matmul_batch", "matmul", U(3, 5, 7), U(3, 7, 2), f64=True)
    f.add("matmul_batch_transpose_b", "matmul", U(3, 5, 7), U(3, 2, 7), transpose_b=True)
    f.add("matmul_batch_transpose_a", "matmul", U(3, 7, 5), U(3, 7, 2), transpose_a=True)
    f.add("matmul_batch_shared_right", "matmul", U(3, 5, 7), U(7, 2))
    f.add("matmul_batch_shared_left", "matmul", U(5, 7), U(3, 7, 2))
    f.add("matmul_batch_broadcast", "matmul", U(2, 1, 3, 4), U(5, 4, 2))
    f.add("matmul_batch_size1", "matmul", U(1, 3, 4), U(2, 4, 5))
    f.add("matmul_no_inner", "matmul", U(3, 0), U(0, 5))  # zeros
    f.add("matmul_no_rows", "matmul", U(0, 4), U(4, 5))
    f.add("matmul_no_columns", "matmul", U(3, 4), U(4, 0))
    f.add("matmul_no_batch", "matmul", U(0, 3, 4), U(4, 5))
    f.add("linear", "linear", U(5, 7), U(3, 7), U(3), f64=True)
    f.add("linear_no_bias", "linear", U(5, 7), U(3, 7))
    f.add("linear_vector", "linear", U(7), U(3, 7), U(3))
    f.add("linear_rank3", "linear", U(2, 5, 7), U(3, 7), U(3))
    f.add("linear_odd", "linear", U(11, 33), U(17, 33), U(17))
    f.add("linear_one_row", "linear", U(1, 33), U(10, 33), U(10))
    f.add("linear_no_rows", "linear", U(0, 7), U(3, 7), U(3))
    return f


def softmax():
    f = Family()
    for op in ("softmax", "log_softmax"):
        f.add(op, op, U(5, 7), axis=-1, f64=True)
        f.add(op + "_axis0", op, U(5, 7), axis=0)
        f.add(op + "_middle", op, U(3, 5, 4), axis=1, f64=True)
        f.add(op + "_negative_axis", op, U(3, 5, 4), axis=-3)
        f.add(op + "_vector", op, U(131, low=-9, high=9), axis=0)
        f.add(op + "_rows", op, U(4, 67, low=-9, high=9), axis=1)
        f.add(op + "_scalar", op, U(), axis=0)
        f.add(op + "_size1", op, U(3, 1), axis=1)
        f.add(op + "_empty", op, U(0, 3), axis=1)
        f.add(op + "_large", op, V([[1000, 1000.5, 999], [-1000, -1001, -1002]]), axis=1)
        f.add(op + "_masked", op, V([[-INF, 0, 1], [-INF, -INF, 2]]), axis=1, grad=False)
    return f


def losses():
    f = Family()
    for how in ("mean", "sum", "none"):
        f.add(f"cross_entropy_{how}", "cross_entropy", U(7, 5), I(7, high=5), reduction=how, f64=True)
        f.add(f"cross_entropy_smooth_{how}", "cross_entropy", U(7, 5), I(7, high=5), reduction=how, label_smoothing=0.1)
        f.add(f"cross_entropy_weight_{how}", "cross_entropy", U(7, 5), I(7, high=5), Pos(5), reduction=how, fixed=(2,))
        f.add(f"cross_entropy_ignore_{how}", "cross_entropy", U(7, 5), V([0, 4, -100, 2, 2, -100, 1], "i64"), reduction=how,
              ignore_index=-100)
        f.add(f"cross_entropy_all_{how}", "cross_entropy", U(7, 5), V([0, 4, 3, 2, 2, 3, 1], "i64"), Pos(5), fixed=(2,),
              reduction=how, ignore_index=3, label_smoothing=0.2)
        f.add(f"nll_loss_{how}", "nll_loss", U(7, 5), I(7, high=5), reduction=how, f64=True)
        f.add(f"nll_loss_weight_ignore_{how}", "nll_loss", U(7, 5), V([0, 4, 3, 2, 2, 3, 1], "i64"), Pos(5), fixed=(2,),
              reduction=how, ignore_index=3)
        for op in ("mse_loss", "l1_loss"):
            f.add(f"{op}_{how}", op, U(5, 7), U(5, 7), reduction=how, f64=True)
        f.add(f"binary_cross_entropy_with_logits_{how}", "binary_cross_entropy_with_logits", U(5, 7, low=-6, high=6),
              U(5, 7, low=0, high=1), reduction=how, fixed=(1,), f64=True)
        f.add(f"binary_cross_entropy_with_logits_pos_weight_{how}", "binary_cross_entropy_with_logits", U(5, 3),
              V(np.arange(15).reshape(5, 3) % 2), Pos(3), reduction=how, fixed=(1, 2))
    f.add("cross_entropy_one", "cross_entropy", U(1, 10), I(1, high=10), reduction="mean")
    f.add("cross_entropy_no_batch", "cross_entropy", U(5), V(2, "i64"), reduction="mean")
    f.add("cross_entropy_ten", "cross_entropy", U(33, 10), I(33, high=10), reduction="mean")
    f.add("cross_entropy_positions", "cross_entropy", U(2, 5, 3), I(2, 3, high=5), reduction="mean")
    f.add("cross_entropy_soft_targets", "cross_entropy", U(3, 4),
          V([[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]]), reduction="mean", fixed=(1,))
    f.add("cross_entropy_nothing_left", "cross_entropy", U(2, 3), V([-100, -100], "i64"), reduction="mean",
          ignore_index=-100, grad=False)  # nan
    f.add("cross_entropy_large", "cross_entropy", V([[1000, 0, -1000], [0, 1000, -1000]]), V([0, 2], "i64"),
          reduction="mean")
    f.add("binary_cross_entropy_with_logits_large", "binary_cross_entropy_with_logits", V([-1000, 1000, -1000, 1000, 0]),
          V([0, 0, 1, 1, 0.5]), reduction="mean", fixed=(1,))
    f.add("mse_loss_scalar", "mse_loss", U(), U(), reduction="mean")
    f.add("mse_loss_column", "mse_loss", U(4, 1), U(4, 1), reduction="mean")
    f.add("mse_loss_empty_sum", "mse_loss", U(0, 3), U(0, 3), reduction="sum")
    f.add("l1_loss_equal", "l1_loss", V([1, 2, 3]), V([1, 2, 4]), reduction="sum")  # gradient 0 where equal
    return f


def norm():
    f = Family()
    shapes = [("", (6, 5)), ("_one_channel", (7, 1)), ("_odd", (33, 17)), ("_rank3", (3, 4, 5)), ("_rank4", (2, 3, 4, 5))]
    for suffix, shape in shapes:
        c = shape[1]
        inputs = (U(*shape), Pos(c), U(c), U(c), Pos(c))
        f.add("batch_norm_training" + suffix, "batch_norm", *inputs, fixed=(3, 4), training=True, momentum=0.1, eps=1e-5,
              f64=suffix in ("", "_rank4"))
        f.add("batch_norm_eval" + suffix, "batch_norm", *inputs, fixed=(3, 4), training=False, momentum=0.1, eps=1e-5,
              f64=suffix in ("", "_rank4"))
    f.add("batch_norm_momentum", "batch_norm", U(6, 5), Pos(5), U(5), U(5), Pos(5), fixed=(3, 4), training=True,
          momentum=0.5, eps=1e-3)
    f.add("batch_norm_far_mean", "batch_norm", U(16, 3, low=1000, high=1001), Pos(3), U(3), U(3), Pos(3), fixed=(3, 4),
          training=True, momentum=0.1, eps=1e-5)
    f.add("layer_norm", "layer_norm", U(5, 7), Pos(7), U(7), normalized_shape=[7], f64=True)
    f.add("layer_norm_plain", "layer_norm", U(5, 7), normalized_shape=[7])
    f.add("layer_norm_two_axes", "layer_norm", U(2, 3, 4), Pos(3, 4), U(3, 4), normalized_shape=[3, 4], f64=True)
    f.add("layer_norm_rank3", "layer_norm", U(2, 3, 33), Pos(33), U(33), normalized_shape=[33])
    f.add("layer_norm_long", "layer_norm", U(3, 131), Pos(131), U(131), normalized_shape=[131])
    f.add("layer_norm_vector", "layer_norm", U(7), Pos(7), U(7), normalized_shape=[7])
    f.add("layer_norm_eps", "layer_norm", U(5, 7, low=-0.01, high=0.01), Pos(7), U(7), normalized_shape=[7], eps=1e-3)
    f.add("layer_norm_size1", "layer_norm", U(3, 1), Pos(1), U(1), normalized_shape=[1])
    f.add("layer_norm_empty", "layer_norm", U(0, 7), Pos(7), U(7), normalized_shape=[7])
    return f


def shape():
    f = Family()
    f.add("reshape", "reshape", U(3, 4), shape=[2, 6], f64=True)
    f.add("reshape_infer", "reshape", U(2, 3, 4), shape=[4, -1])
    f.add("reshape_flat", "reshape", U(2, 3, 4), shape=[-1])
    f.add("reshape_to_scalar", "reshape", U(1, 1), shape=[])
    f.add("reshape_from_scalar", "reshape", U(), shape=[1, 1, 1])
    f.add("reshape_empty", "reshape", U(0, 3), shape=[3, 0, 2])
    f.add("transpose", "transpose", U(3, 5), axis0=0, axis1=1, f64=True)
    f.add("transpose_rank4", "transpose", U(2, 3, 4, 5), axis0=1, axis1=-1)
    f.add("transpose_odd", "transpose", U(17, 33), axis0=-1, axis1=-2)
    f.add("transpose_same", "transpose", U(3, 5), axis0=1, axis1=1)
    f.add("transpose_empty", "transpose", U(0, 3), axis0=0, axis1=1)
    f.add("permute", "permute", U(2, 3, 4), axes=[2, 0, 1], f64=True)
    f.add("permute_negative", "permute", U(2, 3, 4, 5), axes=[0, -2, -1, 1])
    f.add("permute_scalar", "permute", U(), axes=[])
    f.add("permute_size1", "permute", U(1, 3, 1), axes=[2, 1, 0])
    f.add("expand", "expand", U(3, 1), shape=[3, 5], f64=True)
    f.add("expand_new_axes", "expand", U(4), shape=[2, 3, 4])
    f.add("expand_scalar", "expand", U(), shape=[2, 3])
    f.add("expand_keep", "expand", U(3, 1), shape=[-1, 4])
    f.add("expand_middle", "expand", U(2, 1, 3), shape=[2, 4, 3])
    f.add("expand_to_empty", "expand", U(1, 3), shape=[0, 3])
    f.add("flip", "flip", U(3, 5), axes=[0], f64=True)
    f.add("flip_two", "flip", U(3, 5, 2), axes=[-1, 0])
    f.add("flip_empty", "flip", U(0, 3), axes=[1])
    rows = [("", (5, 7), [0, 1], [1, 2], [4, 6], [1, 1]), ("_open", (5, 7), [1], [None], [3], [1]),
            ("_step", (11, 3), [0], [1], [10], [3]), ("_negative_bounds", (5, 7), [1], [-4], [-1], [1]),
            ("_negative_axis", (3, 5, 7), [-1], [2], [None], [2]), ("_reversed", (7, 3), [0], [None], [None], [-1]),
            ("_negative_step", (11, 3), [0], [9], [1], [-2]), ("_past_the_end", (5, 7), [0], [3], [100], [1]),
            ("_nothing", (5, 7), [0], [3], [3], [1]), ("_crossed", (5, 7), [0], [4], [2], [1]),
            ("_three_axes", (4, 5, 6), [0, 1, 2], [1, None, -1], [None, None, 0], [2, 1, -2]),
            ("_of_empty", (0, 3), [1], [0], [2], [1]), ("_before_the_start", (5,), [0], [-100], [2], [1])]
    for suffix, size, axes, starts, stops, steps in rows:
        f.add("slice" + suffix, "slice", U(*size), f64=suffix == "", axes=axes, starts=starts, stops=stops, steps=steps)
    f.add("squeeze", "squeeze", U(1, 3, 1, 2), f64=True)
    f.add("squeeze_axis", "squeeze", U(1, 3, 1), axes=[-1])
    f.add("squeeze_axes", "squeeze", U(1, 3, 1), axes=[0, 2])
    f.add("squeeze_to_scalar", "squeeze", U(1, 1))
    f.add("unsqueeze_front", "unsqueeze", U(3, 2), axes=[0], f64=True)
    f.add("unsqueeze_last", "unsqueeze", U(3, 2), axes=[-1])
    f.add("unsqueeze_middle", "unsqueeze", U(3, 2), axes=[-2])
    f.add("unsqueeze_scalar", "unsqueeze", U(), axes=[0])
    f.add("concat", "concat", U(2, 3), U(4, 3), axis=0, f64=True)
    f.add("concat_last", "concat", U(2, 3), U(2, 1), U(2, 5), axis=-1)
    f.add("concat_middle", "concat", U(2, 3, 4), U(2, 2, 4), axis=1)
    f.add("concat_one", "concat", U(2, 3), axis=0)
    f.add("concat_with_empty", "concat", U(2, 3), U(0, 3), U(1, 3), axis=0)
    f.add("concat_i64", "concat", U(2, 3), U(2, 2), axis=1, dtype="i64")
    f.add("stack", "stack", U(2, 3), U(2, 3), axis=0, f64=True)
    f.add("stack_last", "stack", U(2, 3), U(2, 3), U(2, 3), axis=-1)
    f.add("stack_scalars", "stack", U(), U(), axis=0)
    f.add("stack_middle", "stack", U(2, 3), U(2, 3), axis=1)
    f.add("pad", "pad", U(3, 4), before=[1, 2], after=[0, 3], f64=True)
    f.add("pad_value", "pad", U(3, 4), before=[0, 1], after=[2, 0], value=-1.5)
    f.add("pad_rank4", "pad", U(1, 2, 3, 3), before=[0, 0, 1, 1], after=[0, 0, 1, 1])
    f.add("pad_vector", "pad", U(5), before=[2], after=[0], value=7.0)
    f.add("pad_nothing", "pad", U(3), before=[0], after=[0])
    f.add("pad_empty", "pad", U(0, 2), before=[1, 0], after=[1, 0], value=0.5)
    f.add("split", "split", U(7, 3), sizes=[2, 4, 1], axis=0, f64=True)
    f.add("split_last", "split", U(2, 3, 6), sizes=[2, 2, 2], axis=-1)
    f.add("split_with_empty", "split", U(3, 4), sizes=[0, 4], axis=1)
    f.add("tril", "tril", U(5, 5), f64=True)
    f.add("triu", "triu", U(5, 5), f64=True)
    for op in ("tril", "triu"):
        f.add(op + "_above", op, U(4, 7), diagonal=2)
        f.add(op + "_below", op, U(7, 4), diagonal=-1)
        f.add(op + "_far", op, U(3, 4), diagonal=-9)
        f.add(op + "_batch", op, U(2, 3, 4), diagonal=1)
        f.add(op + "_empty", op, U(0, 3))
    return f


def index():
    f = Family()
    f.add("embedding", "embedding", V([3, 0, 3, 9, 1], "i64"), U(10, 4), f64=True)  # a row taken twice adds up
    f.add("embedding_rank2", "embedding", I(3, 5, high=7), U(7, 3))
    f.add("embedding_scalar", "embedding", V(2, "i64"), U(7, 3))
    f.add("embedding_empty", "embedding", I(0, high=7), U(7, 3))
    f.add("embedding_padding", "embedding", V([[1, 0, 2], [0, 0, 3]], "i64"), U(5, 3), padding_idx=0)
    f.add("index_select", "index_select", U(5, 3), V([4, 0, 0, 2], "i64"), axis=0, f64=True)
    f.add("index_select_last", "index_select", U(2, 3, 5), V([1, 1, 4], "i64"), axis=-1)
    f.add("index_select_middle", "index_select", U(2, 5, 3), I(7, high=5), axis=1)
    f.add("index_select_empty", "index_select", U(5, 3), I(0, high=5), axis=0)
    f.add("gather", "gather", U(4, 5), I(4, 3, high=5), axis=1, f64=True)
    f.add("gather_axis0", "gather", U(4, 5), I(6, 5, high=4), axis=0)
    f.add("gather_smaller", "gather", U(4, 5), I(2, 3, high=5), axis=1)  # the index may be smaller on the other axes
    f.add("gather_rank3", "gather", U(2, 3, 4), I(2, 2, 4, high=3), axis=-2)
    f.add("gather_column", "gather", U(7, 10), I(7, 1, high=10), axis=1)
    f.add("gather_empty", "gather", U(4, 5), I(0, 5, high=4), axis=0)
    f.add("take_along_dim", "take_along_dim", U(4, 5), I(4, 3, high=5), axis=1, f64=True)
    f.add("take_along_dim_broadcast_index", "take_along_dim", U(4, 5), I(1, 2, high=5), axis=1)
    f.add("take_along_dim_broadcast_input", "take_along_dim", U(1, 5), I(3, 2, high=5), axis=1)
    f.add("take_along_dim_axis0", "take_along_dim", U(4, 5), I(2, 5, high=4), axis=0)
    f.add("one_hot", "one_hot", V([3, 0, 1, 3], "i64"), num_classes=5)
    f.add("one_hot_rank2", "one_hot", I(2, 3, high=4), num_classes=4)
    f.add("one_hot_scalar", "one_hot", V(2, "i64"), num_classes=3)
    f.add("one_hot_empty", "one_hot", I(0, high=4), num_classes=4)
    return f


def main():
    setup()
    warnings.filterwarnings("ignore", "(var|std).*degrees of freedom")
    out = Output("ops.py", "ops")
    for make in (binary, unary, compare, reduce, linalg, softmax, losses, norm, shape, index):
        family = make()
        out.write(make.__name__, family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
