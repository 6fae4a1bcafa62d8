"""The accuracy that PyTorch reaches with examples/ch04/cifar10_cnn: the same network, data and epochs.

    FATHOM_DATA=DIR python torch_cifar10_accuracy.py [EPOCHS [SEED...]]

A line an epoch as the example prints it; then the accuracy on the test pictures after the last epoch,
and the mean of the last ten.
"""
import gzip, os, sys

import numpy as np
import torch
from torch import nn


def read(name):
    raw = np.frombuffer(gzip.open(os.path.join(os.environ["FATHOM_DATA"], "cifar10", name)).read(), np.uint8)
    rows = raw.reshape(-1, 3073)
    x = torch.tensor(rows[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255)
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1)
    return (x - mean) / deviation, torch.tensor(rows[:, 0].astype(np.int64))


def block(i, o, padding):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=padding), nn.BatchNorm2d(o), nn.GELU())


def network():
    return nn.Sequential(
        block(3, 32, 1), block(32, 32, 1), nn.MaxPool2d(2), nn.Dropout2d(0.2),
        block(32, 64, 1), block(64, 64, 1), nn.MaxPool2d(2), nn.Dropout2d(0.3),
        block(64, 128, 0), block(128, 128, 0), nn.MaxPool2d(2), nn.Dropout2d(0.5),
        nn.Flatten(), nn.Linear(512, 10)).to(memory_format=torch.channels_last)


def flipped(x):
    x = torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(3), x)
    return torch.where(torch.rand(len(x), 1, 1, 1) < 0.5, x.flip(2), x)


def run(seed, epochs, train, test):
    torch.manual_seed(seed)
    net = network()
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    reached = []
    for epoch in range(1, epochs + 1):
        net.train()
        losses = []
        for batch in torch.randperm(len(train[1])).split(50):
            x = flipped(train[0][batch]).contiguous(memory_format=torch.channels_last)
            adam.zero_grad()
            loss = nn.functional.cross_entropy(net(x), train[1][batch])
            loss.backward()
            adam.step()
            losses.append(loss.item())
        net.eval()
        with torch.no_grad():
            reached.append((net(test[0]).argmax(1) == test[1]).float().mean().item() * 100)
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  test accuracy {reached[-1]:.2f} %", flush=True)
    return reached


if __name__ == "__main__":
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    train, test = read("data_batch_1.first3500.bin.gz"), read("test_exact200.bin.gz")
    for seed in [int(s) for s in sys.argv[2:]] or [0, 1, 2]:
        reached = run(seed, epochs, train, test)
        print(f"seed {seed}  last epoch {reached[-1]:.2f} %  mean of the last ten {np.mean(reached[-10:]):.2f} %", flush=True)
