"""Writes tests/golden/ctc.json: what plain loops read out of the outputs of a network trained by CTC.

usage: ctc.py [--check]
"""
import json
import sys
from collections import defaultdict

import numpy as np

from golden import ROOT, uniform


def greedy(p, blank):
    best, before, out, steps = p.argmax(1), blank, [], []
    for t, label in enumerate(best):
        if label != blank and label != before:
            out.append(int(label))
            steps.append(t)
        before = label
    return {"labels": out, "steps": steps, "score": float(np.log(p.max(1)).sum())}


def beam(p, blank, width):
    """Prefix beam search (Hannun et al. 2014) in probabilities: of each prefix those that end in a blank, and those that do not."""
    prefixes = {(): (1.0, 0.0)}
    for step in p:
        grown = defaultdict(lambda: [0.0, 0.0])
        for prefix, (with_blank, without) in prefixes.items():
            for label, q in enumerate(step):
                if label == blank:
                    grown[prefix][0] += q * (with_blank + without)
                elif prefix and prefix[-1] == label:
                    grown[prefix][1] += q * without
                    grown[prefix + (label,)][1] += q * with_blank
                else:
                    grown[prefix + (label,)][1] += q * (with_blank + without)
        seen = [item for item in grown.items() if sum(item[1]) > 0]
        prefixes = dict(sorted(seen, key=lambda item: -sum(item[1]))[:width])
    return [{"labels": list(map(int, prefix)), "score": float(np.log(sum(parts)))} for prefix, parts in prefixes.items()]


def main():
    cases = []
    for name, steps, classes, blank, width, sharp in (("short", 6, 3, 0, 100, 1), ("wide", 24, 7, 0, 20, 1.5), ("narrow", 24, 7, 6, 3, 1.5),
                                                      ("sharp", 40, 12, 0, 10, 4)):
        logits = sharp * uniform("ctc." + name, (steps, classes), dtype="f64")
        p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        cases.append({"name": name, "steps": steps, "classes": classes, "blank": blank, "width": width,
                      "log_probs": [round(float(x), 9) for x in np.log(p).ravel()], "greedy": greedy(p, blank),
                      "beam": beam(p, blank, width)[:5]})
    text = json.dumps(cases, indent=0) + "\n"
    path = ROOT / "tests/golden/ctc.json"
    if "--check" in sys.argv:
        sys.exit(path.read_text() != text)
    path.write_text(text)


main()
