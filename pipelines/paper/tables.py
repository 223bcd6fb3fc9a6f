"""Gathers the scored networks of the study into its tables and figures.

usage: tables.py FOLDER --out RESULTS [--least-auroc 0.97] [--paper table1.csv]

FOLDER holds networks/NETWORK/METHOD.json of maps.py, and ensembles/VARIANT/ with agreement.json and average.json where a variant
has several trials. Writes to RESULTS:

  networks.csv       a row for each network and method: accuracy, ground truth and all metrics
  variants.csv       means over the trials of a variant, the agreement of their saliency maps, and the metrics of the mean of
                     these maps; with --paper beside the paper's own
  correlations.csv   of each metric with the SNR over networks, with 95 % bootstrap intervals
  selection.csv      the SNR of the network that each criterion chooses, and of the best
  figures.svg        SNR against accuracy and both metrics; accuracy against consistency
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import bootstrap

METRICS = {
    "auroc": "AUROC of the network",
    "kmer_kld": "k-mer KLD, nats",
    "kmer_cv": "k-mer KLD, cross-validated, nats",
    "angular_kld": "k-attr-mean KLD, nats",
    "angular_cv": "k-attr-mean KLD, cross-validated, nats",
    "angular_kld_table_1": "k-attr-mean KLD as in Table 1, nats",
    "kmer_kld_100": "k-mer KLD of 100 maps, nats",
    "kmer_cv_100": "k-mer KLD of 100 maps, cross-validated, nats",
    "angular_cv_100": "k-attr-mean KLD of 100 maps, cross-validated, nats",
}
ENSEMBLE = ["agreement", "agreement_se", "average_snr", "average_kmer_cv", "average_angular_cv"]
RESAMPLES = 2000


def row(path: Path) -> dict[str, object]:
    scored = json.loads(path.read_text())
    every, table_1, few = scored["all"], scored["table_1"], scored["few"]
    return {
        **{key: scored["network"][key] for key in ("model", "variant", "activation", "norm", "way", "trial")},
        **{key: scored["network"][key] for key in ("epochs", "best_epoch", "auroc", "aupr", "cpu_seconds")},
        "method": path.stem,
        "maps": every["records"],
        "snr": every["truth"]["snr"],
        "truth_auroc": every["truth"]["auroc"],
        "truth_aupr": every["truth"]["aupr"],
        "kmer_kld": every["kmer"]["kld_nats"],
        "kmer_cv": every["kmer"]["cv_nats"],
        "kmer_cv_se": every["kmer"]["cv_se_nats"],
        "angular_kld": every["angular"]["kld_nats"],
        "angular_cv": every["angular"]["cv_nats"],
        "angular_cv_se": every["angular"]["cv_se_nats"],
        "angular_kld_table_1": table_1["angular"]["kld_nats"],
        "kmer_kld_100": few["kmer"]["kld_nats"],
        "kmer_cv_100": few["kmer"]["cv_nats"],
        "angular_cv_100": few["angular"]["cv_nats"],
    }


def ensembles(folder: Path) -> pd.DataFrame:
    """For each variant with several trials, how far their saliency maps agree, and the metrics of the mean map."""
    rows = []
    for path in sorted(folder.glob("*/agreement.json")):
        agreement = json.loads(path.read_text())["agreement"]["all"]
        average = json.loads(path.with_name("average.json").read_text())["models"][0]
        rows.append(
            {
                "method": "saliency",
                "variant": path.parent.name,
                "agreement": agreement["agreement"],
                "agreement_se": agreement["agreement_se"],
                "average_snr": average["truth"]["snr"],
                "average_kmer_cv": average["kmer"]["cv_nats"],
                "average_angular_cv": average["angular"]["cv_nats"],
            }
        )
    return pd.DataFrame(rows, columns=["method", "variant", *ENSEMBLE])


def correlations(networks: pd.DataFrame) -> pd.DataFrame:
    """Pearson and Spearman correlation of SNR with each metric; nothing for fewer than five networks."""
    rows = []
    for method, group in networks.groupby("method"):
        for metric in METRICS:
            pairs = group[["snr", metric]].dropna()
            if len(pairs) < 5 or pairs[metric].nunique() < 2:
                continue
            for kind, values in (("pearson", pairs), ("spearman", pairs.rank())):
                x, y = values["snr"].to_numpy(), values[metric].to_numpy()
                interval = bootstrap(
                    (x, y), lambda a, b: np.corrcoef(a, b)[0, 1], paired=True, vectorized=False,
                    n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0),
                ).confidence_interval  # fmt: skip
                rows.append(
                    {"method": method, "metric": metric, "kind": kind, "networks": len(pairs)}
                    | {"r": np.corrcoef(x, y)[0, 1], "ci95_low": interval.low, "ci95_high": interval.high}
                )
    return pd.DataFrame(rows, columns=["method", "metric", "kind", "networks", "r", "ci95_low", "ci95_high"])


def selection(networks: pd.DataFrame) -> pd.DataFrame:
    """For each criterion the network with the largest value, and its SNR; of ranks, the smallest mean."""
    rows = []
    for method, group in networks.groupby("method"):
        ranks = group.rank(numeric_only=True, ascending=False)
        criteria = {metric: -group[metric] for metric in METRICS}
        criteria["auroc, k-mer and angular cv: mean rank"] = ranks[["auroc", "kmer_cv", "angular_cv"]].mean(axis=1)
        criteria["snr (the best there is)"] = -group["snr"]
        for criterion, loss in criteria.items():
            if loss.isna().all():
                continue
            chosen = group.loc[loss.idxmin()]
            rows.append(
                {"method": method, "criterion": criterion, "chosen": chosen["model"], "snr": chosen["snr"]}
                | {"snr_rank": int(ranks.loc[chosen.name, "snr"]), "networks": len(group)}
            )
    return pd.DataFrame(rows)


def variants(networks: pd.DataFrame, together: pd.DataFrame, paper: Path | None) -> pd.DataFrame:
    numbers = ["auroc", "aupr", "snr", "truth_auroc", "kmer_kld", "kmer_cv", "angular_kld_table_1", "angular_cv"]
    groups = networks.groupby(["method", "variant"])
    table = groups[numbers].mean().join(groups.size().rename("trials")).reset_index()
    table = table.merge(together, on=["method", "variant"], how="left")
    if paper is not None:
        own = pd.read_csv(paper).set_index("variant").add_prefix("paper_").reset_index()
        table = table.merge(own, on="variant", how="left")
    return table.sort_values(["method", "snr"], ascending=[True, False])


def figures(networks: pd.DataFrame, path: Path) -> None:
    colours = {"relu": "#0072b2", "exponential": "#d55e00"}
    methods = list(networks["method"].unique())
    panels = [("auroc", "snr"), ("kmer_cv", "snr"), ("angular_cv", "snr"), ("auroc", "kmer_cv")]
    figure, axes = plt.subplots(len(methods), 4, figsize=(14, 3.4 * len(methods)), squeeze=False)
    for line, method in zip(axes, methods, strict=True):
        group = networks[networks["method"] == method]
        for panel, (x, y) in zip(line, panels, strict=True):
            for activation, colour in colours.items():
                for norm, marker in (("bn", "o"), ("nobn", "^")):
                    some = group[(group["activation"] == activation) & (group["norm"] == norm)]
                    panel.scatter(some[x], some[y], c=colour, marker=marker, s=22, label=f"{activation}, {norm}")
            panel.set_xlabel(METRICS[x])
            panel.set_ylabel("SNR of the maps" if y == "snr" else METRICS[y])
        line[0].set_title(method, loc="left")
    axes[0][0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Tables and figures of the study.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--least-auroc", type=float, default=0.97)
    parser.add_argument("--paper", type=Path, help="CSV of the paper's Table 1: variant, and any of its columns")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    paths = [path for path in sorted(args.folder.glob("networks/*/*.json")) if path.name != "network.json"]
    networks = pd.DataFrame([row(path) for path in paths])
    networks["kept"] = networks["auroc"] >= args.least_auroc
    networks.to_csv(args.out / "networks.csv", index=False)
    kept = networks[networks["kept"]]
    print(f"{kept['model'].nunique()} of {networks['model'].nunique()} networks have an AUROC of {args.least_auroc} or more")
    if kept.empty:
        print("the tables are of all networks: none has so large an AUROC")
        kept = networks
    variants(kept, ensembles(args.folder / "ensembles"), args.paper).to_csv(args.out / "variants.csv", index=False)
    correlations(kept).to_csv(args.out / "correlations.csv", index=False)
    selection(kept).to_csv(args.out / "selection.csv", index=False)
    figures(kept, args.out / "figures.svg")


if __name__ == "__main__":
    main()
