"""Scores a folder of Parquet files with Ray Data:  python ray_score.py MAPS SCORES.json"""

import sys

import pyarrow as pa
import ray

import attrstream


class Fold:
    """An actor that turns blocks of rows into states, one each: a block that is tried again replaces itself."""

    def __call__(self, block: pa.Table) -> pa.Table:
        part = f"{block['id'][0]} and {block.num_rows - 1} more"  # the same whenever Ray reads the block again
        return pa.table({"state": pa.array([attrstream.fold(block, part=part)], pa.large_binary())})


@ray.remote(max_retries=3)
def merge(*states: bytes) -> bytes:
    return attrstream.merge_states(states)


def score(folder: str, actors: int = 2, size: int = 10_000, fold: type = Fold) -> attrstream.Scores:
    rows = ray.data.read_parquet(folder).select_columns(["id", "sequence", "attributions"])
    blocks = rows.repartition(target_num_rows_per_block=size)
    pool = ray.data.ActorPoolStrategy(size=actors)
    folded = blocks.map_batches(fold, batch_size=None, batch_format="pyarrow", compute=pool, num_cpus=0.5)
    states = [ray.put(row["state"]) for row in folded.iter_rows()]
    while len(states) > 1:
        states = [merge.remote(*states[at : at + 8]) for at in range(0, len(states), 8)]
    return attrstream.merge(ray.get(states), expect_records=rows.count())


if __name__ == "__main__":
    score(sys.argv[1]).save(sys.argv[2])
