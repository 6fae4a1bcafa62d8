#!/usr/bin/env python3
"""Golden results of generation, from Transformers: writes tests/golden/generate/*.safetensors.

Usage: generate.py [--check] --data DIR     (DIR, or $FATHOM_DATA, holds llama/stories260K.bin)

`logits` has scores (rows, vocabulary), tokens (rows, length) and, of each case, the scores that its processors leave.
`tables` has a model of two tables, whose scores behind tokens ..., a, b are last[b] + before[a] (before[0] if b is alone),
and what generate() finds: a case's `NAME.tokens` (prompts * n, length, filled up with -1) and `NAME.scores` of beams.
`stories` has the same of stories260K, without the model.
"""
import os
import pathlib
import struct
import sys

import numpy as np
import torch
import transformers
from transformers import GenerationConfig, GenerationMixin, LlamaConfig, LlamaForCausalLM, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from golden import Output, integers, setup, uniform

VOCABULARY = 24
STOP = 3


class Tables(PreTrainedModel, GenerationMixin):
    config_class = PreTrainedConfig
    main_input_name = "input_ids"
    _supports_cache_class = False

    def __init__(self, config):
        super().__init__(config)
        shape = (VOCABULARY, VOCABULARY)
        self.last = torch.nn.Parameter(torch.from_numpy(uniform("tables.last", shape, -2, 2)))
        self.before = torch.nn.Parameter(torch.from_numpy(uniform("tables.before", shape, -2, 2)))

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, **ignored):
        return {"input_ids": input_ids}

    def forward(self, input_ids, attention_mask=None, **ignored):
        before = torch.nn.functional.pad(input_ids[:, :-1], (1, 0))
        return CausalLMOutput(logits=self.last[input_ids] + self.before[before])


def llama(path):
    """A checkpoint of llama2.c as Transformers' model: rows of queries and keys stand as halves, not in turns."""
    data = path.read_bytes()
    dim, hidden, layers, heads, groups, vocabulary, positions = struct.unpack("<7i", data[:28])
    numbers, at = np.frombuffer(data, np.float32, offset=28), 0

    def take(*shape):
        nonlocal at
        count = int(np.prod(shape))
        at += count
        return torch.from_numpy(numbers[at - count:at].reshape(shape).copy())

    def halves(weight, count):
        return weight.reshape(count, -1, 2, dim).transpose(1, 2).reshape(weight.shape)

    model = LlamaForCausalLM(LlamaConfig(
        hidden_size=dim, intermediate_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        num_key_value_heads=groups, vocab_size=vocabulary, max_position_embeddings=positions, rms_norm_eps=1e-5,
        tie_word_embeddings=True, bos_token_id=1, eos_token_id=None, pad_token_id=0, attn_implementation="eager")).eval()
    state = {"model.embed_tokens.weight": take(vocabulary, dim)}
    head = dim // heads
    for name, rows, columns in (("input_layernorm", dim, 0), ("self_attn.q_proj", dim, dim),
                                ("self_attn.k_proj", groups * head, dim), ("self_attn.v_proj", groups * head, dim),
                                ("self_attn.o_proj", dim, dim), ("post_attention_layernorm", dim, 0),
                                ("mlp.gate_proj", hidden, dim), ("mlp.down_proj", dim, hidden), ("mlp.up_proj", hidden, dim)):
        for layer in range(layers):
            weight = take(rows, columns) if columns else take(rows)
            if name.endswith(("q_proj", "k_proj")):
                weight = halves(weight, rows // head)
            state[f"model.layers.{layer}.{name}.weight"] = weight
    state["model.norm.weight"] = take(dim)
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert missing in ([], ["lm_head.weight"]) and not unexpected, (missing, unexpected)
    return model


def found(model, name, prompts, options, stop):
    """What generate() gives for one case, as tensors."""
    config = GenerationConfig(eos_token_id=stop or None, pad_token_id=0, return_dict_in_generate=True, output_scores=True,
                              use_cache=not isinstance(model, Tables), **options)
    ids = torch.tensor(prompts)
    with torch.no_grad():
        result = model.generate(ids, generation_config=config, attention_mask=torch.ones_like(ids))
    new = result.sequences[:, ids.shape[1]:]
    tokens = np.full(new.shape, -1, np.int64)
    for row, sequence in zip(tokens, new.tolist()):
        ends = [i for i, token in enumerate(sequence) if token in stop]
        length = ends[0] + 1 if ends else len(sequence)
        row[:length] = sequence[:length]
    tensors = {f"{name}.tokens": tokens}
    if options.get("num_beams", 1) > 1:
        tensors[f"{name}.scores"] = result.sequences_scores
    return tensors


def run(model, rows):
    cases, tensors = [], {}
    for name, prompts, options, stop in rows:
        tensors.update(found(model, name, prompts, options, stop))
        cases.append({"name": name, "prompts": prompts, "options": options, "stop": stop})
    return cases, tensors


BEAMS = [
    ("beams", dict(num_beams=3)),
    ("best", dict(num_beams=4, num_return_sequences=3)),
    ("long", dict(num_beams=3, length_penalty=2.0)),
    ("short", dict(num_beams=3, length_penalty=-1.0)),
    ("early", dict(num_beams=4, early_stopping=True, num_return_sequences=2)),
    ("never", dict(num_beams=4, early_stopping="never", num_return_sequences=4, length_penalty=0.5)),
    ("repeats", dict(num_beams=3, no_repeat_ngram_size=2, num_return_sequences=3)),
    ("penalized", dict(num_beams=3, repetition_penalty=1.3)),
    ("least", dict(num_beams=3, min_new_tokens=6)),
]
GREEDY = [
    ("greedy", {}),
    ("greedy_penalized", dict(repetition_penalty=1.5)),
    ("greedy_bigrams", dict(no_repeat_ngram_size=2)),
    ("greedy_least", dict(min_new_tokens=9)),
]
WARPERS = [
    ("temperature", dict(temperature=0.7)),
    ("top_k", dict(top_k=5)),
    ("top_p", dict(top_p=0.8)),
    ("top_p_little", dict(top_p=0.01)),
    ("min_p", dict(min_p=0.2)),
    ("penalty", dict(repetition_penalty=1.4)),
    ("ngrams", dict(no_repeat_ngram_size=2)),
    ("trigrams", dict(no_repeat_ngram_size=3)),
    ("least", dict(min_new_tokens=5)),
    ("all", dict(temperature=1.7, top_k=12, top_p=0.9, min_p=0.1, repetition_penalty=0.8, no_repeat_ngram_size=2,
                 min_new_tokens=5)),
    ("beams", dict(temperature=0.6, top_k=1, top_p=0.1, min_p=0.9, num_beams=2)),
]


def logits():
    rows, length, new = 6, 9, 4
    scores = torch.from_numpy(uniform("logits.scores", (rows, VOCABULARY), -4, 4))
    tokens = torch.from_numpy(integers("logits.tokens", (rows, length), 0, VOCABULARY // 2))
    tensors, cases = {"scores": scores, "tokens": tokens}, []
    model = Tables(PreTrainedConfig(vocab_size=VOCABULARY))
    for name, options in WARPERS:
        # top_k has a default of its own there.
        config = GenerationConfig(do_sample=True, eos_token_id=[STOP, 7], pad_token_id=0, **{"top_k": 0, **options})
        config._eos_token_tensor = torch.tensor([STOP, 7])
        processors = model._get_logits_processor(config, input_ids_seq_length=length - new)
        tensors[name] = processors(tokens, scores.clone())
        cases.append({"name": name, "options": options, "stop": [STOP, 7], "new_tokens": new})
    return cases, tensors


def main():
    setup()
    transformers.logging.set_verbosity_error()
    args = sys.argv[1:]
    data = pathlib.Path(args[args.index("--data") + 1] if "--data" in args else os.environ.get("FATHOM_DATA", "data"))
    out = Output("generate.py", "generate")
    about = {"transformers": transformers.__version__}
    cases, tensors = logits()
    out.write("logits", tensors, cases=cases, **about)
    model = Tables(PreTrainedConfig(vocab_size=VOCABULARY))
    prompts = [[1, 5], [1, 9], [2, 17], [4, 4]]
    rows = [(name, prompts, dict(max_new_tokens=12) | options, stop)
            for names, options in GREEDY + BEAMS for name, stop in ((names, [STOP]), (names + "_stops", [STOP, 7, 11]))]
    rows += [("endless", prompts, dict(max_new_tokens=5, num_beams=3, num_return_sequences=2), [])]
    cases, tensors = run(model, rows)
    out.write("tables", {"last": model.last, "before": model.before} | tensors, cases=cases, **about)
    # The period ends a story, so that beams end.
    rows = [(name, [[1, 403, 407, 261, 378]], dict(max_new_tokens=40) | options, [426])
            for name, options in GREEDY[:3] + BEAMS]
    cases, tensors = run(llama(data / "llama/stories260K.bin"), rows)
    out.write("stories", tensors, cases=cases, **about)
    out.close()


if __name__ == "__main__":
    main()
