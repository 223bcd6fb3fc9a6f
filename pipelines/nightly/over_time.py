"""The scores of every night as a table and a figure:  python over_time.py SCORES HISTORY.csv HISTORY.svg

SCORES is the folder of nightly.sh, which has a folder a day.
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import polars as pl

folder, table, figure = sys.argv[1:]
days = sorted(path for path in Path(folder).glob("????-??-??") if (path / "scores.parquet").exists())
history = pl.concat(
    (pl.read_parquet(day / "scores.parquet").insert_column(0, pl.lit(day.name).str.to_date().alias("day")) for day in days),
    how="diagonal_relaxed",
)
history.write_csv(table)

panels = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")[1]
for axes, metric in zip(panels, ("kmer", "angular"), strict=True):
    for (model,), rows in history.group_by("model", maintain_order=True):
        axes.errorbar(rows["day"], rows[f"{metric}_cv_nats"], yerr=rows[f"{metric}_cv_se_nats"], marker="o", label=model)
    axes.set(ylabel=f"{metric} consistency (cross-validated), nats")
    axes.tick_params(axis="x", rotation=45)
panels[0].legend()
plt.savefig(figure)
