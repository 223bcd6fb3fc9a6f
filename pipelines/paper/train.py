"""Trains one network of the study.

usage: train.py task.parquet VARIANT TRIAL --out FOLDER [--epochs 100] [--pgd-steps 15] [--threads 1]

VARIANT is ACTIVATION_NORM_WAY, as in exponential_bn_standard: activation relu or exponential, norm bn or nobn, and one of the
seven ways of training. Writes FOLDER/network.pt and FOLDER/network.json. The state of the best epoch, by AUROC on the
validation set, is kept. A run that was stopped goes on from its last epoch.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

from network import ACTIVATIONS, Network
from regularise import WAYS
from task import read_task

BATCH = 100


def predict(net: Network, x: torch.Tensor) -> np.ndarray:
    net.eval()
    with torch.no_grad():
        return torch.cat([net(part) for part in x.split(500)]).numpy()


def auroc_of(net: Network, x: torch.Tensor, y: torch.Tensor) -> float:
    logits = predict(net, x)
    return float(roc_auc_score(y, logits)) if np.isfinite(logits).all() else 0.0


def save(path: Path, value: object) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    torch.save(value, unfinished)
    os.replace(unfinished, path)


def train(task: Path, variant: str, trial: int, folder: Path, epochs: int, pgd_steps: int) -> dict[str, object]:
    activation, norm, way = variant.split("_")
    if activation not in ACTIVATIONS or norm not in ("bn", "nobn") or way not in WAYS:
        raise SystemExit(f"{variant}: expected ACTIVATION_NORM_WAY, as in relu_bn_standard")
    train_x, train_y, _ = read_task(task, "train")
    valid_x, valid_y, _ = read_task(task, "valid")
    torch.manual_seed(trial)
    net = Network(activation, batch_norm=norm == "bn")
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)
    loss_of = WAYS[way](net, np.random.default_rng(trial), epochs, pgd_steps)
    best: dict[str, object] = {"auroc": -1.0}
    first, seconds = 0, 0.0
    checkpoint = folder / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=False)
        net.load_state_dict(saved["net"])
        optimiser.load_state_dict(saved["optimiser"])
        loss_of.random.bit_generator.state = saved["random"]
        if "left" in saved:
            loss_of.left = saved["left"]
        torch.set_rng_state(saved["torch"])
        best, first, seconds = saved["best"], saved["epoch"], saved["seconds"]

    for epoch in range(first, epochs):
        began = time.process_time()
        net.train()
        order = torch.from_numpy(loss_of.random.permutation(len(train_x)))
        for rows in order.split(BATCH):
            loss = loss_of.loss(train_x[rows], train_y[rows], epoch)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        auroc = auroc_of(net, valid_x, valid_y)
        if auroc > best["auroc"]:
            best = {"auroc": auroc, "epoch": epoch + 1, "net": {name: t.clone() for name, t in net.state_dict().items()}}
        seconds += time.process_time() - began
        state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "best": best, "epoch": epoch + 1}
        random = {"random": loss_of.random.bit_generator.state, "torch": torch.get_rng_state(), "seconds": seconds}
        left = {"left": loss_of.left} if hasattr(loss_of, "left") else {}
        save(checkpoint, state | random | left)

    net.load_state_dict(best["net"])
    test_x, test_y, _ = read_task(task, "test")
    logits = predict(net, test_x)
    save(folder / "network.pt", net.state_dict())
    checkpoint.unlink(missing_ok=True)
    return {
        "model": f"{variant}_{trial}",
        "variant": variant,
        "activation": activation,
        "norm": norm,
        "way": way,
        "trial": trial,
        "epochs": epochs,
        "best_epoch": best["epoch"],
        "valid_auroc": best["auroc"],
        "auroc": float(roc_auc_score(test_y, logits)),
        "aupr": float(average_precision_score(test_y, logits)),
        "cpu_seconds": round(seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Train one network of the study.")
    parser.add_argument("task", type=Path)
    parser.add_argument("variant")
    parser.add_argument("trial", type=int)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--pgd-steps", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    args.out.mkdir(parents=True, exist_ok=True)
    result = train(args.task, args.variant, args.trial, args.out, args.epochs, args.pgd_steps)
    (args.out / "network.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
