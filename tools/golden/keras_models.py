#!/usr/bin/env python3
"""Small models of Keras, saved in both formats: tests/golden/keras/*.

Usage: KERAS_BACKEND=torch keras_models.py

NAME.keras, NAME.h5 and NAME.expected.safetensors: an input and what the model makes of it.
"""
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

from golden import encode, uniform

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "keras"


def fill(model):
    for i, weight in enumerate(model.weights):
        low = 0.25 if "variance" in weight.name else -1.0
        weight.assign(uniform(f"{model.name}.{i}", tuple(weight.shape), low, 1.25))


def save(model, name, x):
    fill(model)
    y = keras.ops.convert_to_numpy(model(x, training=False))
    model.save(FOLDER / f"{name}.keras")
    model.save(FOLDER / f"{name}.h5")
    (FOLDER / f"{name}.expected.safetensors").write_bytes(encode({"x": x, "y": y}, {"made_by": "keras_models.py"}))


def sequential():
    return keras.Sequential([
        keras.Input((4, 3)), layers.Dense(5, activation="tanh", name="wide"), layers.BatchNormalization(),
        layers.LayerNormalization(), layers.Reshape((2, 10)), layers.Permute((2, 1)), layers.Dropout(0.5),
        layers.Dense(3, use_bias=False, name="a_first_by_name"), layers.LeakyReLU(negative_slope=0.1), layers.PReLU(),
        layers.Flatten(), layers.Dense(4), layers.Activation("hard_sigmoid"), layers.Softmax()], name="sequential")


def functional():
    x = keras.Input((6,), name="given")
    shared = layers.Dense(4, activation="relu", name="shared")
    a, b = shared(x), shared(layers.Activation("gelu")(x))
    c = layers.Concatenate()([layers.Add()([a, b]), layers.Multiply()([a, b]), layers.Maximum()([a, b])])
    d = layers.Dense(3, activation="softmax")(layers.BatchNormalization(scale=False)(c))
    return keras.Model(x, d, name="functional")


def recurrent():
    return keras.Sequential([
        keras.Input((5, 3)), layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both"),
        layers.GRU(3, return_sequences=True, go_backwards=True),
        layers.TimeDistributed(layers.Dense(4, activation="relu")),
        layers.GRU(3, reset_after=False, return_sequences=True),
        layers.LSTM(3, recurrent_activation="hard_sigmoid", use_bias=False, return_sequences=True),
        layers.Bidirectional(layers.SimpleRNN(3), merge_mode="ave"), layers.Dense(2)], name="recurrent")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    save(sequential(), "sequential", uniform("keras.sequential.x", (3, 4, 3)))
    save(functional(), "functional", uniform("keras.functional.x", (3, 6)))
    save(recurrent(), "recurrent", uniform("keras.recurrent.x", (3, 5, 3)))
    print(sum(f.stat().st_size for f in FOLDER.iterdir()), "bytes")
