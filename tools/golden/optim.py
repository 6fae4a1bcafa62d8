#!/usr/bin/env python3
"""Golden optimizer runs, from torch.optim: writes tests/golden/optim/*.safetensors.

Usage: optim.py [--check]

Every case takes 20 steps from the same parameters (`DTYPE.init.w` of shape (3, 4), `DTYPE.init.b` of shape (5,)) with
the same gradients (`DTYPE.gradT.w`, `DTYPE.gradT.b`, T = 1..20), and stores `case.stepT.w` and `case.stepT.b`, the
parameters after step T = 1, 2, 5, 20, and `case.state.NAME.w`, `.b`, the optimizer's state tensors after step 20.
"""
import torch

from golden import Output, array, setup, uniform

SHAPES = {"w": (3, 4), "b": (5,)}
STEPS, KEPT = 20, (1, 2, 5, 20)
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, [
        ("sgd", dict(lr=0.1)),
        ("sgd_momentum", dict(lr=0.1, momentum=0.9)),
        ("sgd_nesterov", dict(lr=0.1, momentum=0.9, nesterov=True)),
        ("sgd_dampening", dict(lr=0.1, momentum=0.9, dampening=0.5)),
        ("sgd_weight_decay", dict(lr=0.1, weight_decay=0.05)),
        ("sgd_all", dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01))]),
    "adam": (torch.optim.Adam, [
        ("adam", dict(lr=1e-3)),
        ("adam_fast", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-6)),
        ("adam_weight_decay", dict(lr=0.01, weight_decay=0.1)),
        ("adam_amsgrad", dict(lr=0.01, amsgrad=True))]),
    "adamw": (torch.optim.AdamW, [
        ("adamw", dict(lr=1e-3)),
        ("adamw_weight_decay", dict(lr=0.05, weight_decay=0.2)),
        ("adamw_fast", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-6, weight_decay=0.05))]),
    "rmsprop": (torch.optim.RMSprop, [
        ("rmsprop", dict(lr=0.01)),
        ("rmsprop_centered", dict(lr=0.01, centered=True, alpha=0.9)),
        ("rmsprop_momentum", dict(lr=0.01, momentum=0.9)),
        ("rmsprop_all", dict(lr=0.01, momentum=0.5, centered=True, weight_decay=0.05, eps=1e-6))]),
    "adagrad": (torch.optim.Adagrad, [
        ("adagrad", dict(lr=0.1)),
        ("adagrad_lr_decay", dict(lr=0.1, lr_decay=0.1)),
        ("adagrad_all", dict(lr=0.1, lr_decay=0.01, weight_decay=0.05, initial_accumulator_value=0.1))]),
}


def gradient(name, step, dtype):
    """Of mixed size, and every fourth step with zeros in part of it."""
    g = uniform(f"optim.grad{step}.{name}", SHAPES[name], -1, 1, dtype) * (10.0 if step % 5 == 0 else 1.0)
    if step % 4 == 0:
        g[0] = 0
    return g.astype("float32" if dtype == "f32" else "float64")


def run(make, options, dtype):
    kind = torch.float32 if dtype == "f32" else torch.float64
    params = {n: torch.from_numpy(uniform(f"optim.init.{n}", s, -1, 1, dtype)).to(kind).requires_grad_()
              for n, s in SHAPES.items()}
    opt = make(list(params.values()), foreach=False, **options)
    kept = {}
    for step in range(1, STEPS + 1):
        for name, p in params.items():
            p.grad = torch.from_numpy(gradient(name, step, dtype))
        opt.step()
        if step in KEPT:
            kept.update({f"step{step}.{n}": array(p) for n, p in params.items()})
    for name, p in params.items():
        for key, value in opt.state[p].items():
            if key != "step" and value is not None:
                kept[f"state.{key}.{name}"] = array(value)
    return kept


def main():
    setup()
    out = Output("optim.py", "optim")
    for file, (make, rows) in OPTIMIZERS.items():
        cases, tensors = [], {}
        for dtype in ("f32", "f64"):
            tensors.update({f"{dtype}.init.{n}": uniform(f"optim.init.{n}", s, -1, 1, dtype) for n, s in SHAPES.items()})
            for step in range(1, STEPS + 1):
                tensors.update({f"{dtype}.grad{step}.{n}": gradient(n, step, dtype) for n in SHAPES})
            for name, options in rows:
                case = name if dtype == "f32" else name + "_f64"
                tensors.update({f"{case}.{k}": v for k, v in run(make, options, dtype).items()})
                defaults = {k: v for k, v in make([torch.zeros(1)]).defaults.items()
                            if isinstance(v, (bool, int, float, tuple))}
                ignored = ("foreach", "capturable", "differentiable", "fused", "decoupled_weight_decay")
                full = {k: v for k, v in {**defaults, **options}.items() if k not in ignored}
                cases.append({"name": case, "optimizer": make.__name__, "dtype": dtype, "options": full})
        out.write(file, tensors, cases=cases, steps=list(KEPT))
    out.close()


if __name__ == "__main__":
    main()
