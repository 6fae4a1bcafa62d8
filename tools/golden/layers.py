#!/usr/bin/env python3
"""Golden values and gradients of layers, from torch.nn: writes tests/golden/layers/*.safetensors.

Usage: layers.py [--check]

One file a layer. The tensors of a case: `case.state.NAME` (the state dict before the call), `case.in0`, `case.out0`,
`case.grad_out0`, `case.grad_in0` where the input has a gradient, `case.grad.NAME` for each parameter, and for layers
with buffers `case.after.NAME`, the buffers after the call.
"""
import torch
from torch import nn

from golden import Output, array, integers, setup, uniform


def fill(layer, case, dtype):
    """Gives every parameter and buffer numbers that depend on its name alone."""
    with torch.no_grad():
        for name, t in layer.state_dict().items():
            if t.is_floating_point():
                low = 0.25 if name.endswith("running_var") else -1.0
                t.copy_(torch.from_numpy(uniform(f"{case}.state.{name}", tuple(t.shape), low, 1.5, dtype)))


def gradient(t):
    return torch.zeros_like(t) if t.grad is None else t.grad


def cases_of(kind, make, rows):
    """rows: (suffix, options, input shape, training, high) with `high` the bound of whole-number inputs, else None.
    Several inputs are a list of shapes; `high` may be one, too."""
    cases, tensors = [], {}
    for dtype in ("f32", "f64"):
        for suffix, options, shape, training, high in rows:
            case = kind.lower() + suffix + ("" if dtype == "f32" else "_f64")
            layer = make(**options).to(torch.float32 if dtype == "f32" else torch.float64).train(training)
            fill(layer, case, dtype)
            shapes = shape if isinstance(shape, list) else [shape]
            xs = []
            highs = high if isinstance(high, list) else [high] * len(shapes)
            for i, (size, most) in enumerate(zip(shapes, highs)):
                key = f"{case}.in{i}"
                x = integers(key, size, 0, most) if most else uniform(key, size, -2, 2, dtype)
                tensors[key] = x
                xs.append(torch.from_numpy(x.copy()).requires_grad_(most is None))
            for name, t in layer.state_dict().items():
                tensors[f"{case}.state.{name}"] = array(t)
            y = layer(*xs)
            up = uniform(f"{case}.grad_out0", tuple(y.shape), -1, 1, dtype)
            y.backward(torch.from_numpy(up))
            tensors[f"{case}.out0"], tensors[f"{case}.grad_out0"] = array(y), up
            for i, x in enumerate(xs):
                if highs[i] is None:
                    tensors[f"{case}.grad_in{i}"] = array(gradient(x))
            for name, p in layer.named_parameters():
                tensors[f"{case}.grad.{name}"] = array(gradient(p))
            for name, b in layer.named_buffers():
                tensors[f"{case}.after.{name}"] = array(b)
            cases.append({"name": case, "layer": kind, "dtype": dtype, "options": options, "training": training,
                          "inputs": len(shapes)})
    return cases, tensors


def mask_of(kind, batch, queries, keys):
    """A mask that tests/nn/layer_golden_test.cpp makes by the same rule."""
    b, i, j = torch.arange(batch)[:, None], torch.arange(queries)[:, None], torch.arange(keys)[None, :]
    if kind == "padding":
        return j >= keys - b  # of sample b the last b keys
    if kind == "never":
        return (i + j) % 3 == 1
    return (i * j % 5) * 0.25


def masks(kind, batch, queries, keys, dtype):
    """Arguments of a call of nn.MultiheadAttention."""
    given = {}
    if "padding" in kind:
        given["key_padding_mask"] = mask_of("padding", batch, queries, keys)
    if "never" in kind:
        given["attn_mask"] = mask_of("never", batch, queries, keys)
    if "added" in kind:
        given["attn_mask"] = mask_of("added", batch, queries, keys).to(dtype)
    if "causal" in kind:
        given["attn_mask"] = torch.ones(queries, keys, dtype=torch.bool).triu(1)
    return given


class MultiheadAttention(nn.MultiheadAttention):
    """The result, or with `weights` ("mean" or "each") those."""

    def __init__(self, mask="", weights="", **options):
        super().__init__(**options)
        self.mask, self.weights = mask, weights

    def forward(self, q, k=None, v=None):
        k, v = q if k is None else k, q if v is None else v
        batch = 1 if q.dim() == 2 else q.shape[0 if self.batch_first else 1]
        axis = 1 if self.batch_first and q.dim() == 3 else 0
        given = masks(self.mask, batch, q.shape[axis], k.shape[axis], q.dtype)
        y, weights = super().forward(q, k, v, need_weights=self.weights != "",
                                     average_attn_weights=self.weights == "mean", **given)
        return weights if self.weights else y


def transformer_layer(kind):
    class Layer(kind):
        def __init__(self, causal=False, **options):
            super().__init__(dropout=0, **options)
            self.causal = causal

        def forward(self, x, *memory):
            n = x.shape[1 if self.self_attn.batch_first else 0]
            mask = torch.ones(n, n, dtype=torch.bool).triu(1) if self.causal else None
            return super().forward(x, memory[0], tgt_mask=mask) if memory else super().forward(x, src_mask=mask)

    return Layer


def encoder(norm_first, **options):
    layer = nn.TransformerEncoderLayer(dropout=0, norm_first=norm_first, **options)
    return nn.TransformerEncoder(layer, 2, nn.LayerNorm(options["d_model"]), enable_nested_tensor=False)


class EmbeddingBag(nn.EmbeddingBag):
    """With `offsets`; of two inputs the first is per_sample_weights, as those with a gradient stand first."""

    def __init__(self, offsets=None, **options):
        super().__init__(**options)
        self.offsets = None if offsets is None else torch.tensor(offsets)

    def forward(self, *inputs):
        return super().forward(inputs[-1], self.offsets, inputs[0] if len(inputs) > 1 else None)


class AdaptiveLogSoftmaxWithLoss(nn.AdaptiveLogSoftmaxWithLoss):
    """Both outputs as one."""

    def forward(self, x, target):
        output, loss = super().forward(x, target)
        return torch.cat([output, loss.reshape(1)])


def main():
    setup()
    layers = [
        ("Linear", lambda in_features, out_features, bias=True: nn.Linear(in_features, out_features, bias), [
            ("", dict(in_features=7, out_features=5), (4, 7), True, None),
            ("_no_bias", dict(in_features=7, out_features=5, bias=False), (4, 7), True, None),
            ("_rank3", dict(in_features=7, out_features=5), (2, 3, 7), True, None),
            ("_one_output", dict(in_features=33, out_features=1), (5, 33), True, None),
            ("_empty_batch", dict(in_features=7, out_features=5), (0, 7), True, None)]),
        ("BatchNorm1d", nn.BatchNorm1d, [
            ("", dict(num_features=5), (6, 5), True, None),
            ("_eval", dict(num_features=5), (6, 5), False, None),
            ("_rank3", dict(num_features=4), (3, 4, 7), True, None),
            ("_rank3_eval", dict(num_features=4), (3, 4, 7), False, None),
            ("_momentum", dict(num_features=5, momentum=0.3, eps=1e-3), (6, 5), True, None),
            ("_no_affine", dict(num_features=5, affine=False), (6, 5), True, None),
            ("_no_affine_eval", dict(num_features=5, affine=False), (6, 5), False, None),
            ("_average", dict(num_features=5, momentum=None), (6, 5), True, None),
            ("_untracked", dict(num_features=5, track_running_stats=False), (6, 5), True, None),
            ("_untracked_eval", dict(num_features=5, track_running_stats=False), (6, 5), False, None)]),
        ("BatchNorm2d", nn.BatchNorm2d, [("", dict(num_features=3), (2, 3, 4, 5), True, None),
                                         ("_eval", dict(num_features=3), (2, 3, 4, 5), False, None)]),
        ("BatchNorm3d", nn.BatchNorm3d, [("", dict(num_features=3), (2, 3, 2, 4, 3), True, None)]),
        ("GroupNorm", nn.GroupNorm, [
            ("", dict(num_groups=2, num_channels=6), (3, 6, 5), True, None),
            ("_pictures", dict(num_groups=3, num_channels=6, eps=1e-3), (2, 6, 3, 4), True, None),
            ("_no_affine", dict(num_groups=2, num_channels=4, affine=False), (3, 4, 5), True, None)]),
        ("InstanceNorm1d", nn.InstanceNorm1d, [
            ("", dict(num_features=4), (3, 4, 7), True, None),
            ("_affine", dict(num_features=4, affine=True, eps=1e-3), (3, 4, 7), True, None),
            ("_tracked", dict(num_features=4, affine=True, track_running_stats=True, momentum=0.3), (3, 4, 7), True, None),
            ("_tracked_eval", dict(num_features=4, affine=True, track_running_stats=True), (3, 4, 7), False, None)]),
        ("InstanceNorm2d", nn.InstanceNorm2d, [("", dict(num_features=3, affine=True), (2, 3, 4, 5), True, None)]),
        ("RMSNorm", nn.RMSNorm, [
            ("", dict(normalized_shape=[7]), (5, 7), True, None),
            ("_axes", dict(normalized_shape=[3, 4], eps=1e-3), (2, 3, 4), True, None),
            ("_no_affine", dict(normalized_shape=[7], elementwise_affine=False), (5, 7), True, None)]),
        ("Bilinear", nn.Bilinear, [
            ("", dict(in1_features=4, in2_features=3, out_features=5), [(6, 4), (6, 3)], True, None),
            ("_no_bias", dict(in1_features=4, in2_features=3, out_features=5, bias=False), [(6, 4), (6, 3)], True, None)]),
        ("PReLU", nn.PReLU, [("", dict(), (5, 7), True, None), ("_channels", dict(num_parameters=4), (3, 4, 5), True, None)]),
        ("LayerNorm", nn.LayerNorm, [
            ("", dict(normalized_shape=[7]), (5, 7), True, None),
            ("_two_axes", dict(normalized_shape=[3, 4]), (2, 3, 4), True, None),
            ("_no_bias", dict(normalized_shape=[7], bias=False), (5, 7), True, None),
            ("_no_affine", dict(normalized_shape=[33], elementwise_affine=False, eps=1e-6), (3, 33), True, None)]),
        ("Embedding", nn.Embedding, [
            ("", dict(num_embeddings=10, embedding_dim=4), (7,), True, 10),
            ("_rank2", dict(num_embeddings=10, embedding_dim=3), (3, 5), True, 10),
            ("_padding", dict(num_embeddings=4, embedding_dim=3, padding_idx=1), (3, 5), True, 4),
            ("_max_norm", dict(num_embeddings=6, embedding_dim=3, max_norm=1.25), (9,), True, 6),
            ("_max_norm_p1", dict(num_embeddings=6, embedding_dim=3, padding_idx=2, max_norm=1.5, norm_type=1.0), (3, 4), True, 6),
            ("_max_norm_p3", dict(num_embeddings=6, embedding_dim=3, max_norm=1.1, norm_type=3.0), (9,), True, 6),
            ("_frequency", dict(num_embeddings=6, embedding_dim=3, scale_grad_by_freq=True), (2, 9), True, 6),
            ("_all", dict(num_embeddings=6, embedding_dim=3, padding_idx=-2, max_norm=0.9, norm_type=2.5,
                          scale_grad_by_freq=True), (3, 7), True, 6)]),
        ("EmbeddingBag", EmbeddingBag, [
            ("", dict(num_embeddings=10, embedding_dim=4), (7, 5), True, 10),
            ("_sum", dict(num_embeddings=10, embedding_dim=3, mode="sum", padding_idx=-1), (3, 5), True, 10),
            ("_max", dict(num_embeddings=10, embedding_dim=3, mode="max"), (3, 5), True, 10),
            ("_offsets", dict(num_embeddings=10, embedding_dim=3, offsets=[0, 3, 3, 7]), (9,), True, 10),
            ("_last", dict(num_embeddings=10, embedding_dim=3, mode="sum", include_last_offset=True, offsets=[0, 4, 9]),
             (9,), True, 10),
            ("_weights", dict(num_embeddings=10, embedding_dim=3, mode="sum"), [(3, 5), (3, 5)], True, [None, 10]),
            ("_max_norm", dict(num_embeddings=6, embedding_dim=3, max_norm=1.25), (3, 5), True, 6),
            ("_max_norm_max", dict(num_embeddings=6, embedding_dim=3, mode="max", max_norm=1.5, norm_type=1.0, padding_idx=0,
                                   offsets=[0, 2, 5]), (9,), True, 6),
            ("_max_norm_weights", dict(num_embeddings=6, embedding_dim=3, mode="sum", max_norm=1.1, norm_type=3.0),
             [(3, 5), (3, 5)], True, [None, 6]),
            ("_frequency", dict(num_embeddings=6, embedding_dim=3, scale_grad_by_freq=True, padding_idx=3), (3, 5), True, 6),
            ("_frequency_sum", dict(num_embeddings=6, embedding_dim=3, mode="sum", scale_grad_by_freq=True, offsets=[0, 2, 2, 6]),
             (11,), True, 6),
            ("_all", dict(num_embeddings=6, embedding_dim=3, mode="sum", padding_idx=-2, max_norm=0.9, norm_type=2.5,
                          scale_grad_by_freq=True, include_last_offset=True, offsets=[0, 4, 9, 12]), [(12,), (12,)], True,
             [None, 6])]),
        ("AdaptiveLogSoftmaxWithLoss", AdaptiveLogSoftmaxWithLoss, [
            ("", dict(in_features=16, n_classes=20, cutoffs=[5, 12]), [(9, 16), (9,)], True, [None, 20]),
            ("_bias", dict(in_features=9, n_classes=7, cutoffs=[3], div_value=2.0, head_bias=True), [(6, 9), (6,)], True,
             [None, 7])]),
        ("LinearCrossEntropyLoss", nn.LinearCrossEntropyLoss, [
            ("", dict(in_features=4, num_classes=5), [(6, 4), (6,)], True, [None, 5]),
            ("_positions", dict(in_features=4, num_classes=5, out_features=[2, 3], bias=True, label_smoothing=0.2),
             [(6, 4), (6, 2, 3)], True, [None, 5])]),
        ("ReflectionPad2d", nn.ReflectionPad2d, [("", dict(padding=[1, 2, 0, 1]), (2, 3, 4), True, None)]),
        ("ReplicationPad1d", nn.ReplicationPad1d, [("", dict(padding=[3, 1]), (2, 3, 2), True, None)]),
        ("CircularPad2d", nn.CircularPad2d, [("", dict(padding=[1, 2, 2, 0]), (1, 2, 3, 4), True, None)]),
        ("ConstantPad3d", nn.ConstantPad3d, [("", dict(padding=[1, 0, -1, 2, 0, 1], value=1.5), (1, 2, 3, 3, 2), True, None)]),
        ("ZeroPad2d", nn.ZeroPad2d, [("", dict(padding=[1, 0, -1, 2]), (2, 3, 3), True, None)]),
        ("Unfold", nn.Unfold, [("", dict(kernel_size=[2, 3], dilation=[1, 1], padding=[1, 0], stride=[2, 1]), (2, 3, 5, 6),
                                True, None)]),
        ("Fold", nn.Fold, [("", dict(output_size=[5, 6], kernel_size=[2, 3], dilation=[1, 1], padding=[1, 0], stride=[2, 1]),
                            (2, 18, 12), True, None)]),
        ("MaxPool2d", nn.MaxPool2d, [("", dict(kernel_size=3, stride=2, padding=1), (2, 3, 5, 6), True, None)]),
        ("AvgPool2d", nn.AvgPool2d, [("", dict(kernel_size=2, stride=2, ceil_mode=True), (2, 3, 5, 6), True, None)]),
        ("LPPool2d", nn.LPPool2d, [("", dict(norm_type=2, kernel_size=2), (2, 3, 4, 6), True, None)]),
        ("AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d, [("", dict(output_size=3), (2, 3, 5, 7), True, None)]),
        ("AdaptiveMaxPool2d", nn.AdaptiveMaxPool2d, [("", dict(output_size=3), (2, 3, 5, 7), True, None)]),
        ("Upsample", nn.Upsample, [("", dict(scale_factor=2), (1, 2, 3, 4), True, None)]),
        ("UpsamplingBilinear2d", nn.UpsamplingBilinear2d, [("", dict(scale_factor=2), (1, 2, 3, 4), True, None)]),
        ("LocalResponseNorm", nn.LocalResponseNorm, [("", dict(size=3, alpha=0.1), (2, 5, 3, 2), True, None)]),
        ("PixelShuffle", nn.PixelShuffle, [("", dict(upscale_factor=2), (1, 8, 2, 3), True, None)]),
        ("Conv1d", nn.Conv1d, [
            ("", dict(in_channels=3, out_channels=4, kernel_size=3), (2, 3, 7), True, None),
            ("_causal", dict(in_channels=2, out_channels=3, kernel_size=4, padding="same", dilation=2), (2, 2, 9), True, None),
            ("_replicate", dict(in_channels=2, out_channels=3, kernel_size=3, padding=2, padding_mode="replicate"),
             (2, 2, 5), True, None)]),
        ("Conv2d", nn.Conv2d, [
            ("", dict(in_channels=3, out_channels=5, kernel_size=3), (2, 3, 6, 7), True, None),
            ("_stride", dict(in_channels=3, out_channels=5, kernel_size=[3, 2], stride=[2, 1], padding=[1, 2]),
             (2, 3, 6, 7), True, None),
            ("_dilation", dict(in_channels=2, out_channels=4, kernel_size=3, padding=2, dilation=[2, 3], bias=False),
             (1, 2, 8, 9), True, None),
            ("_groups", dict(in_channels=6, out_channels=9, kernel_size=3, padding=1, groups=3), (2, 6, 5, 5), True, None),
            ("_depthwise", dict(in_channels=6, out_channels=6, kernel_size=5, padding=2, stride=2, groups=6, bias=False),
             (2, 6, 8, 7), True, None),
            ("_multiplier", dict(in_channels=3, out_channels=6, kernel_size=3, groups=3), (2, 3, 5, 5), True, None),
            ("_pointwise", dict(in_channels=7, out_channels=4, kernel_size=1), (2, 7, 4, 3), True, None),
            ("_pointwise_stride", dict(in_channels=7, out_channels=4, kernel_size=1, stride=2), (2, 7, 5, 4), True, None),
            ("_same", dict(in_channels=2, out_channels=3, kernel_size=[4, 3], padding="same"), (2, 2, 5, 6), True, None),
            ("_reflect", dict(in_channels=2, out_channels=3, kernel_size=3, padding=[2, 1], padding_mode="reflect"),
             (2, 2, 5, 6), True, None),
            ("_circular", dict(in_channels=2, out_channels=3, kernel_size=3, padding="same", padding_mode="circular"),
             (2, 2, 5, 6), True, None),
            ("_unbatched", dict(in_channels=2, out_channels=3, kernel_size=3), (2, 5, 6), True, None)]),
        ("Conv3d", nn.Conv3d, [
            ("", dict(in_channels=2, out_channels=3, kernel_size=[2, 3, 2], stride=[1, 2, 1], padding=1), (2, 2, 4, 5, 3),
             True, None)]),
        ("ConvTranspose1d", nn.ConvTranspose1d, [
            ("", dict(in_channels=3, out_channels=4, kernel_size=3, stride=2, padding=1, output_padding=1), (2, 3, 5),
             True, None)]),
        ("ConvTranspose2d", nn.ConvTranspose2d, [
            ("", dict(in_channels=3, out_channels=4, kernel_size=3), (2, 3, 4, 5), True, None),
            ("_stride", dict(in_channels=3, out_channels=4, kernel_size=4, stride=2, padding=1), (2, 3, 4, 5), True, None),
            ("_groups", dict(in_channels=4, out_channels=6, kernel_size=[3, 2], stride=[2, 3], groups=2, output_padding=[1, 2],
                             bias=False), (2, 4, 3, 3), True, None),
            ("_dilation", dict(in_channels=2, out_channels=3, kernel_size=3, dilation=2, output_padding=1, stride=1),
             (1, 2, 4, 4), True, None)]),
        ("ConvTranspose3d", nn.ConvTranspose3d, [
            ("", dict(in_channels=2, out_channels=3, kernel_size=2, stride=2), (1, 2, 2, 3, 2), True, None)]),
        ("Dropout", nn.Dropout, [("_eval", dict(p=0.5), (5, 7), False, None)]),
        ("MultiheadAttention", MultiheadAttention, [
            ("", dict(embed_dim=8, num_heads=2), [(5, 2, 8), (7, 2, 8), (7, 2, 8)], True, None),
            ("_self", dict(embed_dim=12, num_heads=3), (4, 2, 12), True, None),
            ("_self_causal", dict(embed_dim=12, num_heads=3, mask="causal", batch_first=True), (2, 6, 12), True, None),
            ("_no_batch", dict(embed_dim=8, num_heads=4, mask="added"), [(5, 8), (6, 8), (6, 8)], True, None),
            ("_sizes", dict(embed_dim=8, num_heads=2, kdim=5, vdim=3), [(4, 2, 8), (6, 2, 5), (6, 2, 3)], True, None),
            ("_no_bias", dict(embed_dim=8, num_heads=2, bias=False, mask="padding"),
             [(5, 3, 8), (7, 3, 8), (7, 3, 8)], True, None),
            ("_bias_kv", dict(embed_dim=8, num_heads=2, add_bias_kv=True, add_zero_attn=True, mask="padding never"),
             [(5, 3, 8), (7, 3, 8), (7, 3, 8)], True, None),
            ("_masks", dict(embed_dim=8, num_heads=2, batch_first=True, mask="padding never"),
             [(3, 5, 8), (3, 7, 8), (3, 7, 8)], True, None),
            ("_weights", dict(embed_dim=8, num_heads=2, weights="mean", mask="never"),
             [(5, 2, 8), (7, 2, 8), (7, 2, 8)], False, None),
            ("_weights_each", dict(embed_dim=8, num_heads=2, weights="each", batch_first=True, mask="causal"),
             [(2, 5, 8), (2, 5, 8), (2, 5, 8)], False, None)]),
        ("TransformerEncoderLayer", transformer_layer(nn.TransformerEncoderLayer), [
            ("", dict(d_model=8, nhead=2, dim_feedforward=12), (5, 2, 8), True, None),
            ("_norm_first", dict(d_model=8, nhead=2, dim_feedforward=12, norm_first=True, batch_first=True,
                                 activation="gelu"), (2, 5, 8), True, None),
            ("_no_bias", dict(d_model=8, nhead=2, dim_feedforward=12, bias=False, layer_norm_eps=1e-3, causal=True),
             (5, 2, 8), True, None)]),
        ("TransformerDecoderLayer", transformer_layer(nn.TransformerDecoderLayer), [
            ("", dict(d_model=8, nhead=2, dim_feedforward=12), [(5, 2, 8), (6, 2, 8)], True, None),
            ("_norm_first", dict(d_model=8, nhead=2, dim_feedforward=12, norm_first=True, batch_first=True, causal=True),
             [(2, 5, 8), (2, 6, 8)], True, None)]),
        ("TransformerEncoder", encoder, [
            ("", dict(d_model=8, nhead=2, dim_feedforward=12, norm_first=False), (5, 2, 8), True, None),
            ("_norm_first", dict(d_model=8, nhead=2, dim_feedforward=12, norm_first=True), (5, 2, 8), True, None)]),
        ("Transformer", lambda **o: nn.Transformer(dropout=0, **o), [
            ("", dict(d_model=8, nhead=2, num_encoder_layers=2, num_decoder_layers=2, dim_feedforward=12),
             [(6, 2, 8), (5, 2, 8)], True, None)]),
    ]
    out = Output("layers.py", "layers")
    for kind, make, rows in layers:
        cases, tensors = cases_of(kind, make, rows)
        out.write(kind.lower(), tensors, cases=cases)
    out.close()


if __name__ == "__main__":
    main()
