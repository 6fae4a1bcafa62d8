#!/usr/bin/env python3
"""Trains the network of the example ch06/sentiment_lstm in PyTorch: prints the accuracy after each epoch, for each seed.

Usage: torch_sentiment_accuracy.py [--data DIR] [--epochs N] [--seeds N] [--threads N]   (DIR, or $FATHOM_DATA, holds text/)
"""
import argparse
import collections
import csv
import gzip
import os
import re
import statistics
import sys

import torch
import torch.nn.functional as F
from torch import nn

PATTERNS = [(re.compile(p), r) for p, r in ((r"'", " '  "), (r'"', ""), (r"\.", " . "), (r"<br />", " "), (r",", " , "),
                                            (r"\(", " ( "), (r"\)", " ) "), (r"!", " ! "), (r"\?", " ? "), (r";", " "), (r":", " "))]


def basic_english(line):
    line = line.lower()
    for pattern, replacement in PATTERNS:
        line = pattern.sub(replacement, line)
    return line.split()


def load(path):
    csv.field_size_limit(1 << 20)
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [basic_english(row["text"]) for row in rows], torch.tensor([int(row["label"]) for row in rows])


class Net(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding, self.rnn, self.fc = nn.EmbeddingBag(words, 64), nn.LSTM(64, 64), nn.Linear(64, 2)

    def forward(self, tokens, offsets):
        return self.fc(self.rnn(self.embedding(tokens, offsets))[0])


def batches(ids, labels, order):
    for at in range(0, len(order), 64):
        rows = order[at:at + 64]
        chosen = [ids[i] for i in rows]
        ends = torch.tensor([0] + [len(c) for c in chosen]).cumsum(0)
        yield torch.cat(chosen), ends[:-1], labels[rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("FATHOM_DATA", "data"))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    (train, labels), (test, test_labels) = (load(f"{args.data}/text/imdb-{part}-5000.tsv.gz") for part in ("train", "test"))
    counts = collections.Counter(word for words in train for word in words)
    vocab = {word: i + 1 for i, (word, _) in enumerate(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))}
    ids, test_ids = ([torch.tensor([vocab.get(word, 0) for word in words]) for words in part] for part in (train, test))
    finals = []
    for seed in range(1, args.seeds + 1):
        torch.manual_seed(seed)
        net = Net(len(vocab) + 1)
        adam = torch.optim.Adam(net.parameters())
        for epoch in range(1, args.epochs + 1):
            for tokens, offsets, y in batches(ids, labels, torch.randperm(len(ids)).tolist()):
                adam.zero_grad()
                F.cross_entropy(net(tokens, offsets), y).backward()
                adam.step()
            with torch.no_grad():
                right = sum((net(tokens, offsets).argmax(1) == y).sum().item()
                            for tokens, offsets, y in batches(test_ids, test_labels, list(range(len(test_ids)))))
            print(f"seed {seed}  epoch {epoch}  accuracy {100 * right / len(test_ids):.2f} %", flush=True)
        finals.append(100 * right / len(test_ids))
    print(f"mean of {len(finals)} seeds {statistics.mean(finals):.2f} %")


if __name__ == "__main__":
    sys.exit(main())
