"""What the scripts of golden operations share: inputs, what an operation's name and attributes mean in PyTorch, and the
cases of one file, which give values and gradients.
"""
import numpy as np
import torch
import torch.nn.functional as F

from golden import NUMPY, array, integers, uniform

INF, NAN = float("inf"), float("nan")


# ---- inputs: each is a function (key, dtype) -> array ---------------------------------------------------------------
def U(*shape, low=-2.0, high=2.0):
    """Uniform values in the dtype of the case (whole numbers where that is an integer type)."""
    def make(key, dtype):
        if dtype in ("i32", "i64"):
            return integers(key, shape, -9, 10, dtype)
        return uniform(key, shape, low, high, dtype)
    return make


def Pos(*shape, low=0.1, high=4.0):
    return U(*shape, low=low, high=high)


def I(*shape, low=0, high):
    return lambda key, dtype: integers(key, shape, low, high)


def B(*shape):
    return lambda key, dtype: integers(key, shape, 0, 2).astype(np.bool_)


def V(values, dtype=None):
    """These very values."""
    return lambda key, case_dtype: np.array(values, NUMPY[dtype or case_dtype])


# ---- the operations: what a name and its attributes mean in PyTorch -----------------------------------------------
def axes_of(a, x):
    return a.get("axes", list(range(x.dim())))


def reduction(fn):
    def run(a, x):
        return fn(x, dim=axes_of(a, x), keepdim=a.get("keepdim", False)) if x.dim() else fn(x)
    return run


def one_by_one(fn):
    """A reduction that PyTorch has for a single axis only."""
    def run(a, x):
        keep = a.get("keepdim", False)
        for axis in sorted((i % x.dim() for i in axes_of(a, x)), reverse=True):
            x = fn(x, dim=axis, keepdim=keep)
        return x
    return run


def arg_reduction(fn):
    return lambda a, x: fn(x, dim=a["axis"], keepdim=a.get("keepdim", False)) if "axis" in a else fn(x)


def logsumexp(a, x):
    return torch.logsumexp(x, dim=axes_of(a, x), keepdim=a.get("keepdim", False))


def variance(fn):
    return lambda a, x: fn(x, dim=axes_of(a, x), correction=a.get("correction", 1), keepdim=a.get("keepdim", False))


def matmul(a, x, y):
    if a.get("transpose_a"):
        x = x.transpose(-1, -2)
    if a.get("transpose_b"):
        y = y.transpose(-1, -2)
    return torch.matmul(x, y)


def loss(fn):
    def run(a, x, target, *weight):
        return fn(x, target, **({"weight": weight[0]} if weight else {}), **a)
    return run


def bce_with_logits(a, x, target, *pos_weight):
    return F.binary_cross_entropy_with_logits(x, target, pos_weight=pos_weight[0] if pos_weight else None, **a)


def batch_norm(a, x, weight, bias, mean, var):
    mean, var = mean.clone(), var.clone()
    y = F.batch_norm(x, mean, var, weight, bias, **a)
    return (y, mean, var) if a["training"] else y


def layer_norm(a, x, *scale):
    return F.layer_norm(x, a["normalized_shape"], *scale, eps=a.get("eps", 1e-5))


def slice_(a, x):
    """x[start:stop:step] with NumPy's meaning of negative numbers and of null, axis by axis."""
    for axis, part in zip(a["axes"], zip(a["starts"], a["stops"], a["steps"])):
        chosen = range(*slice(*part).indices(x.shape[axis]))
        x = x.index_select(axis, torch.tensor(list(chosen), dtype=torch.int64))
    return x


def squeeze(a, x):
    return x.squeeze(tuple(a["axes"])) if "axes" in a else x.squeeze()


def unsqueeze(a, x):
    for axis in a["axes"]:  # one after the other, in this order
        x = x.unsqueeze(axis)
    return x


def pad(a, x):
    flat = [n for pair in reversed(list(zip(a["before"], a["after"]))) for n in pair]
    return F.pad(x, flat, value=a.get("value", 0.0))


OPS = {
    "matmul": matmul,
    "linear": lambda a, x, w, *b: F.linear(x, w, *b),
    "div": lambda a, x, y: torch.true_divide(x, y),
    "where": lambda a, c, x, y: torch.where(c, x, y),
    "clamp": lambda a, x: torch.clamp(x, a.get("min"), a.get("max")),
    "gelu": lambda a, x: F.gelu(x, approximate=a["approximate"]),
    "leaky_relu": lambda a, x: F.leaky_relu(x, a["negative_slope"]),
    "softplus": lambda a, x: F.softplus(x, a.get("beta", 1.0), a.get("threshold", 20.0)),
    "elu": lambda a, x: F.elu(x, a["alpha"]),
    "silu": lambda a, x: F.silu(x),
    "sum": reduction(torch.sum),
    "mean": reduction(torch.mean),
    "max": reduction(torch.amax),  # a tie shares the gradient evenly
    "min": reduction(torch.amin),
    "prod": one_by_one(torch.prod),
    "any": reduction(torch.any),
    "all": reduction(torch.all),
    "var": variance(torch.var),
    "std": variance(torch.std),
    "argmax": arg_reduction(torch.argmax),
    "argmin": arg_reduction(torch.argmin),
    "logsumexp": logsumexp,
    "softmax": lambda a, x: F.softmax(x, a["axis"]),
    "log_softmax": lambda a, x: F.log_softmax(x, a["axis"]),
    "cross_entropy": loss(F.cross_entropy),
    "nll_loss": loss(F.nll_loss),
    "mse_loss": loss(F.mse_loss),
    "l1_loss": loss(F.l1_loss),
    "binary_cross_entropy_with_logits": bce_with_logits,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "embedding": lambda a, index, w: F.embedding(index, w, **a),
    "reshape": lambda a, x: x.reshape(a["shape"]),
    "transpose": lambda a, x: x.transpose(a["axis0"], a["axis1"]),
    "permute": lambda a, x: x.permute(a["axes"]),
    "expand": lambda a, x: x.expand(a["shape"]),
    "flip": lambda a, x: x.flip(a["axes"]),
    "slice": slice_,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "stack": lambda a, *xs: torch.stack(xs, a["axis"]),
    "pad": pad,
    "split": lambda a, x: torch.split(x, a["sizes"], a["axis"]),
    "index_select": lambda a, x, index: x.index_select(a["axis"], index),
    "gather": lambda a, x, index: x.gather(a["axis"], index),
    "take_along_dim": lambda a, x, index: torch.take_along_dim(x, index, a["axis"]),
    "one_hot": lambda a, index: F.one_hot(index, a["num_classes"]),
    "tril": lambda a, x: x.tril(a.get("diagonal", 0)),
    "triu": lambda a, x: x.triu(a.get("diagonal", 0)),
}
PLAIN = """add sub mul pow maximum minimum neg abs sign exp log sqrt rsqrt square reciprocal tanh sigmoid relu erf sin cos
floor eq ne lt le gt ge logical_and logical_or logical_not""".split()
for plain in PLAIN:
    OPS[plain] = lambda a, *xs, fn=getattr(torch, plain): fn(*xs)


class Family:
    """The cases of one file. A case is run when it is added."""

    def __init__(self):
        self.cases, self.tensors = [], {}

    def add(self, name, op, *inputs, dtype="f32", grad=True, fixed=(), f64=False, **attrs):
        """`fixed`: inputs without a gradient; `grad=False`: values only; `f64`: a second case in double precision."""
        arrays = [make(f"{name}.in{i}", dtype) for i, make in enumerate(inputs)]
        xs = [torch.from_numpy(x.copy()) for x in arrays]
        wanted = [i for i, x in enumerate(xs) if grad and x.is_floating_point() and i not in fixed]
        for i in wanted:
            xs[i].requires_grad_(True)
        outs = OPS[op](attrs, *xs)
        outs = list(outs) if isinstance(outs, tuple) else [outs]
        self.tensors.update((f"{name}.in{i}", x) for i, x in enumerate(arrays))
        self.tensors.update((f"{name}.out{i}", array(y)) for i, y in enumerate(outs))
        traced = [i for i, y in enumerate(outs) if y.requires_grad]
        if traced:
            ups = [uniform(f"{name}.grad_out{i}", tuple(outs[i].shape), -1, 1, dtype) for i in traced]
            grads = torch.autograd.grad([outs[i] for i in traced], [xs[i] for i in wanted],
                                        [torch.from_numpy(u) for u in ups], allow_unused=True)
            self.tensors.update((f"{name}.grad_out{i}", u) for i, u in zip(traced, ups))
            self.tensors.update((f"{name}.grad_in{i}", array(g)) for i, g in zip(wanted, grads) if g is not None)
        assert name not in [c["name"] for c in self.cases], name
        self.cases.append({"name": name, "op": op, "attrs": attrs})
        if f64:
            self.add(name + "_f64", op, *inputs, dtype="f64", grad=grad, fixed=fixed, **attrs)
