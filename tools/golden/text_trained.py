"""Writes tests/golden/tokenizers_trained.json: what Hugging Face's trainers learn from the LICENSE file.

WordPiece is not there: which of equally frequent tokens it learns changes from run to run.

usage: text_trained.py [FILE]
"""
import json
import os
import sys

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

ROOT = os.path.join(os.path.dirname(__file__), "../..")
FILE = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "tests/golden/tokenizers_trained.json")
LINES = open(os.path.join(ROOT, "LICENSE"), encoding="utf-8", newline="\n").readlines()


def learnt(model, trainer, pre_tokenizer):
    peer = Tokenizer(model)
    peer.pre_tokenizer = pre_tokenizer
    peer.train_from_iterator(LINES, trainer)
    return json.loads(peer.to_str())["model"]


bytes_apart = pre_tokenizers.ByteLevel(add_prefix_space=False)
bpe = learnt(models.BPE(), trainers.BpeTrainer(vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                               show_progress=False), bytes_apart)
words = learnt(models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer(
    vocab_size=200, special_tokens=["<unk>"], show_progress=False), bytes_apart)
unigram = [learnt(models.Unigram(), trainers.UnigramTrainer(
    vocab_size=size, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False), bytes_apart) for size in (150, 400)]
with open(FILE, "w", encoding="utf-8") as out:
    json.dump({"bpe": {"vocab": bpe["vocab"], "merges": bpe["merges"]}, "word_level": words["vocab"],
               "unigram": [[[token, round(score, 4)] for token, score in u["vocab"]] for u in unigram]},
              out, ensure_ascii=False, separators=(",", ":"))
    out.write("\n")
