#!/usr/bin/env python3
"""Golden values and gradients of recurrent layers and cells, from torch.nn: writes tests/golden/recurrent/*.safetensors.

Usage: recurrent.py [--check]

One file a layer, and one for what it alone has. The tensors of a case: `case.state.NAME`, `case.x`, `case.h0` and `case.c0` where they are given,
`case.lengths` of a padded batch; `case.output`, `case.h_n`, `case.c_n` and the gradients that arrive there,
`case.up.NAME`; `case.grad.NAME` for each parameter and for x, h0, c0.
"""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from golden import Output, array, setup, uniform

STEPS, BATCH, FEATURES, HIDDEN = 5, 4, 3, 6


def numbers(key, shape, dtype):
    return torch.from_numpy(uniform(key, tuple(shape), -1, 1, dtype)).requires_grad_(True)


def layer_case(kind, case, dtype, options, shape, states, lengths):
    """One call of a layer; returns its tensors."""
    size = dict(input_size=FEATURES, hidden_size=HIDDEN) | options
    layer = getattr(nn, kind)(**size).to(torch.float32 if dtype == "f32" else torch.float64)
    with torch.no_grad():
        for name, p in layer.named_parameters():
            p.copy_(numbers(f"{case}.state.{name}", p.shape, dtype))
    given = {"x": numbers(f"{case}.x", shape, dtype)}
    batched = len(shape) == 3
    batch = [shape[0 if options.get("batch_first") else 1]] if batched else []
    rows = size.get("num_layers", 1) * (2 if size.get("bidirectional") else 1)
    if states:
        handed = size.get("proj_size") or size["hidden_size"]
        given["h0"] = numbers(f"{case}.h0", [rows, *batch, handed], dtype)
        if kind == "LSTM":
            given["c0"] = numbers(f"{case}.c0", [rows, *batch, size["hidden_size"]], dtype)
    x = given["x"]
    first = options.get("batch_first", False)
    if lengths:
        x = pack_padded_sequence(x, torch.tensor(lengths), batch_first=first, enforce_sorted=False)
    state = tuple(given[n] for n in ("h0", "c0") if n in given)
    output, last = layer(x, (state if kind == "LSTM" else state[0]) if state else None)
    if lengths:
        output, _ = pad_packed_sequence(output, batch_first=first, total_length=shape[1 if first else 0])
    results = {"output": output} | dict(zip(("h_n", "c_n"), last if kind == "LSTM" else (last,)))
    return tensors_of(case, layer, given, results, dtype) | (
        {f"{case}.lengths": torch.tensor(lengths)} if lengths else {})


def cell_case(kind, case, dtype, options, shape, states):
    size = dict(input_size=FEATURES, hidden_size=HIDDEN) | options
    cell = getattr(nn, kind)(**size).to(torch.float32 if dtype == "f32" else torch.float64)
    with torch.no_grad():
        for name, p in cell.named_parameters():
            p.copy_(numbers(f"{case}.state.{name}", p.shape, dtype))
    given = {"x": numbers(f"{case}.x", shape, dtype)}
    names = ("h0", "c0") if kind == "LSTMCell" else ("h0",)
    if states:
        given |= {n: numbers(f"{case}.{n}", [*shape[:-1], size["hidden_size"]], dtype) for n in names}
    state = tuple(given[n] for n in names if n in given)
    last = cell(given["x"], (state if kind == "LSTMCell" else state[0]) if state else None)
    results = dict(zip(("h_n", "c_n"), last if kind == "LSTMCell" else (last,)))
    return tensors_of(case, cell, given, results, dtype)


def tensors_of(case, layer, given, results, dtype):
    tensors = {f"{case}.state.{name}": array(p) for name, p in layer.named_parameters()}
    tensors |= {f"{case}.{name}": array(t) for name, t in (given | results).items()}
    total = 0
    for name, t in results.items():
        up = numbers(f"{case}.up.{name}", t.shape, dtype).detach()
        tensors[f"{case}.up.{name}"] = array(up)
        total = total + (t * up).sum()
    total.backward()
    for name, t in list(given.items()) + list(layer.named_parameters()):
        tensors[f"{case}.grad.{name}"] = array(t.grad)
    return tensors


def main():
    setup()
    sequence, ragged = [STEPS, BATCH, FEATURES], [3, 5, 1, 4]
    two = dict(num_layers=2, bidirectional=True)
    rows = [  # suffix, options, shape of x, with states, lengths, dtypes
        ("", {}, sequence, False, None, ("f32", "f64")),
        ("_states", {}, sequence, True, None, ("f32", "f64")),
        ("_no_bias", dict(bias=False), sequence, True, None, ("f32",)),
        ("_layers", dict(num_layers=3), sequence, True, None, ("f32",)),
        ("_bidirectional", dict(bidirectional=True), sequence, True, None, ("f32", "f64")),
        ("_batch_first", two | dict(batch_first=True), [BATCH, STEPS, FEATURES], True, None, ("f32",)),
        ("_unbatched", two, [STEPS, FEATURES], True, None, ("f32",)),
        ("_lengths", {}, sequence, False, ragged, ("f32", "f64")),
        ("_lengths_both_ways", two, sequence, True, ragged, ("f32", "f64")),
        ("_one_step", two, [1, BATCH, FEATURES], True, None, ("f32",)),
        ("_one_sequence", {}, [STEPS, 1, FEATURES], True, None, ("f32",)),
        ("_wide", dict(input_size=9, hidden_size=19), [3, 13, 9], True, None, ("f32",)),
    ]
    relu = [("_relu", two | dict(nonlinearity="relu"), sequence, True, ragged, ("f32", "f64"))]
    projected = [("_projected", dict(proj_size=2), sequence, True, None, ("f32", "f64")),
                 ("_projected_all", two | dict(proj_size=4, batch_first=True), [BATCH, STEPS, FEATURES], True, ragged,
                  ("f32", "f64"))]
    files = {"rnn": ("RNN", rows), "rnn_relu": ("RNN", relu), "lstm": ("LSTM", rows),
             "lstm_projected": ("LSTM", projected), "gru": ("GRU", rows)}
    out = Output("recurrent.py", "recurrent")
    for file, (kind, forms) in files.items():
        cases, tensors = [], {}
        for suffix, options, shape, states, lengths, dtypes in forms:
            for dtype in dtypes:
                case = kind.lower() + suffix + ("" if dtype == "f32" else "_f64")
                tensors |= layer_case(kind, case, dtype, options, shape, states, lengths)
                cases.append({"name": case, "layer": kind, "dtype": dtype,
                              "options": dict(input_size=FEATURES, hidden_size=HIDDEN) | options})
        out.write(file, tensors, cases=cases)
    cases, tensors = [], {}
    for kind in ("RNNCell", "LSTMCell", "GRUCell"):
        forms = [("", {}, [BATCH, FEATURES], True), ("_no_bias", dict(bias=False), [BATCH, FEATURES], True),
                 ("_no_state", {}, [BATCH, FEATURES], False), ("_unbatched", {}, [FEATURES], True)]
        if kind == "RNNCell":
            forms.append(("_relu", dict(nonlinearity="relu"), [BATCH, FEATURES], True))
        for suffix, options, shape, states in forms:
            case = kind.lower() + suffix
            tensors |= cell_case(kind, case, "f32", options, shape, states)
            cases.append({"name": case, "layer": kind, "dtype": "f32",
                          "options": dict(input_size=FEATURES, hidden_size=HIDDEN) | options})
    out.write("cells", tensors, cases=cases)
    out.close()


if __name__ == "__main__":
    main()
