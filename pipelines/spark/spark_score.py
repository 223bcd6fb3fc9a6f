"""Scores a Parquet table of maps with Spark, all its models at once:

spark-submit spark_score.py MAPS SCORES.json
"""

import sys
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as compute
from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession

import attrstream

STATES = "model string, part string, state binary"


def fold(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """A row for each model of a partition: one attrstream for each folds the batches as they come."""
    part = f"partition {TaskContext.get().partitionId()}"  # the same when the task is tried again
    scorers: dict[str, attrstream.Scorer] = {}
    try:
        for batch in batches:
            models = batch.column("model")
            for model in models.unique().to_pylist():
                if model not in scorers:
                    scorers[model] = attrstream.Scorer(model, part=part)
                scorers[model].add(batch.filter(compute.equal(models, model)).drop_columns("model"))
        for model, scorer in scorers.items():
            yield pa.record_batch([[model], [part], pa.array([scorer.state()], pa.binary())], ["model", "part", "state"])
    finally:
        for scorer in scorers.values():
            scorer.__exit__(None, None, None)


def score(maps: DataFrame, fold=fold) -> attrstream.Scores:
    """Of a table with the columns id, sequence, attributions and model."""
    states = maps.select("id", "sequence", "attributions", "model").mapInArrow(fold, STATES)
    pairs = states.rdd.map(lambda row: (row.model, bytes(row.state)))
    merged = pairs.reduceByKey(lambda one, other: attrstream.merge_states([one, other]))
    return attrstream.merge(state for _, state in sorted(merged.collect()))


if __name__ == "__main__":
    spark = SparkSession.builder.appName("attrstream").getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 256)
    score(spark.read.parquet(sys.argv[1])).save(sys.argv[2])
    spark.stop()
