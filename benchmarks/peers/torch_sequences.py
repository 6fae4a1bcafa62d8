#!/usr/bin/env python3
"""Times in PyTorch the benchmark's rows about sequences: the same networks, batch, optimizer and threads.

Rows (ms; variants eager, compile):
  sentiment_lstm    a training step with Adam of 64 bags of 233 words of 100,000, 64 numbers a word, an LSTM over the 64
                    vectors and a linear layer, the loss read (variant eager)
  lstm_classifier   a training step with Adam of 64 sequences of 200 vectors of 64, 64 hidden units, the loss read
  gru_classifier    the same with a GRU
  attention_1024    scaled_dot_product_attention of 8 heads of 64 numbers over 1024 positions, forward and backward
  transformer_copy_step   a training step with Adam of nn.Transformer, two layers each of 512 numbers and 8 heads, norms
                    first and SiLU, 50 sequences of 10 words
  distilbert_finetune   a step with AdamW of DistilBertForSequenceClassification (transformers, its default sizes) on 16
                    sentences of 64 words
"""
import os
import sys

from common import Report, options, seconds, training_step

ARGS = options(__doc__.splitlines()[0])
REPORT = Report(ARGS)
LAYERS = {"lstm_classifier": "LSTM", "gru_classifier": "GRU"}
if not REPORT.wants(*LAYERS, "sentiment_lstm", "attention_1024", "transformer_copy_step", "distilbert_finetune"):
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
    return training_step(adam, lambda: F.cross_entropy(forward(x), labels))


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.rnn, self.fc = nn.EmbeddingBag(100000, 64), nn.LSTM(64, 64), nn.Linear(64, 2)

    def forward(self, tokens, offsets):
        return self.fc(self.rnn(self.embedding(tokens, offsets))[0])


def sentiment():
    net = Sentiment()
    adam = torch.optim.Adam(net.parameters())
    tokens, offsets, labels = torch.randint(0, 100000, (64 * 233,)), torch.arange(0, 64 * 233, 233), torch.randint(0, 2, (64,))
    return training_step(adam, lambda: F.cross_entropy(net(tokens, offsets), labels))


def attention(variant):
    q, k, v = (torch.randn(1, 8, 1024, 64, requires_grad=True) for _ in range(3))

    def total(q, k, v):
        return F.scaled_dot_product_attention(q, k, v).sum()
    function = torch.compile(total) if variant == "compile" else total

    def step():
        q.grad = k.grad = v.grad = None
        function(q, k, v).backward()
    return step


class Copier(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(11, 512), nn.Embedding(11, 512)
        self.transformer = nn.Transformer(512, 8, 2, 2, 2048, 0.1, F.silu, batch_first=True, norm_first=True)
        self.out = nn.Linear(512, 11)
        self.mask = nn.Transformer.generate_square_subsequent_mask(9)

    def forward(self, x):
        y = self.transformer(self.source(x) * 22.6, self.target(x[:, :-1]) * 22.6, tgt_mask=self.mask, tgt_is_causal=True)
        return self.out(y)


def copying(variant):
    net = Copier()
    adam = torch.optim.Adam(net.parameters())
    x = torch.randint(1, 11, (50, 10))
    forward = torch.compile(net) if variant == "compile" else net
    return training_step(adam, lambda: F.cross_entropy(forward(x).reshape(-1, 11), x[:, 1:].reshape(-1)))


def fine_tuning(variant):
    from transformers import DistilBertConfig, DistilBertForSequenceClassification
    net = DistilBertForSequenceClassification(DistilBertConfig())
    net.train()
    ids, labels = torch.randint(5, 30000, (16, 64)), torch.randint(0, 2, (16,))
    mask = torch.ones_like(ids)
    adam = torch.optim.AdamW(net.parameters(), 2e-5)
    forward = torch.compile(net) if variant == "compile" else net
    return training_step(adam, lambda: forward(input_ids=ids, attention_mask=mask, labels=labels).loss)


def main():
    torch.manual_seed(1)
    torch.set_num_threads(ARGS.threads)
    if REPORT.wants("sentiment_lstm"):
        with REPORT.guard("sentiment_lstm", "eager"):
            REPORT.row("sentiment_lstm", "eager", [1e3 * t for t in seconds(sentiment(), 3, 15)], "ms")
    for name, kind in LAYERS.items():
        for variant in ("eager", "compile") if REPORT.wants(name) else ():
            with REPORT.guard(name, variant):
                REPORT.row(name, variant, [1e3 * t for t in seconds(training(kind, variant), 3, 15)], "ms")
    for name, make in (("attention_1024", attention), ("transformer_copy_step", copying)):
        for variant in ("eager", "compile") if REPORT.wants(name) else ():
            with REPORT.guard(name, variant):
                REPORT.row(name, variant, [1e3 * t for t in seconds(make(variant), 3, 15)], "ms")
    for variant in ("eager", "compile") if REPORT.wants("distilbert_finetune") else ():
        with REPORT.guard("distilbert_finetune", variant):
            REPORT.row("distilbert_finetune", variant, [1e3 * t for t in seconds(fine_tuning(variant), 1, 5)], "ms")


if __name__ == "__main__":
    sys.exit(main())
