#!/usr/bin/env python3
"""Times in JAX, jitted, the training work that Fathom's benchmark does: the same shapes, batch, optimizer and threads.

Rows (torch_peer.py describes the work):
  mnist_mlp        variant loop: a jitted step per batch; scan: the whole epoch in one jitted scan
  mnist_mlp_busy   both while another process keeps one core busy (with --busy, or by name)
  xor_step         one jitted step, the loss read at every step; mean of 200 steps
  cold_start       a new process: import, one forward pass of a small network, jitted
"""
import os
import sys

from common import Report, cold_start, mnist, neighbour, options, seconds

ARGS = options(__doc__.splitlines()[0])
os.environ["NPROC"] = str(ARGS.threads)  # the size of XLA's pool
os.environ["JAX_PLATFORMS"] = "cpu"
FLAGS = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=" + ("true" if ARGS.threads > 1 else "false")
if ARGS.isa == "avx2":
    FLAGS += " --xla_cpu_max_isa=AVX2"
os.environ["XLA_FLAGS"] = FLAGS.strip()

import jax
import jax.numpy as jnp
import numpy as np
import optax

REPORT = Report(ARGS)
VARIANTS = ("loop", "scan")


class Mnist:
    def __init__(self):
        pictures, labels = mnist(ARGS.data)
        self.x, self.y = pictures.reshape(-1, 784).astype(np.float32) / 255, labels.astype(np.int32)
        self.adam = optax.adam(1e-3)

    def start(self):
        first, second = jax.random.split(jax.random.PRNGKey(0))
        params = {"hidden": {"w": jax.random.normal(first, (784, 100)) / 28, "b": jnp.zeros(100)},
                  "norm": {"scale": jnp.ones(100), "shift": jnp.zeros(100)},
                  "out": {"w": jax.random.normal(second, (100, 10)) / 10, "b": jnp.zeros(10)}}
        return params, self.adam.init(params)

    @staticmethod
    def loss(params, x, y):
        h = x @ params["hidden"]["w"] + params["hidden"]["b"]
        h = (h - h.mean(0)) * jax.lax.rsqrt(h.var(0) + 1e-5) * params["norm"]["scale"] + params["norm"]["shift"]
        scores = jax.nn.relu(h) @ params["out"]["w"] + params["out"]["b"]
        return optax.softmax_cross_entropy_with_integer_labels(scores, y).mean()

    def step(self, params, state, x, y):
        value, grads = jax.value_and_grad(self.loss)(params, x, y)
        updates, state = self.adam.update(grads, state, params)
        return optax.apply_updates(params, updates), state, value

    def loop(self):
        """An epoch: a call of the jitted step for each batch. The sums stay on the device until the end."""
        step = jax.jit(self.step, donate_argnums=(0, 1))
        now = [self.start()]

        def epoch():
            params, state = now[0]
            for rows in np.random.permutation(60000).reshape(600, 100):
                params, state, value = step(params, state, self.x[rows], self.y[rows])
            value.block_until_ready()
            now[0] = params, state
        return epoch

    def scan(self):
        """An epoch: one jitted call."""
        x, y = jnp.asarray(self.x), jnp.asarray(self.y)

        def body(carry, rows):
            params, state, value = self.step(*carry, x[rows], y[rows])
            return (params, state), value
        whole = jax.jit(lambda carry, order: jax.lax.scan(body, carry, order), donate_argnums=0)
        now = [self.start()]

        def epoch():
            order = jnp.asarray(np.random.permutation(60000).reshape(600, 100))
            now[0], values = whole(now[0], order)
            values.mean().block_until_ready()
        return epoch


def run_mnist():
    work = Mnist()
    for variant in VARIANTS:
        epoch = getattr(work, variant)()
        if REPORT.wants("mnist_mlp"):
            with REPORT.guard("mnist_mlp", variant):
                REPORT.row("mnist_mlp", variant, [1e3 * t for t in seconds(epoch, 1, 7)], "ms")
        if REPORT.wants("mnist_mlp_busy"):
            with REPORT.guard("mnist_mlp_busy", variant):
                epoch()
                with neighbour():
                    REPORT.row("mnist_mlp_busy", variant, [1e3 * t for t in seconds(epoch, 0, 7)], "ms")


def run_xor():
    x = jnp.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = jnp.array([[0.0], [1.0], [1.0], [0.0]])
    first, second = jax.random.split(jax.random.PRNGKey(0))

    def loss(params):
        (w1, b1), (w2, b2) = params
        return jnp.mean((jnp.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2)

    @jax.jit
    def step(params):
        value, grads = jax.value_and_grad(loss)(params)
        return jax.tree.map(lambda p, g: p - 0.1 * g, params, grads), value

    now = [[(jax.random.normal(first, (2, 2)), jnp.zeros(2)), (jax.random.normal(second, (2, 1)), jnp.zeros(1))]]

    def steps():
        params = now[0]
        for _ in range(200):
            params, value = step(params)
            float(value)
        now[0] = params
    with REPORT.guard("xor_step", "jit"):
        REPORT.row("xor_step", "jit", [1e6 * t / 200 for t in seconds(steps, 3, 15)], "us")


def main():
    np.random.seed(1)
    if REPORT.wants("mnist_mlp", "mnist_mlp_busy"):
        run_mnist()
    if REPORT.wants("xor_step"):
        run_xor()
    cold_start(REPORT, "jit", "import jax, jax.numpy as jnp\n"
               "net = jax.jit(lambda x, a, b: jax.nn.relu(x @ a) @ b)\n"
               "print(net(jnp.zeros((1, 784)), jnp.ones((784, 100)), jnp.ones((100, 10))))")


if __name__ == "__main__":
    sys.exit(main())
