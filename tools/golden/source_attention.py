#!/usr/bin/env python3
"""Golden values and gradients of Bahdanau's and Luong's attention, written down in PyTorch: writes
tests/golden/source_attention/source_attention.safetensors.

Usage: source_attention.py [--check]

The tensors of a case: `case.state.NAME`, `case.query`, `case.source`, `case.lengths` where there are any; `case.y` and
`case.weights` and the gradients that arrive there, `case.up.y` and `case.up.weights`; `case.grad.NAME` for each parameter and
for query and source.
"""
import torch
from torch import nn

from golden import Output, uniform

BATCH, STEPS, PLACES, QUERY, KEY, HIDDEN = 3, 4, 6, 5, 7, 8


class Attention(nn.Module):
    """Weights by scores (B, L, S), and the mean of the source by them."""

    def forward(self, query, source, lengths):
        steps = query if query.dim() == 3 else query[:, None]
        scores = self.scores(steps, source)
        if lengths is not None:
            behind = torch.arange(source.shape[1])[None, None] >= lengths[:, None, None]
            scores = scores.masked_fill(behind, -torch.inf)
        weights = torch.softmax(scores, -1)
        y = weights @ source
        return (y, weights) if query.dim() == 3 else (y[:, 0], weights[:, 0])


class Bahdanau(Attention):
    def __init__(self, query, key):
        super().__init__()
        self.query_proj = nn.Linear(query, HIDDEN, bias=False)
        self.key_proj = nn.Linear(key, HIDDEN, bias=False)
        self.score = nn.Linear(HIDDEN, 1, bias=False)

    def scores(self, query, source):
        return self.score(torch.tanh(self.query_proj(query)[:, :, None] + self.key_proj(source)[:, None]))[..., 0]


class Luong(Attention):
    def __init__(self, query, key, kind):
        super().__init__()
        self.kind = kind
        if kind == "general":
            self.weight = nn.Parameter(torch.empty(query, key))
        if kind == "concat":
            self.weight, self.v = nn.Parameter(torch.empty(query, query + key)), nn.Parameter(torch.empty(query))

    def scores(self, query, source):
        if self.kind == "dot":
            return query @ source.mT
        if self.kind == "general":
            return query @ (source @ self.weight.mT).mT
        pairs = torch.cat([query[:, :, None].expand(-1, -1, source.shape[1], -1),
                           source[:, None].expand(-1, query.shape[1], -1, -1)], -1)
        return torch.tanh(pairs @ self.weight.mT) @ self.v


def case_of(case, layer, query, key, one, lengths, dtype):
    layer = layer.to(torch.float32 if dtype == "f32" else torch.float64)

    def numbers(name, shape, size=1):
        return torch.from_numpy(uniform(f"{case}.{name}", tuple(shape), -size, size, dtype)).requires_grad_(True)

    with torch.no_grad():
        for name, p in layer.named_parameters():
            p.copy_(numbers(f"state.{name}", p.shape))
    given = {"query": numbers("query", (BATCH, query) if one else (BATCH, STEPS, query)),
             "source": numbers("source", (BATCH, PLACES, key), 2)}
    tensors = {f"{case}.state.{name}": p.detach() for name, p in layer.named_parameters()}
    tensors.update({f"{case}.{name}": t.detach() for name, t in given.items()})
    counts = torch.tensor([PLACES, 1, 4]) if lengths else None
    if lengths:
        tensors[f"{case}.lengths"] = counts
    results = dict(zip(("y", "weights"), layer(given["query"], given["source"], counts)))
    ups = {name: numbers(f"up.{name}", t.shape).detach() for name, t in results.items()}
    sum((results[name] * up).sum() for name, up in ups.items()).backward()
    tensors.update({f"{case}.{name}": t.detach() for name, t in results.items()})
    tensors.update({f"{case}.up.{name}": t for name, t in ups.items()})
    tensors.update({f"{case}.grad.{name}": p.grad for name, p in [*layer.named_parameters(), *given.items()]})
    return tensors


def main():
    out = Output("source_attention.py", "source_attention")
    cases, tensors = [], {}
    for kind in ("bahdanau", "dot", "general", "concat"):
        query = KEY if kind == "dot" else QUERY
        for suffix, one, lengths in (("", False, False), ("_lengths", False, True), ("_step", True, True)):
            for dtype in ("f32", "f64"):
                case = kind + suffix + ("" if dtype == "f32" else "_f64")
                layer = Bahdanau(query, KEY) if kind == "bahdanau" else Luong(query, KEY, kind)
                tensors.update(case_of(case, layer, query, KEY, one, lengths, dtype))
                cases.append({"name": case, "kind": kind, "dtype": dtype, "query": query, "key": KEY, "hidden": HIDDEN})
    out.write("source_attention", tensors, cases=cases)
    out.close()


if __name__ == "__main__":
    main()
