#!/usr/bin/env python3
"""Golden pictures of resizing and of torchvision's functions: writes tests/golden/vision/{resize,functional}.safetensors.

Usage: vision.py [--check]

Inputs are `rgb` and `gray` (u8) and `rgb_f32`, `gray_f32` (0 to 1). `cases` of resize: the tensor NAME is what `by` gives
(pillow, exactly; torchvision of tensors, one level or 2e-6 apart). `cases` of functional: `op` and `args` as in
torchvision.transforms.v2.functional; `off` is the share of pixels that may differ by more than a level, where
the last bit of a coordinate decides which pixel is the nearest. Needs Pillow 13 and torchvision 0.29.
"""
import numpy as np
import PIL
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from golden import Output, setup
from pictures import photo, planes

FILTERS = {"nearest_exact": Image.NEAREST, "box": Image.BOX, "bilinear": Image.BILINEAR, "hamming": Image.HAMMING,
           "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
setup()
u8 = {"rgb": planes(photo(17, 22, 3)), "gray": planes(photo(13, 11, 1))}
inputs = {**u8, "rgb_f32": planes(photo(12, 14, 3)) / np.float32(255), "gray_f32": u8["gray"] / np.float32(255)}
torches = {name: torch.from_numpy(np.ascontiguousarray(p)) for name, p in inputs.items()}


def resize_cases():
    tensors, cases = dict(inputs), []

    def add(by, source, size, value, **options):
        name = f"case{len(cases)}"
        tensors[name] = value
        cases.append(dict(name=name, by=by, input=source, size=size, **options))

    for name, code in FILTERS.items():
        for height, width in ((7, 11), (17, 9), (13, 22), (30, 41), (1, 1)):
            image = Image.fromarray(u8["rgb"].transpose(1, 2, 0)).resize((width, height), code)
            add("pillow", "rgb", [height, width], planes(image), interpolation=name)
        image = Image.fromarray(inputs["gray_f32"][0], "F").resize((8, 20), code)
        add("pillow", "gray_f32", [20, 8], planes(image), interpolation=name)
    for name in ("nearest", "nearest_exact", "bilinear", "bicubic"):
        mode = getattr(InterpolationMode, name.upper())
        for antialias in (True, False):
            for source in ("rgb", "rgb_f32"):
                for size in ((7, 9), (20, 25), (8, 30)):
                    value = F.resize(torches[source], list(size), mode, antialias=antialias)
                    add("torchvision", source, list(size), value, interpolation=name, antialias=antialias)
    for size, largest in (([10], 0), ([20], 22), ([30], 35)):
        value = F.resize(torches["rgb"], size, max_size=largest or None)
        add("torchvision", "rgb", size, value, interpolation="bilinear", max_size=largest)
    return tensors, cases


def functional_cases():
    tensors, cases = dict(inputs), []

    def add(op, source, off=0.0, **args):
        call = dict(args)
        if "interpolation" in call:
            call["interpolation"] = getattr(InterpolationMode, call["interpolation"].upper())
        if op == "to_dtype":
            call["dtype"] = torch.float32 if args["dtype"] == "f32" else torch.uint8
        if op == "erase":
            call["v"] = torch.tensor(call["v"])[:, None, None]
        value = getattr(F, op)(torches[source], **call)
        values = value if isinstance(value, tuple) else [value]
        name = f"case{len(cases)}"
        for i, v in enumerate(values):
            tensors[f"{name}.{i}"] = v.contiguous()
        cases.append(dict(name=name, op=op, input=source, args=args, off=off, outputs=len(values)))

    for source in ("rgb", "rgb_f32", "gray"):
        add("crop", source, top=3, left=2, height=5, width=6)
        add("center_crop", source, output_size=[8, 9])
        for mode in ("constant", "edge", "reflect", "symmetric"):
            add("pad", source, padding=[3, 1, 2, 4], padding_mode=mode)
        add("horizontal_flip", source)
        add("vertical_flip", source)
        for interpolation, off in (("nearest", 0.02), ("bilinear", 0.0)):
            add("rotate", source, off, angle=27.0, interpolation=interpolation)
            add("rotate", source, off, angle=-130.0, interpolation=interpolation, expand=True, fill=[0.5])
            add("affine", source, off, angle=12.0, translate=[3, -2], scale=1.3, shear=[8.0, -5.0],
                interpolation=interpolation)
            add("affine", source, off, angle=-40.0, translate=[0, 0], scale=0.6, shear=[0.0, 0.0],
                interpolation=interpolation, fill=[0.25], center=[4, 7])
            add("perspective", source, off, startpoints=[[0, 0], [10, 0], [10, 11], [0, 11]],
                endpoints=[[2, 1], [8, 2], [9, 10], [1, 11]], interpolation=interpolation)
        for factor in (0.0, 0.4, 1.7):
            for name in ("brightness", "contrast", "saturation", "sharpness"):
                add("adjust_" + name, source, **{name + "_factor": factor})
        for turn in (-0.4, 0.1, 0.5):
            add("adjust_hue", source, hue_factor=turn)
        add("adjust_gamma", source, gamma=0.6)
        add("adjust_gamma", source, gamma=1.8, gain=1.2)
        add("rgb_to_grayscale", source, num_output_channels=1)
        add("rgb_to_grayscale", source, num_output_channels=3)
        add("gaussian_blur", source, kernel_size=[5, 3], sigma=[0.9, 1.6])
        add("gaussian_blur", source, kernel_size=[7, 7])
        add("invert", source)
        for bits in (0, 3, 8):
            add("posterize", source, bits=bits)
        add("solarize", source, threshold=0.6 if source.endswith("f32") else 150)
        add("autocontrast", source)
        add("equalize", source)
        add("erase", source, i=2, j=3, h=4, w=5, v=[0.5] if source.endswith("f32") else [77.0])
    add("center_crop", "rgb", output_size=[24, 15])
    add("center_crop", "gray", output_size=[12])
    add("crop", "rgb", top=-3, left=17, height=8, width=12)
    add("pad", "rgb", padding=[2], fill=9)
    add("pad", "rgb", padding=[2, 3], fill=[1, 2, 3])
    for angle in (90, 180, 270):
        add("rotate", "rgb", angle=angle, expand=True)
    add("rotate", "rgb", angle=45.0, expand=True, interpolation="bilinear")
    add("rotate", "rgb", angle=33.0, center=[5, 6], fill=[1, 200, 30], interpolation="bilinear")
    add("five_crop", "rgb", size=[9, 10])
    add("ten_crop", "gray", size=[9, 10])
    add("ten_crop", "gray", size=[9], vertical_flip=True)
    add("resized_crop", "rgb_f32", top=2, left=3, height=9, width=8, size=[12, 14])
    add("to_dtype", "rgb", dtype="f32", scale=True)
    add("to_dtype", "rgb", dtype="f32", scale=False)
    add("to_dtype", "rgb_f32", dtype="u8", scale=True)
    add("normalize", "rgb_f32", mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
    return tensors, cases


def policies():
    """AutoAugment's lists and every strength of the three spaces, of a picture 40 high and 60 wide."""
    lists = {p.value: v2.AutoAugment(p)._policies for p in v2.AutoAugmentPolicy}
    spaces = {}
    for name, space, bins in (("auto", v2.AutoAugment._AUGMENTATION_SPACE, 10), ("rand", v2.RandAugment._AUGMENTATION_SPACE, 31),
                              ("trivial", v2.TrivialAugmentWide._AUGMENTATION_SPACE, 31)):
        spaces[name] = {op: [float(x) for x in (f(bins, 40, 60) if f(bins, 40, 60) is not None else [])]
                        for op, (f, _) in space.items()}
    return lists, spaces


if __name__ == "__main__":
    out = Output("vision.py", "vision")
    about = dict(framework=f"Pillow {PIL.__version__}, torchvision")
    tensors, cases = resize_cases()
    out.write("resize", tensors, cases=cases, **about)
    tensors, cases = functional_cases()
    out.write("functional", tensors, cases=cases, **about)
    out.close()
