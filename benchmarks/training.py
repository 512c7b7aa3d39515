"""Speed of training many networks at once against training them one after the other in plain PyTorch, as ratios of one run.

The job: steps of Adam on tanh networks of 784 inputs, width N, depth L, 10 classes, batches of 64, single precision. Plain: an
`nn.Sequential` with autograd and `torch.optim.Adam(fused=True)`, the fastest of its variants here; one network is timed and
scaled. Each side takes its batches from the same images.

Run: make bench.
"""

from functools import partial

import torch
from ratios import compare
from torch import nn

from verify.training.arms import method
from verify.training.trainer import Images, Program, Replica, Setting

STEPS = 100


def random_images() -> Images:
    generator = torch.Generator().manual_seed(0)
    x, y = torch.randn(4_000, 784, generator=generator), torch.randint(0, 10, (4_000,), generator=generator)
    few = (x[:64], y[:64])
    return Images("noise", "", 10, (x, y), few, few)


def plain(images: Images, depth: int, width: int) -> None:
    hidden = [module for _ in range(depth) for module in (nn.Linear(width, width), nn.Tanh())]
    model = nn.Sequential(nn.Linear(784, width), nn.Tanh(), *hidden, nn.Linear(width, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)
    x, y = images.train
    for chosen in torch.randint(0, len(y), (STEPS, 64)):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
        optimizer.step()


def batched(images: Images, depth: int, width: int, replicas: int) -> None:
    arm = method("tanh", depth)
    setting = Setting("tanh", depth, width, STEPS, evaluations=1)
    Program(setting, [Replica(arm, seed, 1e-4) for seed in range(replicas)], images).run()


def main() -> None:
    torch.set_num_threads(1)
    images = random_images()
    for depth, width, replicas in ((50, 32, 24), (50, 64, 16), (200, 32, 16)):
        compare(
            f"L = {depth}, N = {width}, {replicas} networks, {STEPS} steps: nn.Sequential one by one / batched",
            partial(plain, images, depth, width),
            partial(batched, images, depth, width, replicas),
            repeats=5,
            scale=replicas,
        )


if __name__ == "__main__":
    main()
