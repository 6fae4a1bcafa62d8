#!/usr/bin/env python3
"""Golden values and gradients of reading and writing at positions: writes tests/golden/ops/{gather,scatter,masked,
indexing,assignment}.safetensors.

Usage: ops_index.py [--check]

What an index means is NumPy's word (PyTorch has no negative steps, and puts the axes of tensors beside a position
elsewhere): NumPy indexes the positions 0, 1, 2, ..., PyTorch reads or writes at them, which gives the gradients. Of
several writes to one place the last stands.
"""
import random

import numpy as np
import torch
import torch.nn.functional as F

from golden import Output, setup
from operations import OPS, B, Family, I, U, V


def numpy_index(items, tensors):
    """The items of a case as NumPy wants them: a number, [start, stop, step], "new", "..." or {"input": i}."""
    index = []
    for item in items:
        if isinstance(item, dict):
            index.append(tensors[item["input"]].numpy())
        elif isinstance(item, list):
            index.append(slice(*item))
        else:
            index.append({"new": None, "...": Ellipsis}.get(item, item) if isinstance(item, str) else item)
    return tuple(index)


def places(a, xs):
    """Flat positions in the first input that an index names."""
    x = xs[0]
    return torch.from_numpy(np.array(np.arange(x.numel()).reshape(x.shape)[numpy_index(a["items"], xs)], np.int64))


def written(x, at, values):
    """Values at flat positions; of several the last stands."""
    writer = torch.full((x.numel(),), -1, dtype=torch.int64)
    for j, place in enumerate(at.reshape(-1).tolist()):
        writer[place] = j
    flat = values.reshape(-1)
    if flat.numel() == 0:
        return x.clone()
    return torch.where(writer < 0, x.reshape(-1), flat[writer.clamp(min=0)]).reshape(x.shape)


def index(a, x, *rest):
    return x.reshape(-1)[places(a, (x, *rest))]


def index_put(a, x, *rest):
    *tensors, values = rest
    at = places(a, (x, *tensors))
    while values.dim() > at.dim() and values.shape[0] == 1:
        values = values[0]
    values = values.expand(at.shape)
    if a.get("accumulate"):
        return x.reshape(-1).index_add(0, at.reshape(-1), values.reshape(-1)).reshape(x.shape)
    return written(x, at, values)


def scatter(a, x, at, src):
    if not isinstance(src, torch.Tensor):
        src = torch.full(at.shape, src, dtype=x.dtype)
    lines = [torch.arange(n).reshape([-1 if i == axis else 1 for i in range(at.dim())])
             for axis, n in enumerate(at.shape)]
    lines[a["axis"]] = at
    strides = [int(np.prod(x.shape[i + 1:], dtype=np.int64)) for i in range(x.dim())]
    flat = sum(line * stride for line, stride in zip(lines, strides))
    return written(x, flat.expand(at.shape), src[tuple(slice(n) for n in at.shape)])


def index_copy(a, x, at, src):
    shape = [-1 if i == a["axis"] % x.dim() else 1 for i in range(x.dim())]
    return scatter({"axis": a["axis"] % x.dim()}, x, at.reshape(shape).expand(src.shape), src)


OPS.update({
    "index": index,
    "index_put": index_put,
    "take": lambda a, x, at: torch.take(x, at),
    "put": lambda a, x, at, src: (torch.put(x, at, src, accumulate=True) if a["accumulate"] else
                                  written(x, torch.where(at < 0, at + x.numel(), at), src)),
    "scatter": scatter,
    "scatter_add": lambda a, x, at, src: torch.scatter_add(x, a["axis"], at, src),
    "scatter_reduce": lambda a, x, at, src: torch.scatter_reduce(  # its gradient needs a source of the index's size
        x, a["axis"], at, src[tuple(slice(n) for n in at.shape)], a["reduce"], include_self=a["include_self"]),
    "index_add": lambda a, x, at, src: torch.index_add(x, a["axis"], at, src, alpha=a.get("alpha", 1)),
    "index_copy": index_copy,
    "index_reduce": lambda a, x, at, src: torch.index_reduce(x, a["axis"], at, src, a["reduce"],
                                                             include_self=a["include_self"]),
    "select_scatter": lambda a, x, src: torch.select_scatter(x, src, a["axis"], a["index"]),
    "slice_scatter": lambda a, x, src: torch.slice_scatter(x, src, a["axis"], *a["range"]),
    "diagonal_scatter": lambda a, x, src: torch.diagonal_scatter(x, src, a["offset"], *a["axes"]),
    "unravel_index": lambda a, at: torch.unravel_index(at, a["shape"]),
    "index_fill": lambda a, x, at: torch.index_fill(x, a["axis"], at, a["value"]),
    "masked_fill": lambda a, x, mask, *v: torch.masked_fill(x, mask, *(v or (a["value"],))),
    "masked_select": lambda a, x, mask: torch.masked_select(x, mask),
    "masked_scatter": lambda a, x, mask, src: torch.masked_scatter(x, mask, src),
    "nonzero": lambda a, x: torch.nonzero(x),
    "where_positions": lambda a, x: torch.where(x),
})


def gather():
    f = Family()
    f.add("take", "take", U(3, 4), I(2, 5, low=-12, high=12), f64=True)
    f.add("take_scalar", "take", U(3, 4), V(-1, "i64"))
    f.add("take_empty", "take", U(3), V([], "i64"))
    f.add("take_i64", "take", U(3, 4), I(7, high=12), dtype="i64")
    for rank in range(1, 5):
        size = (4, 3, 2, 3)[:rank]
        for axis in range(-rank, rank):
            name = f"rank{rank}_{axis}".replace("-", "minus_")
            longer = tuple(n + 2 if i == axis % rank else max(1, n - 1) for i, n in enumerate(size))
            f.add("gather_" + name, "gather", U(*size), I(*longer, high=size[axis]), axis=axis)
            f.add("index_select_" + name, "index_select", U(*size), I(5, high=size[axis]), axis=axis)
    return f


def scatter_family():
    f = Family()
    for rank in range(1, 4):
        size = (4, 3, 5)[:rank]
        for axis in range(rank):
            n = tuple(n + 3 if i == axis else max(1, n - 1) for i, n in enumerate(size))
            name = f"rank{rank}_{axis}"
            f.add("scatter_" + name, "scatter", U(*size), I(*n, high=size[axis]), U(*n), axis=axis)
            f.add("scatter_add_" + name, "scatter_add", U(*size), I(*n, high=size[axis]), U(*n), axis=axis, f64=True)
            source = tuple(6 if i == axis else k for i, k in enumerate(size))
            at = I(6, high=size[axis])
            f.add("index_add_" + name, "index_add", U(*size), at, U(*source), axis=axis)
            f.add("index_copy_" + name, "index_copy", U(*size), at, U(*source), axis=axis)
            f.add("index_fill_" + name, "index_fill", U(*size), I(2, low=-size[axis], high=size[axis]), axis=axis,
                  value=1.5)
    for reduce in ("prod", "mean", "amax", "amin"):
        for own in (True, False):
            name = f"index_reduce_{reduce}_{'with' if own else 'without'}_self"
            f.add(name, "index_reduce", U(2, 4, 3), I(6, high=4), U(2, 6, 3), axis=1, reduce=reduce, include_self=own)
    for reduce in ("sum", "prod", "mean", "amax", "amin"):
        for own in (True, False):
            name = f"scatter_reduce_{reduce}_{'with' if own else 'without'}_self"
            f.add(name, "scatter_reduce", U(4, 3), I(3, 5, high=3), U(3, 5), axis=1, reduce=reduce, include_self=own,
                  f64=True)
            f.add(name + "_axis0", "scatter_reduce", U(5, 3), I(4, 2, high=5), U(5, 3), axis=0, reduce=reduce,
                  include_self=own)
            f.add(name + "_vector", "scatter_reduce", U(6), I(20, high=5), U(20), axis=-1, reduce=reduce,
                  include_self=own)
            f.add(name + "_i64", "scatter_reduce", U(6), I(15, high=5), U(15), axis=0, reduce=reduce, include_self=own,
                  dtype="i64")
            ties = V([1, 2, 3]), V([0, 0, 1, 1, 1, 2], "i64"), V([1, 1, 3, 3, 0, 2])
            # Without x's own elements PyTorch still lets those that equal the result share a tie's gradient.
            f.add(name + "_ties", "scatter_reduce", *ties, axis=0, reduce=reduce, include_self=own,
                  grad=own or reduce not in ("amax", "amin"))
            f.add(name + "_nan", "scatter_reduce", V([1, float("nan"), 3]), V([0, 0, 1, 2], "i64"),
                  V([float("nan"), 1, 2, float("inf")]), axis=0, reduce=reduce, include_self=own, grad=False)
    for own in (True, False):
        zeros = V([2, 0, 3, 1]), V([0, 0, 1, 1, 2, 2, 2], "i64"), V([0, 3, 0, 2, 0, 0, 5])
        f.add(f"scatter_reduce_prod_zeros_{own}", "scatter_reduce", *zeros, axis=0, reduce="prod", include_self=own)
    f.add("index_add_alpha", "index_add", U(4, 2), I(5, high=4), U(5, 2), axis=0, alpha=-0.5)
    f.add("index_add_i64", "index_add", U(4, 2), I(5, high=4), U(5, 2), axis=0, alpha=3, dtype="i64")
    for accumulate in (False, True):
        name = f"put_{accumulate}"
        f.add(name, "put", U(2, 4), I(2, 5, low=-8, high=8), U(2, 5), accumulate=accumulate, f64=True)
        f.add(name + "_i64", "put", U(2, 4), I(6, high=8), U(6), accumulate=accumulate, dtype="i64")
    return f


def masked():
    f = Family()
    f.add("masked_fill", "masked_fill", U(3, 4), B(3, 4), value=-1.5, f64=True)
    f.add("masked_fill_broadcast", "masked_fill", U(3, 4), B(4), U())
    f.add("masked_fill_column", "masked_fill", U(3, 4), B(3, 1), value=0.0)
    f.add("masked_fill_i64", "masked_fill", U(3, 4), B(3, 4), value=7, dtype="i64")
    f.add("masked_select", "masked_select", U(3, 4), B(3, 4), f64=True)
    f.add("masked_select_broadcast", "masked_select", U(3, 1), B(4))
    f.add("masked_select_none", "masked_select", U(3), V([False] * 3, "bool"))
    f.add("masked_scatter", "masked_scatter", U(3, 4), B(3, 4), U(12), f64=True)
    f.add("masked_scatter_rows", "masked_scatter", U(3, 4), B(4), U(5, 3))
    for rank in range(0, 5):
        size = (3, 4, 2, 3)[:rank]
        f.add(f"nonzero_{rank}", "nonzero", B(*size))
        f.add(f"nonzero_i64_{rank}", "nonzero", I(*size, low=-1, high=2))
        f.add(f"where_positions_{rank}", "where_positions", B(*size))
    f.add("nonzero_special", "nonzero", V([0.0, -0.0, float("nan"), 1e-40, -2.0]))
    f.add("nonzero_empty", "nonzero", U(2, 0, 3), grad=False)
    f.add("select_scatter", "select_scatter", U(3, 4, 2), U(3, 2), axis=1, index=-2, f64=True)
    f.add("slice_scatter", "slice_scatter", U(2, 7), U(2, 2), axis=1, range=[1, -2, 2])
    f.add("diagonal_scatter", "diagonal_scatter", U(3, 4), U(3), offset=0, axes=[0, 1], f64=True)
    f.add("diagonal_scatter_above", "diagonal_scatter", U(5, 2, 3), U(2, 3), offset=2, axes=[-1, 0])
    f.add("diagonal_scatter_below", "diagonal_scatter", U(2, 4, 3), U(2, 3), offset=-1, axes=[1, 2])
    f.add("unravel_index", "unravel_index", I(2, 5, high=60), shape=[3, 4, 5])
    return f


# ---- indexing: rows by hand, and many by lot ------------------------------------------------------------------------
def tensor(i):
    return {"input": i}


BY_HAND = [
    ("position", (3, 5), [1], []),
    ("position_negative", (3, 5), [-1, -2], []),
    ("range", (6, 3), [[1, 4, None]], []),
    ("range_step", (2, 9), ["...", [1, None, 3]], []),
    ("range_back", (7,), [[None, None, -1]], []),
    ("range_back_step", (2, 7), [[None, None, None], [5, 0, -2]], []),
    ("range_outside", (4,), [[-99, 99, None]], []),
    ("range_empty", (4, 2), [[3, 1, None]], []),
    ("range_back_outside", (4,), [[99, -99, -3]], []),
    ("new_axes", (2, 3), ["new", [None, None, None], "new", 1, "new"], []),
    ("ellipsis_middle", (2, 3, 4, 2), [0, "...", 1], []),
    ("ellipsis_empty", (2, 3), [0, "...", 1], []),
    ("scalar", (), ["..."], []),
    ("scalar_new", (), ["new"], []),
    ("tensor", (5, 3), [tensor(1)], [I(4, low=-5, high=5)]),
    ("tensor_matrix", (5, 3), [tensor(1)], [I(2, 3, high=5)]),
    ("tensor_scalar", (5, 3), [tensor(1)], [V(2, "i64")]),
    ("tensor_empty", (5, 3), [tensor(1)], [V([], "i64")]),
    ("tensor_last", (2, 3, 4), ["...", tensor(1)], [I(5, low=-4, high=4)]),
    ("tensors", (4, 3, 2), [tensor(1), tensor(2)], [I(5, high=4), I(5, high=3)]),
    ("tensors_grid", (4, 3), [tensor(1), tensor(2)], [I(3, 1, high=4), I(2, high=3)]),
    ("tensors_apart", (4, 3, 5), [tensor(1), [None, None, -1], tensor(2)], [I(2, high=4), I(2, high=5)]),
    ("tensors_middle", (2, 4, 3, 2), [[None, None, None], tensor(1), tensor(2)], [I(5, high=4), I(5, high=3)]),
    ("tensors_new_between", (4, 3), [tensor(1), "new", tensor(2)], [I(2, high=4), I(2, high=3)]),
    ("position_tensor", (4, 3, 5), [1, tensor(1)], [I(4, high=3)]),
    ("position_range_tensor", (4, 3, 5), [1, [None, None, None], tensor(1)], [I(2, high=5)]),
    ("range_position_tensor", (4, 3, 5), [[1, 3, None], 1, tensor(1)], [I(2, high=5)]),
    ("tensor_position", (4, 3, 5), [[None, None, 2], tensor(1), -1], [I(2, 2, high=3)]),
    ("mask", (4, 3), [tensor(1)], [V([True, False, True, True], "bool")]),
    ("mask_all_axes", (3, 4), [tensor(1)], [B(3, 4)]),
    ("mask_two_axes", (2, 3, 4), [[None, None, None], tensor(1)], [B(3, 4)]),
    ("mask_front", (3, 4, 2), [tensor(1), 1], [B(3, 4)]),
    ("mask_tensor", (4, 5), [tensor(1), tensor(2)], [V([True, False, True, True], "bool"), I(3, high=5)]),
    ("mask_none", (3,), [tensor(1)], [V([False] * 3, "bool")]),
    ("mask_scalar", (2, 3), [tensor(1)], [V(True, "bool")]),
    ("mask_scalar_false", (2, 3), [tensor(1)], [V(False, "bool")]),
    ("mask_range", (4, 6), [tensor(1), [None, None, -2]], [B(4)]),
]


def by_lot(number):
    """A random index of a random shape, from its number alone."""
    r = random.Random(number)
    shape = [r.choice((1, 2, 3, 4, 5)) for _ in range(r.choice((1, 2, 2, 3, 3, 4)))]
    common = r.choice([(3,), (2, 2), (1,), (2,), ()])
    items, tensors, axis, ellipsis = [], [], 0, False
    while axis < len(shape):
        n, kind = shape[axis], r.random()
        if kind < 0.12:
            items.append("new")
            continue
        if kind < 0.2 and not ellipsis:
            items.append("...")
            ellipsis = True
            break
        if kind < 0.35:
            items.append(r.randrange(-n, n))
        elif kind < 0.65:
            end = lambda: r.choice((None, r.randrange(-n - 2, n + 3)))
            items.append([end(), end(), r.choice((None, 1, 2, -1, -2, 3, -3))])
        elif kind < 0.95:
            size = [k if r.random() < 0.8 else 1 for k in common][r.choice((0, 0, 1)) * (len(common) > 1):]
            tensors.append(I(*size, low=-n, high=n))
            items.append(tensor(len(tensors)))
        else:
            break
        axis += 1
    return shape, items, tensors


def rows():
    """Name, shape, items and makers of the items' tensors."""
    return list(BY_HAND) + [(f"lot{i}", *by_lot(i)) for i in range(70)]


def indexing():
    f = Family()
    for name, shape, items, tensors in rows():
        f.add("index_" + name, "index", U(*shape), *tensors, items=items, f64=name == "tensors")
    return f


def assignment():
    f = Family()
    for name, shape, items, tensors in rows():
        def size(prefix):  # of what the case names; its masks depend on its name
            arrays = [torch.from_numpy(np.array(make(f"{prefix}{name}.in{i + 1}", "f32")))
                      for i, make in enumerate(tensors)]
            return tuple(places({"items": items}, [torch.zeros(shape), *arrays]).shape)
        value = size("put_") if len(name) % 3 else size("put_")[-1:]
        f.add("put_" + name, "index_put", U(*shape), *tensors, U(*value), items=items)
        if len(name) % 2:
            f.add("add_" + name, "index_put", U(*shape), *tensors, U(*size("add_")), items=items, accumulate=True)
    f.add("put_number", "index_put", U(3, 4), U(), items=[1])
    f.add("put_wider", "index_put", U(3, 4), U(1, 1, 4), items=[[None, None, -1]])
    f.add("put_i64", "index_put", U(5), I(3, high=5), I(3, high=9), items=[tensor(1)], dtype="i64")
    return f


def main():
    setup()
    out = Output("ops_index.py", "ops")
    for name, make in (("gather", gather), ("scatter", scatter_family), ("masked", masked), ("indexing", indexing),
                       ("assignment", assignment)):
        family = make()
        out.write(name, family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
