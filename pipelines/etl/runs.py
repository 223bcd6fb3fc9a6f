"""Attributed runs by chromosome, read by Polars without loading the rest:  python runs.py DATASET"""

import sys

import polars as pl

runs = pl.scan_parquet(f"{sys.argv[1]}/runs/**/*.parquet", hive_partitioning=True)
by_chromosome = runs.group_by("chrom").agg(
    runs=pl.len(),
    maps=pl.col("id").n_unique(),
    mean_length=(pl.col("end") - pl.col("start")).mean(),
    magnitude=pl.col("magnitude").sum(),
)
print(by_chromosome.sort("chrom").collect(engine="streaming").write_csv(), end="")
