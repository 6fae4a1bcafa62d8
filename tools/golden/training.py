#!/usr/bin/env python3
"""Golden ten-step training runs, from PyTorch: writes tests/golden/training/*.safetensors.

Usage: training.py [--check] [--data DIR]     (DIR, or $FATHOM_DATA, holds mnist/*.gz, tabular/digits.csv.gz and
cifar10/data_batch_1.first3500.bin.gz)

A file holds `init.NAME` (the state dict before the first step; f16 where that holds it exactly), `inputs` and
`labels` or `targets` with the batch as first axis, which the steps take in turn, `loss` (10 numbers, f32) and `loss_f64` (the same run in double
precision), and `after.NAME` (the state dict after step 10; of a large parameter its first rows only). The metadata entry
`run` has the rest.
"""
import gzip
import os
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from golden import Output, array, integers, setup, uniform

STEPS = 10
LARGE = 5000  # elements of a parameter of which only the first ROWS rows are kept afterwards
ROWS = 10


class MnistMlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.norm, self.out = nn.Linear(784, 100), nn.BatchNorm1d(100), nn.Linear(100, 10)

    def forward(self, x):
        return self.out(F.relu(self.norm(self.hidden(x))))


class Xor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(2, 2), nn.Linear(2, 1)

    def forward(self, x):
        return self.out(torch.tanh(self.hidden(x)))


class DigitsMlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, x):
        return self.out(F.relu(self.hidden(x)))


class CifarCnn(nn.Module):
    """The network of chapter 4 with fewer channels and without dropout, whose drawings no other program has."""

    def __init__(self):
        super().__init__()
        sizes = [(3, 16, 1), (16, 16, 1), (16, 24, 1), (24, 24, 1), (24, 32, 0), (32, 32, 0)]
        self.conv = nn.ModuleList(nn.Conv2d(i, o, 3, padding=p) for i, o, p in sizes)
        self.norm = nn.ModuleList(nn.BatchNorm2d(o) for _, o, _ in sizes)
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        x = x.reshape(-1, 3, 32, 32)
        for i, (conv, norm) in enumerate(zip(self.conv, self.norm)):
            x = F.gelu(norm(conv(x)))
            if i % 2:
                x = F.max_pool2d(x, 2)
        return self.out(torch.flatten(x, 1))


class SentimentLstm(nn.Module):
    """The network of ch06/sentiment_lstm with fewer words and numbers."""

    def __init__(self):
        super().__init__()
        self.embedding, self.rnn, self.fc = nn.EmbeddingBag(200, 16), nn.LSTM(16, 16), nn.Linear(16, 2)

    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])


class SparseBag(nn.Module):
    """A table whose gradient PyTorch keeps sparse: the bags are the logits."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.EmbeddingBag(60, 4, mode="sum", padding_idx=0, sparse=True)

    def forward(self, x):
        return self.embedding(x)


def initial(run, model, grid):
    """Weights and biases on a grid of 1/`grid`, within PyTorch's usual bound or 1/4; norms as they are made."""
    state = {}
    for name, t in model.state_dict().items():
        layer = model.get_submodule(name.rsplit(".", 1)[0])
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.EmbeddingBag, nn.LSTM)):
            bound = layer.weight[0].numel()**-0.5 if isinstance(layer, (nn.Linear, nn.Conv2d)) else 0.25
            t = torch.from_numpy(np.round(uniform(f"{run}.init.{name}", tuple(t.shape), -bound, bound, "f64") * grid) / grid)
        state[name] = array(t.to(torch.float32) if t.is_floating_point() else t)
    return state


def train(make, state, batches, scale, loss_fn, optimizer, kind):
    """Ten steps in the given precision. The input is divided by `scale` in that precision; without, it is numbers of words."""
    model = make().to(kind)
    model.load_state_dict({n: torch.from_numpy(a.copy()) for n, a in state.items()})
    model.train()
    opt = optimizer(list(model.parameters()))
    losses = []
    for step in range(STEPS):
        x, y = (torch.from_numpy(b[step % len(b)].copy()) for b in batches)
        if scale:
            x = x.to(kind) / scale
        loss = loss_fn(model(x), y.to(kind) if y.is_floating_point() else y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses, {n: array(t) for n, t in model.state_dict().items()}


def make_optimizer(kind, parameters, options):
    """Without PyTorch's other ways to compute the same, of those that have some."""
    return kind(parameters, **options) if kind is torch.optim.SparseAdam else kind(parameters, foreach=False, **options)


def idx(path):
    data = gzip.open(path).read()
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def exact_half(a):
    """Floats as f16 if nothing is lost, as weights on a grid within narrow bounds lose nothing."""
    return a.astype(np.float16) if a.dtype == np.float32 and (a.astype(np.float16) == a).all() else a


def distance(a, b):
    """The largest difference, relative to the largest value of `b`, to two digits."""
    return float(f"{np.max(np.abs(np.subtract(a, b))) / max(np.max(np.abs(b)), 1e-30):.2g}")


def rows(x, batches, batch):
    """The first rows, cut into batches."""
    return x[:batches * batch].reshape(batches, batch, *x.shape[1:])


def main():
    setup()
    args = sys.argv[1:]
    data = pathlib.Path(args[args.index("--data") + 1] if "--data" in args else os.environ.get("FATHOM_DATA", "data"))
    images = idx(data / "mnist/train-images-idx3-ubyte.gz").reshape(-1, 784)
    labels = idx(data / "mnist/train-labels-idx1-ubyte.gz").astype(np.int64)
    digits = np.loadtxt(gzip.open(data / "tabular/digits.csv.gz"), delimiter=",", dtype=np.int64)
    mnist = (rows(images, 3, 20), rows(labels, 3, 20))
    digits = (rows(digits[:, :64].astype(np.uint8), STEPS, 32), rows(digits[:, 64], STEPS, 32))
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    xor = (corners[None], np.array([[[0], [1], [1], [0]]], np.float32))
    cifar = np.frombuffer(gzip.open(data / "cifar10/data_batch_1.first3500.bin.gz").read(), np.uint8).reshape(-1, 3073)
    cifar = (rows(cifar[:, 1:], 2, 16), rows(cifar[:, 0].astype(np.int64), 2, 16))
    words = (integers("words", (STEPS, 16, 9), 0, 200), integers("words.labels", (STEPS, 16), 0, 2))
    few = (integers("few", (STEPS, 8, 3), 0, 60), integers("few.labels", (STEPS, 8), 0, 4))
    runs = {
        "sentiment_lstm": (SentimentLstm, words, None, F.cross_entropy, torch.optim.Adam, dict(lr=1e-2), []),
        "sparse_bag_adam": (SparseBag, few, None, F.cross_entropy, torch.optim.SparseAdam, dict(lr=1e-2), []),
        "sparse_bag_sgd": (SparseBag, few, None, F.cross_entropy, torch.optim.SGD, dict(lr=0.5), []),
        "sparse_bag_momentum": (SparseBag, few, None, F.cross_entropy, torch.optim.SGD, dict(lr=0.5, momentum=0.9), []),
        "sparse_bag_adagrad": (SparseBag, few, None, F.cross_entropy, torch.optim.Adagrad, dict(lr=0.1), []),
        # hidden.bias has no influence before a batch norm: its gradient is rounding noise, which Adam turns into full
        # steps, and the running mean takes them along. No other program has the same noise.
        "mnist_mlp": (MnistMlp, mnist, 255, F.cross_entropy, torch.optim.Adam, dict(lr=1e-3),
                      ["hidden.bias", "norm.running_mean"]),
        "xor": (Xor, xor, 1, F.mse_loss, torch.optim.SGD, dict(lr=0.1), []),
        "digits_mlp": (DigitsMlp, digits, 16, F.cross_entropy, torch.optim.AdamW, dict(lr=1e-2, weight_decay=0.1), []),
        "digits_mlp_nesterov": (DigitsMlp, digits, 16, F.cross_entropy, torch.optim.SGD,
                                dict(lr=0.1, momentum=0.9, nesterov=True), []),
        # At a usual rate rounding alone moves these losses by 4e-3 in ten steps: Adam's first steps have the sign of
        # the gradient, however small.
        "cifar10_cnn": (CifarCnn, cifar, 255, F.cross_entropy, torch.optim.Adam, dict(lr=1e-4),
                        [f"conv.{i}.bias" for i in range(6)] + [f"norm.{i}.running_mean" for i in range(6)]),
    }
    out = Output("training.py", "training")
    for name, (make, batches, scale, loss_fn, optimizer, options, noise) in runs.items():
        state = initial(name, make(), 8192)
        results = [train(make, state, batches, scale, loss_fn, lambda p: make_optimizer(optimizer, p, options), kind)
                   for kind in (torch.float32, torch.float64)]
        (losses, after), (exact_losses, exact) = results
        labels_name = "labels" if loss_fn is F.cross_entropy else "targets"
        tensors = {"inputs": batches[0], labels_name: batches[1], "loss": np.array(losses, np.float32),
                   "loss_f64": np.array(exact_losses)}
        tensors.update({f"init.{n}": exact_half(a) for n, a in state.items()})
        tensors.update({f"after.{n}": a[:ROWS] if a.size > LARGE else a for n, a in after.items()})
        # How far single precision strays from double, relative to the largest value of the tensor: for tolerances.
        stray = {f"after.{n}": distance(after[n], exact[n]) for n in after}
        stray["loss"] = max(distance(a, b) for a, b in zip(losses, exact_losses))
        out.write(name, tensors, run={
            "model": make.__name__, "optimizer": optimizer.__name__, "options": options, "loss": loss_fn.__name__,
            "batch": int(batches[0].shape[1]), "steps": STEPS, "divide_inputs_by": scale, "noise": noise,
            "f32_from_f64": {n: v for n, v in stray.items() if n.removeprefix("after.") not in noise}})
    out.close()


if __name__ == "__main__":
    main()
