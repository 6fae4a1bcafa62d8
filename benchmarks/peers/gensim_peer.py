#!/usr/bin/env python3
"""Times in gensim the benchmark's rows about vectors of words: the same reviews, words, options and threads.

Rows (ms): word2vec_skip_gram, word2vec_cbow   an epoch of word2vec over five thousand reviews of films; variant "whole" counts
the words too, "train" does not
"""
import gzip
import os
import re
import sys
import time

from common import Report, options

ARGS = options(__doc__.splitlines()[0])
REPORT = Report(ARGS)
ROWS = {"word2vec_skip_gram": 1, "word2vec_cbow": 0}
if not REPORT.wants(*ROWS):
    sys.exit(0)

from gensim.models import Word2Vec

# torchtext's tokenizer "basic_english".
PATTERNS = [(re.compile(a), b) for a, b in (("'", " '  "), ('"', ""), (r"\.", " . "), ("<br />", " "), (",", " , "), (r"\(", " ( "),
                                            (r"\)", " ) "), ("!", " ! "), (r"\?", " ? "), (";", " "), (":", " "))]


def words(line):
    line = line.lower()
    for pattern, replacement in PATTERNS:
        line = pattern.sub(replacement, line)
    return line.split()


def reviews():
    with gzip.open(os.path.join(ARGS.data, "text", "imdb-train-5000.tsv.gz"), "rt", encoding="utf-8") as file:
        return [words(line) for line in file]


texts = reviews()
for name, skip_gram in ROWS.items():
    if not REPORT.wants(name):
        continue
    whole, train = [], []
    for _ in range(3):
        begin = time.perf_counter()
        model = Word2Vec(sg=skip_gram, workers=ARGS.threads)
        model.build_vocab(texts)
        middle = time.perf_counter()
        model.train(texts, total_examples=model.corpus_count, epochs=1)
        end = time.perf_counter()
        whole.append(1e3 * (end - begin))
        train.append(1e3 * (end - middle))
    REPORT.row(name, "whole", whole, "ms")
    REPORT.row(name, "train", train, "ms")
