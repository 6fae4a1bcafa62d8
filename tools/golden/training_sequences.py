#!/usr/bin/env python3
"""Golden ten-step training runs of networks of sequences, from PyTorch: writes tests/golden/training/sequences_*.safetensors.

Usage: training_sequences.py [--check]

The networks are those of chapters 6 and 7, smaller and without dropout, whose drawings no other program has. A file holds
`init.NAME`, the state dict before the first step; the batches, which the steps take in turn by their first axis; `loss` (10
numbers, f32) and `loss_f64`, the same run in double precision.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import Output, array, integers, setup, uniform

STEPS, BATCH, WORDS = 10, 4, 20


class ShakespeareLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters = nn.Embedding(WORDS, 12)
        self.lstm = nn.LSTM(12, 24, batch_first=True)
        self.out = nn.Linear(24, WORDS)
        self.state = None

    def loss(self, text):
        y, (h, c) = self.lstm(self.letters(text[:, :-1]), self.state)
        self.state = h.detach(), c.detach()
        return F.cross_entropy(self.out(y).flatten(0, 1), text[:, 1:].flatten())


def rotated(x):
    """Pairs of number i of the first half with that of the second, by place times frequency."""
    half = x.shape[-1] // 2
    frequencies = 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequencies
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Block(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.proj = nn.Linear(size, 3 * size, bias=False), nn.Linear(size, size, bias=False)
        self.up, self.down = nn.Linear(size, 4 * size, bias=False), nn.Linear(4 * size, size, bias=False)
        self.heads = heads

    def forward(self, x):
        rows, n, size = x.shape
        q, k, v = (t.transpose(1, 2) for t in self.qkv(self.norm1(x)).reshape(rows, n, 3, self.heads, -1).unbind(2))
        seen = F.scaled_dot_product_attention(rotated(q), rotated(k), v, is_causal=True)
        y = x + self.proj(seen.transpose(1, 2).reshape(rows, n, size))
        return y + self.down(F.gelu(self.up(self.norm2(y))))


class ShakespeareGpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters = nn.Embedding(WORDS, 24)
        self.blocks = nn.ModuleList(Block(24, 2) for _ in range(2))
        self.norm = nn.LayerNorm(24)

    def loss(self, text):
        x = self.letters(text[:, :-1])
        for block in self.blocks:
            x = block(x)
        return F.cross_entropy((self.norm(x) @ self.letters.weight.T).flatten(0, 1), text[:, 1:].flatten())


class Luong(nn.Module):
    def __init__(self, query, key):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(query, key))


class DateTranslator(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(WORDS, 10), nn.Embedding(WORDS, 10)
        self.encoder = nn.GRU(10, 8, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(16, 16)
        self.decoder = nn.GRU(10, 16, batch_first=True)
        self.attention = Luong(16, 16)
        self.combine, self.out = nn.Linear(32, 16), nn.Linear(16, WORDS)

    def loss(self, read, lengths, written):
        packed = pack_padded_sequence(self.source(read), lengths, batch_first=True, enforce_sorted=False)
        memory, h = self.encoder(packed)
        memory, _ = pad_packed_sequence(memory, batch_first=True, total_length=read.shape[1])
        y, _ = self.decoder(self.target(written[:, :-1]), torch.tanh(self.bridge(torch.cat([h[0], h[1]], -1)))[None])
        scores = y @ (memory @ self.attention.weight.T).mT
        behind = torch.arange(read.shape[1])[None, None] >= lengths[:, None, None]
        context = torch.softmax(scores.masked_fill(behind, -torch.inf), -1) @ memory
        x = self.out(torch.tanh(self.combine(torch.cat([context, y], -1))))
        return F.cross_entropy(x.flatten(0, 1), written[:, 1:].flatten())


class SmallBert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(WORDS, 24), nn.Embedding(10, 24)
        self.norm, self.told_norm = nn.LayerNorm(24), nn.LayerNorm(24)
        layer = nn.TransformerEncoderLayer(24, 2, 48, dropout=0, activation="gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.transform, self.pooler, self.sentiment = nn.Linear(24, 24), nn.Linear(24, 24), nn.Linear(24, 2)
        self.word_bias = nn.Parameter(torch.empty(WORDS))

    def forward(self, ids, lengths):
        absent = torch.arange(ids.shape[1])[None] >= lengths[:, None]
        x = self.norm(self.words(ids) + self.places.weight[:ids.shape[1]])
        return self.encoder(x, src_key_padding_mask=absent)


class Masked(SmallBert):
    def loss(self, ids, lengths, labels):
        x = self.told_norm(F.gelu(self.transform(self(ids, lengths))))
        return F.cross_entropy((x @ self.words.weight.T + self.word_bias).flatten(0, 1), labels.flatten())


class Sentiment(SmallBert):
    def loss(self, ids, lengths, labels):
        return F.cross_entropy(self.sentiment(torch.tanh(self.pooler(self(ids, lengths)[:, 0]))), labels)


class TransformerCopy(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(WORDS, 24), nn.Embedding(WORDS, 24)
        self.transformer = nn.Transformer(24, 2, 1, 1, 48, dropout=0, batch_first=True)
        self.out = nn.Linear(24, WORDS)

    def embed(self, table, x):
        n, size = x.shape[1], 24
        angles = torch.arange(n, dtype=torch.float64)[:, None] * 10000.0 ** (-torch.arange(0, size, 2) / size)
        places = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
        return table(x) * math.sqrt(size) + places.to(table.weight.dtype)

    def loss(self, x):
        y = self.transformer.decoder(self.embed(self.target, x[:, :-1]), self.transformer.encoder(self.embed(self.source, x)),
                                     tgt_mask=torch.ones(x.shape[1] - 1, x.shape[1] - 1, dtype=torch.bool).triu(1))
        return F.cross_entropy(self.out(y).flatten(0, 1), x[:, 1:].flatten())


def initial(run, model):
    """Norms as they are made; all else uniform, matrices within 1 / sqrt(columns)."""
    state = {}
    for name, t in model.state_dict().items():
        norm = "norm" in name and name.endswith("weight")
        bound = t.shape[-1]**-0.5 if t.dim() > 1 else 0.1
        state[name] = np.ones(t.shape, np.float32) if norm else uniform(f"{run}.init.{name}", tuple(t.shape), -bound, bound)
    return state


def train(make, state, batches, optimizer, clip, kind):
    model = make().to(kind)
    model.load_state_dict({n: torch.from_numpy(a.copy()) for n, a in state.items()})
    opt, losses = optimizer(model.parameters()), []
    for step in range(STEPS):
        loss = model.loss(*(torch.from_numpy(b[step % len(b)].copy()) for b in batches.values()))
        opt.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        opt.step()
        losses.append(loss.item())
    return losses


def words(name, *shape):
    return integers(name, shape, 1, WORDS)


def main():
    setup()
    lengths = np.array([[10, 4, 7, 1], [9, 9, 2, 10], [3, 10, 8, 5]])
    ids = words("bert.ids", 3, BATCH, 10)
    hidden = (integers("bert.hidden", ids.shape, 0, 4) == 0) & (np.arange(10) < lengths[..., None])
    adam = lambda rate: lambda p: torch.optim.Adam(p, lr=rate)  # noqa: E731
    runs = {
        "shakespeare_lstm": (ShakespeareLstm, {"text": words("lstm.text", STEPS, BATCH, 17)}, adam(1e-2), 0.5),
        "shakespeare_gpt": (ShakespeareGpt, {"text": words("gpt.text", 3, BATCH, 17)},
                            lambda p: torch.optim.AdamW(p, lr=3e-3, betas=(0.9, 0.99), weight_decay=0.1), 0.5),
        "date_translator": (DateTranslator, {"read": words("date.read", 3, BATCH, 10), "lengths": lengths,
                                             "written": words("date.written", 3, BATCH, 7)}, adam(1e-2), None),
        "bert_masked": (Masked, {"ids": ids, "lengths": lengths,
                                 "labels": np.where(hidden, words("bert.labels", *ids.shape), -100)}, adam(1e-3), None),
        "bert_sentiment": (Sentiment, {"ids": ids, "lengths": lengths,
                                       "labels": integers("bert.sentiments", (3, BATCH), 0, 2)}, adam(1e-3), None),
        "transformer_copy": (TransformerCopy, {"text": words("copy.text", 3, BATCH, 8)}, adam(1e-3), None),
    }
    out = Output("training_sequences.py", "training")
    for name, (make, batches, optimizer, clip) in runs.items():
        torch.manual_seed(0)
        state = initial(name, make())
        losses, exact = (train(make, state, batches, optimizer, clip, kind) for kind in (torch.float32, torch.float64))
        print(name, "f32 strays from f64 by", max(abs(a - b) / b for a, b in zip(losses, exact)), losses[0], losses[-1])
        out.write("sequences_" + name, {**batches, "loss": np.array(losses, np.float32), "loss_f64": np.array(exact)}
                  | {f"init.{n}": array(a) for n, a in state.items()})
    out.close()


if __name__ == "__main__":
    main()
