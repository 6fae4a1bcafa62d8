#!/usr/bin/env python3
"""HDF5 files of the forms that h5py writes beside Keras' own: tests/golden/keras/hdf5_*.h5. Needs h5py.

All data sets hold 0, 1, 2, ... in their own type.
"""
import pathlib

import h5py
import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "keras"


def counted(shape, dtype):
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


def main():
    with h5py.File(OUT / "hdf5_parts.h5", "w") as f:
        f.create_dataset("packed", data=counted((20, 30), "f4"), chunks=(7, 8), compression="gzip", shuffle=True,
                         fletcher32=True)
        f.create_dataset("plain", data=counted((50,), "i2"), chunks=(7,), maxshape=(None,))
        f.create_dataset("cube", data=counted((3, 4, 5), "f8"), chunks=(2, 2, 2), compression="gzip")
        f.create_dataset("swapped", data=counted((6,), ">f8"))
        f.create_dataset("half", data=counted((6,), "f2"))
        f.create_dataset("one", data=np.array(7, ">i4"))
        f.create_dataset("unwritten", (5,), dtype="f4", fillvalue=2.5)
        f["flags"] = np.array([True, False])
        f.attrs["long"] = ["a text of any length", "", "another"]
        f.attrs["fixed"] = np.array([b"abc", b"de"])
    for name, version in (("hdf5_v108", "v108"), ("hdf5_latest", "latest")):
        with h5py.File(OUT / f"{name}.h5", "w", libver=(version, version)) as f:
            few = f.create_group("few")
            few["x"] = counted((2, 3), "f4")
            many = f.create_group("many", track_order=True)
            for i in range(60):
                many[f"x{i:02}"] = counted((i % 4 + 1,), "u1")
                many.attrs[f"a{i:02}"] = f"text {i}"


if __name__ == "__main__":
    main()
