#!/usr/bin/env python3
"""Times in PyTorch the work that Fathom's benchmark does: the same shapes, batch, optimizer, precision and threads.

Rows (variants eager and compile unless said otherwise; lower is better for ms and us, higher for GF/s):
  mnist_mlp            784-100, batch norm, ReLU, -10; Adam; one epoch of 60,000 in batches of 100, shuffled, with the loss
                       and the accuracy read at every step; the pictures lie in memory as f32
  mnist_mlp_busy       the same while another process keeps one core busy (with --busy, or by name)
  mnist_mlp_book       the same fed by the book's loader: PIL picture, ToTensor, flatten, one sample at a time
  xor_step             2-2-1, tanh; plain SGD; all four corners in one step, the loss read; mean of 200 steps
  gemm_256 ... 2048    a @ b, square
  gemm_100x784x100     a (100, 784) @ b (784, 100); its gradients _dw = a.T @ g and _dx = g @ b.T
  gemm_64x512x512      a (64, 512) @ b (512, 512)
  gemv_1x4096x4096     a (1, 4096) @ w.T with w stored (out, in), as in a linear layer
  elementwise_1M_6ops  relu(gelu_tanh(x * w + b) * s + x) of 2^20 floats
  rows_NAME            softmax, layer_norm (with weight and bias), cross_entropy of (4096, 512): forward and backward
  layer_NAME           forward and backward on 2^20 numbers: layer_norm (2048, 512), group_norm (8 groups) and batch_norm of
                       (16, 64, 32, 32), gelu, dropout (0.1), embedding of 4096 of 10,000 rows of 256
  cold_start           a new process: import, make a small network, one forward pass
"""
import os
import sys

from common import Report, cold_start, mnist, neighbour, options, seconds, seconds_each

ARGS = options(__doc__.splitlines()[0])
if ARGS.isa == "avx2":  # read when the libraries load, and by the processes of cold_start
    os.environ.update(ATEN_CPU_CAPABILITY="avx2", ONEDNN_MAX_CPU_ISA="AVX2", MKL_ENABLE_INSTRUCTIONS="AVX2",
                      TORCHINDUCTOR_CPP_MARCH="x86-64-v3")  # else what compile generates is built with -march=native
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no pool of compilers beside the measurement

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

REPORT = Report(ARGS)
VARIANTS = ("eager", "compile")


def prepare(variant, fn):
    return torch.compile(fn) if variant == "compile" else fn


def milliseconds(durations):
    return [1e3 * t for t in durations]


def mnist_net():
    return nn.Sequential(nn.Linear(784, 100), nn.BatchNorm1d(100), nn.ReLU(), nn.Linear(100, 10))


class MnistEpoch:
    """One epoch at a call."""

    def __init__(self, x, y, variant):
        self.x, self.y = x, y
        self.net = mnist_net()
        self.forward = prepare(variant, self.net)
        self.adam = torch.optim.Adam(self.net.parameters())

    def __call__(self):
        order = torch.randperm(len(self.x))
        loss_sum, right = 0.0, 0
        for rows in order.split(100):
            x, y = self.x[rows], self.y[rows]
            self.adam.zero_grad()
            scores = self.forward(x)
            loss = F.cross_entropy(scores, y)
            loss.backward()
            self.adam.step()
            loss_sum += loss.item() * len(rows)
            right += (scores.argmax(1) == y).sum().item()
        return loss_sum, right


class BookSamples(torch.utils.data.Dataset):
    def __init__(self, pictures, labels):
        from PIL import Image
        from torchvision import transforms
        self.pictures, self.labels, self.image = pictures, labels, Image.fromarray
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Lambda(torch.flatten)])

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.transform(self.image(self.pictures[i])), int(self.labels[i])


def book_epoch(pictures, labels):
    loader = torch.utils.data.DataLoader(BookSamples(pictures, labels), batch_size=100, shuffle=True)
    net = mnist_net()
    adam = torch.optim.Adam(net.parameters())

    def epoch():
        for x, y in loader:
            adam.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            adam.step()
            loss.item()
    return epoch


def run_mnist():
    pictures, labels = mnist(ARGS.data)
    x = torch.from_numpy(pictures.reshape(-1, 784).astype(np.float32) / 255)
    y = torch.from_numpy(labels.astype(np.int64))
    for variant in VARIANTS:
        if not REPORT.wants("mnist_mlp", "mnist_mlp_busy"):
            break
        epoch = MnistEpoch(x, y, variant)
        if REPORT.wants("mnist_mlp"):
            with REPORT.guard("mnist_mlp", variant):
                REPORT.row("mnist_mlp", variant, milliseconds(seconds(epoch, 1, 5)), "ms")
        if REPORT.wants("mnist_mlp_busy"):
            with REPORT.guard("mnist_mlp_busy", variant):
                epoch()  # warm and compiled before the neighbour comes
                with neighbour():
                    times = seconds(epoch, 0, 5)
                REPORT.row("mnist_mlp_busy", variant, milliseconds(times), "ms")
    if REPORT.wants("mnist_mlp_book"):
        with REPORT.guard("mnist_mlp_book", "eager"):
            REPORT.row("mnist_mlp_book", "eager", milliseconds(seconds(book_epoch(pictures, labels), 0, 3)), "ms")


def run_xor():
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    for variant in VARIANTS:
        with REPORT.guard("xor_step", variant):
            net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
            forward = prepare(variant, net)
            sgd = torch.optim.SGD(net.parameters(), lr=0.1)

            def steps():
                for _ in range(200):
                    sgd.zero_grad()
                    loss = F.mse_loss(forward(x), y)
                    loss.backward()
                    sgd.step()
                    loss.item()
            REPORT.row("xor_step", variant, [1e6 * t / 200 for t in seconds(steps, 3, 15)], "us")


def run_gemm():
    a, b, g = torch.randn(100, 784), torch.randn(784, 100), torch.randn(100, 100)
    work = {f"gemm_{n}": (torch.randn(n, n), torch.randn(n, n)) for n in (256, 512, 1024, 2048)}
    work["gemm_100x784x100"] = (a, b)
    work["gemm_100x784x100_dw"] = (a.t(), g)
    work["gemm_100x784x100_dx"] = (g, b.t())
    work["gemm_64x512x512"] = (torch.randn(64, 512), torch.randn(512, 512))
    work["gemv_1x4096x4096"] = (torch.randn(1, 4096), torch.randn(4096, 4096).t())
    for name, (left, right) in work.items():
        if REPORT.wants(name):
            with REPORT.guard(name, "eager"):
                flops = 2 * left.shape[0] * left.shape[1] * right.shape[1]
                times = seconds_each(lambda: left @ right)
                REPORT.row(name, "eager", [flops / t / 1e9 for t in times], "GF/s")


def run_elementwise():
    x, w, b, s = (torch.randn(1 << 20) for _ in range(4))

    def six(x, w, b, s):
        return torch.relu(F.gelu(x * w + b, approximate="tanh") * s + x)
    for variant in VARIANTS:
        with REPORT.guard("elementwise_1M_6ops", variant):
            fn = prepare(variant, six)
            times = seconds_each(lambda: fn(x, w, b, s))
            REPORT.row("elementwise_1M_6ops", variant, milliseconds(times), "ms")


def run_rows():
    x = torch.randn(4096, 512, requires_grad=True)
    w, b = torch.randn(512, requires_grad=True), torch.randn(512, requires_grad=True)
    up, labels = torch.randn(4096, 512), torch.randint(0, 512, (4096,))
    work = {"rows_softmax": lambda: F.softmax(x, -1), "rows_layer_norm": lambda: F.layer_norm(x, (512,), w, b),
            "rows_cross_entropy": lambda: F.cross_entropy(x, labels)}
    for name, forward in work.items():
        for variant in VARIANTS:
            if not REPORT.wants(name):
                continue
            with REPORT.guard(name, variant):
                fn = prepare(variant, forward)

                def both():
                    x.grad = w.grad = b.grad = None
                    y = fn()
                    y.backward(up if y.dim() else None)
                REPORT.row(name, variant, milliseconds(seconds_each(both)), "ms")


def run_layers():
    flat = torch.randn(1 << 20, requires_grad=True)
    rows = torch.randn(2048, 512, requires_grad=True)
    pictures = torch.randn(16, 64, 32, 32, requires_grad=True)
    table, index = torch.randn(10000, 256, requires_grad=True), torch.randint(0, 10000, (4096,))
    w512, b512, w64, b64 = (torch.randn(n, requires_grad=True) for n in (512, 512, 64, 64))
    work = {"layer_layer_norm": (lambda: F.layer_norm(rows, (512,), w512, b512), rows.shape),
            "layer_group_norm": (lambda: F.group_norm(pictures, 8, w64, b64), pictures.shape),
            "layer_batch_norm": (lambda: F.batch_norm(pictures, None, None, w64, b64, training=True), pictures.shape),
            "layer_gelu": (lambda: F.gelu(flat), flat.shape),
            "layer_dropout": (lambda: F.dropout(flat, 0.1), flat.shape),
            "layer_embedding": (lambda: F.embedding(index, table), (4096, 256))}
    for name, (forward, shape) in work.items():
        up = torch.randn(shape)
        for variant in VARIANTS:
            if not REPORT.wants(name):
                continue
            with REPORT.guard(name, variant):
                fn = prepare(variant, forward)

                def both():
                    for x in (flat, rows, pictures, table, w512, b512, w64, b64):
                        x.grad = None
                    fn().backward(up)
                REPORT.row(name, variant, milliseconds(seconds_each(both)), "ms")


def main():
    torch.manual_seed(1)
    torch.set_num_threads(ARGS.threads)
    if REPORT.wants("mnist_mlp", "mnist_mlp_busy", "mnist_mlp_book"):
        run_mnist()
    if REPORT.wants("xor_step"):
        run_xor()
    run_gemm()
    if REPORT.wants("elementwise_1M_6ops"):
        run_elementwise()
    run_rows()
    run_layers()
    cold_start(REPORT, "eager", "import torch\nfrom torch import nn\n"
               "net = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))\nprint(net(torch.zeros(1, 784)))")


if __name__ == "__main__":
    sys.exit(main())
