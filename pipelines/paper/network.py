"""The convolutional network of the paper's synthetic task (appendix B)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

ACTIVATIONS = ("relu", "exponential")
LAYERS = 6
"""Places at which a hidden representation may be changed: the input and what comes out of five blocks."""

Change = Callable[[int, torch.Tensor], torch.Tensor]


class Exponential(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.exp(x)


class Network(nn.Module):
    """One-hot DNA of shape (n, 4, 200) to a logit of shape (n,).

    Four convolutions (24 filters of 19, 32 of 7, 48 of 5, 64 of 5; zero padding; the last three pooled by 4), a hidden layer of
    96 and the output. The activation of the first convolution is `activation`, all others are ReLU.
    """

    def __init__(self, activation: str, batch_norm: bool) -> None:
        super().__init__()
        first = Exponential() if activation == "exponential" else nn.ReLU()

        def block(inputs: int, filters: int, width: int, act: nn.Module, pool: bool) -> nn.Sequential:
            norm = [nn.BatchNorm1d(filters, eps=1e-3)] if batch_norm else []
            pooling = [nn.MaxPool1d(4)] if pool else []
            convolution = nn.Conv1d(inputs, filters, width, padding=width // 2)
            return nn.Sequential(convolution, *norm, act, *pooling, nn.Dropout(0.1))

        norm = [nn.BatchNorm1d(96, eps=1e-3)] if batch_norm else []
        self.blocks = nn.ModuleList(
            [
                block(4, 24, 19, first, pool=False),
                block(24, 32, 7, nn.ReLU(), pool=True),
                block(32, 48, 5, nn.ReLU(), pool=True),
                block(48, 64, 5, nn.ReLU(), pool=True),
                nn.Sequential(nn.Flatten(), nn.Linear(192, 96), *norm, nn.ReLU(), nn.Dropout(0.5)),
            ]
        )
        self.output = nn.Linear(96, 1)
        for weight in self.weights():
            nn.init.xavier_uniform_(weight)
        for layer in self.modules():
            if isinstance(layer, (nn.Conv1d, nn.Linear)):
                nn.init.zeros_(layer.bias)

    def weights(self) -> list[torch.Tensor]:
        return [layer.weight for layer in self.modules() if isinstance(layer, (nn.Conv1d, nn.Linear))]

    def forward(self, x: torch.Tensor, change: Change | None = None) -> torch.Tensor:
        """`change`, if given, is applied to the input and to what comes out of each block, which are numbered from 0."""
        if change is not None:
            x = change(0, x)
        for number, block in enumerate(self.blocks, start=1):
            x = block(x)
            if change is not None:
                x = change(number, x)
        return self.output(x)[:, 0]
