"""Makes attribution maps of one trained network and scores them while they are made.

usage: maps.py task.parquet NETWORK_FOLDER METHOD --out FOLDER [--prior test.fasta] [--maps FILE]

METHOD is saliency, smoothgrad or integrated-gradients. The maps of the positive test sequences, gradients of the logit with
respect to the one-hot input, go batch by batch into three scorers: all maps with the default convention, all maps with the
convention of the paper's Table 1 (`acme-synthetic`), and the first 100. Writes FOLDER/METHOD.json; maps are stored only with
--maps.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import torch
from captum.attr import IntegratedGradients, NoiseTunnel, Saliency

import attrstream
from network import Network
from task import one_hot, read_table, truth_of

BATCH = 200
FEW = 100
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


def metrics(scores: attrstream.Scores) -> dict[str, object]:
    return scores.to_dict()["models"][0]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make and score the maps of one network.")
    parser.add_argument("task", type=Path)
    parser.add_argument("network", type=Path)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--prior", type=Path, help="FASTA of the sequences whose k-mers are the background")
    parser.add_argument("--maps", type=Path, help="file to store the maps in as well")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    net, facts = load(args.network)
    attribute = attribution(net, args.method)
    table = read_table(args.task, "test", positives=True)
    x, truth = one_hot(table), truth_of(table)
    sequences, ids = table["sequence"].to_pylist(), table["id"].to_pylist()
    prior = {"prior": args.prior} if args.prior else {}

    with ExitStack() as stack:
        scorers = {
            "all": stack.enter_context(attrstream.Scorer(facts["model"], **prior)),
            "table_1": stack.enter_context(attrstream.Scorer(facts["model"], convention="acme-synthetic", **prior)),
            "few": stack.enter_context(attrstream.Scorer(facts["model"], **prior)),
        }
        writer = stack.enter_context(attrstream.Writer(args.maps)) if args.maps else None
        for start in range(0, len(x), BATCH):
            rows = slice(start, start + BATCH)
            maps = attribute(x[rows].detach().requires_grad_()).detach().permute(0, 2, 1).numpy()
            for name, scorer in scorers.items():
                here = slice(0, max(0, FEW - start)) if name == "few" else slice(None)
                if len(maps[here]) > 0:
                    scorer.add(maps[here], sequences[rows][here], ids[rows][here], truth=truth[rows][here])
            if writer is not None:
                writer.add(maps, sequences[rows], ids[rows], truth=truth[rows])
        result = {name: metrics(scorer.result()) for name, scorer in scorers.items()}
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / f"{args.method}.json").write_text(json.dumps({"network": facts, **result}, indent=1) + "\n")


if __name__ == "__main__":
    main()
