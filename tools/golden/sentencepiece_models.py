"""Writes tests/golden/sentencepiece/: small models of the sentencepiece library and what it makes of texts.

Rules of normalisation are a few lines of our own: the library's nmt_nfkc alone is larger than all of this.

usage: sentencepiece_models.py [FOLDER]        (pip install sentencepiece==0.2.3)
"""
import json
import os
import sys

import sentencepiece

FOLDER = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "tests/golden/sentencepiece"
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))  # models carry the paths of what made them
RULES = [("FF21", "41"), ("65 301", "E9"), ("65 301 327", "229"), ("FB01", "66 69"), ("3000", "20"), ("9", "20"),
         ("AD", ""), ("BD", "31 2044 32"), ("2026", "2E 2E 2E"), ("1100 1161", "AC00"), ("1100 1161 11A8", "AC01"),
         ("A0", "20 20"), ("41", "61"), ("28 63 29", "A9")]
MODELS = {
    "unigram": dict(model_type="unigram", user_defined_symbols=["[SEP]", "ing", "two words"]),
    "unigram_bytes": dict(model_type="unigram", byte_fallback=True, add_dummy_prefix=False),
    "bpe": dict(model_type="bpe", user_defined_symbols=["[SEP]", "<x>", "er"], remove_extra_whitespaces=False),
    "bpe_bytes": dict(model_type="bpe", byte_fallback=True, control_symbols=["[CLS]"]),
    "characters": dict(model_type="char"),
}
TEXTS = ["", " ", "   ", "the License", "  two   blanks,\t tab ", "two words and [SEP] the interesting two words",
         "Ａ e\u0301 e\u0301\u0327 e\u0327 ﬁ ﬁ\u0301", "\u3000wide\u3000\u3000blanks\u3000", "so\u00adft ½…½ \u00ad", "각 가 \u1100\u1161\u11a8 \u1100\u1161\u0301",
         "hard\u00a0blank \u00a0 end\u00a0", "▁marks▁▁of ▁ blanks ▁", "▁", "<0x41><unk <x><x>er", "日本語 of the work", "👋🏽 Привет…",
         "III VIII OR AND/OR (c) 2004", "Licensor licensing licenses sublicense", "a\u0000b", "AAA ABA", "[SEP][SEP]  [SEP]"]

os.makedirs(FOLDER, exist_ok=True)
rules = os.path.join(FOLDER, "rules.tsv")
with open(rules, "w", encoding="utf-8") as out:
    out.writelines("\t".join(rule) + "\n" for rule in RULES)
cases = {}
for name, options in MODELS.items():
    path = os.path.join(FOLDER, name)
    sentencepiece.SentencePieceTrainer.train(
        input="LICENSE", model_prefix=path, vocab_size=360 if "bytes" in name else 160, hard_vocab_limit=False,
        normalization_rule_tsv=rules, minloglevel=2, num_threads=1, **options)
    os.remove(path + ".vocab")
    model = sentencepiece.SentencePieceProcessor(model_file=path + ".model")
    cases[name] = []
    for text in TEXTS:
        case = {"text": text, "ids": model.encode(text)}
        if model.unk_id() not in case["ids"]:  # what an unknown is shown as differs
            case["decoded"] = model.decode(case["ids"])
        cases[name].append(case)
os.remove(rules)
with open(os.path.join(FOLDER, "cases.json"), "w", encoding="utf-8") as out:
    json.dump(cases, out, ensure_ascii=False, indent=0)
    out.write("\n")
