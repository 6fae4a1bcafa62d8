#!/usr/bin/env python3
"""Golden values and gradients of products, einsum, decompositions and Fourier transforms, from PyTorch: writes
tests/golden/ops/{products,attention,decompositions,systems,matrix_norms,fft,stft}.safetensors.

Usage: ops_linalg.py [--check]

The layout is that of ops.py. Decompositions that are unique only up to signs are compared by what does not depend on
them: `svd` means U diag(s^3) Vh, `eigh` V diag(exp(w)) V^T. Operations named `*_of_regular` shift their input away from
singular matrices, those that need symmetric ones make it so.
"""
import torch

from golden import Output, setup
from operations import OPS, B, Family, Pos, U

INF = float("inf")
LA = torch.linalg


def regular(x):
    return x + 3 * torch.eye(x.shape[-1], dtype=x.dtype)


def symmetric(x):
    return (x + x.mT) * 0.3 + 2 * torch.diag(torch.arange(x.shape[-1], dtype=x.dtype))


def positive(x):
    return symmetric(x) + 4 * torch.eye(x.shape[-1], dtype=x.dtype)


def svd(a, x):
    u, s, vh = LA.svd(x, full_matrices=False)
    return u * (s**3).unsqueeze(-2) @ vh


def eigh(a, x):
    w, v = LA.eigh(symmetric(x) * 0.3, UPLO=a.get("uplo", "L"))
    return v * w.exp().unsqueeze(-2) @ v.mT


def order(a):
    return float(a["order"]) if a.get("order", "fro") not in ("fro", "nuc") else a["order"]


def eigvals(a, x):
    """What does not depend on the order."""
    w = LA.eigvals(x)
    return torch.view_as_real((w**3).sum(-1)), w.abs().sum(-1)


def eig(a, x):
    """What depends neither on the order nor on the phases."""
    w, v = LA.eig(x)
    return (v.abs()**4 * (w.real + w.imag**2).unsqueeze(-2)).sum((-1, -2))


OPS.update({
    "eigvals": eigvals,
    "eig": eig,
    "einsum": lambda a, *xs: torch.einsum(a["equation"], *xs),
    "tensordot": lambda a, x, y: torch.tensordot(x, y, dims=a["axes"]),
    "outer": lambda a, x, y: torch.outer(x, y),
    "inner": lambda a, x, y: torch.inner(x, y),
    "kron": lambda a, x, y: torch.kron(x, y),
    "scaled_dot_product_attention": lambda a, q, k, v, *mask: torch.nn.functional.scaled_dot_product_attention(
        q, k, v, attn_mask=mask[0] if mask else None, is_causal=a.get("causal", False), scale=a.get("scale"),
        enable_gqa=a.get("grouped", False)),
    "addmm": lambda a, x, y, z: torch.addmm(x, y, z, beta=a["beta"], alpha=a["alpha"]),
    "baddbmm": lambda a, x, y, z: torch.baddbmm(x, y, z, beta=a["beta"], alpha=a["alpha"]),
    "addbmm": lambda a, x, y, z: torch.addbmm(x, y, z, beta=a["beta"], alpha=a["alpha"]),
    "addmv": lambda a, x, y, z: torch.addmv(x, y, z, beta=a["beta"], alpha=a["alpha"]),
    "addr": lambda a, x, y, z: torch.addr(x, y, z, beta=a["beta"], alpha=a["alpha"]),
    "bilinear": lambda a, x, y, w, b: torch.nn.functional.bilinear(x, y, w, b),
    "trace": lambda a, x: torch.trace(x),
    "multi_dot": lambda a, *xs: LA.multi_dot(xs),
    "vecdot": lambda a, x, y: LA.vecdot(x, y, dim=a["axis"]),
    "cross": lambda a, x, y: LA.cross(x, y, dim=a["axis"]),
    "cdist": lambda a, x, y: torch.cdist(x, y, p=float(a["p"])),
    "lu": lambda a, x: tuple(LA.lu(x)),
    "lu_factor": lambda a, x: tuple(LA.lu_factor(x)),
    "cholesky": lambda a, x: LA.cholesky(positive(x), upper=a["upper"]),
    "qr": lambda a, x: tuple(LA.qr(x)),
    "svd": svd,
    "svdvals": lambda a, x: LA.svdvals(x),
    "eigh": eigh,
    "eigvalsh": lambda a, x: LA.eigvalsh(symmetric(x)),
    "inv": lambda a, x: LA.inv(regular(x)),
    "det": lambda a, x: LA.det(x),
    "logdet": lambda a, x: LA.slogdet(positive(x))[1] if a.get("positive") else torch.logdet(x),
    "tensorsolve": lambda a, x, b: LA.tensorsolve(x, b, a.get("axes")),
    "tensorinv": lambda a, x: LA.tensorinv(x, a["axes"]),
    "householder_product": lambda a, x, tau: LA.householder_product(x, tau),
    "slogdet": lambda a, x: tuple(LA.slogdet(x)),
    "pinv": lambda a, x: LA.pinv(x),
    "solve": lambda a, x, b: LA.solve(regular(x), b, left=a.get("left", True)),
    "solve_triangular": lambda a, x, b: LA.solve_triangular(regular(x), b, **a),
    "lstsq": lambda a, x, b: LA.lstsq(x, b).solution,
    "matrix_exp": lambda a, x: LA.matrix_exp(x),
    "matrix_power": lambda a, x: LA.matrix_power(regular(x), a["n"]),
    "matrix_rank": lambda a, x: LA.matrix_rank(x),
    "vector_norm": lambda a, x: LA.vector_norm(x, float(a["order"]), dim=a.get("axes"), keepdim=a.get("keepdim", False)),
    "matrix_norm": lambda a, x: LA.matrix_norm(x, order(a), dim=a.get("axes", [-2, -1]), keepdim=a.get("keepdim", False)),
    "cond": lambda a, x: LA.cond(x, order(a) if "order" in a else None),
    "cholesky_solve": lambda a, b, x: torch.cholesky_solve(b, LA.cholesky(positive(x), upper=a["upper"]), upper=a["upper"]),
    "cholesky_inverse": lambda a, x: torch.cholesky_inverse(LA.cholesky(positive(x))),
})


def transform(name, complex_in, complex_out):
    def run(a, x):
        options = {key: a[key] for key in ("n", "s", "dim", "norm") if key in a}
        y = getattr(torch.fft, name)(torch.view_as_complex(x) if complex_in else x, **options)
        return torch.view_as_real(y.resolve_conj()) if complex_out else y
    return run


for name in ("fft", "ifft", "fftn", "ifftn", "fft2", "ifft2"):
    OPS[name] = transform(name, True, True)
for name in ("rfft", "ihfft", "rfftn", "rfft2", "ihfftn", "ihfft2"):
    OPS[name] = transform(name, False, True)
for name in ("irfft", "hfft", "irfftn", "irfft2", "hfftn", "hfft2"):
    OPS[name] = transform(name, True, False)
def stft(a, x, *window):
    window = window or (torch.ones(a.get("win_length", a["n_fft"]), dtype=x.dtype),)
    return torch.view_as_real(torch.stft(x, window=window[0], return_complex=True, **a))


def istft(a, z, *window):
    window = window or (torch.ones(a.get("win_length", a["n_fft"]), dtype=z.dtype),)
    return torch.istft(torch.view_as_complex(z), window=window[0], **a)


OPS["stft"], OPS["istft"] = stft, istft
for name in ("hann", "hamming", "blackman", "bartlett", "kaiser"):
    OPS[name + "_window"] = lambda a, fn=getattr(torch, name + "_window"): fn(a["n"], a["periodic"], *a.get("more", []))
OPS["polar"] = lambda a, r, angle: torch.view_as_real(torch.polar(*torch.broadcast_tensors(r, angle)))
OPS["complex_angle"] = lambda a, z: torch.angle(torch.view_as_complex(z))
OPS["fftshift"] = lambda a, x: torch.fft.fftshift(x, dim=a.get("dim"))
OPS["ifftshift"] = lambda a, x: torch.fft.ifftshift(x, dim=a.get("dim"))


def products():
    f = Family()
    equations = [("ij,jk->ik", (3, 4), (4, 5)), ("ij,jk", (3, 4), (4, 5)), ("ba", (3, 4)), ("ii->i", (4, 4)), ("ii", (4, 4)),
                 ("iji->j", (3, 2, 3)), ("i,j->ij", (3,), (4,)), ("i,i", (5,), (5,)), ("ij->", (3, 4)), ("ij,kj->ik", (3, 4), (5, 4)),
                 ("ik,kj,jl->il", (3, 4), (4, 5), (5, 2)), ("bi,oij,bj->bo", (2, 3), (5, 3, 4), (2, 4)),
                 ("...ij,...jk->...ik", (2, 1, 3, 4), (3, 4, 2)), ("...ij,jk", (2, 3, 4), (4, 5)), ("b...,b->b...", (2, 3, 4), (2,)),
                 ("i...->...", (3, 4)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)), ("ij,jk->k", (3, 4), (4, 5)),
                 ("a,ab,abc->abc", (2,), (2, 3), (2, 3, 4)), ("ij,ij->ji", (3, 4), (3, 4)), ("aB,Bc", (3, 4), (4, 5)),
                 ("ij,jk->ik", (0, 4), (4, 5)), ("ij,jk->ik", (3, 0), (0, 5)), ("b...i,bi...->b...", (2, 5, 3), (2, 3, 5)),
                 ("abcd,acef,bcgh->defgh", (2, 2, 3, 2), (2, 3, 1, 2), (2, 3, 2, 1))]
    for number, (equation, *shapes) in enumerate(equations):
        f.add(f"einsum_{number}", "einsum", *[U(*s) for s in shapes], equation=equation, f64=number % 4 == 0)
    f.add("einsum_i64", "einsum", U(3, 4), U(4, 2), equation="ij,jk->ki", dtype="i64")
    f.add("tensordot", "tensordot", U(2, 3, 4), U(3, 4, 5), axes=2, f64=True)
    f.add("tensordot_outer", "tensordot", U(2, 3), U(2), axes=0)
    f.add("tensordot_named", "tensordot", U(2, 3, 4), U(4, 5, 2), axes=[[0, -1], [2, 0]])
    f.add("outer", "outer", U(3), U(4))
    f.add("inner", "inner", U(2, 4), U(3, 4))
    f.add("inner_rank3", "inner", U(2, 3, 4), U(4))
    f.add("kron", "kron", U(2, 3), U(3, 2), f64=True)
    f.add("kron_ranks", "kron", U(2), U(2, 3, 2))
    f.add("matmul_i64", "matmul", U(2, 3, 4), U(4, 5), dtype="i64")
    f.add("matmul_i32", "matmul", U(4), U(2, 4, 5), dtype="i32")
    f.add("addmm", "addmm", U(5), U(3, 4), U(4, 5), beta=0.5, alpha=2, f64=True)
    f.add("baddbmm", "baddbmm", U(2, 1, 5), U(2, 3, 4), U(2, 4, 5), beta=2, alpha=-1)
    f.add("addbmm", "addbmm", U(3, 5), U(2, 3, 4), U(2, 4, 5), beta=2, alpha=-1)
    f.add("addmv", "addmv", U(3), U(3, 4), U(4), beta=1, alpha=3)
    f.add("addr", "addr", U(3, 4), U(3), U(4), beta=0.5, alpha=3)
    f.add("bilinear", "bilinear", U(2, 3), U(2, 4), U(5, 3, 4), U(5))
    f.add("trace", "trace", U(3, 4))
    f.add("multi_dot", "multi_dot", U(3, 8), U(8, 2), U(2, 7), U(7, 3), f64=True)
    f.add("multi_dot_vectors", "multi_dot", U(3), U(3, 4), U(4))
    f.add("vecdot", "vecdot", U(3, 4), U(4), axis=-1)
    f.add("cross", "cross", U(2, 3), U(2, 3), axis=-1, f64=True)
    f.add("cross_axis", "cross", U(3, 1), U(3, 4), axis=0)
    for p in (0, 0.5, 1, 2, 3, "inf"):
        f.add(f"cdist_{p}", "cdist", U(2, 3, 4), U(2, 5, 4), p=p, grad=p != 0)
    f.add("linalg_cdist_many", "cdist", U(30, 4), U(7, 4), p=2)
    return f


class Doubles(Family):
    """A family whose names begin alike and whose cases are in double precision, too."""

    def __init__(self, prefix):
        super().__init__()
        self.prefix = prefix

    def both(self, name, op, *inputs, **attrs):
        self.add(self.prefix + name, op, *inputs, f64=True, **attrs)


WIDE = ((4, 4), (3, 5), (5, 3), (2, 3, 3))
SQUARE = ((4, 4), (1, 1), (2, 3, 3))
MATRIX_NORMS = ("fro", "nuc", 1, -1, 2, -2, "inf", "-inf")


def named(shapes):
    for shape in shapes:
        yield shape, "_" + "x".join(map(str, shape))


def decompositions():
    f = Doubles("linalg_")
    add = f.both
    for shape, suffix in named(WIDE):
        for op in ("lu", "lu_factor", "qr", "svd", "svdvals"):
            add(op + suffix, op, U(*shape))
    for shape, suffix in named(SQUARE):
        for upper in (False, True):
            add(f"cholesky_{upper}{suffix}", "cholesky", U(*shape), upper=upper)
        for op in ("eigh", "eigvalsh", "eigvals", "eig"):
            add(op + suffix, op, U(*shape))
    add("eigh_upper", "eigh", U(3, 3), uplo="U")
    add("householder_product", "householder_product", U(4, 3), U(3))
    add("householder_product_batch", "householder_product", U(2, 4, 3), U(2, 2))
    return f


def systems():
    """Systems of equations, inverses, determinants and powers."""
    f = Doubles("linalg_")
    add = f.both
    for shape, suffix in named(WIDE):
        add("pinv" + suffix, "pinv", U(*shape))
    for shape, suffix in named(SQUARE):
        for upper in (False, True):
            add(f"cholesky_solve_{upper}{suffix}", "cholesky_solve", U(*shape[:-1], 2), U(*shape), upper=upper)
            for left in (False, True):
                for unit in (False, True):
                    add(f"solve_triangular_{upper}_{left}_{unit}{suffix}", "solve_triangular", U(*shape), U(*shape), upper=upper,
                        left=left, unitriangular=unit)
        for op in ("inv", "det", "slogdet", "matrix_exp", "cholesky_inverse"):
            add(op + suffix, op, U(*shape))
        add("logdet" + suffix, "logdet", U(*shape), positive=True)
        add("logdet_any" + suffix, "logdet", U(*shape))
        for n in (0, 1, 5, -2):
            add(f"matrix_power_{n}{suffix}", "matrix_power", U(*shape), n=n)
        add("solve" + suffix, "solve", U(*shape), U(*shape[:-1], 2))
        add("solve_vector" + suffix, "solve", U(*shape), U(*shape[:-1]))
    add("solve_right", "solve", U(3, 3), U(2, 3), left=False)
    add("solve_broadcast", "solve", U(3, 3), U(2, 3, 4))
    add("lstsq", "lstsq", U(5, 3), U(5, 2))
    add("lstsq_batch", "lstsq", U(2, 4, 3), U(2, 4, 1))
    add("tensorsolve", "tensorsolve", U(2, 3, 6), U(2, 3))
    add("tensorsolve_axes", "tensorsolve", U(2, 2, 3, 3), U(2, 3), axes=[1, 2])
    add("tensorinv", "tensorinv", U(2, 3, 3, 2), axes=2)
    add("tensorinv_one", "tensorinv", U(4, 2, 2), axes=1)
    return f


def matrix_norms():
    f = Doubles("linalg_")
    add = f.both
    for shape, suffix in named(WIDE):
        add("cond" + suffix, "cond", U(*shape))
        add("matrix_rank" + suffix, "matrix_rank", U(*shape))
        for n in MATRIX_NORMS:
            add(f"matrix_norm_{n}{suffix}", "matrix_norm", U(*shape), order=n)
    for shape, suffix in named(SQUARE):
        for n in MATRIX_NORMS:
            add(f"cond_{n}{suffix}", "cond", U(*shape), order=n, grad=n in (2, -2))  # of the others PyTorch has none
    for n in (0, 0.5, 1, 2, 3, "inf", "-inf"):
        add(f"vector_norm_{n}", "vector_norm", U(3, 4), order=n, grad=n != 0)
        add(f"vector_norm_axes_{n}", "vector_norm", U(2, 3, 4), order=n, axes=[0, -1], keepdim=True, grad=n != 0)
    add("matrix_norm_axes", "matrix_norm", U(2, 3, 4), order="nuc", axes=[2, 0], keepdim=True)
    add("matrix_norm_axes_1", "matrix_norm", U(2, 3, 4), order=1, axes=[2, 0])
    add("cond_empty", "cond", U(2, 0, 0), grad=False)
    return f


def fft():
    f = Doubles("fft_")
    add = f.both
    norms = ("backward", "ortho", "forward")
    for n in (1, 2, 5, 8, 12, 67):
        for op in ("fft", "ifft", "irfft", "hfft"):
            if n > 1 or op in ("fft", "ifft"):
                add(f"{op}_{n}", op, U(2, n, 2), norm=norms[n % 3])
        for op in ("rfft", "ihfft"):
            add(f"{op}_{n}", op, U(2, n), norm=norms[n % 3])
    for n in (3, 6, 9):
        add(f"fft_to_{n}", "fft", U(6, 2, 2), n=n, dim=0)
        add(f"rfft_to_{n}", "rfft", U(6, 2), n=n, dim=0)
        add(f"irfft_to_{n}", "irfft", U(5, 2), n=n)
        add(f"hfft_to_{n}", "hfft", U(5, 2), n=n)
        add(f"ihfft_to_{n}", "ihfft", U(5), n=n)
    for norm in norms:
        add(f"fftn_{norm}", "fftn", U(2, 3, 4, 2), norm=norm)
        add(f"ifftn_{norm}", "ifftn", U(2, 3, 4, 2), dim=[0, 2], norm=norm)
        add(f"rfftn_{norm}", "rfftn", U(2, 3, 4), norm=norm)
        add(f"irfftn_{norm}", "irfftn", U(2, 3, 4, 2), norm=norm)
        add(f"fft2_{norm}", "fft2", U(2, 3, 4, 2), norm=norm)
        add(f"ifft2_{norm}", "ifft2", U(3, 4, 2), s=[5, 2], norm=norm)
        add(f"rfft2_{norm}", "rfft2", U(3, 4), s=[4, 6], norm=norm)
        add(f"hfftn_{norm}", "hfftn", U(2, 3, 4, 2), norm=norm)
        add(f"ihfftn_{norm}", "ihfftn", U(2, 3, 4), norm=norm)
        add(f"hfft2_{norm}", "hfft2", U(3, 4, 2), s=[4, 7], norm=norm)
        add(f"ihfft2_{norm}", "ihfft2", U(3, 4), s=[2, 6], norm=norm)
        add(f"irfft2_{norm}", "irfft2", U(3, 4, 2), s=[4, 7], norm=norm)
    add("rfftn_axes", "rfftn", U(2, 3, 4), dim=[2, 0], s=[5, 3])
    add("polar", "polar", U(3, 1, low=0.1), U(4))  # at negative magnitudes PyTorch's gradient has the wrong sign
    add("complex_angle", "complex_angle", U(3, 4, 2))
    add("complex_angle_one", "complex_angle", U(2))
    add("fftshift", "fftshift", U(4, 5))
    add("fftshift_axis", "fftshift", U(4, 5), dim=[1])
    add("ifftshift", "ifftshift", U(5, 4))
    return f


def stft_family():
    """Windows and what is made of them."""
    f = Doubles("fft_")
    add = f.both
    for window, more in (("hann", []), ("hamming", [0.6, 0.3]), ("blackman", []), ("bartlett", []), ("kaiser", [5.0])):
        for n in (0, 1, 2, 7, 8):
            for periodic in (True, False):
                f.add(f"fft_{window}_window_{n}_{periodic}", window + "_window", n=n, periodic=periodic)
        f.add(f"fft_{window}_window_more", window + "_window", n=9, periodic=True, more=more)
    add("stft", "stft", U(2, 40), n_fft=16)
    add("stft_vector", "stft", U(25), U(6), n_fft=8, hop_length=3, win_length=6)
    add("stft_plain", "stft", U(2, 20), U(9), n_fft=9, hop_length=4, center=False, normalized=True)
    add("stft_both_sides", "stft", U(1, 20), n_fft=8, onesided=False, pad_mode="replicate")
    add("istft", "istft", U(2, 9, 7, 2), Pos(16), n_fft=16)
    add("istft_frames", "istft", U(5, 6, 2), Pos(6), n_fft=8, hop_length=3, win_length=6, length=14)
    add("istft_plain", "istft", U(1, 5, 4, 2), n_fft=9, hop_length=4, center=False, normalized=True)
    add("istft_both_sides", "istft", U(8, 4, 2), Pos(8), n_fft=8, onesided=False)
    return f


def attention():
    f = Family()
    f.add("attention", "scaled_dot_product_attention", U(2, 3, 5, 4), U(2, 3, 7, 4), U(2, 3, 7, 6), f64=True)
    f.add("attention_rank2", "scaled_dot_product_attention", U(5, 4), U(7, 4), U(7, 3), f64=True)
    f.add("attention_rank3", "scaled_dot_product_attention", U(3, 5, 4), U(3, 7, 4), U(3, 7, 4))
    f.add("attention_rank5", "scaled_dot_product_attention", U(2, 2, 3, 5, 4), U(2, 2, 3, 7, 4), U(2, 2, 3, 7, 4))
    f.add("attention_causal", "scaled_dot_product_attention", U(2, 6, 4), U(2, 6, 4), U(2, 6, 4), causal=True, f64=True)
    f.add("attention_causal_more_keys", "scaled_dot_product_attention", U(2, 4, 4), U(2, 7, 4), U(2, 7, 4), causal=True)
    f.add("attention_scale", "scaled_dot_product_attention", U(2, 5, 4), U(2, 7, 4), U(2, 7, 4), scale=0.2)
    f.add("attention_bool", "scaled_dot_product_attention", U(2, 3, 5, 4), U(2, 3, 19, 4), U(2, 3, 19, 4), B(2, 1, 5, 19), f64=True)
    f.add("attention_bool_of_keys", "scaled_dot_product_attention", U(2, 3, 5, 4), U(2, 3, 19, 4), U(2, 3, 19, 4), B(2, 1, 1, 19))
    f.add("attention_added", "scaled_dot_product_attention", U(2, 3, 5, 4), U(2, 3, 7, 4), U(2, 3, 7, 4), U(3, 5, 7), f64=True)
    f.add("attention_grouped", "scaled_dot_product_attention", U(2, 6, 5, 4), U(2, 2, 7, 4), U(2, 2, 7, 4), grouped=True, f64=True)
    f.add("attention_one_group", "scaled_dot_product_attention", U(2, 4, 5, 4), U(2, 1, 7, 4), U(2, 1, 7, 4), grouped=True)
    f.add("attention_one_query", "scaled_dot_product_attention", U(2, 3, 1, 8), U(2, 3, 80, 8), U(2, 3, 80, 8))
    f.add("attention_blocks", "scaled_dot_product_attention", U(1, 1, 70, 8), U(1, 1, 133, 8), U(1, 1, 133, 8))
    f.add("attention_blocks_causal", "scaled_dot_product_attention", U(1, 1, 130, 8), U(1, 1, 130, 8), U(1, 1, 130, 8), causal=True)
    return f


def main():
    setup()
    out = Output("ops_linalg.py", "ops")
    for make in (products, attention, decompositions, systems, matrix_norms, fft, stft_family):
        family = make()
        out.write(make.__name__.removesuffix("_family"), family.tensors, cases=family.cases)
    out.close()


if __name__ == "__main__":
    main()
