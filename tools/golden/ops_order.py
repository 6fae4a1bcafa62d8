#!/usr/bin/env python3
"""Golden values and gradients of scans, sorting, statistics, distances and histograms, from PyTorch.

Usage: ops_order.py [--check]

Writes tests/golden/ops/{scan,sort,statistics,distance,histogram,reduce_more}.safetensors in the form of ops.py. Where a
result has values and places, both are outputs; places are left out where PyTorch's choice among equals is its own.
"""
import warnings

import torch
import torch.nn.functional as F

from golden import Output, setup
from operations import INF, NAN, OPS, B, Family, I, Pos, U, V, axes_of

DTYPE = {"f32": torch.float32, "f64": torch.float64, "i32": torch.int32, "i64": torch.int64}


def dtype_of(a):
    return DTYPE[a["as_dtype"]] if "as_dtype" in a else None


def along(fn):
    """A function of one axis, with other attributes under PyTorch's names."""
    def run(a, x, *more):
        rest = {k: v for k, v in a.items() if k not in ("axis", "as_dtype")}
        if "as_dtype" in a:
            rest["dtype"] = dtype_of(a)
        return fn(x, *more, dim=a["axis"], **rest) if "axis" in a else fn(x, *more, **rest)
    return run


def reduce_typed(fn):
    return lambda a, x: fn(x, dim=axes_of(a, x), keepdim=a.get("keepdim", False), dtype=dtype_of(a))


def values_only(fn):
    return lambda a, *xs: along(fn)(a, *xs)[0]


def power(p):
    return float(p) if isinstance(p, str) else p


def unique(fn):
    return lambda a, x: fn(x, return_inverse=True, return_counts=True, **({"dim": a["axis"]} if "axis" in a else {}))


def gradient(a, x, *spacing):
    s = {"spacing": [t if t.dim() else t.item() for t in spacing]} if spacing else {}
    return torch.gradient(x, dim=a["axes"], edge_order=a.get("edge_order", 1), **s)


OPS.update({
    "cumsum": along(torch.cumsum), "cumprod": along(torch.cumprod), "cummax": along(torch.cummax),
    "cummin": along(torch.cummin), "logcumsumexp": along(torch.logcumsumexp),
    "diff": lambda a, x, *ends: torch.diff(x, a.get("n", 1), a.get("axis", -1), *ends),
    "gradient": gradient,
    "trapezoid": lambda a, y, *x: torch.trapezoid(y, *x, dim=a["axis"], **({"dx": a["dx"]} if "dx" in a else {})),
    "cumulative_trapezoid": lambda a, y, *x: torch.cumulative_trapezoid(y, *x, dim=a["axis"]),
    "sort": lambda a, x: torch.sort(x, stable=True, dim=a["axis"], descending=a.get("descending", False)),
    "argsort": lambda a, x: torch.argsort(x, stable=True, dim=a["axis"], descending=a.get("descending", False)),
    "msort": lambda a, x: torch.msort(x),
    "topk": lambda a, x: torch.topk(x, a["k"], a.get("axis", -1), a.get("largest", True)),
    "topk_values": lambda a, x: torch.topk(x, a["k"], a.get("axis", -1), a.get("largest", True))[0],
    "kthvalue": along(torch.kthvalue),
    "searchsorted": lambda a, s, v: torch.searchsorted(s, v, **a),
    "bucketize": lambda a, v, s: torch.bucketize(v, s, **a),
    "isin": lambda a, x, y: torch.isin(x, y, **a),
    "unique": unique(torch.unique), "unique_consecutive": unique(torch.unique_consecutive),
    "median": along(torch.median), "nanmedian": along(torch.nanmedian), "mode_values": values_only(torch.mode),
    "quantile": along(torch.quantile), "nanquantile": along(torch.nanquantile),
    "cov": lambda a, x, *w: torch.cov(x, correction=a.get("correction", 1), **dict(zip(a.get("weights", []), w))),
    "corrcoef": lambda a, x: torch.corrcoef(x),
    "vector_norm": lambda a, x: torch.linalg.vector_norm(x, power(a["p"]), axes_of(a, x), a.get("keepdim", False)),
    "normalize": lambda a, x: F.normalize(x, power(a["p"]), a["axis"]),
    "dist": lambda a, x, y: torch.dist(x, y, power(a["p"])),
    "cosine_similarity": lambda a, x, y: F.cosine_similarity(x, y, a["axis"], a.get("eps", 1e-8)),
    "pairwise_distance": lambda a, x, y: F.pairwise_distance(x, y, power(a["p"]), keepdim=a.get("keepdim", False)),
    "pdist": lambda a, x: torch.nn.functional.pdist(x, power(a["p"])),
    "renorm": lambda a, x: torch.renorm(x, power(a["p"]), a["axis"], a["max_norm"]),
    "bincount": lambda a, x, *w: torch.bincount(x, *w, minlength=a.get("minlength", 0)),
    "histc": lambda a, x: torch.histc(x, **a),
    "histogram": lambda a, x, *w: torch.histogram(x, a["bins"], range=a.get("range"), density=a.get("density", False),
                                                  **({"weight": w[0]} if w else {})),
    "histogramdd": lambda a, x, *w: (lambda r: (r[0], *r[1]))(torch.histogramdd(
        x, a["bins"], range=a.get("range"), density=a.get("density", False), **({"weight": w[0]} if w else {}))),
    "histogram_edges": lambda a, x, edges: torch.histogram(x, edges),
    "sum": reduce_typed(torch.sum), "mean": reduce_typed(torch.mean), "nansum": reduce_typed(torch.nansum),
    "nanmean": reduce_typed(torch.nanmean), "prod": lambda a, x: torch.prod(x, a["axes"][0], dtype=dtype_of(a)),
    "max_with_index": along(torch.max), "min_with_index": along(torch.min),
    "aminmax": along(torch.aminmax),
    "var_mean": lambda a, x: torch.var_mean(x, dim=axes_of(a, x), correction=a.get("correction", 1)),
    "std_mean": lambda a, x: torch.std_mean(x, dim=axes_of(a, x), correction=a.get("correction", 1)),
    "count_nonzero": lambda a, x: torch.count_nonzero(x, dim=axes_of(a, x)),
})


def scan():
    f = Family()
    for op in ("cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"):
        f.add(op, op, U(3, 7), axis=1, f64=True)
        f.add(op + "_axis0", op, U(6, 3), axis=0)
        f.add(op + "_middle", op, U(2, 5, 3), axis=-2)
        f.add(op + "_long", op, U(131), axis=0)
        f.add(op + "_scalar", op, U(), axis=0)
        f.add(op + "_empty", op, U(0, 3), axis=1, grad=False)
        f.add(op + "_special", op, V([[0, INF, 1, -INF, 2], [1, NAN, 3, 2, 1]]), axis=1, grad=False)
    for op in ("cumsum", "cumprod", "cummax", "cummin"):
        f.add(op + "_i64", op, U(4, 5), axis=1, dtype="i64")
        f.add(op + "_i32", op, U(4, 5), axis=0, dtype="i32")
    f.add("cumsum_bool", "cumsum", B(3, 5), axis=1)
    f.add("cumprod_zeros", "cumprod", V([[1, 2, 0, 4, 3], [0, 2, 0, 4, 5], [0, 0, 3, 1, 2]]), axis=1)
    f.add("cummax_ties", "cummax", V([[1, 3, 3, 0, 3], [2, 2, 2, 2, 2]]), axis=1)
    f.add("cummin_ties", "cummin", V([[1, 0, 3, 0, 3], [2, 2, 2, 2, 2]]), axis=1)
    f.add("logcumsumexp_large", "logcumsumexp", V([[1000, 1000.5, 999], [-1000, -1001, -1002]]), axis=1)
    f.add("diff", "diff", U(3, 5), f64=True)
    f.add("diff_twice", "diff", U(6, 3), axis=0, n=2)
    f.add("diff_too_often", "diff", U(2, 3), n=5, grad=False)
    f.add("diff_ends", "diff", U(3, 4), U(3, 1), U(3, 2))
    f.add("diff_bool", "diff", B(3, 5))
    f.add("gradient", "gradient", U(4, 5), axes=[0, 1], f64=True)
    f.add("gradient_second", "gradient", U(4, 5), axes=[1], edge_order=2)
    f.add("gradient_distances", "gradient", U(4, 5), V(0.5), V(2.0), axes=[0, 1], fixed=(1, 2))
    f.add("gradient_places", "gradient", U(5, 3), V([0, 0.5, 2, 2.25, 4]), axes=[0], edge_order=2, fixed=(1,))
    for op in ("trapezoid", "cumulative_trapezoid"):
        f.add(op, op, U(3, 5), axis=-1, f64=True)
        f.add(op + "_axis0", op, U(5, 3), axis=0)
        f.add(op + "_places", op, U(3, 5), U(5), axis=-1)
        f.add(op + "_places_each", op, U(5, 3), U(5, 3), axis=0)
    f.add("trapezoid_dx", "trapezoid", U(3, 5), axis=1, dx=0.25)
    return f


def sort():
    f = Family()
    for suffix, a in (("", {"axis": -1}), ("_axis0", {"axis": 0}), ("_descending", {"axis": 1, "descending": True})):
        f.add("sort" + suffix, "sort", U(5, 7), f64=suffix == "", **a)
        f.add("argsort" + suffix, "argsort", U(5, 7), **a)
        f.add("sort_i64" + suffix, "sort", U(5, 7), dtype="i64", **a)
        f.add("sort_bool" + suffix, "sort", B(5, 7), **a)
    f.add("sort_special", "sort", V([[0, INF, NAN, -INF, -0.0, NAN, 1]]), axis=1, grad=False)
    f.add("sort_special_descending", "sort", V([[0, INF, NAN, -INF, -0.0, NAN, 1]]), axis=1, descending=True, grad=False)
    f.add("sort_scalar", "sort", U(), axis=0)
    f.add("sort_empty", "sort", U(0, 3), axis=1, grad=False)
    f.add("sort_middle", "sort", U(2, 5, 3), axis=1)
    f.add("msort", "msort", U(5, 3))
    f.add("topk", "topk", U(4, 9), k=3, f64=True)
    f.add("topk_smallest", "topk", U(9, 4), k=2, axis=0, largest=False)
    f.add("topk_all", "topk", U(4, 5), k=5)
    f.add("topk_ties", "topk_values", U(4, 9), k=4, dtype="i64")
    f.add("topk_special", "topk_values", V([[0, INF, NAN, -INF, 2, 1]]), k=3, grad=False)
    f.add("kthvalue", "kthvalue", U(4, 9), k=3, axis=1, f64=True)
    f.add("kthvalue_keepdim", "kthvalue", U(9, 4), k=9, axis=0, keepdim=True)
    edges = V([-1.5, -0.5, 0, 0, 1, 1.5])
    for right in (False, True):
        s = "_right" if right else ""
        f.add("searchsorted" + s, "searchsorted", edges, U(3, 5), grad=False, right=right)
        f.add("searchsorted_rows" + s, "searchsorted", V([[1, 3, 5], [2, 2, 6]], "i64"), V([[3, 0, 9], [2, 6, 4]], "i64"),
              right=right)
        f.add("bucketize" + s, "bucketize", V([[0, 1.5, -2], [0.2, 9, NAN]]), edges, grad=False, right=right)
    f.add("isin", "isin", U(4, 5), V([1, -3, 4], "i64"), dtype="i64")
    f.add("isin_invert", "isin", U(4, 5), V([1, -3, 4], "i64"), dtype="i64", invert=True)
    f.add("unique", "unique", I(4, 5, high=7))
    f.add("unique_rows", "unique", I(8, 2, high=2), axis=0)
    f.add("unique_columns", "unique", I(2, 3, 9, high=2), axis=-1)
    f.add("unique_consecutive", "unique_consecutive", I(20, high=2))
    f.add("unique_consecutive_axis", "unique_consecutive", I(2, 12, high=2), axis=1)
    return f


def statistics():
    f = Family()
    holes = V([[1, NAN, 3, 0.5, NAN], [4, 2, -1, 0, 7], [NAN, NAN, NAN, NAN, NAN]])
    for op in ("median", "nanmedian"):
        f.add(op, op, U(4, 5), f64=True)
        f.add(op + "_axis", op, U(4, 7), axis=1)
        f.add(op + "_axis0", op, U(4, 3), axis=0, keepdim=True)
        f.add(op + "_scalar", op, U())
        f.add(op + "_i64", op, V([[5, 1, 9, 3], [2, 8, 6, 4]], "i64"), axis=1)
    f.add("median_nan", "median", holes, axis=1, grad=False)
    f.add("nanmedian_nan", "nanmedian", V([[1, NAN, 3, 0.5, NAN], [4, 2, -1, 0, 7]]), axis=1)
    f.add("mode", "mode_values", I(5, 9, high=4), axis=1)
    f.add("mode_axis0", "mode_values", I(9, 5, high=3), axis=0, keepdim=True)
    for how in ("linear", "lower", "higher", "midpoint", "nearest"):
        f.add("quantile_" + how, "quantile", U(4, 7), V(0.35), axis=1, interpolation=how, f64=True, fixed=(1,))
        f.add("nanquantile_" + how, "nanquantile", holes, V(0.35), axis=1, interpolation=how, grad=False)
        f.add("quantile_half_" + how, "quantile", U(6, 3), V(0.5), axis=0, interpolation=how, fixed=(1,))
    f.add("quantile_all", "quantile", U(4, 5), V(0.8), fixed=(1,))
    f.add("quantile_all_keepdim", "quantile", U(4, 5), V([0, 0.25, 1]), keepdim=True, fixed=(1,))
    f.add("quantile_several", "quantile", U(4, 5, 3), V([0, 0.1, 0.5, 1]), axis=1, fixed=(1,))
    f.add("quantile_several_keepdim", "quantile", U(4, 5, 3), V([0.3, 0.6]), axis=-1, keepdim=True, fixed=(1,))
    f.add("quantile_nan", "quantile", holes, V([0.5]), axis=1, grad=False)
    f.add("nanquantile_all", "nanquantile", holes, V([0.2, 0.7]), grad=False)
    f.add("cov", "cov", U(3, 7), f64=True)
    f.add("cov_vector", "cov", U(7))
    f.add("cov_population", "cov", U(3, 7), correction=0)
    f.add("cov_frequencies", "cov", U(3, 5), V([1, 2, 3, 1, 0], "i64"), weights=["fweights"])
    f.add("cov_importances", "cov", U(3, 5), V([0.5, 2, 1, 1, 0.3]), weights=["aweights"], fixed=(1,))
    f.add("cov_both", "cov", U(3, 5), V([1, 2, 3, 1, 0], "i64"), V([0.5, 2, 1, 1, 0.3]), weights=["fweights", "aweights"],
          fixed=(2,))
    f.add("corrcoef", "corrcoef", U(3, 7), f64=True, grad=False)
    f.add("corrcoef_vector", "corrcoef", U(7), grad=False)
    return f


def distance():
    f = Family()
    for p in (0, 0.5, 1, 1.5, 2, 3, -1, -2.5, "inf", "-inf"):
        f.add(f"vector_norm_{p}", "vector_norm", U(3, 5), p=p, axes=[1], f64=True)
        f.add(f"vector_norm_{p}_all", "vector_norm", U(3, 2, 4), p=p)
        f.add(f"vector_norm_{p}_two", "vector_norm", U(3, 2, 4), p=p, axes=[0, 2], keepdim=True)
    for p in (1, 2, 3, "inf"):
        f.add(f"vector_norm_{p}_zeros", "vector_norm", V([[0, 0, 0], [1, 0, -2]]), p=p, axes=[1])
        f.add(f"normalize_{p}", "normalize", U(3, 5), p=p, axis=1)
        f.add(f"dist_{p}", "dist", U(3, 5), U(3, 5), p=p)
        f.add(f"pairwise_distance_{p}", "pairwise_distance", U(3, 5), U(3, 5), p=p)
        f.add(f"pdist_{p}", "pdist", U(5, 3), p=p, f64=True)
        f.add(f"renorm_{p}", "renorm", U(4, 3, 2), p=p, axis=1, max_norm=2.5)
    f.add("normalize_axis0", "normalize", U(3, 5), p=2, axis=0)
    f.add("normalize_zeros", "normalize", V([[0, 0, 0], [1, 0, -2]]), p=2, axis=1, grad=False)
    f.add("pairwise_distance_keepdim", "pairwise_distance", U(3, 5), U(5), p=2, keepdim=True)
    f.add("cosine_similarity", "cosine_similarity", U(3, 5), U(3, 5), axis=1, f64=True)
    f.add("cosine_similarity_broadcast", "cosine_similarity", U(3, 1, 5), U(4, 5), axis=-1)
    f.add("cosine_similarity_short", "cosine_similarity", U(3, 5), V([[0.01] * 5]), axis=1, eps=0.5, f64=True)
    f.add("cosine_similarity_zero", "cosine_similarity", V([[0, 0], [1, 2]]), U(2, 2), axis=1, grad=False)
    return f


def histogram():
    f = Family()
    f.add("bincount", "bincount", I(40, high=9))
    f.add("bincount_minlength", "bincount", I(5, high=3), minlength=8)
    f.add("bincount_weights", "bincount", I(40, high=9), U(40), grad=False)
    f.add("bincount_weights_f64", "bincount", I(40, high=9), U(40), grad=False, dtype="f64")
    f.add("bincount_empty", "bincount", I(0, high=9), minlength=3)
    x = V([[-2, -1.5, -0.3, 0, 0.1], [0.5, 1, 1.7, 2, 3]])
    f.add("histc", "histc", U(60), grad=False, bins=7, min=-1, max=1.5)
    f.add("histc_data", "histc", U(60), grad=False, bins=5)
    f.add("histc_edges", "histc", x, grad=False, bins=4, min=-2, max=2)
    f.add("histc_equal", "histc", V([1, 1, 1]), grad=False, bins=4)
    f.add("histogram", "histogram", U(6, 9), bins=6, grad=False, f64=True)
    f.add("histogram_range", "histogram", x, bins=4, range=[-2, 2], grad=False)
    f.add("histogram_density", "histogram", U(60), bins=5, range=[-1, 1], density=True, grad=False)
    f.add("histogram_weights", "histogram", U(60), U(60), bins=5, density=True, grad=False)
    f.add("histogram_own_edges", "histogram_edges", x, V([-1.5, 0, 0.5, 2]), grad=False)
    f.add("histogramdd", "histogramdd", U(40, 2), bins=[3, 4], range=[-2.0, 2.0, -1.0, 1.5], grad=False)
    f.add("histogramdd_weights", "histogramdd", U(40, 3), Pos(40), bins=[2, 3, 2], density=True, grad=False)
    return f


def reduce_more():
    f = Family()
    holes = V([[1, NAN, 3], [4, 2, -1], [NAN, NAN, NAN]])
    f.add("sum_as", "sum", V([[1, 2], [3, 4]], "i32"), axes=[0], as_dtype="f64")
    f.add("sum_as_i32", "sum", B(3, 5), axes=[1], as_dtype="i32")
    f.add("mean_as", "mean", V([[1, 2], [3, 5]], "i64"), axes=[1], as_dtype="f32")
    f.add("prod_as", "prod", U(3, 4), axes=[1], as_dtype="f64")
    f.add("cumsum_as", "cumsum", V([1, 2, 3], "i32"), axis=0, as_dtype="f64")
    for op in ("nansum", "nanmean"):
        f.add(op, op, V([[1, NAN, 3], [4, 2, -1]]), axes=[1])
        f.add(op + "_all", op, V([[1, NAN, 3], [4, 2, -1]]))
        f.add(op + "_nothing", op, holes, axes=[1], keepdim=True, grad=False)
    for op in ("max_with_index", "min_with_index"):
        f.add(op, op, U(4, 5), axis=1, f64=True)
        f.add(op + "_axis0", op, U(6, 5), axis=0, keepdim=True)
        f.add(op + "_ties", op, V([[1, 3, 3, 0, 0], [2, 2, 2, 2, 2]]), axis=1)
        f.add(op + "_nan", op, V([[1, NAN, 3, NAN], [2, 2, INF, -INF]]), axis=1, grad=False)
        f.add(op + "_i64", op, U(3, 5), axis=1, dtype="i64")
    f.add("aminmax", "aminmax", U(4, 5), axis=0)
    f.add("aminmax_all", "aminmax", U(4, 5))
    for op in ("var_mean", "std_mean"):
        f.add(op, op, U(4, 5), axes=[1], f64=True)
        f.add(op + "_population", op, U(4, 5, 2), axes=[0, 2], correction=0)
    f.add("count_nonzero", "count_nonzero", U(4, 5), axes=[1], dtype="i64")
    f.add("count_nonzero_all", "count_nonzero", V([[0, NAN], [-0.0, 2]]), grad=False)
    return f


def main():
    setup()
    warnings.filterwarnings("ignore")
    torch.use_deterministic_algorithms(False)  # cumsum and bincount ask for it in vain on the CPU
    out = Output("ops_order.py", "ops")
    for make in (scan, sort, statistics, distance, histogram, reduce_more):
        family = make()
        out.write(make.__name__, family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
