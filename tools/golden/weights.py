#!/usr/bin/env python3
"""Small foreign files of weights, written by PyTorch and NumPy: tests/golden/weights/*.

Usage: weights.py

Beside each file NAME lies NAME.expected.safetensors: the same tensors by their flattened names, contiguous, in the types
that Fathom has (i16 as i32 and so on). Not reproducible byte for byte: archives of PyTorch bear an id of their own.
"""
import collections
import pathlib
import sys
import zipfile

import numpy as np
import torch
from torch import nn

from golden import encode

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "weights"
WIDER = {"int16": "int32", "uint16": "int32", "uint32": "int64", "uint64": "int64"}


def numpy_of(x):
    """A tensor or array in a type that Fathom has; bf16 as its bits."""
    if isinstance(x, torch.Tensor):
        x = x.detach()
        x = x.view(torch.uint16).numpy().view(np.int16) if x.dtype == torch.bfloat16 else x.numpy()
    x = np.ascontiguousarray(x).reshape(np.shape(x))
    return x.astype(WIDER.get(x.dtype.name, x.dtype.newbyteorder("=")))


def flat(x, name, out):
    if isinstance(x, (torch.Tensor, np.ndarray)):
        out[name or "tensor"] = numpy_of(x)
    elif isinstance(x, nn.Module):
        flat(dict(x.state_dict()), name, out)
    elif isinstance(x, dict):
        for key, value in x.items():
            flat(value, f"{name}.{key}" if name else str(key), out)
    elif isinstance(x, (list, tuple)):
        flat(dict(enumerate(x)), name, out)
    return out


def expect(name, content):
    (FOLDER / f"{name}.expected.safetensors").write_bytes(encode(flat(content, "", {}), {"made_by": "weights.py"}))


def torch_file(name, content, **options):
    torch.save(content, FOLDER / name, **options)
    expect(name, content)


def numpy_files():
    a = np.arange(24).reshape(2, 3, 4)
    types = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]
    arrays = {f"t{i}": (a % 2 == 0 if t == "?" else a.astype(t) - (0 if t[0] == "u" else 5)) for i, t in enumerate(types)}
    arrays |= {"fortran": np.asfortranarray(a.astype("f4")), "big": a.astype(">f4"), "big_fortran": np.asfortranarray(a.astype(">i2")),
               "scalar": np.array(3.5), "none": np.zeros((0, 3), "f4"), "dir/name": np.ones(3, "f4")}
    np.savez(FOLDER / "stored.npz", **arrays)
    np.savez_compressed(FOLDER / "deflated.npz", **arrays)
    for name in ("stored.npz", "deflated.npz"):
        expect(name, arrays)
    np.save(FOLDER / "fortran.npy", np.asfortranarray(a.astype("f4")))
    expect("fortran.npy", {"array": a.astype("f4")})


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(3, 4)
        self.norm = nn.BatchNorm1d(4)
        self.register_buffer("gone", torch.ones(2), persistent=False)


def script_file(name, module):
    """A TorchScript archive without what tells the paths of this machine."""
    torch.jit.save(torch.jit.script(module), FOLDER / name)
    expect(name, torch.jit.load(FOLDER / name).state_dict())
    with zipfile.ZipFile(FOLDER / name) as archive:
        members = {n: archive.read(n) for n in archive.namelist() if not n.endswith(".debug_pkl")}
    with zipfile.ZipFile(FOLDER / name, "w") as archive:
        for member, data in members.items():
            archive.writestr(zipfile.ZipInfo(member), data)


def torch_files():
    torch.manual_seed(1)
    base = torch.arange(40, dtype=torch.float32)
    types = {str(t).split(".")[1]: (torch.arange(-3, 5) if t.is_signed else torch.arange(8)).to(t)
             for t in (torch.float64, torch.float32, torch.float16, torch.int64, torch.int32, torch.int16,
                       torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool)}
    content = {
        "state_dict": collections.OrderedDict(
            whole=base, part=base[3:11], grid=base[8:38].view(5, 6), turned=base.view(5, 8).t(), every=base[::3],
            wide=torch.tensor([1.5, 2.5]).expand(3, 2), parameter=nn.Parameter(torch.rand(2, 2)),
            one=torch.tensor(7.0), none=torch.zeros(0, 3)),
        "types": types, "list": [torch.ones(2), (torch.zeros(1), {"deep": torch.full((2,), 4)})],
        "epoch": 12, "accuracy": 0.25, "name": "net", "flags": [True, None], "big": 1 << 80,
        "best": np.float64(0.75), "array": np.arange(6, dtype="f4").reshape(2, 3), "device": torch.device("cpu"),
        "dtype": torch.float16, "size": torch.Size([2, 3]),
    }
    legacy = {**content, "types": {k: v for k, v in types.items() if k not in ("uint16", "uint32", "uint64")}}
    for protocol in (2, 3, 4, 5):
        torch_file(f"zip_protocol{protocol}.pt", content, pickle_protocol=protocol)
        torch_file(f"legacy_protocol{protocol}.pt", legacy, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    half = {"bf16": torch.arange(6, dtype=torch.bfloat16).view(2, 3)}
    torch.save(half, FOLDER / "bf16.pt")
    net = Net()
    torch_file("module.pt", {"model": net, "step": 3})
    torch_file("module_legacy.pt", net, _use_new_zipfile_serialization=False)
    script_file("script.pt", nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)))
    torch_file("tensor.pt", torch.arange(3.0))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    sys.modules["net"] = sys.modules["__main__"]
    Net.__module__ = "net"
    # Legacy files carry the source of each class: a word in its place.
    torch.serialization.get_source_lines_and_file = lambda kind: (["(source)"], 1, "source.py")
    numpy_files()
    torch_files()
    print(sum(f.stat().st_size for f in FOLDER.iterdir()), "bytes")
