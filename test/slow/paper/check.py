"""Checks the results of the study at size smoke, whole and resumed."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

whole, resumed = map(Path, sys.argv[1:])

for folder in (whole, resumed):
    networks = pd.read_csv(folder / "networks.csv").set_index("model")
    assert sorted(networks.index) == ["exponential_bn_standard_0", "exponential_bn_standard_1"], networks.index
    for column in ("auroc", "aupr", "truth_auroc"):
        assert networks[column].between(0, 1).all(), networks[column]
    # Two epochs of 2,800 sequences: what the networks have learned is above chance.
    assert (networks["auroc"] > 0.55).all(), networks["auroc"]
    assert (networks["kmer_kld"] > 0).all() and (networks["angular_kld"] > 0).all()
    (variant,) = pd.read_csv(folder / "variants.csv").to_dict("records")
    assert variant["variant"] == "exponential_bn_standard" and variant["trials"] == 2
    assert -1 <= variant["agreement"] <= 1 and variant["average_kmer_cv"] == variant["average_kmer_cv"]
    assert not list(folder.glob("ensembles/*/*.parquet")), "stored maps are removed"
    assert pd.read_csv(folder / "correlations.csv").empty, "no correlation of two networks"
    chosen = pd.read_csv(folder / "selection.csv").set_index("criterion")
    best = networks["snr"].idxmax()
    assert chosen.loc["snr (the best there is)", "chosen"] == best
    assert chosen.loc["auroc", "chosen"] == networks["auroc"].idxmax()
    assert "<svg" in (folder / "figures.svg").read_text()[:2000]

# A network that was killed and resumed is the same network, to the bit; all else follows from it.
for path in sorted(whole.glob("networks/*/*.json")):
    here, there = (json.loads(Path(folder, path.relative_to(whole)).read_text()) for folder in (whole, resumed))
    for facts in (here, there):
        (facts if path.name == "network.json" else facts["network"]).pop("cpu_seconds")
    assert here == there, path
variants = pd.read_csv(whole / "variants.csv")
networks = pd.read_csv(whole / "networks.csv")
for _, variant in variants.iterrows():
    own = networks[networks["variant"] == variant["variant"]]
    assert np.isclose(own["snr"].mean(), variant["snr"])
print("3 checks passed: tables, resumed networks equal to whole ones, means over trials")
