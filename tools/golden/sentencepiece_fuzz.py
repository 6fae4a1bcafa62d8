"""Compares ids and decoded texts of SentencePiece models with those of its library, for random strings.

usage: sentencepiece_fuzz.py FATHOM TEXT [MODEL...] [--texts 3000] [--seed 0]

Trains models of every kind that Fathom reads on TEXT, takes those named besides, and lets
`fathom tokenizer verify` look for differences.          (pip install sentencepiece==0.2.3)
"""
import argparse
import json
import os
import random
import subprocess
import tempfile

import sentencepiece

KINDS = {
    "unigram": dict(model_type="unigram"),
    "unigram bytes": dict(model_type="unigram", byte_fallback=True),
    "unigram nmt_nfkc_cf": dict(model_type="unigram", normalization_rule_name="nmt_nfkc_cf"),
    "unigram nfkc": dict(model_type="unigram", normalization_rule_name="nfkc", add_dummy_prefix=False),
    "unigram symbols": dict(model_type="unigram", user_defined_symbols=["[SEP]", "\u2581the\u2581", "foo bar", "<x>"]),
    "bpe": dict(model_type="bpe"),
    "bpe bytes": dict(model_type="bpe", byte_fallback=True, split_digits=True),
    "bpe identity": dict(model_type="bpe", normalization_rule_name="identity", add_dummy_prefix=False,
                         remove_extra_whitespaces=False, byte_fallback=True),
    "bpe symbols": dict(model_type="bpe", user_defined_symbols=["[SEP]", "ing", "<x>"]),
    "bpe control": dict(model_type="bpe", control_symbols=["[CLS]"], remove_extra_whitespaces=False),
    "characters": dict(model_type="char", vocab_size=400),
    "characters bytes": dict(model_type="char", vocab_size=400, byte_fallback=True),
}
OTHER = ["日本語の文章です。カタカナもある。", "Привет, мир! Ещё раз.", "Ünïcödé façade naïve ½ ² ﬁ Ⅷ", "한국어 텍스트 각", "नमस्ते दुनिया",
         "مرحبا بالعالم", "👋🏽 emoji 👨\u200d👩\u200d👧"]
POOL = ['\u0301', '\u0327', '\ufb01', '\u2167', '\xbd', '\ufdfa', '\uac01', '\u1100\u1161\u11a8', '\u3094',
        '\u304b\u3099', '\uff76\uff9e', '\u200b', '\xad', '\ufeff', '\u3000', '\xa0', '\t', '\r', '\n', ' ', '  ',
        '   ', '\u2581', '\u2581\u2581', '\x00', '\x07', '\u2028', '\u0130', '\xdf', '\u1e9e', '\u01c5',
        '\U0001f468\u200d\U0001f469\u200d\U0001f467', '\U0001f1e9\U0001f1ea', '1\ufe0f\u20e3', '\U000e0001',
        '\u0663', '\uff11', '\u2026', '\u201c', '[SEP]', 'foo bar', '<x>', 'the', 'ing', '\u0fb8\u0f71', '\u0344',
        '\u09c7\u09d7', 'e\u0301', 'q\u0323\u0307', '\u3314', '\u2460', 'A\u030a', '\u212b', '\u017f', '\u1fef']
RANGES = [(32, 126), (0xA0, 0x24F), (0x370, 0x5FF), (0x900, 0xDFF), (0x1E00, 0x1FFF), (0x2000, 0x27FF), (0x3000, 0x30FF),
          (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFFFD), (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF)]

options = argparse.ArgumentParser()
options.add_argument("fathom")
options.add_argument("text")
options.add_argument("models", nargs="*")
options.add_argument("--texts", type=int, default=3000)
options.add_argument("--seed", type=int, default=0)
given = options.parse_args()
random.seed(given.seed)
lines = open(given.text, encoding="utf-8").read().split("\n")[:8000]


def some_text():
    out = []
    for _ in range(random.randint(0, 14)):
        kind = random.random()
        if kind < 0.35:
            out.append(random.choice(random.choice(lines).split(" ") + [""]))
        elif kind < 0.7:
            out.append(random.choice(POOL))
        elif kind < 0.8:
            out.append(" ")
        elif kind < 0.9:
            out.append("".join(chr(random.randint(*random.choice(RANGES))) for _ in range(random.randint(1, 4))))
        else:
            out.append(random.choice(OTHER))
        if random.random() < 0.3:
            out.append(" ")
    return "".join(out)


texts = [some_text() for _ in range(given.texts)]
# Control symbols in a text are tokens here, as in Hugging Face tokenizers, and text in the library.
texts = [t for t in texts if not any(special in t for special in ("<s>", "</s>", "<unk>", "[CLS]"))]
failed = False
with tempfile.TemporaryDirectory() as folder:
    corpus = os.path.join(folder, "corpus.txt")
    with open(corpus, "w", encoding="utf-8") as out:
        out.write("\n".join(lines + OTHER * 40))
    models = {os.path.basename(path): path for path in given.models}
    for name, kind in KINDS.items():
        path = os.path.join(folder, name.replace(" ", "_"))
        sentencepiece.SentencePieceTrainer.train(**{
            "input": corpus, "model_prefix": path, "vocab_size": 1200, "minloglevel": 2, "hard_vocab_limit": False, **kind})
        models[name] = path + ".model"
    cases = os.path.join(folder, "cases.jsonl")
    for name, path in models.items():
        model = sentencepiece.SentencePieceProcessor(model_file=path)
        with open(cases, "w", encoding="utf-8") as out:
            for text in texts:
                case = {"text": text, "ids": model.encode(text)}
                if model.unk_id() not in case["ids"]:  # what an unknown is shown as differs
                    case["decoded"] = model.decode(case["ids"])
                out.write(json.dumps(case) + "\n")
        run = subprocess.run([given.fathom, "tokenizer", "verify", path, cases], capture_output=True, text=True,
                             errors="replace")
        failed |= run.returncode != 0
        print(f"{name}: {(run.stdout + run.stderr).strip().splitlines()[-1]}", flush=True)
raise SystemExit(failed)
