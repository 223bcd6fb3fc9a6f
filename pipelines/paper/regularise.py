"""The seven ways of training: each gives the loss of a batch."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from network import LAYERS, Network

NOISE = 0.15
"""Standard deviation of the noise that is added to an input or to a hidden representation."""
SPECTRAL = 0.01
"""Weight of the penalty on spectral norms."""
RADIUS = 0.05
"""Largest change of any value of the input by an adversary."""
REACH = 0.075
"""Sum of the lengths of an adversary's steps."""


class Standard:
    """Binary cross-entropy. The base of the other ways, each of which changes one step of it."""

    def __init__(self, net: Network, random: np.random.Generator, epochs: int, pgd_steps: int) -> None:
        self.net, self.random, self.epochs, self.pgd_steps = net, random, epochs, pgd_steps

    def loss(self, x: torch.Tensor, y: torch.Tensor, epoch: int) -> torch.Tensor:
        return F.binary_cross_entropy_with_logits(self.net(x), y)


class Mixup(Standard):
    """Pairs of inputs, or of hidden representations of one layer, and their labels are mixed by a uniform share."""

    def __init__(self, *args: object, hidden: bool = False) -> None:
        super().__init__(*args)
        self.hidden = hidden

    def loss(self, x: torch.Tensor, y: torch.Tensor, epoch: int) -> torch.Tensor:
        share = float(self.random.beta(1, 1))
        other = torch.from_numpy(self.random.permutation(len(x)))
        layer = int(self.random.integers(LAYERS)) if self.hidden else 0

        def mix(number: int, h: torch.Tensor) -> torch.Tensor:
            return share * h + (1 - share) * h[other] if number == layer else h

        return F.binary_cross_entropy_with_logits(self.net(x, mix), share * y + (1 - share) * y[other])


class Noise(Standard):
    """Normal noise is added to the input, or to the hidden representation of one layer."""

    def __init__(self, *args: object, hidden: bool = False) -> None:
        super().__init__(*args)
        self.hidden = hidden

    def loss(self, x: torch.Tensor, y: torch.Tensor, epoch: int) -> torch.Tensor:
        layer = int(self.random.integers(LAYERS)) if self.hidden else 0

        def add(number: int, h: torch.Tensor) -> torch.Tensor:
            return h + NOISE * torch.randn_like(h) if number == layer else h

        return F.binary_cross_entropy_with_logits(self.net(x, add), y)


class Adversarial(Standard):
    """Projected gradient descent (Madry et al., ICLR 2018): clean inputs for a fifth of the epochs, both until half, then adversarial ones."""

    def loss(self, x: torch.Tensor, y: torch.Tensor, epoch: int) -> torch.Tensor:
        if epoch < max(1, self.epochs // 5):
            return super().loss(x, y, epoch)
        changed = F.binary_cross_entropy_with_logits(self.net(self.attack(x, y)), y)
        return changed + super().loss(x, y, epoch) if epoch < self.epochs // 2 else changed

    def attack(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        change = torch.zeros_like(x)
        self.net.eval()
        for _ in range(self.pgd_steps):
            change.requires_grad_(True)
            loss = F.binary_cross_entropy_with_logits(self.net(x + change), y)
            (gradient,) = torch.autograd.grad(loss, change)
            change = (change.detach() + REACH / self.pgd_steps * gradient.sign()).clamp(-RADIUS, RADIUS)
        self.net.train()
        return x + change


class SpectralNorm(Standard):
    """A penalty on the squared spectral norm of each layer, by one power iteration a step (Yoshida and Miyato, 2017)."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.left = [F.normalize(torch.randn(len(weight)), dim=0) for weight in self.net.weights()]

    def loss(self, x: torch.Tensor, y: torch.Tensor, epoch: int) -> torch.Tensor:
        penalty = torch.zeros(())
        for i, weight in enumerate(self.net.weights()):
            matrix = weight.flatten(1)
            with torch.no_grad():
                right = F.normalize(matrix.t() @ self.left[i], dim=0)
                self.left[i] = F.normalize(matrix @ right, dim=0)
            penalty = penalty + (self.left[i] @ matrix @ right) ** 2
        return super().loss(x, y, epoch) + SPECTRAL / 2 * penalty


WAYS = {
    "standard": Standard,
    "mixup": Mixup,
    "manifold-mixup": lambda *args: Mixup(*args, hidden=True),
    "noise": Noise,
    "manifold-noise": lambda *args: Noise(*args, hidden=True),
    "adversarial": Adversarial,
    "spectral-norm": SpectralNorm,
}
