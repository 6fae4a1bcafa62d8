"""Writes tests/golden/tokenizers/*.json: what Hugging Face tokenizers makes of texts, part by part.

A case is a tokenizer.json, texts (or pairs), and for each the encoding and the decoded text. The model
of the cases about normalisers and pre-tokenisers knows nothing, so that its tokens show their pieces.

usage: text.py [FOLDER]
"""
import json
import os
import sys

from tokenizers import Tokenizer

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../../tests/golden/tokenizers")
SHOWS_PIECES = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]], "byte_fallback": False}
TEXTS = [
    "", " ", "Hello world!", "  Two  blanks,\ttab\nline \r\n end  ", "It's 3.14159, they'll say: we've won 1234567!",
    "Ünïcödé ÀÉÎ ǅ ŉ İstanbul STRASSE ẞ ß ﬁ ﬃ Ⅷ ² ½ Å Ω ẛ̣ e\u0301 a\u0308\u0323", "日本語カタカナひらがな漢字ー ﾊﾝｶｸ 안녕하세요 한국어",
    "Привет, мир! Γειά σου ΚΌΣΜΕ Ά", "नमस्ते दुनिया வணக்கம் สวัสดี ສະບາຍດີ မင်္ဂလာပါ", "مرحبا بالعالم שלום עולם ﷺ",
    "👋🏽 👨‍👩‍👧 🇩🇪 ❤️ 1️⃣", "a\u0000b\u0007c\u007fd\u00ade\u200bf\ufefff\ufffdg\u0085h\u2028i\u00a0j\u3000k",
    "x--y---z, (a)[b]{c}<d>", "\u0301\u0327start ▁mark ▁▁two", "<s> a</s>b [MASK]c <mask>d", "Don't   stop…  “now”",
    "HTTPServer's camelCaseWord o'Neil'S", "١٢٣ १२३ １２３ 12 345", "각 각 \u1100\u1161\u11a8", "\U0001e900\U00011938\U00010400 \U000e0001",
]


def case(name, texts=TEXTS, pairs=(), special=True, **parts):
    tokenizer = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
                 "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": SHOWS_PIECES}
    tokenizer.update(parts)
    peer = Tokenizer.from_str(json.dumps(tokenizer))
    results = []
    for text in list(texts) + [tuple(p) for p in pairs]:
        e = peer.encode(*text, add_special_tokens=special) if isinstance(text, tuple) else \
            peer.encode(text, add_special_tokens=special)
        results.append(shown(e, text) | {"decoded": peer.decode(e.ids, skip_special_tokens=False)})
    return {"name": name, "special": special, "tokenizer": tokenizer, "results": results}


def shown(e, text=None):
    out = {"ids": e.ids, "tokens": e.tokens, "offsets": e.offsets, "words": [-1 if w is None else w for w in e.word_ids]}
    # What says nothing is left out, which keeps the files small.
    if any(e.type_ids):
        out["type_ids"] = e.type_ids
    if any(e.special_tokens_mask):
        out["special"] = e.special_tokens_mask
    if not all(e.attention_mask):
        out["attention"] = e.attention_mask
    if text is not None:
        out = {"text": text} | out
    if e.overflowing:
        out["overflowing"] = [shown(o) for o in e.overflowing]
    return out


def sequence(kind, *parts):
    return {"type": "Sequence", kind: list(parts)}



def normalizers():
    bert = [dict(type="BertNormalizer", clean_text=a, handle_chinese_chars=b, strip_accents=c, lowercase=d)
            for a, b, c, d in [(True, True, None, True), (False, False, True, False), (True, False, False, True),
                               (False, True, None, False)]]
    plain = [{"type": t} for t in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")]
    rest = [{"type": "Strip", "strip_left": left, "strip_right": right} for left, right in
            [(True, True), (True, False), (False, True)]]
    rest += [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
             {"type": "Replace", "pattern": {"String": "l"}, "content": ""},
             {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
             {"type": "Replace", "pattern": {"Regex": r"[aeiou]"}, "content": "<v>"},
             sequence("normalizers", {"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}),
             sequence("normalizers", {"type": "Prepend", "prepend": "▁"},
                      {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}),
             sequence("normalizers", {"type": "NFKC"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
                      {"type": "Strip", "strip_left": True, "strip_right": True})]
    return [case(f"{n['type']} {i}", normalizer=n) for i, n in enumerate(bert + plain + rest)]


GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
GPT4O = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def split(pattern, behavior, invert=False):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


BEHAVIORS = ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")


def pre_tokenizers():
    plain = [{"type": t} for t in ("BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts")]
    plain += [{"type": "ByteLevel", "add_prefix_space": a, "trim_offsets": True, "use_regex": r}
              for a in (True, False) for r in (True, False)]
    plain += [{"type": "Metaspace", "replacement": "▁", "prepend_scheme": p, "split": s}
              for p in ("always", "first", "never") for s in (True, False)]
    plain += [{"type": "Punctuation", "behavior": b} for b in BEHAVIORS]
    plain += [{"type": "Digits", "individual_digits": d} for d in (True, False)]
    plain += [{"type": "CharDelimiterSplit", "delimiter": "-"}, {"type": "FixedLength", "length": 5}]
    plain += [split({"String": "-"}, b, i) for b in BEHAVIORS for i in (False, True)]
    plain += [split({"Regex": p}, "Isolated") for p in (GPT2, LLAMA3, LLAMA3.replace("{1,3}", ""), GPT4O, r"\w+|[^\w\s]+",
                                                        r"(?m)a.", r"^\s|\s$", r"\d+\b", r"[[:alpha:]]+", r"\h+")]
    plain += [split({"Regex": GPT2}, "Removed", True),
              sequence("pretokenizers", {"type": "WhitespaceSplit"}, plain[8]),
              sequence("pretokenizers", {"type": "Digits", "individual_digits": True},
                       {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}),
              sequence("pretokenizers", {"type": "Whitespace"}, {"type": "Punctuation", "behavior": "Isolated"},
                       {"type": "Digits", "individual_digits": False})]
    return [case(f"{p['type']} {i}", pre_tokenizer=p) for i, p in enumerate(plain)]


def bpe(vocab, merges, **options):
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": merges} | options


def numbered(*tokens):
    return {t: i for i, t in enumerate(tokens)}


MODEL_TEXTS = ["", "ab", "abc abcd dcba", "aaaaaaabab", "xyz ab", "xabyz", "é日本x", "abababababababababababababababababababababababab"
               "abababababababababab", "a" * 120, "hello helloworld unhello"]


def models():
    letters = [chr(c) for c in range(97, 105)]
    merges = [["a", "b"], ["ab", "c"], ["c", "d"], ["ab", "ab"], ["a", "a"], ["abab", "abab"], ["aa", "aa"]]
    joined = ["ab", "abc", "cd", "abab", "aa", "abababab", "aaaa"]
    vocab = numbered("<unk>", " ", *letters, *joined)
    words = {"type": "WhitespaceSplit"}
    suffix = numbered("<unk>", *letters, *[x + "</w>" for x in letters], "ab", "ab</w>", "abc</w>")
    prefix = numbered("<unk>", *letters, *["##" + x for x in letters], "ab", "##bc", "abc")
    fallback = numbered("<unk>", *[f"<0x{b:02X}>" for b in range(256)], *letters, *joined)
    few = numbered("<unk>", *[f"<0x{b:02X}>" for b in range(128)], *letters, *joined)
    lower = [["<unk>", 0.0], ["a", -2.0], ["b", -2.5], ["ab", -3.0], ["abc", -4.0], ["c", -2.2], ["cd", -4.1], ["d", -2.1],
             ["aa", -3.9], [" ", -1.0], ["▁", -1.1], ["日本", -5.0]]
    every = [
        bpe(vocab, merges), bpe(vocab, merges, unk_token="<unk>"), bpe(vocab, merges, unk_token="<unk>", fuse_unk=True),
        bpe(vocab, [" ".join(m) for m in merges], unk_token="<unk>", ignore_merges=True),
        bpe(fallback, merges, unk_token="<unk>", byte_fallback=True),
        bpe(few, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True), bpe(vocab, merges, dropout=1.0),
        bpe(suffix, [["a", "b"], ["a", "b</w>"], ["ab", "c</w>"]], unk_token="<unk>", end_of_word_suffix="</w>"),
        bpe(prefix, [["a", "##b"], ["##b", "##c"], ["a", "##bc"]], unk_token="<unk>", continuing_subword_prefix="##"),
        {"type": "Unigram", "unk_id": 0, "vocab": lower, "byte_fallback": False},
        {"type": "Unigram", "unk_id": 0, "vocab": lower + [[f"<0x{b:02X}>", -9.0] for b in range(256)], "byte_fallback": True},
        {"type": "Unigram", "unk_id": 0, "vocab": lower + [[f"<0x{b:02X}>", -9.0] for b in range(128)], "byte_fallback": True},
        {"type": "WordLevel", "vocab": numbered("<unk>", "ab", "abc", "hello"), "unk_token": "<unk>"},
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
         "vocab": numbered("[UNK]", "a", "##a", "ab", "##b", "##c", "##cd", "abc", "un", "##hello", "hello", "##world", "é")},
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "", "max_input_chars_per_word": 6,
         "vocab": numbered("[UNK]", "a", "b", "ab", "c", "hello")},
    ]
    out = []
    for i, model in enumerate(every):
        out.append(case(f"{model['type']} {i}", MODEL_TEXTS, model=model, pre_tokenizer=words))
        if model["type"] in ("BPE", "Unigram"):
            out.append(case(f"{model['type']} {i} whole", MODEL_TEXTS, model=model))
    return out


WORDS = {"type": "WordLevel", "unk_token": "<unk>",
         "vocab": numbered("<unk>", "[CLS]", "[SEP]", "<s>", "</s>", "a", "b", "c", "d", "Ġa", "Ġb", "e", "f", "g", "[PAD]")}
PAIRS = [("a b c", "d e"), ("a", "b c d e f g"), ("a b c d e f", "g"), ("", "a"), ("a b c d", "e f g a")]
PROCESSOR_TEXTS = ["", "a", "a b c d e f g", "a  b"]


def special_token(name, ident):
    return {"id": name, "ids": [ident], "tokens": [name]}


def post_processors():
    def place(name, type_id=0):
        if name in "AB":
            return {"Sequence": {"id": name, "type_id": type_id}}
        return {"SpecialToken": {"id": name, "type_id": type_id}}
    template = {"type": "TemplateProcessing", "single": [place("[CLS]"), place("A"), place("[SEP]")],
                "pair": [place("[CLS]"), place("A"), place("[SEP]"), place("B", 1), place("[SEP]", 1)],
                "special_tokens": {"[CLS]": special_token("[CLS]", 1), "[SEP]": special_token("[SEP]", 2)}}
    odd = {"type": "TemplateProcessing", "single": [place("A", 3), place("two")],
           "pair": [place("B", 1), place("two", 5), place("A", 2)],
           "special_tokens": {"two": {"id": "two", "ids": [3, 4], "tokens": ["<s>", "</s>"]}}}
    bert = {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}
    roberta = {"type": "RobertaProcessing", "sep": ["</s>", 4], "cls": ["<s>", 3], "trim_offsets": True,
               "add_prefix_space": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    every = [None, template, odd, bert, roberta, roberta | {"trim_offsets": False}, level, level | {"add_prefix_space": True},
             sequence("processors", level, template)]
    bytes_ = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    cuts = [None] + [{"direction": d, "max_length": n, "strategy": s, "stride": k} for d, n, s, k in [
        ("Right", 6, "LongestFirst", 0), ("Left", 9, "LongestFirst", 1), ("Right", 8, "LongestFirst", 1)]]
    pads = [None, {"strategy": {"Fixed": 12}, "direction": "Left", "pad_to_multiple_of": None, "pad_id": 14, "pad_type_id": 2,
                   "pad_token": "[PAD]"},
            {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": 8, "pad_id": 14, "pad_type_id": 0,
             "pad_token": "[PAD]"}]
    out = []
    for i, processor in enumerate(every):
        for k, cut in enumerate(cuts):
            out.append(case(f"{processor and processor['type']} {i} cut {k}", PROCESSOR_TEXTS, PAIRS, model=WORDS,
                            pre_tokenizer=bytes_ if i in (6, 7) else {"type": "WhitespaceSplit"}, post_processor=processor,
                            truncation=cut, padding=pads[(i + k) % 3]))
        out.append(case(f"{i} without special tokens", PROCESSOR_TEXTS, PAIRS[:2], special=False, model=WORDS,
                        pre_tokenizer={"type": "WhitespaceSplit"}, post_processor=processor))
    first = cuts[1] | {"strategy": "OnlyFirst", "max_length": 5}
    second = cuts[1] | {"strategy": "OnlySecond", "max_length": 6}
    out.append(case("only first", ["a b c d e f g"], [("a b c d e f", "g")], model=WORDS, truncation=first,
                    pre_tokenizer={"type": "WhitespaceSplit"}, post_processor=bert))
    out.append(case("only second", [], [("a", "b c d e f g a b")], model=WORDS, truncation=second,
                    pre_tokenizer={"type": "WhitespaceSplit"}, post_processor=bert))
    return out


def decoders():
    tokens = ["Hello", "##wor", "##ld", "!", ".", "do", "not", "n't", "'s", "▁Hello", "▁▁a", "lo</w>", "</w>", "<0x41>",
              "<0xE6>", "<0x97>", "<0xA5>", "<0xZZ>", "ĠHello", "Ã©", "Ġ", "æĹ", "¥", "日", "|", "<pad>", "<pad>", "Hello", " "]
    model = {"type": "WordLevel", "unk_token": "Hello", "vocab": numbered(*dict.fromkeys(tokens))}
    texts = [" ".join(tokens[i:i + 8]) for i in range(0, len(tokens), 3)] + ["Hello Hello ! !", "<0xE6> <0x97> <0xA5> <0x41>"]
    fallback, fuse = {"type": "ByteFallback"}, {"type": "Fuse"}
    every = [None, {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
             {"type": "WordPiece", "prefix": "##", "cleanup": True}, {"type": "WordPiece", "prefix": "##", "cleanup": False},
             {"type": "BPEDecoder", "suffix": "</w>"}, fallback, fuse, {"type": "Strip", "content": "H", "start": 1, "stop": 0},
             {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
             {"type": "Replace", "pattern": {"Regex": "[lo]+"}, "content": "0"},
             {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": True},
             {"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": False},
             sequence("decoders", {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, fallback, fuse,
                      {"type": "Strip", "content": " ", "start": 1, "stop": 0})]
    every += [{"type": "Metaspace", "replacement": "▁", "prepend_scheme": p, "split": True} for p in ("always", "first", "never")]
    return [case(f"{d and d['type']} {i}", texts, model=model, pre_tokenizer={"type": "WhitespaceSplit"}, decoder=d)
            for i, d in enumerate(every)]


def added_tokens():
    def added(content, ident, **options):
        return {"id": ident, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                "special": False} | options
    tokens = [added("<s>", 1, special=True), added("<mask>", 2, special=True, lstrip=True), added("</s>", 3, rstrip=True),
              added("day", 4, single_word=True, normalized=True), added("New York", 5, normalized=True),
              added("New", 6, normalized=True), added("ÉTÉ", 7, normalized=True), added("[x]", 8, lstrip=True, rstrip=True),
              added("  ", 9), added("<s><s>", 10, special=True)]
    texts = ["<s>Hello<mask> day</s>  today", "day monday day. DAY Day", "New York NEW YORK new yorkers Newark", "été ÉTÉ été",
             "a [x] b[x]c  [x]  [x] d", "<s><s><s> x", " <mask>  <mask> ", "a  b   c    d", "</s></s>\n</s> \t x", "<s", "ünder<s>é",
             "日本<mask> 語</s> 語", ""]
    model = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]], "byte_fallback": False}
    out = []
    for name, normalizer in [("plain", None), ("lower", {"type": "Lowercase"}),
                             ("bert", {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                                       "strip_accents": None, "lowercase": True}),
                             ("prepend", {"type": "Prepend", "prepend": "▁"})]:
        for pre in (None, {"type": "WhitespaceSplit"},
                    {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True},
                    {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}):
            out.append(case(f"{name} {pre and pre['type']}", texts, model=model, added_tokens=tokens, normalizer=normalizer,
                            pre_tokenizer=pre))
    return out


def main():
    os.makedirs(FOLDER, exist_ok=True)
    for group in (normalizers, pre_tokenizers, models, post_processors, decoders, added_tokens):
        cases = group()
        path = os.path.join(FOLDER, group.__name__ + ".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(cases, file, ensure_ascii=False, separators=(",", ":"))
            file.write("\n")
        print(path, len(cases), "cases", os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
