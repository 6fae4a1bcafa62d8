#!/usr/bin/env python3
"""Golden optimizer runs, from torch.optim: writes tests/golden/optim/*.safetensors.

Usage: optim.py [--check]

Every case takes 25 steps from the same parameters (`DTYPE.init.w` of shape (3, 4), `DTYPE.init.b` of shape (5,)) with
the same gradients (`DTYPE.gradT.w`, `DTYPE.gradT.b`, T = 1..25), and stores `case.stepT.w` and `case.stepT.b`, the
parameters after step T = 1, 2, 5, 10, 25. Lion, LAMB and Hugging Face's Adafactor are not in PyTorch: here they are their
formulas in NumPy. L-BFGS minimises the Rosenbrock function of four numbers from `init`, 25 steps in f64.
"""
import numpy as np
import torch

from golden import Output, array, setup, uniform

SHAPES = {"w": (3, 4), "b": (5,)}
MATRICES = {"w": (3, 4), "b": (5, 2)}  # for Muon
STEPS, KEPT = 25, (1, 2, 5, 10, 25)


class Formula:
    """An optimizer in NumPy with torch's interface: `rule(self, p, g, state, step)` gives the next parameter."""
    defaults = {}

    def __init__(self, params, foreach=False, **options):
        self.o = {**self.defaults, **options}
        self.params, self.state, self.steps = params, {}, 0

    def step(self):
        self.steps += 1
        with torch.no_grad():
            for i, p in enumerate(self.params):
                g = p.grad.numpy() * (-1 if self.o["maximize"] else 1)
                p.copy_(torch.from_numpy(self.rule(p.numpy(), g, self.state.setdefault(i, {}), self.steps)))


class Lion(Formula):
    """Algorithm 2 of Chen et al. 2023, Symbolic Discovery of Optimization Algorithms."""
    defaults = dict(lr=1e-4, betas=(0.9, 0.99), weight_decay=0, maximize=False)

    def rule(self, p, g, state, step):
        (b1, b2), lr = self.o["betas"], self.o["lr"]
        m = state.get("m", np.zeros_like(p))
        direction = np.sign(b1 * m + (1 - b1) * g)
        state["m"] = (b2 * m + (1 - b2) * g).astype(p.dtype)
        return (p - lr * (direction + self.o["weight_decay"] * p)).astype(p.dtype)


class Lamb(Formula):
    """Algorithm 2 of You et al. 2020, Large Batch Optimization for Deep Learning, with phi the identity."""
    defaults = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0, maximize=False)

    def rule(self, p, g, state, step):
        (b1, b2), kind = self.o["betas"], p.dtype
        p, g = p.astype(np.float64), g.astype(np.float64)
        m = state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
        v = state["v"] = b2 * state.get("v", 0) + (1 - b2) * g * g
        r = m / (1 - b1**step) / (np.sqrt(v / (1 - b2**step)) + self.o["eps"]) + self.o["weight_decay"] * p
        of_p, of_r = np.linalg.norm(p), np.linalg.norm(r)
        ratio = of_p / of_r if of_p > 0 and of_r > 0 else 1.0
        return (p - self.o["lr"] * ratio * r).astype(kind)


class HfAdafactor(Formula):
    """Algorithms 4 and 5 of Shazeer and Stern 2018 with the options of transformers.Adafactor."""
    defaults = dict(lr=None, eps=(1e-30, 1e-3), clip_threshold=1.0, decay_rate=-0.8, beta1=None, weight_decay=0.0,
                    scale_parameter=True, relative_step=True, warmup_init=False, maximize=False)

    def rule(self, p, g, state, step):
        o, kind = self.o, p.dtype
        p, g = p.astype(np.float64), g.astype(np.float64)
        rms = lambda x: np.sqrt(np.mean(x * x))
        lr = min(1e-6 * step if o["warmup_init"] else 1e-2, step**-0.5) if o["relative_step"] else o["lr"]
        if o["scale_parameter"]:
            lr *= max(o["eps"][1], rms(p))
        beta2 = 1 - step ** o["decay_rate"]
        average = lambda key, x: state.__setitem__(key, beta2 * state.get(key, 0) + (1 - beta2) * x) or state[key]
        squares = g * g + o["eps"][0]
        if p.ndim >= 2:
            rows, columns = average("rows", squares.mean(-1)), average("columns", squares.mean(-2))
            variance = (rows / rows.mean(-1, keepdims=True))[..., None] * columns[..., None, :]
        else:
            variance = average("squares", squares)
        step_ = g / np.sqrt(variance)
        step_ *= lr / max(1, rms(step_) / o["clip_threshold"])
        if o["beta1"] is not None:
            step_ = state["m"] = o["beta1"] * state.get("m", 0) + (1 - o["beta1"]) * step_
        return (p - o["weight_decay"] * lr * p - step_).astype(kind)


T = torch.optim
OPTIMIZERS = {
    "sgd": (T.SGD, [
        ("sgd", dict(lr=0.1)),
        ("sgd_momentum", dict(lr=0.1, momentum=0.9)),
        ("sgd_nesterov", dict(lr=0.1, momentum=0.9, nesterov=True)),
        ("sgd_dampening", dict(lr=0.1, momentum=0.9, dampening=0.5)),
        ("sgd_weight_decay", dict(lr=0.1, weight_decay=0.05)),
        ("sgd_maximize", dict(lr=0.01, momentum=0.5, weight_decay=0.1, maximize=True)),
        ("sgd_all", dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01))]),
    "adam": (T.Adam, [
        ("adam", dict(lr=1e-3)),
        ("adam_fast", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-6)),
        ("adam_weight_decay", dict(lr=0.01, weight_decay=0.1)),
        ("adam_maximize", dict(lr=0.01, weight_decay=0.1, maximize=True)),
        ("adam_amsgrad", dict(lr=0.01, amsgrad=True))]),
    "adamw": (T.AdamW, [
        ("adamw", dict(lr=1e-3)),
        ("adamw_weight_decay", dict(lr=0.05, weight_decay=0.2)),
        ("adamw_amsgrad", dict(lr=0.05, weight_decay=0.1, amsgrad=True, maximize=True)),
        ("adamw_fast", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-6, weight_decay=0.05))]),
    "sparse_adam": (T.SparseAdam, [
        ("sparse_adam", dict()),
        ("sparse_adam_all", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-6, maximize=True))]),
    "adamax": (T.Adamax, [
        ("adamax", dict()),
        ("adamax_all", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-6, weight_decay=0.05, maximize=True))]),
    "nadam": (T.NAdam, [
        ("nadam", dict()),
        ("nadam_momentum_decay", dict(lr=0.02, momentum_decay=0.3, weight_decay=0.1)),
        ("nadam_decoupled", dict(lr=0.02, weight_decay=0.1, decoupled_weight_decay=True, maximize=True))]),
    "radam": (T.RAdam, [
        ("radam", dict(lr=0.02)),
        ("radam_weight_decay", dict(lr=0.02, betas=[0.8, 0.95], weight_decay=0.1)),
        ("radam_decoupled", dict(lr=0.02, weight_decay=0.1, decoupled_weight_decay=True, maximize=True))]),
    "rmsprop": (T.RMSprop, [
        ("rmsprop", dict(lr=0.01)),
        ("rmsprop_centered", dict(lr=0.01, centered=True, alpha=0.9)),
        ("rmsprop_momentum", dict(lr=0.01, momentum=0.9)),
        ("rmsprop_maximize", dict(lr=0.01, maximize=True)),
        ("rmsprop_all", dict(lr=0.01, momentum=0.5, centered=True, weight_decay=0.05, eps=1e-6))]),
    "adagrad": (T.Adagrad, [
        ("adagrad", dict(lr=0.1)),
        ("adagrad_lr_decay", dict(lr=0.1, lr_decay=0.1)),
        ("adagrad_maximize", dict(lr=0.1, maximize=True)),
        ("adagrad_all", dict(lr=0.1, lr_decay=0.01, weight_decay=0.05, initial_accumulator_value=0.1))]),
    "adadelta": (T.Adadelta, [
        ("adadelta", dict()),
        ("adadelta_all", dict(lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.05, maximize=True))]),
    "rprop": (T.Rprop, [
        ("rprop", dict()),
        ("rprop_all", dict(lr=0.1, etas=[0.4, 1.5], step_sizes=[1e-3, 0.3], maximize=True))]),
    "asgd": (T.ASGD, [
        ("asgd", dict()),
        ("asgd_all", dict(lr=0.1, lambd=0.01, alpha=0.6, t0=5, weight_decay=0.05, maximize=True))]),
    "adafactor": (T.Adafactor, [
        ("adafactor", dict()),
        ("adafactor_all", dict(lr=0.5, beta2_decay=-0.6, eps=[1e-4, 1e-2], d=1.5, weight_decay=0.05, maximize=True))]),
    "muon": (T.Muon, [
        ("muon", dict(lr=0.02)),
        ("muon_all", dict(lr=0.01, weight_decay=0.3, momentum=0.8, nesterov=False, ns_coefficients=[2.0, -1.5, 0.5], ns_steps=3,
                          adjust_lr_fn="match_rms_adamw")),
        ("muon_spectral", dict(lr=0.02, adjust_lr_fn="spectral_unclamped"))]),
    "lion": (Lion, [
        ("lion", dict()),
        ("lion_all", dict(lr=0.01, betas=[0.8, 0.95], weight_decay=0.1, maximize=True))]),
    "lamb": (Lamb, [
        ("lamb", dict()),
        ("lamb_all", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-4, weight_decay=0.1, maximize=True))]),
    "hf_adafactor": (HfAdafactor, [
        ("hf_adafactor", dict()),
        ("hf_adafactor_warmup", dict(warmup_init=True, beta1=0.9)),
        ("hf_adafactor_fixed", dict(lr=0.05, relative_step=False, scale_parameter=False, eps=[1e-6, 1e-3])),
        ("hf_adafactor_all", dict(lr=0.1, relative_step=False, beta1=0.8, decay_rate=-0.6, clip_threshold=0.5,
                                  weight_decay=0.1, maximize=True))]),
}


def shapes_of(make):
    return MATRICES if make is T.Muon else SHAPES


def gradient(name, shape, step, dtype):
    """Of mixed size, and every fourth step with zeros in part of it."""
    g = uniform(f"optim.grad{step}.{name}", shape, -1, 1, dtype) * (10.0 if step % 5 == 0 else 1.0)
    if step % 4 == 0:
        g[0] = 0
    return g.astype("float32" if dtype == "f32" else "float64")


def run(make, options, dtype):
    kind = torch.float32 if dtype == "f32" else torch.float64
    torch.set_default_dtype(kind)  # the type of the numbers that some optimizers keep
    params = {n: torch.from_numpy(uniform(f"optim.init.{n}", s, -1, 1, dtype)).to(kind).requires_grad_()
              for n, s in shapes_of(make).items()}
    opt = make(list(params.values()), **({} if make in (T.Muon, T.SparseAdam) else {"foreach": False}), **options)
    kept = {}
    for step in range(1, STEPS + 1):
        for name, p in params.items():
            g = torch.from_numpy(gradient(name, tuple(p.shape), step, dtype))
            p.grad = g.to_sparse(1) if make is T.SparseAdam else g
        opt.step()
        if step in KEPT:
            kept.update({f"step{step}.{n}": array(p) for n, p in params.items()})
    torch.set_default_dtype(torch.float32)
    return kept


def all_options(make, options):
    defaults = make.defaults if issubclass(make, Formula) else make([torch.zeros(1, 1)]).defaults
    kinds = (bool, int, float, str, tuple, list, type(None))
    ignored = ("foreach", "capturable", "differentiable", "fused")
    return {k: v for k, v in {**defaults, **options}.items() if k not in ignored and isinstance(v, kinds)}


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def lbfgs(out):
    start = uniform("optim.lbfgs", (4,), -1.5, 1.5, "f64")
    tensors, cases = {"init": start}, []
    for name, options in [("fixed", dict(lr=0.1, max_iter=3)),
                          ("short_history", dict(lr=0.05, max_iter=4, history_size=2)),
                          ("strong_wolfe", dict(max_iter=2, line_search_fn="strong_wolfe")),
                          ("strong_wolfe_long", dict(lr=0.5, max_iter=6, max_eval=5, history_size=3,
                                                     line_search_fn="strong_wolfe"))]:
        x = torch.from_numpy(start.copy()).requires_grad_()
        opt = T.LBFGS([x], **options)

        def closure():
            opt.zero_grad()
            loss = rosenbrock(x)
            loss.backward()
            return loss

        losses = []
        for step in range(1, STEPS + 1):
            losses.append(opt.step(closure).item())
            if step in KEPT:
                tensors[f"{name}.step{step}"] = array(x)
        tensors[f"{name}.losses"] = np.array(losses)
        defaults = {k: v for k, v in opt.defaults.items() if isinstance(v, (bool, int, float, str, type(None)))}
        cases.append({"name": name, "options": defaults})
    out.write("lbfgs", tensors, cases=cases, steps=list(KEPT))


def main():
    setup()
    out = Output("optim.py", "optim")
    for file, (make, rows) in OPTIMIZERS.items():
        cases, tensors = [], {}
        for dtype in ("f32", "f64"):
            tensors.update({f"{dtype}.init.{n}": uniform(f"optim.init.{n}", s, -1, 1, dtype)
                            for n, s in shapes_of(make).items()})
            for step in range(1, STEPS + 1):
                tensors.update({f"{dtype}.grad{step}.{n}": gradient(n, s, step, dtype)
                                for n, s in shapes_of(make).items()})
            for name, options in rows:
                case = name if dtype == "f32" else name + "_f64"
                tensors.update({f"{case}.{k}": v for k, v in run(make, options, dtype).items()})
                cases.append({"name": case, "optimizer": make.__name__, "dtype": dtype,
                              "options": all_options(make, options)})
        out.write(file, tensors, cases=cases, steps=list(KEPT))
    lbfgs(out)
    out.close()


if __name__ == "__main__":
    main()
