"""Makes attribution maps of one trained network and scores them while they are made.

usage: maps.py task.parquet NETWORK_FOLDER METHOD (--out FOLDER [--prior test.fasta] | --maps FILE)

METHOD is saliency, smoothgrad or integrated-gradients. The maps of the positive test sequences, gradients of the logit with
respect to the one-hot input, go batch by batch into three scorers: all maps with the default convention, all maps with the
convention of the paper's Table 1 (`acme-synthetic`), and the first 100. Writes FOLDER/METHOD.json. With --maps they are stored
and not scored.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch
from captum.attr import IntegratedGradients, NoiseTunnel, Saliency

import attrstream
from network import Network
from task import one_hot, read_table, truth_of

BATCH = 200
FEW = 100
Batch = tuple[np.ndarray, list[str], list[str], np.ndarray]
METHODS = ("saliency", "smoothgrad", "integrated-gradients")


def load(folder: Path) -> tuple[Network, dict[str, object]]:
    facts = json.loads((folder / "network.json").read_text())
    net = Network(facts["activation"], batch_norm=facts["norm"] == "bn")
    net.load_state_dict(torch.load(folder / "network.pt"))
    return net.eval(), facts


def attribution(net: Network, method: str) -> Callable[[torch.Tensor], torch.Tensor]:
    """Maps a batch of shape (n, 4, L) to attributions of the same shape."""
    if method == "saliency":
        return lambda x: Saliency(net).attribute(x, abs=False)
    if method == "smoothgrad":
        tunnel = NoiseTunnel(Saliency(net))
        return lambda x: tunnel.attribute(
            x, nt_type="smoothgrad", nt_samples=50, nt_samples_batch_size=5, stdevs=0.1, abs=False
        )
    if method == "integrated-gradients":
        gradients = IntegratedGradients(net, multiply_by_inputs=False)
        return lambda x: gradients.attribute(x, n_steps=26, method="riemann_trapezoid", internal_batch_size=BATCH)
    raise SystemExit(f"{method}: expected one of {', '.join(METHODS)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make and score the maps of one network.")
    parser.add_argument("task", type=Path)
    parser.add_argument("network", type=Path)
    parser.add_argument("method", choices=METHODS)
    to = parser.add_mutually_exclusive_group(required=True)
    to.add_argument("--out", type=Path, help="folder for the scores")
    to.add_argument("--maps", type=Path, help="file to store the maps in")
    parser.add_argument("--prior", type=Path, help="FASTA of the sequences whose k-mers are the background")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    net, facts = load(args.network)
    attribute = attribution(net, args.method)
    table = read_table(args.task, "test", positives=True)
    x, truth = one_hot(table), truth_of(table)
    sequences, ids = table["sequence"].to_pylist(), table["id"].to_pylist()

    def batches() -> Iterator[tuple[int, Batch]]:
        for start in range(0, len(x), BATCH):
            rows = slice(start, start + BATCH)
            maps = attribute(x[rows].clone().requires_grad_()).detach().permute(0, 2, 1).numpy()
            yield start, (maps, sequences[rows], ids[rows], truth[rows])

    if args.maps:
        with attrstream.Writer(args.maps) as writer:
            for _, batch in batches():
                writer.add(*batch)
        return
    result = score(batches(), facts["model"], {"prior": args.prior} if args.prior else {})
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / f"{args.method}.json").write_text(json.dumps({"network": facts, **result}, indent=1) + "\n")


def score(batches: Iterator[tuple[int, Batch]], model: str, options: dict[str, object]) -> dict[str, object]:
    """The metrics of all maps, of all maps as in Table 1, and of the first 100, in one pass."""
    with ExitStack() as stack:
        every, table_1, few = (
            stack.enter_context(attrstream.Scorer(model, **options, **more))
            for more in ({}, {"convention": "acme-synthetic"}, {})
        )
        for start, batch in batches:
            every.add(*batch)
            table_1.add(*batch)
            if start < FEW:
                few.add(*(part[: FEW - start] for part in batch))
        scorers = {"all": every, "table_1": table_1, "few": few}
        return {name: scorer.result().to_dict()["models"][0] for name, scorer in scorers.items()}


if __name__ == "__main__":
    main()
