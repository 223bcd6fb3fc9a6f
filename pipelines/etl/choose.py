"""The maps of the best of many models:  python choose.py MODELS.parquet PERFORMANCE.csv CHOSEN.parquet

MODELS has a column `model`; PERFORMANCE has `model` and `auroc`. Of the models whose AUROC is within 0.01 of the best, the one with
the most consistent k-mers.
"""

import csv
import json
import subprocess
import sys

import attrstream

maps, performance, chosen = sys.argv[1:]
scores = attrstream.score(maps, model_column="model")
with open(performance, newline="") as file:
    best = max(float(row["auroc"]) for row in csv.DictReader(file))
selection = attrstream.select(scores, performance=performance, by="auroc", filter=f"auroc>={best - 0.01:.6f}")
(model,) = [row["model"] for row in selection["models"] if row["rank_kmer"] == 1]
where = f"model == {json.dumps(model)}"
subprocess.run(["attrstream", "convert", maps, "--where", where, "-o", chosen], check=True)
print(model)
