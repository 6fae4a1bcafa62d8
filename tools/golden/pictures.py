#!/usr/bin/env python3
"""Golden pictures: small files of every format with the pixels that Pillow reads: writes tests/golden/pictures/FORMAT.safetensors.

Usage: pictures.py [--check]
       pictures.py --seeds DIR      writes each file alone, for tests/fuzz/parsers.h

`cases` lists names and options; NAME.file is the file, NAME.pixels what `Image.open(file).convert(mode)` gives as (C, H, W).
Needs Pillow 13 and, for the JPEG samplings that Pillow does not write, cjpeg of libjpeg-turbo.
"""
import io
import pathlib
import struct
import subprocess
import sys
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

from golden import Output, integers

MODES = {1: "L", 3: "RGB", 4: "RGBA"}


def photo(height, width, channels, key="picture"):
    """Waves with a little noise: edges, gradients and every level."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    wave = 127 + 90 * np.sin(x * (0.35 + 0.1 * c) + y * 0.2) + 50 * ((x // 5 + y // 4 + c) % 2)
    noise = integers(f"{key}.{height}.{width}.{channels}", (height, width, channels), -20, 21)
    pixels = np.clip(wave + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels, MODES[channels])


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def planes(image):
    pixels = np.array(image)
    return pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def cjpeg(image, *options):
    ppm = saved(image, "PPM")
    return subprocess.run(["cjpeg", *options], input=ppm, stdout=subprocess.PIPE, check=True).stdout


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, kind, rows):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def bmp(width, height, bits, compression, body, palette=b"", masks=b""):
    at = 54 + len(masks) + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(body), 0, 0, len(palette) // 4, 0)
    return b"BM" + struct.pack("<IHHI", at + len(body), 0, 0, at) + header + masks + palette + body


class Cases:
    def __init__(self):
        self.tensors, self.list = {}, []

    def add(self, name, file, mode="RGB", exif=False):
        image = Image.open(io.BytesIO(file))
        if exif:
            image = ImageOps.exif_transpose(image)
        self.tensors[name + ".file"] = np.frombuffer(file, np.uint8)
        self.tensors[name + ".pixels"] = planes(image.convert(mode))
        self.list.append(dict(name=name, mode=mode, exif=exif))


def jpeg_cases(cases):
    rgb, gray = photo(19, 27, 3), photo(19, 27, 1)
    for sampling in ("4:4:4", "4:2:2", "4:2:0"):
        file = saved(rgb, "JPEG", quality=80, subsampling=sampling)
        cases.add("s" + sampling.replace(":", ""), file)
        cases.add("progressive_" + sampling.replace(":", ""),
                  saved(rgb, "JPEG", quality=60, subsampling=sampling, progressive=True))
    cases.add("s411", cjpeg(rgb, "-sample", "4x1"))
    cases.add("s440", cjpeg(rgb, "-sample", "1x2"))
    cases.add("s410", cjpeg(rgb, "-sample", "4x2"))
    cases.add("chroma_finer", cjpeg(rgb, "-sample", "1x1,2x2,2x2"))
    cases.add("arithmetic", cjpeg(rgb, "-arithmetic"))
    cases.add("restarts", cjpeg(rgb, "-restart", "1"))
    cases.add("rgb", cjpeg(rgb, "-rgb"))
    cases.add("gray", saved(gray, "JPEG"))
    cases.add("gray_as_gray", saved(gray, "JPEG"), "L")
    cases.add("as_gray", saved(rgb, "JPEG"), "L")
    cases.add("as_rgba", saved(rgb, "JPEG"), "RGBA")
    cmyk = Image.fromarray(np.array(photo(19, 27, 4)), "CMYK")
    cases.add("cmyk", saved(cmyk, "JPEG", quality=90))
    cases.add("cmyk_as_gray", saved(cmyk, "JPEG", quality=90), "L")
    ycck = bytearray(saved(cmyk, "JPEG", quality=90, subsampling="4:4:4"))
    adobe = ycck.index(b"Adobe")
    ycck[adobe + 11] = 2  # the same numbers, said to be YCCK
    cases.add("ycck", bytes(ycck))
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        cases.add(f"turn{turn}", saved(photo(5, 7, 3), "JPEG", exif=exif), exif=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    cases.add("not_turned", saved(photo(5, 7, 3), "JPEG", exif=exif))


def png_cases(cases):
    for channels in (1, 3, 4):
        for mode in ("L", "RGB", "RGBA"):
            cases.add(f"{MODES[channels]}_as_{mode}", saved(photo(11, 13, channels), "PNG"), mode)
    cases.add("LA", saved(photo(11, 13, 4).convert("LA"), "PNG"))
    cases.add("LA_as_RGBA", saved(photo(11, 13, 4).convert("LA"), "PNG"), "RGBA")
    palette = photo(11, 13, 3).quantize(16)
    cases.add("palette", saved(palette, "PNG"))
    cases.add("palette_alpha", saved(palette, "PNG", transparency=3), "RGBA")
    cases.add("palette_as_gray", saved(palette, "PNG"), "L")
    cases.add("bits1", saved(photo(11, 13, 1).convert("1"), "PNG"))
    cases.add("color_key", saved(photo(11, 13, 3), "PNG", transparency=(1, 2, 3)))
    wide = integers("png16", (9, 5, 3), 0, 65536).astype(">u2")
    cases.add("rgb16", png(5, 9, 16, 2, b"".join(b"\0" + row.tobytes() for row in wide)))
    wide = integers("png16a", (9, 5, 4), 0, 65536).astype(">u2")
    cases.add("rgba16", png(5, 9, 16, 6, b"".join(b"\0" + row.tobytes() for row in wide)), "RGBA")
    exif = Image.Exif()
    exif[0x0112] = 8
    cases.add("turned", saved(photo(5, 7, 3), "PNG", exif=exif), exif=True)


def webp_cases(cases):
    for channels in (3, 4):
        for lossless in (False, True):
            name = MODES[channels] + ("_lossless" if lossless else "")
            cases.add(name, saved(photo(19, 27, channels), "WEBP", lossless=lossless), MODES[channels])
    cases.add("alpha_left_out", saved(photo(19, 27, 4), "WEBP"))
    cases.add("as_gray", saved(photo(19, 27, 3), "WEBP"), "L")
    exif = Image.Exif()
    exif[0x0112] = 5
    cases.add("turned", saved(photo(5, 7, 3), "WEBP", exif=exif), exif=True)


def bmp_cases(cases):
    cases.add("rgb", saved(photo(6, 7, 3), "BMP"))
    cases.add("gray", saved(photo(6, 7, 1), "BMP"))
    cases.add("bits1", saved(photo(6, 13, 1).convert("1"), "BMP"))
    cases.add("palette", saved(photo(6, 7, 3).quantize(200), "BMP"))
    cases.add("rgba", saved(photo(6, 7, 4), "BMP"), "RGBA")
    colors = bytes(integers("bmp.palette", (64,), 0, 256, "u8"))
    pixels = bytes(integers("bmp.pixels", (4 * 12,), 0, 256, "u8"))
    cases.add("bits4", bmp(7, 4, 4, 0, pixels[:16], colors))
    cases.add("top_down", bmp(3, -4, 24, 0, pixels))
    cases.add("bits16_555", bmp(6, 4, 16, 0, pixels))
    cases.add("bits16_565", bmp(6, 4, 16, 3, pixels, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
    cases.add("bits32", bmp(3, 4, 32, 0, pixels))
    cases.add("bits32_masks", bmp(3, 4, 32, 3, pixels, masks=struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)))
    wide_colors = bytes(integers("bmp.palette8", (1024,), 0, 256, "u8"))
    runs = bytes([3, 9, 0, 4, 1, 2, 3, 4, 0, 0, 0, 3, 7, 8, 9, 0, 4, 200, 0, 0, 7, 77, 0, 1])
    cases.add("rle8", bmp(7, 3, 8, 1, runs, wide_colors))
    runs = bytes([7, 0x5A, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 2, 0xFF, 0, 0, 7, 0x01, 0, 1])
    cases.add("rle4", bmp(7, 3, 4, 2, runs, colors))


def pnm_cases(cases):
    cases.add("p6", saved(photo(6, 7, 3), "PPM"))
    cases.add("p5", saved(photo(6, 7, 1), "PPM"))
    cases.add("p4", saved(photo(6, 13, 1).convert("1"), "PPM"))
    cases.add("p1", b"P1\n# a comment\n5 2\n1 0 1 1 0\n01011\n")
    cases.add("p2", b"P2 3 2 15\n0 1 2 # three\n 13 14 15")
    cases.add("p3", b"P3\n2 1\n255\n1 2 3\n254 0 128\n")
    cases.add("p5_small", b"P5 5 1 100\n" + bytes([0, 1, 50, 99, 100]))
    cases.add("p6_small", b"P6 2 1 31\n" + bytes([0, 1, 15, 16, 30, 31]))
    cases.add("p6_wide", b"P6 3 1 65535\n" + bytes(integers("pnm.wide", (18,), 0, 256, "u8")))
    cases.add("p6_wide_odd", b"P6 3 1 1000\n" + np.array([0, 1, 2, 3, 498, 499, 500, 999, 1000], ">u2").tobytes())


if __name__ == "__main__":
    out = Output("pictures.py", "pictures")
    for format in ("jpeg", "png", "webp", "bmp", "pnm"):
        made = Cases()
        globals()[format + "_cases"](made)
        if "--seeds" in sys.argv:
            for name, file in made.tensors.items():
                if name.endswith(".file"):
                    (pathlib.Path(sys.argv[-1]) / f"{name[:-5]}.{format}").write_bytes(file.tobytes())
            continue
        out.write(format, made.tensors, framework="Pillow " + PIL.__version__, cases=made.list)
    out.close()
