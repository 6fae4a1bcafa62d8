"""Compares the vocabularies that `fathom tokenizer train` learns with those of Hugging Face's trainers.

usage: text_trainers.py FATHOM TEXT [SIZE]

BPE, WordPiece and WordLevel must agree in every token, id and merge (a WordPiece alphabet's ids depend on
the order of a hash table there, so tokens are compared as a set); Unigram's scores depend on the order of
its sums, so tokens and scores are compared and what differs is counted.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

PROGRAM, TEXT = sys.argv[1:3]
SIZE = int(sys.argv[3]) if len(sys.argv) > 3 else 8000
LINES = open(TEXT, encoding="utf-8", newline="\n").readlines()


def ours(kind, *options):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        start = time.perf_counter()
        subprocess.run([PROGRAM, "tokenizer", "train", out, TEXT, "--model", kind, "--vocab-size", str(SIZE), *options],
                       check=True, stdout=subprocess.DEVNULL)
        return json.load(open(out)), time.perf_counter() - start


def theirs(model, trainer, pre_tokenizer, normalizer=None):
    peer = Tokenizer(model)
    peer.pre_tokenizer = pre_tokenizer
    if normalizer:
        peer.normalizer = normalizer
    start = time.perf_counter()
    peer.train_from_iterator(LINES, trainer)
    return json.loads(peer.to_str()), time.perf_counter() - start


def report(name, mine, peer, same, times):
    print(f"{name}: {'the same' if same else 'DIFFERENT'}; fathom {times[0]:.2f} s, peer {times[1]:.2f} s")
    if not same:
        a, b = (set(v) if isinstance(v, dict) else {t for t, _ in v} for v in (mine, peer))
        print("  only ours", sorted(a - b)[:10], "only theirs", sorted(b - a)[:10])


plain = dict(vocab_size=SIZE, show_progress=False)
a, t = ours("bpe")
b, u = theirs(models.BPE(), trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **plain),
              pre_tokenizers.ByteLevel(add_prefix_space=False))
report("bpe", a["model"]["vocab"], b["model"]["vocab"],
       a["model"]["vocab"] == b["model"]["vocab"] and a["model"]["merges"] == b["model"]["merges"], (t, u))

a, t = ours("wordpiece", "--special", "[UNK]")
b, u = theirs(models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(special_tokens=["[UNK]"], **plain),
              pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer())
report("wordpiece", a["model"]["vocab"], b["model"]["vocab"], set(a["model"]["vocab"]) == set(b["model"]["vocab"]), (t, u))

a, t = ours("wordlevel", "--special", "<unk>")
b, u = theirs(models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer(special_tokens=["<unk>"], **plain),
              pre_tokenizers.Whitespace())
report("wordlevel", a["model"]["vocab"], b["model"]["vocab"], a["model"]["vocab"] == b["model"]["vocab"], (t, u))

a, t = ours("unigram", "--special", "<unk>")
b, u = theirs(models.Unigram(), trainers.UnigramTrainer(special_tokens=["<unk>"], unk_token="<unk>", **plain),
              pre_tokenizers.Metaspace(), normalizers.NFKC())
mine, peer = dict(a["model"]["vocab"]), dict(b["model"]["vocab"])
both = mine.keys() & peer.keys()
print(f"unigram: {len(both)} of {len(peer)} tokens the same, largest difference of a score "
      f"{max(abs(mine[k] - peer[k]) for k in both):.2g}; fathom {t:.2f} s, peer {u:.2f} s")
if len(both) < len(peer):
    print("  only ours", sorted(mine.keys() - peer.keys())[:10], "only theirs", sorted(peer.keys() - mine.keys())[:10])
