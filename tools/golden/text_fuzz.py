"""Compares `fathom tokenize` with Hugging Face tokenizers on random strings and prints what differs.

usage: text_fuzz.py FATHOM TOKENIZER.json [COUNT [SEED]]

Strings mix words of some hundred scripts, special tokens, blanks of all kinds, combining marks,
emoji, control characters and any code points. Compared: ids, tokens, offsets and the decoded text.
"""
import json
import random
import subprocess
import sys
import unicodedata

from tokenizers import Tokenizer

GREETINGS = """Hello world, it's a test! They'll say we've won; I'm sure she'd agree. Don't stop.
Bonjour le monde, l'été arrive à Noël. Grüß Gott, schöne Straße! ¿Qué tal, señor? Olá, coração. Città è più.
Здравствуй, мир! Привіт, світе. Γειά σου Κόσμε. مرحبا بالعالم שלום עולם سلام دنیا नमस्ते दुनिया ওহে বিশ্ব
வணக்கம் உலகம் హలో ప్రపంచం ಹಲೋ ವರ್ಲ್ಡ್ ഹലോ വേൾഡ് ආයුබෝවන් สวัสดีชาวโลก ສະບາຍດີ မင်္ဂလာပါ សួស្តី ᠮᠣᠩᠭᠣᠯ
你好，世界！こんにちは世界。カタカナ ﾊﾝｶｸ 안녕하세요 세계 ხვალ Բարեւ ሰላም ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ བོད་ཡིག Merhaba dünya İstanbul ışık
Xin chào thế giới Cześć świecie Dobrý den Ahoj světe Szia világ Sveiki pasaule Tere maailm Hei maailma
Saluton mondo Dia dhuit Helo byd Kaixo mundua Përshëndetje Здраво свете ѝ Zażółć gęślą jaźń naïve café ﬁnance
1234567 3.14159 １２３ ² ½ Ⅷ ٣٤٥ १२३ €100 £5 ¥ № ™ © … — – “quotes” ‘single’ «guillemets» 「括弧」 ﷺ
http://example.com/a?b=c&d=e user@mail.org #tag @name C++20 foo_bar camelCase SNAKE_CASE \\n \\t <html> [x] {y}
👋🏽 👨‍👩‍👧‍👦 🇩🇪 ❤️ 😀😃 ✈️ 🏴‍☠️ 1️⃣ e\u0301 a\u0308\u0323 n\u0303 ○ ☃ ℌ ℵ ﬃ Ω Å ſ ẛ̣ ǆ İ ß ẞ ŉ ǰ""".split()

BLANKS = [" ", " ", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028",
          "\u0085", "\ufeff", "\u180e", "\u200d", "\u200c", "\x0b", "\x1c", " \n ", "\t\t"]
SCRIPT_STARTS = [c for c in range(0x80, 0x20000, 0x40)
                 if any(unicodedata.category(chr(k))[0] in "LMNPS" for k in range(c, c + 0x40))]


def word(rng):
    kind = rng.random()
    if kind < 0.6:
        return rng.choice(GREETINGS)
    if kind < 0.75:
        start = rng.choice(SCRIPT_STARTS)
        return "".join(chr(start + rng.randrange(0x40)) for _ in range(rng.randrange(1, 8)))
    if kind < 0.85:
        return "".join(chr(rng.randrange(32, 127)) for _ in range(rng.randrange(1, 10)))
    if kind < 0.9:
        text = rng.choice(GREETINGS)
        return rng.choice([text.upper(), text.title(), text.lower()])
    if kind < 0.93:
        return unicodedata.normalize(rng.choice(["NFC", "NFD", "NFKC", "NFKD"]), rng.choice(GREETINGS))
    if kind < 0.95:
        return "".join(chr(rng.choice([rng.randrange(0x300, 0x370), rng.randrange(0x591, 0x5c8), 0x61, 0x41, 0x20]))
                       for _ in range(rng.randrange(1, 8)))
    if kind < 0.97:
        return "".join(chr(rng.randrange(0, 32)) for _ in range(rng.randrange(1, 3)))
    while True:
        c = rng.randrange(0x110000)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def string(rng, special):
    parts = []
    for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 8, 13])):
        if special and rng.random() < 0.08:
            token = rng.choice(special)
            parts.append(token if rng.random() < 0.8 else rng.choice([token[:-1], token.upper(), token + token]))
        parts.append(word(rng))
        if rng.random() < 0.8:
            parts.append(rng.choice(BLANKS))
    return "".join(parts)


def main():
    program, path = sys.argv[1:3]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    peer = Tokenizer.from_file(path)
    peer.no_truncation()
    peer.no_padding()
    special = [t.content for t in peer.get_added_tokens_decoder().values()]
    texts = [string(rng, special) for _ in range(count)]
    run = subprocess.run([program, "tokenize", path, "--json", "--json-lines", "--special"], text=True, encoding="utf-8",
                         input="".join(json.dumps(t) + "\n" for t in texts), capture_output=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    lines = run.stdout.split("\n")
    different = 0
    for text, line, encoding in zip(texts, lines, peer.encode_batch(texts), strict=False):
        ours = json.loads(line)
        theirs = {"ids": encoding.ids, "tokens": encoding.tokens, "offsets": [list(o) for o in encoding.offsets],
                  "decoded": peer.decode(encoding.ids)}
        if ours == theirs:
            continue
        different += 1
        if different <= 10:
            print(ascii(text))
            for key, value in theirs.items():
                if ours[key] != value:
                    print(f"  {key}\n    theirs {value!a}\n    ours   {ours[key]!a}")
    print(f"{path}: {count} strings, {different} different")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
