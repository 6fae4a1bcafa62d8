#!/usr/bin/env python3
"""Times in PyTorch the benchmark's rows about pictures: the same networks, batch, optimizer, precision and threads.

Rows (ms; variants eager, channels_last, compile; the networks are torchvision's):
  cifar10_cnn                     the network of chapter 4: a training step with Adam of 50 pictures, the loss read
  mobilenet_v3_small_fine_tuning  the same of 50 pictures of 224 x 224, ten classes
  mobilenet_v3_small_features     the same with the features frozen
  resnet50_step                   the same of 8 pictures of 224 x 224
  resnet50_b1, resnet50_b8, mobilenet_v3_small_b1
                                  answers for 1 or 8 pictures of 224 x 224
  jpeg_224                        a photo from its JPEG file to a normalised tensor of 224 x 224 (Pillow and torchvision)
"""
import glob
import os
import sys

from common import Report, options, seconds, training_step

ARGS = options(__doc__.splitlines()[0])
REPORT = Report(ARGS)
TRAINING = ("cifar10_cnn", "mobilenet_v3_small_fine_tuning", "mobilenet_v3_small_features", "resnet50_step")
INFERENCE = {"resnet50_b1": ("resnet50", 1), "resnet50_b8": ("resnet50", 8),
             "mobilenet_v3_small_b1": ("mobilenet_v3_small", 1)}
if not REPORT.wants(*TRAINING, *INFERENCE, "jpeg_224"):
    sys.exit(0)
if ARGS.isa == "avx2":  # read when the libraries load
    os.environ.update(ATEN_CPU_CAPABILITY="avx2", ONEDNN_MAX_CPU_ISA="AVX2", MKL_ENABLE_INSTRUCTIONS="AVX2",
                      TORCHINDUCTOR_CPP_MARCH="x86-64-v3")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

VARIANTS = ("eager", "channels_last", "compile")


def cifar10_cnn():
    layers = []

    def block(i, o, padding):
        layers.extend([nn.Conv2d(i, o, 3, padding=padding), nn.BatchNorm2d(o), nn.GELU()])
    block(3, 32, 1), block(32, 32, 1), layers.extend([nn.MaxPool2d(2), nn.Dropout2d(.2)])
    block(32, 64, 1), block(64, 64, 1), layers.extend([nn.MaxPool2d(2), nn.Dropout2d(.3)])
    block(64, 128, 0), block(128, 128, 0), layers.extend([nn.MaxPool2d(2), nn.Dropout2d(.5)])
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


def mobilenet(frozen=False):
    net = torchvision.models.mobilenet_v3_small(num_classes=10)
    net.features.requires_grad_(not frozen)
    return net


NETS = {"cifar10_cnn": (cifar10_cnn, 50, 32), "mobilenet_v3_small_fine_tuning": (mobilenet, 50, 224),
        "mobilenet_v3_small_features": (lambda: mobilenet(True), 50, 224),
        "resnet50_step": (torchvision.models.resnet50, 8, 224)}


def prepare(net, x, variant):
    if variant == "channels_last":
        return net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    return (torch.compile(net) if variant == "compile" else net), x


def training(name, variant):
    make, batch, size = NETS[name]
    net = make()
    adam = torch.optim.Adam([p for p in net.parameters() if p.requires_grad])
    labels = torch.randint(0, 10, (batch,))
    forward, x = prepare(net, torch.randn(batch, 3, size, size), variant)
    return training_step(adam, lambda: F.cross_entropy(forward(x), labels)), 3, 9


def inference(name, variant):
    model, batch = INFERENCE[name]
    forward, x = prepare(getattr(torchvision.models, model)().eval(), torch.randn(batch, 3, 224, 224), variant)

    def answer():
        with torch.no_grad():
            forward(x)
    return answer, 4, 15


def jpeg():
    import torchvision.transforms as T
    from PIL import Image
    files = sorted(glob.glob(ARGS.data + "/detection/coco8/images/*/*.jpg"))
    transform = T.Compose([T.Resize((224, 224)), T.ToTensor(), T.Normalize([.485, .456, .406], [.229, .224, .225])])
    times = seconds(lambda: [transform(Image.open(f).convert("RGB")) for f in files], 2, 9)
    REPORT.row("jpeg_224", "pillow", [1e3 * t / len(files) for t in times], "ms")


def main():
    torch.manual_seed(1)
    torch.set_num_threads(ARGS.threads)
    for name in (*TRAINING, *INFERENCE):
        for variant in VARIANTS if REPORT.wants(name) else ():
            with REPORT.guard(name, variant):
                work, warm, runs = (training if name in TRAINING else inference)(name, variant)
                REPORT.row(name, variant, [1e3 * t for t in seconds(work, warm, runs)], "ms")
    if REPORT.wants("jpeg_224"):
        jpeg()


if __name__ == "__main__":
    sys.exit(main())
