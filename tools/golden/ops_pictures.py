#!/usr/bin/env python3
"""Golden values and gradients of what is done to pictures, signals and volumes, from PyTorch: writes
tests/golden/ops/{pooling,adaptive_pooling,interpolate,grid_sample}.safetensors.

Usage: ops_pictures.py [--check]
"""
import torch
import torch.nn.functional as F

from golden import Output, setup
from operations import NAN, OPS, Family, U, V

for n in (1, 2, 3):
    OPS.update({
        f"max_pool{n}d": lambda a, x, fn=getattr(F, f"max_pool{n}d"): fn(x, **a),
        f"max_pool{n}d_with_indices": lambda a, x, fn=getattr(F, f"max_pool{n}d"): fn(x, **a, return_indices=True),
        f"avg_pool{n}d": lambda a, x, fn=getattr(F, f"avg_pool{n}d"): fn(x, **a),
        f"lp_pool{n}d": lambda a, x, fn=getattr(F, f"lp_pool{n}d"): fn(x, **a),
        f"adaptive_avg_pool{n}d": lambda a, x, fn=getattr(F, f"adaptive_avg_pool{n}d"):
            fn(x, tuple(a["output_size"])),
        f"adaptive_max_pool{n}d_with_indices":
            lambda a, x, fn=getattr(F, f"adaptive_max_pool{n}d"): fn(x, tuple(a["output_size"]), return_indices=True),
        f"max_unpool{n}d": lambda a, x, i, fn=getattr(F, f"max_unpool{n}d"): fn(x, i, **a),
    })
OPS["interpolate"] = lambda a, x: F.interpolate(x, **{k: v.replace("_", "-") if k == "mode" else v for k, v in a.items()})
OPS["grid_sample"] = lambda a, x, grid: F.grid_sample(x, grid, **a)
OPS["affine_grid"] = lambda a, theta: F.affine_grid(theta, **a)

SHAPES = {1: (2, 3, 11), 2: (2, 2, 7, 8), 3: (1, 2, 5, 6, 5)}


def pooling():
    f = Family()
    rows = [("", dict(kernel_size=2)), ("_stride", dict(kernel_size=3, stride=2)), ("_one", dict(kernel_size=3, stride=1)),
            ("_padding", dict(kernel_size=3, stride=2, padding=1)), ("_ceil", dict(kernel_size=3, stride=2, ceil_mode=True)),
            ("_far", dict(kernel_size=2, stride=3)),
            ("_all", dict(kernel_size=3, stride=3, padding=1, ceil_mode=True))]
    for n, shape in SHAPES.items():
        for suffix, a in rows:
            f.add(f"max_pool{n}d{suffix}", f"max_pool{n}d_with_indices", U(*shape), f64=suffix == "_all" and n == 2, **a)
            f.add(f"avg_pool{n}d{suffix}", f"avg_pool{n}d", U(*shape), f64=suffix == "_all" and n == 2, **a)
            if suffix in ("_padding", "_all"):
                f.add(f"avg_pool{n}d{suffix}_inside", f"avg_pool{n}d", U(*shape), count_include_pad=False, **a)
        f.add(f"max_pool{n}d_dilated", f"max_pool{n}d_with_indices", U(*shape), kernel_size=2, stride=1, dilation=2)
        f.add(f"max_pool{n}d_dilated_padded", f"max_pool{n}d_with_indices", U(*shape), kernel_size=3, stride=2, dilation=2,
              padding=1, ceil_mode=True)
        f.add(f"max_pool{n}d_single", f"max_pool{n}d_with_indices", U(*shape[1:]), kernel_size=2)
        f.add(f"max_pool{n}d_alone", f"max_pool{n}d", U(*shape), kernel_size=3, stride=2, padding=1)
        f.add(f"avg_pool{n}d_single", f"avg_pool{n}d", U(*shape[1:]), kernel_size=2)
        f.add(f"lp_pool{n}d", f"lp_pool{n}d", U(*shape, low=0.1), norm_type=2, kernel_size=2, f64=n == 2)
        f.add(f"lp_pool{n}d_ceil", f"lp_pool{n}d", U(*shape, low=0.1), norm_type=3, kernel_size=3, stride=2, ceil_mode=True)
    f.add("max_pool2d_pairs", "max_pool2d_with_indices", U(2, 2, 7, 8), kernel_size=[2, 3], stride=[1, 2], padding=[0, 1],
          dilation=[2, 1])
    f.add("avg_pool2d_pairs", "avg_pool2d", U(2, 2, 7, 8), kernel_size=[2, 3], stride=[1, 2], padding=[0, 1])
    for n in (2, 3):
        f.add(f"avg_pool{n}d_divisor", f"avg_pool{n}d", U(*SHAPES[n]), kernel_size=2, divisor_override=3)
    same = [1, 1, 1, NAN, 1, 2, NAN, 2, 0, 0, -1, 0, 0, 0, NAN, 5, NAN, NAN, 0, 0, 2, 2, 2, 2, 0]
    f.add("max_pool2d_equals", "max_pool2d_with_indices", V([[[same[:5], same[5:10], same[10:15], same[15:20], same[20:]]]]),
          kernel_size=3, stride=1, grad=False)
    f.add("max_pool2d_i64", "max_pool2d_with_indices", U(2, 5, 5), kernel_size=2, dtype="i64")
    f.add("lp_pool1d_root", "lp_pool1d", U(2, 3, 8, low=0.2), norm_type=1.5, kernel_size=3, stride=1)
    return f


def adaptive():
    f = Family()
    for n, shape in SHAPES.items():
        for suffix, size in (("", 3), ("_one", 1), ("_more", 9), ("_same", None)):
            if size is None and n == 1:
                continue
            for op in (f"adaptive_avg_pool{n}d", f"adaptive_max_pool{n}d_with_indices"):
                f.add(op + suffix, op, U(*shape), f64=n == 2 and not suffix, output_size=[size] * n)
    f.add("adaptive_avg_pool2d_pairs", "adaptive_avg_pool2d", U(2, 7, 5), output_size=[4, 2])
    f.add("adaptive_max_pool2d_pairs", "adaptive_max_pool2d_with_indices", U(2, 7, 5), output_size=[4, None])
    places = {1: [[[1, 2, 5], [0, 3, 4]]], 2: [[[[0, 7], [9, 14]]]], 3: [[[[[0, 1], [6, 7]]]]]}
    for n, at in places.items():
        shape = torch.tensor(at).shape
        f.add(f"max_unpool{n}d", f"max_unpool{n}d", U(*shape), V(at, "i64"), kernel_size=2, f64=n == 2)
    f.add("max_unpool2d_size", "max_unpool2d", U(1, 1, 2, 2), V(places[2], "i64"), kernel_size=2, output_size=[5, 5])
    f.add("max_unpool2d_padded", "max_unpool2d", U(1, 1, 2, 2), V([[[[0, 2], [4, 8]]]], "i64"), kernel_size=3, stride=2,
          padding=1)
    f.add("max_unpool1d_single", "max_unpool1d", U(2, 3), V(places[1][0], "i64"), kernel_size=2, stride=2)
    return f


def interpolate():
    f = Family()
    shapes = {1: (1, 2, 7), 2: (1, 2, 4, 5), 3: (1, 1, 3, 4, 3)}
    modes = {1: ["nearest", "nearest_exact", "area", "linear"], 2: ["nearest", "nearest_exact", "area", "bilinear", "bicubic"],
             3: ["nearest", "nearest_exact", "area", "trilinear"]}
    sizes = [("double", dict(scale_factor=2)), ("grow", dict(size=7)), ("shrink", dict(size=3)), ("one", dict(size=1)),
             ("factor", dict(scale_factor=1.7)), ("small_factor", dict(scale_factor=0.45)),
             ("recomputed", dict(scale_factor=1.7, recompute_scale_factor=True))]
    for n, shape in shapes.items():
        for mode in modes[n]:
            smooth = mode.endswith(("linear", "cubic"))
            for suffix, a in sizes:
                for corners in (None, True) if smooth else (None,):
                    name = f"{mode}{n}d_{suffix}" + ("_corners" if corners else "")
                    f.add(name, "interpolate", U(*shape), f64=suffix == "factor" and n == 2, mode=mode, **a,
                          **({"align_corners": True} if corners else {}))
    for mode in ("bilinear", "bicubic"):
        for suffix, a in (("shrink", dict(size=[2, 3])), ("grow", dict(size=[6, 9])), ("factor", dict(scale_factor=0.6)),
                          ("mixed", dict(size=[3, 9]))):
            f.add(f"{mode}_smooth_{suffix}", "interpolate", U(1, 2, 5, 7), f64=suffix == "shrink", mode=mode, antialias=True,
                  **a)
    f.add("bilinear_smooth_corners", "interpolate", U(1, 2, 5, 7), mode="bilinear", antialias=True, align_corners=True,
          size=[3, 4])
    f.add("bilinear_pairs", "interpolate", U(1, 2, 5, 7), mode="bilinear", scale_factor=[0.5, 2.5])
    f.add("nearest_same", "interpolate", U(1, 2, 4), mode="nearest", size=4)
    return f


def grids():
    f = Family()
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (False, True):
                name = f"grid_{mode}_{padding}" + ("_corners" if corners else "")
                a = dict(mode=mode, padding_mode=padding, align_corners=corners)
                f.add(name, "grid_sample", U(2, 2, 4, 5), U(2, 3, 3, 2, low=-2.2, high=2.2), f64=True, **a)
                if mode != "bicubic":
                    f.add(name + "_3d", "grid_sample", U(1, 2, 3, 4, 3), U(1, 2, 2, 3, 3, low=-1.6, high=1.6), f64=True, **a)
    f.add("grid_single", "grid_sample", U(1, 1, 1, 1), U(1, 2, 2, 2), padding_mode="reflection", align_corners=True)
    for corners in (False, True):
        suffix = "_corners" if corners else ""
        f.add("affine_grid" + suffix, "affine_grid", U(2, 2, 3), size=[2, 1, 3, 4], align_corners=corners, f64=True)
        f.add("affine_grid_3d" + suffix, "affine_grid", U(1, 3, 4), size=[1, 1, 2, 3, 2], align_corners=corners)
        f.add("affine_grid_flat" + suffix, "affine_grid", U(1, 2, 3), size=[1, 1, 1, 3], align_corners=corners)
    return f


def main():
    setup()
    torch.use_deterministic_algorithms(False)  # which PyTorch lacks of some gradients; on one thread they repeat
    out = Output("ops_pictures.py", "ops")
    for name, make in (("pooling", pooling), ("adaptive_pooling", adaptive), ("interpolate", interpolate),
                       ("grid_sample", grids)):
        f = make()
        out.write(name, f.tensors, cases=f.cases)
    out.close()


if __name__ == "__main__":
    main()
