#!/usr/bin/env python3
"""Times in PyTorch the benchmark's rows about recurrent networks: the same networks, batch, optimizer and threads.

Rows (ms; variants eager, compile):
  lstm_classifier   a training step with Adam of 64 sequences of 200 vectors of 64, 64 hidden units, the loss read
  gru_classifier    the same with a GRU
"""
import os
import sys

from common import Report, options, seconds

ARGS = options(__doc__.splitlines()[0])
REPORT = Report(ARGS)
LAYERS = {"lstm_classifier": "LSTM", "gru_classifier": "GRU"}
if not REPORT.wants(*LAYERS):
    sys.exit(0)
if ARGS.isa == "avx2":  # read when the libraries load
    os.environ.update(ATEN_CPU_CAPABILITY="avx2", ONEDNN_MAX_CPU_ISA="AVX2", MKL_ENABLE_INSTRUCTIONS="AVX2",
                      TORCHINDUCTOR_CPP_MARCH="x86-64-v3")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
import torch.nn.functional as F
from torch import nn


class Classifier(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.layer = getattr(nn, kind)(64, 64, batch_first=True)
        self.out = nn.Linear(64, 2)

    def forward(self, x):
        return self.out(self.layer(x)[0][:, -1])


def training(kind, variant):
    net = Classifier(kind)
    adam = torch.optim.Adam(net.parameters())
    x, labels = torch.randn(64, 200, 64), torch.randint(0, 2, (64,))
    forward = torch.compile(net) if variant == "compile" else net

    def step():
        adam.zero_grad()
        loss = F.cross_entropy(forward(x), labels)
        loss.backward()
        adam.step()
        loss.item()
    return step


def main():
    torch.manual_seed(1)
    torch.set_num_threads(ARGS.threads)
    for name, kind in LAYERS.items():
        for variant in ("eager", "compile") if REPORT.wants(name) else ():
            with REPORT.guard(name, variant):
                REPORT.row(name, variant, [1e3 * t for t in seconds(training(kind, variant), 3, 15)], "ms")


if __name__ == "__main__":
    sys.exit(main())
