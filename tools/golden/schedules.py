#!/usr/bin/env python3
"""Golden schedules: writes tests/golden/optim/schedules.safetensors.

Usage: schedules.py [--check]

Every case is a f64 list of 60 learning rates, that of each step from 0 on, from torch.optim.lr_scheduler with base 0.1;
`NAME.momentum` has the momentum that goes with it. Warm-up schedules are Hugging Face's formulas in Python. Plateau
cases store the metrics too (`NAME.metric`): rate i is what holds after metric i.
"""
import math
import warnings

import numpy as np
import torch
from torch.optim import lr_scheduler as S
from torch.optim.swa_utils import SWALR

from golden import Output, setup, uniform

STEPS, BASE = 60, 0.1
warnings.simplefilter("ignore")


def optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=BASE, momentum=0.9)


CASES = {
    "constant": lambda o: S.ConstantLR(o, factor=0.25, total_iters=7),
    "constant_always": lambda o: S.ConstantLR(o, factor=0.25, total_iters=0),
    "linear": lambda o: S.LinearLR(o, start_factor=0.2, end_factor=0.9, total_iters=13),
    "step": lambda o: S.StepLR(o, step_size=9, gamma=0.5),
    "multi_step": lambda o: S.MultiStepLR(o, milestones=[5, 20, 20, 41], gamma=0.3),
    "exponential": lambda o: S.ExponentialLR(o, gamma=0.95),
    "polynomial": lambda o: S.PolynomialLR(o, total_iters=40, power=1.7),
    "cosine_annealing": lambda o: S.CosineAnnealingLR(o, T_max=25, eta_min=0.01),
    "cosine_restarts": lambda o: S.CosineAnnealingWarmRestarts(o, T_0=11),
    "cosine_restarts_growing": lambda o: S.CosineAnnealingWarmRestarts(o, T_0=5, T_mult=2, eta_min=0.02),
    "lambda": lambda o: S.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t)),
    "multiplicative": lambda o: S.MultiplicativeLR(o, lambda t: 0.9 if t % 3 else 1.1),
    "triangular": lambda o: S.CyclicLR(o, 0.01, 0.1, step_size_up=7),
    "triangular2": lambda o: S.CyclicLR(o, 0.01, 0.1, step_size_up=5, step_size_down=8, mode="triangular2"),
    "exp_range": lambda o: S.CyclicLR(o, 0.01, 0.1, step_size_up=6, mode="exp_range", gamma=0.97),
    "one_cycle": lambda o: S.OneCycleLR(o, max_lr=0.3, total_steps=60),
    "one_cycle_linear": lambda o: S.OneCycleLR(o, max_lr=0.3, total_steps=70, pct_start=0.4, anneal_strategy="linear",
                                               div_factor=10, final_div_factor=100),
    "one_cycle_three": lambda o: S.OneCycleLR(o, max_lr=0.3, total_steps=64, three_phase=True),
    "swa": lambda o: SWALR(o, swa_lr=0.02, anneal_epochs=12),
    "swa_linear": lambda o: SWALR(o, swa_lr=0.02, anneal_epochs=9, anneal_strategy="linear"),
    "swa_now": lambda o: SWALR(o, swa_lr=0.02, anneal_epochs=0),
    "sequential": lambda o: S.SequentialLR(o, [S.LinearLR(o, total_iters=8), S.CosineAnnealingLR(o, T_max=20),
                                               S.ExponentialLR(o, gamma=0.9)], milestones=[8, 28]),
    "chained": lambda o: S.ChainedScheduler([S.ConstantLR(o, factor=0.5, total_iters=10), S.ExponentialLR(o, gamma=0.97)]),
}


def warm(t, steps, after):
    return t / steps if t < steps else after(t)


WARM = {  # factors of the base, with 10 steps of warm-up and 50 in all
    "warm_up_constant": lambda t: warm(t, 10, lambda t: 1),
    "warm_up_linear": lambda t: warm(t, 10, lambda t: max(0.0, (50 - t) / 40)),
    "warm_up_cosine": lambda t: warm(t, 10, lambda t: max(0.0, 0.5 * (1 + math.cos(math.pi * 0.5 * 2 * (t - 10) / 40)))),
    "warm_up_cosine_restarts": lambda t: warm(t, 10, lambda t: 0.0 if t >= 50 else
                                              0.5 * (1 + math.cos(math.pi * ((3 * (t - 10) / 40) % 1.0)))),
    "warm_up_polynomial": lambda t: warm(t, 10, lambda t: 0.01 if t > 50 else 0.99 * (1 - (t - 10) / 40) ** 2 + 0.01),
    "inverse_sqrt": lambda t: warm(t, 10, lambda t: 1 / math.sqrt((t + 20) / 30)),
}

PLATEAU = {
    "plateau": dict(patience=3),
    "plateau_max": dict(mode="max", factor=0.5, patience=2, threshold=0.05, threshold_mode="abs", cooldown=4),
    "plateau_floor": dict(factor=0.3, patience=1, threshold=0.1, min_lr=0.004, eps=0.002),
}


def main():
    setup()
    out = Output("schedules.py", "optim")
    tensors = {}
    for name, make in CASES.items():
        o = optimizer()
        scheduler, rates, momenta = make(o), [], []
        for _ in range(STEPS):
            rates.append(o.param_groups[0]["lr"])
            momenta.append(o.param_groups[0]["momentum"])
            o.step()
            scheduler.step()
        tensors[name] = np.array(rates)
        if len(set(momenta)) > 1:
            tensors[name + ".momentum"] = np.array(momenta)
    for name, factor in WARM.items():
        tensors[name] = np.array([BASE * factor(t) for t in range(STEPS)])
    for name, options in PLATEAU.items():
        o = optimizer()
        scheduler, rates = S.ReduceLROnPlateau(o, **options), []
        metrics = 1 / (1 + 0.2 * np.arange(STEPS)) + 0.3 * uniform("schedules." + name, (STEPS,), -1, 1, "f64")
        for metric in metrics:
            scheduler.step(float(metric))
            rates.append(o.param_groups[0]["lr"])
        tensors[name], tensors[name + ".metric"] = np.array(rates), metrics
    out.write("schedules", tensors, base=str(BASE))
    out.close()


if __name__ == "__main__":
    main()
