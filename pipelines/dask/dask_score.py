"""Scores Parquet files with Dask, a part a row group:  python dask_score.py MAPS SCORES.json [SCHEDULER]"""

import sys
from pathlib import Path

import dask.bag
import pyarrow.parquet as parquet
from dask.distributed import Client

import attrstream


def row_groups(folder: str) -> list[tuple[str, int]]:
    files = sorted(map(str, Path(folder).glob("*.parquet")))
    return [(file, group) for file in files for group in range(parquet.ParquetFile(file).num_row_groups)]


def fold(place: tuple[str, int]) -> bytes:
    """The state of a row group, named by its place: a task that Dask tries again gives the same."""
    file, group = place
    rows = parquet.ParquetFile(file).read_row_group(group, columns=["id", "sequence", "attributions"])
    return attrstream.fold(rows, part=f"{Path(file).name}:{group}")


def score(folder: str, fold=fold) -> attrstream.Scores:
    places = row_groups(folder)
    states = dask.bag.from_sequence(places, npartitions=len(places)).map(fold)
    merged = states.reduction(attrstream.merge_states, attrstream.merge_states, split_every=8)
    return attrstream.merge([merged.compute(retries=3)], expect_parts=len(places))


if __name__ == "__main__":
    with Client(sys.argv[3] if len(sys.argv) > 3 else None):
        score(sys.argv[1]).save(sys.argv[2])
