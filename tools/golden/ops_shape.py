#!/usr/bin/env python3
"""Golden values and gradients of what moves elements, makes tensors and pads, from PyTorch and NumPy: writes
tests/golden/ops/{rearrange,join,windows,creation}.safetensors.

Usage: ops_shape.py [--check]
"""
import numpy as np
import torch
import torch.nn.functional as F

from golden import Output, setup
from operations import OPS, B, Family, I, U, V


def widths(a):
    """{low, high} per axis, first axis first, as F.pad's list."""
    return [n for pair in reversed(a["widths"]) for n in pair]


def pad_mode(a, x):
    """Any number of axes: F.pad takes the non-constant modes only with batch axes in front."""
    if a["mode"] == "constant":
        return F.pad(x, widths(a), value=a.get("value", 0.0))
    k = len(a["widths"])
    lead = x.shape[:x.dim() - k]
    y = F.pad(x.reshape(1, -1, *x.shape[x.dim() - k:]), widths(a), mode=a["mode"])
    return y.reshape(*lead, *y.shape[2:])


def windows(a):
    return {k: tuple(a[k]) for k in ("kernel_size", "dilation", "padding", "stride") if k in a}


KINDS = {"f32": torch.float32, "f64": torch.float64, "i64": torch.int64, "i32": torch.int32, "u8": torch.uint8,
         "bool": torch.bool}
OPS.update({
    "movedim": lambda a, x: torch.movedim(x, a["source"], a["destination"]),
    "swapaxes": lambda a, x: torch.swapaxes(x, a["axis0"], a["axis1"]),
    "fliplr": lambda a, x: torch.fliplr(x),
    "flipud": lambda a, x: torch.flipud(x),
    "rot90": lambda a, x: torch.rot90(x, a["k"], a["axes"]),
    "roll": lambda a, x: torch.roll(x, a["shifts"], a["axes"]) if "axes" in a else torch.roll(x, a["shifts"]),
    "repeat": lambda a, x: x.repeat(a["counts"]),
    "tile": lambda a, x: torch.tile(x, a["counts"]),
    "repeat_interleave": lambda a, x, *r: torch.repeat_interleave(x, *(r or (a["repeats"],)), dim=a.get("axis")),
    "narrow": lambda a, x: torch.narrow(x, a["axis"], a["start"], a["length"]),
    "select": lambda a, x: torch.select(x, a["axis"], a["index"]),
    "unflatten": lambda a, x: torch.unflatten(x, a["axis"], a["extents"]),
    "flatten": lambda a, x: torch.flatten(x, a.get("start", 0), a.get("end", -1)),
    "ravel": lambda a, x: torch.ravel(x),
    "broadcast_to": lambda a, x: torch.broadcast_to(x, a["shape"]),
    "broadcast_tensors": lambda a, *xs: torch.broadcast_tensors(*xs),
    "atleast_1d": lambda a, x: torch.atleast_1d(x),
    "atleast_2d": lambda a, x: torch.atleast_2d(x),
    "atleast_3d": lambda a, x: torch.atleast_3d(x),
    "pixel_shuffle": lambda a, x: F.pixel_shuffle(x, a["factor"]),
    "pixel_unshuffle": lambda a, x: F.pixel_unshuffle(x, a["factor"]),
    "channel_shuffle": lambda a, x: F.channel_shuffle(x, a["groups"]),
    "diagonal": lambda a, x: torch.diagonal(x, a.get("offset", 0), *a.get("axes", (0, 1))),
    "diag_embed": lambda a, x: torch.diag_embed(x, a.get("offset", 0), *a.get("axes", (-2, -1))),
    "diag": lambda a, x: torch.diag(x, a.get("offset", 0)),
    "diagflat": lambda a, x: torch.diagflat(x, a.get("offset", 0)),
    "hstack": lambda a, *xs: torch.hstack(xs),
    "vstack": lambda a, *xs: torch.vstack(xs),
    "dstack": lambda a, *xs: torch.dstack(xs),
    "column_stack": lambda a, *xs: torch.column_stack(xs),
    "split_evenly": lambda a, x: torch.split(x, a["length"], a.get("axis", 0)),
    "chunk": lambda a, x: torch.chunk(x, a["count"], a.get("axis", 0)),
    "tensor_split": lambda a, x: torch.tensor_split(x, a.get("count", a.get("positions")), a.get("axis", 0)),
    "unbind": lambda a, x: torch.unbind(x, a.get("axis", 0)),
    "hsplit": lambda a, x: torch.hsplit(x, a.get("count", a.get("positions"))),
    "vsplit": lambda a, x: torch.vsplit(x, a.get("count", a.get("positions"))),
    "dsplit": lambda a, x: torch.dsplit(x, a.get("count", a.get("positions"))),
    "block_diag": lambda a, *xs: torch.block_diag(*xs),
    "meshgrid": lambda a, *xs: torch.meshgrid(*xs, indexing=a["indexing"]),
    "cartesian_prod": lambda a, *xs: torch.cartesian_prod(*xs),
    "combinations": lambda a, x: torch.combinations(x, a["r"], a.get("with_replacement", False)),
    "pad_mode": pad_mode,
    "unfold": lambda a, x: x.unfold(a["axis"], a["size"], a["step"]),
    "unfold_columns": lambda a, x: F.unfold(x, **windows(a)),
    "fold": lambda a, x: F.fold(x, tuple(a["output_size"]), **windows(a)),
    "arange": lambda a: torch.arange(*a["numbers"], **({"dtype": KINDS[a["kind"]]} if "kind" in a else {})),
    "linspace": lambda a: torch.linspace(a["start"], a["stop"], a["count"], dtype=KINDS[a["kind"]]),
    "logspace": lambda a: torch.logspace(a["start"], a["stop"], a["count"], a.get("base", 10.0),
                                         dtype=KINDS[a["kind"]]),
    "eye": lambda a: torch.eye(a["n"], a["m"], dtype=KINDS[a["kind"]]),
    "tri": lambda a: torch.from_numpy(np.tri(a["n"], a["m"], a["diagonal"], np.float32)),
    "vander": lambda a, x: torch.vander(x, a.get("count"), a.get("increasing", False)),
    "tril_indices": lambda a: torch.tril_indices(a["n"], a["m"], a["offset"]),
    "triu_indices": lambda a: torch.triu_indices(a["n"], a["m"], a["offset"]),
    "cast": lambda a, x: x.to(KINDS[a["kind"]]),
})


def rearrange():
    f = Family()
    f.add("movedim", "movedim", U(2, 3, 4), source=[0], destination=[-1], f64=True)
    f.add("movedim_two", "movedim", U(2, 3, 4, 5), source=[0, -1], destination=[2, 0])
    f.add("movedim_three", "movedim", U(2, 1, 3, 2), source=[3, 0, 1], destination=[1, 0, 3])
    f.add("swapaxes", "swapaxes", U(2, 3, 4), axis0=0, axis1=-1)
    f.add("fliplr", "fliplr", U(2, 3))
    f.add("flipud", "flipud", U(3))
    for k in range(-4, 5):
        f.add(f"rot90_{k}".replace("-", "minus_"), "rot90", U(2, 3), k=k, axes=[0, 1])
    f.add("rot90_axes", "rot90", U(2, 3, 4), k=1, axes=[-1, 0], f64=True)
    f.add("rot90_empty", "rot90", U(0, 3), k=3, axes=[0, 1])
    for shift in (0, 1, -1, 4, 7, -23):
        f.add(f"roll_{shift}".replace("-", "minus_"), "roll", U(7), shifts=[shift], axes=[0])
    f.add("roll_two", "roll", U(3, 5), shifts=[1, -2], axes=[0, -1], f64=True)
    f.add("roll_twice", "roll", U(3, 5), shifts=[1, 1], axes=[1, 1])
    f.add("roll_flat", "roll", U(2, 3, 2), shifts=5)
    f.add("roll_empty", "roll", U(0, 5), shifts=[2], axes=[0])
    f.add("roll_bool", "roll", B(2, 5), shifts=[2], axes=[1])
    f.add("repeat", "repeat", U(2, 3), counts=[2, 3], f64=True)
    f.add("repeat_front", "repeat", U(3), counts=[2, 1, 2])
    f.add("repeat_zero", "repeat", U(2, 3), counts=[0, 2])
    f.add("repeat_scalar", "repeat", U(), counts=[2, 2])
    f.add("repeat_rank8", "repeat", U(1, 2, 1, 2, 1, 1, 2, 1), counts=[2, 1, 2, 1, 1, 2, 1, 2])
    f.add("tile", "tile", U(2, 3), counts=[2], f64=True)
    f.add("tile_more", "tile", U(3), counts=[2, 2])
    f.add("tile_i64", "tile", U(2, 1), counts=[1, 3], dtype="i64")
    f.add("repeat_interleave", "repeat_interleave", U(2, 3), repeats=3, axis=1, f64=True)
    f.add("repeat_interleave_flat", "repeat_interleave", U(2, 3), repeats=2)
    f.add("repeat_interleave_zero", "repeat_interleave", U(2, 3), repeats=0, axis=0)
    f.add("repeat_interleave_each", "repeat_interleave", U(3, 2), V([2, 0, 3], "i64"), axis=0)
    f.add("repeat_interleave_each_last", "repeat_interleave", U(2, 3), V([1, 3, 0], "i64"), axis=-1)
    f.add("repeat_interleave_each_flat", "repeat_interleave", U(4), V([1, 0, 2, 1], "i64"))
    f.add("narrow", "narrow", U(3, 5), axis=1, start=1, length=3, f64=True)
    f.add("narrow_end", "narrow", U(3, 5), axis=-1, start=-2, length=2)
    f.add("narrow_nothing", "narrow", U(3, 5), axis=0, start=3, length=0)
    f.add("select", "select", U(3, 4, 2), axis=1, index=-1, f64=True)
    f.add("select_vector", "select", U(5), axis=0, index=2)
    f.add("unflatten", "unflatten", U(2, 12), axis=1, extents=[3, -1, 2])
    f.add("unflatten_first", "unflatten", U(4, 2), axis=-2, extents=[2, 2])
    f.add("flatten", "flatten", U(2, 3, 4))
    f.add("flatten_part", "flatten", U(2, 3, 4, 2), start=1, end=-2)
    f.add("flatten_scalar", "flatten", U())
    f.add("flatten_empty", "flatten", U(2, 0, 3), start=1)
    f.add("ravel", "ravel", U(2, 3))
    f.add("broadcast_to", "broadcast_to", U(3, 1), shape=[2, 3, 4], f64=True)
    f.add("broadcast_to_empty", "broadcast_to", U(1, 3), shape=[0, 3])
    f.add("broadcast_tensors", "broadcast_tensors", U(3, 1), U(4), U())
    for op in ("atleast_1d", "atleast_2d", "atleast_3d"):
        for rank in range(4):
            f.add(f"{op}_{rank}", op, U(*(2, 3, 4)[:rank]))
    f.add("pixel_shuffle", "pixel_shuffle", U(2, 8, 2, 3), factor=2, f64=True)
    f.add("pixel_shuffle_rank3", "pixel_shuffle", U(9, 2, 2), factor=3)
    f.add("pixel_shuffle_rank5", "pixel_shuffle", U(2, 1, 4, 1, 3), factor=2)
    f.add("pixel_unshuffle", "pixel_unshuffle", U(2, 2, 4, 6), factor=2, f64=True)
    f.add("channel_shuffle", "channel_shuffle", U(2, 6, 2, 2), groups=3, grad=False)
    f.add("channel_shuffle_two", "channel_shuffle", U(1, 4, 3), groups=2, grad=False)
    for offset in (-5, -2, -1, 0, 1, 2, 5):
        suffix = f"_{offset}".replace("-", "minus_")
        f.add("diagonal" + suffix, "diagonal", U(4, 3), offset=offset)
        f.add("diag_embed" + suffix, "diag_embed", U(2, 3), offset=offset)
    f.add("diagonal_axes", "diagonal", U(3, 2, 4), offset=1, axes=[2, 0], f64=True)
    f.add("diagonal_axes_negative", "diagonal", U(2, 3, 2, 3), offset=-1, axes=[-3, -1])
    f.add("diag_embed_axes", "diag_embed", U(2, 3), offset=-1, axes=[0, 2], f64=True)
    f.add("diag_embed_swapped", "diag_embed", U(2, 3), offset=1, axes=[-1, 1])
    f.add("diag_vector", "diag", U(3), offset=1)
    f.add("diag_matrix", "diag", U(3, 4), offset=-1)
    f.add("diagflat", "diagflat", U(2, 2), offset=-2)
    return f


def join():
    f = Family()
    for op in ("hstack", "vstack", "dstack", "column_stack"):
        f.add(op, op, U(2, 3), U(2, 3), f64=op == "hstack")
        f.add(op + "_vectors", op, U(3), U(3), U(3))
        f.add(op + "_scalars", op, U(), U())
    f.add("hstack_lengths", "hstack", U(2), U(3))
    f.add("hstack_widths", "hstack", U(2, 1, 2), U(2, 3, 2))
    f.add("vstack_mixed", "vstack", U(3), U(2, 3))
    f.add("column_stack_mixed", "column_stack", U(3), U(3, 2), U(3))
    for length in (1, 2, 3, 7, 9):
        f.add(f"split_evenly_{length}", "split_evenly", U(7, 2), length=length)
    f.add("split_evenly_last", "split_evenly", U(2, 5), length=2, axis=-1)
    f.add("split_evenly_empty", "split_evenly", U(0, 2), length=2)
    for count in (1, 2, 3, 4, 6, 9):
        f.add(f"chunk_{count}", "chunk", U(7), count=count)
        f.add(f"tensor_split_{count}", "tensor_split", U(7, 2), count=count)
    f.add("chunk_axis", "chunk", U(2, 8, 3), count=3, axis=-2)
    f.add("chunk_empty", "chunk", U(0), count=3)
    f.add("tensor_split_positions", "tensor_split", U(2, 7), positions=[1, 3, 3, -2, 9], axis=1)
    f.add("tensor_split_back", "tensor_split", U(7), positions=[4, 2])
    for op, shape in (("hsplit", (2, 4, 3)), ("vsplit", (4, 3)), ("dsplit", (2, 1, 4))):
        f.add(op, op, U(*shape), count=2)
        f.add(op + "_positions", op, U(*shape), positions=[1, -1])
    f.add("hsplit_vector", "hsplit", U(6), count=3)
    f.add("block_diag", "block_diag", U(2, 3), U(), U(2), U(0, 1), f64=True)
    f.add("unbind", "unbind", U(3, 2), f64=True)
    f.add("unbind_last", "unbind", U(2, 2, 3), axis=-1)
    for order in ("ij", "xy"):
        f.add("meshgrid_" + order, "meshgrid", U(3), U(4), indexing=order)
        f.add(f"meshgrid_{order}_three", "meshgrid", U(3), U(4), U(2), indexing=order)
        f.add(f"meshgrid_{order}_one", "meshgrid", U(3), indexing=order)
        f.add(f"meshgrid_{order}_scalar", "meshgrid", U(), U(2), indexing=order)
    f.add("cartesian_prod", "cartesian_prod", U(2), U(3), U(2))
    f.add("cartesian_prod_one", "cartesian_prod", U(3))
    for r in (1, 2, 3, 5):
        for again in (False, True):
            f.add(f"combinations_{r}_{again}", "combinations", U(4), r=r, with_replacement=again)
    return f


def windows_family():
    f = Family()
    for mode in ("constant", "reflect", "replicate", "circular"):
        f.add("pad_" + mode, "pad_mode", U(2, 3, 5), mode=mode, widths=[[2, 3]], f64=True)
        f.add(f"pad_{mode}_two", "pad_mode", U(2, 3, 4), mode=mode, widths=[[1, 2], [3, 0]])
        f.add(f"pad_{mode}_three", "pad_mode", U(1, 2, 3, 4, 3), mode=mode, widths=[[2, 1], [1, 0], [0, 2]])
        f.add(f"pad_{mode}_nothing", "pad_mode", U(2, 3), mode=mode, widths=[[0, 0]])
    f.add("pad_constant_cut", "pad_mode", U(3, 5), mode="constant", widths=[[-1, 2], [1, -2]], value=1.5)
    f.add("pad_constant_all", "pad_mode", U(2, 2, 2), mode="constant", widths=[[1, 0], [0, 1], [1, 1]], value=-1.0)
    for axis, size, step in ((0, 3, 1), (0, 2, 3), (1, 4, 1), (-1, 1, 2), (1, 2, 2)):
        f.add(f"unfold_{axis}_{size}_{step}".replace("-", "minus_"), "unfold", U(7, 5), axis=axis, size=size, step=step)
    f.add("unfold_middle", "unfold", U(2, 6, 3), axis=1, size=3, step=2, f64=True)
    f.add("unfold_whole", "unfold", U(5), axis=0, size=5, step=1)
    cases = [("", dict(kernel_size=[2, 2])), ("_stride", dict(kernel_size=[2, 3], stride=[2, 1])),
             ("_padding", dict(kernel_size=[3, 3], padding=[1, 2])),
             ("_dilation", dict(kernel_size=[2, 2], dilation=[2, 3])),
             ("_all", dict(kernel_size=[3, 2], dilation=[1, 2], padding=[2, 1], stride=[2, 3]))]
    for suffix, a in cases:
        f.add("unfold_columns" + suffix, "unfold_columns", U(2, 3, 6, 5), f64=suffix == "_all", **a)
        shape = F.unfold(torch.zeros(2, 3, 6, 5), **windows(a)).shape
        f.add("fold" + suffix, "fold", U(*shape), f64=suffix == "_all", output_size=[6, 5], **a)
    f.add("unfold_columns_single", "unfold_columns", U(2, 4, 4), kernel_size=[2, 2])
    f.add("fold_single", "fold", U(8, 9), output_size=[4, 4], kernel_size=[2, 2])
    return f


def creation():
    f = Family()
    rows = [("", [5]), ("_zero", [0]), ("_start", [2, 9]), ("_step", [2, 13, 3]), ("_back", [5, -7, -4]),
            ("_exact", [0, 9, 3]), ("_float", [2.5]), ("_floats", [0.5, 3.0, 0.25]), ("_uneven", [1.0, 2.0, 0.3]),
            ("_floats_back", [1.0, -1.0, -0.4]), ("_large", [100000, 100010])]
    for suffix, numbers in rows:
        f.add("arange" + suffix, "arange", numbers=numbers)
        for kind in ("f64", "i32", "f32", "i64"):
            if kind.startswith("i") and any(n != int(n) for n in numbers):
                continue
            f.add(f"arange{suffix}_{kind}", "arange", numbers=numbers, kind=kind)
    for start, stop, count in ((0, 1, 5), (-3, 2, 7), (5, 1, 4), (2, 9, 1), (1, 2, 0), (0, 10, 2), (-1, 1, 10)):
        for kind in ("f32", "f64", "i64"):
            name = f"{start}_{stop}_{count}_{kind}".replace("-", "minus_")
            f.add("linspace_" + name, "linspace", start=start, stop=stop, count=count, kind=kind)
            if kind != "i64":
                f.add("logspace_" + name, "logspace", start=start, stop=min(stop, 4), count=count, kind=kind)
    f.add("logspace_base", "logspace", start=0, stop=5, count=6, base=2.0, kind="f64")
    for n, m in ((3, 3), (2, 4), (4, 2), (0, 3)):
        for kind in ("f32", "i64", "bool"):
            f.add(f"eye_{n}_{m}_{kind}", "eye", n=n, m=m, kind=kind)
        for k in (-2, 0, 1, 9):
            suffix = f"_{n}_{m}_{k}".replace("-", "minus_")
            f.add("tri" + suffix, "tri", n=n, m=m, diagonal=k)
            f.add("tril_indices" + suffix, "tril_indices", n=n, m=m, offset=k)
            f.add("triu_indices" + suffix, "triu_indices", n=n, m=m, offset=k)
    f.add("vander", "vander", U(4), grad=False, f64=True)  # PyTorch cannot differentiate it
    f.add("vander_three", "vander", U(4), count=3, increasing=True, grad=False)
    f.add("vander_i64", "vander", U(4), count=5, dtype="i64")
    f.add("vander_one", "vander", U(3), count=1, grad=False)
    numbers = V([0.0, -0.0, 0.5, -1.5, 2.75, 100.9, -100.9, 3e9, 127.5])
    for kind in ("f64", "i64", "bool"):
        f.add("cast_f32_" + kind, "cast", numbers, kind=kind, grad=kind == "f64")
    for kind in ("f32", "i32", "u8", "bool"):
        f.add("cast_i64_" + kind, "cast", V([0, 1, -1, 255, 256, -300, 2**31, 2**53 + 1]), dtype="i64", kind=kind)
    return f


def main():
    setup()
    out = Output("ops_shape.py", "ops")
    for name, make in (("rearrange", rearrange), ("join", join), ("windows", windows_family), ("creation", creation)):
        family = make()
        out.write(name, family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
