#!/usr/bin/env python3
"""Scans, sorting and statistics on a million elements in PyTorch: the peer of benchmarks/order_bench.cpp.

Usage: torch_order.py [threads]
"""
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
torch.manual_seed(0)


def best(make):
    least, end = 1e9, time.perf_counter() + 0.25
    while True:
        start = time.perf_counter()
        make()
        now = time.perf_counter()
        least = min(least, now - start)
        if now > end:
            return least * 1e3


for name, shape, a in [("1 x 1M", (1 << 20,), 0), ("1024 x 1024", (1024, 1024), 1),
                       ("1024 x 1024, axis 0", (1024, 1024), 0)]:
    x = torch.randn(shape)
    rows = {
        "cumsum": lambda: x.cumsum(a), "cumprod": lambda: x.cumprod(a), "cummax": lambda: x.cummax(a),
        "logcumsumexp": lambda: x.logcumsumexp(a), "sort": lambda: x.sort(a), "topk 10": lambda: x.topk(10, a),
        "kthvalue": lambda: x.kthvalue(100, a), "median": lambda: x.median(a), "quantile": lambda: x.quantile(0.3, a),
        "argmax": lambda: x.argmax(a), "max with index": lambda: x.max(a), "var": lambda: x.var(a),
        "norm": lambda: torch.linalg.vector_norm(x, 2, a), "prod": lambda: x.prod(a), "any": lambda: x.any(a),
        "logsumexp": lambda: x.logsumexp(a)}
    for op, make in rows.items():
        print(f"{name:20} {op:16} {best(make):9.3f} ms")
x = torch.randn(1 << 20)
edges = torch.linspace(-3, 3, 1000)
counts = (x.abs() * 100).long()
print(f"{'searchsorted in 1000':37} {best(lambda: torch.searchsorted(edges, x)):9.3f} ms")
print(f"{'bincount':37} {best(lambda: torch.bincount(counts)):9.3f} ms")
print(f"{'histc':37} {best(lambda: torch.histc(x, 100, -3, 3)):9.3f} ms")
print(f"{'unique':37} {best(lambda: torch.unique(counts)):9.3f} ms")
