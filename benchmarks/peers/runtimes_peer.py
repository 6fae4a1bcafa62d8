#!/usr/bin/env python3
"""Times the answers of networks in inference runtimes, in f32, on the ONNX files that PyTorch writes of torchvision's.

Rows (ms; variants onnxruntime, openvino, mnn): resnet50_b1, resnet50_b8, mobilenet_v3_small_b1.
"""
import os
import subprocess
import sys
import tempfile

from common import Report, options, seconds

ARGS = options(__doc__.splitlines()[0])
REPORT = Report(ARGS)
ROWS = {"resnet50_b1": ("resnet50", 1), "resnet50_b8": ("resnet50", 8), "mobilenet_v3_small_b1": ("mobilenet_v3_small", 1)}
if not REPORT.wants(*ROWS):
    sys.exit(0)

import numpy as np

EXPORT = """import sys, torch, torchvision
net = getattr(torchvision.models, sys.argv[1])().eval()
torch.onnx.export(net, (torch.randn(int(sys.argv[2]), 3, 224, 224),), sys.argv[3], dynamo=False, opset_version=17)
"""


def onnxruntime(file, x):
    import onnxruntime as runtime
    settings = runtime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = ARGS.threads, 1
    session = runtime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})


def openvino(file, x):
    import openvino as runtime
    net = runtime.Core().compile_model(file, "CPU", {"INFERENCE_NUM_THREADS": ARGS.threads, "PERFORMANCE_HINT": "LATENCY",
                                                     "INFERENCE_PRECISION_HINT": "f32"})
    return lambda: net([x])


def mnn(file, x):
    import MNN
    to = file + ".mnn"
    convert = os.path.join(os.path.dirname(sys.executable), "mnnconvert")
    subprocess.run([convert, "-f", "ONNX", "--modelFile", file, "--MNNModel", to, "--bizCode", "b"], check=True,
                   capture_output=True)
    net = MNN.Interpreter(to)
    session = net.createSession({"numThread": ARGS.threads, "precision": "high"})
    into = net.getSessionInput(session)
    picture = MNN.Tensor(x.shape, MNN.Halide_Type_Float, x, MNN.Tensor_DimensionType_Caffe)

    def answer():
        into.copyFrom(picture)
        net.runSession(session)
        net.getSessionOutput(session).getNumpyData()
    return answer


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name, (model, batch) in ROWS.items():
            if not REPORT.wants(name):
                continue
            file = os.path.join(folder, name + ".onnx")
            subprocess.run([sys.executable, "-c", EXPORT, model, str(batch), file], check=True, capture_output=True)
            x = np.random.rand(batch, 3, 224, 224).astype(np.float32)
            for variant in (onnxruntime, openvino, mnn):
                with REPORT.guard(name, variant.__name__):
                    REPORT.row(name, variant.__name__, [1e3 * t for t in seconds(variant(file, x), 4, 15)], "ms")


if __name__ == "__main__":
    sys.exit(main())
