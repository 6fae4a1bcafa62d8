#!/usr/bin/env python3
"""Golden values and gradients of activations and composed normalisations, from PyTorch.

Usage: ops_activations.py [--check]

Writes tests/golden/ops/activation.safetensors and tests/golden/ops/norm_more.safetensors, in the form of ops.py.
"""
import torch
import torch.nn.functional as F

from golden import Output, setup
from operations import INF, NAN, OPS, Family, Pos, U, V

PLAIN = "selu relu6 hardsigmoid hardswish mish logsigmoid tanhshrink softsign".split()
for plain in PLAIN:
    OPS[plain] = lambda a, x, fn=getattr(F, plain): fn(x)
for plain in ("celu", "hardtanh", "softshrink", "hardshrink", "threshold"):
    OPS[plain] = lambda a, x, fn=getattr(F, plain): fn(x, *a.values())
OPS["prelu"] = lambda a, x, w: F.prelu(x, w)
OPS["rrelu_eval"] = lambda a, x: F.rrelu(x, a["lower"], a["upper"], training=False)
OPS["glu"] = lambda a, x: F.glu(x, a["axis"])
OPS["softmin"] = lambda a, x: F.softmin(x, a["axis"])
OPS["group_norm"] = lambda a, x, *w: F.group_norm(x, a["num_groups"], *w, eps=a["eps"])
OPS["instance_norm"] = lambda a, x, *w: F.instance_norm(x, None, None, *w, eps=a["eps"])
OPS["rms_norm"] = lambda a, x, *w: F.rms_norm(x, a["normalized_shape"], *w, eps=a.get("eps"))
OPS["local_response_norm"] = lambda a, x: F.local_response_norm(x, **a)

SPECIAL = V([NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 6.0, 20.5, -20.5, 90.0, -90.0, 1e30, -1e30])


def activation():
    f = Family()
    rows = [(op, op, {}) for op in PLAIN]
    rows += [("elu_alpha", "elu", dict(alpha=0.6)), ("celu", "celu", dict(alpha=1.0)), ("celu_alpha", "celu", dict(alpha=0.6)),
             ("hardtanh", "hardtanh", dict(min_val=-1.0, max_val=1.0)),
             ("hardtanh_other", "hardtanh", dict(min_val=-0.3, max_val=1.7)),
             ("softplus_beta", "softplus", dict(beta=2.5)), ("softplus_threshold", "softplus", dict(beta=3.0, threshold=2.0)),
             ("softshrink", "softshrink", dict(lambd=0.5)), ("softshrink_other", "softshrink", dict(lambd=1.1)),
             ("hardshrink", "hardshrink", dict(lambd=0.5)), ("threshold", "threshold", dict(threshold=0.3, value=-7.0)),
             ("rrelu_eval", "rrelu_eval", dict(lower=0.1, upper=0.3))]
    for name, op, a in rows:
        f.add(name, op, U(5, 7, low=-4, high=4), f64=True, **a)
        f.add(name + "_wide", op, U(131, low=-30, high=30), **a)
        f.add(name + "_scalar", op, U(), **a)
        f.add(name + "_empty", op, U(0, 3), **a)
        f.add(name + "_special", op, SPECIAL, grad=False, **a)
    f.add("prelu", "prelu", U(3, 4, 5), U(4), f64=True)
    f.add("prelu_one", "prelu", U(5, 7), U(1))
    f.add("prelu_vector", "prelu", U(7), U(1))
    f.add("prelu_infinite", "prelu", V([[INF, 1], [2, -INF]]), V([0.5, 0.25]))
    for op, shape in (("glu", (4, 6)), ("softmin", (5, 7))):
        f.add(op, op, U(*shape), axis=-1, f64=True)
        f.add(op + "_axis0", op, U(*shape), axis=0)
    return f


def norm_more():
    f = Family()
    for suffix, shape, groups in (("", (3, 6, 5), 2), ("_pictures", (2, 4, 3, 5), 4), ("_rows", (5, 8), 2), ("_one", (3, 4, 9), 1)):
        c = shape[1]
        f.add("group_norm" + suffix, "group_norm", U(*shape), Pos(c), U(c), num_groups=groups, eps=1e-5, f64=True)
        f.add("group_norm_plain" + suffix, "group_norm", U(*shape), num_groups=groups, eps=1e-3)
    for suffix, shape in (("", (3, 4, 7)), ("_pictures", (2, 3, 4, 5)), ("_solid", (2, 3, 2, 3, 2))):
        c = shape[1]
        f.add("instance_norm" + suffix, "instance_norm", U(*shape), Pos(c), U(c), eps=1e-5, f64=True)
        f.add("instance_norm_plain" + suffix, "instance_norm", U(*shape), eps=1e-2)
    f.add("rms_norm", "rms_norm", U(5, 7), Pos(7), normalized_shape=[7], f64=True)
    f.add("rms_norm_plain", "rms_norm", U(5, 7), normalized_shape=[7], eps=1e-3)
    f.add("rms_norm_axes", "rms_norm", U(2, 3, 4), Pos(3, 4), normalized_shape=[3, 4], f64=True)
    f.add("rms_norm_long", "rms_norm", U(3, 131), Pos(131), normalized_shape=[131])
    f.add("local_response_norm", "local_response_norm", U(2, 7, 5), size=3, f64=True)
    f.add("local_response_norm_even", "local_response_norm", U(2, 5, 3, 4), size=4, alpha=0.5, beta=0.6, k=2.0)
    f.add("local_response_norm_wide", "local_response_norm", U(2, 3, 4), size=7, alpha=1.0)
    return f


def main():
    setup()
    out = Output("ops_activations.py", "ops")
    for make in (activation, norm_more):
        family = make()
        out.write(make.__name__, family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
