"""What the makers of golden files share: numbers that depend on nothing but a name, and a safetensors writer."""
import json
import pathlib
import struct
import sys
import zlib

import numpy as np
import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
NUMPY = {"f32": np.float32, "f64": np.float64, "i8": np.int8, "u8": np.uint8, "i32": np.int32,
         "i64": np.int64, "bool": np.bool_}
CODE = {"float16": "F16", "float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64", "int8": "I8", "uint8": "U8",
        "bool": "BOOL"}


def bits(key, count):
    """`count` 64-bit words: SplitMix64, started at the CRC of `key`. A new tensor never changes another one."""
    with np.errstate(over="ignore"):
        z = np.uint64(zlib.crc32(key.encode()) << 20) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(
            0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(key, shape, low=-2.0, high=2.0, dtype="f32"):
    """Uniform in [low, high): 24 random bits for f32, 53 for f64."""
    width = 24 if dtype == "f32" else 53
    unit = (bits(key, int(np.prod(shape, dtype=np.int64))) >> np.uint64(64 - width)).astype(np.float64) / 2.0**width
    return (low + (high - low) * unit).astype(NUMPY[dtype]).reshape(shape)


def integers(key, shape, low, high, dtype="i64"):
    """Whole numbers in [low, high)."""
    words = bits(key, int(np.prod(shape, dtype=np.int64))) >> np.uint64(33)
    return (low + (words % np.uint64(high - low)).astype(np.int64)).astype(NUMPY[dtype]).reshape(shape)


def array(tensor):
    """A contiguous little-endian NumPy copy of a tensor or array; rank 0 stays rank 0."""
    if isinstance(tensor, torch.Tensor):
        tensor = tensor.detach().cpu().resolve_neg().resolve_conj().numpy()
    return np.array(tensor, order="C")


def encode(tensors, metadata):
    """The bytes of a safetensors file; the same tensors give the same bytes (wide types first keep all aligned)."""
    arrays = {name: array(t) for name, t in tensors.items()}
    order = sorted(arrays, key=lambda name: -arrays[name].itemsize)  # stable: the order of insertion within a width
    header, offset = {"__metadata__": metadata}, 0
    for name in order:
        a = arrays[name]
        header[name] = {"dtype": CODE[a.dtype.name], "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        offset += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(arrays[name].tobytes() for name in order)


def decode(data):
    """(tensors, metadata) of a file that `encode` made."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    kinds = {code: np.dtype(name) for name, code in CODE.items()}
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], kinds[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def difference(old, new):
    """What changed between two files, in one line."""
    (a, meta_a), (b, meta_b) = decode(old), decode(new)
    if meta_a != meta_b or a.keys() != b.keys():
        return "other cases or other metadata"
    worst, where = 0.0, "nowhere"
    for name in a:
        if a[name].shape != b[name].shape or a[name].dtype != b[name].dtype:
            return f"{name} has another shape or type"
        if a[name].tobytes() != b[name].tobytes():
            x, y = a[name].astype(np.float64), b[name].astype(np.float64)
            with np.errstate(invalid="ignore"):
                gap = np.where((x == y) | (np.isnan(x) & np.isnan(y)), 0.0, np.nan_to_num(np.abs(x - y), nan=np.inf))
            scale = max(1.0, float(np.nanmax(np.abs(x[np.isfinite(x)]), initial=0.0)))
            if float(gap.max()) / scale >= worst:
                worst, where = float(gap.max()) / scale, name
    return f"largest difference {worst:.3g} of the tensor's scale, at {where}"


class Output:
    """Writes golden files below tests/golden, or with --check compares what is there with what would be written."""

    def __init__(self, script, folder):
        self.folder = ROOT / "tests" / "golden" / folder
        self.script = f"tools/golden/{script}"
        self.check = "--check" in sys.argv[1:]
        self.failed = False

    def write(self, name, tensors, **metadata):
        about = {"framework": "torch " + torch.__version__.split("+")[0], "made_by": self.script}
        about.update({key: v if isinstance(v, str) else compact(v) for key, v in metadata.items()})
        data = encode(tensors, about)
        path = self.folder / f"{name}.safetensors"
        shown = path.relative_to(ROOT)
        if self.check:
            old = path.read_bytes() if path.exists() else b""
            if old == data:
                print(f"{shown}: the same {len(data)} bytes")
            else:
                self.failed = True
                print(f"{shown}: {difference(old, data) if old else 'missing'}")
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{shown}: {len(data)} bytes, {len(tensors)} tensors")

    def close(self):
        sys.exit(1 if self.failed else 0)


def setup():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
