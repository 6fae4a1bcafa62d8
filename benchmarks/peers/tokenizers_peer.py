#!/usr/bin/env python3
"""Times in Hugging Face tokenizers the benchmark's rows about text: the same files, reviews and threads.

Rows (ms):
  tokenize_bert, tokenize_minilm, tokenize_t5, tokenize_gpt2
                         a thousand reviews of films to ids, tokens and offsets (encode_batch)
  train_bpe_shakespeare, train_bpe_imdb
                         8,000 byte-level merges
"""
import gzip
import os
import sys

from common import Report, options, seconds

ARGS = options(__doc__.splitlines()[0])
REPORT = Report(ARGS)
FILES = {"tokenize_bert": "bert-base-uncased.tokenizer.json", "tokenize_minilm": "all-minilm-l6-v2.tokenizer.json",
         "tokenize_t5": "t5.tokenizer.json", "tokenize_gpt2": None}
TRAINING = {"train_bpe_shakespeare": "tinyshakespeare.txt", "train_bpe_imdb": "imdb-train-5000.tsv.gz"}
if not REPORT.wants(*FILES, *TRAINING):
    sys.exit(0)
os.environ["RAYON_NUM_THREADS"] = str(ARGS.threads)  # read when the library loads
os.environ["TOKENIZERS_PARALLELISM"] = "true" if ARGS.threads > 1 else "false"

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers


def milliseconds(work, warm, runs):
    return [1e3 * t for t in seconds(work, warm, runs)]


def lines(name):
    path = os.path.join(ARGS.data, "text", name)
    with (gzip.open if name.endswith(".gz") else open)(path, "rb") as file:
        return [line.decode() for line in file.readlines()]


def tokenizer(name):
    folder = os.path.join(ARGS.data, "tokenizers")
    if FILES[name] is not None:
        out = Tokenizer.from_file(os.path.join(folder, FILES[name]))
    else:
        out = Tokenizer(models.BPE.from_file(os.path.join(folder, "gpt2-vocab.json"),
                                             os.path.join(folder, "gpt2-merges.txt")))
        out.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        out.decoder = decoders.ByteLevel()
    out.no_truncation()
    out.no_padding()
    return out


for row in FILES:
    if REPORT.wants(row):
        peer, reviews = tokenizer(row), lines("imdb-test-5000.tsv.gz")[:1000]
        REPORT.row(row, "encode_batch", milliseconds(lambda: peer.encode_batch(reviews), 2, 9), "ms")
        REPORT.row(row, "encode_batch_fast", milliseconds(lambda: peer.encode_batch_fast(reviews), 2, 9), "ms")
for row, name in TRAINING.items():
    if REPORT.wants(row):
        text = lines(name)

        def train():
            peer = Tokenizer(models.BPE())
            peer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            peer.train_from_iterator(text, trainers.BpeTrainer(
                vocab_size=8256, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))

        REPORT.row(row, "train_from_iterator", milliseconds(train, 1, 5), "ms")
