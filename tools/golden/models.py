#!/usr/bin/env python3
"""Golden facts and logits of the networks for pictures, from torchvision: writes tests/golden/models/*.safetensors.

Usage: models.py [--check]

`models` in the metadata lists every network: the number of its tensors, the SHA-256 of "NAME SHAPE" lines in order of the
names, parameters, multiply-adds of convolutions and linear layers for one picture of `size`. Where `logits` is there, it is
the extent of four pictures (`uniform` of NAME.x), whose logits with ten classes and the weights of `fill`
by `gain` are NAME.eval and, with all
dropout off, NAME.train. What torchvision lacks is written down here after its source.
"""
import hashlib
import warnings

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from golden import Output, array, setup, uniform

FAMILIES = ("alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception", "mnasnet", "mobilenet", "regnet",
            "resnet", "resnext", "shufflenet", "squeezenet", "vgg", "wide_resnet")
LOGITS = {"lenet5": 28, "alexnet": 64, "vgg11": 32, "vgg13_bn": 32, "resnet18": 64, "resnet50": 64, "resnext50_32x4d": 64,
          "resnet20_cifar": 32, "resnet56_cifar": 32, "squeezenet1_0": 64, "squeezenet1_1": 64, "mobilenet_v1": 64,
          "mobilenet_v2": 64, "mobilenet_v3_large": 64, "mobilenet_v3_small": 64, "densenet121": 64, "googlenet": 64,
          "inception_v3": 128, "shufflenet_v2_x0_5": 64, "shufflenet_v2_x1_0": 64, "efficientnet_b0": 64,
          "efficientnet_b1": 64, "efficientnet_v2_s": 64, "regnet_x_400mf": 64, "regnet_y_400mf": 64, "convnext_tiny": 64,
          "mnasnet0_5": 64, "mnasnet1_0": 64, "xception": 64}


# Weights are drawn with variance GAIN / fan_in: 2, but where activations would grow from block to block until they are
# nothing but rounding.
GAIN = {"efficientnet_v2_s": 0.5}


class LeNet5(nn.Module):
    """LeCun et al. 1998, figure 2, with a linear last layer."""

    def __init__(self, num_classes=10):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, num_classes)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), 2).flatten(1)
        return self.fc3(torch.tanh(self.fc2(torch.tanh(self.fc1(x)))))


def conv_norm(i, o, k=3, s=1, groups=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, (k - 1) // 2, groups=groups, bias=False), nn.BatchNorm2d(o), nn.ReLU())


class MobileNetV1(nn.Module):
    """Howard et al. 2017, table 1."""

    def __init__(self, num_classes=1000):
        super().__init__()
        layers, i = [conv_norm(3, 32, s=2)], 32
        for o, s in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]:
            layers += [conv_norm(i, i, s=s, groups=i), conv_norm(i, o, 1)]
            i = o
        self.features, self.classifier = nn.Sequential(*layers), nn.Sequential(nn.Dropout(0.001), nn.Linear(i, num_classes))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class Separable(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv1, self.pointwise = nn.Conv2d(i, i, 3, padding=1, groups=i, bias=False), nn.Conv2d(i, o, 1, bias=False)

    def forward(self, x):
        return self.pointwise(self.conv1(x))


class XceptionBlock(nn.Module):
    def __init__(self, channels, halves, first_relu=True):
        super().__init__()
        rep = []
        for n, (i, o) in enumerate(zip(channels, channels[1:])):
            rep += ([nn.ReLU()] if n or first_relu else []) + [Separable(i, o), nn.BatchNorm2d(o)]
        if halves:
            self.skip = nn.Conv2d(channels[0], channels[-1], 1, 2, bias=False)
            self.skipbn = nn.BatchNorm2d(channels[-1])
            rep.append(nn.MaxPool2d(3, 2, 1))
        self.rep, self.halves = nn.Sequential(*rep), halves

    def forward(self, x):
        return self.rep(x) + (self.skipbn(self.skip(x)) if self.halves else x)


class Xception(nn.Module):
    """Chollet 2017, figure 5."""

    def __init__(self, num_classes=1000):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 32, 3, 2, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 64, 3, bias=False), nn.BatchNorm2d(64)
        blocks = [([64, 128, 128], True, False), ([128, 256, 256], True), ([256, 728, 728], True)]
        blocks += 8 * [([728] * 4, False)] + [([728, 728, 1024], True)]
        for n, b in enumerate(blocks):
            setattr(self, f"block{n + 1}", XceptionBlock(*b))
        self.conv3, self.bn3 = Separable(1024, 1536), nn.BatchNorm2d(1536)
        self.conv4, self.bn4 = Separable(1536, 2048), nn.BatchNorm2d(2048)
        self.fc = nn.Linear(2048, num_classes)

    def forward(self, x):
        x = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        for n in range(12):
            x = getattr(self, f"block{n + 1}")(x)
        x = F.relu(self.bn4(self.conv4(F.relu(self.bn3(self.conv3(x))))))
        return self.fc(x.mean((2, 3)))


class CifarBlock(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, 1 if i == o else 2, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.more = o - i

    def forward(self, x):
        around = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2)) if self.more else x
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + around)


class CifarResNet(nn.Module):
    """He et al. 2016, section 4.2, option A; names of akamaster/pytorch_resnet_cifar10."""

    def __init__(self, depth, num_classes=10):
        super().__init__()
        self.conv1, self.bn1, i = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), 16
        for n, o in enumerate((16, 32, 64)):
            setattr(self, f"layer{n + 1}",
                    nn.Sequential(*[CifarBlock(i if b == 0 else o, o) for b in range((depth - 2) // 6)]))
            i = o
        self.linear = nn.Linear(64, num_classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


OWN = {"lenet5": LeNet5, "mobilenet_v1": MobileNetV1, "xception": Xception}
for n in (20, 32, 44, 56, 110):
    OWN[f"resnet{n}_cifar"] = lambda depth=n, **a: CifarResNet(depth, **a)


def names():
    found = [n for n in torchvision.models.list_models(module=torchvision.models) if n.startswith(FAMILIES)]
    return sorted(found + list(OWN))


def make(name, **options):
    if name in OWN:
        return OWN[name](**options)
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    return torchvision.models.get_model(name, weights=None, **options)


def published_size(name):
    return 28 if name == "lenet5" else 32 if name.endswith("_cifar") else 299 if name in ("inception_v3", "xception") else 224


def multiply_adds(model, x):
    total = 0

    def count(module, inputs, output):
        nonlocal total
        per = module.weight[0].numel() if isinstance(module, nn.Conv2d) else module.in_features
        total += output.numel() * per

    for m in model.modules():
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            m.register_forward_hook(count)
    model.eval()(x)
    return total


def on_cpu(make_params):
    """RegNet's widths are computed by tensors, which have to be real ones."""
    def run(*args, **options):
        with torch.device("cpu"):
            return make_params(*args, **options)
    return run


BlockParams = torchvision.models.regnet.BlockParams
BlockParams.from_init_params = on_cpu(BlockParams.from_init_params)


def facts(name):
    with torch.device("meta"):
        model = make(name)
        state = model.state_dict()
        size = published_size(name)
        adds = multiply_adds(model, torch.zeros(1, 1 if name == "lenet5" else 3, size, size))
    lines = "".join(f"{k} {list(state[k].shape)}\n" for k in sorted(state))
    parameters = sum(p.numel() for p in model.parameters())
    if name not in OWN:
        check_table(name, parameters, adds)
    return {"name": name, "tensors": len(state), "sha256": hashlib.sha256(lines.encode()).hexdigest(), "size": size,
            "parameters": parameters, "multiply_adds": adds}


def check_table(name, parameters, adds):
    """Against torchvision's own table, whose numbers are of the published weights: without GoogLeNet's other heads."""
    weights = torchvision.models.get_model_weights(name)
    first = next(iter(weights), None)
    if first is None:
        return
    if name != "googlenet":
        assert first.meta["num_params"] == parameters, name
    assert abs(first.meta["_ops"] - adds / 1e9) < 0.0015 + 0.001 * adds / 1e9 or name in SIZED_OTHERWISE, (
        name, first.meta["_ops"], adds / 1e9)


# Whose table says the work for pictures of another size.
SIZED_OTHERWISE = [f"efficientnet_b{n}" for n in range(1, 8)] + ["efficientnet_v2_s", "efficientnet_v2_m", "efficientnet_v2_l",
                                                                 "regnet_y_128gf"]


def fill(model, gain):
    """Every tensor by its name alone."""
    for name, t in model.state_dict().items():
        if not t.is_floating_point():
            continue
        r = uniform(name, tuple(t.shape), -1, 1).astype(np.float64)
        if name.endswith("running_var"):
            value = 1 + 0.5 * r
        elif name.endswith("layer_scale"):
            value = 0.5 + 0.25 * r
        elif t.dim() > 1:
            value = r * np.sqrt(3 * gain / t[0].numel())
        elif name.endswith("weight"):
            value = 1 + 0.25 * r
        else:
            value = 0.1 * r
        t.copy_(torch.from_numpy(value.astype(np.float32)))


def without_dropout(model):
    for m in model.modules():
        if isinstance(m, (nn.Dropout, torchvision.ops.StochasticDepth)):
            m.p = 0.0
    return model


def without_other_heads(model):  # which are not asked, and want larger pictures
    for other in ("AuxLogits", "aux1", "aux2"):
        if hasattr(model, other):
            setattr(model, other, None)
            model.aux_logits = False
    return model


@torch.no_grad()
def logits(name, size):
    model = make(name, num_classes=10)
    fill(model, GAIN.get(name, 2.0))
    without_other_heads(without_dropout(model))
    x = uniform(f"{name}.x", (4, 1 if name == "lenet5" else 3, size, size), -2, 2)
    tensors = {}
    for mode in ("eval", "train"):  # the second moves the running statistics
        tensors[f"{name}.{mode}"] = array(model.train(mode == "train")(torch.from_numpy(x)))
    return tensors


@torch.no_grad()
def heads(name, size):
    """What all heads say in training, the last one first, and the loss of the first two classes."""
    model = without_dropout(make(name, num_classes=10))
    fill(model, GAIN.get(name, 2.0))
    x = uniform(f"{name}.heads", (2, 3, size, size), -2, 2)
    outputs = model.train()(torch.from_numpy(x))
    weight = 0.3 if name == "googlenet" else 0.4
    losses = [F.cross_entropy(o, torch.tensor([0, 1])) for o in outputs]
    tensors = {f"{name}.{i}": array(o) for i, o in enumerate(outputs)}
    return {**tensors, f"{name}.loss": array(losses[0] + weight * sum(losses[1:]))}


def main():
    setup()
    warnings.simplefilter("ignore")
    torch.set_num_threads(2)
    cases, tensors = [], {}
    for name in names():
        case = facts(name)
        if name in LOGITS:
            case.update(logits=LOGITS[name], gain=GAIN.get(name, 2.0))
            tensors.update(logits(name, LOGITS[name]))
        cases.append(case)
        print(name, case["parameters"], case["multiply_adds"], flush=True)
    out = Output("models.py", "models")
    out.write("models", tensors, models=cases)
    out.write("heads", {**heads("googlenet", 64), **heads("inception_v3", 299)})
    out.close()


if __name__ == "__main__":
    main()
