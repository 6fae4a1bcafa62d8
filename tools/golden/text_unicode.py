"""Writes fathom/text/unicode_data.cpp: where Hugging Face tokenizers' ideas of Unicode differ from libutf8proc's.

Every property is asked of the installed `tokenizers` for each code point and compared with what
libutf8proc (shared library, by ctypes) says, so the file holds differences alone. Categories are compared
with Python's unicodedata, which must be of Unicode 14 as PCRE2 10.42 is: patterns need what came later.

usage: text_unicode.py > fathom/text/unicode_data.cpp
"""
import ctypes
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
utf8proc = ctypes.CDLL("libutf8proc.so.2")
utf8proc.utf8proc_category_string.restype = ctypes.c_char_p
utf8proc.utf8proc_tolower.restype = ctypes.c_int32
utf8proc.utf8proc_get_property.restype = ctypes.POINTER(ctypes.c_int16)
assert unicodedata.unidata_version == "14.0.0"
CATEGORY = {c: utf8proc.utf8proc_category_string(c).decode() for c in POINTS}


def chunks(points, size=20000):
    for i in range(0, len(points), size):
        yield points[i : i + size]


def normalised(normaliser, separator="\n"):
    """What each code point becomes between two separators."""
    out = {}
    for part in chunks([c for c in POINTS if chr(c) != separator]):
        text = separator + separator.join(map(chr, part)) + separator
        pieces = normaliser.normalize_str(text).split(separator)
        assert len(pieces) == len(part) + 2
        out.update(zip(part, pieces[1:-1]))
    return out


def removed(splitter, separator):
    """The code points that a splitter drops from between two separators."""
    got = set()
    for part in chunks([c for c in POINTS if chr(c) != separator]):
        text = separator + separator.join(map(chr, part)) + separator
        kept = bytearray(len(text))
        for _, (begin, end) in splitter.pre_tokenize_str(text):
            kept[begin:end] = b"\1" * (end - begin)
        got.update(c for i, c in enumerate(part) if not kept[2 * i + 1])
    return got


def matched(pattern, separator="!"):
    return removed(pre_tokenizers.Split(Regex(pattern), "removed"), separator)


def word_characters():
    """The regex crate's \\w: what stays one piece with the letter before it."""
    got = set()
    for part in chunks(POINTS):
        text = "".join("a" + chr(c) + " " for c in part)
        for piece, (begin, end) in pre_tokenizers.Whitespace().pre_tokenize_str(text):
            if begin % 3 == 0 and end - begin == 2:
                got.add(ord(piece[1]))
    return got


def numeric():
    got = set()
    for part in chunks([c for c in POINTS if chr(c) != "a"]):
        text = "a" + "a".join(map(chr, part)) + "a"
        for piece, (begin, end) in pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str(text):
            if end - begin == 1 and begin % 2 == 1:
                got.add(ord(piece))
    return got


def script_runs():
    """[(first code point, class)], 0 for those of no script, each where the class changes."""
    scripts = pre_tokenizers.UnicodeScripts()
    any_script = {c for c in POINTS if not scripts.pre_tokenize_str(chr(c))}
    starts = set()
    for part in chunks([c for c in POINTS if c not in any_script]):
        for piece, _ in scripts.pre_tokenize_str("".join(map(chr, part))):
            starts.add(ord(piece[0]))
    runs, known, current = [], [], None
    previous = None
    for c in POINTS:
        if c in any_script:
            group = 0
        elif c in starts or previous == 0:
            group = 0
            for i, other in enumerate(known):
                if len(scripts.pre_tokenize_str(other + chr(c))) == 1:
                    group = i + 1
                    break
            if group == 0:
                known.append(chr(c))
                group = len(known)
            current = group
        else:
            group = current
        if group != previous:
            runs.append((c, group))
        previous = group
    return runs


def ranges(points):
    out = []
    for c in sorted(points):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def print_list(kind, name, items):
    print(f"constexpr {kind} {name}_list[] = {{")
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > 99:
            print(line)
            line = "   "
        line += f" {item},"
    print(line + "};")
    print(f"const std::span<const {kind}> {name} = {name}_list;\n")


def print_ranges(name, points):
    print_list("Range", name, [f"{{{a:#x}, {b:#x}}}" for a, b in ranges(points)])


def category_now():
    now = dict(CATEGORY)
    for name in ("Lu", "Lt", "Ll", "Lm", "Lo"):
        now.update((c, name) for c in matched(rf"\p{{{name}}}"))
    for group, name, separator in (("M", "Mn", "!"), ("P", "Po", "a"), ("S", "So", "a"), ("N", "No", "!")):
        now.update((c, name) for c in matched(rf"\p{{{group}}}", separator) if CATEGORY[c] == "Cn")
    now.update((c, "Nd") for c in matched(r"\p{Nd}"))
    return now


def decomposition(c, compatible):
    parts, boundary = (ctypes.c_int32 * 64)(), ctypes.c_int(0)
    decompose, stable, compat = 1 << 4, 1 << 1, 1 << 2
    count = utf8proc.utf8proc_decompose_char(c, parts, 64, decompose | (compat if compatible else stable),
                                             ctypes.byref(boundary))
    return "".join(map(chr, parts[:count]))


def reordered(text):
    """A decomposition as it is in a text: in canonical order."""
    return unicodedata.normalize("NFD", text) if len(text) > 1 else text


def unknown_classes():
    """Combining characters of whose class the normaliser knows nothing."""
    form = normalizers.NFD()
    got = set()
    for c in POINTS:
        if utf8proc.utf8proc_get_property(c)[1] == 0 or decomposition(c, False) != chr(c):
            continue
        low, high = "a" + chr(c) + "\u0334", "a\u0345" + chr(c)
        if form.normalize_str(low) == low and form.normalize_str(high) == high:
            got.add(c)
    return got


def main():
    now = category_now()
    clean = normalised(normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False,
                                                  lowercase=False), "a")
    other = {c for c, x in clean.items() if x == "" and c != 0xFFFD} | {9, 10, 13}
    nfd, nfkd = normalised(normalizers.NFD()), normalised(normalizers.NFKD())
    stripped = normalised(normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True,
                                                     lowercase=False))
    nonspacing = {c for c, x in stripped.items() if x == "" and nfd[c] == chr(c)}
    nonspacing |= {c for c in POINTS if CATEGORY[c] == "Mn" and nfd.get(c) not in (chr(c), None)}
    marks = {c for c, x in normalised(normalizers.StripAccents()).items() if x == ""}
    punctuation = removed(pre_tokenizers.Punctuation("removed"), "a")
    words = word_characters()
    lower = {}
    for part in chunks(POINTS, 1000):
        for c in part:
            lower[c] = normalizers.Lowercase().normalize_str(chr(c)) if c > 127 else chr(c).lower()

    def differs(points, base):
        return {c for c in POINTS if (c in points) != base(c)}

    print(f"""// Written by tools/golden/text_unicode.py with tokenizers {tokenizers.__version__}: where its Unicode differs from
// libutf8proc's (2.8: Unicode 15); categories that Unicode 14 does not have.
#include "fathom/text/unicode_data.h"

namespace fathom::text::unicode {{
// clang-format off
""")
    items = []
    later = {c for c in POINTS if now[c] != unicodedata.category(chr(c)) and now[c][0] in "LMNPS"}
    for name in sorted({now[c] for c in later}):
        for a, b in ranges({c for c in later if now[c] == name}):
            items.append(f"{{{a:#x}, {b:#x}, UTF8PROC_CATEGORY_{name.upper()}}}")
    print_list("CategoryRange", "later_categories", items)
    print_ranges("other_differences", differs(other, lambda c: now[c] in ("Cc", "Cf", "Co")))
    print_ranges("nonspacing_differences", differs(nonspacing, lambda c: now[c] == "Mn"))
    print_ranges("mark_differences", differs(marks, lambda c: now[c][0] == "M"))
    print_ranges("punctuation_differences",
                 differs(punctuation, lambda c: now[c][0] == "P" or chr(c) in "$+<=>^`|~"))
    print_ranges("numeric_differences", differs(numeric(), lambda c: now[c][0] == "N"))
    print_ranges("word_differences", differs(words, lambda c: now[c][0] in "LM" or now[c] in ("Nd", "Nl", "Pc")))
    changed = {c: x for c, x in lower.items() if chr(utf8proc.utf8proc_tolower(c)) != x}
    assert set(map(len, changed.values())) <= {1, 2}
    print_list("CaseChange", "lowercase_differences",
               [f"{{{c:#x}, {ord(x[0]):#x}, {ord(x[1]) if len(x) > 1 else 0:#x}}}" for c, x in sorted(changed.items())])
    print_ranges("undecomposed", {c for c in POINTS for compatible, got in ((False, nfd), (True, nfkd))
                                  if c in got and c > 127 and not 0xAC00 <= c < 0xD7A4
                                  and reordered(decomposition(c, compatible)) != got[c]})
    print_ranges("unordered", unknown_classes())
    print_list("ScriptRun", "script_runs", [f"{{{c:#x}, {g}}}" for c, g in script_runs()])
    print("// clang-format on\n}  // namespace fathom::text::unicode")


if __name__ == "__main__":
    main()
