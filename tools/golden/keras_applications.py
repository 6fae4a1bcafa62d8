#!/usr/bin/env python3
"""What DenseNet121 of keras.applications makes of weights that its layers' names give.

Usage: KERAS_BACKEND=torch keras_applications.py

tests/golden/keras_applications/densenet121.safetensors: logits; the metadata list the shapes of each layer's weights.
"""
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

from golden import Output, compact, uniform

SIZE, CLASSES = 64, 10


def filled(key, shape, name):
    r = uniform(key, shape, -1, 1).astype(np.float64)
    if name == "kernel":
        r = r * np.sqrt(6 / np.prod(shape[:-1]))
    elif name == "moving_variance":
        r = 1 + 0.5 * r
    elif name == "gamma":
        r = 1 + 0.25 * r
    else:
        r = 0.1 * r
    return r.astype(np.float32)


def main():
    model = keras.applications.DenseNet121(weights=None, classes=CLASSES, classifier_activation=None,
                                           input_shape=(SIZE, SIZE, 3))
    shapes = {}
    for layer in model.layers:
        if layer.weights:
            shapes[layer.name] = [[w.name, list(w.shape)] for w in layer.weights]
            layer.set_weights([filled(f"{layer.name}/{w.name}", tuple(w.shape), w.name) for w in layer.weights])
    x = uniform("densenet121.x", (2, 3, SIZE, SIZE), -2, 2)
    y = keras.ops.convert_to_numpy(model(x.transpose(0, 2, 3, 1), training=False))
    if "--save" in sys.argv:  # the whole model, to try files of each kind
        for ending in (".keras", ".h5", ".weights.h5"):
            (model.save_weights if "weights" in ending else model.save)(sys.argv[-1] + "/densenet121" + ending)
        return
    out = Output("keras_applications.py", "keras_applications")
    out.write("densenet121", {"y": y}, framework="keras " + keras.__version__, layers=compact(shapes))
    out.close()


if __name__ == "__main__":
    main()
