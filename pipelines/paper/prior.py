"""Writes all test sequences as FASTA: the background of the paper's k-mer KLD. usage: prior.py task.parquet test.fasta"""

import sys

from task import read_table

table = read_table(sys.argv[1], "test")
with open(sys.argv[2], "w") as file:
    for name, sequence in zip(table["id"].to_pylist(), table["sequence"].to_pylist(), strict=True):
        file.write(f">{name}\n{sequence}\n")
