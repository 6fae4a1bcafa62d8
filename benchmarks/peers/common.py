"""What the peer benchmarks share: options, timing, rows, a busy neighbour, and the MNIST files."""
import argparse
import contextlib
import gzip
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time

import numpy as np


def options(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", default="", help="names of rows, with commas between; default: all but the busy one")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", default=os.environ.get("FATHOM_DATA", "data"), help="the folder that holds mnist/")
    parser.add_argument("--isa", choices=["native", "avx2"], default="native", help="avx2: no AVX-512 in the peer")
    parser.add_argument("--busy", action="store_true", help="also mnist_mlp_busy: a neighbour keeps one core busy")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser.parse_args()


def cpu_of_others():
    """CPU seconds that all processes but this one and its finished children have used since the machine started."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq = map(int, file.readline().split()[1:8])
    mine = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    machine = (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
    return machine - sum(usage.ru_utime + usage.ru_stime for usage in mine)


class Report:
    def __init__(self, args):
        self.args = args
        self.mark = time.perf_counter(), cpu_of_others()
        self.only = {name for name in args.only.split(",") if name}

    def wants(self, *names):
        """Whether one of these rows was asked for."""
        if self.only:
            return any(name in self.only or (self.args.busy and name == "mnist_mlp_busy") for name in names)
        return any(name != "mnist_mlp_busy" or self.args.busy for name in names)

    def row(self, name, variant, samples, unit):
        self.emit(dict(name=name, variant=variant, median=statistics.median(samples), min=min(samples), max=max(samples),
                       unit=unit, n=len(samples), others=self.others()))

    def others(self):
        """How many cores other processes kept busy since the last row: above some 0.05 the row is disturbed."""
        (start, before), self.mark = self.mark, (time.perf_counter(), cpu_of_others())
        grain = 0.03  # seconds: the kernel counts in ticks of 0.01
        return round(max(0.0, self.mark[1] - before - grain) / (self.mark[0] - start), 3)

    def emit(self, row):
        if self.args.json:
            print(json.dumps(row), flush=True)
        elif "error" in row:
            print(f"{row['name']:24} {row['variant']:10} failed: {row['error']}", flush=True)
        else:
            print(f"{row['name']:24} {row['variant']:10} {row['median']:11.3f} {row['min']:11.3f} {row['max']:11.3f} "
                  f"{row['unit']:5}" + (f" disturbed: others used {row['others']} cores" if row["others"] > 0.05 else ""),
                  flush=True)

    @contextlib.contextmanager
    def guard(self, name, variant):
        """A peer that fails in one variant is reported as a row with an error, and the rest goes on."""
        try:
            yield
        except Exception as error:  # whatever a framework throws
            self.emit(dict(name=name, variant=variant, error=f"{type(error).__name__}: {str(error)[:200]}"))


def training_step(optimizer, loss):
    """A call that takes one step with an optimizer of PyTorch on what `loss` gives, and reads it."""
    def step():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        value.item()
    return step


def seconds(work, warm, samples, budget=30.0):
    """Times `work`: a list of `samples` durations, fewer (at least three) when they would take more than the budget."""
    for _ in range(warm):
        work()
    durations, start = [], time.perf_counter()
    while len(durations) < samples:
        if len(durations) >= 3 and time.perf_counter() - start > budget:
            break
        begin = time.perf_counter()
        work()
        durations.append(time.perf_counter() - begin)
    return durations


def seconds_each(work, warm=5, samples=25, least=2e-3):
    """The same for short work: a sample is the mean of as many calls as fill `least` seconds."""
    for _ in range(warm):
        work()
    once = min(seconds(work, 0, 3))
    calls = max(1, math.ceil(least / once))

    def many():
        for _ in range(calls):
            work()
    return [t / calls for t in seconds(many, 1, samples)]


@contextlib.contextmanager
def neighbour():
    """A process that does nothing but keep one core busy, pinned nowhere."""
    child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    time.sleep(0.5)
    try:
        yield
    finally:
        child.kill()
        child.wait()


def idx(path):
    """The array in an idx file, gzipped."""
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def mnist(folder):
    """The training part: pictures (60000, 28, 28) and labels, both u8."""
    return (idx(os.path.join(folder, "mnist", "train-images-idx3-ubyte.gz")),
            idx(os.path.join(folder, "mnist", "train-labels-idx1-ubyte.gz")))


def cold_start(report, variant, program):
    """From nothing to the first result: a new interpreter each time."""
    if report.wants("cold_start"):
        with report.guard("cold_start", variant):
            run = lambda: subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
            report.row("cold_start", variant, [1e3 * t for t in seconds(run, 1, 5)], "ms")
