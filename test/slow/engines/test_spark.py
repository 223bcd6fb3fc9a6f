"""The recipe for Spark, on a master and two executors in processes of their own."""

import os
import signal

import pyarrow.compute as compute
import pyarrow.parquet as parquet
import pytest
from conftest import once, type_block, write_population

import attrstream

pytest.importorskip("pyspark")
import spark_score
from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    return write_population(tmp_path_factory.mktemp("dump") / "maps", ["resnet", "cnn"])


@pytest.fixture(scope="module")
def alone(population):
    """Scores of each model by one process."""
    table = parquet.read_table(population)
    each = []
    for model in ("cnn", "resnet"):
        rows = table.filter(compute.equal(table["model"], model)).drop_columns("model")
        each.append(attrstream.score(rows, model=model)[model].details)
    return each


def sorted_models(scores):
    return [model.details for _, model in sorted(scores.items())]


@pytest.fixture(scope="module")
def maps(population, tmp_path_factory):
    """The population in 20 partitions. `local-cluster` is a master with two workers, each a JVM of its own."""
    builder = SparkSession.builder.master("local-cluster[2,1,700]").appName("test")
    settings = {
        "spark.executor.memory": "600m",
        "spark.driver.memory": "600m",
        "spark.ui.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "50",
        "spark.sql.shuffle.partitions": "2",
        "spark.local.dir": str(tmp_path_factory.mktemp("local")),
        "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session.read.parquet(str(population)).repartition(20, "id")
    session.stop()


def test_two_executors_make_the_scores_of_one_process(maps, alone):
    assert maps.rdd.getNumPartitions() == 20
    assert sorted_models(spark_score.score(maps)) == alone


def test_an_executor_that_is_lost_and_a_task_that_fails_are_made_again(maps, alone, tmp_path):
    folder = str(tmp_path)

    def fold(batches):
        from pyspark import TaskContext

        partition = TaskContext.get().partitionId()
        if partition == 5 and once(folder, "lost"):
            kill_executor()
        if partition == 9 and once(folder, "failed"):
            raise OSError("storage was away")
        return spark_score.fold(batches)

    assert sorted_models(spark_score.score(maps, fold)) == alone
    assert sorted(os.listdir(folder)) == ["failed", "lost"]


def kill_executor():
    """Kills the JVM above this process of Python."""
    pid = os.getpid()
    while True:
        with open(f"/proc/{pid}/stat") as file:
            pid = int(file.read().rsplit(")", 1)[1].split()[1])
        with open(f"/proc/{pid}/comm") as file:
            if file.read().strip() == "java":
                os.kill(pid, signal.SIGKILL)
                signal.pause()


def test_an_attrstream_that_is_killed_is_made_again(maps, alone, tmp_path):
    folder = str(tmp_path)

    def fold(batches):
        from pyspark import TaskContext

        if TaskContext.get().partitionId() == 3 and once(folder, "killed"):
            real = attrstream.Scorer.state
            attrstream.Scorer.state = lambda scorer: (scorer._process.end(), real(scorer))[1]
            try:
                yield from spark_score.fold(batches)
            finally:
                attrstream.Scorer.state = real
        yield from spark_score.fold(batches)

    assert sorted_models(spark_score.score(maps, fold)) == alone
    assert os.listdir(folder) == ["killed"]


def test_a_partition_that_comes_twice_is_refused(maps):
    states = maps.select("id", "sequence", "attributions", "model").limit(100).coalesce(1)
    rows = states.mapInArrow(spark_score.fold, spark_score.STATES).collect()
    with pytest.raises(attrstream.AttrstreamError, match="partition 0") as caught:
        attrstream.merge([bytes(rows[0].state), bytes(rows[0].state)])
    assert caught.value.exit_code == 4


def test_the_readme_does_what_it_says(population, alone, tmp_path):
    (tmp_path / "maps").symlink_to(population)
    type_block("pipelines/spark/README.md", "spark-submit", tmp_path)
    assert sorted_models(attrstream.Scores.load(tmp_path / "scores.json")) == alone
